"""No number is typed into prose: what a reader may rely on comes from a finding or a table.

The rule, for everything in chapters/*.md outside front matter, code cells, inline code, roles,
directives' options and link addresses:

- no digits, except a year from 1900 to 2099 that no unit follows, and names of laws given in LAWS;
- no number words from "two" up, nor "half", "third of", "quarter", "twice", "double" and their like.

"One", "first" and "second" are allowed: English cannot do without them.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from lifeline import ROOT
from lifeline.check import Fault

YEAR = r"(?:19|20)\d\d"
COUNTED = r" ?(?:percent|%|won|dollars|yuan|people|persons|respondents|senders|kilograms)"
"""What makes a number of four digits an amount and not a year."""
LAWS: tuple[str, ...] = ()
WORDS = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand "
    "thousands million millions billion billions half halves thirds quarter quarters fourths fifths tenth "
    "tenths twice thrice double doubled doubling triple tripled dozen dozens"
).split()
TYPED = re.compile(
    rf"\d[\d.,]*\d|\d|[\u00bc-\u00be\u2150-\u215e]|\b(?:{'|'.join(WORDS)}|third of)\b", re.IGNORECASE
)

NOT_PROSE = [
    r"\A---\n.*?\n---\n",  # front matter
    r"(?ms)^(`{3,})\{code-cell\}.*?^\1\s*$",  # code cells
    r"(?m)^(?:`{3,}|:{3,})(?:\{[a-z:-]+\})?",  # the fences of directives, not their titles
    r"(?m)^[ >]*\d+[.)] ",  # the numbers of numbered lists
    r"(?m)^:[a-z_-]+:[^\n]*$",  # options of directives
    r"<!--.*?-->",
    r"\{(?:n|numref|ref|doc|cite:p|cite:t|download)\}`[^`]*`",  # roles that show no typed text
    r"`[^`]*[A-Za-z][^`]*`",  # inline code: names, not numbers
    r"\]\([^)]*\)",  # link addresses
    r"<https?://[^>]*>",
    r"\{\{.*?\}\}",  # substitutions
    r"(?m)^\([a-z0-9-]+\)=$",  # targets
]


def prose(text: str) -> str:
    """The chapter with everything that is not prose blanked out, line breaks kept."""
    for pattern in NOT_PROSE:
        text = re.sub(pattern, lambda found: re.sub(r"[^\n]", " ", found[0]), text, flags=re.DOTALL)
    for law in LAWS:
        text = text.replace(law, " " * len(law))
    return text


def typed_numbers(text: str) -> Iterator[tuple[int, str]]:
    """Line and number of each typed number in a chapter."""
    for line, content in enumerate(prose(text).splitlines(), start=1):
        for found in TYPED.finditer(content):
            if not re.fullmatch(YEAR, found[0]) or re.match(COUNTED, content[found.end() :]):
                yield line, found[0]


def check(folder: Path = ROOT / "chapters") -> list[Fault]:
    """Every typed number in the chapters."""
    return [
        Fault(
            f"chapters/{path.name}",
            line,
            None,
            number,
            "is typed into prose",
            "name a finding, {n}`finding`, or rewrite; the rule is in lifeline/press/prose.py",
        )
        for path in sorted(folder.glob("*.md"))
        for line, number in typed_numbers(path.read_text(encoding="utf-8"))
    ]
