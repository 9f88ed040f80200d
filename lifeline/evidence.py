"""data/ -> Evidence: the checked, typed tables that everything else is computed from.

Nothing else in the project reads data/. The schema is data/datapackage.json, checked by the
frictionless library; what one column cannot say alone stands in RULES below.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pandas as pd

from lifeline import ROOT

DATA = ROOT / "data"
PACKAGE = "datapackage.json"
PANDAS_TYPES = {"string": "string", "integer": "Int64", "number": "Float64", "date": "string"}


# ---------------------------------------------------------------------------------------- reading


@cache
def schema(folder: Path = DATA) -> dict[str, dict]:
    """The resources of the data package by table name, as datapackage.json states them."""
    package = json.loads((folder / PACKAGE).read_text(encoding="utf-8"))
    return {resource["name"]: resource for resource in package["resources"]}


def read_table(name: str, folder: Path = DATA) -> pd.DataFrame:
    """One table of data/, typed by the schema; an empty cell is a missing value."""
    resource = schema(folder)[name]
    types = {column["name"]: PANDAS_TYPES[column["type"]] for column in resource["schema"]["fields"]}
    return pd.read_csv(
        folder / resource["path"], dtype=types, keep_default_na=False, na_values=[""], encoding="utf-8"
    )


@dataclass
class Evidence:
    """The tables of data/. A table is read when it is first asked for; `used` says which were."""

    reader: Callable[[str], pd.DataFrame] = read_table
    used: dict[str, pd.DataFrame] = field(default_factory=dict)

    def table(self, name: str) -> pd.DataFrame:
        """The table of this name, one row as data/datapackage.json describes it."""
        if name not in self.used:
            self.used[name] = self.reader(name)
        return self.used[name]

    @property
    def documents(self) -> pd.DataFrame:
        """One row a document in which evidence was read."""
        return self.table("documents")

    @property
    def outlets(self) -> pd.DataFrame:
        """One row an originator."""
        return self.table("outlets")

    @property
    def surveys(self) -> pd.DataFrame:
        """One row an answer of a survey wave, as printed."""
        return self.table("surveys")

    @property
    def arrivals(self) -> pd.DataFrame:
        """One row a printed count of people who arrived in the South."""
        return self.table("arrivals")

    @property
    def exchange_rates(self) -> pd.DataFrame:
        """One row a year and currency: units per US dollar."""
        return self.table("exchange_rates")

    def without(self, group: str) -> "Evidence":
        """The same evidence as if nobody in this independence group had ever said anything."""
        outlets = self.outlets
        gone = outlets.loc[outlets["independence_group"] == group, "originator"]

        def reader(name: str) -> pd.DataFrame:
            rows = self.table(name)
            return rows[~rows["originator"].isin(gone)] if "originator" in rows else rows

        return Evidence(reader)


# --------------------------------------------------------------------------------------- checking


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


RULES = [
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
        "see ALLOWED in lifeline/evidence.py",
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


def schema_faults(folder: Path) -> list[Fault]:
    """Every breach of datapackage.json, as the frictionless library finds them."""
    from frictionless import Package, system

    files = {name: resource["path"] for name, resource in schema(folder).items()}
    missing = [path for path in files.values() if not (folder / path).is_file()]
    if missing:
        return [Fault(f"data/{path}", None, None, None, "is missing", "put the file back") for path in missing]
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


def check(folder: Path = DATA) -> list[Fault]:
    """Every fault of data/, schema first; a table with a schema fault is not checked further."""
    faults = schema_faults(folder)
    bad = {fault.file for fault in faults}
    sound = {name for name, resource in schema(folder).items() if f"data/{resource['path']}" not in bad}
    needed = {"documents", "outlets"}
    if not needed <= sound:
        return faults
    return faults + rule_faults(Evidence(lambda name: read_table(name, folder)), sound)


def read(folder: Path = DATA) -> Evidence:
    """The evidence in `folder`; `check` says whether it keeps the rules."""
    return Evidence(lambda name: read_table(name, folder))
