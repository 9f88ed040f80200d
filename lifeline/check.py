"""What data/ must keep to, and the check of it.

Three layers: files (encoding, line ends, order, nothing that a spreadsheet would run), the schema
in data/datapackage.json, checked by the frictionless library, and the rules over several columns or
tables in rules.py. What no machine sees: whether a summary says what the page says, and whether a
name is that of a private person; CONTRIBUTING.md says how these are kept.
"""

import copy
import csv
import io
import json
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from lifeline.evidence import DATA, PACKAGE, Evidence, read_table, schema
from lifeline.rules import RULES, Rule


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a file of the book. `row` is the line of the file, the header being line 1."""

    file: str
    row: int | None
    column: str | None
    value: str | None
    rule: str
    mend: str

    def __str__(self) -> str:
        where = [self.file]
        where += [f"row {self.row}"] if self.row is not None else []
        where += [f"column {self.column}"] if self.column else []
        value = f"{self.value!r} " if self.value is not None else ""
        return f"{', '.join(where)}: {value}{self.rule} ({self.mend})"


FORMULA = ("=", "+", "-", "@", "\t")
"""What a spreadsheet takes for the beginning of a formula."""

MENDS = {
    "extra-label": "remove the column, or describe it in datapackage.json",
    "missing-label": "add the column",
    "incorrect-label": "use the column names of datapackage.json, in their order",
    "blank-header": "the first line must name the columns",
    "primary-key": "give each row its own key",
    "constraint-error": "see the column's description in datapackage.json",
    "type-error": "see the column's type in datapackage.json",
    "extra-cell": "is a comma missing its quotation marks?",
    "missing-cell": "every row needs a cell for every column",
    "scheme-error": "put the file back",
    "blank-row": "remove the empty line",
}


def missing_files(folder: Path) -> list[Fault]:
    """The tables of datapackage.json that are not there."""
    paths = [resource["path"] for resource in schema(folder).values()]
    missing = [path for path in paths if not (folder / path).is_file()]
    return [Fault(f"data/{path}", None, None, None, "is missing", "put the file back") for path in missing]


def described(folder: Path) -> Any:
    """The data package as frictionless sees it. Raises ValueError if datapackage.json is none."""
    from frictionless import FrictionlessException, Package

    try:
        return Package.from_descriptor(without_keys(folder), basepath=folder.as_posix())
    except FrictionlessException as why:
        raise ValueError("; ".join(error.message for error in why.reasons or [why.error])) from why


def without_keys(folder: Path) -> dict[str, Any]:
    """datapackage.json without foreign keys, which frictionless would read a table again for, each time."""
    package = copy.deepcopy(json.loads((folder / PACKAGE).read_text(encoding="utf-8")))
    for resource in package["resources"]:
        resource["schema"].pop("foreignKeys", None)
    return package


def schema_faults(package: Any, folder: Path) -> list[Fault]:
    """Every breach of the columns' descriptions, as the frictionless library finds them."""
    from frictionless import system

    files = {name: resource["path"] for name, resource in schema(folder).items()}
    with system.use_context(trusted=True):
        report = package.validate(limit_errors=10_000)
    faults = [
        Fault(
            f"data/{files.get(task.name, PACKAGE)}",
            getattr(error, "row_number", None),
            getattr(error, "field_name", None) or getattr(error, "label", None),
            getattr(error, "cell", None),
            f"breaks the schema: {error.note}" if error.note else error.message,
            MENDS.get(error.type, "see datapackage.json"),
        )
        for task in report.tasks
        for error in task.errors
    ]
    empty = [
        Fault(f"data/{path}", None, None, None, "has no rows", "put the rows back")
        for path in files.values()
        if len((folder / path).read_bytes().splitlines()) < 2
    ]
    return faults + empty


def key_faults(folder: Path, readable: set[str]) -> list[Fault]:
    """Every cell of these tables that points to a row that another table does not have.

    Reads them as text, so that a fault of another kind hides no broken key.
    """
    tables = {name: as_text(folder / schema(folder)[name]["path"]) for name in readable}
    return [
        Fault(
            f"data/{schema(folder)[name]['path']}",
            number,
            column,
            row[column],
            f"is not found in {target}.csv",
            f"add the row to {target}.csv, or correct the key",
        )
        for name, rows in sorted(tables.items())
        for column, target, key in foreign_keys(name, folder)
        for keys in [{row.get(key) for row in tables.get(target, [])}]
        for number, row in enumerate(rows, start=2)
        if row.get(column) and row[column] not in keys and keys != {None}
    ]


def as_text(path: Path) -> list[dict[str, str]]:
    """The rows of a file as they are written."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def foreign_keys(name: str, folder: Path) -> list[tuple[str, str, str]]:
    """(column, table that it points to, column there) for each foreign key of a table."""
    return [
        (key["fields"], key["reference"]["resource"] or name, key["reference"]["fields"])
        for key in schema(folder)[name]["schema"].get("foreignKeys", [])
    ]


def rule_faults(evidence: Evidence, folder: Path, tables: set[str]) -> list[Fault]:
    """Every breach of the rules of these tables."""
    return [
        Fault(
            f"data/{schema(folder)[rule.table]['path']}",
            int(index) + 2,
            rule.column,
            str(evidence.table(rule.table).at[index, rule.column]),
            rule.says,
            rule.mend,
        )
        for rule in RULES
        if rule.table in tables
        for index in broken_rows(rule, evidence)
    ]


def broken_rows(rule: Rule, evidence: Evidence) -> list[int]:
    """The index of each row that breaks the rule; none if a table that the rule looks up is unsound."""
    table = evidence.table(rule.table)
    try:
        broken = rule.broken(table, evidence).astype("boolean").fillna(False)
    except Unsound:
        return []
    return list(table.index[broken.to_numpy(dtype=bool)])


def file_faults(name: str, folder: Path) -> list[Fault]:
    """What is wrong with a file before any cell has a meaning: bytes, line ends, order, formulas."""
    path = folder / schema(folder)[name]["path"]
    file = f"data/{path.name}"
    content = path.read_bytes()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return [Fault(file, line, None, None, "is not UTF-8", "save the file as UTF-8")]
    wrong = [
        (text.startswith("\ufeff"), "begins with a byte order mark", "save the file as UTF-8 without one"),
        ("\r" in text, "has carriage returns", "save the file with LF line ends"),
        ("\x00" in text, "has NUL bytes", "remove them"),
        (not text.endswith("\n"), "does not end with a line end", "end the last line"),
        (text != unicodedata.normalize("NFC", text), "is not in Unicode normal form C", "normalize it"),
    ]
    whole = [Fault(file, None, None, None, rule, mend) for broken, rule, mend in wrong if broken]
    return whole or cell_faults(file, schema(folder)[name]["schema"], text)


def cell_faults(file: str, columns: dict, text: str) -> list[Fault]:
    """Cells that a spreadsheet would run or that hold a line break, and rows out of order."""
    key = columns["primaryKey"]
    numbers = {column["name"] for column in columns["fields"] if column["type"] == "integer"}
    header, *rows = list(csv.reader(io.StringIO(text)))
    cells = [
        Fault(file, number, column, cell, rule, "rewrite the cell")
        for number, row in enumerate(rows, start=2)
        for column, cell in zip(header, row, strict=False)
        for broken, rule in (
            (cell[:1] in FORMULA and not is_number(cell), "begins like a formula"),
            ("\n" in cell, "holds a line break"),
        )
        if broken
    ]
    names = [key] if isinstance(key, str) else key
    if not set(names) <= set(header):
        return cells  # the schema check says so
    places = [header.index(name) for name in names]
    keys = [
        tuple(int(row[at]) if header[at] in numbers and row[at].isdigit() else row[at] for at in places)
        for row in rows
        if len(row) == len(header)
    ]
    unsorted = next((number for number, (a, b) in enumerate(pairwise(keys), start=3) if out_of_order(a, b)), None)
    order = Fault(file, unsorted, names[0], None, "is out of order", "sort the rows by their key: diffs stay small")
    return cells + ([order] if unsorted else [])


def out_of_order(first: tuple, second: tuple) -> bool:
    """Whether two keys stand in the wrong order; keys of unlike types are not compared."""
    try:
        return bool(first > second)
    except TypeError:
        return False


def is_number(cell: str) -> bool:
    """Whether a cell is a plain number."""
    try:
        float(cell)
    except ValueError:
        return False
    return True


class Unsound(Exception):
    """A table cannot be looked up because it has faults of its own."""


def sound_table(name: str, folder: Path, sound: set[str]) -> pd.DataFrame:
    """A table that has no fault so far."""
    if name not in sound:
        raise Unsound(name)
    return read_table(name, folder)


def check(folder: Path = DATA) -> list[Fault]:
    """Every fault of data/: files, schema, keys, rules. A table with a fault is not checked further."""
    try:
        faults, package = missing_files(folder), described(folder)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as why:
        return [Fault(f"data/{PACKAGE}", None, None, None, f"cannot be read: {why}", "mend the file")]
    if faults:
        return faults
    faults = [fault for name in schema(folder) for fault in file_faults(name, folder)]
    unreadable = {fault.file for fault in faults if fault.column is None}
    faults += [fault for fault in schema_faults(package, folder) if fault.file not in unreadable]
    bad = {fault.file for fault in faults}
    sound = {name for name, resource in schema(folder).items() if f"data/{resource['path']}" not in bad}
    evidence = Evidence(lambda name: sound_table(name, folder, sound))
    readable = {name for name, resource in schema(folder).items() if f"data/{resource['path']}" not in unreadable}
    return faults + key_faults(folder, readable) + rule_faults(evidence, folder, sound)
