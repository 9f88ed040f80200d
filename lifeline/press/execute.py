"""Executes chapters ahead of the build, at once, in processes that need not import anything.

`begin` forks one process for each chapter that the execution cache does not hold, from this process,
which has the libraries loaded already; each runs the chapter's cells in IPython. `finish` puts the
outputs into the cache, where myst-nb finds them. Without this step myst-nb executes the chapters
itself, one after the other, with the same result: that is what a plain `jupyter-book build` does.
"""

import multiprocessing
import os
import traceback
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import yaml
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from myst_nb.core.config import NbParserConfig
from myst_nb.core.read import create_nb_reader
from myst_parser.config.main import MdParserConfig
from nbformat import NotebookNode

from lifeline import ROOT
from lifeline.press.cache import CACHE, prune
from lifeline.press.talk import Stopped, say


@dataclass
class Running:
    """A chapter that is being executed."""

    path: Path
    notebook: NotebookNode
    outcome: Future


@dataclass
class Pool:
    """The processes that execute chapters."""

    workers: ProcessPoolExecutor
    chapters: list[Running]


def chapters() -> list[Path]:
    """The chapters of the table of contents that have cells to execute."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    entries = [toc["root"], *(entry["file"] for entry in toc.get("chapters", []))]
    paths = [ROOT / f"{entry}.md" for entry in entries]
    return [path for path in paths if path.is_file() and "file_format: mystnb" in path.read_text(encoding="utf-8")]


def read(path: Path) -> NotebookNode:
    """A chapter as a notebook, as myst-nb reads it. Raises Stopped if it cannot be read as one."""
    text = path.read_text(encoding="utf-8")
    reader = create_nb_reader(str(path), MdParserConfig(), NbParserConfig(), text)
    if reader is None:
        raise Stopped(f"{path.relative_to(ROOT)} has cells but no front matter that says so.")
    return reader.read(text)


def begin() -> Pool | None:
    """Starts what the cache does not hold, or nothing: then there is no pool."""
    for name in prune():
        say(f"  chapter {name}: data or code behind it has changed")
    cache = get_cache(CACHE)
    cached = {record.hashkey for record in cache.list_cache_records()}
    notebooks = {path: read(path) for path in chapters()}
    missing = {path: nb for path, nb in notebooks.items() if cache.create_hashed_notebook(nb)[1] not in cached}
    if not missing:
        return None
    preload()
    fork = multiprocessing.get_context("fork")
    workers = ProcessPoolExecutor(min(len(missing), os.cpu_count() or 1), mp_context=fork)
    running = [Running(path, nb, workers.submit(run, path, nb)) for path, nb in missing.items()]
    return Pool(workers, running)


def preload() -> None:
    """Imports what every chapter needs, once, before the processes are forked."""

    import lifeline.book  # noqa: F401


@dataclass
class Executed:
    """What came of a chapter. error is empty if all went well, else one line; trace says where."""

    notebook: NotebookNode
    seconds: float
    error: str = ""
    trace: str = ""


def run(path: Path, notebook: NotebookNode) -> Executed:
    """Executes the cells of a chapter up to the first that fails."""
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output
    from nbformat.v4 import new_output
    from traitlets.config import Config

    start = perf_counter()
    os.chdir(path.parent)
    shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    for cell in (cell for cell in notebook.cells if cell.cell_type == "code"):
        with capture_output() as captured:
            result = shell.run_cell(cell.source)
        error = result.error_before_exec or result.error_in_exec
        if error is not None:
            trace = "".join(traceback.format_exception(error)) + f"in the cell\n{cell.source}"
            return Executed(notebook, perf_counter() - start, f"{type(error).__name__}: {error}", trace)
        shown = [new_output("display_data", rich.data, metadata=rich.metadata) for rich in captured.outputs]
        streams = [("stdout", captured.stdout), ("stderr", captured.stderr)]
        cell.outputs = [new_output("stream", name=name, text=text) for name, text in streams if text] + shown
    notebook.metadata["language_info"] = {
        "name": "python",
        "pygments_lexer": "ipython3",
        "file_extension": ".py",
    }
    return Executed(notebook, perf_counter() - start)


def finish(pool: Pool | None, limit: float) -> None:
    """Waits for the chapters and puts them into the cache. Raises Stopped if one fails or hangs.

    limit is the number of seconds that a chapter may take.
    """
    if pool is None:
        return
    try:
        cache = get_cache(CACHE)
        for chapter in pool.chapters:
            name = chapter.path.stem
            executed = outcome(chapter, limit)
            if executed.error:
                say(executed.trace)
                raise Stopped(f"chapter {name} failed with {executed.error}")
            cache.cache_notebook_bundle(
                CacheBundleIn(executed.notebook, str(chapter.path), data={"execution_seconds": executed.seconds}),
                check_validity=False,
                overwrite=True,
            )
            say(f"  chapter {name}: executed in {executed.seconds:.1f} s")
    finally:
        for process in list((pool.workers._processes or {}).values()):
            process.kill()
        pool.workers.shutdown(wait=False, cancel_futures=True)


def outcome(chapter: Running, limit: float) -> Executed:
    """What a process made of its chapter. Raises Stopped if it hung or died."""
    try:
        return chapter.outcome.result(timeout=limit)
    except TimeoutError:
        raise Stopped(f"chapter {chapter.path.stem} was still running after {limit:.0f} s.") from None
    except BrokenProcessPool:
        raise Stopped(f"the process that executed chapter {chapter.path.stem} died.") from None
