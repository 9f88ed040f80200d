"""The build: what changes with the data, what stays, and what a fault leaves behind."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest
from conftest import Book
from jupyter_cache import get_cache
from nbclient import NotebookClient

from lifeline import ROOT
from lifeline.press import execute
from lifeline.press.bench import copy_of_book

PAID_2023 = "fee_paid,commission really paid,mean,mean,48.1,"


def different(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    assert set(before) == set(after)
    return {name.split(".")[0] for name in before if before[name] != after[name]}


def tree(book: Path) -> dict[str, bytes]:
    """Every file that readers get, by name."""
    made = book / "_build"
    files = [*(made / "html").rglob("*"), *(made / "figures").iterdir(), *made.glob("lifeline*")]
    return {path.relative_to(made).as_posix(): path.read_bytes() for path in files if path.is_file()}


def test_nothing_is_built_again_when_nothing_changed(built):
    done = built.make("book")
    assert done.returncode == 0
    assert "Nothing has changed" in done.stdout


def test_a_changed_number_changes_what_rests_on_it_and_nothing_else(copy):
    before, page = copy.figures(), copy.page("channels")
    assert "48.1" in page
    assert "47.3" not in page
    row = b"surveys:nkdb-2023-fee-paid"
    resting = {name.split(".")[0] for name, content in before.items() if name.endswith(".csv") and row in content}
    resting |= {"without-one"}  # made from every finding
    copy.edit("data/surveys.csv", PAID_2023, PAID_2023.replace("48.1", "47.3"))
    done = copy.make("book")
    assert done.returncode == 0, done.stdout
    changed = different(before, copy.figures())
    assert {"fees", "findings"} <= changed <= resting
    page = copy.page("channels")
    assert "47.3 percent" in page
    assert "48.1" not in page
    assert "52.7 percent" in page  # what is left of the sum
    assert "47.3 percent" in copy.page("summary")
    assert "47.3 percent" in copy.page("findings")
    numbers = copy.root / "_build" / "numbers.json"
    kept = json.loads(numbers.read_text(encoding="utf-8"))
    numbers.unlink()
    done = copy.run("-c", "from lifeline.press.numbers import known_numbers; known_numbers()")
    assert done.returncode == 0, done.stdout
    assert json.loads(numbers.read_text(encoding="utf-8")) == kept, "what was kept is what is computed anew"


def test_files_deleted_or_changed_behind_the_back_of_the_cache_come_back_byte_for_byte(copy):
    before, page = copy.figures(), copy.page("channels")
    made = copy.root / "_build" / "figures"
    (made / "fees.light.svg").unlink()
    (made / "findings.csv").unlink()
    (made / "arrivals.png").write_bytes(b"")
    shutil.rmtree(copy.html)
    done = copy.make("html")
    assert done.returncode == 0, done.stdout
    assert "chapter channels: executed in" in done.stdout
    assert copy.figures() == before
    assert copy.page("channels") == page
    shutil.rmtree(made)
    assert copy.make("figures").returncode == 0
    assert copy.figures() == before


def read_anew(book: Book) -> dict[str, bytes]:
    """Every file that readers get, once all chapters are read and all pages written anew."""
    for folder in (".work", "html"):
        shutil.rmtree(book.root / "_build" / folder)
    done = book.make("html")
    assert done.returncode == 0, done.stdout
    return tree(book.root)


def test_prose_changed_executes_nothing_and_writes_no_other_page(copy):
    chapter = copy.root / "chapters" / "channels.md"
    text = chapter.read_text(encoding="utf-8")
    copy.edit("chapters/channels.md", "Each wave is counted once", "Each wave is counted wonderfully once")
    assert copy.make("html").returncode == 0  # reads all that was moved here
    others = [path for path in copy.html.glob("chapters/*.html") if path.stem not in ("channels", "summary")]
    written = {path: path.stat().st_mtime_ns for path in others}
    assert len(others) > 5
    chapter.write_text(text, encoding="utf-8", newline="\n")
    os.utime(chapter, (0, 0))  # as an older version, brought back, has an older time
    done = copy.make("html")
    assert done.returncode == 0, done.stdout
    assert "executed in" not in done.stdout
    assert "wonderfully" not in copy.page("channels")
    assert {path: path.stat().st_mtime_ns for path in others} == written
    made, anew = tree(copy.root), read_anew(copy)
    assert [name for name in made | anew if made.get(name) != anew.get(name)] == []


def test_a_new_title_is_on_every_page_even_if_the_pdf_was_made_first(copy):
    copy.edit("chapters/channels.md", "Each wave is counted once", "Each wave is counted only once")
    assert copy.make("html").returncode == 0  # reads all that was moved here
    copy.edit("chapters/channels.md", "# Remittance channels\n", "# Roads of remittances\n")
    for step in ("pdf", "html"):
        done = copy.make(step)
        assert done.returncode == 0, done.stdout
        assert "executed in" not in done.stdout
    assert all("Roads of remittances" in path.read_text("utf-8") for path in copy.html.glob("chapters/*.html"))
    made, anew = tree(copy.root), read_anew(copy)
    assert [name for name in made | anew if made.get(name) != anew.get(name)] == []


def test_code_of_a_figure_changed_executes_its_chapter(copy):
    copy.edit("lifeline/figures/channels.py", '"women and girls", 2011.8', '"women, girls", 2011.8')
    before = copy.figures()
    done = copy.make("html")
    assert "chapter channels: executed in" in done.stdout
    assert different(before, copy.figures()) == {"arrivals"}


def test_bad_data_stop_the_build_before_anything_is_executed(copy):
    page, pdf = copy.page("channels"), copy.pdf.read_bytes()
    copy.edit("data/surveys.csv", PAID_2023, PAID_2023.replace("fee_paid", "fee_pad"))
    copy.edit("data/outlets.csv", "NKDB,KR", "NKDB,Korea")
    done = copy.make("book")
    assert done.returncode == 1
    assert "data/surveys.csv, row" in done.stdout
    assert "column measure" in done.stdout
    assert "data/outlets.csv, row" in done.stdout
    assert "executing" not in done.stdout
    assert "Traceback" not in done.stdout
    assert done.stdout.strip().splitlines()[-2].startswith("Stopped:")
    assert "last good book still stands" in done.stdout
    assert (copy.page("channels"), copy.pdf.read_bytes()) == (page, pdf)


def test_a_broken_description_of_the_data_is_told_as_a_fault(copy):
    copy.edit("data/datapackage.json", '"resources"', '"resource"')
    for step in ("check", "html"):
        done = copy.make(step)
        assert done.returncode == 1
        assert "Traceback" not in done.stdout
        assert "  data/datapackage.json" in done.stdout


TITLE = "# Remittance channels\n"
UNKNOWN = "\n".join(
    [TITLE, "{n}`never-sent` {n}`ever-sent-2023 colour` {numref}`tab-nothing` {cite:p}`nobody1900`", ""]
)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("show(channels.waves)", "raise RuntimeError('no such luck')", ["no such luck"]),
        ("show(channels.waves)", "import os; os._exit(3)", ["died"]),
        (TITLE, UNKNOWN, ["never-sent", "colour", "tab-nothing", "nobody1900"]),
        ("Each wave is counted once", "Each of the 9 waves is counted once", ["'9' is typed"]),
    ],
)
def test_a_broken_chapter_stops_the_build_and_leaves_the_last_book(copy, old: str, new: str, told: list[str]):
    page = copy.page("channels")
    copy.edit("chapters/channels.md", old, new)
    done = copy.make("html")
    assert done.returncode == 1
    assert [word for word in told if word not in done.stdout] == []
    assert done.stdout.strip().splitlines()[-2].startswith("Stopped:")
    assert copy.page("channels") == page


def test_a_number_that_the_data_no_longer_carry_stops_with_its_name(copy):
    copy.edit("data/surveys.csv", "respondents,400,80,ok,", "respondents,400,80,conflicting,")
    done = copy.make("html")
    assert done.returncode == 1
    assert "finding " in done.stdout.strip().splitlines()[-2]
    assert "Traceback" not in done.stdout


def test_old_references_stop_the_build(copy):
    copy.edit("references.bib", "The literature, by hand.", "The literature.")  # by hand: may change
    assert copy.make("check").returncode == 0
    copy.edit("references.bib", "@misc{yonhap-2021-12-nkdb,", "@misc{yonhap-2021-12-nkdbs,")
    done = copy.make("check")
    assert done.returncode == 1
    assert "make references" in done.stdout


def test_a_figure_without_alt_text_stops_the_pdf(copy):
    copy.edit("lifeline/figures/sourcing.py", "alt=lambda f: informants_told(f)", 'alt=lambda f: ""')
    done = copy.make("pdf")
    assert done.returncode == 1
    assert "no alt text" in done.stdout


def test_a_chapter_executes_in_jupyter_with_the_same_outputs(built, monkeypatch):
    """The press executes in IPython; Jupyter's own client must see the same."""
    path = built.root / "chapters" / "channels.md"
    ours = execute.run(path, execute.read(path)).notebook
    theirs = execute.read(path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    NotebookClient(theirs, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}).execute()

    def shown(notebook: nbformat.NotebookNode) -> list:
        return [[out.get("data") for out in cell.outputs] for cell in notebook.cells if cell.cell_type == "code"]

    assert shown(ours) == shown(theirs)
    assert any(shown(ours))


def test_a_plain_jupyter_book_build_works_too(built, copy):
    """It executes in kernels what the cache does not hold: here one chapter."""
    cache = get_cache(copy.root / "_build" / ".jupyter_cache")
    (channels,) = (record.pk for record in cache.list_cache_records() if record.uri.endswith("channels.md"))
    cache.remove_cache(channels)
    shutil.rmtree(copy.html)
    command = ["-c", "from jupyter_book.cli.main import main; main()", "build", "-W", "-n", "--keep-going", "."]
    done = copy.run(*command, alone=False)  # a kernel is spoken to through the loopback
    assert done.returncode == 0, done.stdout
    assert "Executed notebook" in done.stdout
    assert copy.page("channels") == built.page("channels")


def test_two_builds_at_once_do_not_meet(copy):
    import fcntl

    with (copy.root / "_build" / ".lock").open("w") as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX)
        done = copy.make("check")
    assert done.returncode == 1
    assert "Another build is running" in done.stdout


def test_a_fresh_clone_does_what_the_readme_says_and_gives_the_same_bytes(built, tmp_path: Path):
    clone = tmp_path / "a clone with 한글"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    copy_of_book(clone)  # what is not committed yet
    environment = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    environment |= {"PYTHONHASHSEED": "77", "TZ": "Pacific/Chatham", "LC_ALL": "C", "USER": "somebody"}
    done = subprocess.run(["make", "book"], cwd=clone, env=environment, text=True, capture_output=True)
    assert done.returncode == 0, done.stdout + done.stderr
    again = subprocess.run(["make", "book"], cwd=clone, env=environment, text=True, capture_output=True)
    assert "Nothing has changed" in again.stdout
    assert "installing" not in again.stdout
    ours, theirs = tree(built.root), tree(clone)
    assert set(ours) == set(theirs)
    assert [name for name in ours if ours[name] != theirs[name]] == []
    assert {"html/index.html", "html/explore.html", "lifeline.pdf", "lifeline-data.zip"} <= set(ours)
