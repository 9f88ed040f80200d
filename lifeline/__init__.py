"""Lifeline: the analysis behind the book. The README has the map of the house."""

from pathlib import Path

__version__ = "0.3.0"

ROOT = Path(__file__).resolve().parents[1]
"""The folder of the book: the one that holds data/ and chapters/."""
OUTPUT = ROOT / "_build" / "figures"
"""Where the files of figures and tables are written: <name>.{light,dark,print}.svg, .pdf, .png and .csv."""
INDEX = OUTPUT / "findings.csv"
"""Every finding with its rows, for readers to download."""
