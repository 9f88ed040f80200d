"""A Sphinx builder for the PDF edition: the chapters as one Typst document, compiled in process.

The builder joins all chapters into one document tree, lets Sphinx resolve every reference in it, and
Writer turns the tree into Typst code that calls the functions of book.typ. All text goes through
string literals, so nothing in the data can be read as Typst code. What the writer does not know is a
warning, and warnings stop the build.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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
LONG_TABLE = 20
"""A table of more rows than this may run over several pages."""
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


def label(document: str, anchor: str) -> str:
    """A Typst label for an anchor of one chapter; anchors repeat between chapters, labels do not."""
    return string(f"{document}#{anchor}" if anchor else document)


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
        self.env.resolve_references(tree, root, self)
        writer = Writer(tree, self)
        tree.walkabout(writer)
        for missing in sorted(writer.linked - writer.placed):
            logger.warning("the PDF links to %s, which is not in it", missing)
        main = Path(self.outdir) / "main.typ"
        main.write_text(self.front() + writer.text(), encoding="utf-8", newline="\n")
        (Path(self.outdir) / "book.typ").write_text(TEMPLATE.read_text(encoding="utf-8"), encoding="utf-8")
        self.compile(main)

    def front(self) -> str:
        """The call of the template: what the title page and the metadata say, what is attached."""
        citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
        title, _, subtitle = citation["title"].partition(": ")
        date = citation["date-released"]
        attached = [
            f"({string('/data/' + table['path'])}, {string(table['title'] + ': ' + table['description'])})"
            for table in schema().values()
        ]
        arguments = {
            "title": string(title),
            "subtitle": string(subtitle),
            "authors": "(" + "".join(string(author["name"]) + "," for author in citation["authors"]) + ")",
            "abstract": string(citation["abstract"]),
            "keywords": "(" + "".join(string(word) + "," for word in citation["keywords"]) + ")",
            "version": string(__version__),
            "date": f"datetime(year: {date.year}, month: {date.month}, day: {date.day})",
            "attached": "(" + "".join(f"{item}," for item in attached) + ")",
        }
        call = ", ".join(f"{name}: {value}" for name, value in arguments.items())
        return f'#import "book.typ": *\n#show: book.with({call})\n\n'

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
        "tgroup",
        "bibliography",
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
    }

    def __init__(self, tree: nodes.document, builder: TypstBuilder) -> None:
        super().__init__(tree)
        self.builder = builder
        self.out: list[str] = []
        self.docnames = [builder.config.root_doc]
        self.levels = [0]
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
        return self.docnames[-1]

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
        self.docnames.append(node["docname"])
        self.levels.append(0)
        self.place("")

    def depart_start_of_file(self, node: nodes.Element) -> None:
        """A chapter ends."""
        self.docnames.pop()
        self.levels.pop()

    def visit_document(self, node: nodes.document) -> None:
        """The root chapter begins."""
        self.place("")

    def visit_section(self, node: nodes.section) -> None:
        """A section: its anchors go behind its heading, which begins a page in a chapter."""
        self.levels[-1] += 1

    def depart_section(self, node: nodes.section) -> None:
        """The section ends."""
        self.levels[-1] -= 1

    def visit_title(self, node: nodes.title) -> None:
        """A heading with the number of the HTML edition; other titles are written by their parents."""
        section = node.parent
        if not isinstance(section, nodes.section):
            raise nodes.SkipNode
        secnumbers = self.builder.env.toc_secnumbers.get(self.docname, {})
        first = section["ids"][0]
        level = self.levels[-1]
        number = secnumbers.get("" if level == 1 else f"#{first}")
        shown = string(".".join(map(str, number))) if number else "none"
        self.put(f"\n\n#chapter-heading({level}, {shown})[{self.inside(node)}]\n\n")
        self.anchors(section)
        raise nodes.SkipNode

    def visit_paragraph(self, node: nodes.paragraph) -> None:
        """A paragraph."""
        self.anchors(node)

    def depart_paragraph(self, node: nodes.paragraph) -> None:
        """An empty line ends it."""
        self.put("\n\n")

    def visit_transition(self, node: nodes.transition) -> None:
        """A rule."""
        self.put("#divider()\n\n")
        raise nodes.SkipNode

    def visit_container(self, node: nodes.container) -> None:
        """Code inputs are left out; a note below a table is set small."""
        if node.get("nb_element") == "cell_code_source" or "cell_input" in node["classes"]:
            raise nodes.SkipNode
        if "below-table" in node["classes"]:
            self.put(f"#below[{self.inside(node)}]\n\n")
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
        """Terms with their definitions."""
        for item in node.findall(nodes.definition_list_item):
            term, definition = (next(iter(item.findall(kind))) for kind in (nodes.term, nodes.definition))
            self.put(f"#terms(terms.item([{self.inside(term)}], [{self.inside(definition)}]));\n\n")
        raise nodes.SkipNode

    def admonition(self, node: nodes.Element) -> None:
        """A box; its title is its first child or the name of its kind."""
        title = node.next_node(nodes.title)
        named = self.inside(title) if title else f"#{string(type(node).__name__.capitalize())};"
        self.put(f"#boxed([{named}])[{self.inside(node)}]\n\n")
        raise nodes.SkipNode

    visit_admonition = visit_note = visit_warning = visit_tip = visit_important = admonition

    # ---------------------------------------------------------------------------------------- inline

    def visit_Text(self, node: nodes.Text) -> None:  # noqa: N802 - docutils names the class so
        """Text, as a string literal."""
        self.put(f"#{string(node.astext().replace(chr(10), ' '))};")

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

    def visit_reference(self, node: nodes.reference) -> None:
        """A link: to a place in the book, or to the web."""
        uri = node.get("refuri", "")
        if uri.startswith("%"):
            document, _, anchor = uri[1:].partition("#")
            target = label(document, anchor)
        elif "refid" in node:
            target = label(self.docname, node["refid"])
        else:
            self.put(f"#link({string(uri)})[")
            return
        self.linked.add(target)
        self.put(f"#link(label({target}))[")

    def depart_reference(self, node: nodes.reference) -> None:
        """The link ends."""
        self.put("];")

    def visit_number_reference(self, node: nodes.Element) -> None:
        """A reference to a figure or table by its number."""
        self.visit_reference(node)

    depart_number_reference = depart_reference

    def visit_download_reference(self, node: nodes.Element) -> None:
        """A file of the HTML edition; on paper its name."""
        self.put(f"#{string('Data: ' + Path(node['reftarget']).name)};")
        raise nodes.SkipNode

    def visit_target(self, node: nodes.target) -> None:
        """A place to link to."""
        self.anchors(node)

    def depart_target(self, node: nodes.target) -> None:
        """A target has no end."""

    def visit_footnote_reference(self, node: nodes.footnote_reference) -> None:
        """A footnote, set where it is called."""
        note = next(n for n in self.document.findall(nodes.footnote) if node["refid"] in n["ids"])
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
        """A picture without a caption; the dark twin of a figure is not for paper."""
        if "drawn-dark" not in node["classes"]:
            source = string("/" + node["uri"].replace(".light.svg", ".print.svg"))
            self.put(f"#align(center, image({source}, alt: {string(node.get('alt', ''))}, width: 70%));")
        raise nodes.SkipNode

    def visit_table(self, node: nodes.table) -> None:
        """A table with its title above; columns of long text share what is left, the longest most of it."""
        title = node.next_node(nodes.title)
        rows = list(node.findall(nodes.row))
        heads = [row for row in rows if isinstance(row.parent, nodes.thead)]
        cells = [[entry for entry in row.children if isinstance(entry, nodes.entry)] for row in rows]
        longest = [max(len(entry.astext()) for entry in column) for column in zip(*cells, strict=True)]
        widths = [f"{length**0.5:.1f}fr" if length > 28 else "auto" for length in longest]
        align = ["right" if "text-right" in entry["classes"] else "left" for entry in cells[-1]]
        body = "".join(self.row(row, row in heads) for row in rows)
        self.put(
            f"#tabled(columns: ({', '.join(widths)},), align: ({', '.join(align)},),"
            f" breakable: {str(len(rows) > LONG_TABLE).lower()},"
            f" number: {string(self.number('table', node))}, caption: [{self.inside(title) if title else ''}],"
            f" targets: [{''.join(self.targets(node))}], {body})\n\n"
        )
        raise nodes.SkipNode

    def row(self, row: nodes.row, head: bool) -> str:
        """The cells of a row as arguments; a head row repeats on each page."""
        cells = "".join(f"[{self.inside(entry).strip()}]," for entry in row.children)
        return f"table.header({cells})," if head else cells


def setup(app: Sphinx) -> dict[str, object]:
    """Registers the builder."""
    app.add_builder(TypstBuilder)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
