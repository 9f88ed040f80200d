"""The campaign of what is kept: a book that is built again after a change must be, byte for byte, the book that is
built from nothing of the same files in another folder. Or both must be refused, in the same words.

The changes are a number and a word of each table in turn, and what can be done to a chapter.
"""

import csv
import io
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from lifeline.evidence import schema

from .data import Watch
from .mutations import Mutant, Table, free_text, table, written

NUMBERS = {"integer", "number"}
TRIES = 200
"""So many cells of a table are tried until one is found that may hold another number."""


def other_number(cell: str, by: float) -> str:
    """A number a little larger, or smaller, with as many decimals."""
    decimals = len(cell.partition(".")[2])
    return f"{float(cell) * (1 + by):.{decimals}f}"


def larger(t: Table) -> Iterator[tuple[int, str, str]]:
    """Row, column and new cell of each number that could be another one."""
    for column in (name for name, field in t.fields.items() if field["type"] in NUMBERS):
        for at in t.where(lambda row, of=column: row[of]):  # type: ignore[misc]
            yield from ((at, column, other_number(t.cell(at, column), by)) for by in (-0.03, 0.03, -0.3))


def longer(t: Table) -> Iterator[tuple[int, str, str]]:
    """Row, column and new cell of each text that could have a word more."""
    for column in free_text(t):
        yield from ((at, column, f"{t.cell(at, column)} indeed") for at in t.where(lambda row, of=column: row[of]))  # type: ignore[misc]


def changed(t: Table, watch: Watch, rng: random.Random) -> bytes:
    """The table with another number in one cell and a word more in another, so that it still keeps every rule.

    A table of codes alone has a row less.
    """
    for cells in (list(larger(t)), list(longer(t))):
        for at, column, cell in rng.sample(cells, min(TRIES, len(cells))):
            content = t.changed(at, **{column: cell})
            kept = not watch.faults(Mutant(t.name, "other", content, f"data/{t.name}.csv"))
            if kept and cell != t.cell(at, column):
                t = replace(t, rows=tuple(tuple(row) for row in csv.reader(io.StringIO(content.decode())))[1:])
                break
    if t.rows != table(t.name).rows:
        return written([t.header, *t.rows])
    shorter = (written([t.header, *t.rows[:at], *t.rows[at + 1 :]]) for at in reversed(range(len(t.rows))))
    return next(content for content in shorter if not watch.faults(Mutant(t.name, "less", content, "")))


CHAPTER_CHANGES: dict[str, Callable[[str], str]] = {
    "a sentence": lambda text: f"{text}\nOne sentence more.\n",
    "a finding named": lambda text: f"{text}\nNamed here too: {{n}}`ever-sent-2018`.\n",
    "another title": lambda text: re.sub(r"(?m)^# (.+)$", r"# \1, told again", text, count=1),
    "a section before the others": lambda text: re.sub(
        r"(?m)^## ", "## Before all\n\nWords.\n\n## ", text, count=1
    ),
    "a document cited": lambda text: f"{text}\nAs has been said {{cite:p}}`{cited_somewhere(text)}`.\n",
    "a paragraph less": lambda text: re.sub(r"\n\n[A-Z][^\n]{80,}\n\n", "\n\n", text, count=1),
}


def cited_somewhere(text: str) -> str:
    """A document that a chapter cites."""
    return re.findall(r"\{cite:p\}`([\w-]+)`", text + "{cite:p}`kdi2018society`")[0]


@dataclass(frozen=True)
class Trial:
    """A change, and what differs after it between the book that was kept and one made from nothing."""

    name: str
    refused: bool
    wrong: str


def make(root: Path, *modules: str) -> tuple[int, str]:
    """Runs the press in a copy of the book: its exit code, and the sentence it ended with."""
    environment = {**os.environ, "PYTHONPATH": str(root)}
    for module in modules:
        done = subprocess.run(
            [sys.executable, "-m", *module.split()], cwd=root, env=environment, text=True, capture_output=True
        )
    stopped = [line for line in done.stdout.splitlines() if line.startswith("Stopped")]
    return done.returncode, "".join(stopped).replace(str(root), "")


def for_readers(root: Path) -> dict[str, bytes]:
    """Every file that readers get, by name."""
    made = root / "_build"
    files = [*(made / "html").rglob("*"), *(made / "figures").glob("*"), *made.glob("lifeline*")]
    return {path.relative_to(made).as_posix(): path.read_bytes() for path in files if path.is_file()}


def compared(root: Path, name: str) -> Trial:
    """What comes of a change that was made in a copy of the book that was built before."""
    steps = ("lifeline.press.references", "lifeline.press book")
    before = for_readers(root)
    code, told = make(root, *steps)
    anew = root.with_name("from nothing")
    shutil.copytree(root, anew, ignore=shutil.ignore_patterns("_build", ".work"))
    try:
        expected, said = make(anew, *steps)
        if (code, told) != (expected, said):
            return Trial(name, False, f"{told or 'built'}; from nothing: {said or 'built'}")
        ours, theirs = for_readers(root), for_readers(anew) if code == 0 else before
        differ = sorted(path for path in ours | theirs if ours.get(path) != theirs.get(path))
        return Trial(name, code != 0, ", ".join(differ[:5]))
    finally:
        shutil.rmtree(anew)


def changes(root: Path, seed: int) -> Iterator[tuple[str, Path, bytes]]:
    """Every change: what it is called, the file, what the file then holds. One at a time, the last one undone."""
    rng = random.Random(seed)
    watch = Watch(root / "data")
    for name, resource in schema().items():
        yield f"other cells in {name}", root / "data" / resource["path"], changed(table(name), watch, rng)
    for name, edit in CHAPTER_CHANGES.items():
        for chapter in ("channels", "methods"):
            path = root / "chapters" / f"{chapter}.md"
            yield f"{name} in {chapter}", path, edit(path.read_text(encoding="utf-8")).encode()


def trials(root: Path, seed: int, most: int) -> Iterator[Trial]:
    """Builds the book after each change. Raises RuntimeError if it cannot be built as it is."""
    code, told = make(root, "lifeline.press book")
    if code:
        raise RuntimeError(told)
    every = list(changes(root, seed))
    for name, path, content in random.Random(seed).sample(every, min(most, len(every))):
        good = path.read_bytes()
        if content == good:
            continue
        path.write_bytes(content)
        yield compared(root, name)
        path.write_bytes(good)
