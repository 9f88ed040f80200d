"""The house is in order: one version, consistent references, clean code, true README."""

import json
import re
import subprocess
import sys

import pytest
import yaml

from lifeline import ROOT, __version__, evidence
from lifeline.press import references, setup
from lifeline.press.__main__ import README_FIGURE


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_there_is_one_version():
    assert yaml.safe_load(read("CITATION.cff"))["version"] == __version__
    assert json.loads(read("data/datapackage.json"))["version"] == __version__
    assert f"## {__version__}" in read("CHANGELOG.md")


def test_references_bib_is_what_the_documents_give():
    known = evidence.read()
    made = references.made(known.documents, read("references.bib"), references.cited(known))
    assert read("references.bib") == made, "run `make references`"


def test_every_chapter_is_in_the_contents_and_every_entry_is_there():
    toc = yaml.safe_load(read("_toc.yml"))
    named = {toc["root"], *(entry["file"] for entry in toc["chapters"])}
    assert named == {f"chapters/{path.stem}" for path in (ROOT / "chapters").glob("*.md")}


def test_each_command_of_the_readme_exists():
    targets = set(re.findall(r"^([a-z][a-z -]*):", read("Makefile"), re.MULTILINE))
    known = {name for line in targets for name in line.split()}
    named = set(re.findall(r"`make ([a-z]+)`", read("README.md") + read("CONTRIBUTING.md")))
    assert named <= known
    assert {"book", "test", "serve", "clean", "figures", "check", "lock"} <= named


def test_each_path_of_the_readme_exists():
    named = re.findall(r"\]\(([A-Za-z_.][^):#]*)\)|^    (\S+?)\s{2,}", read("README.md"), re.MULTILINE)
    for path in filter(None, (a or b for a, b in named)):
        assert (ROOT / path).exists(), path


def test_the_figure_of_the_readme_is_the_figure_of_the_book(built):
    for name in README_FIGURE:
        kept, made = ROOT / ".github" / name, built.root / "_build" / "figures" / name
        assert kept.read_bytes() == made.read_bytes(), "run `make figures`"


def test_the_lock_has_hashes_for_everything():
    for lock in setup.LOCKS.values():
        pinned = re.findall(r"^\S+==\S+.*?(?=^\S|\Z)", read(lock), re.MULTILINE | re.DOTALL)
        assert len(pinned) > 50
        assert all("--hash=sha256:" in entry for entry in pinned)


def test_nothing_names_this_workplace():
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, text=True, capture_output=True, check=True).stdout
    place = re.compile(r"(?<![\w.])/(work|root|home)/|\.\./" + "shared")
    for name in filter(None, names.split("\0")):
        if not name.startswith((".ci/", "tests/")) and (ROOT / name).is_file():
            assert not place.search((ROOT / name).read_bytes().decode("utf-8", "ignore")), name


@pytest.mark.parametrize(
    "command",
    [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]],
    ids=["ruff check", "ruff format", "mypy"],
)
def test_the_code_is_clean(command: list[str]):
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, text=True, capture_output=True)
    assert done.returncode == 0, done.stdout + done.stderr
