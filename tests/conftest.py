"""What the tests share: copies of the book, one of them built once, and a browser."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from lifeline.press.bench import copy_of_book

IN_CI = bool(os.environ.get("CI"))
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@cache
def offline() -> tuple[str, ...]:
    """What runs a command without a network, where the machine lets us."""
    command = ("unshare", "--map-current-user", "--net")
    allowed = shutil.which("unshare") and subprocess.run([*command, "true"], capture_output=True).returncode == 0
    return command if allowed else ()


@dataclass
class Book:
    """A copy of the book in a folder of its own."""

    root: Path

    def make(self, step: str) -> subprocess.CompletedProcess[str]:
        """Runs a step of the press in the copy."""
        return self.run("-m", "lifeline.press", step)

    def run(self, *arguments: str, alone: bool = True) -> subprocess.CompletedProcess[str]:
        """Runs Python in the copy, on its own package; alone: without any network, where the machine lets us."""
        environment = {**os.environ, "PYTHONPATH": str(self.root)}
        return subprocess.run(
            [*(offline() if alone else ()), sys.executable, *arguments],
            cwd=self.root,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def edit(self, name: str, old: str, new: str) -> None:
        """Replaces the one place where `old` stands in a file."""
        path = self.root / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        path.write_text(text.replace(old, new), encoding="utf-8", newline="\n")

    @property
    def html(self) -> Path:
        """The folder of the HTML edition."""
        return self.root / "_build" / "html"

    def page(self, name: str) -> str:
        """The HTML of a chapter."""
        return (self.html / "chapters" / f"{name}.html").read_text(encoding="utf-8")

    @property
    def pdf(self) -> Path:
        """The PDF edition."""
        return self.root / "_build" / "lifeline.pdf"

    def figures(self) -> dict[str, bytes]:
        """Every file of figures and tables, by name."""
        return {path.name: path.read_bytes() for path in (self.root / "_build" / "figures").iterdir()}


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """The whole book, built once for all processes that test; tests only read it."""
    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared
    with (shared / "built.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        book = Book(shared / "built")
        if not book.pdf.exists():
            shutil.rmtree(book.root, ignore_errors=True)
            done = Book(copy_of_book(book.root)).make("book")
            assert done.returncode == 0, done.stdout
    return book


@pytest.fixture
def copy(built: Book, tmp_path: Path) -> Book:
    """A built copy that a test may change."""
    return Book(Path(shutil.copytree(built.root, tmp_path / "book")))


@pytest.fixture
def need() -> Callable[[str, str | None], None]:
    """Skips a test for a missing program, except in CI, where it fails."""

    def check(program: str, found: str | None) -> None:
        if not found and IN_CI:
            pytest.fail(f"{program} is missing; .ci/run installs it")
        if not found:
            pytest.skip(f"needs {program}: install it with your package manager")

    return check


@pytest.fixture(scope="session")
def browser() -> Iterator:
    """Debian's Chromium, headless."""
    if not CHROMIUM:
        if IN_CI:
            pytest.fail("chromium is missing; .ci/run installs it")
        pytest.skip("needs chromium: install it with your package manager")
    from playwright.sync_api import sync_playwright

    flags = "headless no-sandbox disable-gpu disable-quic no-first-run disable-background-networking "
    flags += "disable-component-update disable-sync"
    with sync_playwright() as play:
        yield play.chromium.launch(executable_path=CHROMIUM, args=[f"--{flag}" for flag in flags.split()])
