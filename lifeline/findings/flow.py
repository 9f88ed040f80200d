"""Findings of the chapter "How much arrives": results of the model in lifeline/flow.py, and what they rest on."""

from typing import Any

import pandas as pd

from lifeline import flow
from lifeline.estimate import Estimate, one
from lifeline.evidence import Evidence
from lifeline.fault import NoEvidence
from lifeline.findings import finding
from lifeline.findings.channels import NKDB, answer, counted
from lifeline.method import LEVELS
from lifeline.reports import names_in

INNER, OUTER = (f"{level * 100:.0f}" for level in LEVELS)
INTERVAL = f"{OUTER} percent {flow.KIND}"
YEARS = (2016, 2018, 2022, 2023)
BASES = {"count": "counts", "survey": "surveys", "report": "reports", "judgement": "judgement"}


def drawn(summary: dict[str, Any], unit: str, period: int | str, describes: str, rows: tuple[str, ...]) -> Estimate:
    """The median of the draws with the wider of the intervals."""
    low, high = (float(summary[f"{side}_{OUTER}"]) for side in ("low", "high"))
    return Estimate(float(summary["median"]), unit, str(period), describes, rows, low, high, INTERVAL)


# ------------------------------------------------------------------------------------- the result


@finding("flow-sent-usd-{year}", digits=1, year=YEARS)
def sent_usd(evidence: Evidence, year: int) -> Estimate:
    """Money that people in the South sent home in the year, by the model (dollars)."""
    made = flow.result(evidence, year)
    return drawn(made.dollars("sent"), "million USD", year, "sent from the South", made.rows)


@finding("flow-sent-won-{year}", digits=1, year=(2018, 2023))
def sent_won(evidence: Evidence, year: int) -> Estimate:
    """Money that people in the South sent home in the year, by the model (won)."""
    made = flow.result(evidence, year)
    return drawn(made.billions("sent"), "billion KRW", year, "sent from the South", made.rows)


@finding("flow-delivered-usd-{year}", digits=1, year=YEARS)
def delivered_usd(evidence: Evidence, year: int) -> Estimate:
    """Money that reached families in the year, by the model (dollars)."""
    made = flow.result(evidence, year)
    return drawn(made.dollars("delivered"), "million USD", year, "delivered to families", made.rows)


@finding("flow-delivered-won-{year}", digits=1, year=(2018, 2023))
def delivered_won(evidence: Evidence, year: int) -> Estimate:
    """Money that reached families in the year, by the model (won)."""
    made = flow.result(evidence, year)
    return drawn(made.billions("delivered"), "billion KRW", year, "delivered to families", made.rows)


@finding("flow-fees-usd-{year}", digits=1, year=(2018, 2023))
def fees_usd(evidence: Evidence, year: int) -> Estimate:
    """Commission that all links of the chain kept in the year, by the model (dollars)."""
    made = flow.result(evidence, year)
    return drawn(made.dollars("fees"), "million USD", year, "kept by the chain", made.rows)


@finding("flow-arrives-{year}", year=(2018, 2023))
def arrives(evidence: Evidence, year: int) -> Estimate:
    """Share of the sum sent in the year that reached families, by the model."""
    made = flow.result(evidence, year)
    return drawn(made.arrives, "percent", year, "of the sum sent", made.rows)


@finding("flow-people-{year}", year=(2018, 2023))
def people(evidence: Evidence, year: int) -> Estimate:
    """People old enough to be asked who lived in the South in the year, by the model."""
    made = flow.result(evidence, year)
    return drawn(made.people, "persons", year, "old enough and in the South", made.rows)


@finding("flow-senders-{year}", year=(2018, 2023))
def senders(evidence: Evidence, year: int) -> Estimate:
    """People who sent money home in the year, by the model."""
    made = flow.result(evidence, year)
    return drawn(made.senders, "persons", year, "people who sent", made.rows)


# --------------------------------------------------------------------------------- what was asked


@finding("sent-per-asked-{year}", digits=2, year=(2015, 2016, 2018, 2020, 2021, 2022, 2023))
def sent_per_asked(evidence: Evidence, year: int) -> Estimate:
    """Sum sent in the year by all respondents together, divided by all who were asked (won)."""
    total = answer(evidence, "sample_total", year)
    asked = int(total["sample_n"])
    row = f"surveys:{total['survey_id']}"
    return Estimate(float(total["value"]) / asked, "KRW", str(year), "per person asked", (row,), base=asked)


@finding("sent-per-asked-{end}", digits=2, end=("least", "most"))
def sent_per_asked_range(evidence: Evidence, end: str) -> Estimate:
    """Smallest and largest sum that a wave's respondents sent in the year, per person asked (won)."""
    t = evidence.surveys
    totals = t[(t["survey"] == NKDB) & (t["measure"] == "sample_total") & (t["quality"] == "ok")]
    years = [int(row["year"]) for _, row in totals.iterrows() if pd.notna(row["sample_n"])]
    if not years:
        raise NoEvidence("no wave prints a total and a sample")
    waves = [sent_per_asked(evidence, year) for year in years]
    return (min if end == "least" else max)(waves, key=lambda wave: wave.value)


@finding("flow-assumed-{row}", digits=1, row=(
    "resident-share", "age-share-1", "age-share-2", "family-share-2010", "fee-2016-2017", "fee-2018",
    "fee-2018-agreed", "fee-2023", "loss-2009-2021", "loss-2022", "loss-2023", "households-per-sender",
))  # fmt: skip
def assumed(evidence: Evidence, row: str) -> Estimate:
    """An assumption of the model: its most likely value, and the range that it is drawn from."""
    return as_assumed(one(evidence.derived(flow.assumptions), assumption_id=row))


@finding("flow-assumed-{row}", digits=2, row=("season-2022", "season-2023", "reticence-2010", "household-twice"))
def assumed_factor(evidence: Evidence, row: str) -> Estimate:
    """What a switch multiplies the answers by."""
    return as_assumed(one(evidence.derived(flow.assumptions), assumption_id=row))


def as_assumed(row: pd.Series) -> Estimate:
    """A row of flow_assumptions as an Estimate, with the rows behind it."""
    low, high = (None if pd.isna(row[name]) else float(row[name]) for name in ("low", "high"))
    unit = {"ratio": "times"}.get(row["unit"], row["unit"])
    first, last = int(row["year_start"]), int(row["year_end"])
    period = str(first) if first == last else f"{first} to {last}"
    base = None if pd.isna(row["n"]) else int(row["n"])
    return Estimate(
        flow.central(row),
        unit,
        period,
        flow.LABELS[row["parameter"]],
        (f"flow_assumptions:{row['assumption_id']}", *flow.source_rows(row["rows"])),
        low,
        high,
        "" if low is None else "range that is assumed",
        base=base,
    )


@finding("flow-assumptions-{basis}", basis=("survey", "judgement"))
def assumptions_by_basis(evidence: Evidence, basis: str) -> Estimate:
    """Number of the model's assumptions, switches included, that have this basis: surveys, or judgement alone."""
    table = evidence.derived(flow.assumptions)
    rows = table[table["basis"] == basis]
    if rows.empty:
        raise NoEvidence(f"no assumption rests on {basis}")
    keys = tuple("flow_assumptions:" + rows["assumption_id"])
    return Estimate(float(len(rows)), "rows", "2009 to 2025", f"resting on {BASES[basis]}", keys, base=len(table))


# ------------------------------------------------------------------------------- published guesses


def guesses(evidence: Evidence) -> pd.DataFrame:
    """Published totals for one year, once for each echo group, for whoever said it first; one line a guess.

    Added columns: usd in million dollars (printed ones, won at the mean rate of the year; missing for other
    currencies and for undated ones); year; says (about, at least, or a range). Raises NoEvidence if there is none.
    """
    q = evidence.quantities
    rows = q[q["measure"] == "national_total"]
    if rows.empty:
        raise NoEvidence("nobody has published a total")
    documents = evidence.documents.set_index("doc_id")
    relay = rows["doc_id"].map(documents["relays"]).notna() & (rows["originator"] != "Organization for One Korea")
    ordered = rows.assign(
        relay=relay, loose=rows["point"].isna(), published=rows["doc_id"].map(documents["published"])
    ).sort_values(["relay", "loose", "published", "quantity_id"])
    first = ordered.drop_duplicates("echo_group").copy()
    first["row"] = first["echo_group"].map(
        ("quantities:" + rows["quantity_id"]).groupby(rows["echo_group"]).agg(" ".join)
    )
    first["documents"] = first["echo_group"].map(rows.groupby("echo_group")["doc_id"].nunique())
    first["year"] = first["period_end"].str.slice(0, 4).astype("Int64")
    first["value"] = first["point"].fillna((first["low"] + first["high"]) / 2).fillna(first["low"])
    first["says"] = [
        "about" if pd.notna(r.point) else "at least" if pd.isna(r.high) else "range" for r in first.itertuples()
    ]
    first["usd"] = [in_million_dollars(evidence, r.value, r.unit, r.year) for r in first.itertuples()]
    return first.sort_values(["year", "originator"], na_position="last", ignore_index=True)


def in_million_dollars(evidence: Evidence, value: float, unit: str, year: int) -> float:
    """A sum in million dollars; missing where no rate of the table can turn it into dollars."""
    if unit == "USD":
        return value / 1e6
    return value / flow.per_dollar(evidence, int(year)) / 1e6 if unit == "KRW" and pd.notna(year) else float("nan")


GUESSES = {
    "chosun-2009": ("Chosun Ilbo", 2009),
    "new-daily-2009": ("New Daily", 2009),
    "one-korea-2010": ("Organization for One Korea", 2010),
    "rfa-2018": ("Radio Free Asia", 2018),
}


@finding("flow-guess-{who}", digits=1, who=tuple(GUESSES))
def guess(evidence: Evidence, who: str) -> Estimate:
    """A published guess of the money sent in a year, in dollars (won at the mean rate of the year)."""
    originator, year = GUESSES[who]
    row = one(guesses(evidence), originator=originator, year=year)
    return Estimate(float(row["usd"]), "million USD", str(year), "as published", tuple(row["row"].split()))


@finding("flow-guess-one-korea-2010-won", digits=0)
def guess_won(evidence: Evidence) -> Estimate:
    """The guess of the Organization for One Korea for 2010, in won as printed."""
    row = one(guesses(evidence), originator="Organization for One Korea", year=2010)
    return Estimate(float(row["value"]) / 1e9, "billion KRW", "2010", "as published", tuple(row["row"].split()))


def at_ten(evidence: Evidence) -> pd.DataFrame:
    """The guesses of the sum that is printed most often."""
    every = guesses(evidence)
    most = every.loc[every["unit"] == "USD", "value"].mode().iloc[0]
    return every[(every["value"] == most) & (every["unit"] == "USD")]


@finding("flow-guess-commonest")
def guess_commonest(evidence: Evidence) -> Estimate:
    """The guess of the yearly total that is published most often."""
    rows = at_ten(evidence)
    return Estimate(
        float(rows["usd"].iloc[0]), "million USD", years_of(rows), "as published", names_in(rows["row"])
    )


@finding("flow-guess-commonest-originators")
def guess_commonest_originators(evidence: Evidence) -> Estimate:
    """Originators that published the commonest guess, relays not counted."""
    rows = at_ten(evidence)
    return Estimate(float(rows["originator"].nunique()), "originators", years_of(rows), "", names_in(rows["row"]))


def years_of(rows: pd.DataFrame) -> str:
    """The span of these guesses."""
    years = rows["year"].dropna()
    return f"{years.min()} to {years.max()}"


@finding("flow-arrivals-growth")
def arrivals_growth(evidence: Evidence) -> Estimate:
    """Growth of the number of people who had arrived in the South, from the end of 2011 to the end of 2020."""
    table = evidence.derived(flow.assumptions)
    first, last = (one(table, assumption_id=f"arrivals-{year}") for year in (2011, 2020))
    rows = [row for end in (first, last) for row in as_assumed(end).rows]
    growth = (float(last["high"]) / float(first["high"]) - 1) * 100
    return Estimate(growth, "percent", "2011 to 2020", "growth of arrivals to date", tuple(dict.fromkeys(rows)))


@finding("flow-guess-rfa-recomputed", digits=1)
def guess_recomputed(evidence: Evidence) -> Estimate:
    """What the sum behind the guess for 2018 gives if it is scaled from the respondents to all arrivals to 2019."""
    q = evidence.quantities.set_index("quantity_id")
    sample, total = "nkdb-2021-06-rfa-30m-c1-q2", "nkdb-2021-06-rfa-30m-c1-q1"
    if sample not in q.index or total not in q.index:
        raise NoEvidence("the guess for 2018 is not there")
    everyone = counted(evidence, "arrivals", kind="cumulative", period_end="2019", sex="total")
    scaled = float(q.at[sample, "point"]) / float(q.at[sample, "sample_n"]) * everyone.value / 1e6
    rows = (f"quantities:{sample}", f"quantities:{total}", *everyone.rows)
    return Estimate(scaled, "million USD", "2018", "scaled to all arrivals", rows)


@finding("flow-scenario-sent-usd-{year}", digits=1, year=(2010, 2024))
def scenario(evidence: Evidence, year: int) -> Estimate:
    """Money sent in a year that the surveys do not cover, if the nearest wave held then (dollars)."""
    made = flow.result(evidence, year)
    return drawn(made.dollars("sent"), "million USD", year, "a scenario", made.rows)


# -------------------------------------------------------------------------------- what it turns on


@finding("flow-variance-{parameter}-{year}", parameter=("amount", "sender_share", "fee", "loss"), year=(2018, 2023))
def variance(evidence: Evidence, parameter: str, year: int) -> Estimate:
    """Share of the variance of the money delivered that would remain if all but this assumption were known."""
    row = one(evidence.derived(flow.sensitivity), parameter=parameter, year=year)
    describes = f"total share of {flow.LABELS[parameter]}"
    return Estimate(float(row["total"]), "percent", str(year), describes, tuple(row["rows"].split()))


@finding("flow-with-{row}", digits=1, row=(
    "household-twice", "panel-more", "panel-less", "reticence-2010", "season-2023", "amount-2022-second",
    "amount-2019-per-year", "fee-2018-agreed",
))  # fmt: skip
def with_switch(evidence: Evidence, row: str) -> Estimate:
    """Money that reached families in the year that the switch touches last, with the switch on (dollars)."""
    switch = str(one(evidence.derived(flow.assumptions), assumption_id=row)["switch"])
    year = flow.switches(evidence)[switch]
    made = flow.result(evidence, year, switch)
    return drawn(made.dollars("delivered"), "million USD", year, switch, made.rows)


PART_NAMES = {
    "people": "people",
    "share": "share sending",
    "sum": "sum per sender",
    "commission": "commission",
    "loss": "not arriving",
    "rate": "exchange rate",
    "total": "all together",
}


@finding("flow-change-{part}", digits=1, part=tuple(PART_NAMES))
def changed(evidence: Evidence, part: str) -> Estimate:
    """Part of the change of the money delivered from 2018 to 2023 (dollars): mean over the draws."""
    row = one(evidence.derived(flow.change), part=PART_NAMES[part])
    estimate = drawn(
        row.to_dict(), "million USD", f"{flow.FROM} to {flow.TO}", PART_NAMES[part], tuple(row["rows"].split())
    )
    return Estimate(float(row["mean"]), *list(vars(estimate).values())[1:])


DESIGNS = {"random": flow.RANDOM, "pairs": flow.PAIRS, "panel": flow.PANEL}


@finding("flow-coverage-{design}-{end}", design=tuple(DESIGNS), end=("least", "most"))
def covered(evidence: Evidence, design: str, end: str) -> Estimate:
    """How often the wider interval holds the truth in simulated surveys, in the wave with least or most."""
    table = evidence.derived(flow.coverage)
    rows = table[(table["design"] == DESIGNS[design]) & (table["level"] == LEVELS[1] * 100)]
    row = rows.loc[rows["held"].idxmin() if end == "least" else rows["held"].idxmax()]
    describes = f"simulated surveys, {DESIGNS[design]}"
    return Estimate(float(row["held"]), "percent", str(row["year"]), describes, tuple(row["rows"].split()))


@finding("flow-worked-share", digits=2)
def worked_share(evidence: Evidence) -> Estimate:
    """The share that the worked example puts in the place of the one of 2023: that of the survey of 2024."""
    return as_assumed(one(evidence.derived(flow.assumptions), assumption_id="sender-share-2024"))


@finding("flow-worked-delivered", digits=1)
def worked_delivered(evidence: Evidence) -> Estimate:
    """Money that reached families in 2023, were the share sending that of the survey of 2024 (dollars)."""
    row = worked_share(evidence)
    made = flow.result(flow.edited(evidence, "sender-share-2023", "point", row.value), 2023)
    return drawn(made.dollars("delivered"), "million USD", 2023, "the worked example", (*made.rows, *row.rows))


# ----------------------------------------------------------------------------------- what it means


@finding("flow-rice-{year}", year=(2016, 2019, 2023))
def rice(evidence: Evidence, year: int) -> Estimate:
    """Rice that the money of the year buys for one receiving household, at market prices, by the model."""
    made = flow.rice_delivered(evidence, year)
    return drawn(made, "kg", year, "for one receiving household", made["rows"])


PAY_YEARS = {"old": range(2005, 2009), "before": range(2016, 2024), "after": range(2024, 2026)}
"""Years of official pay in old won, and in new won before and after the rise at the end of 2023."""


@finding("flow-pay-rice-{era}-{end}", era=("before", "after", "old"), end=("least", "most"))
def pay_rice(evidence: Evidence, era: str, end: str) -> Estimate:
    """Rice that a year of official pay buys at market prices: least and most in the years with prices."""
    years = [year for year in PAY_YEARS[era] if flow.priced(evidence, year, "rice")]
    found = [(year, flow.rice_of_pay(evidence, year)) for year in years]
    if not found:
        raise NoEvidence(f"no pay in rice, {era}")
    side = "low" if end == "least" else "high"
    year, made = (min if end == "least" else max)(found, key=lambda pair: pair[1][side])
    return Estimate(float(made[side]), "kg", str(year), "a year of official pay", made["rows"])


@finding("flow-rice-over-pay-2023")
def rice_over_pay(evidence: Evidence) -> Estimate:
    """Rice for a household in 2023, low end of the interval, over the most that a year of pay bought."""
    money, pay = rice(evidence, 2023), flow.rice_of_pay(evidence, 2023)
    if money.low is None:
        raise NoEvidence("no interval")
    rows = tuple(dict.fromkeys((*money.rows, *pay["rows"])))
    return Estimate(money.low / float(pay["high"]), "times", "2023", "at least", rows)
