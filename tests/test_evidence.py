"""data/ keeps its rules, and each rule refuses what it forbids."""

import shutil
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from lifeline import evidence
from lifeline.check import broken_rows, check, header_faults, is_unreadable
from lifeline.evidence import Evidence, read, read_table, read_up_to, schema
from lifeline.fault import Fault
from lifeline.rules import RULES, Rule, delicate, has_delicate_claim, of_delicate, placeless


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
        ("surveys", "measure", "evr_sent", "not found"),
        ("surveys", "statistic", "meen", "enum"),
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


def test_a_bad_file_does_not_hide_a_bad_shape(data: Path):
    (data / "provinces.csv").write_text("nothing\n", encoding="utf-8")
    shapes = data / evidence.SHAPES
    shapes.write_text(shapes.read_text(encoding="utf-8").replace("[12", "[11", 1), encoding="utf-8")
    files = {fault.file for fault in check(data)}
    assert {"data/provinces.csv", f"data/{evidence.SHAPES}"} <= files


@pytest.mark.parametrize(
    ("header", "told"),
    [("b a c", ["b"]), ("a b", ["c"]), ("a b c d", ["d"]), ("a b b c", ["b"]), ("a b c", [])],
)
def test_the_header_of_a_bad_file_is_told_in_line_one(header: str, told: list[str]):
    faults = header_faults("data/a.csv", ["a", "b", "c"], header.split())
    assert [(fault.row, fault.column) for fault in faults] == [(1, name) for name in told]


@pytest.mark.parametrize(("row", "column", "is_so"), [(1, "a", True), (2, "a", False), (2, None, True)])
def test_a_bad_file_has_no_cells_if_its_first_line_is_wrong_or_no_column_is_known(row, column, is_so: bool):
    assert is_unreadable(Fault("data/a.csv", row, column, None, "is wrong", "mend it")) == is_so


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
        (lambda raw: raw.replace(b"NKDB", b"NK\x00DB", 1), "nobody sees"),
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
    assert (5, "note", "begins like a formula") in [(f.row, f.column, f.rule) for f in check(data)]


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


def row_of(rows: pd.DataFrame, **wanted: object) -> int:
    """The first row with these values; None stands for an empty cell, ... for any entry."""
    for column, value in wanted.items():
        column_ = rows[column]
        rows = rows[column_.isna() if value is None else column_.notna() if value is ... else column_ == value]
    return int(rows.index[0])


def delicate_row(table: str, **wanted: object) -> int:
    """The first row of a table that belongs to a recent claim about arrests, phones, brokers or protectors."""
    known = read()
    rows = known.table(table)
    marked = {"claims": delicate, "quantities": of_delicate, "documents": has_delicate_claim}[table](rows, known)
    return row_of(rows[marked], **wanted)


@dataclass(frozen=True)
class Break:
    """One way to break a rule: the row that is changed, and how. delicate: a row that harm rules guard."""

    table: str
    column: str
    says: str
    where: dict
    change: dict
    delicate: bool = False


def impossible_dates(table: str, *columns: str) -> list[Break]:
    return [
        Break(table, column, says, {column: ...}, {column: value})
        for column in columns
        for says, value in (
            ("calendar", "2012-13"),
            ("calendar", "2013-02-29"),
            ("time that can be meant", "1899"),
            ("time that can be meant", TO_COME),
        )
    ]


TO_COME = f"{read_up_to()[:8]}{int(read_up_to()[8:]) + 1:02d}"
"""The day after the last day of reading."""
DOCUMENT_OF_COPY = "adbeb034-2013-08-kim-new-tack-copy"
"""Is a copy in the data."""

BREAKS = [
    *impossible_dates("documents", "published"),
    *impossible_dates("origin", "as_of"),
    *impossible_dates("exchange_rates", "rates_up_to"),
    *impossible_dates("double_coding", "period_start", "period_end"),
    *impossible_dates("recoded_claims", "period_start", "period_end"),
    *impossible_dates("errata", "date"),
    *impossible_dates("claims", "period_start", "period_end"),
    *impossible_dates("quantities", "period_start", "period_end"),
    *impossible_dates("surveys", "fieldwork_start", "fieldwork_end"),
    *impossible_dates("arrivals", "period_start", "period_end"),
    *impossible_dates("prices", "date"),
    *impossible_dates("events", "date", "end_date"),
    *(
        Break(table, "doc_id", "is a copy", {}, {"doc_id": DOCUMENT_OF_COPY})
        for table in ("claims", "quantities", "surveys", "arrivals", "prices", "origin", "events")
    ),
    *(
        Break(table, "read_in", "not a copy of", {}, {"read_in": "dailynk-2018-05-no-longer-traitors"})
        for table in ("claims", "quantities", "prices")
    ),
    *(
        Break(table, "period_end", "before", {"period_start": "2014"}, {"period_end": "2013"})
        for table in ("claims", "quantities")
    ),
    *(
        Break(table, "period_end", "published", {"period_end": "2014"}, {"period_end": "2026"})
        for table in ("claims", "quantities")
    ),
    *(
        Break(table, "zone", "zone of the province", {"province": "Ryanggang"}, {"zone": "interior"})
        for table in ("claims", "quantities")
    ),
    *(Break(table, "low", "order", {"low": ..., "high": ...}, {"low": 1e12}) for table in ("quantities", "prices")),
    *(
        Break(table, "point", "without a number", {"low": None, "high": None}, {"point": None})
        for table in ("quantities", "prices")
    ),
    # documents
    Break("documents", "published", "read", {"published": "2024"}, {"published": "2026-11-30"}),
    Break("documents", "url", "copy", {"copy_of": None, "url": ...}, {"copy_of": DOCUMENT_OF_COPY}),
    Break("documents", "published", "date_basis", {"date_basis": "shown"}, {"published": None}),
    Break(
        "documents",
        "published",
        "doc_id",
        {"doc_id": "rfa-2018-x-phone-protection-en"},
        {"published": "2018-03", "note": None},
    ),
    Break("documents", "relays", "originator", {"relays": "NKDB"}, {"relays": "NKDB;Nobody"}),
    Break("documents", "copy_of", "itself", {"copy_of": ...}, {"copy_of": DOCUMENT_OF_COPY}),
    Break("documents", "echo_group", "original", {"copy_of": ...}, {"echo_group": "38north-2025-05-wage-reform"}),
    Break("documents", "title", "names a city", {}, {"title": "회령서 체포"}, delicate=True),
    Break("documents", "note", "names a city", {}, {"note": "seen in Hyesan"}, delicate=True),
    Break("documents", "title", "private person", {}, {"title": "탈북민 김철수씨"}),
    # claims
    Break("claims", "topic", "theme", {"theme": "channels"}, {"topic": "bribe"}),
    Break("claims", "topic", "views.csv", {"topic": "curiosity_south"}, {"topic": "envy"}),
    Break("claims", "direction", "theme", {"theme": "channels"}, {"direction": "hostile"}),
    Break("claims", "city", "cities.csv", {"city": ...}, {"city": "Hyesan;Nowhere"}),
    Break("claims", "city", "finer", {}, {"city": "Hyesan"}, delicate=True),
    Break("claims", "summary", "names a city", {}, {"summary": "Agents in Hoeryong took money."}, delicate=True),
    Break("claims", "informant", "names a city", {}, {"informant": "resident, Hyesan"}, delicate=True),
    Break("claims", "period_start", "finer", {}, {"period_start": "2022-03"}, delicate=True),
    Break("claims", "period_end", "finer", {}, {"period_end": "2022-03"}, delicate=True),
    Break("claims", "summary", "private person", {}, {"summary": "Mrs. Kim was arrested."}),
    Break("claims", "informant", "private person", {}, {"informant": "Mr Kim, resident"}),
    Break("claims", "summary", "40 words", {}, {"summary": "word " * 41}),
    # quantities
    Break("quantities", "unit", "measure", {"measure": "fee_whole_chain"}, {"unit": "KRW"}),
    Break("quantities", "point", "no share", {"measure": "ever_sent", "unit": "percent"}, {"point": 620.0}),
    Break("quantities", "point", "no share", {"measure": "ever_sent", "unit": "percent"}, {"low": 100.5}),
    Break("quantities", "point", "no share", {"measure": "ever_sent", "unit": "percent"}, {"point": 100.5}),
    Break("quantities", "point", "no share", {"measure": "ever_sent", "unit": "percent"}, {"high": 100.5}),
    Break("quantities", "point", "no share", {"measure": "ever_sent", "unit": "percent"}, {"high": -0.5}),
    Break("quantities", "point", "below zero", {"measure": "bribe_paid"}, {"high": -5.0}),
    Break("quantities", "base_n", "sample", {"sample_n": ...}, {"base_n": 999_999}),
    Break("quantities", "converted", "converted_unit", {"converted": None}, {"converted": 5.0}),
    Break("quantities", "matter", "does not fit the measure", {"measure": "bribe_paid"}, {"matter": None}),
    Break("quantities", "matter", "does not fit the measure", {"measure": "ever_sent"}, {"matter": "cover"}),
    Break("quantities", "matter", "does not fit the measure", {"measure": "bribe_paid"}, {"matter": "pay_army"}),
    Break("quantities", "note", "names a city", {}, {"note": "paid in Musan County, 茂山"}, delicate=True),
    Break("quantities", "base", "names a city", {}, {"base": "a resident of Hyesan"}, delicate=True),
    Break("quantities", "period_start", "finer", {}, {"period_start": "2022-03"}, delicate=True),
    Break("quantities", "period_end", "finer", {}, {"period_end": "2022-03"}, delicate=True),
    # surveys
    Break("surveys", "survey_id", "only answer", {"quality": "superseded"}, {"quality": "ok"}),
    Break("surveys", "sample_n", "sample of the other", {"sample_n": 399}, {"sample_n": 398}),
    Break("surveys", "value", "number of people", {"unit": "persons", "count": ...}, {"value": 999.0}),
    Break("surveys", "unit", "unit of the measure", {"measure": "fee_paid"}, {"unit": "KRW"}),
    Break("surveys", "statistic", "statistic", {"measure": "fee_paid"}, {"statistic": "share"}),
    Break("surveys", "value", "no percentage", {"measure": "fee_paid"}, {"value": 333.5}),
    Break("surveys", "count", "more people", {"count": 256}, {"count": 500}),
    Break("surveys", "base_n", "sample", {"base_n": 71}, {"base_n": 7100}),
    Break("surveys", "value", "count / base_n", {"count": 272}, {"value": 26.6}),
    Break("surveys", "band_high", "below", {"band_low": 21}, {"band_high": 12.0}),
    Break("surveys", "band_low", "measure", {"measure": "fee_paid"}, {"band_low": 21.0}),
    Break(
        "surveys", "fieldwork_end", "before", {"year": 2022, "originator": "NKDB"}, {"fieldwork_end": "2021-01-02"}
    ),
    Break("surveys", "year", "published", {"year": 2010, "originator": "NKDB"}, {"year": 2025}),
    # arrivals
    Break("arrivals", "period_end", "before", {"kind": "part of a year"}, {"period_end": "1999-01"}),
    Break("arrivals", "period_start", "kind", {"kind": "cumulative"}, {"period_start": "1998"}),
    Break("arrivals", "period_end", "whole year", {"kind": "year"}, {"period_end": "2003-04"}),
    Break("arrivals", "period_end", "published", {"kind": "cumulative"}, {"period_end": "2026"}),
    Break(
        "arrivals",
        "persons",
        "another value",
        {"kind": "cumulative", "period_end": "1989", "sex": "total", "quality": "final"},
        {"persons": 608},
    ),
    # prices, origin, events, provinces
    Break("prices", "date", "published", {"date": "2014"}, {"date": "2026"}),
    Break("prices", "won", "won of that date", {"won": "old"}, {"won": "new"}),
    Break("prices", "won", "won of that date", {"won": "old"}, {"date": "2009-12-01"}),
    Break("prices", "unit", "item", {"item": "rice"}, {"unit": "KPW_per_USD"}),
    Break("origin", "province", "provinces.csv", {}, {"province": "Hamgyong"}),
    Break("origin", "persons", "without a number", {"percent": None}, {"persons": None}),
    Break(
        "events", "event", "names a city", {"event_id": "2025-exterminate-order"}, {"event": "Order read in Hyesan"}
    ),
    Break("events", "end_date", "before", {"end_date": ...}, {"end_date": "2001"}),
    Break("provinces", "drawn_in", "no province", {}, {"drawn_in": "Hamgyong"}),
    # flow_assumptions
    Break("flow_assumptions", "low", "order", {"assumption_id": "fee-2019"}, {"low": 40.0}),
    Break(
        "flow_assumptions",
        "point",
        "without a number",
        {"assumption_id": "panel"},
        {"low": None, "point": None, "high": None},
    ),
    Break("flow_assumptions", "point", "no share", {"assumption_id": "sender-share-2018"}, {"point": 130.0}),
    Break("flow_assumptions", "high", "below zero", {"assumption_id": "panel"}, {"point": -1.0}),
    Break("flow_assumptions", "year_end", "before", {"assumption_id": "fee-2019"}, {"year_end": 2018}),
    Break("flow_assumptions", "parameter", "another row", {"assumption_id": "fee-2019"}, {"year_start": 2018}),
    Break("flow_assumptions", "distribution", "fit", {"assumption_id": "fee-2019"}, {"high": None}),
    Break("flow_assumptions", "unit", "parameter", {"assumption_id": "fee-2019"}, {"unit": "KRW"}),
    Break(
        "flow_assumptions", "rows", "not there", {"assumption_id": "fee-2019"}, {"rows": "surveys:nkdb-2019-fee"}
    ),
    Break("flow_assumptions", "basis", "names no row", {"assumption_id": "fee-2019"}, {"rows": None}),
    # measures, and what is computed from the others
    Break("measures", "units", "unit that nothing", {}, {"units": "KRW;won"}),
    Break("measures", "statistics", "statistic that nothing", {}, {"statistics": "median"}),
    Break("checks", "difference", "stated less", {}, {"difference": 1.0}),
    Break("checks", "verdict", "tolerance", {"verdict": "holds"}, {"verdict": "fails"}),
    Break("checks", "verdict", "tolerance", {"verdict": "fails"}, {"verdict": "holds"}),
    Break("checks", "rows", "not there", {}, {"rows": "arrivals:none"}),
    *(
        Break(table, "period", says, {"period": ...}, {"period": value})
        for table, between in (("checks", " to "), ("recoded_quantities", "/"))
        for says, value in (("calendar", f"2019{between}2019-13"), ("time that can be meant", f"2019{between}2187"))
    ),
    Break("agreement", "alpha", "order", {"alpha": ...}, {"low": 0.99}),
    Break("agreement", "alpha", "order", {"alpha": ...}, {"high": 0.01}),
    Break("agreement", "alpha", "order", {"low": ...}, {"low": 0.9, "alpha": None, "high": 0.8}),
    Break("double_coding", "period_end", "before", {"period_end": ...}, {"period_end": "1950"}),
    Break("recoded_claims", "period_end", "before", {"period_end": ...}, {"period_end": "1950"}),
    # what is not evidence
    Break(
        "recoded_quantities", "quantity_id", "in no table", {"quantity_id": ...}, {"quantity_id": "nowhere-c1-q1"}
    ),
    Break("audit_answers", "claim_id", "in no table", {}, {"claim_id": "nowhere-c1"}),
    Break("audit_answers", "quantity_id", "in no table", {"answer": "excluded"}, {"quantity_id": "nowhere-c1-q1"}),
    Break(
        "excluded",
        "row_id",
        "stands in its table",
        {"table": "quantities"},
        {"row_id": read().quantities.iloc[0, 0]},
    ),
    Break("audit_answers", "quantity_id", "in no table", {"answer": "mended"}, {"quantity_id": "nowhere-c1-q1"}),
]


def named(wrong: Break) -> str:
    return f"{wrong.table}.{wrong.column}: {wrong.says}"


@pytest.mark.parametrize("wrong", BREAKS, ids=named)
def test_each_rule_over_columns_refuses_what_it_forbids(wrong: Break):
    known = read()
    table = known.table(wrong.table).copy()
    row = delicate_row(wrong.table, **wrong.where) if wrong.delicate else row_of(table, **wrong.where)
    for column, value in wrong.change.items():
        table.loc[row, column] = pd.NA if value is None else value
    changed = Evidence(lambda name: table if name == wrong.table else known.table(name))
    rules = [r for r in RULES if (r.table, r.column) == (wrong.table, wrong.column) and wrong.says in r.says]
    assert len(rules) == 1, "the words name one rule"
    assert broken_rows(rules[0], known) == []
    assert row in broken_rows(rules[0], changed)


@pytest.mark.parametrize(("won", "day"), [("old", "2009-11-15"), ("new", "2009-11-30")])
def test_both_kinds_of_won_were_in_use_in_the_month_of_the_change(won: str, day: str):
    known = read()
    prices = known.prices.copy()
    prices.loc[row_of(prices, won=won), "date"] = day
    rule = next(rule for rule in RULES if (rule.table, rule.column) == ("prices", "won"))
    assert broken_rows(rule, Evidence(lambda name: prices if name == "prices" else known.table(name))) == []


REPEATS = [rule for rule in RULES if "another repeats" in rule.says]


@pytest.mark.parametrize("rule", REPEATS, ids=lambda rule: rule.table)
def test_a_row_that_stands_twice_under_two_keys_is_refused(rule: Rule):
    known = read()
    table = known.table(rule.table)
    again = table.iloc[[1]].assign(**{rule.column: "again"})
    twice = pd.concat([table, again], ignore_index=True)
    changed = Evidence(lambda name: twice if name == rule.table else known.table(name))
    assert broken_rows(rule, known) == []
    assert broken_rows(rule, changed) == [1, len(table)]


def test_every_rule_over_columns_is_broken_once_above():
    for rule in RULES:
        if rule in REPEATS:
            continue
        told = [b for b in BREAKS if (b.table, b.column) == (rule.table, rule.column) and b.says in rule.says]
        assert told, f"{rule.table}.{rule.column}: {rule.says}"


def test_what_stands_beside_a_delicate_claim_names_no_city_either():
    known = read()
    beside = placeless(known.claims, known) & ~delicate(known.claims, known)
    claims = known.claims.copy()
    row = int(claims.index[beside][0])
    claims.loc[row, "city"] = "Hyesan"
    changed = Evidence(lambda name: claims if name == "claims" else known.table(name))
    rule = next(r for r in RULES if (r.table, r.column) == ("claims", "city") and "finer" in r.says)
    assert broken_rows(rule, changed) == [row]


def test_a_rule_waits_until_the_tables_it_looks_up_are_sound(data: Path):
    rewrite(data, "documents", 3, "date_basis", "guessed")
    assert {fault.file for fault in check(data)} == {"data/documents.csv"}


def test_a_fault_names_file_row_column_value_rule_and_mend(data: Path):
    rewrite(data, "surveys", row_of(read().surveys, measure="fee_paid"), "value", "333.5")
    (fault,) = check(data)
    text = str(fault)
    for part in ("data/surveys.csv", f"row {fault.row}", "column value", "333.5", "no percentage", "correct"):
        assert part in text


def test_tables_are_typed_by_the_schema():
    surveys = read().surveys
    assert surveys["base_n"].dtype == "Int64"
    assert surveys["value"].dtype == "Float64"
    assert surveys["base_n"].isna().any()


@pytest.mark.parametrize("word", ["NA", "null", "None", "nan", "N/A"])
def test_a_word_that_looks_like_nothing_is_a_word(data: Path, word: str):
    rewrite(data, "surveys", 3, "note", word)
    assert read(data).surveys["note"][3] == word


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
            assert len(column["description"].split()) > 2, f"{resource['name']}.{column['name']}"
            codes = column.get("constraints", {}).get("enum", [])
            assert [entry["value"] for entry in column.get("categories", [])] == codes


def test_evidence_is_read_from_where_it_is_told(data: Path):
    rewrite(data, "surveys", row_of(read().surveys, measure="fee_paid"), "value", "33.3")
    assert 33.3 in set(read(data).surveys["value"])
    assert isinstance(read(data), Evidence)
