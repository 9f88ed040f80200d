"""Executes chapters ahead of the build, at once, in processes that need not import anything.

`ahead` forks one process for each chapter that the execution cache does not hold, from this process,
which has the libraries loaded already; each runs the chapter's cells in IPython. The outputs go into
the cache, where myst-nb finds them. Without this step myst-nb executes the chapters
itself, one after the other, with the same result: that is what a plain `jupyter-book build` does.
"""

import multiprocessing
import os
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import perf_counter, sleep

import yaml
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from myst_nb.core.config import NbParserConfig
from myst_nb.core.read import create_nb_reader
from myst_parser.config.main import MdParserConfig
from nbformat import NotebookNode

from lifeline import ROOT
from lifeline.press.cache import CACHE, pruned
from lifeline.press.talk import Stopped, say


@dataclass
class Running:
    """A chapter that is being executed in a process of its own, which answers once."""

    path: Path
    process: BaseProcess
    answer: Connection


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


@contextmanager
def ahead(limit: float) -> Iterator[None]:
    """Executes what the cache does not hold while the body runs; no process outlives it."""
    running = begin()
    try:
        yield
        finish(running, limit)
    finally:
        for chapter in running:
            chapter.process.kill()
            chapter.process.join()


def begin() -> list[Running]:
    """Starts every chapter that the cache does not hold."""
    for name in pruned():
        say(f"  chapter {name}: data or code behind it has changed")
    cache = get_cache(CACHE)
    cached = {record.hashkey for record in cache.list_cache_records()}
    notebooks = {path: read(path) for path in chapters()}
    missing = {path: nb for path, nb in notebooks.items() if cache.create_hashed_notebook(nb)[1] not in cached}
    if missing:
        preload()
    return [start(path, notebook) for path, notebook in missing.items()]


def start(path: Path, notebook: NotebookNode) -> Running:
    """Forks a process that executes the chapter."""
    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe(duplex=False)
    process = fork.Process(target=answer, args=(theirs, path, notebook, os.getpid()), daemon=True)
    process.start()
    theirs.close()  # so that a process that dies leaves nobody waiting
    return Running(path, process, ours)


def answer(to: Connection, path: Path, notebook: NotebookNode, parent: int) -> None:
    """Executes a chapter in a process that ends when the one that started it is gone, even if it was killed."""
    bind_to(parent)
    to.send(run(path, notebook))


def bind_to(parent: int) -> None:
    """Ends this process when the one that started it is gone."""
    threading.Thread(target=end_with, args=(parent,), daemon=True).start()


def end_with(parent: int) -> None:
    """Ends this process once its parent is another one than it was."""
    while os.getppid() == parent:
        sleep(0.2)
    os._exit(1)


def preload() -> None:
    """Imports what every chapter needs, computes the findings and reads what modules import, once, before the
    processes are forked."""
    from lifeline import book
    from lifeline.press.numbers import recall

    recall()
    book.modules(book.__name__, *book.registered("lifeline.figures", "registry"))


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


def finish(running: list[Running], limit: float) -> None:
    """Waits for the chapters and puts them into the cache. Raises Stopped if one fails, hangs or dies.

    limit is the number of seconds that a chapter may take.
    """
    for chapter in running:
        name = chapter.path.stem
        executed = outcome(chapter, limit)
        if executed.error:
            say(executed.trace)
            raise Stopped(f"chapter {name} failed with {executed.error}")
        get_cache(CACHE).cache_notebook_bundle(
            CacheBundleIn(executed.notebook, str(chapter.path), data={"execution_seconds": executed.seconds}),
            check_validity=False,
            overwrite=True,
        )
        say(f"  chapter {name}: executed in {executed.seconds:.1f} s")


def outcome(chapter: Running, limit: float) -> Executed:
    """What a process made of its chapter. Raises Stopped if it hung or died."""
    if not chapter.answer.poll(limit):
        raise Stopped(f"chapter {chapter.path.stem} was still running after {limit:.0f} s.")
    try:
        return chapter.answer.recv()
    except EOFError:
        raise Stopped(f"the process that executed chapter {chapter.path.stem} died.") from None
