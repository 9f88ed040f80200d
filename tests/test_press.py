"""The press: what it tells, what it refuses, how it sets itself up."""

import errno
import json
import subprocess
import sys
from pathlib import Path
from threading import Event
from time import sleep
from types import SimpleNamespace

import pytest
import yaml
from docutils import nodes
from hypothesis import given
from hypothesis import strategies as st

from lifeline import ROOT
from lifeline.fault import Fault
from lifeline.press import __main__ as press
from lifeline.press import again, cache, numbers, setup, typst, written
from lifeline.press.talk import Stopped


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_any_text_is_text_in_typst(text: str):
    literal = typst.string(text)
    assert literal[0] == literal[-1] == '"'
    inner = literal[1:-1].replace("\\\\", "").replace('\\"', "")
    assert '"' not in inner
    assert "\\" not in inner


def test_typst_reads_a_string_back_as_it_was():
    import typst as compiler

    hostile = '#eval("x") \\ "quoted" [a] $x$ <label> @ref // comment */ _ * ` ~'
    source = f"#metadata({typst.string(hostile)}) <it>".encode()
    assert json.loads(compiler.query(source, "<it>", field="value", one=True)) == hostile


def test_labels_of_the_same_anchor_differ_between_chapters():
    assert typst.label("chapters/a", "id1") != typst.label("chapters/b", "id1")


class Strange(nodes.General, nodes.Element):
    """A node that no writer knows."""


def test_what_the_pdf_cannot_show_is_a_warning(monkeypatch):
    told = []
    monkeypatch.setattr(typst.logger, "warning", lambda text, *parts, **_: told.append(text % parts))
    builder = SimpleNamespace(config=SimpleNamespace(root_doc="root"))
    typst.Writer(nodes.document(None, None), builder).dispatch_visit(Strange())
    assert told == ["the PDF edition cannot show a Strange"]


def test_a_swap_replaces_the_whole_folder(tmp_path: Path):
    for name in ("new", "old"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.txt").write_text(name)
    press.swap(tmp_path / "new", tmp_path / "old")
    assert [path.name for path in (tmp_path / "old").iterdir()] == ["new.txt"]
    assert not (tmp_path / "new").exists()


def test_a_swap_that_was_interrupted_loses_nothing(tmp_path: Path):
    html = tmp_path / "html"
    press.set_aside(html).mkdir()
    (press.set_aside(html) / "index.html").write_text("last good")
    press.restore(html)
    assert (html / "index.html").read_text() == "last good"
    assert not press.set_aside(html).exists()


def test_an_unknown_step_is_refused(capsys: pytest.CaptureFixture[str]):
    assert press.main(["bok"]) == 2
    assert "book, html, pdf" in capsys.readouterr().out


def test_an_unforeseen_error_ends_with_a_plain_sentence(monkeypatch, capsys):
    monkeypatch.setitem(press.STEPS, "check", lambda: 1 / 0)
    assert press.main(["check"]) == 1
    out = capsys.readouterr().out
    assert "Traceback" in out
    assert "Stopped: an error that nobody foresaw, ZeroDivisionError" in out


def test_a_stop_ends_with_its_sentence_alone(monkeypatch, capsys):
    def stop() -> None:
        raise Stopped("the reason.")

    monkeypatch.setitem(press.STEPS, "check", stop)
    assert press.main(["check"]) == 1
    out = capsys.readouterr().out
    assert "Traceback" not in out
    assert "Stopped: the reason." in out


def test_data_found_good_are_checked_again_only_when_they_change(tmp_path: Path, monkeypatch):
    found: list[list] = [[], [], [Fault("data/a.csv", 2, None, None, "is wrong", "mend it")]]
    digests = iter(["first", "first", "first", "second"])
    monkeypatch.setattr(press, "STAMP", tmp_path / ".inputs")
    monkeypatch.setattr(press, "inputs", lambda *_: next(digests))
    monkeypatch.setattr("lifeline.check.check", lambda: found.pop(0))
    monkeypatch.setattr(press, "meanwhile", lambda look: look())
    for name in ("prose.in_chapters", "prose.in_code", "references.check"):
        monkeypatch.setattr(f"lifeline.press.{name}", list)
    press.check(anew=False)
    press.check(anew=False)
    assert len(found) == 2, "found good, and not looked at again"
    press.check(anew=True)
    assert len(found) == 1, "asked for"
    with pytest.raises(Stopped, match="1 faults"):
        press.check(anew=False)
    assert "second" not in (tmp_path / ".inputs").read_text()


@pytest.mark.parametrize(
    ("name", "content", "row", "rule"),
    [
        ("chapters/new.md", "# Title\n\n\ubc31\ub450\n".encode("cp949"), 3, "is not UTF-8"),
        ("references.bib", b"@misc{a,\xff", 1, "is not UTF-8"),
        ("_toc.yml", b"format: jb-book\nroot: [chapters/summary\n", 3, "is not YAML"),
        ("CITATION.cff", b"- title\n", None, "is not YAML"),
        ("chapters/new.md", "\ufeff# Title\n".encode(), 1, "holds a sign"),
        ("chapters/new.md", b"# Title\n\na\x00b\n", 3, "holds a sign"),
        ("chapters/new.md", b"\n", None, "is empty"),
        ("_config.yml", None, None, "is missing"),
    ],
)
def test_what_is_written_and_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch, name: str, content: bytes | None, row: int | None, rule: str
):
    monkeypatch.setattr(written, "ROOT", tmp_path)
    path, good = tmp_path / name, tmp_path / "good.yml"
    path.parent.mkdir(exist_ok=True)
    good.write_text("a: [1]\n", encoding="utf-8")
    if content is not None:
        path.write_bytes(content)
    (fault,) = written.unreadable([good, path])
    assert (fault.file, fault.row) == (name, row)
    assert fault.rule.startswith(rule)


def one_fault() -> list[str]:
    return ["a fault"]


def test_what_another_process_finds_comes_back_and_nothing_is_waited_for(monkeypatch):
    readied = Event()
    monkeypatch.setattr("lifeline.press.numbers.foresee", lambda: sleep(0.5) or readied.set())
    assert press.meanwhile(list) == []
    assert readied.is_set()
    readied.clear()
    monkeypatch.setattr("lifeline.press.numbers.foresee", lambda: sleep(30) or readied.set())
    assert press.meanwhile(one_fault) == ["a fault"]
    assert not readied.is_set()


def test_what_goes_wrong_before_the_data_are_checked_is_left_to_the_check(monkeypatch):
    def broken(*_) -> None:
        raise KeyError("a column")

    monkeypatch.setattr("lifeline.press.numbers.kept", broken)
    numbers.foresee()


def test_prose_is_checked_even_where_all_else_was_found_good(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(press, "STAMP", tmp_path / ".inputs")
    monkeypatch.setattr(press, "inputs", lambda *_: "the same")
    monkeypatch.setattr(press, "faults_below", list)
    monkeypatch.setattr("lifeline.press.prose.in_chapters", list)
    press.check(anew=False)
    monkeypatch.setattr("lifeline.press.prose.in_chapters", lambda: ["a number"])
    with pytest.raises(Stopped, match="1 faults"):
        press.check(anew=False)


def test_a_missing_file_makes_a_cached_chapter_stale(tmp_path: Path, monkeypatch):
    import nbformat.v4 as nbf

    monkeypatch.setattr(cache, "ROOT", tmp_path)
    (tmp_path / "table.csv").write_text("a")
    (tmp_path / "made.svg").write_text("b")
    record = {
        "uses": {"table.csv": cache.fingerprint(tmp_path / "table.csv")},
        "makes": {"made.svg": cache.fingerprint(tmp_path / "made.svg")},
    }
    output = nbf.new_output("display_data", {"text/markdown": "x"}, metadata={"lifeline": record})
    notebook = nbf.new_notebook(cells=[nbf.new_code_cell("1", outputs=[output])])
    assert not cache.is_stale(notebook)
    (tmp_path / "table.csv").write_text("c")
    assert cache.is_stale(notebook)
    (tmp_path / "table.csv").write_text("a")
    (tmp_path / "made.svg").write_text("another")
    assert cache.is_stale(notebook)
    (tmp_path / "made.svg").unlink()
    assert cache.is_stale(notebook)


def test_a_chapter_with_a_cell_that_shows_nothing_is_always_stale():
    import nbformat.v4 as nbf

    assert cache.is_stale(nbf.new_notebook(cells=[nbf.new_code_cell("print(1)")]))


def test_setup_says_plainly_that_no_python_fits(monkeypatch):
    monkeypatch.setattr(setup.sys, "version_info", (3, 9, 0))
    monkeypatch.setattr(setup.shutil, "which", lambda *a, **k: None)
    with pytest.raises(setup.Unready, match="Lifeline needs Python"):
        setup.find_python()


def test_setup_does_nothing_twice():
    command = [sys.executable, "lifeline/press/setup.py", "test"]
    done = [subprocess.run(command, cwd=ROOT, text=True, capture_output=True) for _ in range(2)]
    assert (done[1].returncode, done[1].stdout) == (0, "")


def test_a_change_of_what_numbers_are_computed_from_is_seen_wherever_the_book_lies(tmp_path: Path, monkeypatch):
    root = tmp_path / "press" / "figures"
    package = root / "lifeline"
    for name in ("flow.py", "findings/rents.py", "press/pages.py", "figures/rents.py", "style.py"):
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text("")
    monkeypatch.setattr(numbers, "ROOT", root)
    code = {path.name for path in numbers.analysis() if package in path.parents}
    assert code == {"flow.py", "rents.py"}
    assert package / "figures" / "rents.py" not in numbers.analysis()


def test_no_finding_is_computed_from_what_does_not_count_as_behind_numbers():
    from lifeline.book import module_file, modules

    behind = modules(*(f"lifeline.findings.{path.stem}" for path in (ROOT / "lifeline/findings").glob("[a-z]*.py")))
    assert module_file("lifeline.flow") in behind
    assert not [
        path for path in behind if path.relative_to(ROOT / "lifeline").parts[0] in numbers.NOT_BEHIND_NUMBERS
    ]


def test_pages_are_made_without_what_computes_numbers():
    """Loading it would take longer than to write a page again."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    ours = [name for name in config["sphinx"]["config"]["extensions"] if name.startswith("lifeline.")]
    steps = [f"lifeline.press.{step}" for step in ("__main__", "prose", "execute", "sphinx")]
    loaded = f"import {', '.join([*steps, *ours])}, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", loaded], text=True, capture_output=True, check=True, cwd=ROOT)
    assert ours and set(ours) <= set(done.stdout.split())
    assert not {"pandas", "numpy", "scipy", "matplotlib"} & set(done.stdout.split())


def test_a_full_disk_is_told_when_the_last_edition_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    (tmp_path / "last" / "chapters").mkdir(parents=True)
    (tmp_path / "last" / "chapters" / "a.html").touch()
    monkeypatch.setattr(again.shutil, "copy2", full)
    with pytest.raises(OSError, match="No space left") as why:
        again.take_over(tmp_path / "last", tmp_path / "new")
    assert "No space left on device" in press.refusal(why.value)


def test_the_last_edition_is_copied_but_for_what_is_written_late(tmp_path: Path):
    names = [
        "index.html",
        "_images/a.svg",
        "_static/mystnb.abc.css",
        "_static/lifeline.css",
        "chapters/rows/a.html",
    ]
    for name in names:
        (tmp_path / "last" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "last" / name).write_text(name, encoding="utf-8")
    again.take_over(tmp_path / "last", tmp_path / "new")
    made = {p.relative_to(tmp_path / "new").as_posix(): p for p in (tmp_path / "new").rglob("*") if p.is_file()}
    assert set(made) == set(names) - {"_static/mystnb.abc.css"}
    assert all(path.read_text(encoding="utf-8") == name for name, path in made.items())
    assert {name for name, path in made.items() if path.samefile(tmp_path / "last" / name)} == {"_images/a.svg"}
