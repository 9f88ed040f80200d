"""Figures and tables of the chapter "The data": what the collection covers, how codings agree."""

import matplotlib.figure
import pandas as pd

from lifeline import style
from lifeline.evidence import Evidence
from lifeline.figures import Title, figure, table
from lifeline.style import LIGHT

NAMED = 8
"""So many originators have a line of their own."""

OTHERS = "all others"
NOWHERE = "no province told"


@figure(
    "documents-by-year",
    title=Title("Documents by year of publication and originator"),
    note="One scale for all lines; the largest number of each is written out. Copies and undated documents are "
    "left out. What was looked for decides what was found: this is the collection, not what was published.",
    kind="Bars",
    x="year",
    y="documents",
    y_label="documents",
    series="originator_group",
)
def documents_by_year(evidence: Evidence) -> pd.DataFrame:
    """Number of documents by year of publication and independence group; one line a year and group."""
    d = evidence.documents
    group = d["originator"].map(evidence.outlets.set_index("originator")["independence_group"])
    kept = d.assign(year=d["published"].str.slice(0, 4), group=group)[d["copy_of"].isna() & d["published"].notna()]
    largest = list(kept["group"].value_counts().index[:NAMED])
    named = kept["group"].where(kept["group"].isin(largest), OTHERS)
    counted = kept.groupby([named.rename("originator_group"), kept["year"].astype(int)]).size()
    frame = counted.rename("documents").reset_index()
    order = {name: place for place, name in enumerate([*largest, OTHERS])}
    return frame.sort_values(
        ["originator_group", "year"], key=lambda c: c.map(order) if c.name != "year" else c, ignore_index=True
    )


@documents_by_year.drawing
def _(frame: pd.DataFrame) -> matplotlib.figure.Figure:
    groups = list(dict.fromkeys(frame["originator_group"]))
    drawing, (axes,) = style.canvas(height=4.0)
    row = frame["originator_group"].map(groups.index)
    height = frame["documents"] / frame["documents"].max() * 0.5
    axes.bar(frame["year"], -height, bottom=row + 0.45, width=0.8, color=LIGHT.first)
    totals = frame.groupby("originator_group")["documents"].sum()
    axes.set_yticks([at + 0.45 for at in range(len(groups))], [f"{name} ({totals[name]:,})" for name in groups])
    for label in axes.get_yticklabels():
        label.set_verticalalignment("bottom")
    axes.set_ylim(len(groups) - 0.5, -0.55)
    axes.set_xlim(frame["year"].min() - 1, frame["year"].max() + 1)
    for name, rows in frame.groupby("originator_group"):
        top = rows.loc[rows["documents"].idxmax()]
        above = groups.index(name) + 0.45 - height[top.name] - 0.04
        style.note(axes, f"{top['documents']}", top["year"], above, ha="center", va="bottom")
    return drawing


THEMES = {
    "attitudes": "attitudes",
    "rent_seeking": "rent-\nseeking",
    "channels": "channels",
    "policy": "policy",
    "context": "context",
}


@figure(
    "claims-by-province",
    title=Title("Claims by province and theme"),
    note="A dash: none. Rows are claims, of which one report can hold many; the bars have one scale.",
    alt=lambda f: provinces_told(f),
    x="theme",
    y="claims",
    y_label="claims",
    series="province",
)
def claims_by_province(evidence: Evidence) -> pd.DataFrame:
    """Number of claims by province and theme; one line a province and theme."""
    c = evidence.claims
    counted = c.groupby([c["province"].fillna(NOWHERE), "theme"]).size().rename("claims").reset_index()
    everywhere = [*evidence.provinces["province"], NOWHERE]
    every = pd.MultiIndex.from_product([everywhere, list(THEMES)], names=["province", "theme"])
    return counted.set_index(["province", "theme"]).reindex(every, fill_value=0).reset_index()


def provinces_told(frame: pd.DataFrame) -> str:
    """The alt text of the figure on provinces."""
    named = frame.assign(theme=frame["theme"].str.replace("_", "-"))
    lines = [
        f"{province}: " + ", ".join(f"{row.theme} {row.claims}" for row in rows.itertuples())
        for province, rows in named.groupby("province", sort=False)
    ]
    low, high = frame["claims"].min(), frame["claims"].max()
    return f"Bars, claims by province and theme, {low} to {high} claims. " + "; ".join(lines) + "."


@claims_by_province.drawing
def _(frame: pd.DataFrame) -> matplotlib.figure.Figure:
    told = frame[frame["province"] != NOWHERE]
    order = [*told.groupby("province")["claims"].sum().sort_values(ascending=False, kind="stable").index, NOWHERE]
    drawing, (axes,) = style.canvas(height=4.2)
    counts = frame.pivot(index="province", columns="theme", values="claims").loc[order, list(THEMES)]
    style.matrix(axes, counts, list(THEMES.values()))
    return drawing


@table(
    "agreement",
    title=Title("How far codings of the same documents agree"),
    columns={
        "comparison": "Codings",
        "compared": "What is compared",
        "n": "Units",
        "agree": "Same or found, %",
        "alpha": "Alpha",
        "interval": "Interval",
    },
    note="Matched claims and numbers: the share coded alike. Claims and numbers of one coding: the share that the "
    "other holds too. Documents x codes: whether a code is used in a document, by either. Alpha is "
    "Krippendorff's, for nominal data: one is full agreement, zero what chance would give. The interval is from "
    "drawing documents with replacement; without an alpha it is that of the share, in percent.",
)
def agreement(evidence: Evidence) -> pd.DataFrame:
    """Share of units coded alike in percent, and alpha with its interval; one line a comparison."""
    t = evidence.table("agreement")
    interval = [
        f"{row.low * 100:.0f} to {row.high * 100:.0f}" if pd.isna(row.alpha) else f"{row.low:.2f} to {row.high:.2f}"
        for row in t.itertuples()
    ]
    compared = (
        t["column"].str.replace("_start", "").where(t["units"].str.contains("matched|x"), "") + ", " + t["units"]
    )
    frame = t.assign(agree=(t["agree"] * 100).round(), interval=interval, compared=compared.str.removeprefix(", "))
    return frame.sort_values(["comparison", "units", "column"])[
        ["comparison", "compared", "n", "documents", "agree", "alpha", "interval"]
    ]


@table(
    "checks",
    title=Title("Sums that the sources' own numbers allow"),
    columns={
        "kind": "Sum",
        "number": "Done",
        "holds": "Hold",
        "other": "Hold under another label",
        "fails": "Fail",
    },
    note="What each sum compares, and every single one, stands in the table checks.",
)
def checks(evidence: Evidence) -> pd.DataFrame:
    """Number of arithmetic checks by kind and verdict; one line a kind."""
    t = evidence.checks
    counted = pd.crosstab(t["kind"], t["verdict"]).reindex(
        columns=["holds", "other reading", "fails"], fill_value=0
    )
    frame = counted.rename(columns={"other reading": "other"}).assign(number=counted.sum(axis=1)).reset_index()
    return frame[["kind", "number", "holds", "other", "fails"]]


@table(
    "failing",
    title=Title("Sums that fail, or hold only under another label"),
    columns={
        "period": "Period",
        "subject": "What",
        "expected": "Expected",
        "stated": "Printed",
        "note": "Note",
    },
)
def failing(evidence: Evidence) -> pd.DataFrame:
    """Arithmetic checks that do not hold as printed; one line a check."""
    t = evidence.checks[evidence.checks["verdict"] != "holds"]
    originator = t["doc_id"].map(evidence.documents.set_index("doc_id")["originator"])
    frame = t.assign(
        row="checks:" + t["check_id"],
        originator=originator,
        expected=[printed(row.expected, row.unit) for row in t.itertuples()],
        stated=[printed(row.stated, row.unit) for row in t.itertuples()],
    ).sort_values(["kind", "period", "check_id"])
    return frame[["period", "subject", "expected", "stated", "note", "row", "originator", "doc_id"]]


def printed(value: float, unit: str) -> str:
    """A number with its unit, won in millions."""
    return f"{value / 1e6:,.1f} million won" if unit == "KRW" else f"{value:,.10g} {unit}"


@table(
    "searches",
    title=Title("What was looked for"),
    columns={"search": "Pass", "looked_for": "Looked for", "languages": "Languages", "not_found": "Not found"},
    note="A blank cell: the languages were not recorded.",
)
def searches(evidence: Evidence) -> pd.DataFrame:
    """The passes of the search for documents; one line a pass."""
    return evidence.table("searches").assign(languages=lambda t: t["languages"].str.replace(";", ", "))


@table(
    "errata",
    title=Title("Errata"),
    columns={"date": "Mended", "where": "Where", "was": "It said", "is": "It says now", "found_by": "Found by"},
)
def errata(evidence: Evidence) -> pd.DataFrame:
    """Errors that were mended after they had been published or committed; one line an error."""
    return evidence.table("errata").sort_values(["date", "n"], ascending=[False, True])
