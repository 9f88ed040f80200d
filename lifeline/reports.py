"""Reports counted once.

A claim is one statement of one document. Many documents print the same statement: they share an
echo group, which counts once, for the originator that said it first. Counts of reports say what was
reported and collected, never how many people do or think something.
"""

from collections.abc import Sequence

import pandas as pd
from pandas.core.groupby import SeriesGroupBy

from lifeline.estimate import Estimate, NoEvidence
from lifeline.evidence import Evidence

BORDER, ELSEWHERE, NOT_TOLD = "border provinces", "elsewhere in the North", "place not told"
PLACES = {"border": BORDER, "interior": ELSEWHERE, "capital": ELSEWHERE}


def told(evidence: Evidence) -> pd.DataFrame:
    """Every claim with what is known of its document, one line a claim.

    Added columns: echo_group; group, the independence group of the originator; kind of originator;
    published, the document's date; year in which it was published, or else the year that the claim is
    about (missing if neither is known); place (border provinces, elsewhere in the North, place not told;
    claims about the world outside keep the zone abroad).
    """
    documents = evidence.documents.set_index("doc_id")
    outlets = evidence.outlets.set_index("originator")
    claims = evidence.claims
    published = claims["doc_id"].map(documents["published"])
    return claims.assign(
        echo_group=claims["doc_id"].map(documents["echo_group"]),
        group=claims["originator"].map(outlets["independence_group"]),
        kind=claims["originator"].map(outlets["kind"]),
        published=published,
        year=published.fillna(claims["period_end"]).str.slice(0, 4).astype("Int64"),
        place=claims["zone"].map({**PLACES, "abroad": "abroad"}).fillna(NOT_TOLD),
        row="claims:" + claims["claim_id"],
    )


def said_by(evidence: Evidence, **wanted: str | Sequence[str]) -> pd.DataFrame:
    """The claims of `told` whose columns have these values, one or several allowed for each.

    Raises NoEvidence if there is none.
    """
    rows = evidence.derived(told)
    for column, values in wanted.items():
        rows = rows[rows[column].isin([values] if isinstance(values, str) else values)]
    if rows.empty:
        raise NoEvidence(f"no claim has {wanted}")
    return rows


def reports(claims: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Claims of `told` as reports: one line an echo group and combination of the columns in `by`.

    Columns: echo_group, those of `by`, claims (how many), year (the earliest), originator, group, kind (of the
    earliest year, and there of the document that the group is named for before those that retell it), direction
    and place (what all its claims agree on, else "mixed" or place not told), row and doc_id (joined by a blank).
    """
    keys = ["echo_group", *by]
    retold = claims["doc_id"] != claims["echo_group"]
    ordered = claims.assign(retold=retold).sort_values(["year", "retold", "claim_id"], kind="stable")
    grouped = ordered.groupby(keys, sort=True)
    first = {name: (name, "first") for name in ("originator", "group", "kind")}
    frame = grouped.agg(claims=("claim_id", "size"), year=("year", "min"), **first).assign(
        direction=agreed(grouped["direction"], "mixed"),
        place=agreed(grouped["place"], NOT_TOLD),
        row=joined(ordered, "row", keys),
        doc_id=joined(ordered.drop_duplicates([*keys, "doc_id"]), "doc_id", keys),
    )
    return frame.drop(columns=[name for name in by if name in frame]).reset_index()


def joined(rows: pd.DataFrame, column: str, keys: list[str]) -> pd.Series:
    """The entries of a column in each group, in their order, joined by a blank (a sum of text: fast)."""
    return (rows[column].astype(object) + " ").groupby([rows[key] for key in keys]).sum().str.rstrip()


def agreed(codes: SeriesGroupBy, otherwise: str) -> pd.Series:
    """What all codes of each group say, `otherwise` if they differ or are missing."""
    return codes.first().where(codes.nunique().eq(1), otherwise)


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
