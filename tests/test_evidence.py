"""data/ keeps its rules, and each rule refuses what it forbids."""

import shutil
import unicodedata
from pathlib import Path

import pandas as pd
import pytest

from lifeline import evidence
from lifeline.check import RULES, check
from lifeline.evidence import Evidence, read, read_table, schema


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return Path(shutil.copytree(evidence.DATA, tmp_path / "data", ignore=shutil.ignore_patterns("builders")))


def rewrite(folder: Path, table: str, row: int, column: str, value: str) -> None:
    path = folder / f"{table}.csv"
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    rows.loc[row, column] = value
    rows.to_csv(path, index=False, lineterminator="\n")


def test_the_data_keep_every_rule():
    assert check() == []


@pytest.mark.parametrize(
    ("table", "column", "value", "word"),
    [
        ("surveys", "measure", "evr_sent", "enum"),
        ("surveys", "year", "last year", "type"),
        ("surveys", "value", "", "required"),
        ("surveys", "year", "1899", "minimum"),
        ("surveys", "doc_id", "nowhere-2020-01-none", "not found"),
        ("surveys", "originator", "Nobody", "not found"),
        ("arrivals", "persons", "-5", "minimum"),
        ("documents", "published", "20.3.2019", "pattern"),
    ],
)
def test_a_bad_cell_is_refused_with_its_place(data: Path, table: str, column: str, value: str, word: str):
    rewrite(data, table, 3, column, value)
    faults = [fault for fault in check(data) if fault.file == f"data/{table}.csv"]
    assert len(faults) >= 1
    assert any(fault.row == 5 and word in fault.rule for fault in faults), list(map(str, faults))
    if word != "not found":
        assert any(fault.column == column for fault in faults)


def test_every_fault_is_named_not_only_the_first(data: Path):
    rewrite(data, "surveys", 3, "measure", "evr_sent")
    rewrite(data, "surveys", 9, "unit", "precent")
    rewrite(data, "arrivals", 2, "sex", "none")
    assert {(f.file, f.row) for f in check(data)} == {
        ("data/surveys.csv", 5),
        ("data/surveys.csv", 11),
        ("data/arrivals.csv", 4),
    }


def test_an_unknown_column_is_refused(data: Path):
    path = data / "surveys.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([lines[0] + ",extra", *(line + "," for line in lines[1:])]) + "\n", encoding="utf-8")
    assert any(f.file == "data/surveys.csv" and "extra" in f"{f.column}{f.rule}" for f in check(data))


def test_a_missing_column_is_refused(data: Path):
    path = data / "outlets.csv"
    pd.read_csv(path, dtype=str).drop(columns="kind").to_csv(path, index=False, lineterminator="\n")
    assert any(f.file == "data/outlets.csv" for f in check(data))


def test_a_missing_file_is_refused(data: Path):
    (data / "arrivals.csv").unlink()
    assert [(f.file, f.rule) for f in check(data)] == [("data/arrivals.csv", "is missing")]


@pytest.mark.parametrize("table", ["surveys", "outlets", "exchange_rates"])
def test_an_empty_table_is_refused(data: Path, table: str):
    path = data / f"{table}.csv"
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    assert any(f.file == f"data/{table}.csv" and f.rule == "has no rows" for f in check(data))


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        (lambda raw: b"\xef\xbb\xbf" + raw, "byte order mark"),
        (lambda raw: raw.replace(b"\n", b"\r\n"), "carriage returns"),
        (lambda raw: raw.replace(b"NKDB", "한국".encode("cp949"), 1), "not UTF-8"),
        (lambda raw: raw.replace(b"NKDB", b"NK\x00DB", 1), "NUL"),
        (lambda raw: raw.rstrip(b"\n"), "line end"),
        (lambda raw: raw.replace(b"NKDB", unicodedata.normalize("NFD", "한국").encode(), 1), "normal form"),
        (
            lambda raw: b"".join(reversed(raw.splitlines(True)[1:])).join([raw.splitlines(True)[0], b""]),
            "out of order",
        ),
    ],
)
def test_a_bad_file_is_refused(data: Path, spoil, rule: str):
    path = data / "outlets.csv"
    path.write_bytes(spoil(path.read_bytes()))
    faults = check(data)
    assert any(f.file == "data/outlets.csv" and rule in f.rule for f in faults), list(map(str, faults))


@pytest.mark.parametrize("cell", ["=1+1", "@SUM(A1)", "+cmd", "-x", "\tx"])
def test_a_cell_that_a_spreadsheet_would_run_is_refused(data: Path, cell: str):
    rewrite(data, "surveys", 3, "note", cell)
    assert [(f.row, f.column, f.rule) for f in check(data)] == [(5, "note", "begins like a formula")]


def test_a_negative_number_is_no_formula(data: Path):
    rewrite(data, "surveys", 3, "note", "-5.2")
    assert check(data) == []


def test_a_bad_file_does_not_hide_the_faults_of_others(data: Path):
    path = data / "outlets.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    rewrite(data, "surveys", 3, "measure", "evr_sent")
    assert {"data/outlets.csv", "data/surveys.csv"} <= {f.file for f in check(data)}


def test_a_repeated_key_is_refused(data: Path):
    rewrite(data, "surveys", 3, "survey_id", read_table("surveys", data)["survey_id"][4])
    assert any(f.file == "data/surveys.csv" and "the same as in the row" in f.rule for f in check(data))


def row_of(table: str, **wanted: object) -> int:
    rows = read_table(table)
    for column, value in wanted.items():
        rows = rows[rows[column].isna()] if value is None else rows[rows[column] == value]
    return int(rows.index[0])


BREAKS = [
    ("documents", "published", "calendar", {"date_basis": "shown"}, {"published": "2019-13"}),
    ("surveys", "fieldwork_start", "calendar", {"year": 2022}, {"fieldwork_start": "2022-02-30"}),
    ("surveys", "fieldwork_end", "calendar", {"year": 2022}, {"fieldwork_end": "2022-11-31"}),
    ("arrivals", "period_start", "calendar", {"kind": "part of a year"}, {"period_start": "2001-00"}),
    ("arrivals", "period_end", "calendar", {"kind": "part of a year"}, {"period_end": "2012-14"}),
    (
        "surveys",
        "survey_id",
        "only answer",
        {"quality": "superseded"},
        {"quality": "ok"},
    ),
    ("surveys", "sample_n", "sample of the other", {"sample_n": 399}, {"sample_n": "398"}),
    ("surveys", "value", "number of people", {"unit": "persons"}, {"value": "999"}),
    # the rule's column and words, then the row that is changed and how
    ("documents", "url", "copy", {"copy_of": None}, {"copy_of": "yna-2022-10-nkdb"}),
    ("documents", "published", "date_basis", {"date_basis": "shown"}, {"published": ""}),
    ("documents", "relays", "originator", {"relays": "NKDB"}, {"relays": "NKDB;Nobody"}),
    ("surveys", "unit", "measure", {"measure": "fee_paid"}, {"unit": "KRW"}),
    ("surveys", "value", "above 100", {"measure": "fee_paid"}, {"value": "333.5"}),
    ("surveys", "count", "more people", {"count": 256}, {"count": "500"}),
    ("surveys", "base_n", "sample", {"base_n": 71}, {"base_n": "7100"}),
    ("surveys", "value", "count / base_n", {"count": 272}, {"value": "26.6"}),
    ("surveys", "band_high", "below", {"band_low": 21}, {"band_high": "12"}),
    ("surveys", "band_low", "measure", {"measure": "fee_paid"}, {"band_low": "21"}),
    ("surveys", "fieldwork_end", "before", {"year": 2022}, {"fieldwork_end": "2021-01-02"}),
    ("surveys", "year", "published", {"year": 2010, "originator": "NKDB"}, {"year": "2025"}),
    ("surveys", "doc_id", "is a copy", {"doc_id": "yna-2022-10-nkdb"}, {}),
    ("arrivals", "period_end", "before", {"kind": "part of a year"}, {"period_end": "1999-01"}),
    ("arrivals", "period_start", "kind", {"kind": "cumulative"}, {"period_start": "1998"}),
    ("arrivals", "period_end", "calendar year", {"kind": "year"}, {"period_end": "2003-04"}),
    ("arrivals", "period_end", "published", {"kind": "cumulative"}, {"period_end": "2026"}),
    ("arrivals", "doc_id", "is a copy", {"doc_id": "newsis-2026-02-223"}, {}),
    (
        "arrivals",
        "persons",
        "another value",
        {"period_end": "2025", "quality": "final", "sex": "total"},
        {"quality": "final"},
    ),
]


@pytest.mark.parametrize(("table", "column", "says", "where", "change"), BREAKS)
def test_each_rule_over_columns_refuses_what_it_forbids(data, table, column, says, where, change):
    row = row_of(table, **where)
    for name, value in change.items():
        rewrite(data, table, row, name, value)
    if says == "is a copy":
        document = row_of("documents", doc_id=where["doc_id"])
        rewrite(data, "documents", document, "copy_of", "yonhap-2021-12-nkdb")
        rewrite(data, "documents", document, "url", "")
    if says == "another value":
        rewrite(
            data,
            table,
            row_of(table, kind="year", period_end="2025", sex="total", quality="preliminary"),
            "quality",
            "final",
        )
    faults = check(data)
    wanted = (f"data/{table}.csv", column)
    assert any((f.file, f.column) == wanted and says in f.rule for f in faults), list(map(str, faults))


def test_every_rule_over_columns_is_broken_once_above():
    for rule in RULES:
        assert any((t, c) == (rule.table, rule.column) and says in rule.says for t, c, says, _, _ in BREAKS), rule


def test_a_fault_names_file_row_column_value_rule_and_mend(data: Path):
    rewrite(data, "surveys", row_of("surveys", measure="fee_paid"), "value", "333.5")
    (fault,) = check(data)
    text = str(fault)
    for part in ("data/surveys.csv", f"row {fault.row}", "column value", "333.5", "above 100", "correct"):
        assert part in text


def test_tables_are_typed_by_the_schema():
    surveys = read().surveys
    assert surveys["base_n"].dtype == "Int64"
    assert surveys["value"].dtype == "Float64"
    assert surveys["base_n"].isna().any()


def test_only_the_tables_that_are_asked_for_are_read():
    known = read()
    assert known.outlets.shape[0] > 0
    assert set(known.used) == {"outlets"}


def test_without_drops_a_whole_independence_group():
    known = read().without("Daily NK")
    assert not set(known.documents["originator"]) & {"Daily NK", "Daily NK Japan"}
    assert "NKDB" in set(known.surveys["originator"])


def test_every_column_and_code_is_described():
    for resource in schema().values():
        for column in resource["schema"]["fields"]:
            assert len(column["description"]) > 10
            codes = column.get("constraints", {}).get("enum", [])
            assert [entry["value"] for entry in column.get("categories", [])] == codes


def test_evidence_is_read_from_where_it_is_told(data: Path):
    rewrite(data, "surveys", row_of("surveys", measure="fee_paid"), "value", "33.3")
    assert 33.3 in set(read(data).surveys["value"])
    assert isinstance(read(data), Evidence)
