"""`python -m lifeline.press STEP`: makes the book. The Makefile calls nothing else after set-up.

Steps: book (both editions), html, pdf, figures [NAME ...], check. A step says what it does and how long it
took, ends with where its product lies, and on a fault with one plain sentence. The last good
edition stays in place until a new one is whole.
"""

import errno
import gc
import hashlib
import os
import shutil
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from lifeline import OUTPUT, ROOT
from lifeline.press.talk import BUILD, Stopped, say, step

if TYPE_CHECKING:  # nothing is loaded before it is needed
    from lifeline.fault import Fault

HTML = BUILD / "html" / "index.html"
PDF = BUILD / "lifeline.pdf"
STAMP = BUILD / ".inputs"
"""Fingerprint of what the editions in _build were made from, one line an edition; and of data found good."""

README_FIGURE = ["sender-share.light.svg", "sender-share.dark.svg"]
"""Kept in .github/ for the README; `make figures` brings them up to date."""

TIME_LIMIT = 300
"""Seconds that one chapter may take to execute."""

REFUSALS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM}
"""No room, a file too large, nothing may be written here."""

INPUTS = [
    "_config.yml",
    "_toc.yml",
    "references.bib",
    "requirements.txt",
    "CITATION.cff",
    "tests/stress/results.csv",
]
INPUT_FOLDERS = ["chapters", "data", "lifeline"]


# ------------------------------------------------------------------------------- what was built last


def inputs(names: list[str] = INPUTS, folders: list[str] = INPUT_FOLDERS) -> str:
    """Fingerprint of these files and folders, by default of all that an edition is made from."""
    files = [ROOT / name for name in names]
    files += [
        path
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts and ".ipynb_checkpoints" not in path.parts
    ]
    digest = hashlib.sha256(sys.version.encode())
    for path in files:
        digest.update(path.relative_to(ROOT).as_posix().encode())
        digest.update(path.read_bytes() if path.is_file() else b"")
    return digest.hexdigest()


def built() -> dict[str, str]:
    """The inputs of the edition that lies in _build, by edition; what cannot be read is not known."""
    lines = STAMP.read_text(encoding="utf-8", errors="replace").splitlines() if STAMP.is_file() else []
    return {edition: digest for edition, _, digest in (line.partition(" ") for line in lines)}


def is_current(edition: str, product: Path) -> bool:
    """Whether an edition was made from just these inputs."""
    return product.exists() and built().get(edition) == inputs()


def remember(edition: str, made_from: str) -> None:
    """Notes what an edition was made from, in one step, so that no half of a note can be left."""
    lines = {**built(), edition: made_from}
    beside = STAMP.with_suffix(".new")
    beside.write_text("".join(f"{name} {digest}\n" for name, digest in lines.items()), encoding="utf-8")
    beside.replace(STAMP)


# ------------------------------------------------------------------------------------------- steps


def check(anew: bool = True) -> None:
    """Checks the data and the prose; with anew=False not data and code that were found good as they are.

    Raises Stopped with every fault found.
    """
    made_from = inputs(["requirements.txt", "references.bib"], ["data", "lifeline"])
    with step("checking the data and the prose" + ("" if anew else ", computing the findings")):
        faults = faults_found(made_from, anew)
        for fault in faults:
            say(f"  {fault}")
    if faults:
        raise Stopped(f"{len(faults)} faults, listed above, keep the book from being built.")


def faults_found(made_from: str, anew: bool) -> list["Fault"]:
    """The faults of what is written and of what it rests on, if that was not found good as it is.

    made_from is the fingerprint of what the chapters rest on.
    """
    from lifeline.press import prose, written

    texts = [*(ROOT / name for name in INPUTS), *sorted((ROOT / "chapters").glob("*.md"))]
    if faults := written.unreadable(texts):
        return faults
    known_good = not anew and built().get("data") == made_from
    faults = [] if known_good else faults_below() if anew else meanwhile(faults_below)
    if not faults:
        remember("data", made_from)
    return faults + prose.in_chapters()


def faults_below() -> list["Fault"]:
    """The faults of all that the chapters rest on: data, texts in the code, references."""
    from lifeline import check as data
    from lifeline.evidence import PACKAGE

    faults = data.check()
    if any(fault.file == f"data/{PACKAGE}" for fault in faults):  # without it nothing else can be read
        return faults
    from lifeline.press import prose, references

    return faults + prose.in_code() or references.check()


def meanwhile(look: Callable[[], list["Fault"]]) -> list["Fault"]:
    """What a process of its own finds, while this one readies what the chapters need if it finds nothing."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from threading import Thread

    from lifeline.press import numbers
    from lifeline.press.execute import bind_to

    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(1, fork, bind_to, (os.getpid(),)) as pool:
        looking = pool.submit(look)
        readying = Thread(target=numbers.foresee, daemon=True)
        readying.start()
        faults = looking.result()
    if not faults:
        readying.join()
    return faults


def draw_figures(*names: str) -> None:
    """Draws every figure and writes every table, or only those named, without executing a chapter."""
    from lifeline import book, evidence, figures
    from lifeline.press import numbers

    every = figures.registry()
    if unknown := sorted(set(names) - set(every)):
        raise Stopped(f"no figure or table is called {', '.join(unknown)}; there are {', '.join(sorted(every))}.")
    check()
    known = evidence.read()
    with step("drawing the figures"):
        if not names:
            numbers.recall()
        for name in names or every:
            files = book.write_files(every[name], every[name].frame(known))
            say(f"  {name}" if not names else "\n".join(f"  {path}" for path in files))
        if not names:
            for name in README_FIGURE:
                shutil.copy2(OUTPUT / name, ROOT / ".github" / name)


def execute_chapters() -> None:
    """Executes the chapters that are not in the cache, while Sphinx is being loaded."""
    from lifeline.fault import NoEvidence
    from lifeline.press import execute, sphinx

    try:
        with step("executing the chapters that changed"), execute.ahead(TIME_LIMIT):
            sphinx.load()
    except NoEvidence as why:
        raise Stopped(f"the data no longer carry a number that the book names: {why}.") from why


def make_html() -> None:
    """Builds the HTML edition beside the last one, then swaps."""
    from lifeline.press import again, sphinx

    made, rests_on = again.WORK / "html", inputs(folders=["data", "lifeline"])
    with step("HTML edition"):
        sphinx.build("html", made, again=again.begin(made, HTML.parent, rests_on))
        again.keep(made)
    swap(made, HTML.parent)
    again.note(HTML.parent, rests_on)


def make_pdf() -> None:
    """Builds the PDF edition beside the last one, then swaps."""
    from lifeline.press import again, sphinx

    made = again.WORK / "typst"
    with step("PDF edition"):
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir(parents=True)
        sphinx.build("typst", made)
    (made / "lifeline.pdf").replace(PDF)


def set_aside(folder: Path) -> Path:
    """Where a folder stands for the moment in which the new one takes its place."""
    return folder.with_name(f".{folder.name}-last")


def restore(folder: Path) -> None:
    """Brings back what a swap that was interrupted had set aside."""
    if not folder.exists() and set_aside(folder).exists():
        set_aside(folder).rename(folder)


def swap(new: Path, old: Path) -> None:
    """Puts a finished folder in the place of the last one."""
    aside = set_aside(old)
    restore(old)
    shutil.rmtree(aside, ignore_errors=True)
    if old.exists():
        old.rename(aside)
    new.rename(old)
    shutil.rmtree(aside, ignore_errors=True)


def offer_pdf() -> None:
    """Puts the PDF edition into the HTML edition, if both were made from the same."""
    if all(is_current(name, product) for name, (product, _) in EDITIONS.items()):
        from lifeline.press import downloads

        downloads.offer_book(PDF)


EDITIONS: dict[str, tuple[Path, Callable[[], None]]] = {"html": (HTML, make_html), "pdf": (PDF, make_pdf)}


def make(editions: list[str]) -> None:
    """Builds those editions that are not what the inputs would give."""
    stale = [name for name in editions if not is_current(name, EDITIONS[name][0])]
    if stale:
        made_from = inputs()
        if made_from not in built().values():  # else another edition was made from the same, checked inputs
            check(anew=False)
        execute_chapters()
        for name in stale:
            EDITIONS[name][1]()
            remember(name, made_from)
        offer_pdf()
    else:
        say("Nothing has changed since the last build.")
    for name in editions:
        say(f"{name.upper():4} {EDITIONS[name][0]}")


STEPS: dict[str, Callable[..., None]] = {
    "book": lambda: make(["html", "pdf"]),
    "html": lambda: make(["html"]),
    "pdf": lambda: make(["pdf"]),
    "figures": draw_figures,
    "check": check,
}


@contextmanager
def alone() -> Iterator[None]:
    """Keeps two builds in one folder from writing over each other.

    The lock is the process's own: what it forked and left behind, when it was killed, does not hold it.
    """
    import fcntl

    BUILD.mkdir(exist_ok=True)
    with (BUILD / ".lock").open("w") as lock:
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):  # the second on some systems
            raise Stopped("Another build is running in this folder; wait for it to end.") from None
        yield


def refusal(why: BaseException | None) -> str:
    """Why the system or the execution cache's database did not let a file be written; empty if that is not it."""
    if isinstance(why, OSError) and why.errno in REFUSALS:
        return f"{why.strerror} ({why.filename or BUILD})"
    if type(why).__name__ == "OperationalError":
        return f"{getattr(why, 'orig', why)} ({BUILD})"
    return refusal(why.__cause__) if why else ""


def main(arguments: list[str]) -> int:
    """Runs one step; the exit code says whether it went well."""
    called, *names = arguments or [""]
    if called not in STEPS or (names and called != "figures"):
        say(f"Say one of: {', '.join(STEPS)}; after figures, the names of some.")
        return 2
    start = perf_counter()
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # in a terminal without Hangul
    gc.disable()  # a build ends before its garbage matters, and looking for it takes a tenth of the time
    try:
        with alone():
            restore(HTML.parent)
            STEPS[called](*names)
    except Exception as why:
        if refused := refusal(why):
            why = Stopped(f"the computer does not let a file be written: {refused}.")
        if not isinstance(why, Stopped):
            traceback.print_exc(file=sys.stdout)
            why = Stopped(f"an error that nobody foresaw, {type(why).__name__}: {why}")
        say(f"\nStopped: {why}")
        if HTML.exists() or PDF.exists():
            say(f"The last good book still stands in {BUILD}.")
        return 1
    except KeyboardInterrupt:
        say("\nStopped by you.")
        return 130
    say(f"Done in {perf_counter() - start:.1f} s.")
    return 0


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(code)  # nothing is left to do, and taking a finished build apart takes half a second
