"""What is written by hand can be read at all: chapters, table of contents, settings, references.

An editor that saves Korean text in another encoding, or one bracket too few, stops every later step with an
error that names no file; so this is looked at first.
"""

import re
from collections.abc import Iterable
from pathlib import Path

import yaml

from lifeline import ROOT
from lifeline.fault import Fault

SIGNS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff]")
"""Control characters that no text needs, and the mark with which some editors begin a file."""


def unreadable(paths: Iterable[Path]) -> list[Fault]:
    """One fault for each file that is missing, empty, no plain UTF-8 or, where it should be YAML, no settings."""
    return [fault for path in paths if (fault := why_not(path))]


def why_not(path: Path) -> Fault | None:
    """Why a file cannot be read, None if it can."""

    def fault(rule: str, mend: str, row: int | None = None) -> Fault:
        return Fault(path.relative_to(ROOT).as_posix(), row, None, None, rule, mend)

    try:
        text = path.read_text(encoding="utf-8")
        if not text.strip():
            return fault("is empty", "put its text back")
        if found := SIGNS.search(text):
            row = text.count("\n", 0, found.start()) + 1
            return fault("holds a sign that nobody sees", "save the file as UTF-8 without a byte order mark", row)
        if path.suffix in {".yml", ".cff"} and not isinstance(yaml.safe_load(text), dict):
            return fault("is not YAML: no names with values", "put the file back")
    except FileNotFoundError:
        return fault("is missing", "put the file back")
    except UnicodeDecodeError as why:
        return fault("is not UTF-8", "save the file as UTF-8", why.object[: why.start].count(b"\n") + 1)
    except yaml.YAMLError as why:
        place, problem = getattr(why, "problem_mark", None), getattr(why, "problem", "")
        return fault(f"is not YAML: {problem or why}", "mend the line", place and place.line + 1)
    return None
