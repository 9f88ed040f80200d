"""What a reader takes away and runs again: files of figures, code, notebooks, commands, images, workflows."""

import base64
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
import yaml
from nbclient import NotebookClient
from test_contributing import example, insert

from lifeline import ROOT, __version__, book, figures
from lifeline.press import archive, notebooks, release, setup
from lifeline.press.downloads import FilesLine

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
COMMANDS = re.findall(
    r"```sh\n(.*?)```", (ROOT / "chapters" / "reproduce.md").read_text(encoding="utf-8"), re.DOTALL
)


def targets() -> set[str]:
    """The targets of the Makefile."""
    lines = re.findall(r"^([a-z][a-z -]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    return {name for line in lines for name in line.split()}


# ---------------------------------------------------------------------------- figures, their files and code


def offered(page: str) -> dict[str, list[str]]:
    """The addresses of the files that a page offers, by their endings."""
    found: dict[str, list[str]] = {}
    for address in re.findall(r'<a class="reference download internal" download="" href="([^"]+)"', page):
        found.setdefault(address.rpartition(".")[2], []).append(address)
    return found


def test_every_figure_and_table_offers_its_files_and_they_are_those_that_were_made(built):
    made, seen = built.figures(), set()
    for page in sorted((built.html / "chapters").glob("*.html")):
        for address in (each for some in offered(page.read_text(encoding="utf-8")).values() for each in some):
            name, content = address.rpartition("/")[2], (page.parent / address).read_bytes()
            seen |= {name} if made.get(name) == content else set()  # a table of data/ may have the same name
    for name, shown in figures.registry().items():
        pictures = ["light.svg", "pdf", "png"] if isinstance(shown, figures.Figure) else []
        assert {f"{name}.{ending}" for ending in ["csv", *pictures]} <= seen, name


def test_pictures_for_print_have_the_size_of_the_drawing_and_no_date(built):
    for name, content in built.figures().items():
        if name.endswith(".png"):
            width = int.from_bytes(content[16:20], "big")
            assert content.startswith(b"\x89PNG")
            assert abs(width - 4.8 * 300) < 2, name
        if name.endswith(".pdf"):
            assert content.startswith(b"%PDF")
            assert b"/CreationDate" not in content, name
            assert b"CreateDate" not in content, name


def test_each_figure_leads_to_the_function_that_draws_it():
    for name, shown in figures.registry().items():
        figure = isinstance(shown, figures.Figure)
        line = book.files_line(shown, shown.draw if figure else shown.frame, "csv")
        path, number, function = re.search(r" (\S+)#L(\d+) (\w+)`$", line).groups()
        source = (ROOT / path).read_text(encoding="utf-8").splitlines()[int(number) - 1 :]
        assert source[0].startswith(f"@{function}.drawing" if figure else "@table("), name
        assert any(f"def {function}(" in each for each in (ROOT / path).read_text("utf-8").splitlines()), name


@pytest.mark.parametrize("address", ["", "https://example.org/someone/lifeline/"])
def test_code_is_linked_in_the_repository_only_if_there_is_an_address(address: str):
    config = SimpleNamespace(html_theme_options={"repository_url": address})
    env = SimpleNamespace(config=config, docname="chapters/channels")
    role = FilesLine()
    role.inliner = SimpleNamespace(document=SimpleNamespace(settings=SimpleNamespace(env=env)))
    link = role.code("lifeline/figures/channels.py#L104", "sender_share")
    if address:
        assert link["refuri"] == f"{address}blob/v{__version__}/lifeline/figures/channels.py#L104"
    else:
        assert link["reftarget"] == "/lifeline/figures/channels.py"
        assert "refuri" not in link


def test_the_book_names_no_repository_until_it_has_one(built):
    told = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["repository"]["url"]
    links = re.findall(r'href="(https?://[^"]*/blob/[^"]*)"', built.page("channels"))
    assert bool(links) == bool(told)
    modules = [each for each in offered(built.page("channels")).get("py", []) if each.endswith("/channels.py")]
    if not told:
        content = (built.html / "chapters" / modules[0]).read_bytes()
        assert content == (ROOT / "lifeline" / "figures" / "channels.py").read_bytes()


# ------------------------------------------------------------------------------------- notebooks and the book


def test_every_page_offers_the_book_the_data_and_each_chapter_its_notebooks(built):
    for page in [*(built.html / "chapters").glob("*.html"), built.html / "explore.html"]:
        foot = re.search(r'<p class="page-offers">.*?</p>', page.read_text(encoding="utf-8"))
        addresses = re.findall(r'href="([^"]+)"', foot[0])
        assert all((page.parent / address).is_file() for address in addresses), page
        assert {"lifeline.pdf", "lifeline-data.zip"} <= {address.rpartition("/")[2] for address in addresses}
        if page.parent.name == "chapters":
            assert f"../_notebooks/{page.stem}.ipynb" in addresses
    assert f"../_notebooks/{'channels'}.executed.ipynb" in built.page("channels")
    assert (built.html / "lifeline.pdf").read_bytes() == built.pdf.read_bytes()
    assert (built.html / "lifeline-data.zip").read_bytes() == (
        built.root / "_build" / archive.TARGET.name
    ).read_bytes()


def test_notebooks_are_valid_and_say_nothing_of_the_machine(built):
    files = sorted((built.html / "_notebooks").iterdir())
    assert len(files) > len(notebooks.chapters())
    for path in files:
        text = path.read_text(encoding="utf-8")
        notebook = nbformat.reads(text, as_version=4)
        nbformat.validate(notebook)
        assert str(built.root) not in text
        assert "lifeline" not in str(notebook.metadata)
        assert not any("execution" in cell.metadata for cell in notebook.cells)
        assert __version__ in notebook.cells[0].source
        assert ("make setup" in notebook.cells[0].source) != path.name.endswith(".executed.ipynb")


def test_a_notebook_with_outputs_reads_without_the_book(built):
    path = built.html / "_notebooks" / "channels.executed.ipynb"
    notebook = nbformat.read(path, as_version=4)
    prose = "".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert "48.1 percent" in prose
    assert re.search(r"Figure \d\.\d keeps apart", prose)
    assert not re.search(r"\{(n|rows|numref)\}`", prose)
    outputs = [out["data"] for cell in notebook.cells for out in cell.get("outputs", [])]
    pictures = [base64.b64decode(data["image/png"]) for data in outputs if "image/png" in data]
    assert built.figures()["sender-share.png"] in pictures
    assert not any("{figure}" in str(data.get("text/markdown", "")) for data in outputs)
    assert any("<table" in data.get("text/html", "") for data in outputs)


def test_a_notebook_alone_in_a_folder_runs_and_shows_its_figures(built, tmp_path: Path, monkeypatch):
    notebook = nbformat.read(built.html / "_notebooks" / "data.ipynb", as_version=4)
    monkeypatch.setenv("PYTHONPATH", str(built.root))
    NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = [out["data"] for cell in notebook.cells for out in cell.get("outputs", [])]
    assert any("data:image/png;base64," in data["text/html"] for data in shown)
    assert any("<table" in data["text/html"] for data in shown)


# --------------------------------------------------------------------------------------- the chapter's commands


def run(book, commands: str) -> str:
    """Runs a block of commands as it stands, with this environment in the place of .venv."""
    environment = {**os.environ, "PYTHONPATH": str(book.root), "MAKEFLAGS": f"PYTHON=true RUN={sys.executable}"}
    done = subprocess.run(
        ["sh", "-e", "-c", commands],
        cwd=book.root,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def commit(root: Path, message: str) -> None:
    """Keeps everything in git, as somebody who is nobody."""
    who = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.org", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q"], ["add", "-A"], [*who, "commit", "-q", "-m", message]):
        subprocess.run(["git", *command], cwd=root, check=True)


def test_the_commands_of_the_chapter_do_what_it_says(copy):
    everything, one_figure, assumption, accept, report = COMMANDS
    commit(copy.root, "as it was")
    assert "Nothing has changed" in run(copy, everything)

    before = copy.figures()
    (copy.root / "_build" / "figures" / "fees.png").unlink()
    told = run(copy, one_figure)
    assert "fees.png" in told
    assert "sender-share" not in told
    assert copy.figures() == before

    told = run(copy, assumption)
    moved = (copy.root / "_build" / "redline.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert moved
    assert all(line.endswith(",flow_assumptions") for line in moved)
    assert "flow_assumptions |" in told
    assert copy.figures()["flow.csv"] != before["flow.csv"]

    run(copy, "git checkout -q data/flow_assumptions.csv")
    assert "0 numbers of" in run(copy, accept)
    assert run(copy, "git status --porcelain") == ""

    for table, lines in example().items():
        insert(copy.root / "data" / f"{table}.csv", lines)
    run(copy, report)
    assert b"surveys:nkdb-2025-sent-in-year" in copy.figures()["sender-share.csv"]
    assert "@misc{yonhap-2025-12-nkdb," in (copy.root / "references.bib").read_text(encoding="utf-8")


def test_an_unknown_figure_is_told_with_those_there_are(built):
    done = built.run("-m", "lifeline.press", "figures", "feees")
    assert done.returncode == 1
    assert "feees" in done.stdout
    assert "sender-share" in done.stdout
    assert built.run("-m", "lifeline.press", "check", "fees").returncode == 2


# -------------------------------------------------------------------------------- images, workflows, releases


def test_binder_installs_the_lock_and_nothing_else():
    """repo2docker's steps: runtime.txt names the Python, requirements.txt is installed, postBuild is run."""
    folder = ROOT / ".binder"
    assert {path.name for path in folder.iterdir()} == {"runtime.txt", "requirements.txt", "postBuild"}
    named = re.fullmatch(r"python-(\d)\.(\d+)\n", (folder / "runtime.txt").read_text(encoding="utf-8"))
    assert setup.OLDEST <= (int(named[1]), int(named[2])) <= setup.NEWEST
    lines = (folder / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = [line.removeprefix("-r ") for line in lines if not line.startswith("#")]
    assert [(folder / path).resolve() for path in wanted] == [ROOT / setup.LOCKS["book"]]
    after = folder / "postBuild"
    assert os.access(after, os.X_OK)
    installs = re.findall(r"pip install (.*)", after.read_text(encoding="utf-8"))
    assert installs == ["--no-cache-dir --no-deps --no-build-isolation -e ."]
    assert subprocess.run(["sh", "-n", after]).returncode == 0
    assert not (ROOT / "binder").exists(), "repo2docker refuses two folders"


def test_the_development_container_sets_up_what_the_tests_need():
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    version = re.search(r"python:(\d)\.(\d+)-", container["image"])
    assert setup.OLDEST <= (int(version[1]), int(version[2])) <= setup.NEWEST
    assert container["postCreateCommand"].split() == ["make", "setup-test"]
    assert "setup-test" in targets()


@pytest.mark.parametrize("path", WORKFLOWS, ids=[path.stem for path in WORKFLOWS])
def test_a_workflow_runs_pinned_actions_with_few_rights(path: Path):
    text = path.read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)
    used = re.findall(r"uses: (.*)", text)
    assert used
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+", each) for each in used)
    assert workflow["permissions"] == {"contents": "read"}
    assert "secrets." not in text
    assert workflow["concurrency"]["group"]
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    assert all(job["timeout-minutes"] for job in workflow["jobs"].values())
    commands = "\n".join(step.get("run", "") for step in steps)
    assert set(re.findall(r"\bmake ([a-z-]+)", commands)) <= targets()
    checkouts = [step for step in steps if step.get("uses", "").startswith("actions/checkout@")]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_the_tests_run_on_each_python_and_both_systems():
    assert {path.stem for path in WORKFLOWS} == {"test", "pages", "release"}
    matrix = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8"))["jobs"][
        "test"
    ]
    versions = [f"3.{minor}" for minor in range(setup.OLDEST[1], setup.NEWEST[1] + 1)]
    assert matrix["strategy"]["matrix"]["python"] == versions
    assert {name.partition("-")[0] for name in matrix["strategy"]["matrix"]["os"]} == {"ubuntu", "macos"}


def test_a_release_hands_out_everything_with_checksums(built, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(release, "BUILD", built.root / "_build")
    monkeypatch.setattr(archive, "TARGET", built.root / "_build" / archive.TARGET.name)
    for name in ("redline.md", "redline.csv"):
        (built.root / "_build" / name).write_text("No number has changed.\n", encoding="utf-8")
    first, again = (release.gather(tmp_path / each) for each in ("first", "again"))
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]
    assert {path.suffix for path in first} == {".pdf", ".zip", ".md", ".csv", ""}
    checked = subprocess.run(
        ["sha256sum", "-c", release.SUMS], cwd=tmp_path / "first", text=True, capture_output=True
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert checked.stdout.count(": OK") == len(first) - 1
