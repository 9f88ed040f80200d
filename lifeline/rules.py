"""The rules that one column of data/ cannot say alone; check.py applies them.

A rule marks the rows of a table that break it. A missing value breaks nothing, unless a rule says so.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from lifeline.evidence import Evidence, read_up_to, schema

Broken = Callable[[pd.DataFrame, Evidence], pd.Series]


@dataclass(frozen=True)
class Rule:
    """A rule over several columns: `broken` marks the rows of `table` that break it."""

    table: str
    column: str
    broken: Broken
    says: str
    mend: str


# ------------------------------------------------------------------------------------------- dates


def later(date: pd.Series) -> pd.Series:
    """The last day that a date of any exactness can mean, so that dates compare as text."""
    return date.where(date.isna() | (date.str.len() == 10), (date + "-12-31").str.slice(0, 10)).mask(
        date.str.len() == 7, date + "-31"
    )


def impossible(date: pd.Series) -> pd.Series:
    """Dates that no calendar has; a missing date is possible."""
    whole = date.where(date.str.len() == 10, date.str.slice(0, 7).where(date.str.len() >= 7, date + "-01") + "-01")
    return date.notna() & pd.to_datetime(whole, format="%Y-%m-%d", errors="coerce").isna()


def implausible(date: pd.Series) -> pd.Series:
    """Dates before the division of Korea, and days, months and years after the last day of reading."""
    to_come = [len(text) >= 4 and text > read_up_to()[: len(text)] for text in date.fillna("")]
    return (date.str.slice(0, 4) < "1945") | pd.Series(to_come, date.index)


def published(t: pd.DataFrame, e: Evidence) -> pd.Series:
    """The last day on which each row's document can have been published."""
    return t["doc_id"].map(later(e.documents.set_index("doc_id")["published"]))


def after_publication(date: pd.Series, t: pd.DataFrame, e: Evidence) -> pd.Series:
    """Dates that lie after the publication of the row's document, as far as both are known."""
    day = published(t, e)
    year, month = date.str.slice(0, 4) > day.str.slice(0, 4), date.str.slice(0, 7) > day.str.slice(0, 7)
    return year | (month & (date.str.len() >= 7)) | ((date > day) & (date.str.len() == 10))


def finer_than_its_id(documents: pd.DataFrame) -> pd.Series:
    """Documents whose id has an x for year or month although published gives it.

    All that a machine can see of the rule that no date is finer than the source states.
    """
    told = documents["doc_id"].str.extract(r"-(\d{4}|x)-(\d{2}|x)-")
    return ((told[0] == "x") & documents["published"].notna()) | (
        (told[1] == "x") & (documents["published"].str.len() > 4)
    ).fillna(False)


def dates(table: str, column: str) -> list[Rule]:
    """A column holds dates of the calendar, in years that can be meant."""
    return [
        Rule(
            table, column, lambda t, e: impossible(t[column]), "is no date of the calendar", "correct month or day"
        ),
        Rule(
            table, column, lambda t, e: implausible(t[column]), "is no time that can be meant", "correct the date"
        ),
    ]


def told_dates(table: str, column: str) -> list[Rule]:
    """A column holds one date or two, "2019 to 2020" or "2019/2020": both of the calendar and of the past."""

    def of_any(wrong: Callable[[pd.Series], pd.Series]) -> Broken:
        def broken(t: pd.DataFrame, e: Evidence) -> pd.Series:
            dates = t[column].str.split(r" to |/", regex=True).explode()
            return wrong(dates).groupby(level=0).any()

        return broken

    return [
        Rule(table, column, of_any(impossible), "holds no date of the calendar", "correct month or day"),
        Rule(table, column, of_any(implausible), "holds no time that can be meant", "correct the date"),
    ]


def span(table: str, start: str = "period_start", end: str = "period_end") -> list[Rule]:
    """A time begins before it ends."""
    return [
        *dates(table, start),
        *dates(table, end),
        Rule(table, end, lambda t, e: later(t[end]) < t[start], f"is before {start}", "correct the dates"),
    ]


def period(table: str, start: str = "period_start", end: str = "period_end") -> list[Rule]:
    """A period begins before it ends, and ends before its document was published."""
    return [
        *span(table, start, end),
        Rule(
            table,
            end,
            lambda t, e: after_publication(t[end], t, e),
            "is after the document was published",
            "correct the period or the document",
        ),
    ]


# ---------------------------------------------------------------------------------------- evidence


def is_copy(t: pd.DataFrame, e: Evidence) -> pd.Series:
    """Rows that stand with a copy."""
    return t["doc_id"].isin(e.documents.loc[e.documents["copy_of"].notna(), "doc_id"])


def no_copy(table: str) -> Rule:
    """A copy carries no evidence."""
    return Rule(table, "doc_id", is_copy, "is a copy", "cite the original; a copy may stand in read_in")


def read_in(table: str) -> Rule:
    """Text may have been read in a copy of the document, in nothing else."""
    return Rule(
        table,
        "read_in",
        lambda t, e: (
            t["read_in"].notna()
            & (t["read_in"].map(e.documents.set_index("doc_id")["copy_of"]) != t["doc_id"]).fillna(True)
        ),
        "is not a copy of the document",
        "correct it, or say in documents.csv whose copy it is",
    )


def ordered(table: str) -> list[Rule]:
    """A number has at least one of low, point and high, in order."""
    return [
        Rule(
            table,
            "low",
            lambda t, e: (t["low"] > t["point"]) | (t["low"] > t["high"]) | (t["point"] > t["high"]),
            "is not in the order low, point, high",
            "swap the bounds",
        ),
        Rule(
            table,
            "point",
            lambda t, e: t["low"].isna() & t["point"].isna() & t["high"].isna(),
            "leaves the row without a number",
            "give low, point or high as printed",
        ),
    ]


def listed(cell: pd.Series, known: set[str]) -> pd.Series:
    """Cells of which an entry, between semicolons, is not known."""
    return cell.map(lambda names: not set(names.split(";")) <= known, na_action="ignore")


def zone_of_province(table: str) -> Rule:
    """The zone follows from the province."""
    return Rule(
        table,
        "zone",
        lambda t, e: t["zone"] != t["province"].map(e.provinces.set_index("province")["zone"]),
        "is not the zone of the province",
        "see provinces.csv",
    )


def allowed(t: pd.DataFrame, e: Evidence, given: str, column: str) -> pd.Series:
    """Whether the measure of each row may have what stands in `given`, by a column of measures.csv."""
    pairs = e.measures.assign(one=e.measures[column].str.split(";")).explode("one")
    known = set(zip(pairs["measure"], pairs["one"], strict=True))
    return pd.Series([pair in known for pair in zip(t["measure"], t[given], strict=True)], t.index)


def disagreeing_share(t: pd.DataFrame) -> pd.Series:
    """Rows whose printed share is not the printed count over the printed base, rounded."""
    decimals = t["value"].map(lambda v: 0.05 if round(v) != v else 0.5)
    gap = (t["count"] / t["base_n"] * 100 - t["value"]).abs()
    return (t["unit"] == "percent") & (t["quality"] == "ok") & (gap > decimals + 0.01)


def doubled(table: str, key: str) -> Rule:
    """No row says again, under a key of its own, what another row says: it would count twice."""

    def broken(t: pd.DataFrame, e: Evidence) -> pd.Series:
        return t.duplicated([column for column in t if column not in {key, "echo_group"}], keep=False)

    return Rule(table, key, broken, "is the key of a row that another repeats", "take one of the two out")


KEYS = {
    "documents": "doc_id",
    "claims": "claim_id",
    "quantities": "quantity_id",
    "surveys": "survey_id",
    "arrivals": "arrival_id",
    "prices": "price_id",
    "flow_assumptions": "assumption_id",
    "origin": "origin_id",
    "events": "event_id",
    "checks": "check_id",
    "altered_words": "change_id",
}
"""The key of each table whose rows may not say the same twice."""


FALLING = ("growth_rate", "ratio_other", "income_ratio", "money_other")
"""Measures in percent that are no shares."""


def below_zero(t: pd.DataFrame) -> pd.Series:
    """Rows with a number below zero."""
    return ((t["low"] < 0) | (t["point"] < 0) | (t["high"] < 0)).fillna(False)


def no_share(t: pd.DataFrame) -> pd.Series:
    """Rows with a number below zero or above a hundred."""
    return below_zero(t) | ((t["low"] > 100) | (t["point"] > 100) | (t["high"] > 100)).fillna(False)


def codes_of(table: str, column: str) -> set[str]:
    """The codes that a column can have."""
    fields = {field["name"]: field for field in schema()[table]["schema"]["fields"]}
    return set(fields[column]["constraints"]["enum"])


TOPICS = {
    "attitudes": "envy respect_status marriage ostracism hostility sympathy curiosity_south backlash_to_campaign "
    "saying defection_intent",
    "rent_seeking": "bribe cut_of_transfer extortion confiscation protection collusion surveillance "
    "travel_permission arrest punishment purge_of_officials",
    "channels": "broker_structure commission amount frequency phone_contact delivery currency duration fraud "
    "crackdown_effect border_closure_effect recipient_use alternative_channel refusal",
    "policy": "state_campaign state_rhetoric law crackdown_order southern_enforcement sanctions border_policy",
    "context": "wage price exchange_rate economy arrivals survey",
}
VIEWS = "envy respect_status marriage ostracism hostility sympathy".split()
"""Topics under which views of families stand, among other things: views.csv says which claim is one."""

DIRECTIONS = {
    "attitudes": "favorable hostile mixed",
    "rent_seeking": "tolerant predatory punitive mixed",
    "channels": "easier harder costlier cheaper stable mixed",
}


TAKEN = ("bribe_", "fine", "confiscated", "officials_share", "official_wage")
"""Beginnings of the measures of what officials take and earn: those that need a matter."""


def unfit(t: pd.DataFrame, column: str, codes: dict[str, str]) -> pd.Series:
    """Rows whose code in a column is none of their theme."""
    fit = pd.Series(
        [code in codes.get(th, "").split() for th, code in zip(t["theme"], t[column].fillna(""), strict=True)]
    )
    return t[column].notna() & ~fit.set_axis(t.index)


# ------------------------------------------------------------------------------ the flow model

ASSUMED_UNITS = {"arrivals": "persons", "amount": "KRW", "official_pay": "KPW"} | dict.fromkeys(
    ["resident_share", "age_share", "family_share", "sender_share", "fee", "loss"], "percent"
)
"""Unit of each parameter of the flow model; the others are ratios."""

NEEDED = {
    "fixed": {"point"},
    "uniform": {"low", "high"},
    "triangular": {"low", "point", "high"},
    "beta": {"point", "n"},
    "mean": {"point", "n"},
}
"""The columns that a distribution needs; of low, point, high and n it takes no other, but n for the record."""


def ill_fitted(t: pd.DataFrame) -> pd.Series:
    """Assumptions that lack a number that their distribution needs, or hold one that it would not use."""
    filled = [{name for name in ("low", "point", "high", "n") if pd.notna(row[name])} for _, row in t.iterrows()]
    wrong = [
        not NEEDED.get(name, set()) <= has <= NEEDED.get(name, set()) | {"n"}
        for name, has in zip(t["distribution"], filled, strict=True)
    ]
    return pd.Series(wrong, t.index)


def overlapping(t: pd.DataFrame) -> pd.Series:
    """Assumptions for a parameter, switch and year that an earlier row has too."""
    ordered_rows = t.assign(switch=t["switch"].fillna("")).sort_values(["parameter", "switch", "year_start"])
    until = ordered_rows.groupby(["parameter", "switch"])["year_end"].transform(lambda y: y.shift().cummax())
    return (ordered_rows["year_start"] <= until).fillna(False).reindex(t.index)


def named_rows_missing(t: pd.DataFrame, e: Evidence) -> pd.Series:
    """Cells of `rows` that name a row that its table does not have."""
    names = t["rows"].dropna().str.split().explode()
    parts = names.str.split(":", n=1, expand=True).reindex(columns=[0, 1])
    there = pd.Series(False, names.index)
    for table in ("surveys", "arrivals", "quantities", "claims"):
        there |= (parts[0] == table) & parts[1].isin(e.table(table).iloc[:, 0])
    return (~there).groupby(level=0).any().reindex(t.index, fill_value=False)


# ------------------------------------------------------------------------------------- do no harm

FRESH = 10
"""Years for which a place or a day could still lead to someone."""

DELICATE = set(
    "arrest punishment surveillance purge_of_officials bribe cut_of_transfer extortion confiscation protection "
    "collusion travel_permission phone_contact broker_structure delivery fraud crackdown_effect refusal".split()
)
"""Topics about arrests, phones, brokers and protectors."""

HONORIFIC = re.compile(r"\b(Mr|Mrs|Ms|Miss)\b\.?\s+[A-Z]|[가-힣]{2,4}\s?씨\b")
"""A courtesy title before or after a name: mostly a private person's."""


def fresh(e: Evidence) -> pd.Series:
    """Claims of the last years about something inside North Korea."""
    first = int(read_up_to()[:4]) - FRESH
    year = (
        e.claims["period_end"].fillna(published(e.claims, e)).str.slice(0, 4).fillna(read_up_to()[:4]).astype(int)
    )
    return (e.claims["zone"] != "abroad") & (year >= first)


def delicate_claims(e: Evidence) -> pd.Series:
    """Fresh claims about arrests, phones, brokers or protectors."""
    return e.derived(fresh) & e.claims["topic"].isin(DELICATE)


def beside_delicate(e: Evidence) -> pd.Series:
    """Fresh claims of a document that makes such a claim, or tells of a crackdown: they tell of the same people."""
    told = e.claims[e.derived(delicate_claims) | (e.claims["topic"] == "crackdown_order")]
    return e.derived(fresh) & e.claims["doc_id"].isin(told["doc_id"])


def delicate(t: pd.DataFrame, e: Evidence) -> pd.Series:
    """Rows of claims that must not say the month."""
    return e.derived(delicate_claims)


def placeless(t: pd.DataFrame, e: Evidence) -> pd.Series:
    """Rows of claims that must not name a city."""
    return e.derived(beside_delicate)


def of_delicate(t: pd.DataFrame, e: Evidence) -> pd.Series:
    """Rows of quantities that belong to a claim that must not say the month."""
    return t["claim_id"].isin(e.claims.loc[e.derived(delicate_claims), "claim_id"])


def of_placeless(t: pd.DataFrame, e: Evidence) -> pd.Series:
    """Rows of quantities that belong to a claim that must not name a city."""
    return t["claim_id"].isin(e.claims.loc[e.derived(beside_delicate), "claim_id"])


def names_a_city(text: pd.Series, e: Evidence) -> pd.Series:
    """Cells in which a city or county of cities.csv is named, in any of its spellings."""
    spellings = pd.concat([e.cities["city"], e.cities["other_names"].str.split(";").explode()]).dropna()
    latin, other = spellings[spellings.map(str.isascii)], spellings[~spellings.map(str.isascii)]
    pattern = rf"\b(?:{'|'.join(map(re.escape, latin))})\b|{'|'.join(map(re.escape, other))}"
    return text.str.contains(pattern, regex=True).fillna(False).astype(bool)


def no_city(table: str, column: str, delicate_rows: Broken) -> Rule:
    """No city in a recent row about arrests, phones, brokers or protectors."""
    return Rule(
        table,
        column,
        lambda t, e: names_a_city(t.loc[delicate_rows(t, e), column], e).reindex(t.index, fill_value=False),
        f"names a city in a row under {FRESH} years old about arrests, phones, brokers or protectors",
        "name the province; in a title put [city] for it",
    )


def year_only(table: str, column: str, delicate_rows: Broken) -> Rule:
    """No month in such a row."""
    return Rule(
        table,
        column,
        lambda t, e: (t[column].str.len() > 4) & delicate_rows(t, e),
        f"is finer than a year in a row under {FRESH} years old about arrests, phones, brokers or protectors",
        "give the year",
    )


def delicate_event(t: pd.DataFrame, e: Evidence) -> pd.Series:
    """Crackdowns of the last years."""
    return (t["category"] == "crackdown") & (t["date"].str.slice(0, 4).astype(int) >= int(read_up_to()[:4]) - FRESH)


def has_delicate_claim(t: pd.DataFrame, e: Evidence) -> pd.Series:
    """Documents, and copies of documents, that carry such a claim."""
    claims = e.claims[e.derived(beside_delicate)]
    carriers = set(claims["doc_id"]) | set(claims["read_in"].dropna())
    return t["doc_id"].isin(carriers) | t["copy_of"].isin(carriers)


def no_honorific(table: str, column: str) -> Rule:
    """No private person's name, as far as a courtesy title gives it away."""
    return Rule(
        table,
        column,
        lambda t, e: t[column].str.contains(HONORIFIC.pattern.replace("(Mr", "(?:Mr"), regex=True),
        "looks like the name of a private person",
        "say what the person is; in a title put [name] for the name",
    )


# -------------------------------------------------------------------------------------------- RULES

RULES: list[Rule] = [
    # documents
    *dates("documents", "published"),
    Rule(
        "documents",
        "published",
        lambda t, e: t["published"] > read_up_to(),
        "is after the day up to which evidence was read",
        "correct the date, or set created in datapackage.json",
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
        "published",
        lambda t, e: finer_than_its_id(t) & t["note"].isna(),
        "is finer than doc_id tells",
        "say in note how the date is known",
    ),
    Rule(
        "documents",
        "relays",
        lambda t, e: listed(t["relays"], set(e.outlets["originator"])),
        "names an originator that outlets.csv does not have",
        "add the originator, or correct its name",
    ),
    Rule(
        "documents",
        "copy_of",
        lambda t, e: t["copy_of"].isin(t.loc[t["copy_of"].notna(), "doc_id"]) | (t["copy_of"] == t["doc_id"]),
        "is itself a copy",
        "name the original",
    ),
    Rule(
        "documents",
        "echo_group",
        lambda t, e: (
            t["copy_of"].notna() & (t["echo_group"] != t["copy_of"].map(t.set_index("doc_id")["echo_group"]))
        ),
        "is not the echo group of the original",
        "a copy belongs to the group of its original",
    ),
    no_city("documents", "title", has_delicate_claim),
    no_city("documents", "note", has_delicate_claim),
    no_honorific("documents", "title"),
    # claims
    no_copy("claims"),
    read_in("claims"),
    *period("claims"),
    zone_of_province("claims"),
    Rule(
        "claims",
        "topic",
        lambda t, e: unfit(t, "topic", TOPICS),
        "is no topic of the theme",
        "see TOPICS in lifeline/rules.py",
    ),
    Rule(
        "claims",
        "direction",
        lambda t, e: unfit(t, "direction", DIRECTIONS),
        "is no direction of the theme",
        "see DIRECTIONS in lifeline/rules.py",
    ),
    Rule(
        "claims",
        "city",
        lambda t, e: listed(t["city"], {*e.cities["city"], *e.provinces["province"]}),
        "is not in cities.csv",
        "add the city with its spellings, or correct the name",
    ),
    Rule(
        "claims",
        "city",
        lambda t, e: t["city"].notna() & placeless(t, e),
        f"is finer than the province in a row under {FRESH} years old about arrests, phones, brokers or protectors",
        "empty the cell",
    ),
    no_city("claims", "summary", placeless),
    no_city("claims", "informant", placeless),
    year_only("claims", "period_start", delicate),
    year_only("claims", "period_end", delicate),
    no_honorific("claims", "summary"),
    no_honorific("claims", "informant"),
    Rule(
        "claims",
        "summary",
        lambda t, e: t["summary"].str.count(r"\S+") > 40,
        "is longer than 40 words",
        "say it more briefly",
    ),
    Rule(
        "claims",
        "topic",
        lambda t, e: (
            (t["theme"] == "attitudes") & t["topic"].isin(VIEWS) & ~t["claim_id"].isin(e.table("views")["claim_id"])
        ),
        "is a topic of views, and views.csv does not say what the claim counts as",
        "add the claim to views.csv",
    ),
    # quantities
    no_copy("quantities"),
    read_in("quantities"),
    *period("quantities"),
    zone_of_province("quantities"),
    *ordered("quantities"),
    Rule(
        "quantities",
        "unit",
        lambda t, e: ~allowed(t, e, "unit", "units"),
        "is not a unit of the measure",
        "see measures.csv",
    ),
    Rule(
        "quantities",
        "point",
        lambda t, e: (t["unit"] == "percent") & ~t["measure"].isin(FALLING) & no_share(t),
        "is no share",
        "correct the number, the unit or the measure",
    ),
    Rule(
        "quantities",
        "point",
        lambda t, e: (t["measure"] != "growth_rate") & below_zero(t),
        "belongs to a row with a number below zero",
        "only growth can be negative",
    ),
    Rule(
        "quantities",
        "base_n",
        lambda t, e: t["base_n"] > t["sample_n"],
        "is more people than the sample has",
        "correct base_n or sample_n",
    ),
    Rule(
        "quantities",
        "converted",
        lambda t, e: (
            (t["converted"].isna() != t["converted_unit"].isna()) | (t["converted_unit"] == t["unit"]).fillna(False)
        ),
        "does not fit converted_unit",
        "a conversion has a number and another unit, or neither",
    ),
    Rule(
        "quantities",
        "matter",
        lambda t, e: (
            (t["measure"].str.startswith(TAKEN) != t["matter"].notna())
            | (t["matter"].str.startswith("pay_").fillna(False) != (t["measure"] == "official_wage"))
        ),
        "does not fit the measure",
        "bribes, fines, seizures and officials' shares say what for, state pay says whose, others have none",
    ),
    no_city("quantities", "note", of_placeless),
    no_city("quantities", "base", of_placeless),
    year_only("quantities", "period_start", of_delicate),
    year_only("quantities", "period_end", of_delicate),
    # surveys
    *span("surveys", "fieldwork_start", "fieldwork_end"),
    Rule(
        "surveys",
        "survey_id",
        lambda t, e: (
            (t["quality"] == "ok")
            & t[t["quality"] == "ok"]
            .duplicated(
                ["survey", "year", "measure", "question", "answer", "base", "unit", "band_low", "band_high"],
                keep=False,
            )
            .reindex(t.index, fill_value=False)
        ),
        "is not the only answer of its wave to this measure that is ok",
        "say in quality which of them is superseded or conflicting",
    ),
    Rule(
        "surveys",
        "sample_n",
        lambda t, e: (
            t["survey"].str.startswith("NKDB")
            & (t.groupby(["survey", "year"])["sample_n"].transform("nunique") > 1)
        ),
        "is not the sample of the other rows of this wave",
        "one wave has one sample",
    ),
    Rule(
        "surveys",
        "value",
        lambda t, e: (t["unit"] == "persons") & (t["statistic"] == "count") & (t["value"] != t["count"]),
        "is a number of people, but not count",
        "give the count again in count",
    ),
    Rule(
        "surveys",
        "unit",
        lambda t, e: ~allowed(t, e, "unit", "units"),
        "is not a unit of the measure",
        "see measures.csv",
    ),
    Rule(
        "surveys",
        "statistic",
        lambda t, e: (
            ~allowed(t, e, "statistic", "statistics")
            | ((t["statistic"] == "share") & (t["unit"] != "percent"))
            | ((t["statistic"] == "count") & (t["unit"] != "persons"))
        ),
        "is not a statistic of the measure, or does not fit the unit",
        "see measures.csv; a share is in percent, a count in persons",
    ),
    Rule(
        "surveys",
        "value",
        lambda t, e: (t["unit"] == "percent") & ~t["value"].between(0, 100),
        "is no percentage",
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
        "year",
        lambda t, e: t["year"].astype("string") > published(t, e).str.slice(0, 4),
        "is after the document was published",
        "correct the year or the document",
    ),
    no_copy("surveys"),
    # arrivals
    *span("arrivals", "period_start", "period_end"),
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
        "is not one whole year",
        "write the same four digits in both columns, or change kind",
    ),
    Rule(
        "arrivals",
        "period_end",
        lambda t, e: t["period_end"].str.slice(0, 4) > published(t, e).str.slice(0, 4),
        "is after the document was published",
        "correct the period or the document",
    ),
    no_copy("arrivals"),
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
    # prices
    *dates("prices", "date"),
    Rule(
        "prices",
        "date",
        lambda t, e: after_publication(t["date"], t, e),
        "is after the document was published",
        "correct the date or the document",
    ),
    no_copy("prices"),
    read_in("prices"),
    *ordered("prices"),
    Rule(
        "prices",
        "won",
        lambda t, e: (
            ((t["won"] == "old") & (t["date"].str.slice(0, 7) > "2009-11"))
            | ((t["won"] == "new") & (later(t["date"]) < "2009-11-30"))
        ),
        "is not the won of that date",
        "old won ended, and new won began, on 30 November 2009",
    ),
    Rule(
        "prices",
        "unit",
        lambda t, e: (
            t["unit"].map(
                {"KPW_per_kg": "rice", "KPW_per_USD": "usd", "KPW_per_CNY": "cny", "KPW_per_100_CNY": "cny"}
            )
            != t["item"]
        ),
        "is no unit of the item",
        "correct unit or item",
    ),
    # flow_assumptions
    *ordered("flow_assumptions"),
    Rule(
        "flow_assumptions",
        "point",
        lambda t, e: (t["unit"] == "percent") & no_share(t),
        "is no share",
        "a share lies between 0 and 100 percent",
    ),
    Rule(
        "flow_assumptions",
        "high",
        lambda t, e: (t["unit"] != "percent") & below_zero(t),
        "belongs to a row with a number below zero",
        "no parameter of the model is negative",
    ),
    Rule(
        "flow_assumptions",
        "year_end",
        lambda t, e: t["year_end"] < t["year_start"],
        "is before year_start",
        "swap the years",
    ),
    Rule(
        "flow_assumptions",
        "parameter",
        lambda t, e: overlapping(t),
        "has another row for one of these years",
        "one row for each parameter and year, and one for each switch",
    ),
    Rule(
        "flow_assumptions",
        "distribution",
        lambda t, e: ill_fitted(t),
        "does not fit low, point, high and n",
        "see NEEDED in lifeline/rules.py for what each distribution takes",
    ),
    Rule(
        "flow_assumptions",
        "unit",
        lambda t, e: t["unit"] != t["parameter"].map(ASSUMED_UNITS).fillna("ratio"),
        "is not the unit of the parameter",
        "see ASSUMED_UNITS in lifeline/rules.py",
    ),
    Rule(
        "flow_assumptions",
        "rows",
        named_rows_missing,
        "names a row that is not there",
        "correct the key, as table:key",
    ),
    Rule(
        "flow_assumptions",
        "basis",
        lambda t, e: (t["basis"] != "judgement") & t["rows"].isna(),
        "names no row",
        "name the rows, or call it a judgement",
    ),
    # origin, events, cities
    *dates("origin", "as_of"),
    Rule(
        "origin",
        "province",
        lambda t, e: listed(t["province"], {*e.provinces["province"], "other"}),
        "is not in provinces.csv",
        "correct the name; other stands for the rest of a count",
    ),
    Rule(
        "origin",
        "persons",
        lambda t, e: t["persons"].isna() & t["percent"].isna(),
        "leaves the row without a number",
        "give persons or percent as printed",
    ),
    no_copy("origin"),
    *span("events", "date", "end_date"),
    no_copy("events"),
    no_city("events", "event", delicate_event),
    Rule(
        "provinces",
        "drawn_in",
        lambda t, e: ~t["drawn_in"].isin(t["province"]),
        "is no province",
        "name the province whose shape it is drawn in",
    ),
    # measures
    Rule(
        "measures",
        "units",
        lambda t, e: listed(t["units"], codes_of("quantities", "unit") | codes_of("surveys", "unit")),
        "names a unit that nothing can have",
        "correct it, or add the unit to datapackage.json",
    ),
    Rule(
        "measures",
        "statistics",
        lambda t, e: listed(t["statistics"], codes_of("surveys", "statistic")),
        "names a statistic that nothing can have",
        "correct it, or add the statistic to datapackage.json",
    ),
    # nothing stands twice
    *(doubled(table, key) for table, key in KEYS.items()),
    # what is computed from the others
    *dates("exchange_rates", "rates_up_to"),
    *told_dates("checks", "period"),
    Rule(
        "checks",
        "difference",
        lambda t, e: (t["stated"] - t["expected"] - t["difference"]).abs() > 1e-6 * t["stated"].abs().clip(lower=1),
        "is not stated less expected",
        "run `make data`",
    ),
    Rule(
        "checks",
        "verdict",
        lambda t, e: (t["difference"].abs() <= t["tolerance"]) != (t["verdict"] == "holds"),
        "does not fit difference and tolerance",
        "run `make data`",
    ),
    Rule("checks", "rows", named_rows_missing, "names a row that is not there", "run `make data`"),
    Rule(
        "agreement",
        "alpha",
        lambda t, e: (t["low"] > t["alpha"]) | (t["alpha"] > t["high"]) | (t["low"] > t["high"]),
        "is not in the order low, alpha, high",
        "run `make data`",
    ),
    # what is not evidence
    *(rule for table in ("double_coding", "recoded_claims") for rule in span(table)),
    *told_dates("recoded_quantities", "period"),
    *dates("errata", "date"),
    Rule(
        "recoded_quantities",
        "quantity_id",
        lambda t, e: (
            t["quantity_id"].notna()
            & ~t["quantity_id"].isin(
                pd.concat([e.table(name).iloc[:, 0] for name in ("quantities", "prices", "arrivals", "surveys")])
            )
            & ~t["quantity_id"].isin(e.table("excluded")["row_id"])
        ),
        "is in no table",
        "correct the id",
    ),
    Rule(
        "audit_answers",
        "claim_id",
        lambda t, e: (
            t["claim_id"].notna() & ~t["claim_id"].isin([*e.claims["claim_id"], *e.table("excluded")["row_id"]])
        ),
        "is in no table",
        "correct the id",
    ),
    Rule(
        "excluded",
        "row_id",
        lambda t, e: pd.concat(
            [t.loc[t["table"] == name, "row_id"].isin(e.table(name).iloc[:, 0]) for name in t["table"].unique()]
        ).reindex(t.index),
        "is excluded, and stands in its table all the same",
        "take it out of one of the two",
    ),
    Rule(
        "audit_answers",
        "quantity_id",
        lambda t, e: (
            t["quantity_id"].notna()
            & ~t["quantity_id"].isin([*e.quantities["quantity_id"], *e.table("prices")["price_id"]])
            & ~t["quantity_id"].isin(e.table("excluded")["row_id"])
        ),
        "is in no table",
        "correct the id",
    ),
]
