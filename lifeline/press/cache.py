"""Keeps the execution cache honest.

jupyter-cache knows a chapter by its cells alone: after a change in data/ or in the package it would
show yesterday's figures. So `lifeline.book.display` records in each output the fingerprint of every
file that the output was made from, and of those it made. Before a build `prune` drops each cached
chapter of which one file is not what it was, and each with a cell that says nothing of its files.
"""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from jupyter_cache import get_cache
from jupyter_cache.cache.main import JupyterCacheBase
from nbformat import NotebookNode
from sqlalchemy.exc import SQLAlchemyError

from lifeline import ROOT

CACHE = ROOT / "_build" / ".jupyter_cache"


def records(notebook: NotebookNode) -> Iterator[dict]:
    """What each output of an executed chapter says it was made from."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "lifeline" in output.get("metadata", {}):
                yield output["metadata"]["lifeline"]


def fingerprint(path: Path) -> str:
    """The SHA-256 of a file, empty if there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def is_stale(notebook: NotebookNode, now: Callable[[Path], str] = fingerprint) -> bool:
    """Whether a file behind an executed chapter, or one that it made, is not what it was."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if not all(any("lifeline" in out.get("metadata", {}) for out in cell.get("outputs", [])) for cell in cells):
        return True  # a cell that shows nothing says nothing of what it was made from
    if not all(isinstance(record["makes"], dict) for record in records(notebook)):
        return True  # made by a version of the press that noted less
    return any(
        now(ROOT / path) != known
        for record in records(notebook)
        for path, known in (record["uses"] | record["makes"]).items()
    )


def prune() -> list[str]:
    """Drops the stale chapters from the cache; returns their names.

    A cache that cannot be read, because a build was killed while it wrote, is dropped as a whole.
    """
    if not CACHE.exists():
        return []
    try:
        return drop_stale(get_cache(CACHE))
    except (OSError, KeyError, ValueError, AttributeError, RuntimeError, SQLAlchemyError):
        shutil.rmtree(CACHE)
        return ["cache: it could not be read"]


pruned = cache(prune)
"""`prune`, once in a process: what is executed after it is not stale."""


def drop_stale(executed: JupyterCacheBase) -> list[str]:
    """Drops the stale chapters from a cache; returns their names."""
    now = cache(fingerprint)  # many chapters rest on the same files
    stale = [r for r in executed.list_cache_records() if is_stale(executed.get_cache_bundle(r.pk).nb, now)]
    for record in stale:
        executed.remove_cache(record.pk)
    return sorted(Path(record.uri).stem for record in stale)
