"""A fixed, small sample of what `make stress` tries, and what must never leave this machine."""

import csv
import getpass
import io
import json
import math
import os
import re
import resource
import shutil
import socket
import zipfile
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from stress import data, mutations, text

from lifeline import ROOT, rules
from lifeline.check import MOST, PLAIN, check, file_faults, header_faults, lines_of
from lifeline.evidence import PACKAGE, SHAPES
from lifeline.fault import Fault
from lifeline.press import archive, cache, campaigns, execute
from lifeline.press.__main__ import built as noted

SEED, A_KIND = 1, 12
"""The sample: so many broken copies of each kind, drawn with this seed."""


@pytest.fixture(scope="module")
def watch(tmp_path_factory: pytest.TempPathFactory) -> data.Watch:
    return data.Watch(data.sample_of_data(tmp_path_factory.mktemp("stress") / "data", SEED, 8))


@pytest.fixture(scope="module")
def broken(watch: data.Watch) -> dict[str, list[mutations.Mutant]]:
    drawn: dict[str, list[mutations.Mutant]] = {}
    for mutant in mutations.mutants(watch.folder, SEED, 1):
        drawn.setdefault(mutant.kind.partition(":")[0], []).append(mutant)
    return drawn


# ------------------------------------------------------------------------------------ broken tables


@pytest.mark.parametrize("kind", mutations.KINDS)
def test_broken_copies_of_tables_are_refused_where_they_are_broken(watch: data.Watch, broken, kind: str):
    sample = broken[kind][:: max(1, len(broken[kind]) // A_KIND)]
    verdicts = [data.tried(mutant, watch) for mutant in sample]
    assert len(verdicts) >= min(A_KIND, len(broken[kind])) > 0
    assert [(str(v.mutant), v.what, v.faults) for v in verdicts if v.what != "refused"] == []


def test_the_watch_says_what_the_whole_check_says(watch: data.Watch, broken):
    for kind in ("wrong_type", "dangling_key", "lost_target", "swapped_bounds", "broken_header"):
        assert data.agrees(broken[kind][0], watch), kind


def test_the_judge_knows_a_fault_in_the_wrong_place(watch: data.Watch, broken):
    mutant = broken["wrong_type"][0]
    assert data.judge(mutant, []).what == "let pass"
    elsewhere = [data.Fault(mutant.file, 999, "x", None, "is wrong", "mend it")]
    assert data.judge(mutant, elsewhere).what == "refused elsewhere"


@pytest.mark.parametrize(
    ("row", "column", "value", "told"),
    [
        (3, "unit", "won", "data/x.csv, row 3, column unit: 'won' is wrong (mend it)"),
        (None, "unit", None, "data/x.csv, column unit: is wrong (mend it)"),
        (0, None, "", "data/x.csv, row 0: '' is wrong (mend it)"),
        (None, None, None, "data/x.csv: is wrong (mend it)"),
    ],
)
def test_a_fault_says_where_what_why_and_how_to_mend_it(row, column, value, told: str):
    assert str(Fault("data/x.csv", row, column, value, "is wrong", "mend it")) == told


@pytest.mark.parametrize(
    ("header", "told"),
    [
        (["a", "b"], []),
        (["a", "a", "b"], [("a", "is the name of two columns")]),
        (["a"], [("b", "is missing as a column")]),
        (["a", "c", "b"], [("c", "is no column of this table")]),
        (["b", "a"], [("b", "is not in its place")]),
    ],
)
def test_a_header_is_told_what_is_wrong_with_it(header: list[str], told: list[tuple[str, str]]):
    found = header_faults("data/x.csv", ["a", "b"], header)
    assert [(fault.column, fault.rule) for fault in found] == told


def test_a_last_line_without_an_end_is_told_with_its_number(folder: Path):
    path = folder / "outlets.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:3]).removesuffix("\n"), encoding="utf-8")
    assert [(fault.row, fault.rule) for fault in file_faults("outlets", folder)] == [
        (3, "does not end with a line end")
    ]


@pytest.mark.parametrize(("rows", "told"), [(0, ["has no rows"]), (1, [])])
def test_a_table_needs_a_row(folder: Path, rows: int, told: list[str]):
    path = folder / "outlets.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[: rows + 1]), encoding="utf-8")
    assert [fault.rule for fault in file_faults("outlets", folder)] == told


def test_a_byte_that_is_no_letter_is_told_with_its_line(folder: Path):
    lines = (folder / "outlets.csv").read_bytes().split(b"\n")
    lines[2] += b"\xff"
    (folder / "outlets.csv").write_bytes(b"\n".join(lines))
    assert [(fault.row, fault.rule) for fault in file_faults("outlets", folder)] == [(3, "is not UTF-8")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return data.copy_of_data(tmp_path / "data")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        '{"resources": []}',
        '{"resources": [{"name": "x"}]}',
        '{"resources": {"a": 1}}',
        "\ufeff{}",
    ],
)
def test_a_broken_description_is_a_fault_and_no_crash(folder: Path, content: str):
    (folder / PACKAGE).write_text(content, encoding="utf-8")
    assert [fault.file for fault in check(folder)] == [f"data/{PACKAGE}"]


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        (lambda shapes: shapes["features"].pop(), "has no shape"),
        (lambda shapes: shapes["features"][0]["geometry"].update(type="Point"), "cannot be read"),
        (
            lambda shapes: shapes["features"][0]["geometry"]["coordinates"][0].append([0.0, 0.0]),
            "outside North Korea",
        ),
        (lambda shapes: shapes["features"][0]["geometry"]["coordinates"][0].append([math.nan, 40.0]), "outside"),
        (lambda shapes: shapes["features"][0]["properties"].clear(), "cannot be read"),
    ],
)
def test_broken_outlines_are_refused(folder: Path, spoil, rule: str):
    shapes = json.loads((folder / SHAPES).read_text(encoding="utf-8"))
    spoil(shapes)
    (folder / SHAPES).write_text(json.dumps(shapes), encoding="utf-8")
    faults = check(folder)
    assert {fault.file for fault in faults} == {f"data/{SHAPES}"}
    assert any(rule in fault.rule for fault in faults)


# ------------------------------------------------------------------------------------------- parsers

signs = st.text(st.characters(codec="utf-8"), max_size=12)
number_like = st.from_regex(r"[-+0-9.,e_ \u0660-\u0669\uff10-\uff19]{1,12}", fullmatch=True) | signs


@given(st.lists(st.lists(signs, min_size=1, max_size=4), min_size=1, max_size=5))
def test_what_csv_writes_is_read_again_and_is_no_fault(rows: list[list[str]]):
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    read, torn = lines_of(out.getvalue())
    assert read == [[cell.replace("\r", "\x85") for cell in row] for row in rows]
    assert torn is None or any("\r" in cell or "\n" in cell for row in rows for cell in row)


@given(signs)
def test_no_text_breaks_the_reader_of_lines(content: str):
    rows, torn = lines_of(content)
    if torn is None and content and "\r" not in content:
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(rows)
        assert out.getvalue().rstrip("\n") == content.rstrip("\n")


@given(number_like)
def test_a_plain_number_is_the_same_to_all_who_read_it(cell: str):
    if PLAIN["number"].fullmatch(cell) and abs(float(cell)) < MOST:
        read = pd.read_csv(io.StringIO(f"x\n{cell}\n"), dtype={"x": "Float64"})["x"][0]
        assert read == pytest.approx(float(cell), rel=1e-12)
        assert cell.isascii()
    if PLAIN["integer"].fullmatch(cell) and abs(float(cell)) < MOST:
        assert pd.read_csv(io.StringIO(f"x\n{cell}\n"), dtype={"x": "Int64"})["x"][0] == int(cell)


@given(st.from_regex(r"(19|20)[0-9]{2}(-[0-9]{2}(-[0-9]{2})?)?", fullmatch=True))
def test_a_day_is_impossible_if_and_only_if_no_calendar_has_it(written: str):
    year, month, day = [*map(int, written.split("-")), 1, 1][:3]
    try:
        date(year, month, day)
        there = True
    except ValueError:
        there = False
    assert bool(rules.impossible(pd.Series([written], dtype="string"))[0]) is not there


@given(st.from_regex(r"(19|20)[0-9]{2}(-(0[1-9]|1[0-2])(-([01][0-9]|2[0-8]))?)?", fullmatch=True))
def test_no_day_that_a_date_can_mean_is_later_than_later(written: str):
    last = rules.later(pd.Series([written], dtype="string"))[0]
    assert last >= written
    assert last.startswith(written)
    assert len(last) == 10


# -------------------------------------------------------------------------------------- hostile text


def test_every_kind_of_hostile_text_stands_in_the_copy(tmp_path: Path):
    folder = data.copy_of_data(tmp_path / "data")
    assert text.spoil(folder) > 10_000
    assert check(folder) == []


def test_altered_text_is_seen():
    assert text.altered(f"a {text.marked(0)} b") == []
    assert text.altered(text.marked(0).replace("<", "&lt;")) != []


# -------------------------------------------------------------------------- what a killed build leaves


def test_a_chapter_does_not_outlive_the_build_that_started_it():
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:  # the build; it dies at once and leaves a chapter that never ends
        if os.fork() == 0:
            os.close(ours)
            execute.bind_to(os.getppid())
            execute.sleep(60)
        os._exit(0)
    os.close(theirs)
    os.waitpid(child, 0)
    assert os.read(ours, 1) == b"", "the pipe closes when the last process that holds it is gone"
    os.close(ours)


@pytest.mark.parametrize("left", [b"", b"no database"])
def test_an_unreadable_execution_cache_is_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left: bytes):
    folder = tmp_path / "cache"
    folder.mkdir()
    (folder / "global.db").write_bytes(left)
    monkeypatch.setattr(cache, "CACHE", folder)
    assert cache.prune() == ["cache: it could not be read"]
    assert not folder.exists()


@pytest.mark.parametrize("left", [b"", b"html", b"\xff\xfe\x00", b"html abc\npdf"])
def test_a_spoiled_note_of_what_was_built_is_no_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left: bytes):
    note = tmp_path / ".inputs"
    note.write_bytes(left)
    monkeypatch.setattr("lifeline.press.__main__.STAMP", note)
    assert noted().get("pdf", "") == ""


def test_a_full_disk_is_told_in_a_sentence_and_the_last_book_stands(copy):
    page = copy.page("summary")
    copy.edit("chapters/channels.md", "Each wave is counted once", "Each wave is counted only once")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))  # what the press inherits
    try:
        done = copy.make("html")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert done.returncode == 1
    assert "does not let a file be written" in done.stdout
    assert "Traceback" not in done.stdout
    assert "last good book still stands" in done.stdout
    assert copy.page("summary") == page


# --------------------------------------------------------------------------------- what make stress found


def test_the_appendix_of_methods_shows_every_campaign_and_nothing_survived(built):
    page = built.page("methods")
    rows = campaigns.results()
    assert {row["campaign"].partition(":")[0] for row in rows} >= {"tables", "code"}
    assert campaigns.total(rows)["tried"] == str(sum(int(row["tried"]) for row in rows))
    for row in rows:
        assert row["campaign"] in page
        assert int(row["tried"]) == sum(int(row[name]) for name in ("refused", "harmless", "survived"))
        assert row["survived"] == "0" or row["campaign"].startswith("code"), row["campaign"]


# ------------------------------------------------------------------------------------- nothing leaks


def outputs(root: Path) -> dict[str, bytes]:
    """Everything that readers get, by name: pages, figures, tables, archives and what they hold, the PDF."""
    made = root / "_build"
    files = [*(made / "html").rglob("*"), *(made / "figures").iterdir(), *made.glob("lifeline*")]
    found = {path.relative_to(made).as_posix(): path.read_bytes() for path in files if path.is_file()}
    for name in [name for name in found if name.endswith(".zip")]:
        with zipfile.ZipFile(made / name) as packed:
            found |= {f"{name}: {member}": packed.read(member) for member in packed.namelist()}
    reader = PdfReader(made / "lifeline.pdf")
    found["lifeline.pdf: text"] = "\n".join(page.extract_text() for page in reader.pages).encode()
    found["lifeline.pdf: about it"] = (
        f"{reader.metadata} {reader.xmp_metadata and reader.xmp_metadata.stream.get_data()}".encode()
    )
    return found


def test_no_output_names_the_machine_its_user_or_its_folders(built):
    places = {str(built.root), str(ROOT), str(Path.home()), os.environ.get("TMPDIR", "/tmp") + "/"}
    secrets = [place for place in places if len(place) > 4]
    words = [name for name in {getpass.getuser(), socket.gethostname()} if len(name) > 4]
    for name, content in outputs(built.root).items():
        for secret in secrets:
            assert secret.encode() not in content, f"{name} names {secret}"
        for word in words:
            assert not re.search(rf"\b{re.escape(word)}\b".encode(), content), f"{name} names {word}"


def test_no_output_tells_when_it_was_built(built):
    now = date.today()
    hour = r"(?!00:?00:?00)\d\d"  # the day of a release may be today, at midnight
    times = [
        rf"{now:%Y-%m-%d}[T ]{hour}",
        rf"D:{now:%Y%m%d}{hour}",
        f"{now:%a, %d %b %Y} {hour}",
        "Last updated on",
    ]
    told = re.compile("|".join(times).encode())
    for name, content in outputs(built.root).items():
        assert not told.search(content), f"{name} tells {told.search(content)}"
    with zipfile.ZipFile(built.root / "_build" / "lifeline-data.zip") as packed:
        assert {member.date_time for member in packed.infolist()} == {archive.EPOCH}


def test_the_book_was_built_without_a_network(built):
    """The press runs in a network of its own, without an interface, wherever the machine lets it."""
    if not shutil.which("unshare"):
        pytest.skip("needs unshare: install util-linux")
    done = built.run("-c", "import socket; socket.create_connection(('1.1.1.1', 53), 3)")
    if "unshare" not in done.args[0]:
        pytest.skip("this machine does not let a user make a network of its own")
    assert "Network is unreachable" in done.stdout
