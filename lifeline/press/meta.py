"""A Sphinx extension: what machines read in each page, and what a reader copies to cite a part of it.

Zotero reads the citation_* tags (a book title makes a page a section of a book, an institution a report);
Google Scholar wants title, author, date and the address of the PDF; search engines for data read JSON-LD.
What needs an absolute address, such as og:image or citation_pdf_url, is left out until _config.yml has one.
"""

import json
import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path
from textwrap import shorten
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from lifeline.evidence import schema
from lifeline.press import again, archive, citing
from lifeline.press.citing import FORMATS, READ, Book, Work

logger = logging.getLogger(__name__)

CARD = "_static/preview.png"
"""The picture that is shown beside a shared link, in the HTML edition."""
CARD_SIZE = (1200, 630)
PDF = "lifeline.pdf"
"""Where the PDF edition lies on the site, beside index.html."""
DATA_PAGE = "chapters/data"
KINDS = {"fig": "figure", "tab": "table", "finding": "finding"}
"""What an anchor names, by its first word."""
NOT_CITED = ("search", "genindex")
"""Pages of the HTML edition that nobody cites."""
LONGEST = 300
"""A description has at most so many characters."""


# --------------------------------------------------------------------------------------------- works


def address(site: str, path: str) -> str:
    """The absolute address of a file of the site; empty if the site has no address."""
    return posixpath.join(site, path) if site else ""


def page_of(env: BuildEnvironment, document: str, anchor: str = "") -> str:
    """The absolute address of a page, or of a place in it; empty if the site has no address."""
    where = address(env.config.html_baseurl, f"{document}.html")
    return f"{where}#{anchor}" if where and anchor else where


def chapter(env: BuildEnvironment, document: str) -> Work:
    """A chapter as a work; its key is the name of its file."""
    title = env.titles[document].astext()
    return Work(citing.book(), "chapter", Path(document).name, title, page_of(env, document))


def part(env: BuildEnvironment, anchor: str) -> Work:
    """A figure, table or finding as a work. Raises KeyError for an anchor that the book does not have."""
    from lifeline.press.pages import told

    document = env.domains["std"].anonlabels[anchor][0]
    kind, _, name = anchor.partition("-")
    title = told(env)[name]["title"] if kind == "finding" else env.domains["std"].labels[anchor][2]
    return Work(citing.book(), KINDS[kind], anchor, title, page_of(env, document, anchor))


def work(env: BuildEnvironment, name: str) -> Work:
    """What a name means: book, data, the path of a chapter or an anchor. Raises KeyError if it means nothing."""
    if name == "book":
        return citing.whole(env.config.html_baseurl)
    if name == "data":
        return citing.data(page_of(env, DATA_PAGE))
    return chapter(env, name) if name in env.titles else part(env, name)


def anchors(env: BuildEnvironment, document: str) -> list[str]:
    """The anchors of the figures and tables of a page."""
    labels = env.domains["std"].labels
    return sorted(n for n, (home, *_) in labels.items() if home == document and n.startswith(("fig-", "tab-")))


def called(env: BuildEnvironment, document: str, anchor: str) -> str:
    """How the page calls a figure or table: Figure 3.1."""
    kind = KINDS[anchor.partition("-")[0]]
    number = env.toc_fignumbers.get(document, {}).get(kind, {}).get(anchor, ())
    return f"{kind.capitalize()} {'.'.join(map(str, number))}".strip()


def offered(env: BuildEnvironment, document: str) -> dict[str, dict[str, Any]]:
    """What the dialog of a page offers: book, chapter, and each figure and table, in every format."""
    works = {"book": ("Book", work(env, "book")), "chapter": ("Chapter", chapter(env, document))}
    works |= {name: (called(env, document, name), part(env, name)) for name in anchors(env, document)}
    return {name: {"called": label, "forms": citing.forms(cited)} for name, (label, cited) in works.items()}


# ---------------------------------------------------------------------------------------------- tags


@dataclass(frozen=True)
class Page:
    """What the tags of a page are made from. site is the address of the whole, url that of the page."""

    work: Work
    description: str
    site: str = ""
    url: str = ""


def script_json(value: object) -> str:
    """JSON that can stand in a script element whatever it holds."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")


def highwire(page: Page) -> Iterator[tuple[str, str]]:
    """The tags of Highwire Press, which Zotero and Google Scholar read."""
    of = page.work.book
    yield "citation_title", page.work.title
    for author in of.authors:
        # The comma says "family name, no given name": without it readers take the last word for the family's.
        yield "citation_author", f"{author},"
    yield "citation_publication_date", f"{of.released:%Y/%m/%d}"
    yield "citation_publisher", citing.listed(of.authors)
    if page.work.is_part:
        yield "citation_book_title", of.title
    else:
        yield "citation_technical_report_institution", citing.listed(of.authors)
        yield "citation_technical_report_number", f"Version {of.version}"
    yield "citation_abstract", page.description
    yield "citation_language", "en"
    for keyword in of.keywords:
        yield "citation_keywords", keyword
    if not page.work.is_part:
        yield "citation_pdf_url", address(page.site, PDF)  # there is no PDF of a chapter alone
    yield "citation_public_url", page.url
    yield "citation_fulltext_html_url", page.url


def dublin_core(page: Page) -> Iterator[tuple[str, str]]:
    """The tags of Dublin Core."""
    of = page.work.book
    yield "DC.title", page.work.title
    for author in of.authors:
        yield "DC.creator", author
    yield "DC.date", of.released.isoformat()
    yield "DC.description", page.description
    yield "DC.type", "Text"
    yield "DC.format", "text/html"
    yield "DC.language", "en"
    yield "DC.publisher", citing.listed(of.authors)
    yield "DC.rights", citing.OPEN
    yield "DC.identifier", page.url


def open_graph(page: Page) -> Iterator[tuple[str, str]]:
    """The tags that a shared link is shown by."""
    of = page.work.book
    yield "og:title", page.work.title if page.work.is_part else of.title
    yield "og:type", "article" if page.work.is_part else "book"
    yield "og:description", page.description
    yield "og:site_name", of.short
    yield "og:locale", "en_US"
    yield "og:url", page.url
    if page.site:
        yield "og:image", address(page.site, CARD)
        yield "og:image:type", "image/png"
        yield "og:image:width", str(CARD_SIZE[0])
        yield "og:image:height", str(CARD_SIZE[1])
        yield "og:image:alt", f"The title of the book: {of.title}"


def without_empty(record: dict[str, Any]) -> dict[str, Any]:
    """The record without what is not known."""
    return {name: value for name, value in record.items() if value not in ("", None, [])}


def common(of: Book) -> dict[str, Any]:
    """What JSON-LD says of the book and of each of its parts alike."""
    by = [{"@type": "Organization", "name": author} for author in of.authors]
    return {
        "author": by,
        "publisher": by,
        "datePublished": of.released.isoformat(),
        "version": of.version,
        "inLanguage": "en",
        "license": citing.OPEN,
        "isAccessibleForFree": True,
        "keywords": list(of.keywords),
    }


def report(of: Book, site: str) -> dict[str, Any]:
    """The book in the words of schema.org."""
    printed = address(site, PDF)
    encoding = {"@type": "MediaObject", "encodingFormat": "application/pdf", "contentUrl": printed}
    return without_empty(
        {
            "@type": "Report",
            "name": of.title,
            "abstract": of.abstract,
            "url": site,
            "encoding": encoding if printed else None,
            **common(of),
        }
    )


def dataset(of: Book, page: Page, package: str) -> dict[str, Any]:
    """The data in the words of schema.org; package is the path of the zip on the site."""
    whole = citing.data(page.url)
    tables = [
        without_empty(
            {
                "@type": "Dataset",
                "name": table["title"],
                "description": table["description"],
                "url": f"{page.url}#{nodes.make_id(f'table-{name}')}" if page.url else "",
                "license": citing.OPEN,
                "creator": common(of)["author"],
            }
        )
        for name, table in schema().items()
    ]
    distribution = {
        "@type": "DataDownload",
        "name": archive.TARGET.name,
        "encodingFormat": "application/zip",
        "contentUrl": address(page.site, package),
    }
    return without_empty(
        {
            "@type": "Dataset",
            "name": whole.title,
            "description": json.loads((citing.DATA / citing.PACKAGE).read_text(encoding="utf-8"))["description"],
            "url": page.url,
            "creator": common(of)["author"],
            "isPartOf": {"@type": "Report", "name": of.title},
            "distribution": [without_empty(distribution)],
            "hasPart": tables,
            **common(of),
        }
    )


def linked_data(page: Page) -> dict[str, Any]:
    """A page in the words of schema.org: the book, or a chapter of it."""
    of = page.work.book
    if not page.work.is_part:
        return report(of, page.site)
    chapter = {
        "@type": "Chapter",
        "name": page.work.title,
        "abstract": page.description,
        "url": page.url,
        "isPartOf": without_empty({"@type": "Report", "name": of.title, "url": page.site}),
        **common(of),
    }
    return without_empty(chapter)


def tags(page: Page, *more: dict[str, Any]) -> str:
    """Everything that stands in the head of a page; `more` are further records of JSON-LD."""
    named = [("description", page.description), *highwire(page), *dublin_core(page)]
    lines = [f'<meta name="{name}" content="{escape(value)}" />' for name, value in named if value]
    lines += [f'<meta property="{name}" content="{escape(value)}" />' for name, value in open_graph(page) if value]
    records = [{"@context": "https://schema.org", **record} for record in (linked_data(page), *more)]
    lines += [f'<script type="application/ld+json">{script_json(record)}</script>' for record in records]
    return "\n".join(["", *lines, ""])


def first_words(tree: nodes.document) -> str:
    """The first paragraph of a chapter as plain text, cut between words if it is long."""
    paragraphs = (p for p in tree.findall(nodes.paragraph) if isinstance(p.parent, nodes.section))
    text = next((p.astext() for p in paragraphs), "")
    return shorten(text, LONGEST, placeholder=" \u2026")


def package_path(env: BuildEnvironment) -> str:
    """Where the zip of the data lies on the site."""
    name = archive.TARGET.relative_to(env.srcdir).as_posix()
    return f"_downloads/{env.dlfiles[name][1]}" if name in env.dlfiles else ""


def described(env: BuildEnvironment, document: str, context: dict, tree: nodes.document | None) -> Page:
    """The page of a chapter, or one that was made from the data."""
    site, url = env.config.html_baseurl, page_of(env, document)
    if document == env.config.root_doc:
        return Page(work(env, "book"), citing.book().abstract, site, url)
    if tree is None:
        made = Work(citing.book(), "chapter", Path(document).name, unescape(context["title"]), url)
        return Page(made, citing.book().abstract, site, url)
    return Page(chapter(env, document), first_words(tree), site, url)


def add_tags(app: Sphinx, document: str, _: str, context: dict, tree: nodes.document | None) -> None:
    """Puts the tags into a page, and the data of its dialog; a handler of Sphinx's event html-page-context."""
    if document in NOT_CITED:
        return
    env = app.env
    page = described(env, document, context, tree)
    more = [dataset(page.work.book, page, package_path(env))] if document == DATA_PAGE else []
    context["metatags"] = context.get("metatags", "") + tags(page, *more)
    if tree is not None and anchors(env, document):
        offer = script_json(offered(env, document))
        context["body"] += f'<script type="application/json" id="cite-data">{offer}</script>'


# --------------------------------------------------------------------------------------- the picture


def write_card(app: Sphinx, error: Exception | None) -> None:
    """Writes the picture into the HTML edition; a handler of Sphinx's event build-finished."""
    if error is None and app.builder.format == "html" and not again.only(app):
        from lifeline.press import card

        card.write(citing.book(), Path(app.outdir) / CARD, CARD_SIZE)


# --------------------------------------------------------------------------------- the chapter "Cite"


class Cited(nodes.General, nodes.Element):
    """Stands for a work until every title of the book is known."""


class HowToCite(SphinxDirective):
    """{how-to-cite} NAME: a work in every format; NAME is book, data, the path of a chapter or an anchor."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """A placeholder."""
        return [Cited("", name=self.arguments[0])]


class Resolve(SphinxPostTransform):
    """Puts the formats in the place of each Cited.

    What people read is shown; what programs read is folded, or left out on paper, from which nobody copies it.
    The book has everything open in both editions.
    """

    default_priority = 30

    def run(self, **kwargs: object) -> None:
        """Replaces them; a name that means nothing is a warning, and stops the build."""
        for node in list(self.document.findall(Cited)):
            try:
                node.replace_self(self.shown(work(self.env, node["name"])))
            except KeyError:
                logger.warning("nothing in the book is called %s", node["name"], location=node)
                node.parent.remove(node)

    def shown(self, cited: Work) -> list[nodes.Node]:
        """The formats, in lists of terms."""
        if cited.kind == "book":
            return [formats(cited, FORMATS)]
        more = [name for name in FORMATS if name not in READ]
        folded = [
            nodes.raw("", f'<details class="cited-more"><summary>{citing.listed(more)}</summary>', format="html"),
            formats(cited, more),
            nodes.raw("", "</details>", format="html"),
        ]
        return [formats(cited, READ), *(folded if self.app.builder.format == "html" else [])]


def formats(cited: Work, names: Iterable[str]) -> nodes.definition_list:
    """A work in some formats."""
    return nodes.definition_list("", *(item(name, FORMATS[name](cited)) for name in names), classes=["cited"])


def item(name: str, text: str) -> nodes.definition_list_item:
    """One format: its name and the text, as a paragraph if people read it, else as a block to copy."""
    block = nodes.literal_block(text, text.rstrip("\n"), language="none")
    body = nodes.paragraph(text, text) if name in READ else block
    return nodes.definition_list_item("", nodes.term(name, name), nodes.definition("", body))


def setup(app: Sphinx) -> dict[str, object]:
    """Registers the extension."""
    app.add_node(Cited)
    app.add_directive("how-to-cite", HowToCite)
    app.add_post_transform(Resolve)
    app.connect("html-page-context", add_tags)
    app.connect("build-finished", write_card)
    app.config.myst_substitutions |= {"released": citing.day(citing.book().released)}
    app.add_css_file("cite.css")
    app.add_js_file("cite.js", loading_method="defer")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
