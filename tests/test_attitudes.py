"""The chapter on attitudes counts reports once, for who said them first, and never more than the rows carry."""

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifeline import evidence
from lifeline.evidence import DATA, Evidence
from lifeline.fault import NoEvidence
from lifeline.figures import Figure
from lifeline.figures import attitudes as shown
from lifeline.findings import attitudes as found


@pytest.fixture(scope="module")
def known() -> Evidence:
    return evidence.read()


@pytest.fixture(scope="module")
def raw() -> pd.DataFrame:
    """Views with their documents, joined here anew from the files."""
    read = {name: pd.read_csv(DATA / f"{name}.csv", dtype=str) for name in ("claims", "views", "documents")}
    claims = read["claims"].merge(read["views"].drop(columns="note"), on="claim_id")
    claims = claims.merge(read["documents"][["doc_id", "published", "echo_group", "copy_of"]], on="doc_id")
    return claims[(claims["first"] == "view") & (claims["second"] == "view")]


def changed(known: Evidence, name: str, table: pd.DataFrame) -> Evidence:
    return Evidence(lambda wanted: table if wanted == name else known.table(wanted))


# ------------------------------------------------------------------------------------- counting


def test_an_echo_group_is_one_report_and_a_copy_is_none(known: Evidence, raw: pd.DataFrame):
    marks = shown.views_by_year.frame(known).query("label in @shown.PANELS")
    assert marks["report"].is_unique
    dated = raw[raw["published"].notna()]
    assert len(marks) == dated["echo_group"].nunique() == found.views_reports(known).value
    assert len(marks) < len(dated) / 2, "claims are not counted as reports"
    copies = set(known.documents.loc[known.documents["copy_of"].notna(), "doc_id"])
    assert not {doc for cell in marks["doc_id"] for doc in cell.split()} & copies


def test_one_more_printing_of_a_report_changes_no_count(known: Evidence):
    claims, views = known.claims, known.table("views")
    again = claims[claims["claim_id"] == "rfa-2020-06-rally-envy-ko-c1"].assign(
        claim_id="rfa-2020-06-rally-envy-ko-c99"
    )
    judged = views[views["claim_id"] == "rfa-2020-06-rally-envy-ko-c1"].assign(
        claim_id="rfa-2020-06-rally-envy-ko-c99"
    )
    more = changed(known, "claims", pd.concat([claims, again]))
    more = changed(more, "views", pd.concat([views, judged]))
    for name in (found.views_reports, lambda e: found.views_pointing(e, "favorable")):
        assert name(more).value == name(known).value


def test_directions_recomputed_from_the_files(known: Evidence, raw: pd.DataFrame):
    ended = raw["period_end"].str[:4].astype(float)
    own_time = raw[~(ended < raw["published"].str[:4].astype(float) - 1)]
    ways = own_time[own_time["published"].notna()].groupby("echo_group")["direction"].agg(set)
    favorable = sum("favorable" in way and "hostile" not in way for way in ways)
    hostile = sum("hostile" in way and "favorable" not in way for way in ways)
    assert found.views_pointing(known, "favorable").value == favorable
    assert found.views_pointing(known, "hostile").value == hostile
    assert found.views_pointing(known, "both-ways").value == len(ways) - favorable - hostile


@pytest.mark.parametrize(
    ("directions", "expected"),
    [
        (["favorable", "mixed"], "favorable"),
        (["hostile", "mixed"], "hostile"),
        (["favorable", "hostile"], "both ways"),
        (["mixed"], "both ways"),
    ],
)
def test_a_report_points_one_way_only_if_nothing_in_it_points_the_other(directions: list[str], expected: str):
    assert found.pointing(directions) == expected


def test_what_looks_back_does_not_turn_a_report(known: Evidence):
    reports = found.seen(known).set_index("echo_group")
    assert "claims:dailynk-2018-05-no-longer-traitors-c7" not in reports.at[found.FOUNDING_2018, "row"].split()
    assert reports.at[found.FOUNDING_2018, "direction"] == "favorable"


@pytest.mark.parametrize(
    ("ended", "looks_back"), [("{0}", False), ("{1}", False), ("{1}-01", False), ("{2}", True), ("{2}-12-31", True)]
)
def test_a_claim_looks_back_if_what_it_is_about_ended_before_the_year_before(
    known: Evidence, ended: str, looks_back: bool
):
    claim = found.judged(known).query("published.notna()").iloc[0]
    years = [int(claim["published"][:4]) - ago for ago in range(3)]
    mine = known.claims["claim_id"] == claim["claim_id"]
    table = known.claims.assign(period_end=known.claims["period_end"].mask(mine, ended.format(*years)))
    judged = found.judged(changed(known, "claims", table)).set_index("claim_id")
    assert judged.at[claim["claim_id"], "looking_back"] == looks_back


@pytest.mark.parametrize("year", [2019, 2020, 2021])
def test_documents_collected_rest_on_just_as_many_documents(known: Evidence, year: int):
    counted = found.documents_collected(known, year)
    behind = known.documents.set_index("doc_id").loc[[row.removeprefix("documents:") for row in counted.rows]]
    assert len(behind) == counted.value > 0
    assert behind["published"].str.startswith(f"{year}").all()


def test_every_claim_under_the_topics_is_judged(known: Evidence):
    claims = known.claims.query("theme == 'attitudes'")
    topics = ["envy", "respect_status", "marriage", "sympathy", "ostracism", "hostility"]
    assert set(claims.loc[claims["topic"].isin(topics), "claim_id"]) <= set(known.table("views")["claim_id"])


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("view", "view", "view"),
        ("view", "wealth", "wealth"),
        ("wealth", "view", "wealth"),
        ("closed", "state", "state"),
        ("kin", "other", "kin"),
        ("view", None, "view"),
    ],
)
def test_a_claim_is_a_view_only_if_both_readings_say_so(first: str, second: str | None, expected: str):
    table = pd.DataFrame(
        {"first": [first], "second": [second], "first_tells": ["better"], "second_tells": ["better"]}
    )
    row = found.settled(table).iloc[0]
    assert row["counts_as"] == expected
    assert pd.notna(row["tells"]) == (expected == "view")


def test_a_change_is_told_only_if_both_readings_say_so():
    table = pd.DataFrame(
        {"first": "view", "second": "view", "first_tells": ["better", None], "second_tells": [None, "worse"]}
    )
    assert found.settled(table)["tells"].isna().all()


def test_agreement_of_the_readings_recomputed(known: Evidence):
    views = pd.read_csv(DATA / "views.csv", dtype=str).dropna(subset="second")
    agree = found.readings_agree(known)
    assert (agree.count, agree.base) == ((views["first"] == views["second"]).sum(), len(views))
    differ = (views["first"] == "view") ^ (views["second"] == "view")
    assert found.readings_differ(known).count == differ.sum()
    alone = [found.views_favorable_by(known, reading) for reading in ("first", "second")]
    assert all(estimate.base >= found.views_reports(known).value for estimate in alone)


def test_reports_of_those_who_left_alone_are_told_apart(known: Evidence):
    of_families, every = found.views_of_families(known), found.views_pointing(known, "favorable")
    alone = shown.views_listed.frame(known).query("whom == 'leavers' and when != 'not dated'")
    assert every.base - of_families.base == len(alone) > 0
    assert alone["tells_of"].str.endswith(shown.ONLY_LEAVERS).all()


# ---------------------------------------------------------------------------------- leave-one-out


@pytest.mark.parametrize(
    "relay", ["kmib-2015-04-divorce", "mbn-2016-10-halla-jargon", "news21-2020-07-perception-worse"]
)
def test_without_daily_nk_its_relays_are_gone_too(known: Evidence, relay: str):
    def rows(e: Evidence) -> str:
        return " ".join(found.seen(e)["doc_id"])

    assert relay in rows(known)
    assert relay not in rows(known.without("Daily NK"))


def test_the_favorable_majority_outside_2020_stays_without_any_outlet(known: Evidence):
    frame = shown.views_without.frame(known)
    that_year = frame["in_2020"].str.split(", ", expand=True).astype(int)
    favorable = frame["favorable"] - that_year[0]
    others = frame["reports"] - that_year.sum(axis=1)
    assert (favorable > others / 2).all()
    assert frame.set_index("left_out").at["without Radio Free Asia", "in_2020"].startswith("0,")


def test_leaving_an_outlet_out_agrees_with_the_table(known: Evidence):
    frame = shown.views_without.frame(known).set_index("left_out")["reports"]
    for group in found.OUTLETS.values():
        assert found.views_reports(known.without(group)).value == frame[f"without {group}"]


def test_what_the_prose_calls_all_is_all(known: Evidence):
    worse = found.views_telling_worse_summer(known)
    assert worse.count == worse.base == found.views_telling(known, "worse").value
    with pytest.raises(NoEvidence):
        found.views_pointing_in(known.without("Daily NK"), "favorable", "elsewhere")


def test_backlash_in_summer_2020_rests_on_one_outlet(known: Evidence):
    assert found.summer_2020_backlash_originators(known).value == 1
    with pytest.raises(NoEvidence):
        found.summer_2020_backlash(known.without("Radio Free Asia"))


# -------------------------------------------------------------------------------- founding reports


def test_the_weight_of_the_report_of_june_2020(known: Evidence):
    claims = pd.read_csv(DATA / "claims.csv", dtype=str)
    documents = pd.read_csv(DATA / "documents.csv", dtype=str).set_index("doc_id")
    published = claims["doc_id"].map(documents["published"]).fillna(claims["period_end"])
    year = claims[(claims["theme"] == "attitudes") & published.str.startswith("2020").fillna(False)]
    own = year["doc_id"].map(documents["echo_group"]) == found.FOUNDING_2020
    estimate = found.claims_2020_from_one_report(known)
    assert (estimate.count, estimate.base) == (own.sum(), len(year))


def test_what_was_read_in_a_copy_is_said_wherever_it_is_shown(known: Evidence):
    claims = known.claims[known.claims["doc_id"] == "rfa-2020-06-envy-of-remittances"]
    assert claims.loc[claims["province"] == "Ryanggang", "read_in"].notna().all()
    copied = set(claims.loc[claims["read_in"].notna(), "claim_id"])
    for table in (shown.summer_2020_table, shown.sayings_table):
        frame = table.frame(known)
        from_copy = [bool({row.removeprefix("claims:") for row in cell.split()} & copied) for cell in frame["row"]]
        assert any(from_copy)
        assert (frame["said_by"].str.endswith("†") == pd.Series(from_copy)).all()
        assert (frame["source"].str.contains("†") == pd.Series(from_copy)).all()
        assert "altered copy" in table.note


def test_the_founding_reports_are_no_witness_for_themselves(known: Evidence):
    for statement, (_, topics) in found.STATEMENTS.items():
        rows = {row.split(":")[1] for row in found.others_say(known, statement).rows}
        claims = known.claims[known.claims["claim_id"].isin(rows)]
        groups = claims["doc_id"].map(known.documents.set_index("doc_id")["echo_group"])
        assert not set(groups) & {found.FOUNDING_2018, found.FOUNDING_2020}
        assert set(claims["topic"]) <= set(topics)


def test_hostile_reports_of_summer_2020_stand_against_a_campaign_that_failed(known: Evidence):
    frame = shown.founding_tested.frame(known).set_index("statement")
    row = frame.loc[found.STATEMENTS["backlash"][0]]
    hostile = found.summer_2020(known, "hostile").value
    assert row["against"] >= hostile > 0
    assert "Daily NK" in row["against_by"]


# ---------------------------------------------------------------------------------------- campaigns


def test_every_state_campaign_is_shown_or_none(known: Evidence):
    events = known.events.query("category == 'state_campaign'")
    frame = shown.campaigns_table.frame(known)
    assert list(frame["event"].sort_values()) == list(events["event"].sort_values())
    marked = shown.views_by_year.frame(known).query("label == @shown.CAMPAIGN")
    assert len(marked) == len(events) == found.number_of_campaigns(known).value
    silent = (frame["views"] == shown.NOTHING).sum()
    assert found.campaigns_silent(known).value == silent


def test_a_date_without_a_month_is_in_no_window():
    first, last = pd.Timestamp("2020-06-04"), pd.Timestamp("2020-12-04")
    dates = pd.Series(["2020", "2020-06", "2020-06-03", "2020-12-04", "2020-12-05", None])
    assert list(found.within(dates, first, last)) == [False, True, False, True, False, False]


@given(
    dates=st.lists(st.none() | st.from_regex(r"2020(-01(-0[1-4])?)?", fullmatch=True), max_size=20),
    windows=st.lists(
        st.tuples(st.dates(date(2019, 12, 31), date(2020, 1, 4)), st.integers(0, 3).map(timedelta)),
        max_size=20,
    ),
)
def test_dates_are_counted_in_many_windows_as_in_each(dates, windows):
    published = pd.Series(dates, dtype="string")
    ends = pd.DataFrame([(first, first + long) for first, long in windows], columns=["first", "last"])
    ends = ends.astype("datetime64[ns]")
    one_by_one = [found.within(published, row.first, row.last).sum() for row in ends.itertuples()]
    assert list(found.number_within(published, ends)) == one_by_one


# ---------------------------------------------------------------------------------- surveys and map


def test_unlike_questions_never_share_a_series_and_no_interval_is_made_up(known: Evidence):
    frame = shown.surveys_nearby.frame(known)
    surveys = known.surveys.set_index("survey_id")
    for _, rows in frame.groupby("label"):
        keys = [key.split(":")[1] for key in rows["row"]]
        answers = {tuple(surveys.loc[key, ["question", "answer"]]) for key in keys if key in surveys.index}
        assert len(answers) <= 1
        assert len({key in surveys.index for key in keys}) == 1
    for row in frame.itertuples():
        table, key = row.row.split(":")
        source = known.table(table)
        base = source.loc[source.iloc[:, 0] == key, "base_n"].iloc[0]
        assert pd.isna(base) == pd.isna(row.low)


def test_special_cities_are_counted_where_they_are_drawn(known: Evidence):
    frame = shown.attitudes_by_province.frame(known)
    drawn = set(known.provinces["drawn_in"])
    assert set(frame["province"]) == drawn
    claims = known.claims.copy()
    row = claims.index[(claims["theme"] == "attitudes") & claims["province"].isna()][0]
    claims.loc[row, "province"] = "Kaesong"
    moved = shown.attitudes_by_province.frame(changed(known, "claims", claims)).set_index("province")["reports"]
    assert moved["North Hwanghae"] == frame.set_index("province").at["North Hwanghae", "reports"] + 1


def test_a_province_without_a_report_is_hatched(known: Evidence):
    frame = shown.attitudes_by_province.frame(known)
    drawing = shown.attitudes_by_province.draw(frame)
    hatched = [patch for patch in drawing.axes[0].patches if patch.get_hatch()]
    assert len(hatched) == (frame["reports"] == 0).sum() == found.provinces_without(known).value


# -------------------------------------------------------------------------------------------- titles


@pytest.mark.parametrize(
    ("entry", "spoil"),
    [
        (shown.views_by_year, lambda f: f.assign(direction=f["direction"].where(f["year"] != 2020, "favorable"))),
        (shown.standing_and_doors, lambda f: f[f["lane"] != 3]),
        (
            shown.attitudes_by_province,
            lambda f: f.assign(reports=f["reports"].where(~f["province"].isin(found.TWO_PROVINCES), 1)),
        ),
    ],
)
def test_a_title_falls_back_to_describing_when_its_finding_is_gone(known: Evidence, entry: Figure, spoil):
    frame = entry.frame(known)
    assert entry.title.of(frame) == entry.title.states
    assert entry.title.of(spoil(frame)) == entry.title.otherwise != entry.title.states


def test_marriage_counter_reports_are_not_swept_away(known: Evidence):
    frame = shown.standing_and_doors.frame(known)
    assert found.marriage(known, "hostile").value == (frame["lane"] == 1).sum() == 1
    assert "kmib-2015-04-divorce" in frame.loc[frame["lane"] == 1, "doc_id"].iloc[0]
