"""The campaign of hostile text: every text column of data/ holds text that means something to HTML, MyST,
Typst, LaTeX or a template. The book must be built all the same, and show each as the text that it is.

Each text stands between marks, so that it is found wherever the book shows it, in whatever page or file.
"""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
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


def rows_in_explorer(folder: Path, name: str, width: int) -> list[list[str]]:
    """The rows of a table as the explorer's scripts hold them, chunk by chunk, each a list of columns."""
    count = len(list(folder.glob(f"{name}.[0-9]*.js")))
    scripts = ((folder / f"{name}.{n}.js").read_text(encoding="utf-8") for n in range(count))
    chunks = [json.loads(script.partition(",")[2].rstrip().removesuffix(");")) for script in scripts]
    return [list(row) for chunk in chunks for row in zip(*chunk[:width], strict=True)]


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
    """Cells of the explorer that are not those of the tables."""
    for name in schema():
        with (root / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            header, *given = csv.reader(file)
        shown = rows_in_explorer(root / "_build" / "html" / "rows", name, len(header))
        for number, (row, seen) in enumerate(zip(given, shown, strict=True), start=2):
            for cell, text in zip(row, seen, strict=True):
                if FOUND.search(cell) and cell != text:
                    yield f"rows of {name}, row {number}: {text[:80]!r} for {cell[:80]!r}"


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
        html = root / "_build" / "html"
        tables = [f"{(html / 'explore.html').as_uri()}#{name}" for name in schema()]
        for address in [path.as_uri() for path in sorted(html.glob("*/*.html"))] + tables:
            page.goto("about:blank")
            page.goto(address)
            page.wait_for_timeout(300)  # the explorer loads its rows
            name = address.rpartition("/")[2]
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
    """Texts that a page of the PDF shows otherwise; attached tables that are not those of data/ or of a figure."""
    from pypdf import PdfReader

    reader = PdfReader(root / "_build" / "lifeline.pdf")
    for number, page in enumerate(reader.pages, start=1):
        yield from (f"lifeline.pdf, page {number}: {each}" for each in altered(page.extract_text(), BETWEEN_LINES))
    for name, contents in reader.attachments.items():
        path = root / "_build" / name if name.startswith("figures/") else root / "data" / Path(name).name
        if not path.is_file() or path.read_bytes() != contents[0]:
            yield f"lifeline.pdf: {name} is not the table"
