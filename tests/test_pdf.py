"""The PDF edition: accessible, whole, numbered like the HTML edition."""

import re
import shutil
import subprocess
from collections.abc import Iterator

import pytest
import yaml
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, IndirectObject

from lifeline import ROOT, __version__, figures
from lifeline.evidence import schema


@pytest.fixture(scope="module")
def pdf(built) -> PdfReader:
    return PdfReader(built.pdf)


@pytest.fixture(scope="module")
def text(built) -> str:
    if not shutil.which("pdftotext"):
        pytest.skip("needs poppler-utils")
    done = subprocess.run(["pdftotext", "-layout", str(built.pdf), "-"], text=True, capture_output=True, check=True)
    return done.stdout


def elements(node: object, seen: set[int] | None = None) -> Iterator[DictionaryObject]:
    """Every structure element of the tag tree."""
    seen = set() if seen is None else seen
    if isinstance(node, IndirectObject):
        if node.idnum in seen:
            return
        seen.add(node.idnum)
        node = node.get_object()
    if isinstance(node, DictionaryObject):
        if "/S" in node:
            yield node
        yield from elements(node.get("/K"), seen)
    elif isinstance(node, list):
        for child in node:
            yield from elements(child, seen)


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


def test_every_figure_has_alt_text(pdf: PdfReader):
    tags = list(elements(pdf.trailer["/Root"]["/StructTreeRoot"]))
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


def test_the_tables_travel_inside(pdf: PdfReader):
    assert {f"data/{table['path']}" for table in schema().values()} <= set(pdf.attachments)


def test_title_page_contents_and_lists(text: str):
    front = text.split("\f")
    assert "Lifeline" in front[0]
    assert "The Lifeline contributors" in front[0]
    assert f"Version {__version__}" in front[0]
    released = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))["date-released"]
    assert f"{released:%B} {released.day}, {released.year}" in front[0]
    lists = "".join(front[1:8])
    assert re.search(r"Contents.*Remittance channels.*\d", front[1], re.DOTALL)
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
