"""The evidence explorer of the HTML edition: every row of data/, to filter, open and follow to its source.

A page, explore.html, and the tables beside it as scripts, because a page that is opened from a folder may load
scripts but fetch nothing. rows/<table>.js says what a table holds, rows/<table>.<n>.js has its rows, a
chunk at a time, rows/findings.js which rows each finding rests on; static/explorer.js loads what the
reader asks for. Not in the PDF, which holds the tables as attachments.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxRole

from lifeline import INDEX
from lifeline.evidence import DATA, read, schema

if TYPE_CHECKING:  # loaded when the rows are written, not for each page
    import pandas as pd

PAGE = "explore"
FOLDER = "rows"
CHUNK = 250
"""So many rows stand in one script: a few pages of the explorer, 5 to 25 kB over the wire."""

NAMES = {"outlets", "provinces", "measures"}
"""Tables whose keys are names; a column that points to one is worth filtering by."""
FACETS = {"language", "country"}
"""Columns worth filtering by that have neither codes nor such a table."""
BORROWED = ("theme", "topic", "province", "basis")
"""Columns of claims that a document and a number can be found by as well."""
SEVERAL = "; "
"""Stands between the values that a document borrows from its claims."""
PERIODS = (("period_start", "period_end"), ("year_start", "year_end"), ("date", "end_date"))
MOMENTS = ("published", "year", "date", "as_of")
LEADS = {
    "documents": ["title", "outlet", "published"],
    "claims": ["summary", "topic", "originator"],
    "quantities": ["measure", "low", "point", "high", "unit", "originator"],
    "surveys": ["question", "answer", "year", "value", "unit"],
    "arrivals": ["period_end", "kind", "sex", "persons"],
    "events": ["event"],
}
"""Columns that tell what a row says, shown before the others."""

Tables = dict[str, "pd.DataFrame"]


def raw(folder: Path = DATA) -> Tables:
    """Every table as it is printed: all cells text, so that 10 stays 10; nothing is computed from them."""
    import pandas as pd

    return {
        name: pd.read_csv(folder / resource["path"], dtype="string", keep_default_na=False)
        for name, resource in schema(folder).items()
    }


def key_columns(resource: dict) -> list[str]:
    """The columns of a table's key."""
    key = resource["schema"]["primaryKey"]
    return [key] if isinstance(key, str) else list(key)


def keys(table: pd.DataFrame, resource: dict) -> pd.Series:
    """The key of each row, as addresses and findings name it."""
    first, *others = key_columns(resource)
    return table[first].str.cat([table[column] for column in others], sep=",") if others else table[first]


def links(name: str, resource: dict) -> dict[str, str]:
    """Which columns point to which table, itself included."""
    foreign = resource["schema"].get("foreignKeys", [])
    return {key["fields"]: key["reference"]["resource"] or name for key in foreign}


def incoming(name: str, resources: dict[str, dict]) -> list[tuple[str, str]]:
    """The (table, column) pairs that point to a table."""
    return [
        (other, column)
        for other, resource in resources.items()
        for column, target in links(other, resource).items()
        if target == name
    ]


def related(name: str, tables: Tables, resources: dict[str, dict]) -> dict[tuple[str, str], list[int]]:
    """How many rows of which table and column point to each row; one that points to itself is not counted."""
    own = keys(tables[name], resources[name])
    counts = {}
    for other, column in incoming(name, resources):
        pointing = tables[other][column]
        if other == name:
            pointing = pointing[pointing != own]
        counts[other, column] = own.map(pointing.value_counts()).fillna(0).astype(int).to_list()
    return {pair: found for pair, found in counts.items() if any(found)}


def borrowed(name: str, tables: Tables, resources: dict[str, dict]) -> pd.DataFrame:
    """What is coded of the claims of a row, and not of the row itself, to filter the rows by."""
    import pandas as pd

    table, claims = tables[name], tables["claims"]
    lacking = [column for column in BORROWED if column not in table]
    if name == "documents":
        said = pd.DataFrame({column: together(claims, column) for column in lacking})
        rows = table["doc_id"]
    elif "claims" in links(name, resources[name]).values():
        said, rows = claims.set_index("claim_id")[lacking], table["claim_id"]
    else:
        return pd.DataFrame(index=table.index)
    return said.reindex(rows).fillna("").set_axis(table.index)


def together(claims: pd.DataFrame, column: str) -> pd.Series:
    """The different values of a column among the claims of each document."""
    pairs = claims.loc[claims[column] != "", ["doc_id", column]].drop_duplicates().sort_values(column)
    return pairs.groupby("doc_id")[column].agg(SEVERAL.join)


def dated(columns: list[str]) -> list[str]:
    """The columns that place a row in time: a beginning and an end, or one date."""
    pairs = [list(pair) for pair in PERIODS if set(pair) <= set(columns)]
    return (pairs + [[moment] for moment in MOMENTS if moment in columns] + [[]])[0]


def facet(cells: pd.Series, codes: list[str]) -> list[list]:
    """The values of a column and how many rows have each, in the order of the codes, else of the alphabet."""
    counts = Counter(value for cell in cells for value in cell.split(SEVERAL) if value)
    order = [code for code in codes if code in counts] + sorted(set(counts) - set(codes))
    return [[value, counts[value]] for value in order]


def described(column: dict, target: str | None, cells: pd.Series) -> dict[str, Any]:
    """What the explorer knows of a column: what it means, its codes, where it points, what to filter by."""
    codes = {entry["value"]: entry["label"] for entry in column.get("categories", [])}
    known = {"name": column["name"], "description": column["description"]}
    if codes:
        known["labels"] = codes
    if target:
        known["to"] = target
    if column["type"] in ("integer", "number"):
        known["number"] = True
    if codes or target in NAMES or column["name"] in FACETS:
        values = facet(cells, list(codes))
        known |= {"facet": values} if len(values) > 1 else {}
    return known


def head(name: str, table: pd.DataFrame, lent: pd.DataFrame, resources: dict[str, dict]) -> dict[str, Any]:
    """What a table holds: title, columns, filters with their counts, and which chunk begins with which key."""
    resource, own = resources[name], keys(table, resources[name])
    theirs = {"of": "its claims" if name == "documents" else "its claim"}
    fields = [
        described(column, links(of, resources[of]).get(column["name"]), cells[column["name"]]) | mark
        for of, cells, mark in ((name, table, {}), ("claims", lent, theirs))
        for column in resources[of]["schema"]["fields"]
        if column["name"] in cells
    ]
    return {
        "title": resource["title"],
        "description": resource["description"],
        "anchor": nodes.make_id(f"table-{name}"),
        "rows": len(table),
        "first": own.iloc[::CHUNK].to_list() if own.is_monotonic_increasing else None,
        "key": key_columns(resource),
        "dated": dated(list(table)),
        "lead": LEADS.get(name, []),
        "fields": fields,
    }


def chunks(columns: list[list]) -> Iterator[list[list]]:
    """The rows of a table, chunk by chunk, each a list of columns."""
    for start in range(0, len(columns[0]), CHUNK):
        yield [column[start : start + CHUNK] for column in columns]


def resting(index: pd.DataFrame, shown: dict[str, dict[str, str]], tables: Tables) -> list[dict[str, Any]]:
    """Each finding with the numbers of its rows in their tables, each as the step from the one before."""
    place = {
        name: {key: number for number, key in enumerate(keys(table, schema()[name]))}
        for name, table in tables.items()
    }
    return [
        {
            "name": line["finding"],
            "title": line["title"],
            "value": shown[line["finding"]]["value"],
            "interval": shown[line["finding"]].get("interval", ""),
            "period": line["period"],
            "rows": {
                table: steps([place[table][key] for key in named])
                for table, named in by_table(line["rows"], list(tables)).items()
            },
        }
        for line in index.to_dict("records")
    ]


def by_table(rows: str, names: list[str]) -> dict[str, list[str]]:
    """The keys in "table:key table:key" by table; a key may hold blanks."""
    found: dict[str, list[str]] = {}
    for row in re.split(rf" (?=(?:{'|'.join(names)}):)", rows):
        table, _, key = row.partition(":")
        found.setdefault(table, []).append(key)
    return found


def steps(numbers: list[int]) -> list[int]:
    """Numbers in order, each as the difference from the one before: small, and alike."""
    ordered = sorted(set(numbers))
    return [number - before for before, number in zip([0, *ordered], ordered, strict=False)]


def script(name: str, value: object) -> str:
    """A script that hands data to the explorer."""
    return f"lifeline({json.dumps(name)}, {json.dumps(value, ensure_ascii=False, separators=(',', ':'))});\n"


def scripts(folder: Path = DATA) -> dict[str, str]:
    """The tables of a folder as scripts, by the name of the file."""
    tables, resources = raw(folder), schema(folder)
    listed = [[name, resource["title"], len(tables[name])] for name, resource in resources.items()]
    made: dict[str, object] = {"index": {"chunk": CHUNK, "several": SEVERAL, "tables": listed}}
    for name, table in tables.items():
        lent, pointing = borrowed(name, tables, resources), related(name, tables, resources)
        made[name] = head(name, table, lent, resources) | {"related": list(pointing)}
        columns = [cells[column].to_list() for cells in (table, lent) for column in cells]
        made |= {f"{name}.{n}": chunk for n, chunk in enumerate(chunks([*columns, *pointing.values()]))}
    return {name: script(name, value) for name, value in made.items()}


def write(folder: Path, made: dict[str, str]) -> str:
    """Writes the scripts into a folder of their own; returns what stands for their content in addresses."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    digest = hashlib.sha256()
    for name, text in made.items():
        (folder / f"{name}.js").write_text(text, encoding="utf-8", newline="\n")
        digest.update(text.encode())
    return digest.hexdigest()[:12]


def page_html(version: str) -> str:
    """The page without its rows: what a reader without JavaScript sees, and the places that the script fills."""
    files = "".join(
        f'<li><a href="{FOLDER}/{escape(resource["path"])}" download>{escape(resource["title"])}</a></li>'
        for resource in schema().values()
    )
    return (
        '<h1>Explore the evidence</h1><div class="explorer-room">'
        f'<div id="explorer" data-rows="{FOLDER}/" data-version="{version}" hidden>'
        '<form id="explorer-form" aria-label="Choose rows"><div class="explorer-main">'
        '<p><label for="explorer-table">Table</label> <select id="explorer-table"></select></p>'
        '<p><label for="explorer-q">Words</label> '
        '<input type="search" id="explorer-q" autocomplete="off"></p>'
        '<div class="explorer-years"><p><label for="explorer-from">From year</label> '
        '<input id="explorer-from" inputmode="numeric" maxlength="4" size="4" autocomplete="off"></p>'
        '<p><label for="explorer-to">to year</label> '
        '<input id="explorer-to" inputmode="numeric" maxlength="4" size="4" autocomplete="off"></p></div></div>'
        '<details id="explorer-more" open><summary>Filters</summary><div id="explorer-facets"></div></details>'
        '</form><p id="explorer-about"></p><div id="explorer-finding"></div><ul id="explorer-chosen"></ul>'
        '<p id="explorer-count" role="status" aria-live="polite" tabindex="-1"></p>'
        '<p class="explorer-buttons"><button type="button" id="explorer-csv">Save these rows (CSV)</button> '
        '<button type="button" id="explorer-link">Copy link</button> '
        '<button type="button" id="explorer-clear">Show all rows</button> '
        '<span id="explorer-said" role="status"></span></p>'
        '<section id="explorer-row" aria-labelledby="explorer-row-title" hidden></section>'
        '<div class="explorer-frame" tabindex="0" role="region" aria-label="Rows">'
        '<table id="explorer-rows"></table></div><nav id="explorer-pages" aria-label="Pages of rows"></nav></div>'
        f"<noscript><p>Filtering needs JavaScript. These are the tables as files:</p><ul>{files}</ul></noscript>"
        '</div><script src="_static/explorer.js" defer></script>'
    )


def pages(app: Sphinx, shown: dict[str, dict[str, str]]) -> Iterator[tuple[str, dict[str, Any], str]]:
    """The page, once its data are written; `shown` has the findings as text. For Sphinx's html-collect-pages."""
    import pandas as pd

    index = pd.read_csv(INDEX, dtype="string", keep_default_na=False)
    made = scripts() | {"findings": script("findings", resting(index, shown, raw()))}
    folder = Path(app.outdir) / FOLDER
    version = write(folder, made)
    for resource in schema().values():
        shutil.copyfile(DATA / resource["path"], folder / resource["path"])
    yield PAGE, {"title": "Explore the evidence", "body": page_html(version), "parents": []}, "explorer.html"


def address(table: str, key: str = "", column: str = "", value: str = "") -> str:
    """The address of a row, or of the rows with a value in a column ("*": with any), from a chapter."""
    row = f":{quote(key, safe=',')}" if key else ""
    chosen = f"?{quote(column)}={quote(value or '*', safe='*')}" if column else ""
    return f"../{PAGE}.html#{table}{row}{chosen}"


class RowLink(SphinxRole):
    """{row}`surveys:key`: the key of a row, linked to the row in the HTML edition."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """The key as code."""
        table, _, key = self.text.partition(":")
        code = nodes.literal(self.text, self.text)
        return only_html(nodes.reference("", "", code, refuri=address(table, key)), code.deepcopy()), []


class RowCount(SphinxRole):
    """{rows}`table`, {rows}`table column` or {rows}`table column=value`: a number of rows."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """The number, linked to just these rows in the HTML edition; an error for an unknown table or column."""
        from lifeline import codebook

        try:
            table, text = codebook.number(read(), self.text)
        except KeyError as unknown:
            return [], [self.inliner.reporter.error(f"no table or column is called {unknown}", line=self.lineno)]
        column, _, value = self.text.partition(" ")[2].partition("=")
        uri = address(table, "", column, value)
        link = nodes.reference("", text, refuri=uri, classes=["finding"])
        return only_html(link, nodes.Text(text)), []


class Explore(SphinxRole):
    """{explore}`words`: words linked to the explorer in the HTML edition."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """The link; in other editions the words."""
        return only_html(nodes.reference("", self.text, refuri=f"../{PAGE}.html"), nodes.Text(self.text)), []


class FindingRows(SphinxRole):
    """{finding-rows}`name`: a way to all rows that a finding rests on; nothing in other editions than HTML."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """The link."""
        link = nodes.reference("", "All its rows in the explorer", refuri=address("finding", self.text))
        return only_html(link, nodes.Text("")), []


def only_html(shown: nodes.Node, otherwise: nodes.Node) -> list[nodes.Node]:
    """A node for the HTML edition and another one for the rest."""
    return [addnodes.only("", shown, expr="html"), addnodes.only("", otherwise, expr="not html")]
