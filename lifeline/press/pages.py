"""A Sphinx extension for both editions: the {n} role, the codebook, dark figures, author-year citations."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import pybtex.plugin
import sphinxcontrib.bibtex.plugin
from docutils import nodes
from docutils.parsers.rst import directives
from pybtex.plugin import register_plugin
from pybtex.style import FormattedEntry
from pybtex.style.formatting import toplevel
from pybtex.style.formatting.unsrt import Style as PlainStyle
from pybtex.style.labels import BaseLabelStyle
from pybtex.style.sorting.author_year_title import SortingStyle
from pybtex.style.template import field, first_of, optional, optional_field, sentence
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform
from sphinx.util.docutils import SphinxDirective, SphinxRole
from sphinxcontrib.bibtex.style.referencing import BracketStyle
from sphinxcontrib.bibtex.style.referencing.label import LabelReferenceStyle

from lifeline import __version__
from lifeline.evidence import read_up_to
from lifeline.method import LEVEL
from lifeline.press import again, archive, campaigns, downloads, explorer, interactive
from lifeline.press.cache import pruned
from lifeline.press.numbers import NUMBERS, known_numbers

STATIC = Path(__file__).parent / "static"
TEMPLATES = Path(__file__).parent / "templates"


SILENT_ON_PARALLEL = ("sphinx_multitoc_numbering", "sphinx_jupyterbook_latex")
"""Extensions that do not say whether pages may be read at once: one works when all are read, one only for LaTeX."""


def before_reading(app: Sphinx) -> None:
    """Makes the numbers and the zip of the data, and drops what is stale from the execution cache."""
    known_numbers()
    archive.write()
    pruned()
    for name in SILENT_ON_PARALLEL:
        app.extensions[name].parallel_read_safe = True


def know_references(app: Sphinx, env: BuildEnvironment, pages: list[str]) -> None:
    """Takes over the references as the last build made them."""
    for cited in env.domaindata["cite"]["citations"]:
        made = cited.formatted_entry
        Bibliography.made[cited.entry.key] = (made.label, cited.entry, made)


def told(env: BuildEnvironment) -> dict[str, dict[str, str]]:
    """What is known of each finding; the page is read again when it changes."""
    env.note_dependency(NUMBERS.as_posix())
    return known_numbers()


class FindingCards(SphinxDirective):
    """The evidence behind each finding of a chapter, one paragraph a finding."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """The paragraphs. Raises an error for a chapter without findings."""
        cards = [
            f"{entry['card']} {{finding-rows}}`{name}`"
            for name, entry in told(self.env).items()
            if entry["chapter"] == self.arguments[0]
        ]
        if not cards:
            raise self.error(f"no finding belongs to the chapter {self.arguments[0]!r}")
        return self.parse_text_to_nodes("\n\n".join(cards))


class FindingsTable(SphinxDirective):
    """A numbered table of the findings named in its body, one a line; the argument is its title."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar = {"name": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """The table. Raises an error for an unknown finding."""
        known = told(self.env)
        if unknown := [name for name in self.content if name not in known]:
            raise self.error(f"no finding is called {', '.join(unknown)}")
        columns = ["Finding", "Value (interval)", "Period", "Without one source", "Rests on", "Grade"]
        lines = [f"| {' | '.join(columns)} |", "|" + ":--|" * len(columns)]
        lines += [f"| {known[name]['line']} |" for name in self.content]
        head = [f"```{{table}} {self.arguments[0]}", f":name: {self.options['name']}", ""]
        return self.parse_text_to_nodes("\n".join([*head, *lines, "```"]))


class Codebook(SphinxDirective):
    """The codebook: a section for each table. With the argument "overview", a line for each."""

    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        """The sections, or the table of tables."""
        from lifeline import codebook, evidence

        made = codebook.overview if self.arguments == ["overview"] else codebook.text
        return self.parse_text_to_nodes(made(evidence.read()), allow_section_headings=True)


NOT_PROSE = {"title", "chapter", "card", "line"}
"""What is known of a finding that is not for prose."""


class Number(SphinxRole):
    """{n}`name` or {n}`name part`: a finding in prose, linked to its evidence.

    The parts are those of lifeline.words.words; without one, the value with its unit.
    """

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """The number as a link, or an error naming what is unknown."""
        name, _, part = self.text.partition(" ")
        known = told(self.env)
        if name not in known:
            return [], [self.fault(f"no finding is called {name!r}")]
        if (part or "value") not in known[name] or part in NOT_PROSE:
            parts = ", ".join(sorted(known[name]))
            return [], [self.fault(f"finding {name!r} has no part {part!r}, only {parts}")]
        text = known[name][part or "value"]
        link = addnodes.pending_xref(
            "",
            nodes.inline(text, text, classes=["finding"]),
            reftype="ref",
            refdomain="std",
            reftarget=f"finding-{name}",
            refexplicit=True,
            refwarn=True,
            refdoc=self.env.docname,
        )
        return [link], []

    def fault(self, text: str) -> nodes.system_message:
        """A docutils error at the role's place."""
        return self.inliner.reporter.error(text, line=self.lineno)


class DarkFigures(SphinxTransform):
    """Puts beside each <name>.light.svg its dark counterpart; the theme shows one of the two."""

    default_priority = 500

    def apply(self, **kwargs: object) -> None:
        """Adds the dark image after each light one."""
        for image in list(self.document.findall(nodes.image)):
            if image["uri"].endswith(".light.svg"):
                image["loading"] = "lazy"
                image.attributes.pop("width", None)  # the style sheet says how wide, the file how high
                image["alt"] = re.sub(r"\\(\W|_)", r"\1", image.get("alt", ""))  # an option is no Markdown
                dark = image.copy()
                dark["uri"] = image["uri"].replace(".light.svg", ".dark.svg")
                dark["classes"] = ["drawn-dark", "dark-light"]
                image.parent.insert(image.parent.index(image) + 1, dark)


class AuthorYear(BaseLabelStyle):
    """Labels like "Yonhap 2021a"."""

    def format_labels(self, sorted_entries: Iterable[Any]) -> Iterator[str]:
        """A label for each entry, with a letter where author and year are not enough."""
        stems = [f"{short_author(entry)} {entry.fields.get('year', 'undated')}" for entry in sorted_entries]
        total, seen = Counter(stems), Counter[str]()
        for stem in stems:
            letter = chr(ord("a") + seen[stem]) if total[stem] > 1 else ""
            seen[stem] += 1
            yield stem + letter


def short_author(entry: Any) -> str:
    """Family name of the author, or of the first of several."""
    people = entry.persons.get("author", [])
    if not people:
        return str(entry.key)
    first = " ".join([*people[0].prelast_names, *people[0].last_names])
    return first.strip("{}") if len(people) < 2 else f"{first} et al."


class ByAuthor(SortingStyle):
    """Sorts organizations, which BibTeX keeps in braces, among people."""

    def sorting_key(self, entry: Any) -> tuple[str, ...]:
        """Author, year and title without braces."""
        return tuple(str(part).replace("{", "").replace("}", "") for part in super().sorting_key(entry))


class Bibliography(PlainStyle):
    """The list of references: sorted by author and year, labelled by AuthorYear."""

    default_label_style = AuthorYear
    default_sorting_style = ByAuthor

    made: ClassVar[dict[str, tuple[str, Any, FormattedEntry]]] = {}
    """Entries that were made before, in this build or the last one: label, entry, text by key."""

    def format_entry(self, label: str, entry: Any, bib_data: Any = None) -> FormattedEntry:
        """An entry of the list; it is asked for twice a build, for the list and for the tooltips."""
        if self.made.get(entry.key, ())[:2] != (label, entry):
            self.made[entry.key] = (label, entry, super().format_entry(label, entry, bib_data))
        return self.made[entry.key][2]

    def get_misc_template(self, e: Any) -> Any:
        """A document: who wrote it, its title, where it was printed, the day, the address."""
        return toplevel[
            sentence[self.format_names("author")],
            optional[self.format_title(e, "title")],
            optional[sentence[field("howpublished")]],
            optional[sentence[first_of[optional_field("note"), field("year")]]],
            optional[sentence[self.format_url(e)]],
        ]


class RoundBrackets(LabelReferenceStyle):
    """Citations like (Yonhap 2021a; NKDB 2020)."""

    def __init__(self) -> None:
        brackets = BracketStyle(left="(", right=")", sep="; ", sep2="; ", last_sep="; ")
        super().__init__(bracket_parenthetical=brackets, bracket_textual=brackets, bracket_label=brackets)


def setup(app: Sphinx) -> dict[str, object]:
    """Registers the extension."""
    # pybtex looks through all installed packages for its styles once a citation; the answer is always the same
    pybtex.plugin._load_entry_point = cache(pybtex.plugin._load_entry_point)
    register_plugin("pybtex.style.formatting", "lifeline", Bibliography)
    sphinxcontrib.bibtex.plugin.register_plugin("sphinxcontrib.bibtex.style.referencing", "lifeline", RoundBrackets)
    app.connect("builder-inited", before_reading)
    app.connect("env-before-read-docs", know_references)
    app.add_role("n", Number())
    app.add_role("row", explorer.RowLink())
    app.add_role("rows", explorer.RowCount())
    app.add_role("explore", explorer.Explore())
    app.add_role("finding-rows", explorer.FindingRows())
    app.connect("html-collect-pages", lambda app: [] if again.only(app) else explorer.pages(app, known_numbers()))
    app.add_directive("codebook", Codebook)
    app.add_directive("campaigns", campaigns.Campaigns)
    app.add_directive("flow-model", interactive.FlowModel)
    app.add_directive("finding-cards", FindingCards)
    app.add_directive("findings-table", FindingsTable)
    app.add_transform(DarkFigures)
    app.config.html_static_path.append(STATIC.as_posix())
    app.config.templates_path.append(TEMPLATES.as_posix())
    app.config.myst_substitutions |= {
        "version": __version__,
        "confidence": f"{LEVEL:.0%}".rstrip("%"),
        "read_up_to": f"{date.fromisoformat(read_up_to()):%-d %B %Y}",
        **interactive.SUBSTITUTIONS,
    }
    app.add_css_file("lifeline.css")
    downloads.setup(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
