"""What is known of each finding, kept between builds.

Computing every finding again without each of its sources is most of the work of a build. So what came out
stays in _build/numbers.json, with the fingerprints of the code and of the tables that each finding used: only
findings behind which something changed are computed again, by as many processes as there are cores.
"""

import json
import multiprocessing
import os
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from lifeline import INDEX, ROOT
from lifeline.evidence import DATA, schema
from lifeline.press.cache import fingerprint

NUMBERS = ROOT / "_build" / "numbers.json"


@cache
def known_numbers() -> dict[str, dict[str, str]]:
    """What lifeline.book.numbers says of each finding, by name. Brings findings.csv up to date too."""
    before, code, tables = kept(), fingerprints(analysis()), fingerprints(table_files())
    if before.get("code") != code:
        before = {}
    if before.get("tables") != tables or not INDEX.exists():
        findings = brought_up_to_date(before, tables)
        write({"code": code, "tables": tables, "findings": findings})
    else:
        findings = before["findings"]
    return {name: entry["text"] for name, entry in findings.items()}


def foresee() -> None:
    """Loads and computes what `recall` will need, without keeping it for the next build.

    The data may not be checked yet, so what goes wrong with them is left to the check, or to `recall`, to tell.
    """
    from lifeline import book, evidence, figures, findings

    with suppress(Exception):
        figures.registry()
        book.modules(book.__name__, *book.registered("lifeline.figures", "registry"))
        before = kept()
        known = before if before.get("code") == fingerprints(analysis()) else {}
        good = still_good(known, fingerprints(table_files()))
        for name, entry in findings.registry().items():
            if name not in good:
                book.estimated(entry, evidence.read())


def recall() -> None:
    """Brings the numbers up to date and gives the evidence their values without each source, for who draws them."""
    from lifeline import evidence, findings

    known_numbers()
    known, entries = evidence.read(), findings.registry()
    for name, entry in kept()["findings"].items():
        known.store.left |= {(entries[name].compute, group): value for group, value in entry["left"].items()}


def kept() -> dict[str, Any]:
    """What the last build left, empty if there was none or if it cannot be read."""
    try:
        return dict(json.loads(NUMBERS.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return {}


def write(content: dict[str, Any]) -> None:
    """Keeps what is known for the next build; whole or not at all."""
    NUMBERS.parent.mkdir(exist_ok=True)
    beside = NUMBERS.with_suffix(".new")
    beside.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    beside.replace(NUMBERS)


NOT_BEHIND_NUMBERS = {"press", "figures", "style.py"}
"""Parts of the package that no finding is computed from."""


def analysis() -> list[Path]:
    """Every file but the tables that a finding can depend on: schema, map, libraries, the code of findings."""
    package = ROOT / "lifeline"
    code = (path for path in package.rglob("*.py") if path.relative_to(package).parts[0] not in NOT_BEHIND_NUMBERS)
    described = (path for path in DATA.glob("*.*json"))
    return sorted([ROOT / "requirements.txt", *described, *code])


def table_files() -> list[Path]:
    """The tables of data/."""
    return sorted(DATA / resource["path"] for resource in schema().values())


def fingerprints(paths: Iterable[Path]) -> dict[str, str]:
    """The fingerprint of each file, by its path in the project."""
    return {path.relative_to(ROOT).as_posix(): fingerprint(path) for path in paths}


def brought_up_to_date(before: dict[str, Any], tables: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Every finding, taken from `before` where none of its tables changed.

    text: what prose shows; line: that of findings.csv; uses: the tables; left: the value without each source.
    """
    from lifeline import book, evidence, findings

    known, entries = evidence.read(), findings.registry()
    good = {name: entry for name, entry in still_good(before, tables).items() if name in entries}
    stale = {name: entry for name, entry in entries.items() if name not in good}
    leave_out(stale)
    made = book.computed(known, stale)
    texts = book.numbers(made)
    fresh = {
        one.entry.name: {
            "uses": sorted(known.store.made[one.entry.compute][1]),
            "left": one.behind.without,
            "text": texts[one.entry.name],
            "line": book.line(one.entry, one.estimate, one.behind),
        }
        for one in made
    }
    every = dict(sorted((good | fresh).items()))
    book.write_index([entry["line"] for entry in every.values()])
    return every


def still_good(before: dict[str, Any], tables: dict[str, str]) -> dict[str, dict[str, Any]]:
    """What `before` knows of findings none of whose tables changed."""
    files = {name: f"data/{resource['path']}" for name, resource in schema().items()}
    changed = {name for name, path in files.items() if before.get("tables", {}).get(path) != tables[path]}
    return {name: entry for name, entry in before.get("findings", {}).items() if not changed & set(entry["uses"])}


def leave_out(entries: dict[str, Any]) -> None:
    """Computes these findings without each of their sources, at once, and keeps the values with the evidence."""
    from lifeline import book, evidence
    from lifeline.estimate import groups_behind, sources
    from lifeline.press.execute import bind_to

    known = evidence.read()
    resting = defaultdict(list)
    for name, entry in entries.items():
        originators = sources(book.estimated(entry, known).rows, known)["originator"]
        for group in groups_behind(originators.unique(), known):
            resting[group].append(name)
    tasks = sorted(resting.items(), key=lambda task: -len(task[1]))
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(os.cpu_count(), fork, bind_to, (os.getpid(),)) as pool:  # notices when a process dies
        for group, values in pool.map(without, tasks):
            known.store.left |= {(entries[name].compute, group): value for name, value in values.items()}


def without(task: tuple[str, list[str]]) -> tuple[str, dict[str, float | None]]:
    """A group, and the value without it of each of the findings that rest on it."""
    from lifeline import evidence, findings
    from lifeline.estimate import left_without

    group, names = task
    known, entries = evidence.read(), findings.registry()
    return group, {name: left_without(entries[name].compute, known, group) for name in names}
