"""Findings of the chapter "Official rent-seeking"."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from lifeline.estimate import FLOOR, Estimate, one, wilson
from lifeline.evidence import Evidence
from lifeline.fault import NoEvidence
from lifeline.findings import finding
from lifeline.reports import BORDER, ELSEWHERE, NOT_TOLD, number_of_reports, said_by

CAUGHT = {
    "caught_calling": "calling",
    "caught_remitting": "money",
    "caught_helping": "helping to flee",
}
"""What being caught can be for, by quantities.matter."""

PRICES = {
    "bribe_demanded": "Demanded",
    "bribe_paid": "Paid",
    "bribe_tariff": "Usual price",
    "fine": "Fine",
}
"""The measures of what being caught costs. They never share a series."""

OFFICIAL_PAY = ("pay_security", "pay_army", "pay_officials")
"""Whose pay is an official's."""

MONEY = ("CNY", "KPW", "KRW", "USD")
"""Units that can be turned into dollars."""

SECURITY = ("mss", "mps")
"""State security and the police."""

FOUNDING = "dailynk-2018-05-no-longer-traitors"
"""The report of 15 May 2018, by its echo group."""

REFORM = "2023-10-state-wages-raised"
"""The event that parts state pay into before and after."""


# ------------------------------------------------------------------------------------ dated sums


def market(evidence: Evidence) -> pd.DataFrame:
    """Market prices by year in won: medians of what is printed for the year; one line a year.

    Columns usd (won for a dollar), rice (won for a kilogram), row (the prices behind either, a list).
    Years before 2010 are in old won, the others in new: 30 November 2009 is the day of the change, and
    December 2009 is left out.
    """
    p = evidence.prices
    year = p["date"].str.slice(0, 4).astype(int)
    fits = (p["kind"] == "market") & (p["won"] == (year < 2010).map({True: "old", False: "new"}))
    rows = p[fits & p["item"].isin(["usd", "rice"])].assign(year=year)
    printed = rows["point"].fillna(rows[["low", "high"]].mean(axis=1)).astype(float)
    grouped = rows.assign(won_each=printed, row="prices:" + rows["price_id"]).groupby(["year", "item"])
    prices = grouped["won_each"].median().unstack("item").reindex(columns=["usd", "rice"])
    behind = grouped["row"].agg(list).unstack("item").reindex(columns=["usd", "rice"])
    return prices.join(behind.add_suffix("_rows"))


def per_dollar(evidence: Evidence, unit: str, year: int) -> tuple[float, list[str]]:
    """Units of a currency for one dollar in a year, and the rows it rests on.

    Yuan and southern won at the year's mean rate; northern won at the median market rate of the year, NaN
    where none is printed.
    """
    if unit == "USD":
        return 1.0, []
    if unit == "KPW":
        rates = evidence.derived(market)
        known = year in rates.index and pd.notna(rates.at[year, "usd"])
        return (float(rates.at[year, "usd"]), rates.at[year, "usd_rows"]) if known else (float("nan"), [])
    rate = one(evidence.exchange_rates, year=year, currency=unit)["per_usd"]
    return float(rate), [f"exchange_rates:{year},{unit}"]


def rice_for_dollar(evidence: Evidence, year: int) -> float:
    """Kilograms of rice for a dollar at the year's median market prices; NaN where either is not printed."""
    rates = evidence.derived(market)
    return float(rates.at[year, "usd"] / rates.at[year, "rice"]) if year in rates.index else float("nan")


def sums(evidence: Evidence, measures: Sequence[str], matters: Sequence[str]) -> pd.DataFrame:
    """Sums of money in dollars of the day, one line a statement: an echo group counts once.

    Rows of quantities with these measures and matters, the year known. Added columns: year (of the period's
    end, else of the document); dollars_low, dollars, dollars_high; kilograms_low, kilograms, kilograms_high
    (rice); row (with what the conversion to dollars rests on). NaN where the year's price or rate is not printed.
    """
    rows = every_sum(evidence, measures, matters)
    dated = rows[rows["year"].notna()].reset_index(drop=True)
    if dated.empty:
        raise NoEvidence(f"no dated sum of {measures} for {matters}")
    priced = list(zip(dated["unit"], dated["year"], strict=True))
    rates = {(unit, year): per_dollar(evidence, unit, int(year)) for unit, year in set(priced)}
    kilograms_each = {year: rice_for_dollar(evidence, int(year)) for year in dated["year"].unique()}
    factor = pd.Series([1 / rates[money][0] for money in priced])
    rice = dated["year"].map(kilograms_each).astype(float)
    ends = {"low": "_low", "point": "", "high": "_high"}
    dollars = {f"dollars{name}": dated[end].astype(float) * factor for end, name in ends.items()}
    kilograms = {f"kilograms{name}": dollars[f"dollars{name}"] * rice for name in ends.values()}
    trace = [" ".join([row, *rates[money][1]]) for row, money in zip(dated["row"], priced, strict=True)]
    return dated.assign(**dollars, **kilograms, row=trace)


def every_sum(evidence: Evidence, measures: Sequence[str], matters: Sequence[str]) -> pd.DataFrame:
    """Rows of quantities with these measures and matters, an echo group once, with row and year if known."""
    q = evidence.quantities
    published = q["doc_id"].map(evidence.documents.set_index("doc_id")["published"])
    rows = q[q["measure"].isin(measures) & q["matter"].isin(matters) & q["unit"].isin([*MONEY, "percent"])]
    year = rows["period_end"].fillna(published).str.slice(0, 4).astype("Int64")
    rows = rows.assign(year=year, row="quantities:" + rows["quantity_id"])
    return rows.sort_values(["year", "quantity_id"]).drop_duplicates("echo_group", ignore_index=True)


def costs_of_being_caught(evidence: Evidence) -> pd.DataFrame:
    """`sums` for calling, money or helping someone leave: demanded, paid, usual or fined."""
    return evidence.derived(sums_for_being_caught)


def sums_for_being_caught(evidence: Evidence) -> pd.DataFrame:
    """Makes `costs_of_being_caught`, which many findings share."""
    return sums(evidence, tuple(PRICES), tuple(CAUGHT))


def official_pay(evidence: Evidence, after: bool = False) -> pd.DataFrame:
    """`sums` of a month's state pay of officers and officials before the reform of 2023, or after it."""
    pay = sums(evidence, ["official_wage"], OFFICIAL_PAY)
    known = pay[pay[["dollars_low", "dollars", "dollars_high"]].notna().any(axis=1)]
    reform = one(evidence.events, event_id=REFORM)["date"]
    later = known["period_start"].fillna(known["year"].astype("string")) >= reform
    rows = known[later if after else ~later]
    if rows.empty:
        raise NoEvidence("no dated pay of officers or officials")
    return rows.reset_index(drop=True)


def bounds(rows: pd.DataFrame, unit: str) -> pd.DataFrame:
    """The printed bounds of each sum, one line a bound: value, and the columns of `sums`."""
    columns = [f"{unit}_low", unit, f"{unit}_high"]
    long = rows.melt([c for c in rows.columns if c not in columns], columns, value_name="value")
    return long[long["value"].notna()].reset_index(drop=True)


def extreme(rows: pd.DataFrame, unit: str, code: str, end: str, describes: str) -> Estimate:
    """The smallest or the largest printed bound, with the rows it rests on."""
    printed = bounds(rows, unit)
    at = printed["value"].idxmin() if end == "least" else printed["value"].idxmax()
    found = printed.loc[at]
    return Estimate(float(found["value"]), code, str(found["year"]), describes, tuple(found["row"].split()))


# ------------------------------------------------------------------------------ what being caught costs


@finding("caught-{end}-{measure}", end=("least", "most"), measure=tuple(PRICES))
def caught(evidence: Evidence, end: str, measure: str) -> Estimate:
    """Smallest and largest sum printed for being caught calling, with money or helping, in dollars of the day."""
    rows = sums(evidence, [measure], tuple(CAUGHT))
    return extreme(rows, "dollars", "USD", end, f"{PRICES[measure].lower()}, one report")


@finding("caught-sums-{measure}", measure=tuple(PRICES))
def caught_sums(evidence: Evidence, measure: str) -> Estimate:
    """Dated sums printed for being caught calling, with money or helping someone leave."""
    return number_of_sums(sums(evidence, [measure], tuple(CAUGHT)), PRICES[measure].lower())


@finding("caught-{end}", end=("least", "most"))
def caught_any(evidence: Evidence, end: str) -> Estimate:
    """Smallest and largest sum printed for being caught, of every kind together, in dollars of the day."""
    return extreme(costs_of_being_caught(evidence), "dollars", "USD", end, "one report")


@finding("caught-sums-reports")
def caught_sums_reports(evidence: Evidence) -> Estimate:
    """Reports behind the dated sums for being caught; a report can print several."""
    rows = costs_of_being_caught(evidence)
    report = rows["doc_id"].map(evidence.documents.set_index("doc_id")["echo_group"])
    return Estimate(float(report.nunique()), "reports", span(rows), "print sums for being caught", row_names(rows))


@finding("caught-sums")
def caught_sums_all(evidence: Evidence) -> Estimate:
    """Dated sums printed for being caught, of every kind together."""
    return number_of_sums(costs_of_being_caught(evidence), "sums printed for being caught")


@finding("caught-sums-undated")
def caught_sums_undated(evidence: Evidence) -> Estimate:
    """Sums for being caught whose year is not known, left out of figure and table."""
    rows = every_sum(evidence, tuple(PRICES), tuple(CAUGHT))
    return number_of_sums(rows[rows["year"].isna()], "sums without a year")


@finding("caught-originators")
def caught_originators(evidence: Evidence) -> Estimate:
    """Independent originators behind the dated sums for being caught."""
    rows = costs_of_being_caught(evidence)
    group = rows["originator"].map(evidence.outlets.set_index("originator")["independence_group"])
    return Estimate(
        float(group.nunique()), "originators", span(rows), "behind the sums for being caught", row_names(rows)
    )


@finding("caught-sums-one-group")
def caught_one_group(evidence: Evidence) -> Estimate:
    """Dated sums for being caught that the largest originator, with its sister outlets, said first."""
    rows = costs_of_being_caught(evidence)
    group = rows["originator"].map(evidence.outlets.set_index("originator")["independence_group"])
    largest = group.value_counts().index[0]
    return number_of_sums(rows[group == largest], f"said first by {largest}")


@finding("caught-{end}-rice", end=("least", "most"))
def caught_rice(evidence: Evidence, end: str) -> Estimate:
    """Smallest and largest sum printed for being caught, in kilograms of rice at market prices, rounded."""
    found = extreme(costs_of_being_caught(evidence), "kilograms", "kg", end, "rice for the sum")
    return replace(found, value=rough(found.value))


def rough(value: float) -> float:
    """A number to two significant digits: what medians of a few prices and a year's rate carry."""
    return float(f"{value:.2g}")


@finding("caught-least-in-pay")
def caught_least_in_pay(evidence: Evidence) -> Estimate:
    """Smallest sum printed for being caught, in months of the highest official pay printed before the reform."""
    least = extreme(costs_of_being_caught(evidence), "dollars", "USD", "least", "")
    pay = pay_end(evidence, "most", "before")
    return Estimate(least.value / pay.value, "months", least.period, "months of pay", least.rows + pay.rows)


@finding("seized-sums")
def seized(evidence: Evidence) -> Estimate:
    """Dated seizures of cash from callers, senders, carriers and receivers that print a sum."""
    return number_of_sums(cash_seized(evidence), "seizures of cash")


@finding("seized-{end}", end=("least", "most"))
def seized_end(evidence: Evidence, end: str) -> Estimate:
    """Smallest and largest sum of cash printed as seized, in dollars of the day."""
    return extreme(cash_seized(evidence), "dollars", "USD", end, "cash seized, one report")


def cash_seized(evidence: Evidence) -> pd.DataFrame:
    """`sums` for seizures of money; goods are left out."""
    return sums(evidence, ["confiscated"], tuple(CAUGHT))


def number_of_sums(rows: pd.DataFrame, describes: str) -> Estimate:
    """How many statements of `sums` these are. Raises NoEvidence for none."""
    if rows.empty:
        raise NoEvidence(f"no rows: {describes}")
    return Estimate(float(len(rows)), "sums", span(rows), describes, row_names(rows))


def row_names(rows: pd.DataFrame) -> tuple[str, ...]:
    """The rows of quantities behind lines of `sums`, without what their conversion rests on."""
    return tuple("quantities:" + rows["quantity_id"])


def span(rows: pd.DataFrame) -> str:
    """First and last year."""
    years = rows["year"].dropna()
    if years.empty:
        return "year not known"
    first, last = int(years.min()), int(years.max())
    return str(first) if first == last else f"{first} to {last}"


CASES = {
    "visit-2011": ("dailynk-2011-x-agents-extort-ko-c2-q1", "point"),
    "event-2011": ("dailynk-2011-x-agents-extort-ko-c2-q2", "point"),
    "holiday-2024": ("dailynk-2024-09-city-holiday-ko-c1-q1", "point"),
    "per-call-low-2018": ("rfa-2018-10-phone-protection-c1-q1", "low"),
    "per-call-high-2018": ("rfa-2018-10-phone-protection-c1-q1", "high"),
    "escort-2020": ("dailynk-2021-09-city-station-officer-ko-c1-q1", "point"),
    "call-china-2017": ("cdnk-2017-04-call-price-list-c1-q1", "point"),
    "call-south-2017": ("cdnk-2017-04-call-price-list-c1-q2", "point"),
    "call-china-2019": ("dailynk-x-x-five-minutes-ko-c1-q1", "point"),
    "call-south-2019": ("dailynk-x-x-five-minutes-ko-c1-q2", "point"),
    "settled-2020": ("dailynk-2022-01-spy-charge-ransom-ko-c2-q1", "point"),
    "ransom-2021": ("dailynk-2022-01-spy-charge-ransom-ko-c1-q1", "point"),
    "ransom-2022": ("dailynk-2022-01-selective-arrest-ko-c2-q1", "point"),
    "seized-2022": ("dailynk-2022-01-selective-arrest-ko-c1-q1", "point"),
    "ransom-2023": ("rfa-2023-02-ransom-ko-c1-q1", "point"),
    "register-2017": ("cdnk-2025-04-register-2000-c1-q1", "point"),
    "list-low": ("dailynk-x-x-city-registry-ko-c1-q1", "low"),
    "list-high": ("dailynk-x-x-city-registry-ko-c1-q1", "high"),
    "informer": ("dailynk-2021-08-trap-extortion-ko-c2-q1", "point"),
    "found-2016": ("dailynk-2017-01-family-interned-c1-q1", "point"),
    "written-2016": ("nkreport-2017-x-for-money-p4-c1-q2", "point"),
    "prison": ("dailynk-x-x-prison-phone-ransom-ko-c1-q1", "point"),
    "fine-2009": ("futurekorea-2009-07-phone-fine-c1-q1", "point"),
    "fine-2011-own": ("northkoreatech-2011-06-fines-c1-q1", "converted"),
    "paid-undated": ("thepressunited-x-x-double-in-bribes-c1-q1", "point"),
    "police-quota-2022": ("dailynk-2022-11-city-police-quota-ko-c1-q1", "point"),
    "bribes-in-spending": ("eai-2010-04-markets-bribery-c1-q1", "point"),
    "would-bribe-2016": ("kdi-2018-04-trust-c3-q1", "point"),
    "income-taken": ("unn-2024-02-mou-study-c1-q1", "point"),
    "women-traders-bribed": ("piie-2012-06-gender-c1-q1", "point"),
}
"""Numbers of single reports that the text names: the row and which of its bounds, or its own conversion."""

DECIMALS = {"bribes-in-spending": 2, "would-bribe-2016": 1}
WHOLE = tuple(name for name in CASES if name not in DECIMALS)


def printed_in(evidence: Evidence, case: str) -> Estimate:
    """One number as printed."""
    key, end = CASES[case]
    row = one(evidence.quantities, quantity_id=key)
    years = [str(year)[:4] for year in (row["period_start"], row["period_end"]) if pd.notna(year)]
    period = " to ".join(dict.fromkeys(years)) or "year not known"
    base = None if pd.isna(row["base_n"]) else int(row["base_n"])
    describes = "as printed" if pd.isna(row["base"]) else str(row["base"])
    unit = str(row["converted_unit" if end == "converted" else "unit"])
    return Estimate(float(row[end]), unit, period, describes, (f"quantities:{key}",), base=base)


@finding("case-{case}", case=WHOLE)
def case_whole(evidence: Evidence, case: str) -> Estimate:
    """A number as one source prints it; the text says which case."""
    return printed_in(evidence, case)


@finding("case-{case}", digits=1, case=("would-bribe-2016",))
@finding("case-{case}", digits=2, case=("bribes-in-spending",))
def case_decimal(evidence: Evidence, case: str) -> Estimate:
    """A number of one survey as printed; the text says what it measures."""
    return printed_in(evidence, case)


# ------------------------------------------------------------------------------ officers' share


def shares(evidence: Evidence) -> pd.DataFrame:
    """Rows of quantities that say what share of a transfer officials took, an echo group once."""
    rows = every_sum(evidence, ["officials_share"], ("cover", "caught_remitting"))
    if rows.empty:
        raise NoEvidence("no share of a transfer taken by officials")
    return rows


@finding("officers-share-rows")
def officers_share_rows(evidence: Evidence) -> Estimate:
    """Statements of the share of a transfer that officials took."""
    return replace(number_of_sums(shares(evidence), "shares of a transfer taken by officials"), unit="statements")


@finding("officers-share-{end}", end=("least", "most"))
def officers_share(evidence: Evidence, end: str) -> Estimate:
    """Smallest and largest share of a transfer that a report says officials took."""
    rows = shares(evidence).rename(columns={"low": "percent_low", "point": "percent", "high": "percent_high"})
    return extreme(rows, "percent", "percent", end, "one report; what it is a share of differs")


# ------------------------------------------------------------------------------ reports


def rents(evidence: Evidence, **wanted: str | Sequence[str]) -> pd.DataFrame:
    """Claims about officials' rents inside the North that have these values."""
    claims = said_by(evidence, theme="rent_seeking", **wanted)
    inside = claims[claims["zone"] != "abroad"]
    if inside.empty:
        raise NoEvidence(f"no claim about rents has {wanted}")
    return inside


DIRECTIONS = ("tolerant", "predatory", "punitive")


@finding("rent-reports")
def rent_reports(evidence: Evidence) -> Estimate:
    """Reports about what officials inside the North allow, take, watch and punish."""
    return number_of_reports(rents(evidence), "reports about rents")


@finding("rent-originators")
def rent_originators(evidence: Evidence) -> Estimate:
    """Originators of the reports about officials' rents."""
    claims = rents(evidence)
    return number_of_reports(claims.assign(originator=claims["group"]), "said first by", "originator")


@finding("rent-reports-one-group")
def rent_reports_one_group(evidence: Evidence) -> Estimate:
    """Reports about officials' rents that the largest originator, with its sister outlets, said first."""
    claims = rents(evidence)
    largest = claims.groupby("group")["echo_group"].nunique().idxmax()
    return number_of_reports(claims[claims["group"] == largest], f"said first by {largest}")


@finding("rent-reports-undated")
def rent_reports_undated(evidence: Evidence) -> Estimate:
    """Reports about officials' rents of which no year is known."""
    claims = rents(evidence)
    rows = claims[claims.groupby("echo_group")["year"].transform("min").isna()]
    if rows.empty:
        raise NoEvidence("no report without a year")
    number = float(rows["echo_group"].nunique())
    return Estimate(number, "reports", "year not known", "reports without a year", tuple(rows["row"]))


@finding("security-reports")
def security_reports(evidence: Evidence) -> Estimate:
    """Reports about what state security and the police allow, take, watch and punish."""
    return number_of_reports(rents(evidence, actor=SECURITY), "reports about state security and police")


@finding("security-reports-others")
def security_reports_others(evidence: Evidence) -> Estimate:
    """Reports about state security and the police that the largest originator did not say first."""
    claims = rents(evidence, actor=SECURITY)
    largest = claims.groupby("group")["echo_group"].nunique().idxmax()
    return number_of_reports(claims[claims["group"] != largest], f"not said first by {largest}")


@finding("security-reports-{direction}", direction=DIRECTIONS)
def security_reports_by(evidence: Evidence, direction: str) -> Estimate:
    """Reports of state security and police that allow, that take, or that punish; a report can do several."""
    return number_of_reports(rents(evidence, actor=SECURITY, direction=direction), f"{direction} reports")


@finding("rent-reports-{place}", place=("border", "elsewhere", "unplaced"))
def rent_reports_in(evidence: Evidence, place: str) -> Estimate:
    """Reports about officials' rents by the place that they are about: several, or none that is told anywhere."""
    if place != "unplaced":
        where = {"border": BORDER, "elsewhere": ELSEWHERE}[place]
        return number_of_reports(rents(evidence, place=where), where)
    claims = rents(evidence)
    placed = claims.loc[claims["place"] != NOT_TOLD, "echo_group"]
    return number_of_reports(claims[~claims["echo_group"].isin(placed)], NOT_TOLD)


@finding(
    "rent-reports-on-{topic}", topic=("cut_of_transfer", "protection", "collusion", "extortion", "confiscation")
)
def rent_reports_on(evidence: Evidence, topic: str) -> Estimate:
    """Reports of one form of taking, by any officials."""
    return number_of_reports(rents(evidence, topic=topic), topic)


@finding("years-with-all-three")
def years_with_all(evidence: Evidence) -> Estimate:
    """Years in which state security or police are reported as allowing, as taking and as punishing."""
    claims = rents(evidence, actor=SECURITY, direction=DIRECTIONS)
    once = claims.assign(year=claims.groupby(["echo_group", "direction"])["year"].transform("min"))
    dated = once.dropna(subset="year")
    kinds = dated.groupby("year")["direction"].nunique()
    years = kinds[kinds == len(DIRECTIONS)].index
    if years.empty:
        raise NoEvidence("no year has reports of every kind")
    rows = dated.loc[dated["year"].isin(years), "row"]
    period = f"{int(years.min())} to {int(years.max())}"
    return Estimate(float(len(years)), "years", period, "with reports of every kind", tuple(rows))


@finding("purge-reports")
def purge_reports(evidence: Evidence) -> Estimate:
    """Reports of officials punished, whatever for."""
    return number_of_reports(rents(evidence, topic="purge_of_officials"), "officials punished")


@finding("interior-tolerant")
def interior_tolerant(evidence: Evidence) -> Estimate:
    """Reports from outside the border provinces in which officials allow or help."""
    return number_of_reports(rents(evidence, place=ELSEWHERE, direction="tolerant"), "allow or help")


@finding("no-place-tolerant")
def no_place_tolerant(evidence: Evidence) -> Estimate:
    """Reports that tell no place, or the whole country, in which officials allow or help."""
    return number_of_reports(rents(evidence, place=NOT_TOLD, direction="tolerant"), "allow or help")


@finding("interior-on-money")
def interior_on_money(evidence: Evidence) -> Estimate:
    """Reports from outside the border provinces about state security or police taking money, or in need of it."""
    topics = ("bribe", "extortion", "confiscation", "cut_of_transfer", "collusion", "protection")
    return number_of_reports(rents(evidence, place=ELSEWHERE, actor=SECURITY, topic=topics), "taking")


@finding("crackdown-events")
def crackdown_events(evidence: Evidence) -> Estimate:
    """Crackdowns in the table of events."""
    rows = evidence.events[evidence.events["category"] == "crackdown"]
    years = rows["date"].str.slice(0, 4)
    return Estimate(
        float(len(rows)),
        "events",
        f"{years.min()} to {years.max()}",
        "crackdowns",
        tuple("events:" + rows["event_id"]),
    )


# ------------------------------------------------------------------------------ the founding report


def beside_founding(evidence: Evidence, **wanted: str | Sequence[str]) -> pd.DataFrame:
    """`rents` of state security and police without the report of May 2018."""
    claims = rents(evidence, actor=SECURITY, **wanted)
    others = claims[claims["echo_group"] != FOUNDING]
    if others.empty:
        raise NoEvidence(f"no other report has {wanted}")
    return others


@finding("other-cut-{count}", count=("reports", "originators"))
def other_cut(evidence: Evidence, count: str) -> Estimate:
    """Reports other than that of May 2018 of security officers or police taking part of transfers."""
    claims = beside_founding(evidence, topic="cut_of_transfer")
    return number_by(claims, count, "officers take part of transfers")


@finding("other-visits-{count}", count=("reports", "originators"))
def other_visits(evidence: Evidence, count: str) -> Estimate:
    """Reports other than that of May 2018 of watch duty or visits used to draw money."""
    claims = beside_founding(evidence, topic="surveillance", direction="predatory")
    return number_by(claims, count, "watching used to draw money")


@finding("other-took-all-{count}", count=("reports", "originators"))
def other_took_all(evidence: Evidence, count: str) -> Estimate:
    """Reports of security officers or police who seize the money instead of taking part of it."""
    return number_by(beside_founding(evidence, topic="confiscation"), count, "money or goods seized")


def number_by(claims: pd.DataFrame, count: str, describes: str) -> Estimate:
    """Number of reports, or of independent originators."""
    if count == "reports":
        return number_of_reports(claims, describes)
    return number_of_reports(claims.assign(originator=claims["group"]), describes, "originator")


# ------------------------------------------------------------------------------ bribery in surveys


def bribe_shares(evidence: Evidence) -> pd.DataFrame:
    """Shares of those who had paid a bribe, by year of leaving, in the Ministry's interviews; an echo group once.

    Added columns: echo, the row. The first line of an echo group is the fullest: a point before "more than".
    """
    q = evidence.quantities
    topic = q["claim_id"].map(evidence.claims.set_index("claim_id")["topic"])
    asked = (q["originator"] == "Ministry of Unification") & (q["measure"] == "survey_share") & (topic == "bribe")
    about = q["base"].str.contains("left") | q["base"].str.contains("resettled")
    rows = q[asked & about.fillna(False)].assign(row="quantities:" + q["quantity_id"])
    if rows.empty:
        raise NoEvidence("no share of people who paid bribes")
    return rows.sort_values("point").drop_duplicates("echo_group", ignore_index=True)


LEFT = {"before-2000": "2000", "to-2011": "2011"}


@finding("bribed-{left}", left=("before-2000",))
@finding("bribed-{left}", digits=1, left=("to-2011", "from-2012", "2016-2020"))
def bribed(evidence: Evidence, left: str) -> Estimate:
    """Share of people in the South who had paid bribes in the North, by when they left."""
    rows = bribe_shares(evidence)
    groups = rows[rows["base_n"].isna()]
    if left in LEFT:
        row = one(groups[groups["period_start"].isna()], period_end=LEFT[left])
    else:
        row = one(groups, period_start=left.removeprefix("from-")[:4], period_end="2020")
    return Estimate(float(row["point"]), "percent", str(row["base"]), "had paid a bribe", (row["row"],))


@finding("bribed-all", digits=1)
def bribed_all(evidence: Evidence) -> Estimate:
    """Share of people in the South who had paid bribes in the North, whenever they left."""
    rows = bribe_shares(evidence)
    row = one(rows[rows["base_n"].notna()])
    base, value = int(row["base_n"]), float(row["point"])
    low, high = wilson(round(value * base / 100), base)
    return Estimate(
        value, "percent", "left up to 2020", "had paid a bribe", (row["row"],), low, high, FLOOR, base=base
    )


# ------------------------------------------------------------------------------ pay


@finding("pay-{end}-{when}", digits=2, end=("least", "most"), when=("before", "after"))
def pay_end(evidence: Evidence, end: str, when: str) -> Estimate:
    """Smallest and largest month of state pay of an officer or official, in dollars at the market rate."""
    rows = official_pay(evidence, after=when == "after")
    return extreme(rows, "dollars", "dollars", end, "state pay of a month")


@finding("pay-rows-{when}", when=("before", "after"))
def pay_rows(evidence: Evidence, when: str) -> Estimate:
    """Dated statements of the state pay of officers or officials, before and after the reform of 2023."""
    return number_of_sums(official_pay(evidence, after=when == "after"), "state pay of officers or officials")


@finding("pay-undated")
def pay_undated(evidence: Evidence) -> Estimate:
    """Statements of the state pay of officers or officials whose year is not known."""
    rows = every_sum(evidence, ["official_wage"], OFFICIAL_PAY)
    return number_of_sums(rows[rows["year"].isna()], "state pay without a year")
