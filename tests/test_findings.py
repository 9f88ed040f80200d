"""Every finding and figure rests on rows that exist; titles that state a finding are guarded."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable
from functools import cache
from itertools import pairwise

import pandas as pd
import pytest

from lifeline import __version__, book, evidence, figures, findings, style
from lifeline.evidence import schema
from lifeline.figures import Figure, Table
from lifeline.figures import channels as shown
from lifeline.findings import channels


@pytest.fixture(scope="module")
def known() -> evidence.Evidence:
    return evidence.read()


@cache
def keys(table: str) -> set[str]:
    primary = schema()[table]["schema"]["primaryKey"]
    columns = [primary] if isinstance(primary, str) else primary
    return set(evidence.read_table(table)[columns].astype(str).agg(",".join, axis=1))


def unknown_rows(rows: Iterable[str]) -> set[str]:
    """Those of these rows, "table:key", that no table has."""
    parts = {row: row.split(":", 1) for row in rows}
    return {row for row, (table, key) in parts.items() if key not in keys(table)}


@pytest.mark.parametrize("name", sorted(findings.registry()))
def test_a_finding_rests_on_rows_that_exist(known: evidence.Evidence, name: str):
    entry = findings.registry()[name]
    estimate = entry.compute(known)
    assert estimate.rows
    assert not unknown_rows(estimate.rows)
    assert (estimate.low is None) == (estimate.high is None) == (not estimate.interval)
    if estimate.low is not None:
        assert estimate.low <= estimate.value <= estimate.high
    assert len(entry.title) > 20


def test_title_and_period_tell_every_finding_from_the_others(known: evidence.Evidence):
    told = [(entry.title, known.derived(entry.compute).period) for entry in findings.registry().values()]
    assert [finding for finding in told if told.count(finding) > 1] == []


@pytest.mark.parametrize(
    ("written", "words", "title"),
    [
        ("Share of {what}", {"what": "senders"}, "Share of senders"),
        ("Reports on one topic", {"topic": "fraud", "year": "2018"}, "Reports on one topic: fraud"),
        (
            "Commission: least and most",
            {"end": "least", "when": "before 2020"},
            "Commission: least and most; least, before 2020",
        ),
        ("Reports, all or some", {"which": ""}, "Reports, all or some"),
    ],
)
def test_a_title_says_what_was_chosen(written: str, words: dict[str, str], title: str):
    def computed() -> None: ...

    computed.__doc__ = f"{written}.\n\nMore."
    assert findings.title_of(computed, words) == title


@pytest.mark.parametrize(
    ("choices", "value", "words"),
    [
        (("2014-2016",), "2014-2016", "2014 to 2016"),
        (("cut_of-transfer",), "cut_of-transfer", "cut of transfer"),
        ({"rfa": "Radio Free Asia"}, "rfa", "Radio Free Asia"),
        ((2018,), 2018, "2018"),
    ],
)
def test_a_choice_is_told_in_words(choices, value: object, words: str):
    assert findings.in_words(choices, value) == words


@pytest.mark.parametrize("name", sorted(figures.registry()))
def test_what_is_shown_can_be_traced_to_rows(known: evidence.Evidence, name: str):
    fresh = evidence.read()
    frame = figures.registry()[name].frame(fresh)
    assert len(frame) > 0
    if "originator" not in frame:  # it counts the book's own rows: its source is the tables
        assert fresh.used
        assert "Source: {ref}" in book.source_line(frame, fresh)
        return
    assert not unknown_rows(book.each(frame["row"]))
    assert set(book.each(frame["doc_id"])) <= set(known.documents["doc_id"])
    assert set(book.each(frame["originator"], book.ORIGINATORS)) <= set(known.outlets["originator"])


@pytest.mark.parametrize("name", sorted(figures.registry()))
def test_titles_state_what_the_frame_bears_out(known: evidence.Evidence, name: str):
    entry = figures.registry()[name]
    frame = entry.frame(known)
    assert entry.title.of(frame) == figures.said(entry.title.states, frame)


def spoiled(frame: pd.DataFrame, column: str, change: dict[int, float]) -> pd.DataFrame:
    frame = frame.copy()
    for row, value in change.items():
        frame.loc[frame.index[row], column] = value
    return frame


@pytest.mark.parametrize(
    ("entry", "spoil"),
    [
        (shown.sender_share, lambda f: f.assign(low=f["low"] - 30)),
        (shown.fees, lambda f: f.assign(percent=f["percent"].where(f["label"] != "paid", 1.0))),
        (shown.amount_per_sender, lambda f: f.assign(dollars=f["dollars"].where(f["year"] < 2022, 1))),
        (shown.contact, lambda f: f.assign(high=f["high"] + 40)),
        (shown.arrivals, lambda f: f.assign(persons=f["persons"].where(f["year"] != 2009, 5))),
    ],
)
def test_a_title_falls_back_to_describing_when_its_finding_is_gone(known, entry: Figure, spoil):
    frame = spoil(entry.frame(known))
    assert entry.title.of(frame) == entry.title.otherwise != entry.title.states


FIGURES = sorted(name for name, entry in figures.registry().items() if isinstance(entry, Figure))


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_the_same_bytes_each_time_and_uses_only_the_palette(known: evidence.Evidence, name: str):
    entry = figures.registry()[name]
    frame = entry.frame(known)
    once, again = entry.draw(frame), entry.draw(frame)
    first, second = style.variants(once, name), style.variants(again, name)
    assert first == second
    assert set(first) == {"light", "dark", "print"}
    assert len(set(first.values())) == 3
    for drawing in first.values():
        ElementTree.fromstring(drawing)
    once.draw_without_rendering()
    assert once.texts[-1].get_text() == f"Lifeline {__version__}, fig-{name}"
    mark = once.texts[-1].get_window_extent()
    assert once.bbox.contains(*mark.min)
    assert once.bbox.contains(*mark.max)
    assert not any(mark.overlaps(axes.get_tightbbox()) for axes in once.axes), "drawn over the short citation"


def test_a_colour_outside_the_palette_is_refused():
    with pytest.raises(ValueError, match="#123456"):
        style.recolour("fill: #123456", style.DARK)


@pytest.mark.parametrize("name", FIGURES)
def test_alt_text_has_span_and_ends_and_is_not_the_title(known: evidence.Evidence, name: str):
    entry = figures.registry()[name]
    frame = entry.frame(known)
    alt = book.description(entry, frame)
    assert str(frame[entry.x].min()).replace("_", "-") in alt.replace("_", "-")
    assert str(frame[entry.x].max()).replace("_", "-") in alt.replace("_", "-")
    assert entry.y_label in alt
    for label in frame[entry.series].unique():
        assert label in alt
    assert alt != entry.title.of(frame)


def test_unlike_measures_never_share_a_series(known: evidence.Evidence):
    measure = known.surveys.set_index("survey_id")["measure"]
    for entry in figures.registry().values():
        frame = entry.frame(known)
        if isinstance(entry, Table) or entry.name in {"amount-per-sender"} or "row" not in frame:
            continue
        for _, rows in frame.groupby(entry.series):
            names = [name.split(":", 1)[1] for name in book.each(rows["row"]) if name.startswith("surveys:")]
            assert len(set(measure.reindex(names))) <= 1


def test_the_62_percent_are_those_who_ever_sent(known: evidence.Evidence):
    ever, year = channels.ever_sent(known, 2018), channels.sent_in_year(known, 2018)
    assert (ever.count, ever.base) == (256, 414)
    assert (year.count, year.base) == (125, 414)


def test_amount_per_sender_is_total_over_senders(known: evidence.Evidence):
    assert channels.amount_per_sender(known, 2018).value == pytest.approx(328_900_000 / 125)
    rate = known.exchange_rates.query("year == 2018 and currency == 'KRW'")["per_usd"].iloc[0]
    assert channels.amount_per_sender_usd(known, 2018).value == pytest.approx(328_900_000 / 125 / rate)


def test_arrivals_add_up(known: evidence.Evidence):
    """Final yearly counts reproduce the printed cumulative counts between any two years."""
    yearly = channels.counts(known, kind="year", sex="total").set_index("period_end")["persons"]
    to_date = channels.counts(known, kind="cumulative", sex="total").set_index("period_end")["persons"]
    printed = sorted(year for year in to_date.index if len(year) == 4 and year >= "1998")
    assert len(printed) > 6
    for first, last in pairwise(printed):
        between = [str(year) for year in range(int(first) + 1, int(last) + 1)]
        assert to_date[last] - to_date[first] == yearly[between].sum(), (first, last)
    for year in ("2005", "2011", "2019", "2024", "2025"):
        by_sex = channels.counts(known, kind="year", period_end=year).set_index("sex")["persons"]
        assert by_sex["female"] + by_sex["male"] == by_sex["total"]


def test_two_findings_cannot_share_a_name():
    with pytest.raises(ValueError, match="ever-sent-2018"):
        findings.finding("ever-sent-2018")(lambda known: None)


def test_two_figures_cannot_share_a_name():
    with pytest.raises(ValueError, match="fees"):
        figures.keep(shown.fees)
