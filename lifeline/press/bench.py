"""`make bench`: how long the book takes, as ratios to a floor measured in the same run.

The floor is one Python process that executes the same cells and saves the same figures. Everything
is timed in a copy of the tracked files, so the book in this folder is not touched.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import pandas as pd

from lifeline import ROOT
from lifeline.evidence import SHAPES

FLOOR = """
import pathlib, re
for chapter in sorted(pathlib.Path("chapters").glob("*.md")):
    for cell in re.findall(r"```{code-cell}.*?\\n((?:.*\\n)*?)```", chapter.read_text(encoding="utf-8")):
        exec(re.sub(r"(?m)^:.*$", "", cell), globals())
"""


MODEL = """
from lifeline import evidence, flow
for year in flow.SURVEYED:
    flow.result(evidence.read(), year).dollars("delivered")
"""

GROWTH = {
    "check": """
from lifeline.check import check
faults = check(folder)
assert not faults, faults[:3]
""",
    "findings": """
from lifeline import evidence, findings
known = evidence.read(folder)
for entry in findings.registry().values():
    entry.compute(known)
""",
    "figures": """
from lifeline import evidence, figures, style
known = evidence.read(folder)
for name in ("informants", "rents-by-year", "claims-by-province", "documents-by-year", "echoes", "fee-reports"):
    shown = figures.registry()[name]
    style.variants(shown.draw(shown.frame(known)), name)
""",
    "explorer": """
from lifeline.press.explorer import scripts
scripts(folder)
""",
}
"""What is timed on more rows, each in a process of its own that knows their folder."""
MOST_BUILT = 10
"""The whole book is built with so many times the rows and no more: leaving out each source takes hours beyond."""
MEASURED = """
import pathlib, resource, subprocess, sys
subprocess.run([sys.executable, "-m", "lifeline.press", "html"], check=True)
pathlib.Path("_build/memory").write_text(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024))
"""
"""A whole build, and how much memory the largest of its processes took."""


def grown(book: Path, times: int) -> Path:
    """The tables of a copy of the book, each row that there may be more of `times` times, with new keys."""
    from lifeline.evidence import PACKAGE, schema

    folder = book / f"data-{times}"
    if folder.exists():
        return folder
    folder.mkdir()
    shutil.copy2(book / "data" / PACKAGE, folder / PACKAGE)
    shutil.copy2(book / "data" / SHAPES, folder / SHAPES)
    read = {
        name: pd.read_csv(book / "data" / resource["path"], dtype="string", keep_default_na=False)
        for name, resource in schema().items()
    }
    alone = read["quantities"].loc[read["quantities"]["measure"].isin(ASKED_FOR), "quantity_id"]
    for name, resource in schema().items():
        growing = without(read[name], name, set(alone))
        many = pd.concat([read[name], *(renewed(growing, name, at) for at in range(1, times))])
        keys = resource["schema"]["primaryKey"]
        many = many.sort_values(keys, key=number_if_whole, kind="stable")
        many.drop_duplicates(keys).to_csv(folder / resource["path"], index=False, lineterminator="\n")
    return folder


GROWN = {"doc_id", "copy_of", "derived_from", "read_in", "claim_id", "quantity_id", "row_id", "echo_group"}
"""Keys of rows that grow, and what points to them; codes, places and originators stay."""
FIXED = {"surveys"}
"""A table in which findings ask for certain rows, of which there may be no more."""
ASKED_FOR = {"national_total", "survey_share", "margin_of_error"}
"""Quantities of which findings ask for certain rows."""
OWN = {"survey_id", "arrival_id", "price_id", "check_id", "origin_id", "event_id"}


def without(table: pd.DataFrame, name: str, quantities: set[str]) -> pd.DataFrame:
    """The rows of a table of which there may be more: not those that findings ask for, nor what leads to them."""
    if name in FIXED:
        return table.head(0)
    return table[~table["quantity_id"].isin(quantities)] if "quantity_id" in table else table


def renewed(table: pd.DataFrame, name: str, at: int) -> pd.DataFrame:
    """A copy of a table whose keys end in a number of their own, so that nothing meets."""
    changed = {c: table[c].where(table[c] == "", table[c] + f"-{at}") for c in table if c in GROWN | OWN}
    if name == "documents":  # the same page twice is refused
        changed["note"] = (table["note"] + f" copy {at}").str.strip()
    return table.assign(**changed)


def number_if_whole(column: pd.Series) -> pd.Series:
    """Whole numbers sorted as numbers, text as text."""
    return column.astype(int) if column.str.fullmatch(r"\d+").all() else column


def copy_of_book(folder: Path) -> Path:
    """The files that git knows, in a new folder."""
    names = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=True,
    ).stdout
    for name in filter(None, names.split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    return folder


def run(book: Path, *arguments: str) -> None:
    """Runs Python in a copy of the book, on the copy's own package."""
    environment = {**os.environ, "PYTHONPATH": str(book)}
    subprocess.run([sys.executable, *arguments], cwd=book, env=environment, check=True, stdout=subprocess.DEVNULL)


Timed = tuple[Callable[[], None], Callable[[], object]]
"""What is timed, and what is done before it, untimed."""


def seconds(action: Callable[[], None], before: Callable[[], object]) -> float:
    """Time of an action, after `before`, which is not timed."""
    before()
    start = perf_counter()
    action()
    return perf_counter() - start


def rounds(timed: dict[str, Timed], times: int) -> pd.DataFrame:
    """Seconds of each, one line a round: in turns, so that a machine that is slow for a while is so to all."""
    return pd.DataFrame([{name: seconds(*each) for name, each in timed.items()} for _ in range(times)])


def grow(book: Path, step: str, times: int) -> tuple[float, float]:
    """Seconds and megabytes at most that a step takes with `times` as many rows."""
    code = f"from pathlib import Path\nfolder = Path({grown(book, times).as_posix()!r})\n{GROWTH[step]}"
    told = "import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
    environment = {**os.environ, "PYTHONPATH": str(book)}
    start = perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{told}"],
        cwd=book,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return perf_counter() - start, float(done.stdout.split()[-1])


def grow_build(book: Path, times: int) -> tuple[float, float]:
    """Seconds of `make html` with nothing cached and `times` as many rows; megabytes of its largest process."""
    root = copy_of_book(book / f"book-{times}")
    shutil.copytree(grown(book, times), root / "data", dirs_exist_ok=True)
    run(root, "-m", "lifeline.press.references")
    start = perf_counter()
    run(root, "-c", MEASURED)
    memory = float((root / "_build" / "memory").read_text(encoding="utf-8"))
    return perf_counter() - start, memory


IN_TURNS = 2
"""The first two steps, the floor and the cold build, are timed in turns; each of the others by itself."""


def steps(book: Path) -> dict[str, Timed]:
    """What is timed of a build, each with what is done before it, untimed; each builds on the last."""
    code = book / "lifeline" / "figures" / "channels.py"
    prose = book / "chapters" / "channels.md"
    row = book / "data" / "events.csv"

    def press(step: str) -> Callable[[], None]:
        return lambda: run(book, "-m", "lifeline.press", step)

    def longer(path: Path, end: str) -> Callable[[], object]:
        return lambda: path.write_text(path.read_text(encoding="utf-8") + end, encoding="utf-8")

    def other_row() -> None:
        text = row.read_text(encoding="utf-8")
        words = ("First televised", "First broadcast")
        old, new = words if words[0] in text else words[::-1]
        row.write_text(text.replace(old, new), encoding="utf-8", newline="\n")

    def clean() -> None:
        shutil.rmtree(book / "_build", ignore_errors=True)

    def forget_pdf() -> None:
        (book / "_build" / "lifeline.pdf").unlink(missing_ok=True)

    return {
        "floor: the same cells in one process": (lambda: run(book, "-c", FLOOR), clean),
        "cold: make html, nothing cached": (press("html"), clean),
        "nothing changed: make html": (press("html"), lambda: None),
        "prose of a chapter changed: make html": (press("html"), longer(prose, "\nOne more sentence.\n")),
        "code of a figure changed: make html": (press("html"), longer(code, "\n# changed\n")),
        "a row of events changed: make html": (press("html"), other_row),
        "make pdf after make html": (press("pdf"), forget_pdf),
        "make check": (press("check"), lambda: None),
        "all draws of the model for every surveyed year": (lambda: run(book, "-c", MODEL), lambda: None),
    }


def from_nothing(book: Path) -> dict[str, float]:
    """Seconds of each step of `make book` in a new copy of the book, with no library installed and none cached.

    What is fetched comes over the network, so that this is timed once and depends on it.
    """
    root = copy_of_book(book / "from-nothing")
    caches = {name: (root / ".fetched").as_posix() for name in ("UV_CACHE_DIR", "PIP_CACHE_DIR")}
    start = perf_counter()
    done = subprocess.run(
        ["make", "book"], cwd=root, env={**os.environ, **caches}, check=True, capture_output=True, text=True
    )
    took = perf_counter() - start
    steps = dict(re.findall(r"(?m)^- (.+)\n(?:  (?!\d).*\n)*  ([\d.]+) s$", done.stdout))
    return {**{step: float(said) for step, said in steps.items()}, "all together": took}


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5, help="how often each is timed; the median counts")
    parser.add_argument("--grow", type=int, nargs="*", default=[1, 10, 100], help="how many times the rows")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        book = copy_of_book(Path(folder))
        print(f"{'median of ' + str(asked.times):45} {'seconds':>8} {'x floor':>8}", flush=True)
        every = list(steps(book).items())
        paired = rounds(dict(every[:IN_TURNS]), asked.times)
        floor = paired.iloc[:, 0]
        for name in paired:
            print(f"{name:45} {paired[name].median():8.2f} {(paired[name] / floor).median():8.2f}", flush=True)
        for name, timed in every[IN_TURNS:]:
            time = rounds({name: timed}, asked.times)[name].median()
            print(f"{name:45} {time:8.2f} {time / floor.median():8.2f}", flush=True)
        print("\nfrom nothing to both editions: make book", flush=True)
        for step, time in from_nothing(book).items():
            print(f"  {step:43} {time:8.2f}", flush=True)
        print(f"\n{'step':10} {'x rows':>7} {'seconds':>8} {'MB':>7}", flush=True)
        for times in asked.grow:
            took = {step: grow(book, step, times) for step in GROWTH}
            took |= {"build": grow_build(book, times)} if times <= MOST_BUILT else {}
            for step, (time, memory) in took.items():
                print(f"{step:10} {times:7} {time:8.2f} {memory:7.0f}", flush=True)
            seconds_of, memory_of = ({step: both[of] for step, both in took.items()} for of in (0, 1))
            slowest, largest = (
                max(seconds_of, key=seconds_of.__getitem__),
                max(memory_of, key=memory_of.__getitem__),
            )
            print(f"at {times} times the rows {slowest} takes longest and {largest} the most memory", flush=True)


if __name__ == "__main__":
    main()
