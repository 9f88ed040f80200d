"""The chapter on channels: reports count once, unlike fees stay apart, titles and verdicts follow the rows."""

from dataclasses import replace

import pandas as pd
import pytest

from lifeline import evidence, findings
from lifeline.figures import channels_checks as checks
from lifeline.figures import channels_reports as shown
from lifeline.findings import channels_reports as found


@pytest.fixture(scope="module")
def known() -> evidence.Evidence:
    return evidence.read()


def changed(known: evidence.Evidence, table: str, change) -> evidence.Evidence:
    """The same evidence with one table changed."""
    return evidence.Evidence(lambda name: change(known.table(name)) if name == table else known.table(name))


def shown_answers(known: evidence.Evidence) -> pd.DataFrame:
    return checks.answers.frame(known).set_index("question")


def copied(rows: pd.DataFrame, key: str, value: str, **columns: object) -> pd.DataFrame:
    """The table with one row once more, under another key."""
    row = rows[rows[key] == value].assign(**{key: value + "-again", **columns})
    return pd.concat([rows, row], ignore_index=True)


# ------------------------------------------------------------------------------------- counting rules


@pytest.mark.parametrize(("years", "out"), [(0, False), (1, False), (2, True), (3, True)])
def test_a_fee_of_two_years_before_its_document_is_looked_back_on(known, years: int, out: bool):
    rows = found.fee_rows(known)
    alone = rows[(rows["left_out"] == "") & (rows.groupby("report")["row"].transform("size") == 1)].iloc[0]
    published = int(known.documents.set_index("doc_id").at[alone["doc_id"], "published"][:4])
    own = known.quantities["quantity_id"] == alone["quantity_id"]
    about = known.quantities["period_end"].mask(own, str(published - years))
    older = found.fee_rows(changed(known, "quantities", lambda rows: rows.assign(period_end=about)))
    told = older.set_index("row").at[alone["row"], "left_out"]
    assert told == ("an earlier level, looked back on" if out else "")


def test_one_report_printed_again_counts_once(known):
    again = changed(
        known,
        "quantities",
        lambda t: copied(t, "quantity_id", "reuters-2012-07-money-brokers-c4-q1", originator="AFP"),
    )
    assert len(found.fee_reports(again)) == len(found.fee_reports(known))
    assert found.number_of_fees(again, "before-2020") == replace(
        found.number_of_fees(known, "before-2020"), rows=found.number_of_fees(again, "before-2020").rows
    )


def test_a_report_counts_for_the_one_that_said_it_first(known):
    reports = found.fee_reports(known).set_index("report")
    assert reports.at["chosun-2011-02-concern", "originator"] == "Chosun Ilbo"
    assert reports.at["reuters-2012-07-money-brokers", "originator"] == "Reuters"
    assert reports.at["rfa-2014-08-route-block", "originator"] == "Radio Free Asia"
    assert "UPI" not in set(reports["originator"])


def test_a_claim_told_twice_in_one_echo_group_is_one_report(known):
    before = found.reports_about(known, "refusal").value
    again = changed(known, "claims", lambda t: copied(t, "claim_id", "dailynk-2022-02-refusal-ko-c1"))
    assert found.reports_about(again, "refusal").value == before == 4


def test_surveys_are_not_counted_as_reports(known):
    for topic in found.TOPICS:
        assert "survey" not in set(found.about(known, topic)["basis"])


def test_the_table_of_reports_adds_up(known):
    frame = shown.channel_reports.frame(known)
    assert (frame[["before", "closed", "since", "undated"]].sum(axis=1) == frame["reports"]).all()
    for row in frame.itertuples():
        topic = {words: name for name, words in found.TOPICS.items()}[row.topic]
        assert found.reports_about(known, topic).value == row.reports


def test_families_that_refused_are_told_of_by_one_source_alone(known):
    assert set(found.about(known, "refusal")["group"]) == {"Daily NK"}


# ------------------------------------------------------------------------------------- unlike fees apart


def test_only_fees_of_the_whole_chain_enter_the_series(known):
    measures = known.quantities.set_index("quantity_id")["measure"]
    keys = [row.removeprefix("quantities:") for cell in found.fee_reports(known)["row"] for row in cell.split()]
    assert set(measures.reindex(keys)) == {"fee_whole_chain"}


@pytest.mark.parametrize(
    ("quantity", "why"),
    [
        ("xuehua-2019-x-economist-c1-q1", "one link"),
        ("montgomery-2007-04-brokering-c2-q1", "not sent from the South"),
        ("rfa-2010-07-funds-c2-q1", "not sent from the South"),
        ("voa-2019-06-four-times-c2-q1", "with what officials take"),
        ("archyde-2025-x-lifeline-c1-q1", "with what officials take"),
        ("asiapress-2021-06-brokers-ko-c1-q2", "an earlier level, looked back on"),
        ("nkinsider-2024-04-more-difficult-c1-q2", "an earlier level, looked back on"),
        ("newspim-x-x-hwagyo-40-c1-q1", "no year"),
        ("asiapress-2021-06-brokers-ko-c1-q1", ""),
        ("rfa-2024-09-triple-burden-c1-q1", ""),
    ],
)
def test_a_row_that_says_otherwise_is_left_out(known, quantity, why):
    rows = found.fee_rows(known).set_index("quantity_id")
    assert rows.at[quantity, "left_out"] == why


def test_no_fee_of_another_channel_is_drawn_with_those_of_the_chain(known):
    drawn = {row for cell in shown.fee_reports_figure.frame(known)["row"] for row in cell.split()}
    assert not drawn & set(shown.fees_apart.frame(known)["row"])


# ----------------------------------------------------------------------------------- key numbers, by hand


def test_the_medians_are_those_of_the_rows(known):
    reports = found.fee_reports(known)
    since = sorted((r.least + r.most) / 2 for r in reports.itertuples() if r.year >= 2020)
    assert found.median_fee(known, "since-2020").value == since[len(since) // 2]
    assert len(since) % 2 == 1
    assert found.number_of_fees(known, "since-2020").value == len(since)


def test_what_one_trader_takes_is_not_the_fee_of_the_chain(known):
    assert "New Daily" not in set(found.fee_rows(known)["originator"])


def test_what_is_left_of_a_sum(known):
    q = known.quantities.set_index("quantity_id")["point"]
    name = "dailynk-2018-x-police-identity-visits-ko-c1-q"
    parts = [float(q[f"{name}{n}"]) / 10_000 for n in (3, 4, 5)] + [float(q[f"{name}1"])]
    assert found.left_in_account(known, 2018).value == 100 - sum(parts) == float(q[f"{name}6"]) / 10_000
    assert found.left_in_account(known, 2020).value == 100 - float(
        q["sisaweekly-2020-11-fee-c1-q2"] + q["sisaweekly-2020-11-fee-c1-q3"]
    )


def test_each_account_adds_up_to_the_whole(known):
    frame = shown.splits_figure.frame(known)
    assert frame.groupby("account")["percent"].sum().round(6).eq(100).all()


def test_accounts_and_survey_means_are_kept_apart(known):
    frame = shown.splits_figure.frame(known)
    survey = frame["row"].str.contains("surveys:")
    assert (frame.loc[survey, "kind"] == shown.MEANS).all()
    assert (frame.loc[~survey, "kind"] != shown.MEANS).all()


def test_arrivals_since_1998_are_the_years_added(known):
    assert found.arrivals_1998_2019(known).value == 33_523 - 947 + 71
    with pytest.raises(found.NoEvidence):
        lacking = changed(known, "arrivals", lambda t: t[~((t["kind"] == "year") & (t["period_end"] == "2005"))])
        found.arrivals_1998_2019(lacking)


def test_ever_is_read_as_ever_and_the_year_as_the_year(known):
    wording = found.printings(known).set_index("doc_id")["wording"]
    assert wording["rfa-2020-06-envy-of-remittances"] == "in the year"
    assert "koreaherald-2020-06-cash-cut" not in wording, "it prints the mean sum of another wave"
    assert wording["newspim-2020-07-carrot-stick"] == "ever"
    assert wording["economist-2019-02-surprising-copy"] == "not said"
    assert found.misreading(known).value == pytest.approx(256 / 125)


def test_every_claim_that_describes_a_link_is_there(known):
    named = {claim for claims in found.DESCRIBED.values() for claim in claims}
    assert named <= set(known.claims["claim_id"])
    parts = {key for _, _, keys in found.SPLITS.values() for key in keys}
    cuts = {key for keys in shown.CUTS.values() for key in keys}
    assert parts | cuts | set(shown.TIMES) <= set(known.quantities["quantity_id"])


# -------------------------------------------------------------------------------- titles and verdicts fall back


def test_the_title_on_fees_falls_back(known):
    entry = shown.fee_reports_figure
    frame = entry.frame(known)
    assert entry.title.of(frame) != entry.title.otherwise
    level = frame["percent"].where((frame["year"] < 2020) | (frame["label"] == shown.SURVEY), 10.0)
    assert entry.title.of(frame.assign(percent=level)) == entry.title.otherwise


def test_the_title_on_fees_needs_more_than_one_source(known):
    """Were all later high reports those of one outlet, the title would not state the difference."""
    frame = shown.fee_reports_figure.frame(known)
    late = (frame["year"] >= 2020) & (frame["label"] != shown.SURVEY)
    low = (
        frame["percent"]
        .mask(late & (frame["group"] != "Daily NK"), 10.0)
        .mask(late & (frame["group"] == "Daily NK"), 90.0)
    )
    assert shown.fee_reports_figure.title.of(frame.assign(percent=low)) == shown.fee_reports_figure.title.otherwise


def test_verdicts_follow_the_counts(known):
    frame = checks.founding_report.frame(known).set_index("printed")
    assert frame.loc["1,047 in the past year", "verdict"] == "holds"
    key = f"{found.FOUNDING}-c31-q2"
    other = changed(known, "quantities", lambda t: t.assign(point=t["point"].mask(t["quantity_id"] == key, 900)))
    again = checks.founding_report.frame(other).set_index("printed")
    assert again.loc["900 in the past year", "verdict"] == "does not hold"


@pytest.mark.parametrize("period", found.PERIODS)
def test_the_median_without_any_one_source_is_that_of_the_evidence_without_it(known, period):
    reports = found.span(known, period)
    left = [found.median_fee(known.without(group), period).value for group in set(reports["group"])]
    left.append(reports.loc[reports["open"] == "", "level"].median())
    assert found.median_lacking(known, "least", period).value == min(left)
    assert found.median_lacking(known, "most", period).value == max(left)


def test_an_earlier_level_is_set_beside_the_present_one_of_the_same_report(known):
    frame = found.then_and_now(known).set_index("report")
    assert frame.at["asiapress-2021-06-brokers-ko", "then"] == 35
    assert frame.at["asiapress-2021-06-brokers-ko", "now"] == 55
    assert frame.at["chosun-2009-02-growing", "now"] < frame.at["chosun-2009-02-growing", "then"]
    assert found.fee_then_and_now(known, "-higher").value == (frame["now"] > frame["then"]).sum() < len(frame)


def test_claims_of_another_matter_are_not_counted(known):
    for topic, claims in found.NOT_COUNTED.items():
        coded = known.claims.set_index("claim_id")["topic"].reindex(claims)
        assert coded.eq(topic).all()
        assert not set(claims) & set(found.about(known, topic)["claim_id"])
    assert not found.about(known, "crackdown_effect")["actor"].eq("south_korea").any()


def test_a_share_that_no_whole_person_gives_has_no_interval(known):
    answers = shown_answers(known).loc["use of the money, as the sender believes", "answers"]
    assert "(" not in answers


# ------------------------------------------------------------------------------------- one chapter, many modules


def test_a_chapter_may_have_several_modules():
    entries = findings.registry()
    assert entries["fee-reports-since-2020"].chapter == entries["ever-sent-2018"].chapter == "channels"
    assert shown.chain.chapter == checks.periods.chapter == "channels"
