"""Estimate: a number with its uncertainty and the rows it rests on; and what can be said of any one.

Intervals are 95 percent intervals as if the survey were a simple random sample. The surveys of this
book are panels topped up with recent entrants and asked by telephone, so the true uncertainty is
larger: the intervals are a floor, and are called that wherever they are shown.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd

from lifeline.evidence import Evidence, schema
from lifeline.fault import NoEvidence
from lifeline.method import LEVEL

FLOOR = f"{LEVEL:.0%} interval as if a simple random sample: a floor"
COUNTED = {"survey body", "ministry", "agency"}
"""Kinds of originator that count or survey; the others report."""


SOURCE = ["originator", "doc_id"]


@dataclass(frozen=True)
class Estimate:
    """A number.

    value in `unit`; low and high bound an interval of the kind that `interval` names, both None
    where the source prints no spread. count out of base, where the number is a share. rows names
    what it rests on, each as "table:key".
    """

    value: float
    unit: str
    period: str
    describes: str
    rows: tuple[str, ...]
    low: float | None = None
    high: float | None = None
    interval: str = ""
    count: int | None = None
    base: int | None = None


def wilson(count: int, base: int) -> tuple[float, float]:
    """Wilson's score interval for a share, in percent (Wilson 1927; scipy.stats.binomtest)."""
    from scipy.stats import binomtest

    bounds = binomtest(count, base).proportion_ci(LEVEL, method="wilson")
    return bounds.low * 100, bounds.high * 100


def difference(first: Estimate, second: Estimate) -> tuple[float, float]:
    """Newcombe's hybrid interval for second minus first, two independent shares in percent.

    Newcombe (1998), method 10: the Wilson intervals of the two shares, combined in quadrature.
    """
    if first.low is None or first.high is None or second.low is None or second.high is None:
        raise NoEvidence("a difference needs two shares with intervals")
    gap = second.value - first.value
    below = ((second.value - second.low) ** 2 + (first.high - first.value) ** 2) ** 0.5
    above = ((second.high - second.value) ** 2 + (first.value - first.low) ** 2) ** 0.5
    return gap - below, gap + above


def share(row: pd.Series, describes: str) -> Estimate:
    """The share of one row of surveys, with Wilson's interval where its base is printed.

    The value is count / base where the count is printed, else the printed share; its interval is then
    that of share x base, rounded to a whole person.
    """
    period, name = str(row["year"]), (f"surveys:{row['survey_id']}",)
    if pd.isna(row["base_n"]) and row.get("unit") == "persons":
        raise NoEvidence(f"{name[0]} counts people of a base that is not printed")
    if pd.isna(row["base_n"]):
        return Estimate(float(row["value"]), "percent", period, describes, name)
    base = int(row["base_n"])
    if pd.isna(row["count"]):
        value = float(row["value"])
        low, high = wilson(round(value * base / 100), base)
        return Estimate(value, "percent", period, describes, name, low, high, FLOOR, base=base)
    count = int(row["count"])
    low, high = wilson(count, base)
    return Estimate(count / base * 100, "percent", period, describes, name, low, high, FLOOR, count, base)


def one(table: pd.DataFrame, **wanted: object) -> pd.Series:
    """The one row in which each column has the wanted value. Raises NoEvidence if there is none."""
    chosen = np.full(len(table), True)
    for column, value in wanted.items():
        chosen &= (table[column] == value).to_numpy(dtype=bool, na_value=False)
    rows = table[chosen]
    if len(rows) != 1:
        raise NoEvidence(f"{len(rows)} rows have {wanted}")
    return rows.iloc[0]


# ------------------------------------------------------------------------- what lies behind a number


@dataclass(frozen=True)
class Standing:
    """What lies behind an Estimate.

    grade: A two kinds of source of which one is a survey or a count, B surveys or counts alone,
    C several originators, D one, empty where no source is named. without: the value if an independence
    group had said nothing, None where nothing is left; it measures sensitivity and is never drawn like an
    interval.
    """

    documents: tuple[str, ...]
    originators: tuple[str, ...]
    without: dict[str, float | None]
    grade: str


def sources(rows: tuple[str, ...], evidence: Evidence) -> pd.DataFrame:
    """The originator and the document of each row, one line a row; rates have neither, nor have assumptions
    that rest on several documents: their source rows are named beside them."""
    keys = [row.partition(":")[::2] for row in rows]
    tables = {table: evidence.derived(sources_in(table)) for table in dict.fromkeys(table for table, _ in keys)}
    found = [tables[table][key] for table, key in keys if tables[table]]
    return pd.DataFrame(found, columns=SOURCE, dtype="string").dropna()


@cache
def sources_in(table: str) -> Callable[[Evidence], dict[str, tuple[str, str]]]:
    """Makes a table into the originator and the document of each of its keys, none if it has no such columns."""

    def make(evidence: Evidence) -> dict[str, tuple[str, str]]:
        rows = evidence.table(table)
        if not set(SOURCE) <= set(rows.columns):
            return {}
        keys = rows[schema()[table]["schema"]["primaryKey"]]
        return dict(zip(keys, rows[SOURCE].itertuples(index=False, name=None), strict=True))

    return make


def groups_behind(originators: Iterable[str], evidence: Evidence) -> list[str]:
    """The independence groups of these originators."""
    groups = evidence.derived(independence)
    return sorted({groups[name] for name in originators})


def independence(evidence: Evidence) -> dict[str, str]:
    """The independence group of each originator."""
    return evidence.outlets.set_index("originator")["independence_group"].to_dict()


def standing(compute: Callable[[Evidence], Estimate], evidence: Evidence) -> Standing:
    """Documents, originators, leave-one-out values and grade of a finding."""
    rows = evidence.derived(compute).rows
    behind = sources(rows, evidence)
    originators = tuple(sorted(behind["originator"].unique()))
    groups = groups_behind(originators, evidence)
    outlets = evidence.outlets.set_index("originator")
    kinds = {outlets.at[name, "kind"] in COUNTED for name in originators}
    return Standing(
        tuple(sorted(behind["doc_id"].unique())),
        originators,
        {group: left_without(compute, evidence, group) for group in groups},
        grade(kinds, len(groups)),
    )


def grade(counted: set[bool], groups: int) -> str:
    """A to D; see Standing. counted holds True for a survey or count, False for a report.

    Empty where no row names a source: the book counts its own tables there.
    """
    if not groups:
        return ""
    if counted == {True, False}:
        return "A"
    if True in counted:
        return "B"
    return "C" if groups > 1 else "D"


def left_without(compute: Callable[[Evidence], Estimate], evidence: Evidence, group: str) -> float | None:
    """The value of the finding without this group, None where no evidence is left."""
    known = evidence.store.left
    if (compute, group) not in known:
        try:
            known[compute, group] = compute(evidence.without(group)).value
        except NoEvidence:
            known[compute, group] = None
    return known[compute, group]


def times(estimate: Estimate, factor: float, unit: str, *rows: str) -> Estimate:
    """The estimate in another unit; bounds move with it, `rows` are what the factor rests on."""
    low = None if estimate.low is None else estimate.low * factor
    high = None if estimate.high is None else estimate.high * factor
    return replace(
        estimate, value=estimate.value * factor, low=low, high=high, unit=unit, rows=estimate.rows + rows
    )
