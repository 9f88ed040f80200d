"""The chapters as Jupyter notebooks: as written, and with what the book shows.

The first is to be run: its cells are the chapter's, its prose the chapter's source. The second is to be read
where there is no Python: numbers stand in the prose, figures are pictures. Both depend on nothing but the
chapter and what it was executed to, so the same book gives the same bytes.
"""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat
import yaml
from jupyter_cache import get_cache
from myst_nb.core.read import read_myst_markdown_notebook
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_output

from lifeline import ROOT, __version__
from lifeline.press.cache import CACHE

FOLDER = "_notebooks"
"""Where the HTML edition keeps them."""

HOW = (
    "*The chapter “{title}” of Lifeline {version}, as a notebook.* It runs where the book's package is installed: "
    "in the folder of the book, `make setup` installs it into `.venv`. Then choose `.venv/bin/python` as the "
    "kernel, or run `.venv/bin/jupyter-execute --inplace` on this file. Roles in the text, such as {{n}}`name`, "
    "stand for numbers and references that the book fills in."
)
"""The first cell of a notebook that is to be run."""
READ = (
    "*The chapter “{title}” of Lifeline {version}, with what its cells show.* "
    "The notebook without outputs, beside this one, says how to run it."
)
"""The first cell of a notebook that is to be read."""


@cache
def chapters() -> list[str]:
    """The names of the chapters in the table of contents."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    entries = [toc["root"], *(entry["file"] for entry in toc.get("chapters", []))]
    return [Path(entry).name for entry in entries if (ROOT / f"{entry}.md").is_file()]


@cache
def source(chapter: str) -> str:
    """The text of a chapter."""
    return (ROOT / "chapters" / f"{chapter}.md").read_text(encoding="utf-8")


def offered(chapter: str) -> dict[str, str]:
    """The notebooks of a chapter: what each is called, by its file name. One without cells has no outputs."""
    if chapter not in chapters():
        return {}
    executed = {f"{chapter}.executed.ipynb": "with outputs"} if "{code-cell}" in source(chapter) else {}
    return {f"{chapter}.ipynb": "notebook", **executed}


def read(chapter: str) -> NotebookNode:
    """A chapter as a notebook, as it is written."""
    notebook = read_myst_markdown_notebook(source(chapter))
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook.metadata = nbformat.from_dict(kernel | {"language_info": {"name": "python"}})
    return notebook


def titled(chapter: str, head: str) -> NotebookNode:
    """A first cell that says what the notebook is."""
    title = re.search(r"^# (.+)$", source(chapter), re.MULTILINE)
    return new_markdown_cell(head.format(title=title[1] if title else chapter, version=__version__))


def numbered(notebook: NotebookNode) -> NotebookNode:
    """The notebook with ids that are the same each time."""
    for at, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{at}"
    return notebook


def to_run(chapter: str) -> NotebookNode:
    """The notebook that is to be run."""
    notebook = read(chapter)
    notebook.cells.insert(0, titled(chapter, HOW))
    return numbered(notebook)


@dataclass(frozen=True)
class Spoken:
    """What stands in the place of roles: the parts of each finding, and "Figure 1.2" for each name of a figure."""

    numbers: dict[str, dict[str, str]]
    figures: dict[str, str]


def to_read(chapter: str, executed: NotebookNode, spoken: Spoken) -> NotebookNode:
    """The notebook that is to be read: outputs from the executed chapter, numbers in the prose."""
    notebook = read(chapter)
    made = [cell for cell in executed.cells if cell.cell_type == "code"]
    for cell, shown in zip((cell for cell in notebook.cells if cell.cell_type == "code"), made, strict=True):
        cell.outputs = [output for each in shown.outputs for output in shown_alone(each)]
        cell.execution_count = None
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = filled(cell.source, spoken)
    notebook.cells.insert(0, titled(chapter, READ))
    return numbered(notebook)


def shown_alone(output: NotebookNode) -> list[NotebookNode]:
    """An output without MyST: a figure as a picture with its title above, a table as HTML."""
    if "lifeline" not in output.get("metadata", {}):
        return [output]
    title = output["data"]["text/plain"]
    pictures = [path for path in output["metadata"]["lifeline"]["makes"] if path.endswith(".png")]
    if not pictures:
        return [new_output("display_data", {"text/html": output["data"]["text/html"], "text/plain": title})]
    picture = base64.b64encode((ROOT / pictures[0]).read_bytes()).decode()
    return [
        new_output("display_data", {"text/markdown": f"**{title}**", "text/plain": title}),
        new_output("display_data", {"image/png": picture, "text/plain": title}),
    ]


def filled(text: str, spoken: Spoken) -> str:
    """Prose with findings, counts of rows and numbers of figures in the place of roles; others as plain text."""

    def rows(named: str) -> str:
        from lifeline import codebook, evidence

        return codebook.number(evidence.read(), named)[1]

    def number(name: str) -> str:
        finding, _, part = name.partition(" ")
        return spoken.numbers[finding][part or "value"]

    known: dict[str, Callable[[str], str]] = {
        "n": number,
        "rows": rows,
        "numref": lambda name: spoken.figures.get(name, name),
        "cite:p": lambda keys: f"({keys})",
    }

    def plain(role: re.Match[str]) -> str:
        name, content = role[1], " ".join(role[2].split())
        return known[name](content) if name in known else re.sub(r"\s*<[^>]*>$", "", content)

    return re.sub(r"(?<!`)\{([a-z:]+)\}`([^`]+)`(?!`)", plain, text)


def write(folder: Path, spoken: Spoken, only: list[str]) -> None:
    """Writes the notebooks of every chapter, or only of those named, into a folder."""
    from lifeline.press.execute import read as as_executed

    folder.mkdir(parents=True, exist_ok=True)
    cached = get_cache(CACHE)
    for chapter in only or chapters():
        for name in offered(chapter):
            if name.endswith(".executed.ipynb"):
                written = as_executed(ROOT / "chapters" / f"{chapter}.md")
                notebook = to_read(chapter, cached.merge_match_into_notebook(written)[1], spoken)
            else:
                notebook = to_run(chapter)
            nbformat.validate(notebook)
            (folder / name).write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")
