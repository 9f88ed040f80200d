"""No number is typed into prose: what a reader may rely on comes from a finding or a table.

The rule, for everything in chapters/*.md outside front matter, code cells, commands, inline code, roles,
directives' options and link addresses:

- no digits, except a year from 1900 to 2099 that no unit follows, and names of laws given in LAWS;
- no number words from "two" up, nor "half", "third of", "quarter", "twice", "double" and their like.

"One", "first" and "second" are allowed: English cannot do without them. The same holds for what readers
see of lifeline/figures and lifeline/findings: titles, notes, headings and labels given to `figure`, `table`
and `Title`, and the first line of a finding's docstring. Text that needs a number is made from the frame.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from lifeline import ROOT
from lifeline.fault import Fault

YEAR = r"(?:19|20)\d\d"
COUNTED = r" ?(?:percent|%|won|dollars|yuan|people|persons|respondents|senders|kilograms)"
"""What makes a number of four digits an amount and not a year."""
UNITS = r"(?<![\d.] )\b[mb]illion (?=won\b|dollars\b)"
"""A unit, where no number stands before it."""
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
    r"(?ms)^(`{3,})sh$.*?^\1\s*$",  # commands
    r"(?m)^(?:`{3,}|:{3,})(?:\{[a-z:-]+\})?",  # the fences of directives, not their titles
    r"(?m)^[ >]*\d+[.)] ",  # the numbers of numbered lists
    r"(?m)^:[a-z_-]+:[^\n]*$",  # options of directives
    r"<!--.*?-->",
    r"\{(?:n|row|rows|numref|ref|doc|cite:p|cite:t|download)\}`[^`]*`",  # roles that show no typed text
    r"`[^`]*[A-Za-z][^`]*`",  # inline code: names, not numbers
    r"\]\([^)]*\)",  # link addresses
    r"<https?://[^>]*>",
    r"\{\{.*?\}\}",  # substitutions
    r"(?m)^\([a-z0-9-]+\)=$",  # targets
    UNITS,
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


REGISTERS = {"figure", "table", "Title"}
"""What takes text for readers in lifeline/figures."""
NO_TEXT = {"name", "x", "y", "series"}
"""Its arguments that name things."""


def shown_texts(source: str) -> Iterator[tuple[int, str]]:
    """Line and text of all that a module of figures or findings shows to readers."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in REGISTERS:
            arguments = node.args[0 if node.func.id == "Title" else 1 :]  # type: ignore[attr-defined]
            arguments += [given.value for given in node.keywords if given.arg not in NO_TEXT]
            yield from (text for argument in arguments for text in strings(argument))
        if isinstance(node, ast.FunctionDef) and any(is_finding(mark) for mark in node.decorator_list):
            yield node.lineno, (ast.get_docstring(node) or "").partition("\n")[0]


def strings(node: ast.AST) -> Iterator[tuple[int, str]]:
    """The strings of an argument, of a dict the values; none of what is computed."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.lineno, node.value
    elif not isinstance(node, ast.Lambda | ast.Call | ast.FormattedValue):
        parts = node.values if isinstance(node, ast.Dict) else ast.iter_child_nodes(node)
        yield from (text for part in parts for text in strings(part))


def is_finding(mark: ast.expr) -> bool:
    """Whether a decorator registers a finding."""
    return isinstance(mark, ast.Call) and getattr(mark.func, "id", "") == "finding"


def faults(path: Path, numbers: Iterator[tuple[int, str]]) -> Iterator[Fault]:
    """A fault for each typed number of a file."""
    mend = "name a finding, {n}`finding`, or make the text from the frame; the rule is in lifeline/press/prose.py"
    for line, number in numbers:
        yield Fault(path.relative_to(ROOT).as_posix(), line, None, number, "is typed into prose", mend)


def in_chapters(root: Path = ROOT) -> list[Fault]:
    """Every typed number in the chapters."""
    chapters = sorted((root / "chapters").glob("*.md"))
    return [f for path in chapters for f in faults(path, typed_numbers(path.read_text(encoding="utf-8")))]


def in_code(root: Path = ROOT) -> list[Fault]:
    """Every typed number in what figures and findings show."""
    rooms = [root / "lifeline" / "figures", root / "lifeline" / "findings"]
    found: list[Fault] = []
    for path in (path for room in rooms for path in sorted(room.glob("*.py"))):
        texts = shown_texts(path.read_text(encoding="utf-8"))
        found += faults(path, ((line, number) for line, text in texts for _, number in typed_numbers(text)))
    return found
