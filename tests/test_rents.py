"""Rents: a statement counts once, unlike sums stay apart, titles fall back, numbers follow from the rows."""

import pandas as pd
import pytest

from lifeline import evidence, figures
from lifeline.evidence import Evidence
from lifeline.fault import NoEvidence
from lifeline.figures import rents as shown
from lifeline.findings import rents
from lifeline.reports import BORDER, ELSEWHERE, reports


@pytest.fixture(scope="module")
def known() -> Evidence:
    return evidence.read()


def changed(known: Evidence, table: str, change) -> Evidence:
    """The same evidence with one table changed."""
    return Evidence(lambda name: change(known.table(name).copy()) if name == table else known.table(name))


def doubled(rows: pd.DataFrame, key: str, which: pd.Series, **other: str) -> pd.DataFrame:
    """The table with some of its rows once more, under other keys."""
    again = rows[which].assign(**{key: rows.loc[which, key] + "-again"}, **other)
    return pd.concat([rows, again], ignore_index=True)


# ------------------------------------------------------------------------------ counted once


def test_a_sum_that_is_printed_again_counts_once(known: Evidence):
    more = changed(known, "quantities", lambda q: doubled(q, "quantity_id", q["matter"].notna()))
    for compute in (rents.costs_of_being_caught, rents.official_pay, rents.shares):
        assert len(compute(more)) == len(compute(known))


def test_a_report_that_is_printed_again_counts_once(known: Evidence):
    more = changed(known, "claims", lambda c: doubled(c, "claim_id", c["theme"] == "rent_seeking"))
    for compute in (rents.rent_reports, rents.security_reports, rents.purge_reports, rents.interior_on_money):
        assert compute(more).value == compute(known).value
    before, after = (shown.rents_by_year.frame(e) for e in (known, more))
    pd.testing.assert_frame_equal(before.drop(columns=["row"]), after.drop(columns=["row"]))


def test_reports_abroad_are_left_out(known: Evidence):
    assert "abroad" not in set(rents.rents(known)["zone"])
    assert len(rents.rents(known)) < len(known.claims.query("theme == 'rent_seeking'"))


def test_a_report_counts_once_in_a_panel_whatever_its_places(known: Evidence):
    frame = shown.rents_by_year.frame(known)
    said = frame[frame["direction"].isin(rents.DIRECTIONS)]
    claims = rents.rents(known, actor=rents.SECURITY).dropna(subset=["direction", "year"])
    for direction, rows in said.groupby("direction"):
        assert rows["reports"].sum() == claims.loc[claims["direction"] == direction, "echo_group"].nunique()
        assert (rows["others"] <= rows["reports"]).all()


def test_every_crackdown_is_marked(known: Evidence):
    frame = shown.rents_by_year.frame(known)
    marked = frame[frame["direction"] == shown.CRACKDOWN]
    events = known.events[known.events["category"] == "crackdown"]
    assert sorted(marked["row"]) == sorted("events:" + events["event_id"])


# ------------------------------------------------------------------------------ unlike sums apart


def test_demanded_paid_usual_and_fined_never_share_a_panel(known: Evidence):
    quantities = known.quantities.set_index("quantity_id")
    frame = shown.caught.frame(known)
    for panel, rows in frame.groupby("panel"):
        keys = [row.split()[0].removeprefix("quantities:") for row in rows["row"]]
        measures = set(quantities.loc[keys, "measure"])
        assert measures == ({"official_wage"} if panel == shown.PAY else {measure_of(str(panel))})


def measure_of(panel: str) -> str:
    return next(measure for measure, name in rents.PRICES.items() if name == panel)


def test_crossings_passes_posts_and_films_are_not_among_the_costs_of_being_caught(known: Evidence):
    assert set(rents.costs_of_being_caught(known)["matter"]) <= set(rents.CAUGHT)
    other = known.quantities["matter"].isin(["travel", "media", "register", "levy", "cover", "caught_leaving"])
    assert other.sum() > 20
    priced = set(rents.costs_of_being_caught(known)["quantity_id"])
    assert not priced & set(known.quantities.loc[other, "quantity_id"])


def test_pay_before_and_after_the_raise_is_kept_apart(known: Evidence):
    before, after = (rents.official_pay(known, after=later) for later in (False, True))
    assert before["period_start"].max() < "2023-10" <= after["period_start"].min()
    assert not set(before["quantity_id"]) & set(after["quantity_id"])
    assert set(before["matter"]) | set(after["matter"]) <= set(rents.OFFICIAL_PAY)
    labels = set(shown.pay_and_takings.frame(known)["what"])
    assert labels == {shown.BEFORE, shown.AFTER, shown.TAKEN}


def test_old_and_new_won_are_never_mixed(known: Evidence):
    prices = known.prices.set_index("price_id")
    rates = rents.market(known)
    for year, row in rates.iterrows():
        for column in ("usd_rows", "rice_rows"):
            if isinstance(row[column], list):
                won = set(prices.loc[[name.removeprefix("prices:") for name in row[column]], "won"])
                assert won == {"old" if int(str(year)) < 2010 else "new"}


def test_a_year_without_a_price_of_rice_has_no_kilograms(known: Evidence):
    without = changed(known, "prices", lambda p: p[~((p["item"] == "rice") & p["date"].str.startswith("2017"))])
    frame = shown.caught_sums.frame(without)
    assert (frame.loc[frame["year"] == 2017, "rice"] == "").all()
    assert (shown.caught_sums.frame(known).query("year == 2017")["rice"] != "").all()
    assert "2017" in shown.without_rice(frame)


# ------------------------------------------------------------------------------ titles, absences


@pytest.mark.parametrize(
    ("entry", "spoil"),
    [
        (shown.caught, lambda f: f.assign(low=f["low"].where(f["panel"] == shown.PAY, 20.0))),
        (shown.bribed, lambda f: f.assign(percent=f["percent"].where(f["last"] > 2000, 60.0))),
    ],
)
def test_a_title_falls_back_to_describing(known: Evidence, entry: figures.Figure, spoil):
    frame = entry.frame(known)
    assert entry.title.of(frame) == entry.title.states
    assert entry.title.of(spoil(frame)) == entry.title.otherwise


def test_what_the_text_calls_missing_is_missing(known: Evidence):
    """No dated sum for being caught from inland, and no inland report of cover for money."""
    assert set(rents.costs_of_being_caught(known)["zone"]) == {"border"}
    with pytest.raises(NoEvidence):
        reports(rents.rents(known, topic="protection", place=ELSEWHERE))
    assert rents.interior_tolerant(known).value == 1


def test_state_security_leads_in_every_form(known: Evidence):
    frame = shown.rents_by_actor.frame(known)
    leading = frame.loc[frame.groupby("topic")["reports"].idxmax(), "actor"]
    assert set(leading) == {"state security"}


def test_provinces_without_a_report_are_named(known: Evidence):
    frame = shown.rents_by_province.frame(known)
    assert set(frame["province"]) | set(frame.attrs["none"]) == set(known.provinces["province"])
    assert not set(frame["province"]) & set(frame.attrs["none"])
    assert frame.attrs["none"][0] in shown.unreported(frame)


# ------------------------------------------------------------------------------ numbers from the rows


def printed(known: Evidence, key: str) -> pd.Series:
    return known.quantities.set_index("quantity_id").loc[key]


def test_the_largest_demand_in_dollars(known: Evidence):
    row = printed(known, "dailynk-2022-01-spy-charge-ransom-ko-c1-q1")
    rate = known.exchange_rates.query("year == 2021 and currency == 'CNY'")["per_usd"].iloc[0]
    assert rents.caught(known, "most", "bribe_demanded").value == pytest.approx(row["point"] / rate)


def test_the_smallest_fine_in_dollars_rice_and_pay(known: Evidence):
    row = printed(known, "northkoreatech-2011-06-fines-c1-q2")
    p = known.prices[(known.prices["kind"] == "market") & known.prices["date"].str.startswith("2011")]
    middle = p["point"].fillna(p[["low", "high"]].mean(axis=1)).astype(float).groupby(p["item"]).median()
    assert rents.caught(known, "least", "fine").value == pytest.approx(row["low"] / middle["usd"])
    assert rents.caught_rice(known, "least").value == pytest.approx(row["low"] / middle["rice"], rel=0.05)
    colonel = printed(known, "sundayjournal-2005-04-army-pay-ko-c1-q3")["point"]
    old = known.prices[(known.prices["item"] == "usd") & (known.prices["kind"] == "market")]
    old = old[old["date"].str.startswith("2005")]
    dollar = old["point"].fillna(old[["low", "high"]].mean(axis=1)).astype(float).median()
    least = printed(known, "dailynk-x-x-loyalty-funds-c2-q1")["point"]
    assert rents.caught_any(known, "least").value == least < rents.caught(known, "least", "fine").value
    assert rents.caught_least_in_pay(known).value == pytest.approx(least / (colonel / dollar))


def test_the_smallest_sum_is_the_smallest_of_every_kind(known: Evidence):
    ends = ["dollars_low", "dollars", "dollars_high"]
    assert rents.caught_any(known, "least").value == rents.costs_of_being_caught(known)[ends].min().min()
    assert rents.caught_sums_reports(known).value < rents.caught_sums_all(known).value


def test_a_price_that_was_over_does_not_stand_as_the_price_of_its_year(known: Evidence):
    frame = shown.caught.frame(known)
    earlier = frame[frame["row"].str.contains("dailynk-2021-x-ryanggang-80-arrested-ko-c2-q1")]
    assert earlier["matter"].str.endswith("formerly").all()
    assert len(earlier) == frame["matter"].str.endswith("formerly").sum() == 1


def test_a_pay_survey_that_two_texts_print_counts_once(known: Evidence):
    pay = rents.official_pay(known, after=True)
    assert (pay["originator"] == "AsiaPress").sum() == 1


def test_a_report_with_a_place_is_not_among_those_without(known: Evidence):
    claims = rents.rents(known)
    placed = set(claims.loc[claims["zone"].isin(["border", "interior", "capital"]), "echo_group"])
    assert rents.rent_reports_in(known, "unplaced").value == claims["echo_group"].nunique() - len(placed)


def test_reports_by_place_recounted(known: Evidence):
    c = known.claims[(known.claims["theme"] == "rent_seeking") & (known.claims["zone"] != "abroad")]
    group = c["doc_id"].map(known.documents.set_index("doc_id")["echo_group"])
    assert rents.rent_reports(known).value == group.nunique()
    assert rents.rent_reports_in(known, "border").value == group[c["zone"] == "border"].nunique()
    inland = c["zone"].isin(["interior", "capital"])
    assert rents.rent_reports_in(known, "elsewhere").value == group[inland].nunique()
    table = shown.rents_by_place.frame(known).set_index("topic")
    arrests = c["topic"] == "arrest"
    assert table.at["arrest", "border"] == group[arrests & (c["zone"] == "border")].nunique()
    assert BORDER in set(rents.rents(known)["place"])


def test_without_the_largest_source_the_founding_facts_shrink(known: Evidence):
    less = known.without("Daily NK")
    assert rents.other_visits(less, "reports").value < rents.other_visits(known, "reports").value / 3
    assert rents.other_cut(less, "reports").value > rents.other_cut(known, "reports").value / 2


def test_a_group_of_unknown_size_has_no_interval(known: Evidence):
    assert rents.bribed(known, "2016-2020").low is None
    frame = shown.bribed.frame(known)
    assert frame.loc[frame["group"] != shown.EVERYBODY, ["low", "high"]].isna().all().all()
    whole = rents.bribed_all(known)
    assert whole.low is not None
    assert whole.low < whole.value < whole.high
    assert whole.base == 5278


def test_the_share_that_upi_took_for_the_officers_is_not_among_them(known: Evidence):
    assert "UPI" not in set(rents.shares(known)["originator"])
    assert not rents.shares(known)["quantity_id"].str.startswith("upi-").any()
