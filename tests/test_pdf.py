"""The PDF edition: accessible, whole, numbered like the HTML edition."""

import io
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import typst
import yaml
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, IndirectObject

from lifeline import ROOT, __version__, figures
from lifeline.evidence import schema
from lifeline.press.typst import FONTS, TEMPLATE, Writer, readable, share, spoken

MARGIN = {"left": 26, "right": 26, "top": 12, "bottom": 12}
"""Millimeters that stay empty; head and foot stand in the upper and lower margin."""
POINTS = 72 / 25.4
COARSE = 18
"""Dots to the inch at which pages are looked at for holes."""


@pytest.fixture(scope="module")
def pdf(built) -> PdfReader:
    return PdfReader(built.pdf)


def poppler(*command: str) -> bytes:
    """What a program of poppler-utils prints."""
    if not shutil.which(command[0]):
        pytest.skip("needs poppler-utils")
    return subprocess.run(command, capture_output=True, check=True).stdout


@pytest.fixture(scope="module")
def text(built) -> str:
    return poppler("pdftotext", "-layout", str(built.pdf), "-").decode()


@pytest.fixture(scope="module")
def squeezed(built) -> str:
    """The text in the order of reading, without blanks and hyphens, so that lines may break anywhere."""
    return squeeze(poppler("pdftotext", str(built.pdf), "-").decode())


@pytest.fixture(scope="module")
def tags(pdf: PdfReader) -> list[DictionaryObject]:
    return list(elements(pdf.trailer["/Root"]["/StructTreeRoot"]))


@pytest.fixture(scope="module")
def number_of(pdf: PdfReader) -> dict[int, int]:
    """The number of each page, by its object."""
    return {page.indirect_reference.idnum: at for at, page in enumerate(pdf.pages)}


def squeeze(words: str) -> str:
    return re.sub(r"[\s\u00ad\u2010-]", "", words.replace("’", "'"))


def pages_of(node: object, number_of: dict[int, int]) -> set[int]:
    """The pages that a structure element stands on."""
    return {
        number_of[part.raw_get("/Pg").idnum]
        for part in (each for each in elements(node, marked=True) if "/Pg" in each)
    }


def elements(node: object, seen: set[int] | None = None, marked: bool = False) -> Iterator[DictionaryObject]:
    """Every structure element of the tag tree; with `marked`, what refers to marked content too."""
    seen = set() if seen is None else seen
    if isinstance(node, IndirectObject):
        if node.idnum in seen:
            return
        seen.add(node.idnum)
        node = node.get_object()
    if isinstance(node, DictionaryObject):
        if "/S" in node or marked:
            yield node
        yield from elements(node.get("/K"), seen, marked)
    elif isinstance(node, list):
        for child in node:
            yield from elements(child, seen, marked)


def test_poppler_is_there(need):
    need("pdftotext (poppler-utils)", shutil.which("pdftotext"))


def test_it_says_what_it_is(pdf: PdfReader):
    root = pdf.trailer["/Root"]
    assert pdf.metadata.title.startswith("Lifeline: Remittances")
    assert pdf.metadata.author == "The Lifeline contributors"
    assert root["/Lang"].startswith("en")
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    xmp = root["/Metadata"].get_object().get_data().decode()
    assert re.search(r"pdfuaid:part>1<", xmp)
    assert re.search(r"pdfaid:part>3<", xmp)
    assert re.search(r"pdfaid:conformance>A<", xmp, re.IGNORECASE)


def test_every_figure_has_alt_text(tags: list[DictionaryObject]):
    pictures = [tag for tag in tags if tag["/S"] == "/Figure"]
    drawn = [entry for entry in figures.registry().values() if isinstance(entry, figures.Figure)]
    again = sum(path.read_text(encoding="utf-8").count("\nglimpse(") for path in (ROOT / "chapters").glob("*.md"))
    assert len(pictures) == len(drawn) + again
    assert all(len(tag["/Alt"]) > 60 for tag in pictures)
    kinds = {tag["/S"] for tag in tags}
    assert {"/H1", "/H2", "/P", "/Table", "/TH", "/TD", "/Link", "/Caption"} <= kinds


def test_fonts_are_embedded(pdf: PdfReader):
    names = set()
    for page in pdf.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            font = font.get_object()
            inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
            descriptor = inner["/FontDescriptor"].get_object()
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor)
            names.add(str(inner["/BaseFont"]))
    assert any("Libertinus" in name for name in names)
    assert any("KR" in name for name in names)


def test_korean_words_are_text(text: str):
    assert "송금" in text
    assert "수수료" in text


def test_bookmarks_lead_through_the_chapters(pdf: PdfReader):
    titles = [item.title for item in pdf.outline if not isinstance(item, list)]
    assert any("Remittance channels" in title for title in titles)
    assert any("Bibliography" in title for title in titles)


def test_every_link_inside_leads_somewhere(pdf: PdfReader):
    links = [
        annotation.get_object()
        for page in pdf.pages
        for annotation in page.get("/Annots", [])
        if annotation.get_object()["/Subtype"] == "/Link"
    ]
    inside = [link for link in links if "/Dest" in link or link.get("/A", {}).get("/S") == "/GoTo"]
    outside = [link for link in links if link.get("/A", {}).get("/S") == "/URI"]
    assert len(inside) > 100
    assert len(inside) + len(outside) == len(links)
    assert all(link["/A"]["/URI"].startswith(("https://", "http://")) for link in outside)


def test_bookmarks_lead_to_the_page_of_the_heading(pdf: PdfReader):
    starts = {
        item.title: pdf.get_destination_page_number(item) for item in pdf.outline if not isinstance(item, list)
    }
    for title, at in starts.items():
        assert squeeze(title) in squeeze(pdf.pages[at].extract_text())[:200], title


def test_the_tables_travel_inside(pdf: PdfReader, built, squeezed: str):
    attached = set(pdf.attachments)
    assert {f"data/{table['path']}" for table in schema().values()} <= attached
    named = set(re.findall(r"figures/[\w/]+?\.csv", squeezed))
    assert len(named) > len(figures.registry())
    assert named <= {squeeze(name) for name in attached}
    whole = (built.root / "_build" / "figures" / "findings.csv").read_bytes()
    assert pdf.attachments["figures/findings.csv"] == [whole]


def test_every_finding_is_numbered_and_has_its_evidence(built, squeezed: str):
    known = json.loads((built.root / "_build" / "numbers.json").read_text(encoding="utf-8"))["findings"]
    for name, entry in known.items():
        parts = entry.get("text", entry)
        at = squeezed.find(squeeze(f"{parts['title']} ({name}). {parts['value']}"))
        assert at > 0, name
        assert re.search(r"\d\.\d+\.\d+$", squeezed[at - 9 : at]), name


def test_of_many_rows_the_number_is_said(squeezed: str):
    counts = [int(n.replace(",", "")) for n in re.findall(r"([\d,]+)rows,allinfigures/findings\.csv", squeezed)]
    assert len(counts) > 50
    assert min(counts) > 12
    assert "more,allin" not in squeezed


def test_korean_words_are_marked_as_korean(pdf: PdfReader, tags: list[DictionaryObject], text: str, number_of):
    said = {at for tag in tags if str(tag.get("/Lang", "")).startswith("ko") for at in pages_of(tag, number_of)}
    shown = [at for at, page in enumerate(text.split("\f")) if re.search("[\uac00-\ud7a3]", page)]
    assert len(shown) > 10
    for at in shown:
        assert at in said or b"/Lang(ko" in pdf.pages[at].get_contents().get_data(), f"page {at + 1}"


def test_captions_stand_with_what_they_name(tags: list[DictionaryObject], number_of):
    captions = [tag for tag in tags if tag["/S"] == "/Caption"]
    assert len(captions) >= len(figures.registry())
    for caption in captions:
        here, owner = pages_of(caption, number_of), caption["/P"]
        body = next((tag for tag in elements(owner) if tag["/S"] == "/TBody"), None)
        if body:  # a long table runs on, but its first row stands with its caption
            assert here & pages_of(body["/K"][0], number_of), f"the caption of a table on page {here} is alone"
        else:
            assert len(here | pages_of(owner, number_of)) == 1, f"a figure on page {here} stands apart"


def test_no_word_leaves_the_page(built):
    boxes = poppler("pdftotext", "-bbox", str(built.pdf), "-").decode()
    pattern = r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>'
    width, height = 210 * POINTS, 297 * POINTS
    for at, page in enumerate(boxes.split("<page ")[1:], 1):
        for left, top, right, bottom, word in re.findall(pattern, page):
            said = f"page {at}: {word}"
            assert float(left) > MARGIN["left"] * POINTS - 1, said
            assert float(right) < width - MARGIN["right"] * POINTS + 2, said
            assert float(top) > MARGIN["top"] * POINTS, said
            assert float(bottom) < height - MARGIN["bottom"] * POINTS, said


def test_no_page_is_half_empty_but_where_a_chapter_ends(pdf: PdfReader, built):
    scale = COARSE / 25.4
    first, last = round(28 * scale), round((297 - 26) * scale)  # head and foot are not looked at
    starts = [pdf.get_destination_page_number(item) for item in pdf.outline if not isinstance(item, list)]
    ends = {0, 1, min(starts) - 1, *(at - 1 for at in starts), len(pdf.pages) - 1}
    shown = poppler("pdftoppm", "-gray", "-r", str(COARSE), str(built.pdf))
    empty = [
        f"page {at + 1}: {hole:.0%}"
        for at, hole in enumerate(largest_hole(page[first:last]) for page in pictures(shown))
        if hole > 0.5 and at not in ends
    ]
    assert not empty


def pictures(shown: bytes) -> Iterator[np.ndarray]:
    """The pictures in a stream of PGM files."""
    while shown:
        kind, size, _, rest = shown.split(b"\n", 3)
        assert kind == b"P5"
        wide, high = map(int, size.split())
        yield np.frombuffer(rest[: wide * high], np.uint8).reshape(high, wide)
        shown = rest[wide * high :]


def largest_hole(page: np.ndarray) -> float:
    """The share of a page's height that its largest blank takes."""
    inked = [-1, *np.flatnonzero((page < 250).any(axis=1)), len(page)]
    return max(after - before - 1 for before, after in pairwise(inked)) / len(page)


def test_title_page_contents_and_lists(text: str):
    front = text.split("\f")
    for words in ("How to cite", "CC BY 4.0", "MIT License", "figures/findings.csv", f"Version {__version__}"):
        assert words in front[1]
    assert "Lifeline" in front[0]
    assert "The Lifeline contributors" in front[0]
    assert f"Version {__version__}" in front[0]
    released = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))["date-released"]
    assert f"{released:%B} {released.day}, {released.year}" in front[0]
    lists = "".join(front[1:8])
    assert re.search(r"Contents.*Remittance channels.*\d", front[2], re.DOTALL)
    assert re.search(r"Figures\s.*Figure 1\.1.*\d", lists, re.DOTALL)
    assert re.search(r"Tables\s.*Table 1\.1.*\d", lists, re.DOTALL)


def test_figures_and_tables_have_the_numbers_of_the_html_edition(built, text: str):
    pages = "".join(path.read_text(encoding="utf-8") for path in sorted(built.html.glob("chapters/*.html")))
    captions = re.findall(
        r'caption-number">(Figure|Table) ([\d.]+) </span><span class="caption-text">(.*?)<', pages
    )
    assert len(captions) >= len(figures.registry())
    flat = " ".join(text.split())
    for kind, number, title in captions:
        words = re.sub(r"[’']", "’", " ".join(title.split()))
        assert f"{kind} {number} {words[:25]}" in flat.replace("'", "’")


def test_no_code_is_printed(text: str):
    assert "from lifeline" not in text
    assert "show(channels" not in text


def test_it_is_the_same_bytes_each_time(copy):
    before = copy.pdf.read_bytes()
    copy.pdf.unlink()
    assert copy.make("pdf").returncode == 0
    assert copy.pdf.read_bytes() == before


def test_nothing_of_this_machine_is_in_it(built):
    content = built.pdf.read_bytes()
    assert str(ROOT).encode() not in content
    assert str(built.root).encode() not in content


PAGE = """
# Title

Text with {sub}`low` and {sup}`high`, a note[^n], {kbd}`Ctrl`, 송금 and `code`.

[^n]: What the note says.

```bash
make book
```

First, second
: What they mean, 100 percent #sure.

: And again.

````{tab-set}
```{tab-item} Linux
apt
```
```{tab-item} macOS
brew
```
````

```{dropdown} Folded
Unfolded
```

```{card} Carded
Held
```

````{grid} 2
```{grid-item-card} Gridded
Within
```
````

```{caution}
Slow down
```

```{seealso}
Elsewhere
```

```{admonition} Named
Boxed
```

```{line-block}
One
Two
```

```{rubric} Small heading
```

```{list-table} Listed
:header-rows: 1
* - A
  - B
* - one
  - two
```

- one
  1. inner
- two
"""


def written(folder: Path, page: str) -> tuple[str, str]:
    """A page as Typst code, and what was warned of."""
    from sphinx.application import Sphinx

    (folder / "index.md").write_text(page, encoding="utf-8")
    said = io.StringIO()
    app = Sphinx(
        folder, None, folder / "out", folder / "trees", "typst", warning=said, status=None,
        confoverrides={
            "extensions": ["myst_parser", "sphinx_design", "lifeline.press.typst"],
            "myst_enable_extensions": ["colon_fence", "deflist"],
        },
    )  # fmt: skip
    app.builder.read()
    tree = app.env.get_and_resolve_doctree("index", app.builder)
    tree["docname"] = "index"
    writer = Writer(tree, app.builder)
    tree.walkabout(writer)
    return writer.text(), said.getvalue()


def test_what_chapters_may_hold_is_set(tmp_path: Path):
    code, said = written(tmp_path, PAGE)
    assert not said
    (tmp_path / "book.typ").write_text(TEMPLATE.read_text(encoding="utf-8"), encoding="utf-8")
    main = tmp_path / "main.typ"
    main.write_text(f'#import "book.typ": *\n{code}', encoding="utf-8")
    made = typst.compile(main, font_paths=[path.as_posix() for path in FONTS], ignore_system_fonts=True)
    content = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)
    for words in (
        "low high note Ctrl 송금 code says make book First mean again Linux apt macOS brew Folded Unfolded Carded "
        "Held Gridded Within Caution Slow Elsewhere Named Boxed One Two Small Listed one inner two #sure"
    ).split():
        assert words in content, words


def test_what_the_writer_does_not_know_is_a_warning(tmp_path: Path):
    assert "cannot show a math" in written(tmp_path, "# Title\n\n{math}`x`\n")[1]


def test_korean_runs_are_told_apart():
    assert spoken("a 송금 (送金) 수수료, b") == '#"a ";#ko("송금 (送金) 수수료");#", b";'


def test_addresses_are_readable_where_they_can_be():
    assert readable("https://example.org/%ED%83%88%EB%B6%81") == "https://example.org/탈북"
    assert readable("https://example.org/%20%0A") == "https://example.org/%20%0A"
    assert readable("https://example.org/%FF") == "https://example.org/%FF"


def test_columns_get_what_they_need_and_share_the_rest():
    short, word, long, longest = ["1", "2"], ["incomprehensible words"], ["a " * 40], ["a " * 160]
    assert share(60, [short, ["b " * 10]]) == [None, None]
    widths = share(60, [short, word, long, longest])
    assert widths[0] is None
    assert widths[1] >= len("incomprehensible")
    assert widths[3] > widths[2] > 0
