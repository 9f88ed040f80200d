"""The worked example of CONTRIBUTING.md does what it says."""

import csv
import io
import re
from pathlib import Path

import pytest

from lifeline import ROOT
from lifeline.evidence import schema


def example() -> dict[str, list[str]]:
    """The rows of the example, by table, as they stand in CONTRIBUTING.md."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    found = re.findall(r"In `data/(\w+)\.csv`, in the order of `\w+`:\n\n((?: {7}\S.*\n)+)", text)
    return {table: [line.strip() for line in lines.splitlines()] for table, lines in found}


def insert(path: Path, lines: list[str]) -> None:
    """Puts rows where the order of the key wants them."""
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    rows = sorted([*rows, *lines], key=lambda row: next(csv.reader(io.StringIO(row)))[0])
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8", newline="\n")


def test_the_example_has_a_row_for_each_table_a_report_fills():
    assert set(example()) == {"documents", "surveys", "claims", "quantities"}
    for table, lines in example().items():
        for line in lines:
            assert len(next(csv.reader(io.StringIO(line)))) == len(schema()[table]["schema"]["fields"]), table


def test_the_book_changes_as_the_example_says(copy):
    for table, lines in example().items():
        insert(copy.root / "data" / f"{table}.csv", lines)
    done = copy.make("check")
    assert done.returncode == 0, done.stdout
    for module in ("lifeline.press.references", "lifeline.press"):
        done = copy.run("-m", module, *(["html"] if module == "lifeline.press" else []))
        assert done.returncode == 0, done.stdout
    shares = (copy.root / "_build" / "figures" / "sender-share.csv").read_text(encoding="utf-8")
    assert "surveys:nkdb-2025-sent-in-year" in shares
    assert "@misc{yonhap-2025-12-nkdb," in (copy.root / "references.bib").read_text(encoding="utf-8")
    for table, lines in example().items():
        key = lines[0].partition(",")[0]
        rows = "".join(path.read_text(encoding="utf-8") for path in (copy.html / "rows").glob(f"{table}.*.js"))
        assert f'"{key}"' in rows, table


@pytest.mark.parametrize(
    ("table", "old", "new", "column"),
    [
        ("surveys", ",402,84,ok", ",402,184,ok", "value"),
        ("claims", "Ryanggang,,border", "Ryanggang,Hyesan,border", None),
        ("quantities", "fee_whole_chain", "fee_whole", "measure"),
    ],
)
def test_a_slip_in_the_example_is_told(copy, table: str, old: str, new: str, column: str | None):
    rows = example()
    changed = [line.replace(old, new) for line in rows[table]]
    assert changed != rows[table]
    if column is None:  # a place is refused beside a delicate topic
        changed = [
            line.replace("channels,commission,costlier", "channels,phone_contact,harder") for line in changed
        ]
        column = "city"
    for name, lines in {**rows, table: changed}.items():
        insert(copy.root / "data" / f"{name}.csv", lines)
    done = copy.make("check")
    assert done.returncode == 1
    assert re.search(rf"data/{table}\.csv, row \d+, column {column}", done.stdout), done.stdout
