"""The look of each figure as it was last accepted, so that a test sees when one changes.

A look is the PNG of the figure, smaller and on white. `make accept` keeps them in tests/golden/figures.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image

from lifeline import OUTPUT, ROOT, figures
from lifeline.press.talk import say

GOLDEN = ROOT / "tests" / "golden" / "figures"
SMALLER = 4
"""A look has so many times fewer pixels a side than the PNG."""
SAME = 1.0
"""Looks that differ by less are the same: root mean square over all pixels, of 255. One dot moved gives more."""


def drawn() -> list[str]:
    """The names of all figures."""
    return sorted(name for name, shown in figures.registry().items() if isinstance(shown, figures.Figure))


def look(png: Path) -> Image.Image:
    """A figure's PNG, smaller and on white."""
    with Image.open(png) as opened:
        picture = opened.convert("RGBA")
    paper = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(paper, picture).convert("RGB").reduce(SMALLER)


def accepted(name: str) -> Image.Image:
    """The look of a figure as it was last accepted."""
    with Image.open(GOLDEN / f"{name}.png") as opened:
        return opened.convert("RGB")


def difference(one: Image.Image, other: Image.Image) -> float:
    """How much two looks differ, 0 to 255; infinity if they are not of one size."""
    if one.size != other.size:
        return float("inf")
    gap = np.asarray(one, dtype=float) - np.asarray(other, dtype=float)
    return float(np.sqrt((gap**2).mean()))


def changed(made: Path) -> list[str]:
    """The figures whose PNG in a folder looks other than accepted, those new, and those gone."""
    kept = {path.stem for path in GOLDEN.glob("*.png")}
    other = [name for name in kept & set(drawn()) if difference(look(made / f"{name}.png"), accepted(name)) >= SAME]
    return sorted([*other, *(kept ^ set(drawn()))])


def accept(made: Path) -> list[str]:
    """Keeps the looks that changed; returns the names of the figures."""
    GOLDEN.mkdir(parents=True, exist_ok=True)
    names = changed(made)
    for name in names:
        (GOLDEN / f"{name}.png").unlink(missing_ok=True)
        if name in drawn():
            look(made / f"{name}.png").save(GOLDEN / f"{name}.png", optimize=True)
    return names


def main() -> int:
    """Keeps what `make figures` drew last."""
    names = accept(OUTPUT)
    say(f"{len(names)} figures look new, gone or changed: {', '.join(names) or 'none'}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
