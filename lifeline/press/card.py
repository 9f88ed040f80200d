"""The picture that is shown beside a link to the book: its title, its authors and its version."""

from pathlib import Path
from textwrap import fill
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from lifeline import style
from lifeline.press import citing
from lifeline.press.citing import Book


def draw(of: Book, size: tuple[int, int]) -> Figure:
    """The title of the book as a picture of this width and height in pixels."""
    width, height = size
    picture = Figure(figsize=(width / 100, height / 100), dpi=100, facecolor=style.DARK.paper)
    for at, colour in enumerate((style.DARK.first, style.DARK.second, style.DARK.third)):
        picture.add_artist(Rectangle((0.07 + 0.06 * at, 0.84), 0.045, 0.022, color=colour))
    below = f"{citing.listed(of.authors)}, {of.released.year}. Version {of.version}"
    at_left: dict[str, Any] = {"x": 0.07, "va": "top", "color": style.DARK.ink}
    picture.text(y=0.78, s=of.short, fontsize=64, fontweight="semibold", **at_left)
    picture.text(y=0.58, s=fill(of.title.partition(": ")[2], 42), fontsize=36, linespacing=1.3, **at_left)
    picture.text(y=0.13, s=below, fontsize=21, **{**at_left, "color": style.DARK.soft})
    return picture


def write(of: Book, path: Path, size: tuple[int, int]) -> None:
    """Writes the picture as PNG, the same bytes for the same book."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with rc_context({**style.settings(), "figure.constrained_layout.use": False}):
        draw(of, size).savefig(path, metadata={"Software": None}, facecolor=style.DARK.paper)
