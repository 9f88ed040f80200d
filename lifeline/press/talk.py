"""How the press talks to a person: one line a step, one plain sentence at the end of a failure."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from lifeline import ROOT

BUILD = ROOT / "_build"


class Stopped(Exception):
    """The book cannot be built; the message is the plain sentence shown at the bottom."""


def say(text: str) -> None:
    """Prints a line at once."""
    print(text, flush=True)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Says what is being done, and how long it took."""
    say(f"- {name}")
    start = perf_counter()
    yield
    say(f"  {perf_counter() - start:.1f} s")
