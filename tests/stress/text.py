"""The campaign of hostile text: every text column of data/ holds text that means something to HTML, MyST,
Typst, LaTeX or a template. The book must be built all the same, and show each as the text that it is.

Each text stands between marks, so that it is found wherever the book shows it, in whatever page or file.
"""

import csv
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from lifeline.evidence import schema

from .mutations import HARMLESS_TEXT, Table, free_text, table, written

TEXTS = list(HARMLESS_TEXT.values())
FOUND = re.compile(r"q(\d\d)h\s(.*?)\sh\1q", re.DOTALL)
"""A hostile text and its number, where the book shows it."""
CHOSEN_BY = {
    ("surveys", "question"),
    ("surveys", "answer"),
    ("surveys", "base"),
    ("quantities", "base"),
    ("checks", "subject"),
    ("outlets", "independence_group"),
    ("audit_answers", "field"),
    ("flow_assumptions", "switch"),
}
"""Columns by whose whole text the analysis chooses rows: text is added only where nothing is chosen by it."""


def marked(number: int) -> str:
    """A hostile text between its marks."""
    return f"q{number:02d}h {TEXTS[number]} h{number:02d}q"


def is_chosen(t: Table, at: int, column: str) -> bool:
    """Whether the analysis may choose this row by the text of this cell."""
    if (t.name, column) not in CHOSEN_BY:
        return False
    return not (t.name == "surveys" and t.cell(at, "quality") != "ok")


def hostile(t: Table, first: int) -> bytes:
    """A table with a hostile text behind what each text cell says, another one in each row."""
    columns = free_text(t)
    rows = []
    for at, row in enumerate(t.rows):
        cells = list(row)
        for n, column in enumerate(columns):
            where = t.header.index(column)
            longer = f"{cells[where]} {marked((first + at + 5 * n) % len(TEXTS))}".strip()
            most = t.fields[column].get("constraints", {}).get("maxLength", 3000)
            short = len(longer) <= most and (column != "summary" or len(longer.split()) <= 40)
            if short and not is_chosen(t, at, column):
                cells[where] = longer
        rows.append(cells)
    return written([t.header, *rows])


def spoil(data: Path) -> int:
    """Puts hostile text into every text column of a copy of data/; returns the number of cells."""
    for first, name in enumerate(schema()):
        (data / f"{name}.csv").write_bytes(hostile(table(name), first))
    return sum(len(FOUND.findall(cell)) for name in schema() for cell in cells_of(data / f"{name}.csv"))


def cells_of(path: Path) -> Iterator[str]:
    """Every cell of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from (cell for row in csv.reader(file) for cell in row)


class Cells(HTMLParser):
    """The text of each table cell of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """A row or a cell begins."""
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self.inside = True

    def handle_endtag(self, tag: str) -> None:
        """A cell ends."""
        if tag in ("td", "th"):
            self.inside = False

    def handle_data(self, data: str) -> None:
        """Text of a cell."""
        if self.inside:
            self.rows[-1][-1] += data


def rows_of_page(page: Path) -> list[list[str]]:
    """The table of a page of rows, as it is shown."""
    parser = Cells()
    parser.feed(page.read_text(encoding="utf-8"))
    return [[cell.removesuffix(" \u2197") for cell in row] for row in parser.rows]


def altered(shown: str, drop: str = r"\s+") -> list[str]:
    """The hostile texts of a page or file that are not shown as they stand, but for what may fall between
    two lines."""
    plain = {n: re.sub(drop, "", text) for n, text in enumerate(TEXTS)}
    return [
        f"{int(number):02d}: {text[:80]}"
        for number, text in FOUND.findall(shown)
        if re.sub(drop, "", text) != plain[int(number)]
    ]


def wrong_in(root: Path) -> list[str]:
    """Builds a book that was spoiled, and tells what it does not show as the text that it is."""
    environment = {**os.environ, "PYTHONPATH": root.as_posix()}
    for module in (["lifeline.press.references"], ["lifeline.press", "book"]):
        command = [sys.executable, "-m", *module]
        done = subprocess.run(command, cwd=root, env=environment, text=True, capture_output=True)
        if done.returncode:
            return [f"the book was not built: {(done.stdout + done.stderr)[-2000:]}"]
    return [*wrong_rows(root), *wrong_pages(root), *wrong_files(root), *wrong_pdf(root)]


def wrong_rows(root: Path) -> Iterator[str]:
    """Cells of the pages of rows that are not those of the tables."""
    for name in schema():
        with (root / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            given = list(csv.reader(file))
        shown = rows_of_page(root / "_build" / "html" / "rows" / f"{name}.html")
        for number, (row, seen) in enumerate(zip(given, shown, strict=True), start=1):
            for cell, text in zip(row, seen, strict=True):
                if FOUND.search(cell) and cell != text:
                    yield f"rows/{name}.html, row {number}: {text[:80]!r} for {cell[:80]!r}"


BETWEEN_LINES = "[\\s\"'`{}\uff5b\uff5d\u201c\u201d\u2018\u2019\u2013\u2014\u2026.\u00ad-]+"
"""What Sphinx, BibTeX and the typesetter may set otherwise: blanks, the shape of quotation marks, dashes."""


def wrong_pages(root: Path) -> Iterator[str]:
    """Pages on which a hostile text ran, or is shown as another one."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as play:
        page = play.chromium.launch(executable_path=chromium, args=["--headless", "--no-sandbox"]).new_page()
        dialogs: list[str] = []
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        for path in sorted((root / "_build" / "html").glob("*/*.html")):
            page.goto(path.as_uri())
            name = path.relative_to(root).as_posix()
            if dialogs or page.evaluate("'broken' in window"):
                yield f"{name}: a text ran"
            if page.locator(RUNS).count():
                yield f"{name}: a text became {page.locator(RUNS).first.evaluate('e => e.outerHTML')[:120]}"
            yield from (
                f"{name}: {each}" for each in altered(page.evaluate("document.body.textContent"), BETWEEN_LINES)
            )


RUNS = "[onerror], [onload], [onmouseover], a[href^='javascript:'], td script"
"""What no page of ours has."""


def wrong_files(root: Path) -> Iterator[str]:
    """Figures' tables in which a text is another one; drawings that could run something."""
    for path in sorted((root / "_build" / "figures").glob("*.csv")):
        yield from (f"{path.name}: {each}" for each in altered("\n".join(cells_of(path)), r"\s+"))
    for path in sorted((root / "_build" / "figures").glob("*.svg")):
        if re.search(r"<script|onload=|onerror=|javascript:", path.read_text(encoding="utf-8")):
            yield f"{path.name}: something that could run"


def wrong_pdf(root: Path) -> Iterator[str]:
    """Texts that the PDF shows otherwise; attached tables that are not those of data/."""
    from pypdf import PdfReader

    reader = PdfReader(root / "_build" / "lifeline.pdf")
    shown = "\n".join(page.extract_text() for page in reader.pages)
    yield from (f"lifeline.pdf: {each}" for each in altered(shown, BETWEEN_LINES))
    for name, contents in reader.attachments.items():
        path = root / "data" / Path(name).name
        if not path.is_file() or path.read_bytes() != contents[0]:
            yield f"lifeline.pdf: {name} is not the table"
