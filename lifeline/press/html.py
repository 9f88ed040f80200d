"""A Sphinx extension for the HTML edition: what the theme leaves wanting for readers, and what it loads for none.

Readers who listen, who do not use a mouse, who read on a phone or print: tables have headers with a scope and a
frame that scrolls and can be focused, pictures have a size before they arrive, Korean is marked as Korean. The
theme's templates are mended in templates/, its style in static/lifeline.css.
"""

import re
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.config import Config
from sphinx.transforms.post_transforms import SphinxPostTransform

TEMPLATES = Path(__file__).parent / "templates"

# ------------------------------------------------------------------------------------------- language

HANGUL = "\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff"
IDEOGRAPHS = "\u3400-\u9fff\uf900-\ufaff"
BETWEEN = r"\s\d.,·…⋅:;'\"“”‘’()\[\]/%~-"
"""What may stand between two Korean words of one run."""
KOREAN_RUN = re.compile(
    f"[{HANGUL}{IDEOGRAPHS}]+(?:[{BETWEEN}]+[{HANGUL}{IDEOGRAPHS}]+)*",
)
KOREAN = "language-ko"
"""The class from which docutils makes lang="ko"; give it to a block to mark the whole of it."""


def language_runs(text: str) -> Iterator[tuple[str, bool]]:
    """A text in pieces, each with whether it is Korean: a run of Hangul, with ideographs and signs between."""
    end = 0
    for found in KOREAN_RUN.finditer(text):
        if re.search(f"[{HANGUL}]", found[0]):
            if found.start() > end:
                yield text[end : found.start()], False
            yield found[0], True
            end = found.end()
    if end < len(text):
        yield text[end:], False


class MarkKorean(SphinxPostTransform):
    """Wraps Korean words in an inline node of the class KOREAN, in both editions.

    Runs after all others, so that citations and the bibliography are there. Code stays as it is.
    """

    default_priority = 900

    def run(self, **kwargs: Any) -> None:
        """Replaces each text that holds Korean."""
        for text in list(self.document.findall(nodes.Text)):
            if re.search(f"[{HANGUL}]", text) and not any(stays(parent) for parent in parents(text)):
                text.parent.replace(text, list(pieces(str(text))))


def parents(node: nodes.Node) -> Iterator[nodes.Element]:
    """The elements around a node, from the nearest outwards."""
    while node.parent is not None:
        node = node.parent
        yield node


def stays(element: nodes.Element) -> bool:
    """Whether text in this element is marked already, or is shown as it stands."""
    return KOREAN in element["classes"] or isinstance(element, nodes.literal_block | nodes.raw | nodes.comment)


def pieces(text: str) -> Iterator[nodes.Node]:
    """The nodes that stand for a text with Korean in it."""
    for run, korean in language_runs(text):
        yield nodes.inline("", "", nodes.Text(run), classes=[KOREAN]) if korean else nodes.Text(run)


# ------------------------------------------------------------------------------------------- elements


def size_of(drawing: Path) -> dict[str, str]:
    """Width and height of an SVG file in CSS pixels, as attributes of an image; none if it does not say."""
    if drawing.suffix != ".svg" or not drawing.exists():
        return {}
    with drawing.open(encoding="utf-8") as file:
        box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', file.read(2000))
    return {"width": f"{float(box[1]):.0f}", "height": f"{float(box[2]):.0f}"} if box else {}


def spoken_title(node: nodes.table) -> str:
    """What a table is called when it is announced: its caption, or the section that it stands in."""
    title = node.next_node(nodes.title)
    if title is None:
        section = next((parent for parent in parents(node) if isinstance(parent, nodes.section)), None)
        title = section.next_node(nodes.title) if section else None
    return f"Table: {title.astext()}" if title else "Table"


class Elements:
    """Goes before the theme's translator and adds the attributes that it leaves out."""

    def starttag(self, node: Any, tagname: str, *args: Any, **attributes: Any) -> str:
        """A start tag: a header cell with its scope, a picture with its size, a reference that is a list item."""
        if tagname.lower() == "th":
            attributes["scope"] = "col" if isinstance(node.parent.parent, nodes.thead) else "row"
        if attributes.get("role") == "doc-biblioentry":  # deprecated, and not allowed where docutils puts it
            attributes["role"] = "listitem"
        if tagname.lower() == "img":
            attributes |= node.get("size", {})
        return super().starttag(node, tagname, *args, **attributes)  # type: ignore[misc]

    def visit_image(self, node: nodes.image) -> None:
        """A picture, whose place is kept while it loads."""
        node["size"] = size_of(Path(self.builder.srcdir) / node["uri"])  # type: ignore[attr-defined]
        super().visit_image(node)  # type: ignore[misc]

    def visit_table(self, node: nodes.table) -> None:
        """A table in a frame that can be reached from the keyboard; the theme frees it where nothing scrolls."""
        super().visit_table(node)  # type: ignore[misc]
        frame, table = self.body[-2:]  # type: ignore[attr-defined]
        spoken = self.attval(spoken_title(node))  # type: ignore[attr-defined]
        named = frame.replace("<div ", f'<div role="region" tabindex="0" aria-label="{spoken}" ')
        self.body[-2:] = [named, table]  # type: ignore[attr-defined]


def mend_elements(app: Sphinx) -> None:
    """Puts Elements before the translator that the theme has made."""
    theirs = app.registry.translators.get(app.builder.name)
    if app.builder.format == "html" and theirs:
        app.set_translator(app.builder.name, type("Translator", (Elements, theirs), {}), override=True)


# ---------------------------------------------------------------------------------------------- weight

SERVES = {
    "sphinx-design": 'class="sd-',
    "design-tabs": "sd-tab",
    "copybutton": 'class="highlight',
    "clipboard": 'class="highlight',
    "pygments": 'class="highlight',
    "mystnb": "cell",
}
"""Files that serve only pages with a certain thing on them, by a part of their name: how the thing is known."""
NEEDLESS = ("scripts/sphinx-book-theme",)
"""Files that no page needs: static/page.js does what is wanted of them."""
LEFT_OVER = ("vendor", "locales", "images", "scripts/fontawesome*", "scripts/bootstrap*", "*/*.map")
"""What the theme copies into _static and no page loads."""


def needed(file: Any, body: str) -> bool:
    """Whether a page with this body needs a style or a script."""
    name = str(getattr(file, "filename", file) or "")
    return not any(part in name for part in NEEDLESS) and all(
        mark in body for part, mark in SERVES.items() if Path(name).name.startswith(part)
    )


def lighten(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: nodes.document | None) -> None:
    """Leaves out what a page loads without need; a handler of html-page-context."""
    for kind in ("css_files", "script_files"):
        context[kind] = [file for file in context[kind] if needed(file, context.get("body", ""))]


def sweep(app: Sphinx, error: Exception | None) -> None:
    """Removes what no page loads from the finished folder; a handler of build-finished."""
    if error is None and app.builder.format == "html":
        for path in [found for left in LEFT_OVER for found in (Path(app.outdir) / "_static").glob(left)]:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def look_up_once(app: Sphinx, builder: Builder) -> None:
    """Keeps the chapters in which numbers of figures are looked up; a handler of write-started.

    Sphinx reads a chapter anew for each reference to a figure. The one that is written is not taken from those that
    are kept: writing changes it.
    """
    fresh, resolve = app.env.get_doctree, app.env.get_and_resolve_doctree
    app.env.get_doctree = cache(fresh)
    app.env.get_and_resolve_doctree = lambda page, builder: resolve(page, builder, fresh(page))


def use_templates(app: Sphinx, config: Config) -> None:
    """Looks for templates here before the theme's."""
    config.templates_path.insert(0, TEMPLATES.as_posix())


def setup(app: Sphinx) -> dict[str, object]:
    """Registers the extension."""
    app.connect("config-inited", use_templates, priority=900)
    app.connect("builder-inited", mend_elements, priority=900)
    app.connect("write-started", look_up_once)
    app.connect("html-page-context", lighten, priority=900)
    app.connect("build-finished", sweep)
    app.add_post_transform(MarkKorean)
    app.add_js_file("page.js", loading_method="defer")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
