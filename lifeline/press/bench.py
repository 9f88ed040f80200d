"""`make bench`: how long the book takes, as ratios to a floor measured in the same run.

The floor is one Python process that executes the same cells and saves the same figures. Everything
is timed in a copy of the tracked files, so the book in this folder is not touched.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
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


CHECK = """
from pathlib import Path
from lifeline.check import check
faults = check(Path("{folder}"))
assert not faults, faults[:3]
"""


def grown(book: Path, times: int) -> Path:
    """The tables of a copy of the book with every row `times` times, keys and references made new."""
    from lifeline.evidence import PACKAGE, schema

    folder = book / f"data-{times}"
    if folder.exists():
        return folder
    folder.mkdir()
    shutil.copy2(book / "data" / PACKAGE, folder / PACKAGE)
    shutil.copy2(book / "data" / SHAPES, folder / SHAPES)
    for name, resource in schema().items():
        table = pd.read_csv(book / "data" / resource["path"], dtype="string", keep_default_na=False)
        many = pd.concat([renewed(table, name, at) for at in range(times)])
        keys = resource["schema"]["primaryKey"]
        many = many.sort_values(keys, key=number_if_whole, kind="stable")
        many.drop_duplicates(keys).to_csv(folder / resource["path"], index=False, lineterminator="\n")
    return folder


GROWN = {"doc_id", "copy_of", "derived_from", "read_in", "claim_id", "quantity_id", "row_id", "echo_group"}
"""Keys of rows that grow, and what points to them; codes, places and originators stay."""
OWN = {"survey_id", "arrival_id", "price_id", "check_id", "origin_id", "event_id"}


def renewed(table: pd.DataFrame, name: str, at: int) -> pd.DataFrame:
    """A copy of a table whose keys end in a number of their own, so that nothing meets."""
    if at == 0:
        return table
    changed = {c: table[c].where(table[c] == "", table[c] + f"-{at}") for c in table if c in GROWN | OWN}
    if name == "documents":  # the same page twice is refused
        changed["note"] = (table["note"] + f" copy {at}").str.strip()
    if name == "surveys":  # of one wave only one answer may be the good one
        changed["quality"] = table["quality"].mask(table["quality"] == "ok", "superseded")
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


def seconds(action: Callable[[], None], before: Callable[[], None], times: int) -> float:
    """Median time of an action, each time after `before`, which is not timed."""

    def once() -> float:
        before()
        start = perf_counter()
        action()
        return perf_counter() - start

    return median(once() for _ in range(times))


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5, help="how often each is timed; the median counts")
    times = parser.parse_args().times
    with tempfile.TemporaryDirectory() as folder:
        book = copy_of_book(Path(folder))
        code = book / "lifeline" / "figures" / "channels.py"

        def clean() -> None:
            shutil.rmtree(book / "_build", ignore_errors=True)

        def nothing() -> None:
            pass

        def change_code() -> None:
            code.write_text(code.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")

        def html() -> None:
            run(book, "-m", "lifeline.press", "html")

        def check_of(larger: int) -> Callable[[], None]:
            return lambda: run(book, "-c", CHECK.format(folder=grown(book, larger).as_posix()))

        def forget_pdf() -> None:
            (book / "_build" / "lifeline.pdf").unlink(missing_ok=True)

        floor = seconds(lambda: run(book, "-c", FLOOR), clean, times)
        rows = [
            ("floor: the same cells in one process", floor),
            ("cold: make html, nothing cached", seconds(html, clean, times)),
            ("nothing changed: make html", seconds(html, nothing, times)),
            ("code of a figure changed: make html", seconds(html, change_code, times)),
            (
                "make pdf after make html",
                seconds(lambda: run(book, "-m", "lifeline.press", "pdf"), forget_pdf, times),
            ),
            ("make check", seconds(lambda: run(book, "-m", "lifeline.press", "check"), nothing, times)),
            *(
                (f"reading and checking all tables, {larger} x the rows", seconds(check_of(larger), nothing, few))
                for larger, few in ((1, times), (10, 1), (100, 1))
            ),
        ]
    print(f"{'median of ' + str(times):45} {'seconds':>8} {'x floor':>8}")
    for name, time in rows:
        print(f"{name:45} {time:8.2f} {time / floor:8.2f}")


if __name__ == "__main__":
    main()
