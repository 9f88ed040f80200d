"""What is written by hand can be read at all: chapters, table of contents, settings, references.

An editor that saves Korean text in another encoding, or one bracket too few, stops every later step with an
error that names no file; so this is looked at first.
"""

from collections.abc import Iterable
from pathlib import Path

import yaml

from lifeline import ROOT
from lifeline.fault import Fault


def unreadable(paths: Iterable[Path]) -> list[Fault]:
    """One fault for each file that is missing, no UTF-8 or, where its name says that it is YAML, no YAML."""
    return [fault for path in paths if (fault := why_not(path))]


def why_not(path: Path) -> Fault | None:
    """Why a file cannot be read, None if it can."""
    name = path.relative_to(ROOT).as_posix()
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix in {".yml", ".cff"}:
            yaml.safe_load(text)
    except FileNotFoundError:
        return Fault(name, None, None, None, "is missing", "put the file back")
    except UnicodeDecodeError as why:
        line = why.object[: why.start].count(b"\n") + 1
        return Fault(name, line, None, None, "is not UTF-8", "save the file as UTF-8")
    except yaml.YAMLError as why:
        place = getattr(why, "problem_mark", None)
        problem = getattr(why, "problem", None) or "it holds what YAML forbids"
        return Fault(name, place and place.line + 1, None, None, f"is not YAML: {problem}", "mend the line")
    return None
