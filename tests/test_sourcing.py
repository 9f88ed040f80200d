"""Sourcing: what counts once, titles that fall back, the key numbers made again from the rows, many findings."""

import pandas as pd
import pytest

from lifeline import book, evidence, figures, findings, reports, style
from lifeline.estimate import Estimate, sources, standing
from lifeline.fault import NoEvidence
from lifeline.figures import sourcing as shown
from lifeline.findings import Finding
from lifeline.findings import sourcing as found


@pytest.fixture(scope="module")
def known() -> evidence.Evidence:
    return evidence.read()


def altered(known: evidence.Evidence, table: str, rows: pd.DataFrame) -> evidence.Evidence:
    """The evidence with another table in place of one."""
    return evidence.Evidence(lambda name: rows if name == table else known.table(name))


# --------------------------------------------------------------------------------- the counting rules


def test_an_echo_counts_once_for_its_originator(known):
    """A claim of an informant put into a further printing of its text adds no report."""
    before = found.number_of_informants_reports(known).value
    claims, documents = known.claims, known.documents
    echoes = documents[documents["copy_of"].isna()].groupby("echo_group")["doc_id"].agg(list)
    told = claims[claims["claim_id"].isin(found.informants(known)["claim_id"])]
    group = documents.set_index("doc_id")["echo_group"]
    first = next(row for _, row in told.iterrows() if len(echoes[group[row["doc_id"]]]) > 1)
    other = next(name for name in echoes[group[first["doc_id"]]] if name != first["doc_id"])
    again = first.to_frame().T.assign(claim_id="again", doc_id=other).astype(claims.dtypes)
    assert found.number_of_informants_reports(altered(known, "claims", pd.concat([claims, again]))).value == before
    alone = documents[
        documents["copy_of"].isna() & ~group[documents["doc_id"]].isin(group[told["doc_id"]]).to_numpy()
    ]
    fresh = first.to_frame().T.assign(claim_id="new", doc_id=alone["doc_id"].iloc[0]).astype(claims.dtypes)
    more = found.number_of_informants_reports(altered(known, "claims", pd.concat([claims, fresh]))).value
    assert more == before + 1


def test_no_copy_stands_behind_a_number_on_reports_or_relays(known):
    copies = set(known.documents.loc[known.documents["copy_of"].notna(), "doc_id"])
    assert not copies & set(found.informants(known)["doc_id"])
    assert not copies & set(found.relays(known)["doc_id"])
    for shown_one in (shown.informants, shown.coverage, shown.echoes):
        assert not copies & set(book.each(shown_one.frame(known)["doc_id"]))


@pytest.mark.parametrize(
    ("printed", "half"), [(27.5, 0.05), (0.25, 0.005), (999, 0.5), (110, 0.5), (1000, 500), (1_510_000, 5_000)]
)
def test_a_printed_number_may_be_half_a_unit_of_its_last_digit_away(printed: float, half: float):
    assert found.half_unit(printed) == pytest.approx(half)


def test_a_printing_is_retold_or_a_copy_or_neither(known):
    d, t = known.documents, found.printings(known)
    assert t["retold"].sum() == (d["copy_of"].isna() & d["derived_from"].notna()).sum()
    assert t["copies"].sum() == d["copy_of"].notna().sum()


def test_the_first_printing_is_no_copy_and_not_retold_and_the_earliest_and_the_one_named():
    columns = ["doc_id", "copy_of", "derived_from", "published", "originator"]
    rows = [
        ["copied", "named", None, "2001", "A"],
        ["retold", None, "named", "2002", "B"],
        ["later", None, None, "2004", "C"],
        ["beside", None, None, "2003", "D"],
        ["named", None, None, "2003", "E"],
    ]
    documents = pd.DataFrame(rows, columns=columns).assign(echo_group="named", outlet="one", language="ko")
    (text,) = found.printings(evidence.Evidence({"documents": documents}.__getitem__)).to_dict("records")
    assert (text["originator"], text["published"]) == ("E", "2001")
    assert (text["documents"], text["copies"], text["retold"]) == (5, 1, 1)
    assert text["doc_id"].split() == ["named", "beside", "later", "retold"]


def test_each_text_has_all_its_printings(known):
    t = found.printings(known)
    assert t["documents"].sum() == len(known.documents)
    assert t["copies"].sum() == known.documents["copy_of"].notna().sum()
    frame = shown.echoes.frame(known)
    drawn = frame.groupby("echo_group")["documents"].sum()
    assert (drawn == t.set_index("echo_group")["documents"][drawn.index]).all()
    assert (frame["documents"] >= 0).all()


def test_reports_join_rows_and_documents_of_a_group_and_agree_or_not():
    claims = pd.DataFrame(
        {
            "claim_id": ["a", "b", "c"],
            "echo_group": ["x", "x", "y"],
            "doc_id": ["d1", "d1", "d2"],
            "year": pd.array([2011, 2010, 2012], dtype="Int64"),
            "originator": ["late", "early", "other"],
            "group": ["g", "g", "h"],
            "kind": ["press"] * 3,
            "direction": ["hostile", "mixed", None],
            "place": ["border provinces", "border provinces", "abroad"],
            "row": ["claims:a", "claims:b", "claims:c"],
            "order": [1, 0, 2],
        }
    )
    frame = reports.reports(claims).set_index("echo_group")
    assert frame.loc["x", ["claims", "year", "originator", "direction", "place", "row", "doc_id"]].to_list() == [
        2, 2010, "early", "mixed", "border provinces", "claims:b claims:a", "d1",
    ]  # fmt: skip
    assert frame.loc["y", "direction"] == "mixed"
    assert list(reports.reports(claims, ["place"])["place"]) == ["border provinces", "abroad"]


def test_a_report_is_that_of_the_document_it_is_named_for_not_of_one_that_retells_it_the_same_year():
    claims = pd.DataFrame(
        {
            "claim_id": ["a", "b"],
            "echo_group": ["x", "x"],
            "doc_id": ["a-paper", "x"],
            "year": pd.array([2011, 2011], dtype="Int64"),
            "originator": ["retells", "said it"],
            "group": ["retells", "said it"],
            "kind": ["press"] * 2,
            "direction": ["hostile"] * 2,
            "place": ["border provinces"] * 2,
            "row": ["claims:a", "claims:b"],
            "order": [1, 0],
        }
    )
    assert list(reports.reports(claims)["group"]) == ["said it"]


def test_claims_stand_in_the_order_of_years_and_before_those_that_retell_them(known):
    claims = known.lines(reports.told).sort_values("order")
    assert claims["year"].dropna().is_monotonic_increasing
    assert claims["order"].is_unique
    retold = (claims["doc_id"] != claims["echo_group"]).groupby(claims["year"])
    assert retold.apply(lambda later: later.is_monotonic_increasing).all()


def test_who_retells_an_outlets_informant_is_not_its_originator(known):
    """An informant said to speak to an outlet, or an outlet's own survey, stands with that outlet."""
    t = found.informants(known)
    said = t["informant"].fillna("").where(~t["informant"].fillna("").str.startswith("AsiaPress"), "")
    for words, group in (
        ("via Daily NK", "Daily NK"),
        ("via RFA", "Radio Free Asia"),
        ("Daily NK survey", "Daily NK"),
    ):
        assert set(t.loc[said.str.contains(words, regex=False), "group"]) == {group}
    aggregators = t[t["originator"] == "NK Economy Watch"]
    assert aggregators["doc_id"].map(known.documents.set_index("doc_id")["relays"]).isna().all()


# ------------------------------------------------------------------------- numbers made again from rows


def test_the_share_of_the_northeast_is_that_of_the_rows(known):
    claims = known.claims[known.claims["province"].notna()]
    group = claims["doc_id"].map(known.documents.set_index("doc_id")["echo_group"])
    here = claims["province"].isin(["North Hamgyong", "Rason", "Ryanggang"])
    assert found.region_of_reports(known, "northeast").count == group[here].nunique()
    assert found.region_of_reports(known, "northeast").base == group.nunique()


def test_origins_add_up_to_all_arrivals_and_population_to_the_census(known):
    t = found.origins(known)
    assert set(t["area"]) == set(found.AREAS) == set(found.population(known).index)
    assert t["persons"].sum() == 30_212
    assert t.set_index("area").loc["Ryanggang", "persons"] == 23_138 - 18_665
    assert (t["persons"] > 0).all()
    assert found.population(known).sum() == known.provinces["population_2008"].sum()
    assert set(known.provinces["province"]) == set(found.AREA_OF)


def test_outlets_in_effect():
    assert found.in_effect(pd.Series([3, 3, 3])) == pytest.approx(3)
    assert found.in_effect(pd.Series([100, 1])) == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize(
    ("low", "point", "high", "answer", "fate"),
    [
        (None, 61.8, None, 61.8, "same"),
        (None, 62, None, 61.8, "rounded"),
        (None, 26, None, 26.6, "other"),
        (None, 300e6, None, 299.78e6, "rounded"),
        (None, 2941e6, None, 294.1e6, "other"),
        (60, None, None, 63.5, "rounded"),
        (None, None, 60, 63.5, "other"),
    ],
)
def test_what_becomes_of_a_number(low, point, high, answer, fate):
    missing = [float("nan") if value is None else value for value in (low, point, high)]
    assert found.fate(*missing, answer) == fate


def test_relays_compare_only_the_same_measure_year_and_unit(known):
    t = found.relays(known)
    measure = known.surveys.set_index("survey_id")["measure"]
    survey = t["row"].str.extract(r"surveys:(\S+)")[0]
    assert (survey.map(measure) == t["measure"]).all()
    assert (t["unit"] == survey.map(known.surveys.set_index("survey_id")["unit"])).all()
    assert not (t["doc_id"] == t["doc_id_asked"]).any()
    q = known.quantities[known.quantities["base_n"].notna() | known.quantities["sample_n"].notna()]
    q = q[q["originator"] == "NKDB"]
    seen = set(zip(q["doc_id"], q["period_end"].str.slice(0, 4).astype(int), strict=True))
    beside = [(row.doc_id, row.year) in seen for row in t.itertuples()]
    assert list(~t["no_base"]) == beside
    later, released = (found.relayed_when(known, when) for when in ("later", "with-the-release"))
    assert later.base + released.base == len(t)
    assert later.count + released.count == found.relayed(known, "same").count
    shares = [found.relayed(known, what) for what in ("same", "rounded", "other")]
    assert sum(e.count for e in shares) == len(t) == shares[0].base


def test_each_mean_of_2022_goes_with_a_total_and_not_with_the_other(known):
    first, second = (found.pair_2022(known, place) for place in ("first", "second"))
    assert abs(first.value) < 2
    assert abs(second.value) < 2
    assert first.base == second.base == 71
    assert 4.01e6 * 71 / 208e6 > 1.3


def test_mislabeled_means_are_of_the_years_that_the_chapter_names(known):
    t = found.means_printed(known)
    wrong = t["note"].str.startswith(found.MISLABELED).fillna(False)
    years = t["period_end"].str.slice(0, 4)
    assert set(years[wrong]) == {"2018", "2019", "2022"}
    assert wrong[years == "2018"].all()


def test_altered_words_are_in_no_other_copy_than_they_say(known):
    t = known.table("altered_words")
    copy_of = known.documents.set_index("doc_id")["copy_of"]
    assert (t["copy"].map(copy_of) == t["doc_id"]).all()
    assert t["altered"].str.split().map(len).max() <= 6
    assert (t["original"].notna() == t["paragraph"].notna()).all()
    stated = found.read_in_altered_copy(known)
    report = known.claims[known.claims["doc_id"] == t["doc_id"].iloc[0]]
    assert (stated.count, stated.base) == (report["read_in"].notna().sum(), len(report))


# ------------------------------------------------------------------------------------------- titles


@pytest.mark.parametrize(
    ("entry", "spoil"),
    [
        (shown.informants, lambda f: f[f["outlet"] != "other outlets"]),
        (shown.coverage, lambda f: f.assign(reports=f["population"])),
    ],
)
def test_a_title_falls_back_when_its_finding_is_gone(known, entry, spoil):
    frame = entry.frame(known)
    assert entry.title.of(frame) == entry.title.states
    assert entry.title.of(spoil(frame)) == entry.title.otherwise


def test_a_reading_under_the_other_label_is_told_apart_from_a_sum_that_holds(known):
    frame = shown.totals.frame(known)
    holds = frame[frame["verdict"] == "holds"]
    assert holds["times"].between(0.99, 1.01).all()
    assert set(frame["verdict"]) == {"holds", "fails", "other reading"}


# --------------------------------------------------------------------------- without one source, many


@pytest.fixture
def crowd(known, monkeypatch) -> int:
    """A registry of very many findings on real rows, with one, several and many sources."""

    def count(evidence: evidence.Evidence, topic: str) -> Estimate:
        return reports.number_of_reports(reports.said_by(evidence, topic=topic), topic)

    def median(evidence: evidence.Evidence, measure: str) -> Estimate:
        q = evidence.quantities
        q = q[(q["measure"] == measure) & q["point"].notna()]
        if q.empty:
            raise NoEvidence(measure)
        return Estimate(float(q["point"].median()), "percent", "", "", tuple("quantities:" + q["quantity_id"]))

    many = {}
    for number in range(20):
        for kind, codes, function in (
            ("reports", known.claims["topic"], count),
            ("median", known.quantities["measure"], median),
        ):
            for code in codes.value_counts().index[:5]:
                name = f"{kind}-of-{code}-{number}"
                many[name] = Finding(name, "A finding", "crowd", lambda e, c=code, f=function: f(e, c), 0)  # type: ignore[misc]
    monkeypatch.setattr(found, "registry", lambda: many)
    return len(many)  # fmt: skip


def test_the_forest_stays_readable_with_very_many_findings(known, crowd):
    frame = shown.without_one.frame(evidence.Evidence(known.table))  # what others derived is of another registry
    assert frame["finding"].nunique() == crowd == 200
    drawing = shown.without_one.draw(frame)
    assert drawing.get_size_inches()[1] < 11
    names = [text.get_text() for axes in drawing.axes for text in axes.texts]
    assert len([name for name in names if name.startswith("median-of")]) <= shown.NAMED
    assert str(crowd) in figures.said(shown.without_one.note, frame)
    style.variants(drawing, "without-one")


def test_a_finding_without_its_only_source_has_nothing_left(known):
    frame = shown.without_one.frame(known)
    alone = frame[frame["sources"] == 1]
    assert len(alone) == alone["finding"].nunique()
    assert set(alone["finding"]) - set(shown.tested(frame)["finding"]) == set(
        alone[alone["left"].isna()]["finding"]
    )
    other = alone[alone["left"].notna()]  # a least or largest value, which passes to another source
    assert set(other["finding"]) <= set(shown.tested(frame)["finding"])
    counted = shown.grades.frame(known).set_index("chapter").loc["all", "alone"]
    assert counted == alone["left"].isna().sum()


def test_leave_one_out_agrees_with_the_standing_of_each_finding(known, monkeypatch):
    """The figure and the cards say the same of a finding."""
    entry = findings.registry()["informants-reports"]
    monkeypatch.setattr(found, "registry", lambda: {entry.name: Finding(entry.name, "", "crowd", entry.compute, 0)})
    fresh = evidence.Evidence(known.table)  # nothing that an earlier test derived
    frame = found.without_each(fresh).set_index("without")["left"]
    behind = standing(entry.compute, fresh)
    assert len(frame) == found.MOST
    for group, left in frame.items():
        assert behind.without[str(group)] == left


def test_movers_leave_out_counts_and_what_hardly_moves():
    frame = pd.DataFrame(
        {
            "finding": ["a", "a", "b", "b", "c", "c", "d", "e", "e"],
            "unit": ["percent"] * 4 + ["reports"] * 2 + ["percent"] * 3,
            "value": [1.0] * 9,
            "sources": [2] * 6 + [1, 2, 2],
            "without": ["x", "y"] * 3 + ["x", "x", "y"],
            "left": [1.5, 1.0, 1.01, 1.0, 0.1, 0.9, None, None, 1.0],
            "of_full": [1.5, 1.0, 1.01, 1.0, 0.1, 0.9, None, None, 1.0],
        }
    )
    assert list(shown.movers(frame)["finding"]) == ["a"]
    assert "which is so for 1 more." in shown.moved(frame)
    assert shown.farthest(frame[frame["finding"] == "a"])["without"] == "x"


def test_every_other_finding_is_counted_in_a_grade_or_has_no_source(known):
    frame = shown.grades.frame(known).set_index("chapter")
    others = [entry for entry in findings.registry().values() if entry.chapter != found.SOURCING]
    assert frame.loc["all", "findings"] == len(others)
    graded = frame.loc["all", ["a", "b", "c", "d"]].sum()
    bare = sum(sources(entry.compute(known).rows, known).empty for entry in others)
    assert graded + bare == len(others)


def test_who_imports_a_registry_depends_on_every_module_of_it():
    source = "from lifeline.findings import finding, registry\n"
    assert "lifeline.findings.channels" in book.imports(source)
    assert "lifeline.findings.channels" not in book.imports("from lifeline.findings import finding\n")


def test_a_count_of_documents_is_traced_to_their_originators(known):
    names = [f"documents:{name}" for name in known.documents["doc_id"].head(3)]
    assert list(sources(tuple(names), known)["doc_id"]) == list(known.documents["doc_id"].head(3))
