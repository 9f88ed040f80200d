"""What the pages of the HTML edition offer to take away: files of figures, code, notebooks, the book, the data."""

import shutil
from pathlib import Path
from typing import Any

import typst
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxRole

from lifeline import __version__
from lifeline.press import again, archive, notebooks
from lifeline.press.explorer import only_html
from lifeline.press.talk import BUILD

BOOK = "lifeline.pdf"
"""The PDF edition, at the top of the HTML edition's folder."""
CALLED = {"csv": "CSV", "svg": "SVG", "pdf": "PDF", "png": "PNG"}
"""What a file is called in the line below a figure, by its ending."""
NO_BOOK = """
#set document(title: "No PDF edition", date: none)
#set text(lang: "en")
#set page(width: 120mm, height: 40mm)
This copy of the web edition was made without the PDF edition. `make book` makes both.
"""
"""Stands where the PDF edition would be, so that no link is dead."""


class FilesLine(SphinxRole):
    """{files}`fees.csv fees.light.svg lifeline/figures/channels.py#L107 fees`: the files of a figure and its code.

    The code is linked at this version in the repository, if _config.yml has its address; else the module is
    offered as a file, which works without a network too.
    """

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """The line; in print, which has no files, the names."""
        data, *pictures, code, function = self.text.split(" ")
        line = nodes.inline("", "Data: ", self.file(data), nodes.Text(". "))
        if pictures:
            line += nodes.Text("Figure: ")
            for at, picture in enumerate(pictures):
                line += [nodes.Text(", " if at else ""), self.file(picture)]
            line += nodes.Text(". ")
        line += [nodes.Text("Code: "), self.code(code, function), nodes.Text(".")]
        module, _, _ = code.partition("#")
        table = self.download(f"/_build/figures/{data}", "Data (CSV)")  # travels in the PDF
        return only_html(line, nodes.inline("", "", table, nodes.Text(f". Code: {function} in {module}."))), []

    def file(self, name: str) -> nodes.Element:
        """A link to a file of _build/figures."""
        return self.download(f"/_build/figures/{name}", CALLED[name.rpartition(".")[2]])

    def download(self, path: str, text: str) -> nodes.Element:
        """A link to a copy of a file of the book."""
        shown = nodes.inline("", text)
        return addnodes.download_reference("", "", shown, reftarget=path, refdoc=self.env.docname, refwarn=True)

    def code(self, place: str, function: str) -> nodes.Element:
        """A link to a function."""
        repository = self.config.html_theme_options.get("repository_url", "").rstrip("/")
        if repository:
            return nodes.reference("", function, refuri=f"{repository}/blob/v{__version__}/{place}")
        module, _, _ = place.partition("#")
        return self.download(f"/{module}", f"{function} in {Path(module).name}")


def foot(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: object) -> None:
    """Puts at the foot of each page what it offers; a handler of Sphinx's event html-page-context."""
    if "body" not in context:
        return
    up = "../" * page.count("/")
    chapter = page.removeprefix("chapters/")
    made = notebooks.offered(chapter) if page.startswith("chapters/") else {}
    links = [f'<a href="{up}{notebooks.FOLDER}/{name}" download>{text}</a>' for name, text in made.items()]
    page_offers = f"This page: {', '.join(links)}. " if links else ""
    context["body"] += (
        f'<p class="page-offers">{page_offers}The book: <a href="{up}{BOOK}">PDF</a>, '
        f'<a href="{up}{archive.TARGET.name}" download>data (zip)</a>.</p>'
    )


def finish(app: Sphinx, why: Exception | None) -> None:
    """Writes what the foot of each page offers; a handler of Sphinx's event build-finished."""
    if why is not None or app.builder.format != "html":
        return
    from lifeline.press.numbers import known_numbers

    folder = Path(app.outdir)
    spoken = notebooks.Spoken(known_numbers(), figure_names(app))
    notebooks.write(folder / notebooks.FOLDER, spoken, [Path(page).name for page in again.only(app)])
    shutil.copyfile(archive.TARGET, folder / archive.TARGET.name)
    (folder / BOOK).write_bytes(typst.compile(NO_BOOK.encode(), ignore_system_fonts=True, timestamp=0))


def figure_names(app: Sphinx) -> dict[str, str]:
    """What prose calls each figure and table, "Figure 1.2", by its name."""
    return {
        name: app.config.numfig_format[kind] % ".".join(map(str, number))
        for kinds in app.env.toc_fignumbers.values()
        for kind, numbered in kinds.items()
        for name, number in numbered.items()
    }


def offer_book(book: Path) -> None:
    """Puts the PDF edition into the HTML edition."""
    beside = (BUILD / "html" / BOOK).with_suffix(".new")
    shutil.copyfile(book, beside)
    beside.replace(BUILD / "html" / BOOK)


def setup(app: Sphinx) -> None:
    """Registers the role and the handlers."""
    app.add_role("files", FilesLine())
    app.connect("html-page-context", foot)
    app.connect("build-finished", finish)
