"""The rows of data/ as pages of the HTML edition, so that a row's document is one click away.

One page a table, rows/<table>.html; each row has its key as anchor. Not in the PDF, which holds the
tables as attachments.
"""

from collections.abc import Iterator
from html import escape
from typing import Any

import pandas as pd
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxRole

from lifeline import codebook, evidence
from lifeline.evidence import Evidence, schema

FOLDER = "rows"
OUTSIDE = 'rel="noopener noreferrer"'


def key_of(resource: dict) -> list[str]:
    """The columns of a table's key."""
    key = resource["schema"]["primaryKey"]
    return [key] if isinstance(key, str) else list(key)


def links(name: str, resource: dict) -> dict[str, str]:
    """Which columns point to which table, itself included."""
    keys = resource["schema"].get("foreignKeys", [])
    return {key["fields"]: key["reference"]["resource"] or name for key in keys}


def address(table: str, key: object) -> str:
    """The address of a row, from a page in the same folder."""
    return f"{table}.html#{escape(str(key), quote=True)}"


def cell(value: object, column: str, target: str | None, urls: dict[str, str]) -> str:
    """One cell as HTML: keys lead to their row, documents to their page as well."""
    if pd.isna(value):
        return "<td></td>"
    shown = escape(str(value))
    if column == "url":
        return f'<td><a href="{escape(str(value), quote=True)}" {OUTSIDE}>{shown}</a></td>'
    if target is None:
        return f"<td>{shown}</td>"
    out = urls.get(str(value)) if target == "documents" else None
    page = f' <a href="{escape(out, quote=True)}" {OUTSIDE} title="the page itself">&#8599;</a>' if out else ""
    return f'<td><a href="{address(target, value)}">{shown}</a>{page}</td>'


def table_html(name: str, known: Evidence) -> str:
    """A table as HTML, with a field that hides the rows without the words typed into it."""
    resource, table = schema(evidence.DATA)[name], known.table(name)
    documents = known.documents.dropna(subset=["url"])
    urls = dict(zip(documents["doc_id"], documents["url"], strict=True))
    pointing = links(name, resource)
    columns = list(table.columns)
    keys = table[key_of(resource)].astype("string").fillna("").agg(",".join, axis=1)
    lines = [
        "<tr id=" + f'"{escape(key, quote=True)}">' + "".join(
            cell(value, column, pointing.get(column), urls) for column, value in zip(columns, row, strict=True)
        ) + "</tr>"
        for key, row in zip(keys, table.astype(object).itertuples(index=False), strict=True)
    ]  # fmt: skip
    anchor = nodes.make_id(f"table-{name}")
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    return (
        f"<h1>{escape(resource['title'])}</h1><p>{escape(resource['description'])} "
        f'The columns are explained in the <a href="../chapters/data.html#{anchor}">codebook</a>.</p>'
        '<p><label>Show only rows with <input type="search" id="rows-filter" autocomplete="off"></label> '
        '<span id="rows-count" role="status"></span></p>'
        f'<div class="rows-frame" tabindex="0"><table class="rows"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>"
        '<script src="../_static/rows.js" defer></script>'
    )


def pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """A page for each table; a handler of Sphinx's event html-collect-pages."""
    known = evidence.read()
    for name, resource in schema(evidence.DATA).items():
        context = {"title": f"{resource['title']}: rows", "body": table_html(name, known), "parents": []}
        yield f"{FOLDER}/{name}", context, "page.html"


class RowLink(SphinxRole):
    """{row}`surveys:key`: the key of a row, linked to the row in the HTML edition."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """The key as code."""
        table, _, key = self.text.partition(":")
        code = nodes.literal(self.text, self.text)
        return only_html(
            nodes.reference("", "", code, refuri=f"../{FOLDER}/{table}.html#{key}"), code.deepcopy()
        ), []


class RowCount(SphinxRole):
    """{rows}`table`, {rows}`table column` or {rows}`table column=value`: a number of rows."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """The number, linked to the rows in the HTML edition; an error for an unknown table or column."""
        try:
            table, text = codebook.number(evidence.read(), self.text)
        except KeyError as unknown:
            return [], [self.inliner.reporter.error(f"no table or column is called {unknown}", line=self.lineno)]
        link = nodes.reference("", text, refuri=f"../{FOLDER}/{table}.html", classes=["finding"])
        return only_html(link, nodes.Text(text)), []


def only_html(shown: nodes.Node, otherwise: nodes.Node) -> list[nodes.Node]:
    """A node for the HTML edition and another one for the rest."""
    return [addnodes.only("", shown, expr="html"), addnodes.only("", otherwise, expr="not html")]
