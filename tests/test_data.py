"""The data as readers get them: the zip, the codebook; reports counted once."""

import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from lifeline import book, findings, reports
from lifeline.evidence import Evidence, outlines, read, schema
from lifeline.fault import NoEvidence
from lifeline.press import archive


@pytest.fixture(scope="module")
def known() -> Evidence:
    return read()


@pytest.fixture(scope="module")
def unpacked(built, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("package")
    with zipfile.ZipFile(built.root / "_build" / "lifeline-data.zip") as package:
        package.extractall(folder)
    return folder


def test_the_zip_opens_without_our_code(unpacked: Path, known: Evidence):
    from frictionless import Package

    package = Package((unpacked / "datapackage.json").as_posix())
    assert {resource.name for resource in package.resources} == set(schema())
    for resource in package.resources:
        table = pd.read_csv(unpacked / resource.path)
        assert len(table) == len(known.table(resource.name))
        assert list(table.columns) == [field.name for field in resource.schema.fields]
    assert package.get_resource("surveys").validate().valid


def test_the_zip_is_the_same_bytes_each_time(tmp_path: Path):
    first, second = (archive.write(tmp_path / name).read_bytes() for name in ("a.zip", "b.zip"))
    assert first == second


def test_every_table_and_column_is_in_the_codebook(built):
    page = built.page("data")
    for name, resource in schema().items():
        anchor = re.search(r'"anchor":"([\w-]+)"', (built.html / "rows" / f"{name}.js").read_text("utf-8"))
        assert anchor
        assert f'id="{anchor[1]}"' in page, "the explorer leads to the table's place in the codebook"
        for column in resource["schema"]["fields"]:
            assert f"<strong>{column['name']}</strong>" in page, f"{name}.{column['name']}"


def test_every_finding_is_in_the_index(built):
    index = pd.read_csv(built.root / "_build" / "figures" / "findings.csv")
    assert set(index["finding"]) == set(findings.registry())
    assert index["rows"].notna().all()


# --------------------------------------------------------------------------- reports counted once


def test_an_echo_group_counts_once_and_for_its_first_originator(known: Evidence):
    told = reports.told(known)
    doubled = told[told["echo_group"].duplicated(keep=False)]
    one = reports.reports(doubled)
    assert one["echo_group"].is_unique
    assert one["claims"].sum() == len(doubled)
    several = one[one["doc_id"].str.contains(" ")].iloc[0]
    first = doubled[doubled["echo_group"] == several["echo_group"]].sort_values(["year", "claim_id"]).iloc[0]
    assert several["originator"] == first["originator"]
    told_of = ["year", "originator", "group", "kind", "claims", "direction", "place", "row", "doc_id"]
    assert list(one) == ["echo_group", *told_of]


def test_a_copy_is_no_report(known: Evidence):
    copies = set(known.documents.loc[known.documents["copy_of"].notna(), "doc_id"])
    assert copies
    assert not copies & set(reports.told(known)["doc_id"])


def test_a_report_that_says_both_is_mixed():
    claims = pd.DataFrame(
        {
            "report": ["b", "a", "b", None, "a", "b", "c"],
            "direction": ["hostile", "hostile", pd.NA, "hostile", "favorable", "hostile", pd.NA],
        }
    )
    rows, starts = reports.runs(claims, ["report"])
    assert list(rows["report"]) == ["a", "a", "b", "b", "b", "c"], "what belongs to no report is left out"
    assert list(rows["report"].iloc[starts]) == ["a", "b", "c"]
    assert reports.agreed(rows["direction"], starts, "mixed") == ["mixed", "hostile", "mixed"]
    assert reports.joined(rows["report"], starts) == ["a", "b", "c"]


def test_counts_of_reports_say_so_and_need_at_least_one(known: Evidence):
    envy = reports.said_by(known, topic="envy")
    counted = reports.number_of_reports(envy, "reports of envy")
    assert counted.unit == "reports"
    assert counted.value == envy["echo_group"].nunique() < len(envy)
    assert set(counted.rows) == set("claims:" + envy["claim_id"])
    with pytest.raises(NoEvidence):
        reports.said_by(known, topic="no such topic")
    with pytest.raises(NoEvidence):
        reports.number_of_reports(envy.iloc[:0], "nothing")


def test_a_count_of_reports_names_the_years_it_spans(known: Evidence):
    envy = reports.said_by(known, topic="envy")
    first, last = envy["year"].min(), envy["year"].max()
    assert reports.number_of_reports(envy, "envy").period == f"{first} to {last}"
    assert reports.number_of_reports(envy[envy["year"] == first], "envy").period == str(first)


def test_documents_collected_leave_out_copies_and_undated_ones(known: Evidence):
    d = known.documents
    assert reports.collected(known)["documents"].sum() == (d["copy_of"].isna() & d["published"].notna()).sum()


def test_what_is_derived_is_made_once_and_anew_without_a_group(known: Evidence):
    assert known.derived(reports.collected) is known.derived(reports.collected)
    without, anew = known.without("Daily NK"), known.without("Daily NK")
    assert without.derived(reports.collected) is anew.derived(reports.collected)
    assert without.derived(reports.collected)["documents"].sum() < reports.collected(known)["documents"].sum()


def test_lines_without_a_group_are_the_lines_of_the_others(known: Evidence):
    whole, left = known.lines(reports.told), known.without("Daily NK").lines(reports.told)
    assert set(whole["group"]) - set(left["group"]) == {"Daily NK"}
    assert left.equals(whole[whole["group"] != "Daily NK"])
    assert "claims" in known.without("Daily NK").used | known.used


def test_every_province_that_is_drawn_has_an_outline(known: Evidence):
    assert set(known.provinces["drawn_in"]) == set(outlines())


def test_many_documents_are_counted_not_cited():
    few, many = (tuple(f"d{i}" for i in range(n)) for n in (book.FEW, book.FEW + 1))
    assert "cite" in book.read_in(few)
    assert not re.search("cite", book.read_in(many))
    assert str(len(many)) in book.read_in(many)
