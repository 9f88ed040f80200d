"""Builds data/agreement.csv: how far two codings of the same documents agree.

Three comparisons. Collectors of the first coding had different themes, so only place, time and basis
are compared, on the claims that double_coding.csv pairs. A second coder read a random sample again
without seeing the first coding; there every code is compared, on matched claims, and so is what was
found at all: which themes and topics in which document, which numbers. Claims on attitudes were read
twice for what they are: views of families, acts of the state and so on.

Krippendorff's alpha for nominal data (the krippendorff package); intervals by drawing documents
with replacement, because claims of one document are not independent. Run by `make data`.
"""

import csv
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import krippendorff
import numpy as np
import pandas as pd

from lifeline.evidence import Evidence, read

TARGET = Path(__file__).parents[1] / "agreement.csv"
DRAWS = 1000
SEED = 20261124
NONE = "(none)"


@dataclass(frozen=True)
class Agreement:
    """One row of agreement.csv; low and high bound alpha, or agreement where alpha is missing."""

    comparison: str
    column: str
    units: str
    n: int
    documents: int
    agree: float
    alpha: float | None
    low: float | None
    high: float | None


def alpha(first: np.ndarray, second: np.ndarray) -> float | None:
    """Krippendorff's alpha of two nominal codings of the same units; None where nothing varies."""
    codes = np.unique(np.concatenate([first, second]))
    if len(codes) < 2:
        return None
    data = np.vstack([np.searchsorted(codes, first), np.searchsorted(codes, second)])
    return float(krippendorff.alpha(reliability_data=data, level_of_measurement="nominal"))


def share(first: np.ndarray, second: np.ndarray) -> float | None:
    """Share of units on which both say the same."""
    return float((first == second).mean())


def drawn(pairs: pd.DataFrame, statistic: Callable[[np.ndarray, np.ndarray], float | None]) -> list[float]:
    """The statistic in samples of documents drawn with replacement."""
    groups = [rows.to_numpy() for _, rows in pairs.groupby("doc_id")[["first", "second"]]]
    random = np.random.default_rng(SEED)
    draws = (
        np.concatenate([groups[i] for i in random.integers(0, len(groups), len(groups))]) for _ in range(DRAWS)
    )
    return [value for draw in draws if (value := statistic(draw[:, 0], draw[:, 1])) is not None]


def compared(comparison: str, column: str, units: str, pairs: pd.DataFrame, chance: bool = True) -> Agreement:
    """Agreement on pairs: columns doc_id, first, second. chance: whether alpha is defined."""
    pairs = pairs.assign(**{k: pairs[k].astype("string").fillna(NONE).astype(str) for k in ("first", "second")})
    first, second = pairs["first"].to_numpy(), pairs["second"].to_numpy()
    value = alpha(first, second) if chance else None
    bounds = drawn(pairs, alpha if value is not None else share)
    low, high = np.percentile(bounds, [2.5, 97.5])
    agree = share(first, second) or 0.0
    numbers = [None if x is None else round(float(x), 3) for x in (agree, value, low, high)]
    return Agreement(comparison, column, units, len(pairs), int(pairs["doc_id"].nunique()), *numbers)  # type: ignore[arg-type]


def side_by_side(rows: pd.DataFrame, other: pd.DataFrame, column: str) -> pd.DataFrame:
    """The codes of two tables that have the same index, in one column."""
    return pd.DataFrame({"doc_id": rows["doc_id"], "first": rows[column], "second": other[column]})


def with_year(rows: pd.DataFrame) -> pd.DataFrame:
    """Claims with the year in which their period begins."""
    return rows.assign(period_start=rows["period_start"].str.slice(0, 4))


def collectors(e: Evidence) -> Iterator[Agreement]:
    """Two collectors on claims that say the same: place, time, basis."""
    t = with_year(e.table("double_coding").dropna(subset=["pair"]))
    t = t.sort_values(["doc_id", "pair", "coder"]).reset_index(drop=True)
    one, two = t.iloc[::2].reset_index(drop=True), t.iloc[1::2].reset_index(drop=True)
    for column in ("province", "zone", "period_start", "basis"):
        yield compared("collectors", column, "matched claims", side_by_side(one, two, column))


def second_coder(e: Evidence) -> Iterator[Agreement]:
    """The blind second coding against the first."""
    again = e.table("recoded_claims")
    matched = with_year(again.dropna(subset=["claim_id"])).reset_index(drop=True)
    before = with_year(e.claims.set_index("claim_id").loc[matched["claim_id"]].reset_index())
    for column in ("theme", "topic", "direction", "actor", "province", "zone", "period_start", "basis"):
        yield compared("second coder", column, "matched claims", side_by_side(before, matched, column))
    found = set(e.table("recoded_documents").query("found == 'yes'")["doc_id"])
    for column in ("theme", "topic"):
        yield compared("second coder", column, "documents x codes", presence(e.claims, again, found, column))
    yield from found_again(e, found)


def presence(first: pd.DataFrame, second: pd.DataFrame, documents: set[str], column: str) -> pd.DataFrame:
    """Whether each code of a column is used in each document, by either coding."""
    sides = [set(zip(t["doc_id"], t[column], strict=True)) for t in (first, second)]
    codes = sorted({code for _, code in sides[0] | sides[1]})
    cells = [(doc, code) for doc in sorted(documents) for code in codes]
    return pd.DataFrame(
        {
            "doc_id": [doc for doc, _ in cells],
            "first": [cell in sides[0] for cell in cells],
            "second": [cell in sides[1] for cell in cells],
        }
    )


def found_again(e: Evidence, documents: set[str]) -> Iterator[Agreement]:
    """Numbers and claims of one coding that the other has too, and the measure of the shared numbers."""
    again, claims = e.table("recoded_quantities"), e.table("recoded_claims")
    first = e.quantities[e.quantities["doc_id"].isin(documents)]
    old = e.claims[e.claims["doc_id"].isin(documents)]
    parts = [
        ("claims", "claims of the second coding", claims["doc_id"], claims["claim_id"].notna()),
        ("claims", "claims of the first coding", old["doc_id"], old["claim_id"].isin(claims["claim_id"])),
        ("numbers", "numbers of the second coding", again["doc_id"], again["quantity_id"].notna()),
        (
            "numbers",
            "numbers of the first coding",
            first["doc_id"],
            first["quantity_id"].isin(again["quantity_id"]),
        ),
    ]
    for column, units, docs, both in parts:
        pairs = pd.DataFrame({"doc_id": docs, "first": both, "second": True})
        yield compared("second coder", column, units, pairs, chance=False)
    shared = again[again["quantity_id"].isin(first["quantity_id"])].reset_index(drop=True)
    coded = first.set_index("quantity_id").loc[shared["quantity_id"]].reset_index()
    yield compared("second coder", "measure", "matched numbers", side_by_side(coded, shared, "measure"))


def readings(e: Evidence) -> Iterator[Agreement]:
    """The two readings of views.csv: what a claim is, and whether it is a view."""
    t = e.table("views").dropna(subset=["second"]).reset_index(drop=True)
    t = t.merge(e.claims[["claim_id", "doc_id"]], on="claim_id")
    yield compared("views", "kind", "claims read twice", t)
    view = t.assign(first=t["first"] == "view", second=t["second"] == "view")
    yield compared("views", "view", "claims read twice, view or not", view)


def main(target: Path = TARGET) -> None:
    """Writes the table."""
    evidence = read()
    rows = sorted(
        [*collectors(evidence), *second_coder(evidence), *readings(evidence)],
        key=lambda a: (a.comparison, a.column, a.units),
    )
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([column.name for column in fields(Agreement)])
        writer.writerows(["" if x is None else x for x in astuple(row)] for row in rows)


if __name__ == "__main__":
    main()
