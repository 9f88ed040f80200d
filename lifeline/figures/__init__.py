"""The registry of figures and tables: what the book shows, by name.

A figure is two functions, in the module of its chapter (or <chapter>_<what>.py):

    @figure("fees", title=Title(...), x="year", y="percent", y_label="percent of the sum", series="label")
    def fees(evidence: Evidence) -> pd.DataFrame: ...   # the tidy table that is plotted

    @fees.drawing
    def _(frame: pd.DataFrame) -> Figure: ...                   # sees nothing but that table

A table is the first of the two only. Every frame has the columns `row` (what it rests on, as
"table:key", several joined by a blank), `originator` and `doc_id`; they are not shown in tables, and
the source line, the count of documents and the alt text are made from them.

Titles, notes and alt texts hold no typed number: where they need one, they are functions of the frame.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import pandas as pd

from lifeline.evidence import Evidence
from lifeline.findings import chapter_of

if TYPE_CHECKING:  # a page is built without drawing
    import matplotlib.figure

TRACE = ["row", "originator", "doc_id"]

Text = str | Callable[[pd.DataFrame], str]
"""Text about a frame: the same for any, or made from it."""


def said(text: Text, frame: pd.DataFrame) -> str:
    """The text for this frame."""
    return text(frame) if callable(text) else text


def describes(frame: pd.DataFrame) -> bool:
    """`holds` of a title that only describes: it fits any frame."""
    return True


@dataclass(frozen=True)
class Title:
    """A title that states a finding as long as `holds` says that the frame bears it out; else it describes."""

    states: Text
    holds: Callable[[pd.DataFrame], bool] = describes
    otherwise: str = ""

    def of(self, frame: pd.DataFrame) -> str:
        """The title for this frame."""
        return said(self.states, frame) if self.holds(frame) else self.otherwise


@dataclass
class Shown:
    """What figures and tables have in common. note is Markdown and stands in the caption."""

    name: str
    chapter: str
    title: Title
    frame: Callable[[Evidence], pd.DataFrame]
    note: Text


@dataclass
class Figure(Shown):
    """A figure.

    x, y and series name columns of the frame; kind and y_label serve the alt text, which says how y runs
    along x in each series. alt makes the alt text of a figure for which that would say nothing.
    """

    x: str
    y: str
    y_label: str
    series: str
    kind: str
    alt: Callable[[pd.DataFrame], str] | None
    draw: Callable[[pd.DataFrame], matplotlib.figure.Figure]

    def drawing(self, function: Callable[[pd.DataFrame], matplotlib.figure.Figure]) -> Callable:
        """Registers the function that draws the frame."""
        self.draw = function
        return function


@dataclass
class Table(Shown):
    """A table. columns maps the frame's columns to the headings shown, in their order."""

    columns: dict[str, str]


SHOWN: dict[str, Figure | Table] = {}
Shownish = TypeVar("Shownish", Figure, Table)


def undrawn(frame: pd.DataFrame) -> matplotlib.figure.Figure:
    """Stands for a drawing until one is registered."""
    raise TypeError("the figure has a frame but no drawing")


def figure(
    name: str,
    title: Title,
    note: Text = "",
    kind: str = "Points",
    alt: Callable[[pd.DataFrame], str] | None = None,
    **axes: str,
) -> Callable:
    """Registers the frame of a figure; see the module's docstring."""

    def register(function: Callable[[Evidence], pd.DataFrame]) -> Figure:
        chapter = chapter_of(function)
        return keep(Figure(name, chapter, title, function, note, kind=kind, alt=alt, draw=undrawn, **axes))

    return register


def table(name: str, title: Title, columns: dict[str, str], note: Text = "") -> Callable:
    """Registers the frame of a table; see the module's docstring."""

    def register(function: Callable[[Evidence], pd.DataFrame]) -> Table:
        chapter = chapter_of(function)
        return keep(Table(name, chapter, title, function, note, columns))

    return register


def keep(shown: Shownish) -> Shownish:
    """Adds to the registry. Raises ValueError on a name that is taken."""
    if shown.name in SHOWN:
        raise ValueError(f"two figures or tables are called {shown.name}")
    SHOWN[shown.name] = shown
    return shown


def registry() -> dict[str, Figure | Table]:
    """Every figure and table of every chapter, by name."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return SHOWN
