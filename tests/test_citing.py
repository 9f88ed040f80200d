"""Citing: what machines read in the pages, what readers copy, and the files that archives read."""

import json
import re
from datetime import date
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
import yaml
from bs4 import BeautifulSoup
from PIL import Image
from pybtex.database import parse_string

from lifeline import ROOT, __version__
from lifeline.press import citing, meta

TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
CHAPTERS = [TOC["root"], *(entry["file"] for entry in TOC["chapters"])]
SITE = "https://example.org/book/"
HOSTILE = '50% of $5 & #1_{x} \\ ~ ^ "q" <b> </script><!-- \'é\nER  - \nTY  - JOUR'
BOOK = citing.book()
KINDS = {"book": "book", "data": "data", "chapter": "channels", "figure": "fig-x", "finding": "finding-x"}


def a_work(kind: str, title: str = "Who pays?", url: str = "") -> citing.Work:
    return citing.Work(BOOK, kind, KINDS[kind], BOOK.title if kind == "book" else title, url)


# ------------------------------------------------------------------------------------- CITATION.cff


def test_citation_cff_keeps_to_the_format():
    """The rules of the schema of CFF 1.2.0 that the file touches; the schema forbids every other key."""
    said = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    needed = {"cff-version", "message", "title", "authors"}
    known = {"type", "abstract", "version", "date-released", "license", "keywords", "preferred-citation", "url"}
    assert needed <= set(said) <= needed | known | {"repository-code"}
    assert said["cff-version"] == "1.2.0"
    assert said["type"] in {"software", "dataset"}
    assert set(said["license"]) == set(citing.LICENSES)
    preferred = said["preferred-citation"]
    assert preferred["type"] == "report"
    known = {"type", "title", "authors", "institution", "version", "date-released", "year", "url"}
    assert set(preferred) <= known
    for each in (said, preferred):
        assert isinstance(each["version"], str)
        assert isinstance(each["date-released"], date)
        assert each["authors"] == [{"name": "The Lifeline contributors"}], "an entity, no invented person"
    for name in ("title", "version", "date-released"):
        assert preferred[name] == said[name]
    assert preferred["year"] == said["date-released"].year


def test_the_files_for_archives_are_what_citation_cff_gives():
    for path, content in citing.files(BOOK).items():
        assert path.read_text(encoding="utf-8") == content, "run `python -m lifeline.press.citing`"


def test_the_readme_cites_this_version():
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").replace("> ", "").replace("*", "").split())
    assert f"The Lifeline contributors ({BOOK.released.year}). {BOOK.title}. Version {__version__}." in readme


def test_no_doi_is_made_up():
    files = [citing.SOURCE, citing.ZENODO, citing.CODEMETA]
    assert not [path.name for path in files if re.search(r"\b10\.\d{4,}/", path.read_text(encoding="utf-8"))]


# ------------------------------------------------------------------------------------------- formats


@pytest.mark.parametrize("kind", KINDS)
def test_each_format_says_who_what_version_and_year(kind: str):
    work = a_work(kind, url=f"{SITE}x.html#y")
    for name, text in citing.forms(work).items():
        missing = [
            part for part in ("The Lifeline contributors", BOOK.version, "2026", work.url) if part not in text
        ]
        assert missing == [], name
        assert work.title.rstrip("?") in text, name
        assert (f"{kind.capitalize()}, {work.key}" in text) == (kind in {"figure", "finding"}), name


def test_the_forms_that_people_read():
    figure = a_work("figure")
    book = BOOK.title
    assert citing.apa(a_work("book")) == f"The Lifeline contributors. (2026). {book} (Version {__version__})."
    assert citing.apa(figure) == (
        f"The Lifeline contributors. (2026). Who pays? [Figure, fig-x]. In {book} (Version {__version__})."
    )
    assert citing.apa(a_work("chapter")).startswith("The Lifeline contributors. (2026). Who pays? In Lifeline")
    assert citing.chicago(a_work("chapter", url=SITE)) == (
        f"The Lifeline contributors. “Who pays?” In {book}. Version {__version__}. "
        f"{BOOK.released:%B} {BOOK.released.day}, {BOOK.released.year}. {SITE}."
    )


@pytest.mark.parametrize("kind", ["chapter", "figure", "data"])
def test_no_title_breaks_out_of_bibtex(kind: str):
    text = citing.bibtex(a_work(kind, HOSTILE))
    entries = parse_string(text, "bibtex").entries
    assert list(entries) == [citing.identifier(a_work(kind))]
    title = entries[citing.identifier(a_work(kind))].fields["title"]
    assert title.startswith("{50\\% of \\$5 \\& \\#1\\_\uff5bx\uff5d")
    assert not re.search(r"(?<!\\)[%&$#_~^]", title)
    assert "\n" not in title


@pytest.mark.parametrize("kind", ["chapter", "figure", "data"])
def test_no_title_breaks_out_of_ris(kind: str):
    lines = citing.ris(a_work(kind, HOSTILE)).splitlines()
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in lines)
    tags = [line[:2] for line in lines]
    assert (tags[0], tags[-1]) == ("TY", "ER")
    assert (tags.count("TY"), tags.count("ER"), tags.count("TI")) == (1, 1, 1)


def test_csl_json_can_be_read_whatever_the_title():
    (item,) = json.loads(citing.csl_json(a_work("chapter", HOSTILE)))
    assert item["title"] == " ".join(HOSTILE.split())
    assert item["container-title"] == BOOK.title
    assert item["issued"] == {"date-parts": [[BOOK.released.year, BOOK.released.month, BOOK.released.day]]}
    assert "URL" not in item


# ----------------------------------------------------------------------------------------- the pages


class Head(HTMLParser):
    """Tags of a page: the metas by name, how many of each, the scripts' texts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.metas: dict[str, list[str]] = {}
        self.scripts: list[str] = []
        self.inside = False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        name = given.get("name") or given.get("property")
        if tag == "meta" and name:
            self.metas.setdefault(name, []).append(given["content"])
        self.inside = tag == "script" and given.get("type") == "application/ld+json"
        if self.inside:
            self.scripts.append("")

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.scripts[-1] += data

    def records(self) -> list[dict]:
        return [json.loads(text) for text in self.scripts]


def saved_by_zotero(metas: dict[str, list[str]]) -> dict:
    """The item that Zotero's translator "Embedded Metadata" makes, by its rules.

    The type follows from the last citation_ tag that tells one, and wins over Dublin Core and Open Graph. Of
    each field the first tag counts. Authors are split at semicolons; one with a comma is family name, given
    name; one without is split at its last blank. A comma at the end is dropped.
    """
    types = {
        "citation_journal_title": "journalArticle",
        "citation_technical_report_institution": "report",
        "citation_book_title": "bookSection",
    }
    told = [types[name] for name in metas if name in types]
    fields = {
        "citation_title": "title",
        "citation_publication_date": "date",
        "citation_book_title": "bookTitle",
        "citation_technical_report_institution": "institution",
        "citation_technical_report_number": "number",
        "citation_publisher": "publisher",
        "citation_abstract": "abstractNote",
        "citation_public_url": "url",
        "citation_language": "language",
    }
    item = {field: metas[name][0] for name, field in fields.items() if name in metas}
    creators = [author for cell in metas.get("citation_author", []) for author in re.split(r"\s*;\s*", cell)]
    pdf = metas.get("citation_pdf_url")
    attached = [pdf[0]] if pdf else []
    return {
        "itemType": told[-1] if told else "journalArticle",
        **item,
        "creators": [named(a) for a in creators],
        "attachments": attached,
    }


def named(author: str) -> tuple[str, str]:
    """Family name and given name."""
    bare = author.strip(" .,/[]:")
    if "," in author:
        family, _, given = bare.partition(", ")
        return family, given
    given, _, family = bare.rpartition(" ")
    return family, given


@pytest.mark.parametrize("name", CHAPTERS)
def test_zotero_saves_each_page_as_what_it_is(built, name: str):
    head = Head(built.page(name.partition("/")[2]))
    item = saved_by_zotero(head.metas)
    assert item["itemType"] == ("report" if name == TOC["root"] else "bookSection")
    assert item["creators"] == [("The Lifeline contributors", "")]
    assert item["date"] == f"{BOOK.released:%Y/%m/%d}"
    if name == TOC["root"]:
        assert (item["title"], item["number"]) == (BOOK.title, f"Version {__version__}")
    else:
        assert item["bookTitle"] == BOOK.title
        assert item["title"] == BeautifulSoup(built.page(name.partition("/")[2]), "html.parser").h1.find(
            string=True, recursive=False
        )


@pytest.mark.parametrize("name", CHAPTERS)
def test_each_page_describes_itself_to_machines(built, name: str):
    head = Head(built.page(name.partition("/")[2]))
    for tag in ("description", "DC.description", "og:description", "citation_abstract"):
        assert 40 < len(head.metas[tag][0]) <= max(meta.LONGEST, len(BOOK.abstract)), tag
    assert head.metas["DC.title"] == head.metas["citation_title"] == head.metas["og:title"]
    record = head.records()[0]
    assert record["@context"] == "https://schema.org"
    assert record["@type"] == ("Report" if name == TOC["root"] else "Chapter")
    assert record["name"] == head.metas["citation_title"][0]
    assert record.get("isPartOf", {"name": record["name"]})["name"] == BOOK.title
    assert record["version"] == __version__


def test_no_two_chapters_have_one_description(built):
    said = [Head(built.page(name.partition("/")[2])).metas["description"][0] for name in CHAPTERS]
    assert len(set(said)) == len(said)


def test_the_data_page_is_a_dataset_with_a_distribution(built):
    _, record = Head(built.page("data")).records()
    assert record["@type"] == "Dataset"
    assert [one["encodingFormat"] for one in record["distribution"]] == ["application/zip"]
    assert record["license"] == citing.OPEN
    assert {"Documents", "Claims"} <= {table["name"] for table in record["hasPart"]}
    assert 50 <= len(record["description"]) <= 5000


def test_without_an_address_nothing_absolute_is_made_up(built):
    assert not yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["html"]["baseurl"]
    for name in CHAPTERS:
        head = Head(built.page(name.partition("/")[2]))
        absolute = {"citation_pdf_url", "citation_public_url", "og:url", "og:image", "DC.identifier"}
        assert not absolute & set(head.metas)
        linked = set(re.findall(r'https?://[^"\s]+', " ".join(head.scripts)))
        assert linked <= {"https://schema.org", citing.OPEN}


def test_with_an_address_every_link_is_absolute():
    url = f"{SITE}chapters/channels.html"
    head = Head(meta.tags(meta.Page(a_work("chapter", url=url), "What it says.", SITE, url)))
    for tag in ("citation_public_url", "citation_fulltext_html_url", "og:url", "DC.identifier"):
        assert head.metas[tag] == [url]
    assert "citation_pdf_url" not in head.metas, "there is no PDF of a chapter alone"
    assert Head(meta.tags(meta.Page(a_work("book"), "", SITE, url))).metas["citation_pdf_url"] == [
        f"{SITE}{meta.PDF}"
    ]
    assert head.metas["og:image"] == [f"{SITE}_static/preview.png"]
    assert head.records()[0]["isPartOf"]["url"] == SITE
    page = meta.Page(a_work("chapter", url=url), "What it says.", SITE, url)
    record = meta.dataset(BOOK, page, "_downloads/1/lifeline-data.zip")
    assert record["distribution"][0]["contentUrl"] == f"{SITE}_downloads/1/lifeline-data.zip"
    assert all(table["url"].startswith(f"{url}#table-") for table in record["hasPart"])


def test_the_address_may_end_in_a_slash_or_not():
    assert meta.address(SITE, "a.html") == meta.address(SITE.rstrip("/"), "a.html") == f"{SITE}a.html"
    assert meta.address("", "a.html") == ""


def test_no_text_breaks_out_of_the_head():
    head = Head(meta.tags(meta.Page(a_work("chapter", HOSTILE), HOSTILE)))
    assert head.metas["citation_title"] == head.metas["description"] == head.metas["og:title"] == [HOSTILE]
    assert head.records()[0]["name"] == HOSTILE
    assert "<" not in meta.script_json({"a": HOSTILE})


def test_the_preview_has_the_size_it_says(built):
    with Image.open(built.html / meta.CARD) as picture:
        assert picture.size == meta.CARD_SIZE


def test_a_name_that_the_book_does_not_have_is_an_error():
    domain = SimpleNamespace(anonlabels={}, labels={})
    env = SimpleNamespace(titles={}, domains={"std": domain}, config=SimpleNamespace(html_baseurl=""))
    with pytest.raises(KeyError):
        meta.work(env, "fig-nothing")


def test_the_chapter_shows_every_kind_in_every_format(built):
    page = BeautifulSoup(built.page("cite"), "html.parser")
    shown = [part.get_text() for part in page.select("dl.cited dd")]
    assert len(shown) == 6 * len(citing.FORMATS)
    assert shown[0].strip() == citing.apa(a_work("book"))
    assert sum("[Figure, fig-fees]" in text for text in shown) == len(citing.FORMATS)
    assert sum("[Finding, finding-sent-in-year-2018]" in text for text in shown) == len(citing.FORMATS)


# ---------------------------------------------------------------------------------------- the dialog


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_figure_and_table_is_offered(built, name: str):
    page = BeautifulSoup(built.page(name.partition("/")[2]), "html.parser")
    there = {each["id"] for each in page.select("figure[id^=fig-], table[id^=tab-]")}
    store = page.find(id="cite-data")
    offered = json.loads(store.string) if store else {}
    assert set(offered) - {"book", "chapter"} == there
    if offered:
        assert offered["book"]["forms"] == citing.forms(a_work("book"))
        number = re.compile(r"(Figure|Table) \d+\.\d+|(Figure|Table) \d+")
        assert all(number.fullmatch(offered[each]["called"]) for each in there)


@pytest.fixture
def channels(browser, built):
    context = browser.new_context(viewport={"width": 360, "height": 740})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto((built.html / "chapters" / "channels.html").as_uri())
    yield page
    context.close()


def test_the_dialog_works_from_the_keyboard(channels):
    button = channels.locator("#fig-fees .cite-button")
    button.focus()
    channels.keyboard.press("Enter")
    dialog = channels.get_by_role("dialog", name=button.get_attribute("aria-label"))
    assert dialog.is_visible()
    assert dialog.evaluate("dialog => dialog.contains(document.activeElement)")
    assert dialog.evaluate("dialog => dialog.scrollWidth <= dialog.clientWidth")
    assert "fig-fees" in dialog.locator("pre").first.inner_text()
    channels.keyboard.press("Tab")  # from "Close" to the choice
    channels.keyboard.press("ArrowDown")
    channels.keyboard.press("ArrowDown")
    shown = dialog.locator("pre").all_inner_texts()
    assert shown == list(citing.forms(a_work("book")).values())
    dialog.get_by_role("button", name="Copy BibTeX").press("Enter")
    dialog.get_by_text("BibTeX copied.").wait_for()
    assert channels.evaluate("navigator.clipboard.readText()") == shown[2]
    channels.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert button.evaluate("button => button === document.activeElement")


def test_without_a_clipboard_the_text_is_copied_the_old_way(channels):
    channels.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    channels.get_by_role("button", name=re.compile("^Cite Table")).first.click()
    channels.get_by_role("button", name="Copy RIS").click()
    channels.get_by_text(re.compile("RIS (copied|is selected)")).wait_for()
    assert channels.evaluate("window.getSelection().toString()").startswith("TY  - CHAP")


def test_no_button_is_printed(channels):
    assert channels.locator(".cite-button").first.is_visible()
    channels.emulate_media(media="print")
    assert not [each for each in channels.locator(".cite-button").all() if each.is_visible()]
