"""Findings of the chapter "Remittance channels"."""

import pandas as pd

from lifeline.estimate import Estimate, difference, one, share, times
from lifeline.evidence import Evidence
from lifeline.fault import NoEvidence
from lifeline.findings import finding

NKDB = "NKDB integration survey"


def answer(evidence: Evidence, measure: str, year: int, **wanted: object) -> pd.Series:
    """The one answer of the yearly NKDB survey to a measure in a year that nothing speaks against."""
    return one(evidence.surveys, survey=NKDB, measure=measure, year=year, **{"quality": "ok", **wanted})


def printed(row: pd.Series, unit: str, describes: str) -> Estimate:
    """A number as printed, without an interval because none is printed."""
    base = None if pd.isna(row["base_n"]) else int(row["base_n"])
    return Estimate(
        float(row["value"]), unit, str(row["year"]), describes, (f"surveys:{row['survey_id']}",), base=base
    )


def in_dollars(estimate: Estimate, evidence: Evidence, year: int) -> Estimate:
    """Won turned into US dollars at the year's mean rate."""
    rate = one(evidence.exchange_rates, year=year, currency="KRW")["per_usd"]
    return times(estimate, 1 / float(rate), "USD", f"exchange_rates:{year},KRW")


def counts(evidence: Evidence, **wanted: object) -> pd.DataFrame:
    """Final counts of arrivals with these values; where several documents print one, the fullest's."""
    rows = evidence.arrivals[evidence.arrivals["quality"] == "final"]
    fullness = rows["doc_id"].map(rows["doc_id"].value_counts())
    rows = rows.assign(fullness=fullness).sort_values(["fullness", "arrival_id"], ascending=[False, True])
    for column, value in wanted.items():
        rows = rows[rows[column] == value]
    if rows.empty:
        raise NoEvidence(f"no final count has {wanted}")
    return rows.drop_duplicates(["kind", "period_start", "period_end", "sex"]).sort_values("arrival_id")


def counted(evidence: Evidence, describes: str, **wanted: object) -> Estimate:
    """One final count of arrivals."""
    row = one(counts(evidence, **wanted))
    return Estimate(
        float(row["persons"]), "persons", row["period_end"], describes, (f"arrivals:{row['arrival_id']}",)
    )


def least_and_most(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """The rows of the smallest and the largest value."""
    if rows.empty:
        raise NoEvidence("no rows")
    return rows.loc[rows["value"].idxmin()], rows.loc[rows["value"].idxmax()]


# ------------------------------------------------------------------------------------- who sends


@finding("ever-sent-{year}", year=(2010, 2018, 2020, 2023))
def ever_sent(evidence: Evidence, year: int) -> Estimate:
    """Share of NKDB's respondents who had ever sent money home."""
    return share(answer(evidence, "ever_sent", year), "respondents who had ever sent money home")


@finding("sent-in-year-{year}", year=(2016, 2018, 2020, 2021, 2022, 2023))
def sent_in_year(evidence: Evidence, year: int) -> Estimate:
    """Share of NKDB's respondents who sent money home in the year of the survey."""
    return share(answer(evidence, "sent_in_year", year), "respondents who sent money home that year")


@finding("sent-in-year-change-{first}-{last}", first=(2018,), last=(2021, 2022))
def sent_in_year_change(evidence: Evidence, first: int, last: int) -> Estimate:
    """Change in the share who sent in the year of the survey, in percentage points."""
    before, after = sent_in_year(evidence, first), sent_in_year(evidence, last)
    low, high = difference(before, after)
    return Estimate(
        after.value - before.value,
        "points",
        f"{first} to {last}",
        "change in the share of respondents who sent that year",
        before.rows + after.rows,
        low,
        high,
        before.interval,
    )


@finding("sent-in-year-change-2016-2021")
def change_from_2016(evidence: Evidence) -> Estimate:
    """Change in the share who sent in the year, from the earliest wave that prints it, in percentage points."""
    return sent_in_year_change(evidence, 2016, 2021)


@finding("sent-in-year-change-2022-2023")
def change_to_2023(evidence: Evidence) -> Estimate:
    """Change in the share who sent in the year, from the wave before to the last, in percentage points."""
    return sent_in_year_change(evidence, 2022, 2023)


@finding("sent-among-ever-2018")
def sent_among_ever(evidence: Evidence) -> Estimate:
    """Of those who had ever sent by 2018, the share who sent in 2018."""
    ever, year = (share(answer(evidence, m, 2018), "") for m in ("ever_sent", "sent_in_year"))
    return Estimate(
        year.count / ever.count * 100 if year.count and ever.count else float("nan"),
        "percent",
        "2018",
        "those who had ever sent, who sent in 2018",
        ever.rows + year.rows,
        count=year.count,
        base=ever.count,
    )


@finding("ever-sent-{end}-since-2014", digits=1, end=("least", "most"))
def ever_sent_since_2014(evidence: Evidence, end: str) -> Estimate:
    """Smallest and largest share of NKDB's respondents who had ever sent, in the waves since 2014."""
    t = evidence.surveys
    waves = t[(t["survey"] == NKDB) & (t["measure"] == "ever_sent") & (t["quality"] == "ok") & (t["year"] >= 2014)]
    least, most = least_and_most(waves)
    return share(least if end == "least" else most, "respondents who had ever sent money home")


@finding("ever-sent-one-korea-2010")
def ever_sent_one_korea(evidence: Evidence) -> Estimate:
    """Share who had ever sent, in the survey of another organization in the same weeks of 2010."""
    row = one(evidence.surveys, survey="One Korea survey", measure="ever_sent", year=2010, quality="ok")
    return share(row, "respondents aged 30 or over, a year or more in the South, who had ever sent")


@finding("sent-in-year-2024")
def sent_in_year_2024(evidence: Evidence) -> Estimate:
    """Share who sent in 2024, in NKDB's separate survey of remittances."""
    row = one(evidence.surveys, survey="NKDB remittance survey", measure="sent_in_year", year=2024)
    return share(row, "respondents who sent money home that year")


@finding("fieldwork-month-{year}", year=(2018, 2020, 2021, 2022, 2023))
def fieldwork_month(evidence: Evidence, year: int) -> Estimate:
    """Month of the survey year in which fieldwork began: what came later could not be reported."""
    row = answer(evidence, "sent_in_year", year)
    return Estimate(
        float(row["fieldwork_start"][5:7]), "month", str(year), "month", (f"surveys:{row['survey_id']}",)
    )


# ------------------------------------------------------------------------------- what the chain keeps


@finding("fee-{kind}-{year}", digits=1, kind=("agreed", "paid"), year=(2019, 2022, 2023))
def fee(evidence: Evidence, kind: str, year: int) -> Estimate:
    """Mean commission {kind}, all links together, as share of the sum sent (NKDB)."""
    return printed(answer(evidence, f"fee_{kind}", year), "percent", f"mean commission {kind}")


@finding("fee-gap-{year}", digits=1, year=(2019, 2022, 2023))
def fee_gap(evidence: Evidence, year: int) -> Estimate:
    """Commission paid less commission agreed, in percentage points of the sum sent."""
    agreed, paid = (fee(evidence, kind, year) for kind in ("agreed", "paid"))
    return Estimate(
        paid.value - agreed.value, "points", str(year), "paid above the agreement", agreed.rows + paid.rows
    )


@finding("fee-rise-{kind}", digits=1, kind=("agreed", "paid"))
def fee_rise(evidence: Evidence, kind: str) -> Estimate:
    """Rise of the mean commission from 2019 to 2023, in percentage points."""
    first, last = (fee(evidence, kind, year) for year in (2019, 2023))
    return Estimate(
        last.value - first.value, "points", "2019 to 2023", f"rise of the fee {kind}", first.rows + last.rows
    )


@finding("fee-unspecified-2018", digits=1)
def fee_unspecified(evidence: Evidence) -> Estimate:
    """Mean commission in the survey of 2018, which does not say whether agreed or paid."""
    row = answer(evidence, "fee_unspecified", 2018, quality="label_unclear")
    return printed(row, "percent", "mean commission")


@finding("fee-unspecified-2024", digits=1)
def fee_unspecified_2024(evidence: Evidence) -> Estimate:
    """Mean commission in the remittance survey of 2024, which does not say whether agreed or paid."""
    row = one(evidence.surveys, survey="NKDB remittance survey", measure="fee_unspecified", year=2024)
    return printed(row, "percent", "mean commission")


@finding("left-after-fee-{year}", digits=1, year=(2019, 2022, 2023))
def left_after_fee(evidence: Evidence, year: int) -> Estimate:
    """What the mean commission paid leaves of a sum, in percent; not a share of all money sent."""
    paid = fee(evidence, "paid", year)
    return Estimate(100 - paid.value, "percent", str(year), "of the sum sent", paid.rows)


@finding("fee-band-{year}", digits=1, year=(2010, 2014))
def fee_band(evidence: Evidence, year: int) -> Estimate:
    """Share of NKDB's senders whose commission lay in the band that most of them named."""
    row = answer(evidence, "fee_band_share", year, band_low=21)
    return printed(row, "percent", "senders who paid 21 to 30 percent")


@finding("fee-band-{bound}", bound=("low", "high"))
def fee_band_bound(evidence: Evidence, bound: str) -> Estimate:
    """Bounds of the band of commission that most of NKDB's senders named, in percent."""
    row = answer(evidence, "fee_band_share", 2014, band_low=21)
    value = float(row[f"band_{bound}"])
    return Estimate(value, "percent", "2014", "bound of a band", (f"surveys:{row['survey_id']}",))


# --------------------------------------------------------------------------------------- how much


@finding("amount-per-sender-{year}", digits=2, year=(2016, 2018, 2020, 2021, 2022, 2023))
def amount_per_sender(evidence: Evidence, year: int) -> Estimate:
    """Sum sent in the year by all respondents together, divided by those who sent (won)."""
    total = answer(evidence, "sample_total", year)
    senders = share(answer(evidence, "sent_in_year", year), "")
    if not senders.count:
        raise NoEvidence(f"the number of senders in {year} is not printed")
    return Estimate(
        float(total["value"]) / senders.count,
        "KRW",
        str(year),
        "per sender and year",
        (f"surveys:{total['survey_id']}", *senders.rows),
        base=senders.count,
    )


@finding("amount-per-sender-usd-{year}", year=(2016, 2018, 2020, 2021, 2022, 2023))
def amount_per_sender_usd(evidence: Evidence, year: int) -> Estimate:
    """Sum sent in the year by all respondents together, divided by those who sent (dollars)."""
    return in_dollars(amount_per_sender(evidence, year), evidence, year)


@finding("amount-per-sender-printed-{place}-2022", digits=2, place=("first", "second"))
def amount_printed(evidence: Evidence, place: str) -> Estimate:
    """The yearly means per sender that one wire printed for 2022, one after the other within a day."""
    t = evidence.surveys
    rows = t[(t["measure"] == "amount_per_sender_year") & (t["quality"] == "conflicting") & (t["year"] == 2022)]
    second, first = least_and_most(rows)
    return printed(first if place == "first" else second, "KRW", "per sender and year")


@finding("amount-per-transfer-{year}", digits=2, year=(2015, 2020, 2021))
def amount_per_transfer(evidence: Evidence, year: int) -> Estimate:
    """Mean sum of one transfer, as printed (won)."""
    return printed(answer(evidence, "amount_per_transfer", year), "KRW", "per transfer")


@finding("amount-called-per-transfer-{year}", digits=2, year=(2018, 2022))
def amount_called_per_transfer(evidence: Evidence, year: int) -> Estimate:
    """Mean printed as per transfer although it fits a year's sum (won)."""
    row = answer(evidence, "amount_per_transfer", year, quality="doubtful")
    return printed(row, "KRW", "called per transfer")


@finding("amount-per-transfer-2024", digits=2)
def amount_per_transfer_2024(evidence: Evidence) -> Estimate:
    """Mean sum of one transfer in the remittance survey of 2024, as printed (won)."""
    row = one(evidence.surveys, survey="NKDB remittance survey", measure="amount_per_transfer", year=2024)
    return printed(row, "KRW", "called per transfer")


@finding("transfers-{year}", digits=2, year=(2015, 2020, 2021))
def transfers(evidence: Evidence, year: int) -> Estimate:
    """Mean number of transfers by one sender in the year, as printed."""
    return printed(answer(evidence, "transfers_per_sender_year", year), "transfers", "per sender and year")


@finding("sample-total-{year}", digits=1, year=(2018, 2023))
def sample_total(evidence: Evidence, year: int) -> Estimate:
    """Sum sent in the year by all respondents of the survey together; not a national flow (won)."""
    return printed(answer(evidence, "sample_total", year), "KRW", "all respondents together")


# ---------------------------------------------------------------------------------------- contact


@finding("in-contact-{year}", year=(2015, 2018, 2020, 2023))
def in_contact(evidence: Evidence, year: int) -> Estimate:
    """Share of NKDB's respondents who are in contact with people in the North."""
    return share(answer(evidence, "in_contact", year), "respondents in contact with people in the North")


@finding("in-contact-that-year-{year}", year=(2021, 2022))
def in_contact_that_year(evidence: Evidence, year: int) -> Estimate:
    """Share of NKDB's respondents who were in contact in the year of the survey."""
    return share(answer(evidence, "in_contact_in_year", year), "respondents in contact that year")


@finding("in-contact-change-2018-2023")
def in_contact_change(evidence: Evidence) -> Estimate:
    """Change in the share in contact from 2018 to 2023, in percentage points."""
    before, after = in_contact(evidence, 2018), in_contact(evidence, 2023)
    low, high = difference(before, after)
    return Estimate(
        after.value - before.value,
        "points",
        "2018 to 2023",
        "change in the share of respondents in contact",
        before.rows + after.rows,
        low,
        high,
        before.interval,
    )


# --------------------------------------------------------------------------------------- arrivals


@finding("arrivals-{year}", year=(2009, 2019, 2020, 2021, 2022, 2024, 2025))
def arrivals(evidence: Evidence, year: int) -> Estimate:
    """People who arrived in the South in the year."""
    return counted(evidence, "arrivals", kind="year", period_end=str(year), sex="total")


@finding("arrivals-peak-year")
def arrivals_peak_year(evidence: Evidence) -> Estimate:
    """The year in which most people arrived."""
    rows = counts(evidence, kind="year", sex="total")
    peak = rows.loc[rows["persons"].idxmax()]
    return Estimate(
        float(peak["period_end"]), "year", peak["period_end"], "year", (f"arrivals:{peak['arrival_id']}",)
    )


@finding("arrivals-cumulative-2025")
def arrivals_cumulative(evidence: Evidence) -> Estimate:
    """People who had arrived in the South by the end of 2025."""
    return counted(evidence, "arrivals to date", kind="cumulative", period_end="2025", sex="total")


@finding("arrivals-2002-2011-share")
def arrivals_in_ten_years(evidence: Evidence) -> Estimate:
    """Share of all arrivals to the end of 2025 that came in the years 2002 to 2011."""
    rows = counts(evidence, kind="year", sex="total")
    span = rows[rows["period_end"].between("2002", "2011")]
    total = arrivals_cumulative(evidence)
    came = int(span["persons"].sum())
    return Estimate(
        came / total.value * 100,
        "percent",
        "2002 to 2011",
        "arrivals to date",
        tuple("arrivals:" + span["arrival_id"]) + total.rows,
        count=came,
        base=int(total.value),
    )


@finding("women-{kind}-2025", kind=("cumulative", "year"))
def women(evidence: Evidence, kind: str) -> Estimate:
    """Share of women and girls among those who arrived, all years or 2025."""
    total, female = (counted(evidence, "", kind=kind, period_end="2025", sex=s) for s in ("total", "female"))
    return Estimate(
        female.value / total.value * 100,
        "percent",
        "to 2025" if kind == "cumulative" else "2025",
        "arrivals who are women and girls",
        total.rows + female.rows,
        count=int(female.value),
        base=int(total.value),
    )
