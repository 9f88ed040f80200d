"""Intervals agree with published worked examples; leave-one-out and grades follow the rows."""

import pandas as pd
import pytest

from lifeline import estimate
from lifeline.estimate import Estimate, difference, grade, one, share, standing, times, wilson
from lifeline.evidence import Evidence, read
from lifeline.fault import NoEvidence


def test_wilson_agrees_with_newcombe_1998a():
    # Newcombe, R. G. (1998), Statistics in Medicine 17, 857-872, table I, method 3
    assert wilson(81, 263) == pytest.approx((25.53, 36.62), abs=0.005)
    assert wilson(15, 148) == pytest.approx((6.24, 16.05), abs=0.005)
    assert wilson(0, 20) == pytest.approx((0, 16.11), abs=0.005)


def test_difference_agrees_with_newcombe_1998b():
    # Newcombe, R. G. (1998), Statistics in Medicine 17, 873-890, table II, method 10: 56/70 - 48/80
    low, high = difference(answer(48, 80), answer(56, 70))
    assert (low, high) == pytest.approx((5.24, 33.39), abs=0.005)


def answer(count: int, base: int) -> Estimate:
    row = pd.Series({"survey_id": "x", "year": 2000, "value": 0, "count": count, "base_n": base})
    return share(row, "")


def test_a_share_without_a_base_has_no_interval():
    row = pd.Series({"survey_id": "x", "year": 2000, "value": 32.0, "count": pd.NA, "base_n": pd.NA})
    assert (share(row, "").low, share(row, "").value) == (None, 32.0)


def test_a_number_of_people_of_an_unknown_base_is_no_share():
    row = pd.Series(
        {"survey_id": "x", "year": 2000, "value": 32.0, "unit": "persons", "count": 32, "base_n": pd.NA}
    )
    with pytest.raises(NoEvidence, match="surveys:x counts people"):
        share(row, "")


def test_a_share_without_a_count_keeps_its_printed_value():
    row = pd.Series({"survey_id": "x", "year": 2000, "value": 47.4, "count": pd.NA, "base_n": 400})
    found = share(row, "")
    assert (found.value, found.count, found.base) == (47.4, None, 400)
    assert (found.low, found.high) == wilson(190, 400)


def test_no_difference_without_intervals():
    with pytest.raises(NoEvidence):
        difference(Estimate(1, "percent", "", "", ()), answer(1, 2))


def test_times_moves_value_and_bounds_and_adds_rows():
    found = times(Estimate(10, "KRW", "", "", ("a",), 5, 20), 0.5, "USD", "b")
    assert (found.value, found.low, found.high, found.unit, found.rows) == (5, 2.5, 10, "USD", ("a", "b"))


@pytest.fixture
def sources() -> Evidence:
    tables = {
        "outlets": pd.DataFrame(
            {
                "originator": ["Paper", "Sister", "Survey"],
                "kind": ["press", "press", "survey body"],
                "independence_group": ["House", "House", "Survey"],
            }
        ),
        "surveys": pd.DataFrame(
            {
                "survey_id": ["a", "b", "c"],
                "originator": ["Paper", "Sister", "Survey"],
                "doc_id": ["d1", "d2", "d3"],
                "value": [1.0, 2.0, 9.0],
            }
        ),
    }
    return Evidence(tables.__getitem__)


def mean(*keys: str):
    def compute(known: Evidence) -> Estimate:
        rows = known.surveys[known.surveys["survey_id"].isin(keys)]
        if rows.empty:
            raise NoEvidence("none")
        names = tuple("surveys:" + rows["survey_id"])
        return Estimate(float(rows["value"].mean()), "percent", "", "", names)

    return compute


def test_leave_one_out_drops_groups_not_titles(sources: Evidence):
    behind = standing(mean("a", "b", "c"), sources)
    assert behind.without == {"House": 9.0, "Survey": 1.5}
    assert behind.documents == ("d1", "d2", "d3")
    assert behind.grade == "A"


def test_a_finding_of_one_source_rests_on_it_alone(sources: Evidence):
    assert standing(mean("c"), sources).without == {"Survey": None}
    assert standing(mean("c"), sources).grade == "B"
    assert standing(mean("a", "b"), sources).grade == "D"


@pytest.mark.parametrize(
    ("counted", "groups", "expected"),
    [({True, False}, 2, "A"), ({True}, 2, "B"), ({True}, 1, "B"), ({False}, 2, "C"), ({False}, 1, "D")],
)
def test_grades(counted: set[bool], groups: int, expected: str):
    assert grade(counted, groups) == expected


def test_one_row_is_one_row_neither_none_nor_two():
    table = pd.DataFrame({"a": ["x", "y", "y"], "b": [1, 2, 3]})
    assert one(table, a="x")["b"] == 1
    assert one(table, a="y", b=3)["b"] == 3
    for wanted in ("y", "z"):
        with pytest.raises(NoEvidence):
            one(table, a=wanted)


def test_a_document_is_its_own_source():
    known = read()
    document = known.documents.iloc[0]
    found = estimate.sources((f"documents:{document['doc_id']}",), known)
    assert found.to_dict("records") == [{"originator": document["originator"], "doc_id": document["doc_id"]}]
