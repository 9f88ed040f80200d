"""`make stress [CAMPAIGNS="data text runs kills kept code"]`: tries to break the book; takes hours, not minutes.

Writes what came of it to tests/stress/results.csv, which the appendix of the methods chapter shows. Each
campaign replaces its own rows, and tells every survivor; one that is not of the code makes the command fail.
"""

import argparse
import csv
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from lifeline import __version__
from lifeline.press.bench import copy_of_book
from lifeline.press.campaigns import COLUMNS, RESULTS, results

from . import code, data, kept, mutations, runs, text


@dataclass
class Count:
    """One row of the results."""

    campaign: str
    tried: int = 0
    refused: int = 0
    harmless: int = 0
    survived: int = 0
    date: str = date.today().isoformat()
    version: str = __version__

    def add(self, what: str, told: str = "") -> None:
        """Counts one trial; a survivor is told."""
        self.tried += 1
        setattr(self, what, getattr(self, what) + 1)
        if what == "survived":
            print(f"SURVIVED {self.campaign}: {told}", flush=True)


def broken_tables(folder: Path, few: bool) -> Iterator[Count]:
    """Broken copies of every table, then as many on the whole tables as show that the short way is the long one."""
    watch = data.Watch(data.sample_of_data(folder / "data", seed=date.today().toordinal(), rows=12))
    counts: dict[str, Count] = {}
    every = list(mutations.mutants(watch.folder, 1, 1))
    agreed = Count("check of one table against the check of all")
    for number, mutant in enumerate(every[::20] if few else every):
        kind = mutant.kind.partition(":")[0].replace("_", " ")
        verdict = data.tried(mutant, watch)
        refused = verdict.what == "refused"
        counts.setdefault(kind, Count(f"tables: {kind}")).add(
            "refused" if refused else "survived", f"{mutant} ({verdict.what})"
        )
        if number % 50 == 0:
            agreed.add("harmless" if data.agrees(mutant, watch) else "survived", str(mutant))
    yield from [*counts.values(), agreed]


def hostile_text(folder: Path, few: bool) -> Iterator[Count]:
    """Hostile text in every text column, built into both editions."""
    root = copy_of_book(folder / "hostile")
    count = Count("hostile text in the cells of a built book")
    count.harmless = text.spoil(root / "data")
    wrong = text.wrong_in(root)
    count.tried, count.survived = count.harmless, len(wrong)
    count.harmless -= len(wrong)
    print(*(f"SURVIVED {count.campaign}: {each}" for each in wrong), sep="\n", flush=True)
    yield count


def hostile_runs(folder: Path, few: bool) -> Iterator[Count]:
    """Builds that are hindered or hit a chapter that fails."""
    count = Count("hindered builds and failing chapters")
    for run in runs.deeds(runs.small_book(folder / "a small book \ud55c\uae00")):
        count.add("survived" if run.wrong else "refused" if run.refused else "harmless", f"{run.name}: {run.wrong}")
    yield count


def killed_runs(folder: Path, few: bool) -> Iterator[Count]:
    """Builds that are killed."""
    count = Count("builds killed at a random moment")
    for run in runs.kills(runs.small_book(folder / "small"), times=5 if few else 60, seed=1):
        count.add("survived" if run.wrong else "harmless", f"{run.name}: {run.wrong}")
    yield count


def changed_book(folder: Path, few: bool) -> Iterator[Count]:
    """Changes of tables and chapters, after which the book is built from what was kept."""
    tables = Count("changed tables, the book built again and from nothing")
    chapters = Count("changed chapters, the book built again and from nothing")
    for trial in kept.trials(copy_of_book(folder / "kept"), seed=1, most=4 if few else 1000):
        what = "survived" if trial.wrong else "refused" if trial.refused else "harmless"
        count = tables if trial.name.startswith("other cells") else chapters
        count.add(what, f"{trial.name}: {trial.wrong}")
        print(f"  {trial.name}: {what}", flush=True)
        yield count


def changed_code(folder: Path, few: bool) -> Iterator[Count]:
    """Inverted branches, moved bounds and turned signs."""
    counts: dict[str, Count] = {}
    for change, alive in code.campaign(copy_of_book(folder / "code"), seed=1, most=3 if few else 20):
        count = counts.setdefault(change.module, Count(f"code: {change.module}.py"))
        count.add("survived" if alive else "refused", str(change))
        yield count


CAMPAIGNS: dict[str, Callable[[Path, bool], Iterator[Count]]] = {
    "data": broken_tables,
    "text": hostile_text,
    "runs": hostile_runs,
    "kills": killed_runs,
    "kept": changed_book,
    "code": changed_code,
}
BEGINS = {
    "data": ("tables", "check of"),
    "text": "hostile",
    "runs": "hindered",
    "kills": "builds",
    "kept": "changed",
    "code": "code",
}
"""How the rows of a campaign begin."""


def note(name: str, counts: list[Count]) -> None:
    """Puts the rows of a campaign in the place of its last ones."""
    rows_of = {each: [row for row in results() if row["campaign"].startswith(BEGINS[each])] for each in CAMPAIGNS}
    rows_of[name] = [{key: str(value) for key, value in asdict(count).items()} for count in counts]
    with RESULTS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(COLUMNS), lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for rows in rows_of.values() for row in rows)


def main() -> int:
    """Runs the campaigns; the exit code says whether something survived."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("campaigns", nargs="*", choices=[*CAMPAIGNS, []], help="all, if none is named")
    parser.add_argument(
        "--few", action="store_true", help="a part of each, to see whether the campaign itself works"
    )
    parser.add_argument("--forget", action="store_true", help="do not write the results")
    told = parser.parse_args()
    survivors = 0
    for name in told.campaigns or CAMPAIGNS:
        print(f"- {name}", flush=True)
        with tempfile.TemporaryDirectory(prefix="lifeline-") as folder:
            counts: dict[str, Count] = {}
            for count in CAMPAIGNS[name](Path(folder), told.few):
                counts[count.campaign] = count
                if not told.forget:  # at once: what is interrupted keeps what it has counted
                    note(name, list(counts.values()))
        for count in counts.values():
            print(f"  {count.campaign}: {count.tried} tried, {count.refused} refused, {count.harmless} harmless, "
                  f"{count.survived} survived", flush=True)  # fmt: skip
        survivors += 0 if name == "code" else sum(count.survived for count in counts.values())
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
