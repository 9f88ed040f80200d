"""A Sphinx builder for the PDF edition: the chapters as one Typst document, compiled in process.

The builder joins all chapters into one document tree, lets Sphinx resolve every reference in it, and
Writer turns the tree into Typst code that calls the functions of book.typ. All text goes through
string literals, so nothing in the data can be read as Typst code. What the writer does not know is a
warning, and warnings stop the build.
"""

import os
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width
from urllib.parse import unquote

import font_source_sans_pro
import noto_cjk_sans_jp_bold
import noto_cjk_sans_jp_regular
import pylopdf_fonts_ko
import typst
import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.errors import SphinxError
from sphinx.util import logging
from sphinx.util.console import darkgreen
from sphinx.util.nodes import inline_all_toctrees

from lifeline import ROOT, __version__
from lifeline.evidence import schema

logger = logging.getLogger(__name__)

TEMPLATE = Path(__file__).with_name("book.typ")
ROOM = 104
"""So many letters of a table's type stand beside one another on a page."""
GAP = 3
"""What the space between two columns takes from them, in letters."""
LONG_TABLE = 14
"""A table of more lines than this may run over several pages; less would leave little behind it empty."""
SMALLER = (1.1, 1.25)
"""Where the longest words of a table ask for so many times the room, its type is one or two sizes smaller."""
FONTS = [
    Path(package.__file__).parent
    for package in (font_source_sans_pro, pylopdf_fonts_ko, noto_cjk_sans_jp_regular, noto_cjk_sans_jp_bold)
]
"""Folders of the fonts, which come as packages; the system's fonts are not used."""


class TypesettingError(SphinxError):
    """Typst refused the book, in Typst's own words."""

    category = "PDF"


def string(text: str) -> str:
    """A Typst string literal that holds just this text."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


HANGUL = "\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3"
KOREAN = re.compile(f"([{HANGUL}](?:[^A-Za-z]*[{HANGUL}])?)")
"""A run of Korean: from one Hangul letter to another, over blanks, digits, signs and Chinese characters."""


def spoken(text: str) -> str:
    """Text as code, its Korean marked as Korean, so that it is read aloud as such."""
    pieces = KOREAN.split(text.replace("\n", " "))
    return "".join(
        f"#ko({string(piece)});" if at % 2 else f"#{string(piece)};" for at, piece in enumerate(pieces) if piece
    )


def readable(address: str) -> str:
    """A web address as a person would write it: %ED%95%9C as the letter it stands for, where it stands for one."""
    plain = unquote(address)
    return plain if plain.isprintable() and " " not in plain and "\ufffd" not in plain else address


def label(document: str, anchor: str) -> str:
    """A Typst label for an anchor of one chapter; anchors repeat between chapters, labels do not."""
    return string(f"{document}#{anchor}" if anchor else document)


# ------------------------------------------------------------------------------------- findings on paper

ROW = re.compile(r"([a-z_]+):\S+")
MORE = re.compile(r"and ([\d,]+) more, all in $")


def is_card(node: nodes.Node) -> bool:
    """Whether a paragraph is the evidence behind a finding."""
    return isinstance(node, nodes.paragraph) and any(name.startswith("finding-") for name in node["ids"])


def shorten(card: nodes.paragraph) -> None:
    """Of many rows leaves the number, of few their keys, the name of their table once for those beside each other.

    A card of another shape stays as it is.
    """
    rows = [child for child in card.children if isinstance(child, nodes.literal) and ROW.fullmatch(child.astext())]
    rest = next((text for text in card.children if isinstance(text, nodes.Text) and MORE.search(text)), None)
    if rows and rest:
        first, last = card.index(rows[0]), card.index(rest)
        count = len(rows) + int(MORE.search(rest)[1].replace(",", ""))  # type: ignore[index]
        before = card[first - 1].astext().removesuffix("rows ")
        card[first - 1 : last + 1] = [nodes.Text(f"{before}{count:,} rows, all in ")]
        return
    table = ""
    for row in rows:
        name, _, key = row.astext().partition(":")
        if name == table:
            row.replace_self(nodes.literal(key, key))
        table = name


def is_reference_matter(node: nodes.Node) -> bool:
    """Whether something is for looking up, not for reading: evidence of findings, codebook, bibliography."""
    if isinstance(node, nodes.section):
        return "codebook" in node["ids"] or any(map(is_card, node.children))
    return any(isinstance(child, nodes.citation) for child in node.children)


# ---------------------------------------------------------------------------------------------- tables


def width(text: str) -> int:
    """Letters that a text takes in a line; Chinese characters and Hangul take two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def share(room: float, cells: Sequence[Sequence[str]]) -> list[float | None]:
    """The widths of columns in letters; None for one that gets all it wants.

    A column that needs less than its share gets what it needs; one whose longest word needs more, too; the
    others share what is left so that the lines of the table are few: by the fourth root of the sum of the
    cubes of the lengths of their cells.
    """
    wanted = [max(map(width, column)) for column in cells]
    least = [max((width(word) for cell in column for word in cell.split()), default=1) for column in cells]
    weights = [sum(width(cell) ** 3 for cell in column) ** 0.25 for column in cells]
    taken: dict[int, float] = {}
    while True:
        free = [at for at in range(len(cells)) if at not in taken]
        left, every = room - sum(taken.values()), sum(weights[at] for at in free)
        shares = {at: left * weights[at] / every for at in free}
        fits = {at: float(wanted[at]) for at in free if wanted[at] <= shares[at]}
        short = {at: float(least[at]) for at in free if least[at] > shares[at]}
        if not fits and not short:
            given = shares | taken
            return [None if given[at] >= wanted[at] else given[at] for at in range(len(cells))]
        taken |= fits or short


def lines(widths: Sequence[float | None], cells: Sequence[Sequence[str]]) -> int:
    """How many lines a table takes, about."""
    tall = [
        [1 if wide is None else -(-width(cell) // max(int(wide), 1)) for cell in column]
        for wide, column in zip(widths, cells, strict=True)
    ]
    return sum(max(row, default=1) for row in zip(*tall, strict=True))


class TypstBuilder(Builder):
    """Builds lifeline.pdf in the output folder."""

    name = "typst"
    format = "typst"
    epilog = "The PDF edition is in %(outdir)s."
    supported_image_types = ["image/svg+xml", "image/png"]  # noqa: RUF012 - Sphinx's own convention
    allow_parallel = False

    def get_outdated_docs(self) -> str:
        """The one document is always made anew."""
        return "the book"

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        """Chapters are places in one document: "%docname"."""
        return "%" + docname

    def get_relative_uri(self, from_: str, to: str, typ: str | None = None) -> str:
        """The same from everywhere."""
        return self.get_target_uri(to, typ)

    def prepare_writing(self, docnames: set[str]) -> None:
        """Nothing to prepare."""

    def write_doc(self, docname: str, doctree: nodes.document) -> None:
        """Not called: `write` writes the whole book."""

    def write(self, *ignored: object) -> None:
        """Assembles the book, writes book.typ's main document and compiles it."""
        root = self.config.root_doc
        tree = inline_all_toctrees(
            self, set(self.env.all_docs), root, self.env.get_doctree(root), darkgreen, [root]
        )
        tree["docname"] = root
        # Sphinx reads a chapter anew for each reference to a figure's number; it only looks at it
        self.env.get_doctree = cache(self.env.get_doctree)
        self.env.resolve_references(tree, root, self)
        writer = Writer(tree, self)
        tree.walkabout(writer)
        for missing in sorted(writer.linked - writer.placed):
            logger.warning("the PDF links to %s, which is not in it", missing)
        main = Path(self.outdir) / "main.typ"
        main.write_text(self.front(writer.downloads) + writer.text(), encoding="utf-8", newline="\n")
        (Path(self.outdir) / "book.typ").write_text(TEMPLATE.read_text(encoding="utf-8"), encoding="utf-8")
        self.compile(main)

    def front(self, downloads: dict[str, str]) -> str:
        """The call of the template: what the opening pages and the metadata say, what is attached."""
        citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
        title, _, subtitle = citation["title"].partition(": ")
        date = citation["date-released"]
        tables = {
            f"/data/{table['path']}": f"{table['title']}: {table['description']}" for table in schema().values()
        }
        attached = [
            f"({string(path)}, {string('/' + self.attachment(path))}, {string(text)})"
            for path, text in sorted({**downloads, **tables}.items())
            if path.endswith(".csv")
        ]
        arguments = {
            "title": string(title),
            "subtitle": string(subtitle),
            "authors": "(" + "".join(string(author["name"]) + "," for author in citation["authors"]) + ")",
            "abstract": string(citation["abstract"]),
            "keywords": "(" + "".join(string(word) + "," for word in citation["keywords"]) + ")",
            "version": string(__version__),
            "date": f"datetime(year: {date.year}, month: {date.month}, day: {date.day})",
            "address": string(citation.get("url", "")),
            "attached": "(" + "".join(f"{item}," for item in attached) + ")",
        }
        call = ", ".join(f"{name}: {value}" for name, value in arguments.items())
        return f'#import "book.typ": *\n#show: book.with({call})\n\n'

    @staticmethod
    def attachment(path: str) -> str:
        """The name under which a file travels in the PDF: "data/claims.csv", "figures/fees.csv"."""
        return path.removeprefix("/_build/").removeprefix("/")

    def compile(self, main: Path) -> None:
        """Compiles to PDF. Raises TypesettingError on what Typst refuses."""
        target = Path(self.outdir) / "lifeline.pdf"
        try:
            _, warnings = typst.compile_with_warnings(
                main.as_posix(),
                output=target.as_posix(),
                root=ROOT.as_posix(),
                font_paths=[path.as_posix() for path in FONTS],
                ignore_system_fonts=True,
                pdf_standards=["ua-1", "a-3a"],  # read aloud, and kept for good with its data
                timestamp=int(os.environ.get("SOURCE_DATE_EPOCH", "0")),
            )
        except typst.TypstError as error:
            raise TypesettingError(str(error)) from error
        for warning in warnings:
            logger.warning("typst: %s", warning.message)

    def finish(self) -> None:
        """Nothing is left to do."""


class Writer(nodes.NodeVisitor):
    """Writes a document tree as Typst code."""

    SKIPPED = (
        "comment",
        "substitution_definition",
        "system_message",
        "index",
        "raw",
        "meta",
        "highlightlang",
        "toctree",
        "tabular_col_spec",
        "CellNodeInput",
        "footnote",
        "colspec",
        "only_html",
    )
    THROUGH = (
        "document",
        "start_of_file",
        "container",
        "compound",
        "compact_paragraph",
        "inline",
        "abbreviation",
        "definition",
        "definition_list_item",
        "field",
        "field_body",
        "CellNode",
        "CellOutputNode",
        "citation_reference",
        "HiddenCellNode",
        "caption",
        "generated",
        "PassthroughTextElement",
    )
    WRAPPED = {  # noqa: RUF012 - constant by name
        "emphasis": "emph",
        "strong": "strong",
        "superscript": "super",
        "subscript": "sub",
        "block_quote": "quoted",
        "list_item": "item",
        "attribution": "attribution",
        "legend": "below",
        "title_reference": "emph",
        "literal_strong": "strong",
        "literal_emphasis": "emph",
        "line": "line-of-verse",
        "line_block": "verse",
    }
    PLAIN = (
        "div",
        "tab-set",
        "tab-content",
        "dropdown-body",
        "card-body",
        "card-content",
        "card-header",
        "card-footer",
        "card-carousel",
        "grid-container",
        "grid-row",
        "grid-item",
    )
    """Parts of sphinx-design that on paper are nothing but what they hold."""

    def __init__(self, tree: nodes.document, builder: TypstBuilder) -> None:
        super().__init__(tree)
        self.builder = builder
        self.out: list[str] = []
        self.files: list[nodes.Element] = [tree]
        self.levels = [0]
        self.compact = False
        self.cards = 0
        self.downloads: dict[str, str] = {}
        self.placed: set[str] = set()
        self.linked: set[str] = set()

    # -------------------------------------------------------------------------------------- plumbing

    def text(self) -> str:
        """The Typst code."""
        return "".join(self.out)

    def put(self, code: str) -> None:
        """Appends code."""
        self.out.append(code)

    @property
    def docname(self) -> str:
        """The chapter that is being written."""
        return self.files[-1]["docname"]

    def anchors(self, node: nodes.Element) -> None:
        """Puts a link target for each id of the node."""
        for anchor in node.get("ids", []):
            self.place(anchor)

    def place(self, anchor: str) -> None:
        """Puts one link target."""
        name = label(self.docname, anchor)
        if name not in self.placed:
            self.placed.add(name)
            self.put(f"#anchor({name});")

    def inside(self, node: nodes.Element) -> str:
        """The code of a node's children, apart from what was written so far."""
        outside, self.out = self.out, []
        for child in node.children:
            child.walkabout(self)
        code, self.out = self.text(), outside
        return code

    def dispatch_visit(self, node: nodes.Node) -> Any:
        """Calls visit_<class>, or treats the node by the lists above; an unknown one is a warning."""
        name = type(node).__name__
        if hasattr(self, f"visit_{name}"):
            return getattr(self, f"visit_{name}")(node)
        if name in self.SKIPPED:
            raise nodes.SkipNode
        if name in self.WRAPPED:
            return self.put(f"#{self.WRAPPED[name]}[")
        if name not in self.THROUGH:
            logger.warning("the PDF edition cannot show a %s", name, location=node)
        return None

    def dispatch_departure(self, node: nodes.Node) -> Any:
        """Calls depart_<class>, or closes what dispatch_visit opened."""
        name = type(node).__name__
        if hasattr(self, f"depart_{name}"):
            return getattr(self, f"depart_{name}")(node)
        return self.put("];") if name in self.WRAPPED else None

    # -------------------------------------------------------------------------------------- structure

    def visit_start_of_file(self, node: nodes.Element) -> None:
        """A chapter begins."""
        self.files.append(node)
        self.levels.append(0)
        self.put("#chapter-break()\n")
        self.place("")

    def depart_start_of_file(self, node: nodes.Element) -> None:
        """A chapter ends."""
        self.files.pop()
        self.levels.pop()

    def visit_document(self, node: nodes.document) -> None:
        """The root chapter begins."""
        self.place("")

    def visit_section(self, node: nodes.section) -> None:
        """A section: its anchors go behind its heading, which begins a page in a chapter."""
        self.open(node)
        self.levels[-1] += 1
        self.cards = 0

    def depart_section(self, node: nodes.section) -> None:
        """The section ends."""
        self.levels[-1] -= 1
        self.close(node)

    def open(self, node: nodes.Element) -> None:
        """Begins the small type of what is for looking up, unless it began before."""
        if is_reference_matter(node) and not self.compact:
            self.compact = True
            self.put("\n\n#compact[")

    def close(self, node: nodes.Element) -> None:
        """Ends it before what is for reading."""
        after = node.next_node(descend=False, siblings=True)
        while after is not None and isinstance(after, nodes.comment | nodes.target):
            after = after.next_node(descend=False, siblings=True)
        if is_reference_matter(node) and not (after is not None and is_reference_matter(after)):
            self.compact = False
            self.put("]\n\n")

    def visit_title(self, node: nodes.title) -> None:
        """A heading with the number of the HTML edition; other titles are written by their parents."""
        section = node.parent
        if not isinstance(section, nodes.section):
            raise nodes.SkipNode
        number = self.section_number(section)
        shown = string(number) if number else "none"
        self.put(f"\n\n#chapter-heading({self.levels[-1]}, {shown})[{self.inside(node)}]\n\n")
        self.anchors(section)
        raise nodes.SkipNode

    def section_number(self, section: nodes.section) -> str:
        """The number of a section in the HTML edition, "8.1"; empty where it has none."""
        numbers = self.builder.env.toc_secnumbers.get(self.docname, {})
        number = numbers.get("" if self.levels[-1] == 1 else f"#{section['ids'][0]}")
        return ".".join(map(str, number)) if number else ""

    def visit_paragraph(self, node: nodes.paragraph) -> None:
        """A paragraph; the evidence of a finding gets a number and the pages that name the finding."""
        if is_card(node):
            shorten(node)
            self.cards += 1
            number = f"{self.section_number(node.parent)}.{self.cards}".lstrip(".")
            names = [label(self.docname, name) for name in node["ids"] if name.startswith("finding-")]
            targets = "".join(self.targets(node))
            self.put(f"#card({string(number)}, {names[0]}, [{targets}])[{self.inside(node).strip()}]\n\n")
            raise nodes.SkipNode
        self.anchors(node)

    def depart_paragraph(self, node: nodes.paragraph) -> None:
        """An empty line ends it."""
        self.put("\n\n")

    def visit_transition(self, node: nodes.transition) -> None:
        """A rule; not the one above the notes of a page, which on paper stand where they are called."""
        if "footnotes" not in node["classes"]:
            self.put("#divider()\n\n")
        raise nodes.SkipNode

    def visit_container(self, node: nodes.container) -> None:
        """Code inputs are left out; a note below a table is set small; tabs and what folds away become boxes."""
        if node.get("nb_element") == "cell_code_source" or "cell_input" in node["classes"]:
            raise nodes.SkipNode
        if "below-table" in node["classes"]:  # else its table or its picture has written it
            if not is_glimpse(node.parent) and not isinstance(node.previous_sibling(), nodes.table):
                self.put(f"#below[{self.inside(node)}]\n\n")
            raise nodes.SkipNode
        component = node.get("design_component", "div")
        if component in ("tab-item", "dropdown", "card"):
            title = next((child for child in node.children if isinstance(child, nodes.rubric)), None)
            named = f"[{self.inside(title)}]" if title else "none"
            rest = [child for child in node.children if child is not title]
            self.put(f"#boxed({named})[{self.inside(nodes.container('', *rest)) if rest else ''}]\n\n")
            raise nodes.SkipNode
        if component == "card-title":
            self.put(f"#strong[{self.inside(node)}]\n\n")
            raise nodes.SkipNode
        if component not in self.PLAIN:
            logger.warning("the PDF edition cannot show a %s", component, location=node)
        self.open(node)

    def depart_container(self, node: nodes.container) -> None:
        """The container ends."""
        self.close(node)

    def visit_rubric(self, node: nodes.rubric) -> None:
        """A heading that is in no table of contents."""
        self.put(f"#rubric[{self.inside(node)}]\n\n")
        raise nodes.SkipNode

    def visit_bullet_list(self, node: nodes.bullet_list) -> None:
        """A list with bullets."""
        self.put("#list(")

    def depart_bullet_list(self, node: nodes.bullet_list) -> None:
        """The list ends."""
        self.put(");\n\n")

    def visit_enumerated_list(self, node: nodes.enumerated_list) -> None:
        """A numbered list."""
        self.put(f"#enum(start: {node.get('start', 1)}, ")

    depart_enumerated_list = depart_bullet_list

    def visit_list_item(self, node: nodes.list_item) -> None:
        """One argument of the list."""
        self.put("[")

    def depart_list_item(self, node: nodes.list_item) -> None:
        """The argument ends."""
        self.put("],")

    def visit_definition_list(self, node: nodes.definition_list) -> None:
        """Terms with their definitions, or fields with their bodies."""
        self.put("#terms(")

    depart_definition_list = depart_bullet_list
    visit_field_list = visit_definition_list
    depart_field_list = depart_bullet_list

    def visit_definition_list_item(self, node: nodes.Element) -> None:
        """A term, or several, and what it means: one argument of the list."""
        named = [self.inside(child) for child in node.children if isinstance(child, nodes.term | nodes.field_name)]
        body = [
            self.inside(child) for child in node.children if isinstance(child, nodes.definition | nodes.field_body)
        ]
        self.put(f"terms.item([{'; '.join(named)}], [{''.join(body).strip()}]),")
        raise nodes.SkipNode

    visit_field = visit_definition_list_item

    def admonition(self, node: nodes.Element) -> None:
        """A box; its title is its first child or the name of its kind."""
        first = node.children[0] if node.children else None
        title = first if isinstance(first, nodes.title) else None
        named = self.inside(title) if title else spoken(type(node).__name__.capitalize())
        self.put(f"#boxed([{named}])[{self.inside(node)}]\n\n")
        raise nodes.SkipNode

    visit_admonition = visit_note = visit_warning = visit_tip = visit_important = admonition
    visit_attention = visit_caution = visit_danger = visit_error = visit_hint = visit_topic = admonition

    def visit_seealso(self, node: nodes.Element) -> None:
        """A box that leads elsewhere."""
        self.put(f"#boxed([See also])[{self.inside(node)}]\n\n")
        raise nodes.SkipNode

    # ---------------------------------------------------------------------------------------- inline

    def visit_Text(self, node: nodes.Text) -> None:  # noqa: N802 - docutils names the class so
        """Text, as a string literal."""
        self.put(spoken(node.astext()))

    def depart_Text(self, node: nodes.Text) -> None:  # noqa: N802 - docutils names the class so
        """Text has no end."""

    def visit_literal(self, node: nodes.literal) -> None:
        """Names of rows, files and functions."""
        self.put(f"#raw({string(node.astext())});")
        raise nodes.SkipNode

    def visit_literal_block(self, node: nodes.literal_block) -> None:
        """A block of code or commands."""
        self.put(f"#raw(block: true, {string(node.astext())})\n\n")
        raise nodes.SkipNode

    visit_doctest_block = visit_literal_block

    def visit_reference(self, node: nodes.reference) -> None:
        """A link: to a place in the book, or to the web. A page of the HTML edition alone is named, not linked."""
        uri = node.get("refuri", "")
        if uri.startswith("%"):
            document, _, anchor = uri[1:].partition("#")
            target = label(document, anchor)
        elif "refid" in node:
            anchor, target = node["refid"], label(self.docname, node["refid"])
        else:
            self.outside(node, uri)
        self.linked.add(target)
        self.put(f"#used({target})[" if anchor.startswith("finding-") else f"#link(label({target}))[")

    def outside(self, node: nodes.reference, uri: str) -> None:
        """A link to the web; an address that stands in the text is set so that it can be read."""
        shown = spoken(readable(uri)) if node.astext() == uri else self.inside(node)
        is_web = uri.startswith(("https://", "http://", "mailto:"))
        self.put(f"#link({string(uri)})[{shown}];" if is_web else shown)
        raise nodes.SkipNode

    def depart_reference(self, node: nodes.reference) -> None:
        """The link ends."""
        self.put("];")

    def visit_number_reference(self, node: nodes.Element) -> None:
        """A reference to a figure or table by its number."""
        self.visit_reference(node)

    depart_number_reference = depart_reference

    def visit_download_reference(self, node: nodes.Element) -> None:
        """A file: the attachment of that name, or one that comes with the HTML edition alone."""
        path = node["reftarget"]
        name, text = self.builder.attachment(path), node.astext()
        if path.endswith(".csv"):
            self.downloads.setdefault(path, f"What {Path(path).stem} shows")
        else:
            name = Path(path).name
        before = "Data: " if text.startswith("Data") else ""
        where = "" if path.endswith(".csv") else " (web edition)"
        self.put(f"#{string(before)};#raw({string(name)});#{string(where)};")
        raise nodes.SkipNode

    def visit_target(self, node: nodes.target) -> None:
        """A place to link to."""
        self.anchors(node)

    def depart_target(self, node: nodes.target) -> None:
        """A target has no end."""

    def visit_footnote_reference(self, node: nodes.footnote_reference) -> None:
        """A footnote, set where it is called."""
        note = next(n for n in self.files[-1].findall(nodes.footnote) if node["refid"] in n["ids"])
        body = [child for child in note.children if not isinstance(child, nodes.label)]
        self.put(f"#footnote[{''.join(self.inside(child) for child in body).strip()}];")
        raise nodes.SkipNode

    def visit_label(self, node: nodes.label) -> None:
        """The label of an entry of the bibliography is written by the entry."""
        raise nodes.SkipNode

    def visit_citation(self, node: nodes.citation) -> None:
        """An entry of the bibliography."""
        entry, name = self.inside(node), node.next_node(nodes.label)
        targets = "".join(self.targets(node))
        self.put(f"#reference[{targets}#{string(name.astext() if name else '')};][{entry.strip()}]\n\n")
        raise nodes.SkipNode

    def targets(self, node: nodes.Element) -> Iterator[str]:
        """The link targets of a node, as code."""
        outside, self.out = self.out, []
        self.anchors(node)
        code, self.out = self.text(), outside
        yield code

    # ------------------------------------------------------------------------------ figures and tables

    def number(self, kind: str, node: nodes.Element) -> str:
        """The number of a figure or table in the HTML edition, "1.2"."""
        numbered = self.builder.env.toc_fignumbers.get(self.docname, {}).get(kind, {})
        return ".".join(map(str, next((numbered[i] for i in node["ids"] if i in numbered), ())))

    def visit_figure(self, node: nodes.figure) -> None:
        """A figure with its caption and what stands below it."""
        image, caption, legend = (node.next_node(kind) for kind in (nodes.image, nodes.caption, nodes.legend))
        source = image["uri"].replace(".light.svg", ".print.svg")
        alt = image.get("alt", "")
        if not alt:
            logger.warning("%s has no alt text", source, location=node)
        self.put(
            f"#drawn(path: {string('/' + source)}, alt: {string(alt)},"
            f" number: {string(self.number('figure', node))},"
            f" caption: [{self.inside(caption) if caption else ''}],"
            f" below: [{self.inside(legend).strip() if legend else ''}],"
            f" targets: [{''.join(self.targets(node))}])\n\n"
        )
        raise nodes.SkipNode

    def visit_image(self, node: nodes.image) -> None:
        """A picture without a caption, with what stands below it; the dark twin of a figure is not for paper."""
        if "drawn-dark" not in node["classes"]:
            source = string("/" + node["uri"].replace(".light.svg", ".print.svg"))
            below = [child for child in node.parent.children if "below-table" in child.get("classes", [])]
            under = "".join(map(self.inside, below)) if is_glimpse(node.parent) else ""
            self.put(f"#glimpse({source}, alt: {string(node.get('alt', ''))})[{under.strip()}]\n\n")
        raise nodes.SkipNode

    def visit_table(self, node: nodes.table) -> None:
        """A table with its title and its note, its columns as wide as their texts ask for."""
        title, after = node.next_node(nodes.title), node.next_node(descend=False, siblings=True)
        note = after if isinstance(after, nodes.container) and "below-table" in after["classes"] else None
        rows = list(node.findall(nodes.row))
        heads = [row for row in rows if isinstance(row.parent, nodes.thead)]
        texts = [[entry.astext() for entry in row.children] for row in rows]
        columns = list(zip(*(row for row in texts if len(row) == max(map(len, texts))), strict=True))
        need = sum(max(width(word) for cell in column for word in [*cell.split(), ""]) for column in columns)
        room = ROOM - GAP * len(columns)
        smaller = sum(need > room * limit / SMALLER[0] for limit in SMALLER)
        widths = share(room * (1, 1.1, 1.2)[smaller], columns)
        shown = ["auto" if wide is None else f"{wide + GAP:.1f}fr" for wide in widths]
        align = ["right" if "text-right" in entry["classes"] else "left" for entry in rows[-1].children]
        body = "".join(self.row(row) for row in rows if row not in heads)
        head = f"table.header({''.join(map(self.row, heads))})," if heads else ""
        self.put(
            f"#tabled(columns: ({', '.join(shown)},), align: ({', '.join(align)},), smaller: {smaller},"
            f" breakable: {str(lines(widths, columns) > LONG_TABLE).lower()},"
            f" number: {string(self.number('table', node))}, caption: [{self.inside(title) if title else ''}],"
            f" note: [{self.inside(note).strip() if note else ''}],"
            f" targets: [{''.join(self.targets(node))}], {head}{body})\n\n"
        )
        raise nodes.SkipNode

    def row(self, row: nodes.row) -> str:
        """The cells of a row as arguments."""
        return "".join(map(self.cell, row.children))

    def cell(self, entry: nodes.entry) -> str:
        """One cell as an argument; it may span columns and rows."""
        across, down = entry.get("morecols", 0) + 1, entry.get("morerows", 0) + 1
        span = f"table.cell(colspan: {across}, rowspan: {down})" if across * down > 1 else ""
        return f"{span}[{self.inside(entry).strip()}],"


def is_glimpse(node: nodes.Node) -> bool:
    """Whether something holds a picture without a number and what stands below it."""
    return any(isinstance(child, nodes.image) for child in node.children)


def setup(app: Sphinx) -> dict[str, object]:
    """Registers the builder."""
    app.add_builder(TypstBuilder)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
