"""Reports counted once.

A claim is one statement of one document. Many documents print the same statement: they share an
echo group, which counts once, for the originator that said it first. Counts of reports say what was
reported and collected, never how many people do or think something.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from lifeline.estimate import Estimate
from lifeline.evidence import Evidence
from lifeline.fault import NoEvidence

BORDER, ELSEWHERE, NOT_TOLD = "border provinces", "elsewhere in the North", "place not told"
PLACES = {"border": BORDER, "interior": ELSEWHERE, "capital": ELSEWHERE}


def told(evidence: Evidence) -> pd.DataFrame:
    """Every claim with what is known of its document, one line a claim.

    Added columns: echo_group; group, the independence group of the originator; kind of originator;
    published, the document's date; year in which it was published, or else the year that the claim is
    about (missing if neither is known); place (border provinces, elsewhere in the North, place not told;
    claims about the world outside keep the zone abroad); order, the place of the claim in time, of one year
    the documents that echo groups are named for before those that retell them.
    """
    documents = evidence.documents.set_index("doc_id")
    outlets = evidence.outlets.set_index("originator")
    claims = evidence.claims
    published = claims["doc_id"].map(documents["published"])
    every = claims.assign(
        echo_group=claims["doc_id"].map(documents["echo_group"]),
        group=claims["originator"].map(outlets["independence_group"]),
        kind=claims["originator"].map(outlets["kind"]),
        published=published,
        year=published.fillna(claims["period_end"]).str.slice(0, 4).astype("Int64"),
        place=claims["zone"].map({**PLACES, "abroad": "abroad"}).fillna(NOT_TOLD),
        row="claims:" + claims["claim_id"],
    )
    retold = every["doc_id"] != every["echo_group"]
    in_time = every.assign(retold=retold).reset_index().sort_values(["year", "retold", "claim_id"]).index
    return every.assign(order=in_time.argsort())


def said_by(evidence: Evidence, **wanted: str | Sequence[str]) -> pd.DataFrame:
    """The claims of `told` whose columns have these values, one or several allowed for each.

    Raises NoEvidence if there is none.
    """
    rows = evidence.lines(told)
    for column, values in wanted.items():
        rows = rows[rows[column].isin([values] if isinstance(values, str) else values)]
    if rows.empty:
        raise NoEvidence(f"no claim has {wanted}")
    return rows


FIRST, MADE = ["year", "originator", "group", "kind"], ["direction", "place", "row", "doc_id"]
"""Columns of a report that are those of its first claim, and those that are made from all its claims."""


def reports(claims: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Claims of `told` as reports: one line an echo group and combination of the columns in `by`.

    Columns: echo_group, those of `by`, claims (how many), year (the earliest), originator, group, kind (of the
    earliest year, and there of the document that the group is named for before those that retell it), direction
    and place (what all its claims agree on, else "mixed" or place not told), row and doc_id (joined by a blank).
    """
    keys = ["echo_group", *by]
    told_by = [name for name in FIRST if name not in keys]
    taken = claims[[*keys, *told_by, *(name for name in MADE if name not in keys), "order"]]
    rows, starts = runs(taken.sort_values("order", kind="stable"), keys)
    frame = rows.iloc[starts][[*keys, *told_by]].reset_index(drop=True)
    found = {
        "claims": np.diff(starts, append=len(rows)),
        "direction": agreed(rows["direction"], starts, "mixed"),
        "place": agreed(rows["place"], starts, NOT_TOLD),
        "row": joined(rows["row"], starts),
        "doc_id": joined(rows["doc_id"], starts),
    }
    return frame.assign(**{name: column for name, column in found.items() if name not in by})


def runs(rows: pd.DataFrame, keys: list[str]) -> tuple[pd.DataFrame, np.ndarray]:
    """The rows with equal keys side by side, keys in order, and the places where a key begins.

    Rows with a key missing are left out. Much faster than pandas' own aggregation of text, which counts where
    every finding is computed again without each of its sources.
    """
    number = rows.groupby(keys, sort=True).ngroup().fillna(-1).to_numpy().astype(int)
    at = np.argsort(number, kind="stable")
    at = at[number[at] >= 0]
    return rows.iloc[at], np.flatnonzero(np.diff(number[at], prepend=-1))


def each(column: pd.Series, starts: np.ndarray, make: Callable[[list], Any]) -> list:
    """make(entries) for each run of `runs`; an entry that is missing is not among them."""
    every = column.to_numpy(object, na_value=None).tolist()
    between = [*starts.tolist(), len(every)]
    cut = [every[start:end] for start, end in pairwise(between)]
    if None in every:
        cut = [[entry for entry in entries if entry is not None] for entries in cut]
    return [make(entries) for entries in cut]


def joined(texts: pd.Series, starts: np.ndarray, by: str = " ") -> list[str]:
    """The different texts of each run, in their order, joined by a blank."""
    return each(texts, starts, lambda entries: by.join(dict.fromkeys(entries)))


def names_in(cells: pd.Series) -> tuple[str, ...]:
    """Every name in cells of names joined by a blank, as often as it stands there."""
    return tuple(" ".join(cells.to_numpy(object)).split())


def agreed(codes: pd.Series, starts: np.ndarray, otherwise: str) -> list[str]:
    """What all codes of each run say, `otherwise` if they differ or all are missing."""
    return each(codes, starts, lambda entries: entries[0] if len(set(entries)) == 1 else otherwise)


def collected(evidence: Evidence) -> pd.DataFrame:
    """Documents that are not copies, dated ones, by year: columns year, documents."""
    d = evidence.documents
    dated = d[d["copy_of"].isna() & d["published"].notna()]
    years = dated["published"].str.slice(0, 4).astype(int).rename("year")
    return dated.groupby(years).size().rename("documents").reset_index()


def number_of_reports(claims: pd.DataFrame, describes: str, count: str = "echo_group") -> Estimate:
    """How many reports (or, by `count`, originators, independence groups or documents) stand behind these claims.

    Raises NoEvidence for none, so that leaving out the only originator leaves nothing.
    """
    if claims.empty:
        raise NoEvidence(f"no claim: {describes}")
    years = claims["year"].dropna()
    first, last = int(years.min()), int(years.max())
    unit = {"echo_group": "reports", "originator": "originators", "group": "outlets", "doc_id": "documents"}[count]
    period = str(first) if first == last else f"{first} to {last}"
    return Estimate(float(claims[count].nunique()), unit, period, describes, tuple(claims["row"]))
