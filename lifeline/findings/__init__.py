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
from collections.abc import Callable
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


def finding(name: str, digits: int = 0, **choices: tuple) -> Callable[[Callable], Callable]:
    """Registers a function of Evidence as a finding, once for each combination of `choices`."""

    def register(function: Callable) -> Callable:
        for values in product(*choices.values()):
            chosen = dict(zip(choices, values, strict=True))
            key = name.format(**chosen)
            if key in FINDINGS:
                raise ValueError(f"two findings are called {key}")
            title = (function.__doc__ or "").strip().splitlines()[0].rstrip(".").format(**chosen)
            chapter = chapter_of(function)
            FINDINGS[key] = Finding(key, title, chapter, partial(function, **chosen), digits)
        return function

    return register


def registry() -> dict[str, Finding]:
    """Every finding of every chapter, by name."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return FINDINGS
