"""What data/ must keep to, and the check of it.

Three layers: files (encoding, line ends, order, nothing that a spreadsheet would run), the schema
in data/datapackage.json, checked by the frictionless library, and RULES for what one column cannot
say alone. What no machine sees: whether a summary says what the page says, and whether a name is
that of a private person; CONTRIBUTING.md says how these are kept.
"""

import csv
import io
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pandas as pd

from lifeline.evidence import DATA, PACKAGE, Evidence, read_table, schema


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a file of the book. `row` is the line of the file, the header being line 1."""

    file: str
    row: int | None
    column: str | None
    value: str | None
    rule: str
    mend: str

    def __str__(self) -> str:
        where = [self.file]
        where += [f"row {self.row}"] if self.row is not None else []
        where += [f"column {self.column}"] if self.column else []
        value = f"{self.value!r} " if self.value is not None else ""
        return f"{', '.join(where)}: {value}{self.rule} ({self.mend})"


def later(date: pd.Series) -> pd.Series:
    """The last day that a date of any exactness can mean, so that dates compare as text."""
    return date.where(date.isna() | (date.str.len() == 10), (date + "-12-31").str.slice(0, 10)).mask(
        date.str.len() == 7, date + "-31"
    )


ALLOWED = {
    # measure: (statistic, unit) pairs that it may be printed in
    "ever_sent": {("share", "percent"), ("count", "persons")},
    "sent_in_year": {("share", "percent"), ("count", "persons")},
    "sent_in_five_years": {("share", "percent"), ("count", "persons")},
    "sent_unspecified": {("share", "percent"), ("count", "persons")},
    "in_contact": {("share", "percent"), ("count", "persons")},
    "in_contact_in_year": {("share", "percent"), ("count", "persons")},
    "fee_agreed": {("mean", "percent")},
    "fee_paid": {("mean", "percent")},
    "fee_unspecified": {("mean", "percent")},
    "fee_band_share": {("share", "percent")},
    "amount_per_transfer": {("mean", "KRW")},
    "amount_per_sender_year": {("mean", "KRW")},
    "transfers_per_sender_year": {("mean", "transfers")},
    "sample_total": {("sum", "KRW")},
}


def disagreeing_share(t: pd.DataFrame) -> pd.Series:
    """Rows whose printed share is not the printed count over the printed base, rounded."""
    decimals = t["value"].map(lambda v: 0.05 if round(v) != v else 0.5)
    gap = (t["count"] / t["base_n"] * 100 - t["value"]).abs()
    return (t["unit"] == "percent") & (t["quality"] == "ok") & (gap > decimals + 0.01)


@dataclass(frozen=True)
class Rule:
    """A rule over several columns: `broken` marks the rows of `table` that break it."""

    table: str
    column: str
    broken: Callable[[pd.DataFrame, Evidence], pd.Series]
    says: str
    mend: str


def published(t: pd.DataFrame, e: Evidence) -> pd.Series:
    """The last day on which each row's document can have been published."""
    return t["doc_id"].map(later(e.documents.set_index("doc_id")["published"]))


def is_copy(t: pd.DataFrame, e: Evidence) -> pd.Series:
    """Rows read in a copy."""
    return t["doc_id"].isin(e.documents.loc[e.documents["copy_of"].notna(), "doc_id"])


def impossible(date: pd.Series) -> pd.Series:
    """Dates that no calendar has; a missing date is possible."""
    whole = date.where(date.str.len() == 10, date.str.slice(0, 7).where(date.str.len() >= 7, date + "-01") + "-01")
    return date.notna() & pd.to_datetime(whole, format="%Y-%m-%d", errors="coerce").isna()


def dates(table: str, column: str) -> "Rule":
    """The rule that a column holds dates of the calendar."""
    return Rule(
        table, column, lambda t, e: impossible(t[column]), "is no date of the calendar", "correct month or day"
    )


RULES = [
    dates("documents", "published"),
    dates("surveys", "fieldwork_start"),
    dates("surveys", "fieldwork_end"),
    dates("arrivals", "period_start"),
    dates("arrivals", "period_end"),
    Rule(
        "surveys",
        "survey_id",
        lambda t, e: (
            (t["quality"] == "ok")
            & t[t["quality"] == "ok"]
            .duplicated(["survey", "year", "measure", "band_low", "band_high"], keep=False)
            .reindex(t.index, fill_value=False)
        ),
        "is not the only answer of its wave to this measure that is ok",
        "say in quality which of them is superseded or conflicting",
    ),
    Rule(
        "surveys",
        "sample_n",
        lambda t, e: t.groupby(["survey", "year"])["sample_n"].transform("nunique") > 1,
        "is not the sample of the other rows of this wave",
        "one wave has one sample",
    ),
    Rule(
        "surveys",
        "value",
        lambda t, e: (t["unit"] == "persons") & ((t["value"] != t["count"]) | t["base_n"].isna()),
        "is a number of people, but not count, or without base_n",
        "give the count again in count, and the base in base_n",
    ),
    Rule(
        "documents",
        "url",
        lambda t, e: t["copy_of"].notna() & t["url"].notna(),
        "is the address of a copy",
        "copies are named, not linked: empty the cell",
    ),
    Rule(
        "documents",
        "published",
        lambda t, e: (t["date_basis"] == "unknown") != t["published"].isna(),
        "does not fit date_basis",
        "give the date and how it is known, or leave it empty and write unknown",
    ),
    Rule(
        "documents",
        "relays",
        lambda t, e: t["relays"].map(
            lambda names: not set(names.split(";")) <= set(e.outlets["originator"]), na_action="ignore"
        ),
        "names an originator that outlets.csv does not have",
        "add the originator, or correct its name",
    ),
    Rule(
        "surveys",
        "unit",
        lambda t, e: pd.Series(
            [(s, u) not in ALLOWED.get(m, set()) for m, s, u in zip(t.measure, t.statistic, t.unit, strict=True)],
            t.index,
        ),
        "is not a unit and statistic of this measure",
        "see ALLOWED in lifeline/check.py",
    ),
    Rule(
        "surveys",
        "value",
        lambda t, e: (t["unit"] == "percent") & (t["value"] > 100),
        "is a percentage above 100",
        "correct the value or the unit",
    ),
    Rule(
        "surveys",
        "count",
        lambda t, e: t["count"] > t["base_n"],
        "is more people than the base has",
        "correct count or base_n",
    ),
    Rule(
        "surveys",
        "base_n",
        lambda t, e: t["base_n"] > t["sample_n"],
        "is more people than the sample has",
        "correct base_n or sample_n",
    ),
    Rule(
        "surveys",
        "value",
        lambda t, e: disagreeing_share(t),
        "is not count / base_n",
        "a share of another base or another measure? correct it, or say so in quality",
    ),
    Rule(
        "surveys",
        "band_high",
        lambda t, e: t["band_low"] > t["band_high"],
        "is below band_low",
        "swap the bounds",
    ),
    Rule(
        "surveys",
        "band_low",
        lambda t, e: (t["measure"] == "fee_band_share") == (t["band_low"].isna() & t["band_high"].isna()),
        "does not fit the measure",
        "a banded answer needs a bound, another answer has none",
    ),
    Rule(
        "surveys",
        "fieldwork_end",
        lambda t, e: later(t["fieldwork_end"]) < t["fieldwork_start"],
        "is before fieldwork_start",
        "correct the dates",
    ),
    Rule(
        "surveys",
        "year",
        lambda t, e: t["year"].astype("string") > published(t, e).str.slice(0, 4),
        "is after the document was published",
        "correct the year or the document",
    ),
    Rule("surveys", "doc_id", is_copy, "is a copy", "cite the original document"),
    Rule(
        "arrivals",
        "period_end",
        lambda t, e: later(t["period_end"]) < t["period_start"],
        "is before period_start",
        "correct the period",
    ),
    Rule(
        "arrivals",
        "period_start",
        lambda t, e: (t["kind"] == "cumulative") != t["period_start"].isna(),
        "does not fit kind",
        "cumulative counts have no start, others have one",
    ),
    Rule(
        "arrivals",
        "period_end",
        lambda t, e: (
            (t["kind"] == "year") & ((t["period_end"].str.len() != 4) | (t["period_end"] != t["period_start"]))
        ),
        "is not one calendar year",
        "write the same four digits in both columns, or change kind",
    ),
    Rule(
        "arrivals",
        "period_end",
        lambda t, e: t["period_end"].str.slice(0, 4) > published(t, e).str.slice(0, 4),
        "is after the document was published",
        "correct the period or the document",
    ),
    Rule("arrivals", "doc_id", is_copy, "is a copy", "cite the original document"),
    Rule(
        "arrivals",
        "persons",
        lambda t, e: (
            t[t["quality"] == "final"]
            .groupby(["kind", "period_start", "period_end", "sex"], dropna=False)["persons"]
            .transform("nunique")
            .reindex(t.index)
            .gt(1)
            .fillna(False)
        ),
        "is final, and so is another value for the same people",
        "say in quality which of the two was corrected",
    ),
]

FORMULA = ("=", "+", "-", "@", "\t")
"""What a spreadsheet takes for the beginning of a formula."""

MENDS = {
    "extra-label": "remove the column, or describe it in datapackage.json",
    "missing-label": "add the column",
    "incorrect-label": "use the column names of datapackage.json, in their order",
    "blank-header": "the first line must name the columns",
    "foreign-key": "add the row it points to, or correct the key",
    "primary-key": "give each row its own key",
    "constraint-error": "see the column's description in datapackage.json",
    "type-error": "see the column's type in datapackage.json",
    "extra-cell": "is a comma missing its quotation marks?",
    "missing-cell": "every row needs a cell for every column",
    "scheme-error": "put the file back",
    "blank-row": "remove the empty line",
}


def missing_files(folder: Path) -> list[Fault]:
    """The tables of datapackage.json that are not there."""
    paths = [resource["path"] for resource in schema(folder).values()]
    missing = [path for path in paths if not (folder / path).is_file()]
    return [Fault(f"data/{path}", None, None, None, "is missing", "put the file back") for path in missing]


def schema_faults(folder: Path) -> list[Fault]:
    """Every breach of datapackage.json, as the frictionless library finds them."""
    from frictionless import Package, system

    files = {name: resource["path"] for name, resource in schema(folder).items()}
    with system.use_context(trusted=True):
        report = Package((folder / PACKAGE).as_posix()).validate(limit_errors=10_000)
    faults = [
        Fault(
            f"data/{files.get(task.name, PACKAGE)}",
            getattr(error, "row_number", None),
            getattr(error, "field_name", None) or getattr(error, "label", None),
            getattr(error, "cell", None),
            f"breaks the schema: {error.note}" if error.note else error.message,
            MENDS.get(error.type, "see datapackage.json"),
        )
        for task in report.tasks
        for error in task.errors
    ]
    empty = [
        Fault(f"data/{path}", None, None, None, "has no rows", "put the rows back")
        for path in files.values()
        if len((folder / path).read_bytes().splitlines()) < 2
    ]
    return (
        [Fault(f"data/{PACKAGE}", None, None, None, error.message, "mend the file") for error in report.errors]
        + faults
        + empty
    )


def rule_faults(evidence: Evidence, tables: set[str]) -> list[Fault]:
    """Every breach of RULES in these tables."""
    return [
        Fault(
            f"data/{schema()[rule.table]['path']}",
            int(index) + 2,
            rule.column,
            str(evidence.table(rule.table).at[index, rule.column]),
            rule.says,
            rule.mend,
        )
        for rule in RULES
        if rule.table in tables
        for index in broken_rows(rule, evidence)
    ]


def broken_rows(rule: Rule, evidence: Evidence) -> list[int]:
    """The index of each row that breaks the rule; a missing value breaks nothing."""
    table = evidence.table(rule.table)
    broken = rule.broken(table, evidence).astype("boolean").fillna(False)
    return list(table.index[broken.to_numpy(dtype=bool)])


def file_faults(name: str, folder: Path) -> list[Fault]:
    """What is wrong with a file before any cell has a meaning: bytes, line ends, order, formulas."""
    path = folder / schema(folder)[name]["path"]
    file = f"data/{path.name}"
    content = path.read_bytes()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return [Fault(file, line, None, None, "is not UTF-8", "save the file as UTF-8")]
    wrong = [
        (text.startswith("\ufeff"), "begins with a byte order mark", "save the file as UTF-8 without one"),
        ("\r" in text, "has carriage returns", "save the file with LF line ends"),
        ("\x00" in text, "has NUL bytes", "remove them"),
        (not text.endswith("\n"), "does not end with a line end", "end the last line"),
        (text != unicodedata.normalize("NFC", text), "is not in Unicode normal form C", "normalize it"),
    ]
    whole = [Fault(file, None, None, None, rule, mend) for broken, rule, mend in wrong if broken]
    return whole or cell_faults(file, schema(folder)[name]["schema"]["primaryKey"], text)


def cell_faults(file: str, key: str | list[str], text: str) -> list[Fault]:
    """Cells that a spreadsheet would run or that hold a line break, and rows out of order."""
    header, *rows = list(csv.reader(io.StringIO(text)))
    cells = [
        Fault(file, number, column, cell, rule, "rewrite the cell")
        for number, row in enumerate(rows, start=2)
        for column, cell in zip(header, row, strict=False)
        for broken, rule in (
            (cell[:1] in FORMULA and not is_number(cell), "begins like a formula"),
            ("\n" in cell, "holds a line break"),
        )
        if broken
    ]
    names = [key] if isinstance(key, str) else key
    if not set(names) <= set(header):
        return cells  # the schema check says so
    places = [header.index(name) for name in names]
    keys = [tuple(row[place] for place in places) for row in rows if len(row) == len(header)]
    unsorted = next((number for number, (a, b) in enumerate(pairwise(keys), start=3) if a > b), None)
    order = Fault(file, unsorted, names[0], None, "is out of order", "sort the rows by their key: diffs stay small")
    return cells + ([order] if unsorted else [])


def is_number(cell: str) -> bool:
    """Whether a cell is a plain number."""
    try:
        float(cell)
    except ValueError:
        return False
    return True


def check(folder: Path = DATA) -> list[Fault]:
    """Every fault of data/: files, schema, rules. A table with a fault is not checked further."""
    try:
        missing = missing_files(folder)
    except (OSError, ValueError, KeyError) as why:
        return [Fault(f"data/{PACKAGE}", None, None, None, f"cannot be read: {why}", "mend the file")]
    if missing:
        return missing
    faults = [fault for name in schema(folder) for fault in file_faults(name, folder)]
    unreadable = {fault.file for fault in faults if fault.row is None}
    faults += [fault for fault in schema_faults(folder) if fault.file not in unreadable]
    bad = {fault.file for fault in faults}
    sound = {name for name, resource in schema(folder).items() if f"data/{resource['path']}" not in bad}
    needed = {"documents", "outlets"}
    if not needed <= sound:
        return faults
    return faults + rule_faults(Evidence(lambda name: read_table(name, folder)), sound)
