"""What data/ must keep to, and the check of it.

Three layers: files (encoding, line ends, order, nothing that cannot be seen or that a spreadsheet would
run), the schema in data/datapackage.json, checked by the frictionless library, and the rules over several
columns or tables in rules.py. `make stress` breaks each table in thousands of ways to see that they hold.
What no machine sees: whether a summary says what the page says, and whether a name is that of a private
person; CONTRIBUTING.md says how these are kept.
"""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from lifeline.evidence import DATA, PACKAGE, SHAPES, Evidence, read_table, schema
from lifeline.fault import Fault
from lifeline.rules import RULES, Rule

FORMULA = ("=", "+", "-", "@", "\t", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet takes for the beginning of a formula, in both widths."""
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode's classes of characters that nobody sees: controls, marks of direction and width, private ones."""
LOST = "\ufffd"
"""What a program writes for a character that it could not read."""
PLAIN = {
    "integer": re.compile(r"-?(0|[1-9][0-9]*)"),
    "number": re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?(e[+-]?[0-9]+)?"),
    "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
}
"""How numbers and days are written, so that every program reads the same."""
MOST, LONGEST = 1e18, 3000
"""No number is as large, no cell has more characters."""

MENDS = {
    "primary-key": "give each row its own key",
    "constraint-error": "see the column's description in datapackage.json",
    "type-error": "see the column's type in datapackage.json",
    "extra-cell": "is a comma missing its quotation marks?",
    "missing-cell": "every row needs a cell for every column",
    "blank-row": "remove the empty line",
}


def missing_files(folder: Path) -> list[Fault]:
    """The tables of datapackage.json that are not there."""
    paths = [*(resource["path"] for resource in schema(folder).values()), SHAPES]
    missing = [path for path in paths if not (folder / path).is_file()]
    return [Fault(f"data/{path}", None, None, None, "is missing", "put the file back") for path in missing]


def described(folder: Path, names: Iterable[str]) -> Any:
    """These tables as frictionless sees them. Raises ValueError if datapackage.json is none."""
    from frictionless import FrictionlessException, Package

    package = without_keys(folder, names)
    if not package["resources"]:
        raise ValueError("it names no table")
    try:
        return Package.from_descriptor(package, basepath=folder.as_posix())
    except FrictionlessException as why:
        raise ValueError("; ".join(error.message for error in why.reasons or [why.error])) from why


def without_keys(folder: Path, names: Iterable[str]) -> dict[str, Any]:
    """datapackage.json of these tables without foreign keys, which frictionless would read a table again for."""
    package = json.loads((folder / PACKAGE).read_text(encoding="utf-8"))
    package["resources"] = [resource for resource in package["resources"] if resource["name"] in names]
    for resource in package["resources"]:
        resource["schema"].pop("foreignKeys", None)
    return package


def schema_faults(package: Any, folder: Path) -> list[Fault]:
    """Every breach of the columns' descriptions, as the frictionless library finds them."""
    from frictionless import system

    described_tables = schema(folder)
    with system.use_context(trusted=True):
        report = package.validate(limit_errors=10_000)
    return [
        Fault(
            f"data/{described_tables[task.name]['path'] if task.name in described_tables else PACKAGE}",
            getattr(error, "row_number", None),
            column_of(error, described_tables.get(task.name, {})),
            getattr(error, "cell", None),
            f"breaks the schema: {error.note}" if error.note else error.message,
            MENDS.get(error.type, "see datapackage.json"),
        )
        for task in report.tasks
        for error in task.errors
    ]


def column_of(error: Any, resource: dict) -> str | None:
    """The column that an error of frictionless is about; of a repeated key those of the key."""
    if error.type == "primary-key":
        return ",".join(key_of(resource))
    return getattr(error, "field_name", None) or getattr(error, "label", None)


def key_of(resource: dict) -> list[str]:
    """The columns of a table's key."""
    key = resource["schema"]["primaryKey"]
    return [key] if isinstance(key, str) else list(key)


def key_faults(tables: dict[str, list[dict[str, str]]], folder: Path, names: Iterable[str]) -> list[Fault]:
    """Every cell of the named tables that points to a row that another one does not have.

    Takes all them as text, so that a fault of another kind hides no broken key.
    """
    return [
        Fault(
            f"data/{schema(folder)[name]['path']}",
            number,
            column,
            row[column],
            f"is not found in {target}.csv",
            f"add the row to {target}.csv, or correct the key",
        )
        for name in sorted(names)
        for column, target, key in foreign_keys(name, folder)
        for keys in [{row.get(key) for row in tables.get(target, [])}]
        for number, row in enumerate(tables[name], start=2)
        if row.get(column) and row[column] not in keys and keys - {None}
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


def rule_faults(evidence: Evidence, folder: Path, rules: Iterable[Rule]) -> list[Fault]:
    """Every breach of these rules."""
    return [
        Fault(
            f"data/{schema(folder)[rule.table]['path']}",
            int(index) + 2,
            rule.column,
            str(evidence.table(rule.table).at[index, rule.column]),
            rule.says,
            rule.mend,
        )
        for rule in rules
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
    if text.startswith("\ufeff"):
        return [Fault(file, 1, None, None, "begins with a byte order mark", "save the file as UTF-8 without one")]
    rows, torn = lines_of(text)
    wrong = [
        ("\r\n" in text, line_of(text, "\r"), "has carriage returns", "save the file with LF line ends"),
        (not text.endswith("\n"), text.count("\n") + 1, "does not end with a line end", "end the last line"),
        (text.endswith("\n\n"), text.count("\n"), "is an empty line", "remove it"),
        (len(rows) < 2, None, "has no rows", "put the rows back"),
        (bool(torn), torn, "is not written as CSV", "close each quotation mark, and use none that is not needed"),
    ]
    whole = [Fault(file, row, None, None, rule, mend) for broken, row, rule, mend in wrong if broken]
    resource = schema(folder)[name]
    whole += header_faults(file, [field["name"] for field in resource["schema"]["fields"]], rows[0] if rows else [])
    return whole or cell_faults(file, resource, rows)


def header_faults(file: str, names: list[str], header: list[str]) -> list[Fault]:
    """How the first line differs from the columns of datapackage.json."""
    mend = "the first line holds the names of datapackage.json, in their order"
    wrong = [(name, "is no column of this table") for name in header if name not in names]
    wrong += [(name, "is missing as a column") for name in names if name not in header]
    wrong += [(name, "is the name of two columns") for name in names if header.count(name) > 1]
    moved = [(a, "is not in its place") for a, b in zip(header, names, strict=False) if a != b]
    return [Fault(file, 1, name, None, rule, mend) for name, rule in wrong or moved[:1]]


def is_unreadable(fault: Fault) -> bool:
    """Whether a file with this fault has no cells that can be looked at."""
    return fault.column is None or fault.row == 1


def line_of(text: str, found: str) -> int:
    """The line of a text in which something first stands."""
    return text[: text.find(found)].count("\n") + 1


def lines_of(text: str) -> tuple[list[list[str]], int | None]:
    """The rows of a CSV file, and the first line that is not written as CSV writes it, if there is one.

    A carriage return within a line, which would end it, is read as another control character.
    """
    text = text.replace("\r", "\x85")
    csv.field_size_limit(
        max(csv.field_size_limit(), len(text))
    )  # a cell of any length is read, so that its place can be told
    rows: list[list[str]] = []
    try:
        rows += csv.reader(io.StringIO(text, newline=""), strict=True)
    except csv.Error:
        return rows, len(rows) + 1
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    both = enumerate(zip(text.split("\n"), written.getvalue().split("\n"), strict=False), start=1)
    return rows, next((line for line, (given, plain) in both if given != plain), None)


def cell_faults(file: str, resource: dict, rows: list[list[str]]) -> list[Fault]:
    """Cells that cannot be shown, read or trusted as they stand, and rows out of order."""
    types = {field["name"]: field["type"] for field in resource["schema"]["fields"]}
    header, *body = rows
    hidden = {sign for sign in set("".join(cell for row in rows for cell in row)) if is_hidden(sign)}
    cells = [
        Fault(file, number, column, cell[:LONGEST], rule, "rewrite the cell")
        for number, row in enumerate(body, start=2)
        for column, cell in zip(header, row, strict=False)
        if cell
        for rule in wrong_with(cell, types.get(column, "string"), hidden)
    ]
    return cells + order_faults(file, header, body, types, key_of(resource))


def is_hidden(sign: str) -> bool:
    """Whether a character cannot be seen, or stands for one that was lost."""
    return unicodedata.category(sign) in HIDDEN or sign == LOST


def wrong_with(cell: str, kind: str, hidden: set[str]) -> Iterator[str]:
    """What is wrong with a cell, whatever it means."""
    if cell[0] in FORMULA and not is_number(cell):
        yield "begins like a formula"
    if "\n" in cell:
        yield "holds a line break"
    if not hidden.isdisjoint(cell):
        yield "holds a character that nobody sees"
    if cell != cell.strip():
        yield "begins or ends with a blank"
    if len(cell) > LONGEST:
        yield "is too long"
    if not cell.isascii() and cell != unicodedata.normalize("NFC", cell):
        yield "is not in Unicode normal form C"
    if kind in PLAIN and not (PLAIN[kind].fullmatch(cell) and (kind == "date" or abs(float(cell)) < MOST)):
        yield f"is not written as a {kind}"


def order_faults(
    file: str, header: list[str], rows: list[list[str]], types: dict[str, str], key: list[str]
) -> list[Fault]:
    """The first row that does not stand in the order of the key."""
    if not set(key) <= set(header):
        return []  # the schema check says so
    places = [header.index(name) for name in key]
    keys = [
        tuple(
            int(row[at]) if types.get(header[at]) == "integer" and row[at].isdecimal() else row[at] for at in places
        )
        for row in rows
        if len(row) == len(header)
    ]
    unsorted = next((number for number, (a, b) in enumerate(pairwise(keys), start=3) if out_of_order(a, b)), None)
    order = Fault(file, unsorted, key[0], None, "is out of order", "sort the rows by their key: diffs stay small")
    return [order] if unsorted else []


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


WEST, SOUTH, EAST, NORTH = 124.0, 37.0, 131.0, 44.0
"""Degrees between which North Korea lies."""


def shape_faults(evidence: Evidence, folder: Path) -> list[Fault]:
    """What is wrong with the outlines of the provinces: no GeoJSON, a shape too few, a corner elsewhere."""
    file, mend = f"data/{SHAPES}", "put the file back"
    try:
        shapes = json.loads((folder / SHAPES).read_text(encoding="utf-8"))["features"]
        corners = [
            (shape["properties"]["province"], float(x), float(y))
            for shape in shapes
            for part in polygons(shape["geometry"])
            for ring in part
            for x, y in ring
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as why:
        return [Fault(file, None, None, None, f"cannot be read: {why}", mend)]
    away = [name for name, x, y in corners if not (WEST < x < EAST and SOUTH < y < NORTH)]
    try:
        missing = sorted(set(evidence.provinces["drawn_in"]) - {name for name, _, _ in corners})
    except Unsound:
        missing = []
    faults = [Fault(file, None, None, name, "has a corner outside North Korea", mend) for name in sorted(set(away))]
    return faults + [Fault(file, None, None, name, "has no shape", mend) for name in missing]


def polygons(geometry: dict) -> list:
    """The polygons of a shape. Raises ValueError for a shape of another kind."""
    if geometry["type"] not in ("Polygon", "MultiPolygon"):
        raise ValueError(f"no shape is a {geometry['type']}")
    return [geometry["coordinates"]] if geometry["type"] == "Polygon" else list(geometry["coordinates"])


def check(folder: Path = DATA) -> list[Fault]:
    """Every fault of data/: files, schema, keys, rules. A table with a fault is not checked further."""
    try:
        faults, package = missing_files(folder), described(folder, schema(folder))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as why:
        return [Fault(f"data/{PACKAGE}", None, None, None, f"cannot be read: {why}", "mend the file")]
    if faults:
        return faults
    faults = [fault for name in schema(folder) for fault in file_faults(name, folder)]
    unreadable = {fault.file for fault in faults if is_unreadable(fault)}
    faults += [fault for fault in schema_faults(package, folder) if fault.file not in unreadable]
    files = {name: f"data/{resource['path']}" for name, resource in schema(folder).items()}
    sound = set(files) - {name for name, file in files.items() if file in {fault.file for fault in faults}}
    evidence = Evidence(lambda name: sound_table(name, folder, sound))
    text = {name: as_text(folder / Path(file).name) for name, file in files.items() if file not in unreadable}
    rules = [rule for rule in RULES if rule.table in sound]
    return (
        faults
        + key_faults(text, folder, text)
        + rule_faults(evidence, folder, rules)
        + shape_faults(evidence, folder)
    )
