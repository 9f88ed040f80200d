"""What `make stress` tried to break the book with, as a table: for the appendix of the methods chapter."""

import csv
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from lifeline import ROOT

RESULTS = ROOT / "tests" / "stress" / "results.csv"
COLUMNS = {
    "campaign": "What was tried",
    "tried": "Tried",
    "refused": "Refused",
    "harmless": "Harmless",
    "survived": "Survived",
    "date": "Date",
    "version": "Version",
}
COUNTS = ("tried", "refused", "harmless", "survived")


def results(path: Path = RESULTS) -> list[dict[str, str]]:
    """One row a campaign."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def total(rows: list[dict[str, str]]) -> dict[str, str]:
    """The sum of all campaigns."""
    return {"campaign": "All"} | {name: str(sum(int(row[name]) for row in rows)) for name in COUNTS}


def table(rows: list[dict[str, str]]) -> str:
    """The campaigns as a numbered Markdown table, with their sum."""
    from lifeline.book import plain

    versions = {row["version"] for row in rows}
    told = f", all on version {min(versions)}" if len(versions) == 1 else ""
    columns = {name: words for name, words in COLUMNS.items() if name != "version" or not told}
    lines = [
        "| " + " | ".join(columns.values()) + " |",
        "|" + "|".join("--:" if name in COUNTS else ":--" for name in columns) + "|",
        *(
            "| "
            + " | ".join(f"{int(row[name]):,}" if name in COUNTS else plain(row.get(name, "")) for name in columns)
            + " |"
            for row in [*rows, total(rows)]
        ),
    ]
    head = [f"```{{table}} What was tried to break the book{told}", ":name: tab-stress", ""]
    return "\n".join([*head, *lines, "```"])


class Campaigns(SphinxDirective):
    """The table of campaigns."""

    def run(self) -> list[nodes.Node]:
        """The table; the page is read again when the results change."""
        self.env.note_dependency(RESULTS.as_posix())
        return self.parse_text_to_nodes(table(results()))
