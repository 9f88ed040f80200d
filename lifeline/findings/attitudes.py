"""Findings of the chapter "Changing attitudes": what was reported of how families are seen.

A view is a claim that both readings of views.csv call one. A report is an echo group: many printings, one report,
which stands with the originator that said it first. A view that looks back on a time well before its
report is left out of the report's direction.
"""

import numpy as np
import pandas as pd

from lifeline.estimate import FLOOR, Estimate, one, wilson
from lifeline.evidence import Evidence
from lifeline.fault import NoEvidence
from lifeline.findings import finding
from lifeline.method import LEVEL
from lifeline.reports import (
    BORDER,
    ELSEWHERE,
    NOT_TOLD,
    collected,
    each,
    joined,
    names_in,
    number_of_reports,
    runs,
    told,
)

FAVORABLE, HOSTILE, BOTH = "favorable", "hostile", "both ways"
MIXED_PLACES = "several places, or none told"
FOUNDING_2018 = "dailynk-2018-05-no-longer-traitors"
FOUNDING_2020 = "rfa-2020-06-rally-envy-ko"
"""Echo groups of the founding reports; the second holds RFA's Korean and English texts."""
OUTLETS = {"daily-nk": "Daily NK", "rfa": "Radio Free Asia", "asiapress": "AsiaPress"}
TWO_PROVINCES = ["North Hamgyong", "Ryanggang"]
SUMMER_2020 = ("2020-06", "2020-07")
AFTER = pd.DateOffset(months=6)
"""How long after a campaign reports are looked at."""

# ------------------------------------------------------------------------------------------ the rows


STRICT = ["view", "closed", "eased"]
"""What a claim counts as only if both readings say so."""


def settled(table: pd.DataFrame) -> pd.DataFrame:
    """views.csv with counts_as and tells, from its two readings.

    Where the readings differ and one of them is STRICT the claim counts as what the other says; else the first
    stands, as it does where there is no second. A change is told if both readings of a view say so.
    """
    first, second = table["first"], table["second"].fillna(table["first"])
    counts_as = first.where(~first.isin(STRICT) | (first == second), second)
    both = (table["first_tells"] == table["second_tells"]).fillna(False).astype(bool) & (counts_as == "view")
    return table.assign(counts_as=counts_as, tells=table["first_tells"].where(both))


def judged(evidence: Evidence) -> pd.DataFrame:
    """Every claim of `told` that views.csv judges, with its columns and those of `settled`, and looking_back.

    looking_back: what it is about ended in a year more than one before the year of publication.
    """
    table = settled(evidence.table("views")).drop(columns="note")
    claims = evidence.lines(told).merge(table, on="claim_id")
    ended, published = (claims[name].str.slice(0, 4).astype("Int64") for name in ("period_end", "published"))
    return claims.assign(looking_back=(ended < published - 1).fillna(False).astype(bool))


def counted_as(evidence: Evidence, kind: str) -> pd.DataFrame:
    """The claims that count as this kind. Raises NoEvidence if there is none."""
    claims = evidence.derived(judged)
    rows = claims[claims["counts_as"] == kind]
    if rows.empty:
        raise NoEvidence(f"no claim counts as {kind}")
    return rows


def views(evidence: Evidence) -> pd.DataFrame:
    """The claims that are views of their own time."""
    rows = counted_as(evidence, "view")
    return rows[~rows["looking_back"]]


def seen(evidence: Evidence) -> pd.DataFrame:
    """The views as reports, one line an echo group, undated ones last.

    direction: favorable or hostile if no view points the other way, else both ways. place: where its
    views are told of, if that is one place. originators, topic, basis, informant, province, tells, whom: every
    entry, joined by ", ". claims: all its claims on attitudes, of which `views` are views.
    """
    return as_reports(evidence, views(evidence))


def as_reports(evidence: Evidence, claims: pd.DataFrame) -> pd.DataFrame:
    """These views as reports, see `seen`."""
    rows = claims.sort_values(["year", "published", "claim_id"], kind="stable", ignore_index=True)
    attitudes = evidence.lines(told).query("theme == 'attitudes'")["echo_group"].value_counts()
    rows, starts = runs(rows, ["echo_group"])
    entered = ("topic", "basis", "informant", "province", "tells", "whom")
    made = {
        "published": pd.array(each(rows["published"], starts, earliest), "string"),
        "originator": each(rows["originator"], starts, first_to_say),
        "group": each(rows["group"], starts, first_to_say),
        "originators": joined(rows["originator"], starts, ", "),
        "direction": each(rows["direction"], starts, pointing),
        "place": each(rows["place"], starts, single_place),
        **{name: joined(rows[name], starts, ", ") for name in entered},
        "views": np.diff(starts, append=len(rows)),
        "row": joined(rows["row"], starts),
        "doc_id": joined(rows["doc_id"], starts),
    }
    frame = rows[["echo_group", "year"]].iloc[starts].assign(**made)
    return frame.sort_index().assign(claims=frame["echo_group"].map(attitudes)).reset_index(drop=True)


def earliest(dates: list[str]) -> str | None:
    """The first of the dates, if there is one."""
    return min(dates, default=None)


def first_to_say(names: list[str]) -> str:
    """The most frequent of the names, the first of several: a relay does not outweigh who said it first."""
    return max(dict.fromkeys(names), key=names.count)


def pointing(directions: list[str]) -> str:
    """What directions point to together."""
    ways = {FAVORABLE, HOSTILE}.intersection(directions)
    return ways.pop() if len(ways) == 1 else BOTH


def single_place(places: list[str]) -> str:
    """The one place that is told."""
    named = set(places) - {NOT_TOLD}
    return named.pop() if len(named) == 1 else MIXED_PLACES


def dated(evidence: Evidence) -> pd.DataFrame:
    """`seen` without the reports whose year is not known."""
    rows = evidence.derived(seen)
    return rows[rows["year"].notna()]


def counting(reports: pd.DataFrame, describes: str, base: int | None = None) -> Estimate:
    """How many reports these are; `base` of how many. Raises NoEvidence for none."""
    if reports.empty:
        raise NoEvidence(f"no report: {describes}")
    rows = names_in(reports["row"])
    count = None if base is None else len(reports)
    return Estimate(
        float(len(reports)), "reports", period(reports["year"]), describes, rows, count=count, base=base
    )


def period(years: pd.Series) -> str:
    """First and last of the years that are known."""
    known = years.dropna()
    if known.empty:
        return "not dated"
    first, last = int(known.min()), int(known.max())
    return str(first) if first == last else f"{first} to {last}"


def in_summer_2020(published: pd.Series) -> pd.Series:
    """Whether each date lies in June or July 2020; a date without a month does not."""
    return published.str.slice(0, 7).between(*SUMMER_2020).fillna(False).astype(bool)


# --------------------------------------------------------------------------------- how many, by whom


@finding("views-reports")
def views_reports(evidence: Evidence) -> Estimate:
    """Dated reports of how families of people who left, or people who left, are seen."""
    return counting(dated(evidence), "dated reports of views")


@finding("views-undated")
def views_undated(evidence: Evidence) -> Estimate:
    """Reports of views whose year is not known; they are in no figure by year."""
    rows = evidence.derived(seen)
    return counting(rows[rows["year"].isna()], "reports of views without a year")


@finding("views-originators")
def views_originators(evidence: Evidence) -> Estimate:
    """Independent originators of the dated reports of views."""
    rows = dated(evidence)
    of = counting(rows, "")
    return Estimate(float(rows["group"].nunique()), "originators", of.period, "of reports of views", of.rows)


@finding("views-first-year")
def views_first_year(evidence: Evidence) -> Estimate:
    """The year of the earliest dated report of a view."""
    rows = dated(evidence)
    first = rows[rows["year"] == rows["year"].min()]
    return Estimate(float(first["year"].iloc[0]), "year", period(first["year"]), "year", counting(first, "").rows)


@finding("views-from-{outlet}", outlet=OUTLETS)
def views_from(evidence: Evidence, outlet: str) -> Estimate:
    """Dated reports of views that one outlet said first, among all of them."""
    rows = dated(evidence)
    return counting(rows[rows["group"] == OUTLETS[outlet]], f"from {OUTLETS[outlet]}", len(rows))


@finding("views-from-three")
def views_from_three(evidence: Evidence) -> Estimate:
    """Dated reports of views from Daily NK, Radio Free Asia or AsiaPress, among all of them."""
    rows = dated(evidence)
    return counting(rows[rows["group"].isin(OUTLETS.values())], "from the main outlets", len(rows))


@finding("views-anonymous")
def views_anonymous(evidence: Evidence) -> Estimate:
    """Dated reports of views that rest on anonymous informants alone, among all of them."""
    rows = dated(evidence)
    return counting(rows[rows["basis"] == "anonymous_informant"], "anonymous informants alone", len(rows))


@finding("views-counted-informants")
def views_counted_informants(evidence: Evidence) -> Estimate:
    """Reports of views that say how many people told them, among all dated ones."""
    claims = views(evidence)
    telling = set(claims.loc[claims["informant_count"].notna(), "echo_group"])
    rows = dated(evidence)
    return counting(rows[rows["echo_group"].isin(telling)], "number of informants told", len(rows))


@finding("views-two-provinces")
def views_two_provinces(evidence: Evidence) -> Estimate:
    """Dated reports of views that tell of North Hamgyong or Ryanggang, among those that name a province."""
    rows = dated(evidence)
    placed = rows[rows["province"] != ""]
    named = placed["province"].str.contains("|".join(TWO_PROVINCES))
    return counting(placed[named], "views in two provinces", len(placed))


# ------------------------------------------------------------------------------------- what they say


@finding("views-{direction}", direction=(FAVORABLE, HOSTILE, "both-ways"))
def views_pointing(evidence: Evidence, direction: str) -> Estimate:
    """Dated reports of {direction} views of families or of those who left, among all of them."""
    rows = dated(evidence)
    wanted = BOTH if direction == "both-ways" else direction
    return counting(rows[rows["direction"] == wanted], f"{wanted} reports of views", len(rows))


@finding("views-of-families")
def views_of_families(evidence: Evidence) -> Estimate:
    """Favorable reports among the dated ones with a view of families, not only of those who left."""
    rows = dated(evidence)
    rows = rows[rows["whom"].str.contains("families")]
    return counting(rows[rows["direction"] == FAVORABLE], "favorable reports on families", len(rows))


@finding("views-favorable-by-the-{reading}-reading", reading=("first", "second"))
def views_favorable_by(evidence: Evidence, reading: str) -> Estimate:
    """Favorable reports among the dated ones, if one reading alone says what a view is."""
    claims = evidence.derived(judged)
    rows = as_reports(evidence, claims[(claims[reading] == "view") & ~claims["looking_back"]])
    rows = rows[rows["year"].notna()]
    return counting(rows[rows["direction"] == FAVORABLE], f"favorable, {reading} reading", len(rows))


@finding("views-{direction}-{place}", direction=(FAVORABLE, HOSTILE), place=("border", "elsewhere"))
def views_pointing_in(evidence: Evidence, direction: str, place: str) -> Estimate:
    """Dated reports of views that point one way, from the border provinces or from elsewhere."""
    rows = dated(evidence)
    there = rows[rows["place"] == {"border": BORDER, "elsewhere": ELSEWHERE}[place]]
    return counting(there[there["direction"] == direction], f"{direction}, {place}", len(there))


@finding("views-{direction}-2020", direction=(FAVORABLE, HOSTILE, "both-ways"))
def views_pointing_2020(evidence: Evidence, direction: str) -> Estimate:
    """Reports of views published in 2020 that point one way, or both ways."""
    rows = dated(evidence)
    rows = rows[rows["year"] == 2020]
    wanted = BOTH if direction == "both-ways" else direction
    return counting(rows[rows["direction"] == wanted], f"{wanted} reports of 2020", len(rows))


@finding("views-{direction}-other-years", direction=(FAVORABLE, HOSTILE))
def views_pointing_other_years(evidence: Evidence, direction: str) -> Estimate:
    """Dated reports of views outside 2020 that point one way."""
    rows = dated(evidence)
    rows = rows[rows["year"] != 2020]
    return counting(rows[rows["direction"] == direction], f"{direction} reports outside 2020", len(rows))


@finding("views-telling-{change}", change=("better", "worse"))
def views_telling(evidence: Evidence, change: str) -> Estimate:
    """Dated reports whose own source says that families are now seen {change} than before."""
    rows = dated(evidence)
    return counting(rows[rows["tells"].str.contains(change)], f"tell that views are {change}", len(rows))


@finding("views-telling-better-originators")
def views_telling_better_originators(evidence: Evidence) -> Estimate:
    """Independent originators of the reports whose source says that families are now seen better."""
    rows = dated(evidence)
    rows = rows[rows["tells"].str.contains("better")]
    of = counting(rows, "tell that views are better")
    return Estimate(float(rows["group"].nunique()), "originators", of.period, "tell a change", of.rows)


@finding("views-telling-worse-summer-2020")
def views_telling_worse_summer(evidence: Evidence) -> Estimate:
    """Reports that tell of a worsening, published in June or July 2020, among all that tell of one."""
    rows = dated(evidence)
    worse = rows[rows["tells"].str.contains("worse")]
    return counting(worse[in_summer_2020(worse["published"])], "worse, summer 2020", len(worse))


@finding("views-before-the-border-closed")
def views_before(evidence: Evidence) -> Estimate:
    """Dated reports of views published before 2020."""
    rows = dated(evidence)
    return counting(rows[rows["year"] < 2020], "reports before 2020", len(rows))


@finding("documents-collected-{year}", year=(2019, 2020, 2021))
def documents_collected(evidence: Evidence, year: int) -> Estimate:
    """Documents of any theme collected from one year, copies left out."""
    row = one(collected(evidence), year=year)
    d = evidence.documents
    there = d[d["copy_of"].isna() & (d["published"].str.slice(0, 4) == str(year))]
    return Estimate(
        float(row["documents"]), "documents", str(year), "collected", tuple("documents:" + there["doc_id"])
    )


# --------------------------------------------------------------------------- the weight of one report


@finding("claims-2020-from-one-report")
def claims_2020_from_one_report(evidence: Evidence) -> Estimate:
    """Claims on attitudes in documents of 2020 that come from RFA's report of June 2020."""
    claims = evidence.lines(told).query("theme == 'attitudes' and year == 2020")
    return part(claims, claims["echo_group"] == FOUNDING_2020, "claims of 2020 on attitudes")


@finding("backlash-2020-from-one-report")
def backlash_2020_from_one_report(evidence: Evidence) -> Estimate:
    """Claims of 2020 that the campaign worked against its aim that come from RFA's report of June."""
    claims = evidence.lines(told).query("topic == 'backlash_to_campaign' and year == 2020")
    return part(claims, claims["echo_group"] == FOUNDING_2020, "claims of 2020 on backlash")


@finding("read-only-in-a-copy")
def read_only_in_a_copy(evidence: Evidence) -> Estimate:
    """Claims on attitudes of RFA's report of June 2020 that could be read only in an altered copy."""
    claims = evidence.lines(told).query("theme == 'attitudes' and echo_group == @FOUNDING_2020")
    return part(claims, claims["read_in"].notna(), "claims of the report")


def part(claims: pd.DataFrame, chosen: pd.Series, describes: str) -> Estimate:
    """How many of the claims are chosen. Raises NoEvidence for none."""
    rows = claims[chosen]
    if rows.empty:
        raise NoEvidence(f"no claim: {describes}")
    return Estimate(
        float(len(rows)),
        "claims",
        period(rows["year"]),
        describes,
        tuple(rows["row"]),
        count=len(rows),
        base=len(claims),
    )


@finding("not-views-{kind}", kind=("state", "kin", "wealth", "crime", "survey", "other"))
def not_views(evidence: Evidence, kind: str) -> Estimate:
    """Claims under the topics of this chapter that are no views: what they are instead."""
    rows = counted_as(evidence, kind)
    return Estimate(float(len(rows)), "claims", period(rows["year"]), f"count as {kind}", tuple(rows["row"]))


@finding("views-claims")
def views_claims(evidence: Evidence) -> Estimate:
    """Claims that are views of families or of people who left."""
    rows = counted_as(evidence, "view")
    return Estimate(float(len(rows)), "claims", period(rows["year"]), "views", tuple(rows["row"]))


@finding("readings-agree")
def readings_agree(evidence: Evidence) -> Estimate:
    """Claims on attitudes that both readings take for the same thing, among those that both read."""
    claims = evidence.derived(judged)
    twice = claims[claims["second"].notna()]
    return part(twice, twice["first"] == twice["second"], "claims read alike")


@finding("readings-agree-alpha", digits=2)
def readings_alpha(evidence: Evidence) -> Estimate:
    """Krippendorff's alpha between both readings of what a claim on attitudes is."""
    return alpha_of(evidence, {"comparison": "views", "column": "kind", "units": "claims read twice"})


@finding("readings-differ-on-views")
def readings_differ(evidence: Evidence) -> Estimate:
    """Claims that one reading alone calls a view; they count as none."""
    claims = evidence.derived(judged)
    twice = claims[claims["second"].notna()]
    return part(twice, (twice["first"] == "view") != (twice["second"] == "view"), "a view by one reading alone")


@finding("views-looking-back")
def views_looking_back(evidence: Evidence) -> Estimate:
    """Views that look back on a time well before their report; they do not count for its direction."""
    rows = counted_as(evidence, "view")
    rows = rows[rows["looking_back"]]
    return Estimate(float(len(rows)), "claims", period(rows["year"]), "look back", tuple(rows["row"]))


# ------------------------------------------------------------------------- founding reports, tested


STATEMENTS = {
    "envy": ("Families are envied", ["envy"]),
    "standing": ("Families, or those who left, are respected or liked", ["respect_status", "sympathy"]),
    "marriage": ("Families are sought as a match", ["marriage"]),
    "sayings": ("A saying praises them, or kin or life in the South", ["saying"]),
    "backlash": ("A campaign works against its aim", ["backlash_to_campaign"]),
}
"""What the founding reports say, and the topics under which other reports say or deny it."""
AGAINST = ["ostracism", "hostility"]


def on_statement(evidence: Evidence, topics: list[str]) -> pd.DataFrame:
    """The claims on a statement: views under these topics, or all claims where the topic is no view."""
    claims = views(evidence)
    if set(topics) & {"saying", "backlash_to_campaign"}:
        claims = evidence.lines(told)
    return claims[claims["topic"].isin(topics)]


def contrary(evidence: Evidence, statement: str) -> pd.DataFrame:
    """The hostile claims against a statement, those of the founding reports left out.

    They are those under its topics; against standing also shunning and hostility under other topics; against
    a campaign that failed the hostile views of June and July 2020.
    """
    topics = STATEMENTS[statement][1]
    claims = on_statement(evidence, topics + (AGAINST if statement == "standing" else []))
    if statement == "backlash":
        claims = views(evidence)
        claims = claims[in_summer_2020(claims["published"])]
    return claims[(claims["direction"] == HOSTILE) & ~claims["echo_group"].isin([FOUNDING_2018, FOUNDING_2020])]


@finding("others-say-{statement}", statement=tuple(STATEMENTS))
def others_say(evidence: Evidence, statement: str) -> Estimate:
    """Reports other than the founding ones that say what those say of families."""
    claims = on_statement(evidence, STATEMENTS[statement][1])
    return number_of_reports(
        claims[(claims["direction"] == FAVORABLE) & ~claims["echo_group"].isin([FOUNDING_2018, FOUNDING_2020])],
        statement,
    )


@finding("others-say-{statement}-originators", statement=("envy", "marriage", "sayings"))
def others_say_originators(evidence: Evidence, statement: str) -> Estimate:
    """Independent originators, beyond those of the founding reports, that say what those say."""
    claims = on_statement(evidence, STATEMENTS[statement][1])
    claims = claims[(claims["direction"] == FAVORABLE) & ~claims["group"].isin(["Daily NK", "Radio Free Asia"])]
    return number_of_reports(claims.assign(originator=claims["group"]), statement, "originator")


# ------------------------------------------------------------------------- marriage, sayings, doors


@finding("marriage-{direction}", direction=(FAVORABLE, HOSTILE))
def marriage(evidence: Evidence, direction: str) -> Estimate:
    """Reports that such families are sought as a match, or that spouses with such kin are shed."""
    return number_of_reports(matches(evidence, direction), f"marriage, {direction}")


def matches(evidence: Evidence, direction: str) -> pd.DataFrame:
    """Views on marriage; spouses shed also where the topic is ostracism."""
    claims = views(evidence)
    if direction == FAVORABLE:
        return claims[(claims["topic"] == "marriage") & (claims["direction"] == FAVORABLE)]
    return claims[claims["claim_id"].isin(shed(evidence))]


def shed(evidence: Evidence) -> list[str]:
    """Claims of which views.csv notes that a spouse is shed."""
    notes = evidence.table("views").dropna(subset="note").set_index("claim_id")["note"]
    return list(notes.index[notes.str.contains("shed")])


@finding("sayings")
def sayings(evidence: Evidence) -> Estimate:
    """Reports of a saying or nickname that ranks or praises such families or kin in the South."""
    return number_of_reports(sayings_of(evidence), "sayings")


def sayings_of(evidence: Evidence) -> pd.DataFrame:
    """Favorable sayings."""
    claims = evidence.lines(told)
    return claims[(claims["topic"] == "saying") & (claims["direction"] == FAVORABLE)]


@finding("sayings-halla")
def sayings_halla(evidence: Evidence) -> Estimate:
    """Reports of a saying or nickname that names Mount Halla."""
    claims = sayings_of(evidence)
    return number_of_reports(claims[claims["summary"].str.contains("Halla")], "Halla sayings")


@finding("sayings-halla-over-paektu")
def sayings_halla_over_paektu(evidence: Evidence) -> Estimate:
    """Reports of a saying that sets Halla above Paektu."""
    claims = sayings_of(evidence)
    both = claims["summary"].str.contains("Halla") & claims["summary"].str.contains("Paektu")
    above = claims["summary"].str.contains("above|trust|reversing")
    return number_of_reports(claims[both & above], "Halla over Paektu")


@finding("doors-{kind}", kind=("closed", "eased"))
def doors(evidence: Evidence, kind: str) -> Estimate:
    """Reports that party, posts, school, army or class are closed to kin, or are left or made open."""
    return number_of_reports(counted_as(evidence, kind), kind)


# -------------------------------------------------------------------------------------- campaigns


def campaigns(evidence: Evidence) -> pd.DataFrame:
    """Every event of the category state_campaign, with the window `first` to `last` that is looked at.

    The window opens with the event and closes six months after its last day.
    """
    e = evidence.events
    rows = e[e["category"] == "state_campaign"].sort_values(["date", "event_id"])
    first = [pd.Period(date).start_time for date in rows["date"]]
    last = [pd.Period(date).end_time + AFTER for date in rows["end_date"].fillna(rows["date"])]
    return rows.assign(first=first, last=last)


def possible_days(published: pd.Series) -> tuple[pd.Series, pd.Series]:
    """The first and the last day that each date may mean; missing for a date without a month."""
    length = published.str.len()
    known = published.where(length > 4)
    return known.where(length == 10, known + "-01"), known.where(length == 10, known + "-31")


def within(published: pd.Series, first: pd.Timestamp, last: pd.Timestamp) -> pd.Series:
    """Whether each date may lie in the window; a date without a month never does."""
    earliest, latest = possible_days(published)
    there = (latest >= first.strftime("%Y-%m-%d")) & (earliest <= last.strftime("%Y-%m-%d"))
    return there.fillna(False).astype(bool)


def number_within(published: pd.Series, windows: pd.DataFrame) -> np.ndarray:
    """How many of the dates may lie in each window, `first` to `last`; see `within`.

    Sorted and looked up, so that many campaigns and many reports cost their sum and not their product.
    """
    earliest, latest = (np.sort(days.dropna().to_numpy(dtype=str)) for days in possible_days(published))
    first, last = (windows[end].dt.strftime("%Y-%m-%d").to_numpy(dtype=str) for end in ("first", "last"))
    return np.searchsorted(earliest, last, side="right") - np.searchsorted(latest, first, side="left")


def reported_after(evidence: Evidence, campaign: pd.Series) -> pd.DataFrame:
    """Reports of views, and of a campaign that worked against its aim, in the window of a campaign.

    One line a report and `about`: views or backlash.
    """
    window = campaign["first"], campaign["last"]
    reports = evidence.derived(seen)
    claims = evidence.lines(told)
    against = claims[(claims["topic"] == "backlash_to_campaign") & within(claims["published"], *window)]
    backlash = against.groupby("echo_group").agg(
        originator=("originator", "first"),
        row=("row", " ".join),
        doc_id=("doc_id", lambda names: " ".join(dict.fromkeys(names))),
    )
    return pd.concat(
        [
            reports[within(reports["published"], *window)].assign(about="views"),
            backlash.reset_index().assign(about="backlash"),
        ],
        ignore_index=True,
    )


@finding("campaigns")
def number_of_campaigns(evidence: Evidence) -> Estimate:
    """State campaigns among the dated events of the book."""
    rows = campaigns(evidence)
    return Estimate(
        float(len(rows)), "events", period(years_of(rows)), "state campaigns", tuple("events:" + rows["event_id"])
    )


def years_of(rows: pd.DataFrame) -> pd.Series:
    """The years of events."""
    return rows["date"].str.slice(0, 4).astype("Int64")


@finding("campaigns-silent")
def campaigns_silent(evidence: Evidence) -> Estimate:
    """State campaigns after which no view of families was reported in the months that are looked at."""
    rows = campaigns(evidence)
    silent = rows[number_within(evidence.derived(seen)["published"], rows) == 0]
    return Estimate(
        float(len(silent)),
        "events",
        period(years_of(silent)),
        "campaigns without reports",
        tuple("events:" + silent["event_id"]),
        count=len(silent),
        base=len(rows),
    )


@finding("summer-2020-{direction}", direction=(FAVORABLE, HOSTILE, "both-ways"))
def summer_2020(evidence: Evidence, direction: str) -> Estimate:
    """Reports of views from June and July 2020 that point one way, or both ways."""
    rows = dated(evidence)
    rows = rows[in_summer_2020(rows["published"])]
    wanted = BOTH if direction == "both-ways" else direction
    return counting(rows[rows["direction"] == wanted], f"{wanted}, summer 2020", len(rows))


@finding("summer-2020-backlash")
def summer_2020_backlash(evidence: Evidence) -> Estimate:
    """Reports from June and July 2020 that the campaign worked against its aim."""
    return number_of_reports(backlash_of_summer(evidence), "backlash, summer 2020")


@finding("summer-2020-backlash-originators")
def summer_2020_backlash_originators(evidence: Evidence) -> Estimate:
    """Originators that reported in June and July 2020 that the campaign worked against its aim."""
    return number_of_reports(backlash_of_summer(evidence), "backlash, summer 2020", "originator")


def backlash_of_summer(evidence: Evidence) -> pd.DataFrame:
    """Claims of June and July 2020 that the campaign worked against its aim."""
    claims = evidence.lines(told)
    return claims[(claims["topic"] == "backlash_to_campaign") & in_summer_2020(claims["published"])]


# ---------------------------------------------------------------------------------------- surveys

LIKED = {
    "before-2001": "hankyung-2016-08-hanawon-survey-c1-q1",
    "2014-2016": "hankyung-2016-08-hanawon-survey-c1-q2",
}
PAEKTU = {"2011-2015": "yonhaptv-2024-02-mou-report-c1-q1", "2016-2020": "yonhaptv-2024-02-mou-report-c1-q2"}
SUCCESSION = {"by-2015": "yonhaptv-2024-02-mou-report-c1-q3", "from-2016": "yonhaptv-2024-02-mou-report-c1-q4"}
POOL = {
    "women": "asmolov-2024-03-mou-critique-c1-q1",
    "border": "asmolov-2024-03-mou-critique-c1-q2",
    "pyongyang": "asmolov-2024-03-mou-critique-c1-q3",
}
NOT_HELPED = "kdi-2018-04-trust-c1-q1"
TRUSTED_NOBODY = "kdi-2018-04-trust-c1-q3"


def printed_share(evidence: Evidence, quantity_id: str, bound: str = "point") -> Estimate:
    """A share as printed, in percent, with Wilson's interval where its base is printed."""
    row = one(evidence.quantities, quantity_id=quantity_id)
    value, name = float(row[bound]), (f"quantities:{quantity_id}",)
    when = str(row["period_start"]) if pd.notna(row["period_start"]) else str(row["period_end"])
    when += f" to {row['period_end']}" if str(row["period_end"]) != when else ""
    if pd.isna(row["base_n"]):
        return Estimate(value, "percent", when, str(row["base"]), name)
    base = int(row["base_n"])
    low, high = wilson(round(value * base / 100), base)
    return Estimate(value, "percent", when, str(row["base"]), name, low, high, FLOOR, base=base)


@finding("liked-the-south-{arrived}", arrived=tuple(LIKED))
def liked_the_south(evidence: Evidence, arrived: str) -> Estimate:
    """Lower bound of the share of arrivals who had liked the South before leaving, as printed."""
    return printed_share(evidence, LIKED[arrived], "low")


@finding("against-paektu-{left}", digits=1, left=tuple(PAEKTU))
def against_paektu(evidence: Evidence, left: str) -> Estimate:
    """Share of leavers of these years who say that the Paektu line should not stay in power."""
    return printed_share(evidence, PAEKTU[left])


@finding("succession-not-justified-{left}", digits=1, left=tuple(SUCCESSION))
def succession_not_justified(evidence: Evidence, left: str) -> Estimate:
    """Share of leavers of these years who say that the succession was not justified."""
    return printed_share(evidence, SUCCESSION[left])


@finding("ministry-pool-{who}", digits=1, who=tuple(POOL))
def ministry_pool(evidence: Evidence, who: str) -> Estimate:
    """Make-up of the ministry's interviews: women, people from border areas, people from Pyongyang."""
    return printed_share(evidence, POOL[who])


@finding("had-not-helped-2016", digits=1)
def had_not_helped(evidence: Evidence) -> Estimate:
    """Share of those who arrived in 2016 who had not helped friends or neighbors to leave."""
    return printed_share(evidence, NOT_HELPED)


@finding("trusted-nobody-2016", digits=1)
def trusted_nobody(evidence: Evidence) -> Estimate:
    """Share of those who arrived in 2016 who had trusted nobody outside the immediate family."""
    return printed_share(evidence, TRUSTED_NOBODY)


# -------------------------------------------------------------------------------------------- places


def by_province(evidence: Evidence) -> pd.DataFrame:
    """Claims on attitudes that name a province, with the province that it is drawn in."""
    claims = evidence.lines(told).query("theme == 'attitudes'")
    drawn = evidence.provinces.set_index("province")["drawn_in"]
    return claims.assign(drawn_in=claims["province"].map(drawn)).dropna(subset="drawn_in")


@finding("attitudes-reports")
def attitudes_reports(evidence: Evidence) -> Estimate:
    """Reports on attitudes of any kind, surveys among them."""
    return number_of_reports(evidence.lines(told).query("theme == 'attitudes'"), "on attitudes")


@finding("attitudes-reports-with-province")
def attitudes_with_province(evidence: Evidence) -> Estimate:
    """Reports on attitudes that name a province."""
    return number_of_reports(by_province(evidence), "that name a province")


@finding("attitudes-reports-two-provinces")
def attitudes_two_provinces(evidence: Evidence) -> Estimate:
    """Reports on attitudes that tell of North Hamgyong or Ryanggang."""
    claims = by_province(evidence)
    return number_of_reports(claims[claims["drawn_in"].isin(TWO_PROVINCES)], "two provinces")


@finding("provinces-without-attitudes")
def provinces_without(evidence: Evidence) -> Estimate:
    """Provinces drawn on the map of which no report on attitudes tells."""
    provinces = evidence.provinces
    told_of = set(by_province(evidence)["drawn_in"])
    silent = provinces[(provinces["province"] == provinces["drawn_in"]) & ~provinces["province"].isin(told_of)]
    return Estimate(
        float(len(silent)), "provinces", "all years", "without a report", tuple("provinces:" + silent["province"])
    )


# -------------------------------------------------------------------------------------- reliability


@finding("attitudes-alpha-{column}", digits=2, column=("topic", "direction"))
def alpha(evidence: Evidence, column: str) -> Estimate:
    """Krippendorff's alpha between the first and a blind second coding, on matched claims of all themes."""
    return alpha_of(evidence, {"comparison": "second coder", "column": column, "units": "matched claims"})


def alpha_of(evidence: Evidence, wanted: dict[str, str]) -> Estimate:
    """Alpha with its interval from one row of agreement.csv."""
    row = one(evidence.table("agreement"), **wanted)
    return Estimate(
        float(row["alpha"]),
        "alpha",
        "all years",
        f"agreement on {wanted['column']}",
        (f"agreement:{','.join(wanted.values())}",),
        float(row["low"]),
        float(row["high"]),
        f"{LEVEL:.0%} bootstrap interval over documents",
        base=int(row["n"]),
    )
