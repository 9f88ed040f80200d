"""The codebook: data/datapackage.json as Markdown, with row counts and spans from the tables."""

import pandas as pd

from lifeline import evidence
from lifeline.book import plain
from lifeline.evidence import Evidence, schema
from lifeline.words import rounded

DATED = [
    "period_start",
    "period_end",
    "published",
    "date",
    "end_date",
    "as_of",
    "fieldwork_end",
    "year",
    "year_start",
    "year_end",
]
"""Columns that place a row in time."""

TYPES = {"string": "text", "integer": "whole number", "number": "number", "date": "date"}


def span(table: pd.DataFrame) -> str:
    """The years that a table's rows are about, "1990\u20132026"; empty where no column holds a date."""
    cells = [table[name].astype("string").str.slice(0, 4) for name in DATED if name in table]
    years = pd.concat(cells).dropna() if cells else pd.Series(dtype="string")
    if years.empty:
        return ""
    first, last = years.min(), years.max()
    return first if first == last else f"{first}\u2013{last}"


def count(known: Evidence, table: str, column: str = "", value: str = "") -> int:
    """Number of rows of a table; with a column, of those that have an entry there; with a value, this one."""
    rows = known.table(table)
    if not column:
        return len(rows)
    return int(rows[column].notna().sum() if not value else (rows[column] == value).sum())


def column_line(column: dict, points_to: dict[str, str]) -> str:
    """One column as an item of a Markdown list: name, type, meaning, the table it points to, codes."""
    kind = TYPES[column["type"]]
    if column.get("constraints", {}).get("required"):
        kind += ", never empty"
    key = f" Key of {points_to[column['name']]}." if column["name"] in points_to else ""
    meanings = "; ".join(f"`{entry['value']}` {plain(entry['label'])}" for entry in column.get("categories", []))
    codes = f" Codes: {meanings}." if meanings else ""
    return f"- **{plain(column['name'])}** ({kind}). {plain(column['description'])}{key}{codes}"


def section(name: str, resource: dict, known: Evidence) -> str:
    """One table: what a row is, how many there are, download, columns."""
    keys = resource["schema"].get("foreignKeys", [])
    targets = {key["fields"]: key["reference"]["resource"] or name for key in keys}
    points_to = {column: f"{{ref}}`{target} <table-{target}>`" for column, target in targets.items()}
    years = span(known.table(name))
    facts = f"{{rows}}`{name}` rows" + (f", {years}" if years else "")
    return "\n".join(
        [
            f"(table-{name})=",
            f"### {resource['title']}",
            "",
            f"{plain(resource['description'])} {facts}. {download(resource)}",
            "",
            *(column_line(column, points_to) for column in resource["schema"]["fields"]),
            "",
        ]
    )


def download(resource: dict) -> str:
    """The file of a table, to be kept."""
    return f"{{download}}`CSV </data/{resource['path']}>`"


def overview(known: Evidence) -> str:
    """Every table on one line: what a row is, rows, span, file."""
    lines = [
        f"| {{ref}}`{resource['title']} <table-{name}>` | {{rows}}`{name}` | {span(known.table(name))} "
        f"| {download(resource)} |"
        for name, resource in schema(evidence.DATA).items()
    ]
    head = [
        "```{table} The tables",
        ":name: tab-tables",
        "",
        "| Table | Rows | Years | File |",
        "|:--|--:|:--|:--|",
    ]
    return "\n".join([*head, *lines, "```", ""])


def text(known: Evidence) -> str:
    """The codebook of every table, as Markdown."""
    return "\n".join(section(name, resource, known) for name, resource in schema(evidence.DATA).items())


def number(known: Evidence, request: str) -> tuple[str, str]:
    """("documents copy_of") -> the table, and the number of rows asked for, as text.

    Raises KeyError for an unknown table or column.
    """
    table, _, rest = request.partition(" ")
    column, _, value = rest.partition("=")
    return table, rounded(count(known, table, column, value), 0)
