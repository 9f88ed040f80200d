"""How figures look: one drawing, three palettes (web light, web dark, print).

A figure is drawn once, in the LIGHT palette. The dark and the print file are the same drawing with
each colour replaced by its counterpart, so the three can never differ in anything else. Draw only
with the colours of LIGHT: `variants` raises on any other.
"""

import io
import re
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, Literal, cast

import font_source_sans_pro
import matplotlib as mpl
import numpy as np
import pandas as pd
import typst
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lifeline import __version__


@dataclass(frozen=True)
class Palette:
    """Colours by their part in a figure. first to third are series, safe for colour-blind readers."""

    paper: str
    ink: str
    soft: str
    grid: str
    first: str
    second: str
    third: str
    first_pale: str
    second_pale: str
    third_pale: str


LIGHT = Palette(
    "#ffffff",
    "#1b1f24",
    "#57606a",
    "#d8dee4",
    "#0b5fa5",
    "#b3480a",
    "#1b7c5b",
    "#a9cbe8",
    "#efc09f",
    "#a5d5c3",
)
DARK = Palette(
    "#121212",
    "#eceff2",
    "#a8b1bb",
    "#3a4048",
    "#6fb6f2",
    "#f2a066",
    "#63cfa6",
    "#2b4b66",
    "#66452f",
    "#285646",
)
PRINT = Palette(
    "#ffffff",
    "#000000",
    "#4a4f55",
    "#d0d4d9",
    "#0a4f8a",
    "#a03f06",
    "#156a4d",
    "#a3c4e0",
    "#e8b896",
    "#9dccb9",
)
PALETTES = {"light": LIGHT, "dark": DARK, "print": PRINT}

WIDTH = 4.8
"""Width of every figure in inches: narrow enough for its type to be read on a phone."""


MARK = 0.16
"""Height in inches of the strip below every drawing that says which figure of which version it is."""


def fonts() -> str:
    """Registers Source Sans Pro, which comes as a package; returns its family name."""
    for weight in ("Regular", "Semibold"):
        path = Path(font_source_sans_pro.__file__).parent / "files" / f"SourceSansPro-{weight}.ttf"
        font_manager.fontManager.addfont(path)
    return "Source Sans Pro"


def settings() -> dict[str, object]:
    """matplotlib settings for every figure of the book."""
    return {
        "font.family": fonts(),
        "font.size": 10.3,
        "axes.titlesize": 10.8,
        "axes.titleweight": "semibold",
        "axes.titlelocation": "left",
        "axes.titlepad": 7,
        "axes.labelsize": 10.3,
        "xtick.labelsize": 9.8,
        "ytick.labelsize": 9.8,
        "text.color": LIGHT.ink,
        "axes.titlecolor": LIGHT.ink,
        "axes.labelcolor": LIGHT.soft,
        "xtick.color": LIGHT.soft,
        "ytick.color": LIGHT.soft,
        "axes.edgecolor": LIGHT.soft,
        "axes.linewidth": 0.8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.spines.left": False,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "axes.axisbelow": True,
        "grid.color": LIGHT.grid,
        "grid.linewidth": 0.8,
        "xtick.major.size": 3.5,
        "ytick.major.size": 0,
        "figure.facecolor": "none",
        "axes.facecolor": "none",
        "savefig.facecolor": "none",
        "hatch.color": LIGHT.soft,
        "hatch.linewidth": 0.6,
        "svg.fonttype": "path",
        "svg.hashsalt": "lifeline",
        "figure.constrained_layout.use": True,
    }


def canvas(rows: int = 1, columns: int = 1, height: float = 2.8, **options: Any) -> tuple[Figure, list[Axes]]:
    """An empty figure of the book's width with rows x columns panels. height in inches."""
    mpl.rcdefaults()
    mpl.rcParams.update(settings())
    figure = Figure(figsize=(WIDTH, height))
    panels = figure.subplots(rows, columns, squeeze=False, **options)
    return figure, list(panels.flat)


def years(axes: Axes, first: int, last: int, step: int = 1) -> None:
    """A year axis with a tick at every `step` years; those before the last year."""
    axes.set_xlim(first - 0.6, last + 0.6)
    axes.set_xticks(range(first, last + 1, step))


def estimates(axes: Axes, x: list, y: list, low: list, high: list, colour: str, marker: str = "o") -> None:
    """Points with their intervals; a point without one (None) is hollow."""
    for at, value, below, above in zip(x, y, low, high, strict=True):
        known = below is not None
        if known:
            axes.plot([at, at], [below, above], color=colour, linewidth=1.6, solid_capstyle="butt", zorder=2)
        axes.plot(
            at,
            value,
            marker=marker,
            markersize=5.5,
            markerfacecolor=colour if known else LIGHT.paper,
            markeredgecolor=colour,
            markeredgewidth=1.3,
            linestyle="none",
            zorder=3,
        )


def note(axes: Axes, text: str, x: float, y: float, colour: str = LIGHT.soft, **options: Any) -> None:
    """A label beside what it names."""
    axes.annotate(text, (x, y), color=colour, fontsize=9.8, **{"va": "center", **options})


def lines_of(axes: Axes, names: list[str]) -> None:
    """Names at the left of lines, the first on top."""
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)


def matrix(axes: Axes, counts: pd.DataFrame, heads: list[str]) -> None:
    """Numbers in lines (the index) and columns, each beside a bar on one scale; a dash where there is none.

    counts holds whole numbers, NaN for none; `heads` are printed above the columns.
    """
    lines_of(axes, list(counts.index))
    for (line, column), number in np.ndenumerate(counts.fillna(0).to_numpy(dtype=int)):
        axes.barh(line, number / counts.max(axis=None) * 0.5, left=column, height=0.7, color=LIGHT.first_pale)
        text, colour = (f"{number}", LIGHT.ink) if number else ("\u2013", LIGHT.soft)
        note(axes, text, column - 0.04, line, colour, ha="right")
    axes.set_xticks(range(len(heads)), heads)
    axes.xaxis.tick_top()
    axes.tick_params(axis="x", length=0)
    axes.spines["bottom"].set_visible(False)
    axes.grid(visible=False)
    axes.set_xlim(-0.5, len(heads) - 0.35)


def recolour(drawing: str, palette: Palette) -> str:
    """An SVG drawn in LIGHT in another palette. Raises ValueError on a colour that LIGHT does not have."""
    swap = dict(zip(astuple(LIGHT), astuple(palette), strict=True))
    used = set(re.findall(r"#[0-9a-f]{6}\b", drawing)) - set(swap)
    if used:
        raise ValueError(f"drawn with {sorted(used)}: use the colours of style.LIGHT")
    return re.sub(r"#[0-9a-f]{6}\b", lambda found: swap[found[0]], drawing)


def marked(figure: Figure, name: str) -> Figure:
    """The figure with its short citation below the drawing, so that a screenshot can be traced.

    The strip it stands in is added to the canvas and kept free by the layout: nothing drawn can reach into it.
    """
    width, height = figure.get_size_inches()
    whole = height + MARK
    figure.set_size_inches(width, whole)
    layout = figure.get_layout_engine()
    if layout is None:
        raise ValueError(f"the figure {name} has no layout engine: make it with style.canvas")
    layout.set(rect=(0, MARK / whole, 1, height / whole))  # type: ignore[call-arg]
    at = {"ha": "right", "va": "bottom", "fontsize": 6.8, "color": LIGHT.soft}
    figure.text(1 - 0.04 / width, 0.03 / whole, f"Lifeline {__version__}, fig-{name}", **at)  # type: ignore[arg-type]
    return figure


def settled(figure: Figure) -> Figure:
    """The figure with its layout made and its panels at rounded places.

    The solver behind the layout ends each time in places that differ in the sixth decimal, by which the files
    would differ from build to build.
    """
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for axes in figure.axes:
        x, y, width, height = axes.get_position(original=True).bounds
        axes.set_position((round(x, 4), round(y, 4), round(width, 4), round(height, 4)))
    return figure


def variants(figure: Figure, name: str) -> dict[str, str]:
    """The SVG text of the figure in each palette, by the palette's name, marked with its own name."""
    with mpl.rc_context(settings()):
        drawing = io.StringIO()
        settled(marked(figure, name)).savefig(drawing, format="svg", metadata={"Date": None, "Creator": None})
    return {name: recolour(drawing.getvalue(), palette) for name, palette in PALETTES.items()}


PAGE = """
#set document(title: sys.inputs.title, date: none)
#set text(lang: "en")
#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.drawing), format: "svg", alt: sys.inputs.alt)
"""
"""A page that is as large as the drawing on it, for Typst."""
RESOLUTION = 300.0
"""Pixels per inch of the PNG, as journals ask."""


def printed(drawing: str, title: str, alt: str) -> dict[str, bytes]:
    """An SVG as PDF and as PNG, by the name's ending. Made from the SVG, so that they show just what it shows."""
    told = {"drawing": drawing, "title": title, "alt": alt}

    def made(kind: Literal["pdf", "png"]) -> bytes:
        page = typst.compile(
            PAGE.encode(), format=kind, ppi=RESOLUTION, ignore_system_fonts=True, sys_inputs=told, timestamp=0
        )
        return cast(bytes, page)  # one page is bytes, several would be a list

    return {"pdf": made("pdf"), "png": made("png")}
