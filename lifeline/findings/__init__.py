"""The registry of findings: each headline number of the book, by name.

A finding is a pure function of Evidence that returns an Estimate. A chapter has one module of its own name,
and more, <chapter>_<what>.py, where one would be too long:

    @finding("ever-sent-{year}", year=(2018, 2023))
    def ever_sent(evidence: Evidence, year: int) -> Estimate:
        '''Share of respondents who had ever sent money.'''

Its docstring's first line is what readers see beside the number; it may name a choice, {year}. Prose
shows it by name: {n}`ever-sent-2018`.
"""

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from itertools import product

from lifeline.estimate import Estimate
from lifeline.evidence import Evidence


@dataclass(frozen=True)
class Finding:
    """A named number. digits is the number of decimals it is shown with."""

    name: str
    title: str
    chapter: str
    compute: Callable[[Evidence], Estimate]
    digits: int


FINDINGS: dict[str, Finding] = {}


def chapter_of(function: Callable) -> str:
    """The chapter that a function belongs to: rents for the modules rents and rents_prices."""
    return function.__module__.rsplit(".", 1)[-1].partition("_")[0]


def finding(name: str, digits: int = 0, **choices: Iterable) -> Callable[[Callable], Callable]:
    """Registers a function of Evidence as a finding, once for each combination of `choices`.

    The first line of its docstring is the title, in which {choice} stands for the words of the one chosen; words
    that it does not name stand behind it. A dict of choices gives the words of each.
    """

    def register(function: Callable) -> Callable:
        for values in product(*choices.values()):
            chosen = dict(zip(choices, values, strict=True))
            key = name.format(**chosen)
            if key in FINDINGS:
                raise ValueError(f"two findings are called {key}")
            title = title_of(
                function, {choice: in_words(choices[choice], value) for choice, value in chosen.items()}
            )
            FINDINGS[key] = Finding(key, title, chapter_of(function), partial(function, **chosen), digits)
        return function

    return register


def in_words(choices: Iterable, value: object) -> str:
    """What a reader reads for one of the choices."""
    if isinstance(choices, dict):
        return str(choices[value])
    return re.sub("[-_]", " ", re.sub(r"(\d)-(\d)", r"\1 to \2", str(value))).strip()


def title_of(function: Callable, words: dict[str, str]) -> str:
    """The title of a finding: what sets it apart stands in it or behind it; a year stands in the period."""
    written = (function.__doc__ or "").strip().splitlines()[0].rstrip(".")
    behind = [
        said for choice, said in words.items() if said and not said.isdigit() and f"{{{choice}}}" not in written
    ]
    between = "; " if ":" in written else ": "
    return between.join([written.format(**words), *filter(None, [", ".join(behind)])])


def registry() -> dict[str, Finding]:
    """Every finding of every chapter, by name."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return FINDINGS
