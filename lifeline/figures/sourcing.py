"""Figures and tables of the chapter "Caveats about sourcing"."""

from typing import Any

import matplotlib.figure
import numpy as np
import pandas as pd

from lifeline import style
from lifeline.evidence import Evidence
from lifeline.figures import Title, figure, table
from lifeline.findings import sourcing as found
from lifeline.findings.sourcing import AREAS, OUTLETS, RELAYED
from lifeline.reports import reports, told
from lifeline.style import LIGHT

OTHERS = "other outlets"
ENOUGH = 10
"""From so many reports a year on, the number of outlets in effect is drawn as a filled point."""
LATER = ((2014, 2018), (2019, 2020), (2021, 2025))
"""Spans that are set against the years 2009 to 2013."""


def each_of(cells: pd.Series, between: str = " ") -> str:
    """The different entries of cells that hold one or several."""
    return between.join(dict.fromkeys(name for cell in cells for name in cell.split(between)))


# ------------------------------------------------------------------------------------- who says it


@figure(
    "informants",
    title=Title(
        "Since 2014 the reports found come from fewer outlets, in effect, than those of 2009 to 2013",
        lambda f: in_span(f, 2009, 2013) > 1.5 * max(in_span(f, *years) for years in LATER),
        "Reports from unnamed informants by year and outlet",
    ),
    note="Bars: reports, each counted once, by the outlet that said it first; one scale. Points: the number of "
    "outlets with equally many reports that would be as concentrated (the inverse of Simpson’s index); hollow "
    "where a year has few reports. Undated reports are left out. What was looked for decides what was found.",
    x="year",
    y="reports",
    y_label="reports",
    series="outlet",
    alt=lambda f: informants_told(f),
)
def informants(evidence: Evidence) -> pd.DataFrame:
    """Reports that rest on an unnamed informant, by year and independence group; one line a year and group."""
    rows = evidence.derived(found.informants_reports)
    rows = rows[rows["year"].notna() & (rows["year"] >= 2005)]
    outlet = rows["group"].where(rows["group"].isin(OUTLETS), OTHERS)
    return (
        rows.assign(outlet=outlet, year=rows["year"].astype(int))
        .groupby(["outlet", "group", "year"])
        .agg(
            reports=("echo_group", "size"),
            row=("row", " ".join),
            originator=("originator", lambda names: "; ".join(dict.fromkeys(names))),
            doc_id=("doc_id", " ".join),
        )
        .reset_index()
        .sort_values(["outlet", "group", "year"], ignore_index=True)
    )


def informants_told(frame: pd.DataFrame) -> str:
    """The alt text of the figure on informants."""
    years = frame.groupby(["outlet", "year"])["reports"].sum()
    lines = [
        f"{name}: {years[name].sum()} reports, most in {years[name].idxmax()} ({years[name].max()})"
        for name in years.index.unique("outlet")
    ]
    effect = ", ".join(f"{value:.1f} in {year}" for year, value in effect_by_year(frame).items())
    span = f"{frame['year'].min()} to {frame['year'].max()}"
    return f"Bars by outlet, reports by year, {span}. {'; '.join(lines)}. Below, outlets in effect: {effect}."


def in_span(frame: pd.DataFrame, first: int, last: int) -> float:
    """Outlets in effect among all reports of a span of years."""
    return found.in_effect(frame[frame["year"].between(first, last)].groupby("group")["reports"].sum())


def effect_by_year(frame: pd.DataFrame) -> pd.Series:
    """Outlets in effect by year, of the years with enough reports."""
    years = frame.groupby("year")["reports"]
    return years.apply(found.in_effect)[years.sum() >= ENOUGH]


@informants.drawing
def _(frame: pd.DataFrame) -> matplotlib.figure.Figure:
    names = [*OUTLETS, OTHERS]
    drawing, panels = style.canvas(
        len(names) + 1, 1, height=5.6, sharex=True, height_ratios=[*[1] * len(names), 1.7]
    )
    wide = frame.pivot_table(index="year", columns="outlet", values="reports", aggfunc="sum", fill_value=0)
    for axes, name in zip(panels, names, strict=False):
        axes.bar(wide.index, wide[name], width=0.78, color=LIGHT.soft if name == OTHERS else LIGHT.first)
        axes.set_title(f"{name}: {wide[name].sum()} reports")
        axes.set_ylim(0, wide.to_numpy().max() * 1.02)
        axes.set_yticks([0, 15, 30])
    years = frame.groupby("year")["reports"]
    effect, enough = years.apply(found.in_effect), years.sum() >= ENOUGH
    below = panels[-1]
    below.plot(effect[enough].index, effect[enough], color=LIGHT.grid, linewidth=1.2, zorder=1)
    for full, face in ((True, LIGHT.second), (False, LIGHT.paper)):
        some = effect[enough == full]
        below.plot(
            some.index, some, "o", markersize=5, markerfacecolor=face, markeredgecolor=LIGHT.second, zorder=2
        )
    below.set_title("Outlets in effect", color=LIGHT.second)
    below.set_ylim(0, None)
    below.set_yticks([0, 2, 4, 6, 8])
    style.years(below, wide.index.min(), wide.index.max(), 5)
    return drawing


BASES = {
    "anonymous_informant": "unnamed informant",
    "named_person": "person named or described",
    "survey": "survey",
    "official": "official",
    "expert": "expert",
    "journalist": "journalist alone",
}
THEMES = {
    "attitudes": "attitudes",
    "rent_seeking": "rent-\nseeking",
    "channels": "channels",
    "policy": "policy",
    "context": "context",
}


@figure(
    "basis",
    title=Title("What the reports on each theme rest on"),
    note="Reports, each counted once for each basis and theme its statements have; the bars have one scale.",
    kind="Bars",
    x="theme",
    y="reports",
    y_label="reports",
    series="basis",
    alt=lambda f: basis_told(f),
)
def basis(evidence: Evidence) -> pd.DataFrame:
    """Number of reports by theme and basis; one line a theme and basis."""
    rows = reports(evidence.lines(told), ["theme", "basis"])
    counted = rows.groupby(["basis", "theme"]).agg(
        reports=("echo_group", "size"),
        row=("row", " ".join),
        originator=("originator", lambda names: "; ".join(dict.fromkeys(names))),
        doc_id=("doc_id", " ".join),
    )
    every = pd.MultiIndex.from_product([list(BASES), list(THEMES)], names=["basis", "theme"])
    frame = counted.reindex(every).dropna().reset_index()
    return frame.astype({"reports": int}).assign(basis=frame["basis"].map(BASES))


def basis_told(frame: pd.DataFrame) -> str:
    """The alt text of the figure on what reports rest on."""
    lines = [
        f"{name}: " + ", ".join(f"{row.theme} {row.reports}" for row in rows.itertuples())
        for name, rows in frame.groupby("basis", sort=False)
    ]
    low, high = frame["reports"].min(), frame["reports"].max()
    told = f"Bars, reports by basis and theme, {low} to {high} reports. " + "; ".join(lines) + "."
    return told.replace("_", "-")


@basis.drawing
def _(frame: pd.DataFrame) -> matplotlib.figure.Figure:
    drawing, (axes,) = style.canvas(height=2.9)
    counts = frame.pivot(index="basis", columns="theme", values="reports").reindex(
        index=BASES.values(), columns=THEMES
    )
    style.matrix(axes, counts, list(THEMES.values()))
    return drawing


@table(
    "informants-printed",
    title=Title("How many informants a report is printed to rest on"),
    columns={
        "outlet": "Outlet",
        "reports": "Reports",
        "one": "One a statement",
        "several": "More than one",
        "not_printed": "Not printed",
    },
    note="Reports with unnamed informants. One a statement: wherever a number is printed, it is one; a report may "
    "quote several informants, one after the other.",
)
def informants_printed(evidence: Evidence) -> pd.DataFrame:
    """Reports of unnamed informants by outlet and number of informants printed; one line an outlet."""
    rows = found.told_by(evidence)
    rows = rows.assign(outlet=rows["group"].where(rows["group"].isin(OUTLETS), OTHERS))
    counted = pd.crosstab(rows["outlet"], rows["informants"]).rename(columns={"not printed": "not_printed"})
    traced = rows.groupby("outlet").agg(
        row=("row", " ".join),
        originator=("originator", lambda names: "; ".join(dict.fromkeys(names))),
        doc_id=("doc_id", " ".join),
    )
    frame = counted.assign(reports=counted.sum(axis=1)).join(traced).loc[[*OUTLETS, OTHERS]].reset_index()
    return frame[["outlet", "reports", "one", "several", "not_printed", "row", "originator", "doc_id"]]


# ------------------------------------------------------------------------------------ where they are

KINDS = {
    "population": ("of the population", "s", LIGHT.soft, LIGHT.paper, 0.0),
    "arrivals": ("of people who had arrived in the South", "^", LIGHT.second, LIGHT.paper, -0.17),
    "reports": ("of the provinces that reports name", "o", LIGHT.first, LIGHT.first, 0.17),
}
"""What is shared out over the areas, with its words, marker, edge, face and shift in the figure."""


@figure(
    "coverage",
    title=Title(
        "Reports tell of where people left, not of where people live",
        lambda f: apart(f, "arrivals") < apart(f, "population") / 2,
        "Population, people who left and reports, by part of the country",
    ),
    note="Population of the census of 2008, military camps left out. Arrivals to the end of 2016, from what was "
    "printed of one table of the ministry; some areas are differences of its counts, and the last is what they "
    "leave of all arrivals, unknown origin included. Reports, each counted once for each area it names. Hollow: "
    "not reports.",
    x="reports",
    y="reports",
    y_label="percent",
    series="area",
    alt=lambda f: told_apart(f),
)
def coverage(evidence: Evidence) -> pd.DataFrame:
    """Shares of population, arrivals and mentions in reports by area, percent; one line an area."""
    named = evidence.derived(found.placed)
    grouped = named.groupby("area")
    came = found.origins(evidence).set_index("area")
    numbers = pd.DataFrame(
        {
            "population": found.population(evidence).astype(float),
            "arrivals": came["persons"].astype(float),
            "reports": grouped["echo_group"].nunique().astype(float),
        }
    ).loc[list(AREAS)]
    traced = pd.DataFrame(
        {
            "reports_number": numbers["reports"].astype(int),
            "row": grouped["row"].agg(" ".join) + " " + came["row"],
            "originator": grouped["originator"].agg("; ".join) + "; " + came["originator"],
            "doc_id": grouped["doc_id"].agg(" ".join) + " " + came["doc_id"],
        }
    ).loc[list(AREAS)]
    traced["originator"] = [each_of(pd.Series([cell]), "; ") for cell in traced["originator"]]
    return (numbers / numbers.sum() * 100).round(1).join(traced).rename_axis("area").reset_index()


def apart(frame: pd.DataFrame, other: str) -> float:
    """Percentage points by which reports and another share differ, summed over the areas."""
    return float((frame["reports"] - frame[other]).abs().sum())


def told_apart(frame: pd.DataFrame) -> str:
    """The alt text of the figure on coverage."""
    lines = [
        f"{row.area}: "
        + ", ".join(f"{getattr(row, what):g} percent {words}" for what, (words, *_) in KINDS.items())
        for row in frame.itertuples()
    ]
    shares = frame[list(KINDS)]
    span = f"{shares.min().min():g} to {shares.max().max():g} percent"
    return f"Points, one line an area, {span}. " + "; ".join(lines) + "."


@coverage.drawing
def _(frame: pd.DataFrame) -> matplotlib.figure.Figure:
    drawing, (axes,) = style.canvas(height=4.3)
    shares = frame[list(KINDS)]
    for at, (low, high) in enumerate(zip(shares.min(axis=1), shares.max(axis=1), strict=True)):
        axes.plot([low, high], [at, at], color=LIGHT.grid, linewidth=2, zorder=1)
    for what, (words, marker, edge, face, shift) in KINDS.items():
        axes.plot(
            frame[what],
            frame.index + shift,
            linestyle="none",
            marker=marker,
            markersize=7,
            markerfacecolor=face,
            markeredgecolor=edge,
            markeredgewidth=1.5,
            label=words,
        )
    style.lines_of(axes, [area.replace(" and ", "\nand ") for area in frame["area"]])
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    axes.set_xlim(-1.5, 66)
    axes.set_xticks([0, 20, 40, 60], ["0", "20", "40", "60%"])
    above(axes)
    return drawing


def above(axes: style.Axes, columns: int = 1, side: str = "left") -> None:
    """The key of a figure, above its panel."""
    axes.legend(
        loc=f"lower {side}",
        bbox_to_anchor=(float(side == "right"), 1),
        ncols=columns,
        frameon=False,
        fontsize=9.8,
        borderpad=0,
        handletextpad=0.5,
        columnspacing=1.2,
        labelspacing=0.3,
    )


# -------------------------------------------------------------------------------------------- echoes

PRINTINGS = {
    "first": "first printing",
    "same": "same text or release",
    "retold": "retold",
    "copies": "copied or altered",
}
SHOWN = 12
"""So many texts are drawn."""


@figure(
    "echoes",
    title=Title("The texts with most printings, and what the printings are"),
    note="One bar a text: whose report or survey it is, and when it was printed. A text counts once in this book, "
    "however long its bar.",
    kind="Bars",
    x="documents",
    y="documents",
    y_label="documents",
    series="kind",
    alt=lambda f: echoes_told(f),
)
def echoes(evidence: Evidence) -> pd.DataFrame:
    """Documents by kind of printing, of the texts with most printings; one line a text and kind."""
    t = found.printings(evidence).nlargest(SHOWN, ["documents", "copies"])
    t = t.rename(columns={"documents": "total"})
    t["same"] = (t["total"] - 1 - t["retold"] - t["copies"]).clip(lower=0)
    t["first"] = t["total"] - t["same"] - t["retold"] - t["copies"]
    lead = evidence.documents.set_index("doc_id").loc[t["echo_group"]]
    about = lead["relays"].fillna(lead["originator"])
    by = evidence.documents.set_index("doc_id")["originator"]
    t["originator"] = [each_of(by[names.split()], "; ") for names in t["doc_id"]]
    t["text"] = (about + ", " + lead["published"].map(month)).to_list()
    frame = t.melt(
        ["text", "echo_group", "row", "originator", "doc_id"],
        list(PRINTINGS),
        var_name="kind",
        value_name="documents",
    )
    return frame.assign(kind=frame["kind"].map(PRINTINGS))[
        ["text", "kind", "documents", "echo_group", "row", "originator", "doc_id"]
    ]


def month(date: str) -> str:
    """A date as "Feb 2024", or as exact as it is known."""
    return f"{pd.Timestamp(date):%b %Y}" if len(date) > 4 else date


def echoes_told(frame: pd.DataFrame) -> str:
    """The alt text of the figure on echoes."""
    wide = frame.pivot_table(index="text", columns="kind", values="documents", sort=False)
    kinds = list(PRINTINGS.values())
    lines = [
        f"{text}: {row.sum():g} documents ({', '.join(f'{row[k]:g} {k}' for k in kinds)})"
        for text, row in wide.iterrows()
    ]
    whole = wide.sum(axis=1)
    span = f"{whole.min():g} to {whole.max():g} documents"
    return f"Stacked bars, one a text, {span}. " + "; ".join(lines) + "."


@echoes.drawing
def _(frame: pd.DataFrame) -> matplotlib.figure.Figure:
    drawing, (axes,) = style.canvas(height=4.2)
    groups = list(dict.fromkeys(frame["echo_group"]))
    names = frame.drop_duplicates("echo_group")["text"]
    colors = dict(
        zip(PRINTINGS.values(), [LIGHT.first, LIGHT.first_pale, LIGHT.third_pale, LIGHT.second], strict=True)
    )
    base = np.zeros(len(groups))
    for kind, color in colors.items():
        width = frame[frame["kind"] == kind].set_index("echo_group")["documents"].reindex(groups).to_numpy(float)
        hatch = "////" if kind == PRINTINGS["copies"] else None
        axes.barh(
            range(len(groups)),
            width,
            left=base,
            height=0.72,
            color=color,
            hatch=hatch,
            edgecolor=LIGHT.paper,
            label=kind,
        )
        base += width
    for at, total in enumerate(base):
        style.note(axes, f"{total:g}", total + 0.15, at, ha="left")
    style.lines_of(axes, list(names))
    axes.grid(visible=False)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    above(axes, 2, "right")
    return drawing


@table(
    "altered-words",
    title=Title("What altered copies made of the report of June 2020"),
    columns={
        "paragraph": "Paragraph",
        "original": "Radio Free Asia",
        "altered": "Copy",
        "which": "Which",
        "does": "What it does",
    },
    note=lambda f: (
        f"Only changes that say something else, or who says it. A blank: the original of the passage was not "
        f"visible. All {f['all'].iloc[0]} changes that were noted are in the table altered_words."
    ),
)
def altered_words(evidence: Evidence) -> pd.DataFrame:
    """Changes of attribution or fact in two altered copies; one line a change."""
    t = evidence.table("altered_words")
    outlet = evidence.documents.set_index("doc_id")["outlet"]
    kept = t[t["kind"] != "wording"].sort_values(["paragraph", "change_id"], na_position="last")
    return pd.DataFrame(
        {
            "paragraph": kept["paragraph"].astype("string").fillna(""),
            "original": kept["original"],
            "altered": kept["altered"],
            "which": kept["copy"].map(outlet),
            "does": kept["note"],
            "kind": kept["kind"],
            "all": len(t),
            "row": "altered_words:" + kept["change_id"],
            "originator": kept["originator"],
            "doc_id": kept["doc_id"],
        }
    ).reset_index(drop=True)


@table(
    "relays",
    title=Title("What became of NKDB’s answers when they were printed again"),
    columns={
        "answer": "Answer",
        "printings": "Printings",
        "same": "The same number",
        "rounded": "Rounded",
        "other": "Another number",
        "no_base": "No number of people",
    },
    note="Answers that nothing speaks against, beside every other printing of them in the collection, of the same "
    "release or later. No number of people: for that wave the document shows neither how many were asked nor how "
    "many sent, in what was read of it.",
)
def relays(evidence: Evidence) -> pd.DataFrame:
    """Printings of NKDB's answers by what became of the number; one line a kind of answer."""
    t = evidence.derived(found.relays)
    kind = t["measure"].map(RELAYED)
    counted = pd.crosstab(kind, t["fate"]).reindex(columns=["same", "rounded", "other"], fill_value=0)
    grouped = t.assign(answer=kind).groupby("answer")
    frame = counted.assign(
        printings=grouped.size(),
        no_base=grouped["no_base"].sum(),
        row=grouped["row"].agg(lambda cells: each_of(cells)),
        originator="NKDB",
        doc_id=grouped["doc_id"].agg(lambda cells: each_of(cells)),
    )
    frame = frame.sort_values("printings", ascending=False).rename_axis("answer").reset_index()
    return frame[["answer", "printings", "same", "rounded", "other", "no_base", "row", "originator", "doc_id"]]


# ----------------------------------------------------------------------------- sums that do not add up

SUM = r"mean of ([\d.]+) million won called per (\w+)"


@figure(
    "totals",
    title=Title("What NKDB’s printed means give, against the printed total"),
    note="Senders times the printed mean, and times transfers where it is called per transfer, as multiples of "
    "the total printed for the same wave, on a logarithmic scale; means and totals in million won. Where a wave "
    "has several, each mean is set against each total. Filled: they agree as far as rounding allows. Hollow: "
    "they do not; a triangle where they would under the other label, give or take a few percent.",
    x="times",
    y="times",
    y_label="times the printed total",
    series="verdict",
    alt=lambda f: totals_told(f),
)
def totals(evidence: Evidence) -> pd.DataFrame:
    """Total that a printed mean gives over the total printed, of NKDB's waves; one line a check."""
    t = evidence.checks[evidence.checks["kind"] == "total"]
    parts = t["subject"].str.extract(SUM)
    originator = t["doc_id"].map(evidence.documents.set_index("doc_id")["originator"])
    frame = pd.DataFrame(
        {
            "year": t["period"].astype(int),
            "mean": parts[0].astype(float),
            "called": parts[1],
            "total": t["stated"].astype(float) / 1e6,
            "times": (t["expected"].astype(float) / t["stated"].astype(float)).round(3),
            "verdict": t["verdict"],
            "row": "checks:" + t["check_id"],
            "originator": originator,
            "doc_id": t["doc_id"],
        }
    )
    return frame.sort_values(["year", "total", "mean"], ignore_index=True)


def check_name(row: Any) -> str:
    """A check in a line: "2022: 4.01 a year, total 281.1"."""
    called = {"year": "a year", "transfer": "a transfer"}[row.called]
    return f"{row.year}: {row.mean:.2f} {called}, total {row.total:,.1f}"


def totals_told(frame: pd.DataFrame) -> str:
    """The alt text of the figure on totals."""
    lines = [f"{check_name(row)}: {row.times:g} ({row.verdict})" for row in frame.itertuples()]
    return (
        "Points, one a printed mean and total, in million won; "
        f"{frame['times'].min():g} to {frame['times'].max():g} times the printed total. " + "; ".join(lines) + "."
    )


@totals.drawing
def _(frame: pd.DataFrame) -> matplotlib.figure.Figure:
    drawing, (axes,) = style.canvas(height=3.9)
    axes.axvline(1, color=LIGHT.soft, linewidth=1, zorder=1)
    marks = {
        "holds": ("o", LIGHT.first, LIGHT.first),
        "other reading": ("^", LIGHT.second, LIGHT.paper),
        "fails": ("o", LIGHT.second, LIGHT.paper),
    }
    for verdict, (marker, edge, face) in marks.items():
        rows = frame[frame["verdict"] == verdict]
        axes.plot(
            rows["times"],
            rows.index,
            linestyle="none",
            marker=marker,
            markersize=6.5,
            markerfacecolor=face,
            markeredgecolor=edge,
            markeredgewidth=1.5,
        )
    for at, row in enumerate(frame.itertuples()):
        side = 0.88 if row.times < 0.9 and row.times > 0.2 else 1.14
        style.note(axes, f"{row.times:.2f}", row.times * side, at, ha="left" if side > 1 else "right")
    axes.set_xscale("log")
    axes.set_xlim(0.085, 3.8)
    axes.set_xticks([0.1, 0.2, 0.5, 1, 2], ["a tenth", "a fifth", "half", "equal", "twice"])
    axes.minorticks_off()
    style.lines_of(axes, [check_name(row) for row in frame.itertuples()])
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    return drawing


# -------------------------------------------------------------------------------- without any one source

MOVES = 0.1
"""A finding is named if taking out one source moves it by more than this share of its value."""
NAMED = 12
"""At most so many are named, those that move most."""


def tested(frame: pd.DataFrame) -> pd.DataFrame:
    """The lines of findings not resting on one source alone: several are behind them, or another takes over."""
    return frame[(frame["sources"] > 1) | frame["left"].notna()]


def movers(frame: pd.DataFrame) -> pd.DataFrame:
    """Findings that are no counts and that move by more than MOVES, most first: finding, move."""
    rows = tested(frame)
    rows = rows[~rows["unit"].isin(found.COUNTS) & (rows["value"] != 0)]
    move = (rows["of_full"] - 1).abs().groupby(rows["finding"]).max()
    return move[move > MOVES].sort_values(ascending=False).rename("move").reset_index()


def moved(frame: pd.DataFrame) -> str:
    """The note of the figure: how many findings there are, have several sources, move, and are drawn."""
    rows = tested(frame)
    number, several = frame["finding"].nunique(), rows["finding"].nunique()
    counts = rows[rows["unit"].isin(found.COUNTS)]["finding"].nunique()
    needed = rows[rows["left"].isna()]["finding"].nunique()
    return (
        f"Of {number} findings of the other chapters with a source {number - several} rest on one alone and are "
        f"not drawn; {counts} of the rest are counts of reports, which can only fall. Of the {several - counts} "
        f"others {len(movers(frame))} move by more than {MOVES:.0%} when one source is taken out; those that move "
        f"most are named, the rest lie in the last line. A cross: without one of its sources the finding cannot "
        f"be made at all, which is so for {needed} more. Findings with very many sources lost only the largest of "
        f"them, one at a time. This is sensitivity, not an interval."
    )


@figure(
    "without-one",
    title=Title("Findings without each of their sources in turn"),
    note=moved,
    x="sources",
    y="of_full",
    y_label="times the full value",
    series="grade",
    alt=lambda f: without_one_told(f),
)
def without_one(evidence: Evidence) -> pd.DataFrame:
    """Each finding of the other chapters without each of its sources; one line a finding and source."""
    frame = found.without_each(evidence)
    frame["sources"] = frame["groups"].map(len)
    return frame[["finding", "title", "chapter", "unit", "value", "grade", "sources", "without", "left", "of_full"]]


def without_one_told(frame: pd.DataFrame) -> str:
    """The alt text of the figure on findings without one source."""
    least, most = frame["sources"].min(), frame["sources"].max()
    grades = ", ".join(sorted(set(frame["grade"])))
    return (
        f"Ticks, one a source taken out, times the full value. {moved(frame)} Sources of one finding: {least} to "
        f"{most}. {named_movers(frame)} Grades: {grades}."
    )


def named_movers(frame: pd.DataFrame) -> str:
    """The findings that move most, in words."""
    rows = [
        f"{row.finding}, {extreme['of_full']:.2f} times its value without {extreme['without']}"
        for row in movers(frame).head(NAMED).itertuples()
        for extreme in [farthest(frame[frame["finding"] == row.finding])]
    ]
    return ("Most moved: " + "; ".join(rows) + ".") if rows else "None moves more."


def farthest(rows: pd.DataFrame) -> pd.Series:
    """The line of a finding that lies farthest from its full value, among those that leave something."""
    left = rows.dropna(subset=["of_full"])
    return left.iloc[(left["of_full"] - 1).abs().argmax()]


SPAN = (0.0, 2.0)
"""What is drawn, as multiples of the full value; what lies beyond is an arrow at the edge."""
LINE = 0.4
"""Height of one line in inches."""
ALL_OTHERS = "all others"


@without_one.drawing
def _(frame: pd.DataFrame) -> matplotlib.figure.Figure:
    rows = tested(frame)
    if rows.empty:
        return nothing("No finding rests on more than one source")
    counts = rows[rows["unit"].isin(found.COUNTS)]
    named = list(movers(frame).head(NAMED)["finding"])
    others = rows[~rows["unit"].isin(found.COUNTS) & ~rows["finding"].isin(named)]
    lines = [(name, rows[rows["finding"] == name]) for name in named]
    lines += [(ALL_OTHERS, others)] if len(others) or not lines else []
    ratios = [LINE * len(lines) + 0.3, *([1.3] if len(counts) else [])]
    drawing, panels = style.canvas(len(ratios), 1, height=sum(ratios) + 0.4 * len(ratios), height_ratios=ratios)
    forest(panels[0], lines)
    if len(counts):
        remaining(panels[1], counts)
    return drawing


def nothing(text: str) -> matplotlib.figure.Figure:
    """A figure that says that there is nothing to draw."""
    drawing, (axes,) = style.canvas(height=0.8)
    axes.set_axis_off()
    style.note(axes, text, 0.5, 0.5, ha="center")
    return drawing


def forest(axes: style.Axes, lines: list[tuple[str, pd.DataFrame]]) -> None:
    """One line a finding, its name above it, a tick for each source taken out."""
    axes.axvline(1, color=LIGHT.soft, linewidth=1, zorder=1)
    for at, (name, rows) in enumerate(lines):
        left = rows["of_full"].dropna()
        axes.axhline(at, color=LIGHT.grid, linewidth=0.8, zorder=0)
        axes.plot(left.clip(*SPAN), [at] * len(left), "|", color=LIGHT.first, markersize=8, markeredgewidth=1.6)
        if (left > SPAN[1]).any():
            axes.plot(SPAN[1], at, ">", color=LIGHT.first, markersize=6, clip_on=False)
        if rows["left"].isna().any() and name != ALL_OTHERS:
            axes.plot(SPAN[0], at, "x", color=LIGHT.second, markersize=6, markeredgewidth=1.6, clip_on=False)
        label(axes, short(name, 44), SPAN[0], at, "left", LIGHT.ink)
        if name != ALL_OTHERS:
            label(axes, f"without {short(farthest(rows)['without'], 24)}", SPAN[1], at, "right", LIGHT.soft)
    axes.set_ylim(len(lines) - 0.6, -0.85)
    axes.set_yticks([])
    axes.set_xlim(SPAN[0] - 0.02, SPAN[1] + 0.02)
    axes.set_xticks([0, 0.5, 1, 1.5, 2], ["nothing", "half", "full value", "", "twice"])
    axes.grid(visible=False)


def label(axes: style.Axes, text: str, x: float, line: int, side: str, color: str) -> None:
    """Text above a line, on the paper's color; it takes no room of its own."""
    paper = {"facecolor": LIGHT.paper, "edgecolor": "none", "pad": 0.6}
    drawn = axes.text(x, line - 0.24, text, fontsize=9.2, va="bottom", ha=side, color=color, bbox=paper)
    drawn.set_in_layout(False)


def short(name: str, most: int) -> str:
    """A name, cut where it is too long to be drawn."""
    return name if len(name) <= most else name[: most - 1] + "\u2026"


def remaining(axes: style.Axes, counts: pd.DataFrame) -> None:
    """Counts of reports: what share of each is left without its largest source, in tenths."""
    least = counts["of_full"].fillna(0).groupby(counts["finding"]).min()
    tenths = np.histogram(least, bins=10, range=(0, 1))[0]
    axes.bar(np.arange(10) / 10 + 0.05, tenths, width=0.09, color=LIGHT.third)
    for at, number in enumerate(tenths):
        if number:
            style.note(axes, f"{number}", at / 10 + 0.05, number, ha="center", va="bottom")
    axes.set_title("Counts of reports: share left without the largest source")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, max(tenths) * 1.25)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25", "50", "75", "100%"])
    axes.set_yticks([])
    axes.grid(visible=False)


@table(
    "grades",
    title=Title("Findings by grade and by what they rest on"),
    columns={
        "chapter": "Chapter",
        "findings": "Findings",
        "a": "Grade A",
        "b": "B",
        "c": "C",
        "d": "D",
        "alone": "Rest on one source alone",
        "most": "Most often on",
    },
    note="A: more than one kind of source, one of them a survey or a count. B: surveys or counts alone. C: several "
    "outlets. D: one outlet. What rests on no document, such as a census, has no grade.",
)
def grades(evidence: Evidence) -> pd.DataFrame:
    """Number of findings by chapter and grade, and how many rest on one source alone; one line a chapter."""
    t = evidence.derived(found.resting)
    each = evidence.derived(found.without_each)
    alone = each[(each["groups"].map(len) == 1) & each["left"].isna()].assign(group=lambda r: r["without"])
    lines = [
        {
            "chapter": str(chapter),
            "findings": len(rows),
            **{letter.lower(): int((rows["grade"] == letter).sum()) for letter in "ABCD"},
            "alone": int(alone["finding"].isin(rows["finding"]).sum()),
            "most": most_often(alone[alone["finding"].isin(rows["finding"])]["group"]),
        }
        for chapter, rows in [*t.groupby("chapter"), ("all", t)]
    ]
    return pd.DataFrame(lines)


def most_often(names: pd.Series) -> str:
    """The most frequent names with their numbers, at most two: "NKDB (37), Ministry of Unification (9)"."""
    return ", ".join(f"{name} ({number})" for name, number in names.value_counts().head(2).items())


# ---------------------------------------------------------------------------------- codings, languages

COMPARED = {
    "province": "province",
    "zone": "part of the country",
    "period_start": "year",
    "basis": "basis",
    "theme": "theme",
    "topic": "topic",
    "direction": "direction",
    "actor": "actor",
    "measure": "measure of a number",
}


@figure(
    "agreement-alpha",
    title=Title("How far codings agree, beyond chance"),
    note="Krippendorff’s alpha for nominal data on statements, or numbers, that both codings hold: zero is what "
    "chance would give, one full agreement. Bars: intervals from drawing documents with replacement. Circles: "
    "collectors who read the same page with other themes in mind. Squares: the blind second coder.",
    x="alpha",
    y="alpha",
    y_label="alpha",
    series="comparison",
    alt=lambda f: alphas_told(f),
)
def agreement_alpha(evidence: Evidence) -> pd.DataFrame:
    """Alpha with its interval, on matched claims and numbers; one line a comparison and column."""
    t = evidence.table("agreement")
    t = t[t["units"].str.startswith("matched") & t["alpha"].notna() & t["column"].isin(COMPARED)]
    order = t.groupby("column")["alpha"].max()
    frame = t.assign(what=t["column"].map(COMPARED), order=t["column"].map(order))
    frame = frame.sort_values(["order", "column", "comparison"], ascending=[False, True, True], ignore_index=True)
    return frame[["what", "comparison", "n", "documents", "alpha", "low", "high"]]


def alphas_told(frame: pd.DataFrame) -> str:
    """The alt text of the figure on agreement."""
    lines = [f"{r.what}, {r.comparison}: {r.alpha:g} ({r.low:g} to {r.high:g})" for r in frame.itertuples()]
    return "Points with intervals, alpha. " + "; ".join(lines) + "."


@agreement_alpha.drawing
def _(frame: pd.DataFrame) -> matplotlib.figure.Figure:
    names = list(dict.fromkeys(frame["what"]))
    drawing, (axes,) = style.canvas(height=0.9 + 0.32 * len(names))
    marks = {"collectors": ("o", LIGHT.first, -0.15), "second coder": ("s", LIGHT.second, 0.15)}
    for row in frame.itertuples():
        marker, color, shift = marks[str(row.comparison)]
        at = names.index(row.what) + shift
        axes.plot([row.low, row.high], [at, at], color=color, linewidth=1.6, solid_capstyle="butt")
        axes.plot(row.alpha, at, marker=marker, color=color, markersize=5.5)
    style.lines_of(axes, names)
    axes.set_xlim(min(0, frame["low"].min()), 1.01)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"])
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    return drawing


LANGUAGES = {
    "ar": "Arabic",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "ru": "Russian",
    "sr": "Serbian",
    "zh": "Chinese",
}


@table(
    "languages",
    title=Title("Languages of the documents, and of the passes that looked for them"),
    columns={
        "language": "Language",
        "documents": "Documents",
        "texts": "Texts",
        "outlets": "Outlets",
        "passes": "Passes that read it",
    },
    note="Copies are left out. A text printed in several languages stands in each. Passes whose languages were not "
    "recorded are not counted.",
)
def languages(evidence: Evidence) -> pd.DataFrame:
    """Documents, texts and outlets by language, and search passes that read it; one line a language."""
    d = evidence.documents
    d = d[d["copy_of"].isna()]
    passes = evidence.table("searches")["languages"].str.split(";").explode().value_counts()
    group = d["originator"].map(evidence.outlets.set_index("originator")["independence_group"])
    counted = (
        d.assign(group=group)
        .groupby("language")
        .agg(documents=("doc_id", "size"), texts=("echo_group", "nunique"), outlets=("group", "nunique"))
    )
    every = counted.index.union(passes.index)
    frame = counted.reindex(every, fill_value=0).assign(passes=passes.reindex(every, fill_value=0))
    frame = frame.sort_values(["documents", "passes"], ascending=False).rename_axis("code").reset_index()
    return frame.assign(language=frame["code"].map(LANGUAGES).fillna(frame["code"]))[
        ["language", "documents", "texts", "outlets", "passes"]
    ]
