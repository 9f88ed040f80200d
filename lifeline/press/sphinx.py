"""Runs Jupyter Book's own Sphinx build in this process and says what it is doing."""

import os
import re
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TextIO

import yaml

from lifeline import ROOT
from lifeline.press.again import WORK
from lifeline.press.cache import CACHE
from lifeline.press.talk import BUILD, Stopped

LOG = BUILD / "log.txt"
MOST_FAULTS = 20
"""So many faults are shown on the terminal; the log has all."""
TOLD = [
    # (what Sphinx and myst-nb print, what the reader of the terminal is told)
    (r"chapters/(\w+)\.md.*Executing notebook", r"  chapter {0}: executing"),
    (r"chapters/(\w+)\.md.*Executed notebook in ([\d.]+) seconds", r"  chapter {0}: executed in {1} s"),
]


class Listener:
    """Stands for stdout and stderr: everything goes to the log, the telling lines to the terminal."""

    def __init__(self, log: TextIO) -> None:
        self.log = log
        self.faults: list[str] = []
        self.rest = ""

    def write(self, text: str) -> int:
        """Takes text as it comes; a line is told once it is whole."""
        self.log.write(text)
        *lines, self.rest = (self.rest + text).split("\n")
        for line in lines:
            self.tell(re.sub(r"\x1b\[[\d;]*m", "", line))
        return len(text)

    def tell(self, line: str) -> None:
        """Passes on what a person wants to know."""
        for pattern, told in TOLD:
            if found := re.search(pattern, line):
                print(told.format(*found.groups()), file=sys.__stdout__, flush=True)
        if re.search(r"\b(WARNING|ERROR|CRITICAL|SEVERE)\b|^\w*(Error|Exception)\b", line):
            fault = line.replace(f"{ROOT}/", "")
            self.faults.append(fault)
            if len(self.faults) <= MOST_FAULTS:
                print(f"  {fault}", file=sys.__stdout__, flush=True)

    def flush(self) -> None:
        """Brings the log up to date."""
        self.log.flush()

    def isatty(self) -> bool:
        """No colours in a log."""
        return False


def environment() -> None:
    """Settings that kernels and Sphinx inherit: this tree's package, this environment's kernel."""
    os.environ |= {
        "PYTHONPATH": str(ROOT),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "JUPYTER_PLATFORM_DIRS": "1",
        "IPYTHONDIR": str(BUILD / ".ipython"),
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "SOURCE_DATE_EPOCH": str(release_time()),
        "NO_COLOR": "1",
    }


def release_time() -> int:
    """The release date of CITATION.cff as seconds since 1970: the only date that the book prints."""
    from datetime import UTC, datetime

    released = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))["date-released"]
    return int(datetime(released.year, released.month, released.day, tzinfo=UTC).timestamp())


def load() -> None:
    """Imports what the build needs; done while the chapters execute in other processes."""
    import sphinxcontrib.bibtex.plugin  # noqa: F401

    from lifeline.press import pages  # noqa: F401
    from lifeline.press.numbers import known_numbers

    known_numbers()


def build(builder: str, target: Path, again: bool = False) -> None:
    """Builds one edition into a folder, over the execution cache and what is already read of the chapters.

    again: whether the folder holds the last edition, of which only chapters have changed. Raises Stopped on any
    warning.
    """
    environment()
    from jupyter_book.sphinx import build_sphinx
    from sphinx.errors import SphinxError

    with LOG.open("a" if builder == "typst" else "w", encoding="utf-8") as log:
        listener = Listener(log)
        with redirect_stdout(listener), redirect_stderr(listener):
            outcome = build_sphinx(
                ROOT.as_posix(),
                target.as_posix(),
                noconfig=True,
                path_config=(ROOT / "_config.yml").as_posix(),
                doctreedir=(WORK / "doctrees").as_posix(),
                builder=builder,
                warningiserror=True,
                keep_going=True,
                jobs=os.cpu_count(),  # pages are read and written by as many processes
                confoverrides={
                    "external_toc_path": (ROOT / "_toc.yml").as_posix(),
                    "latex_individualpages": False,
                    "nitpicky": True,
                    "nb_execution_cache_path": CACHE.as_posix(),
                    "lifeline_again": again,
                },
            )
    if outcome:
        why = listener.faults[0] if listener.faults else str(outcome)
        why = str(outcome) if isinstance(outcome, SphinxError) else why
        raise Stopped(f"the {builder} edition was not built: {why} (all of it: {LOG})")
