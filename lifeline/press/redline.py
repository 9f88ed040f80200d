"""`make redline`: every number of the book that changed since a version, and which table's change moved it.

The value of each finding is kept in KEPT, a table that `make accept` writes and a test compares with the book.
The old values are those of that table in git. Which table moved a finding is computed: for each table that
changed, the finding is computed again with the old table in the place of the new one. Where that gives another
value than the book's, the table moved it; where all old tables together do not give the old value, code did too.
"""

import argparse
import io
import math
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from lifeline import ROOT, evidence, findings
from lifeline.book import plain
from lifeline.estimate import Estimate
from lifeline.evidence import Evidence
from lifeline.fault import NoEvidence
from lifeline.press.talk import BUILD, Stopped, say

KEPT = "tests/golden/findings.csv"
"""The value of every finding as it was last accepted."""
COLUMNS = ["finding", "title", "value", "low", "high", "unit", "period"]
NUMBERS = ["value", "low", "high"]
DIGITS = "%.10g"
"""So many digits are kept: more than any machine's arithmetic shakes."""
CLOSE = 1e-8
"""Numbers that differ by less, as a share of themselves, are the same."""


class Numbers(NamedTuple):
    """What is kept of a finding."""

    value: float
    low: float | None
    high: float | None
    unit: str
    period: str


# ------------------------------------------------------------------------------------- what is kept


def numbers_of(estimate: Estimate) -> Numbers:
    """What is compared of an estimate."""
    return Numbers(estimate.value, estimate.low, estimate.high, estimate.unit, estimate.period)


def kept(text: str) -> dict[str, tuple[str, Numbers]]:
    """Title and numbers of each finding of a kept table, by its name."""
    types = {name: float if name in NUMBERS else str for name in COLUMNS}
    table = pd.read_csv(io.StringIO(text), dtype=types, usecols=COLUMNS, keep_default_na=False, na_values=[""])
    rows = table[COLUMNS].astype(object).where(table[COLUMNS].notna(), None)
    return {
        name: (title, Numbers(value, low, high, unit, period or ""))
        for name, title, value, low, high, unit, period in rows.itertuples(index=False)
    }


def to_keep(every: dict[str, tuple[str, Numbers]]) -> str:
    """The table that is kept, as CSV."""
    rows = [(name, title, *numbers) for name, (title, numbers) in sorted(every.items())]
    return pd.DataFrame(rows, columns=COLUMNS).to_csv(index=False, lineterminator="\n", float_format=DIGITS)


def same(one: Numbers, other: Numbers) -> bool:
    """Whether two findings say the same, but for what arithmetic shakes."""
    return (one.unit, one.period) == (other.unit, other.period) and all(
        map(close, (one.value, one.low, one.high), (other.value, other.low, other.high))
    )


def close(a: float | None, b: float | None) -> bool:
    """Whether two numbers are the same, or both missing."""
    return a is b if a is None or b is None else math.isclose(a, b, rel_tol=CLOSE, abs_tol=1e-12)


def computed(known: Evidence) -> dict[str, tuple[str, Numbers]]:
    """Title and numbers of each finding, by its name."""
    return {name: (entry.title, numbers_of(entry.compute(known))) for name, entry in findings.registry().items()}


def accept() -> int:
    """Writes the values of today into KEPT; returns how many differ from what stood there."""
    path = ROOT / KEPT
    before = kept(path.read_text(encoding="utf-8")) if path.exists() else {}
    now = computed(evidence.read())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(to_keep(now), encoding="utf-8", newline="\n")
    return len(moved(before, now))


def moved(before: dict[str, tuple[str, Numbers]], now: dict[str, tuple[str, Numbers]]) -> list[str]:
    """The names of the findings that came, went or changed, in order."""
    both = set(before) & set(now)
    return sorted((set(before) ^ set(now)) | {name for name in both if not same(before[name][1], now[name][1])})


# ------------------------------------------------------------------------------------- what is in git


def git(*arguments: str) -> bytes:
    """What git answers. Raises Stopped with its complaint."""
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True)
    if done.returncode != 0:
        raise Stopped(f"git {' '.join(arguments[:2])}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def last_version() -> str:
    """The last tag before this commit; without one that keeps values, the last commit that changed them."""
    described = ["git", "describe", "--tags", "--abbrev=0", "HEAD^"]
    tag = subprocess.run(described, cwd=ROOT, capture_output=True, text=True).stdout.strip()
    if tag and keeps_values(tag):
        return tag
    commit = git("log", "-1", "--format=%h", "--", KEPT).decode().strip()
    if not commit:
        raise Stopped(f"no version keeps {KEPT} yet; `make accept` writes it, and git keeps it.")
    return commit


def keeps_values(version: str) -> bool:
    """Whether a version has the kept table."""
    return bool(git("ls-tree", "--name-only", version, "--", KEPT))


def values_at(version: str) -> dict[str, tuple[str, Numbers]]:
    """The kept values of a version. Raises Stopped if it kept none."""
    if not keeps_values(version):
        raise Stopped(f"{version} keeps no values in {KEPT}; name a later version, as in make redline SINCE=...")
    return kept(git("show", f"{version}:{KEPT}").decode())


def data_at(version: str, folder: Path) -> Path:
    """The data of a version, unpacked into a folder."""
    with tarfile.open(fileobj=io.BytesIO(git("archive", version, "data"))) as archive:
        archive.extractall(folder, filter="data")
    return folder / "data"


def changed_tables(old: Path) -> list[str]:
    """The tables of data/ that are not what they were in a folder."""
    before = evidence.schema(old)

    def is_same(name: str, path: str) -> bool:
        return name in before and (old / path).read_bytes() == (evidence.DATA / path).read_bytes()

    return sorted(name for name, table in evidence.schema().items() if not is_same(name, table["path"]))


def with_old(tables: list[str], old: Path) -> Evidence:
    """The evidence of today with some tables as they were; a table that was not there yet is empty."""
    today = evidence.read()

    def reader(name: str) -> pd.DataFrame:
        if name not in tables:
            return today.table(name)
        return evidence.read_table(name, old) if name in evidence.schema(old) else today.table(name).iloc[:0]

    return Evidence(reader)


# ------------------------------------------------------------------------------------- what changed


@dataclass(frozen=True)
class Change:
    """A finding that moved. old or new is None if it was or is not there."""

    finding: str
    title: str
    old: Numbers | None
    new: Numbers | None
    moved_by: str


def value_with(known: Evidence, finding: str) -> Numbers | None:
    """A finding computed from other evidence; None if that does not carry it."""
    try:
        return numbers_of(findings.registry()[finding].compute(known))
    except (NoEvidence, KeyError):  # KeyError: the old table lacks a column
        return None


def movers(finding: str, old: Numbers, new: Numbers, replaced: dict[str, Evidence], all_old: Evidence) -> str:
    """What moved a finding: the tables that changed it, or code."""
    today = Evidence(store=evidence.read().store)
    findings.registry()[finding].compute(today)

    def moves(known: Evidence) -> bool:
        value = value_with(known, finding)
        return value is None or not same(value, new)

    tables = [name for name, known in replaced.items() if name in today.used and moves(known)]
    together = value_with(all_old, finding) if today.used & set(replaced) else new
    if together is not None and not same(together, old):
        tables.append("code")
    return ", ".join(tables) or "several tables together"


def changes(version: str) -> list[Change]:
    """Every finding that moved since a version."""
    before, now = values_at(version), computed(evidence.read())
    names = moved(before, now)
    with tempfile.TemporaryDirectory() as folder:
        old = data_at(version, Path(folder))
        tables = changed_tables(old)
        replaced = {name: with_old([name], old) for name in tables}
        all_old = with_old(tables, old)
        return [change(name, before, now, replaced, all_old) for name in names]


def change(
    name: str,
    before: dict[str, tuple[str, Numbers]],
    now: dict[str, tuple[str, Numbers]],
    replaced: dict[str, Evidence],
    all_old: Evidence,
) -> Change:
    """One finding that moved."""
    if name not in before:
        return Change(name, now[name][0], None, now[name][1], "new finding")
    if name not in now:
        return Change(name, before[name][0], before[name][1], None, "finding taken out")
    old, new = before[name][1], now[name][1]
    return Change(name, now[name][0], old, new, movers(name, old, new, replaced, all_old))


# ------------------------------------------------------------------------------------------- as text


def words(numbers: Numbers | None) -> str:
    """The numbers of a finding in a cell."""
    if numbers is None:
        return ""
    value, low, high, unit, period = numbers
    interval = f" ({low:.6g} to {high:.6g})" if low is not None and high is not None else ""
    return f"{value:.6g} {unit}{interval}, {period}"


def markdown(since: str, found: list[Change]) -> str:
    """The changes as a Markdown table."""
    if not found:
        return f"No number has changed since {since}.\n"
    rows = [(f"`{c.finding}`", plain(c.title), plain(words(c.old)), plain(words(c.new)), c.moved_by) for c in found]
    lines = [
        "| Finding | | Old | New | Moved by |",
        "|:--|:--|:--|:--|:--|",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]
    return f"Numbers that changed since {since}: {len(found)}.\n\n" + "\n".join(lines) + "\n"


def table(found: list[Change]) -> pd.DataFrame:
    """The changes as a table, with every number in a column of its own."""

    def cells(numbers: Numbers | None, which: str) -> Iterator[tuple[str, object]]:
        for name, cell in zip([*NUMBERS, "unit", "period"], numbers or (None,) * 5, strict=True):
            yield f"{which}_{name}", cell

    head = ["finding", "title", *(name for which in ("old", "new") for name, _ in cells(None, which)), "moved_by"]
    rows = [
        {"finding": c.finding, "title": c.title, **dict(cells(c.old, "old")), **dict(cells(c.new, "new"))}
        | {"moved_by": c.moved_by}
        for c in found
    ]
    return pd.DataFrame(rows, columns=head)


def main(arguments: list[str]) -> int:
    """Prints the redline and writes it to _build/redline.md and .csv; or, with --accept, keeps today's values."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--since", default="", help="a tag or commit; else the last tag before this commit")
    parser.add_argument("--accept", action="store_true", help="keep the values of today")
    asked = parser.parse_args(arguments)
    try:
        if asked.accept:
            say(f"{accept()} numbers of {KEPT} are new, gone or changed.")
            return 0
        since = asked.since or last_version()
        found = changes(since)
    except Stopped as why:
        say(f"Stopped: {why}")
        return 1
    BUILD.mkdir(exist_ok=True)
    text = markdown(since, found)
    (BUILD / "redline.md").write_text(text, encoding="utf-8", newline="\n")
    table(found).to_csv(BUILD / "redline.csv", index=False, lineterminator="\n", float_format=DIGITS)
    say(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
