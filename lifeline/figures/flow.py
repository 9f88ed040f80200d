"""Figures and tables of the chapter "How much arrives"."""

from collections.abc import Callable, Iterable
from typing import Any

import matplotlib.figure
import pandas as pd

from lifeline import flow, style
from lifeline.estimate import sources
from lifeline.evidence import Evidence
from lifeline.fault import NoEvidence
from lifeline.figures import TRACE, Title, figure, table
from lifeline.findings.channels import NKDB
from lifeline.findings.flow import BASES, INNER, OUTER, guesses
from lifeline.method import LEVELS
from lifeline.style import LIGHT

GIVEN = f"{INNER} and {OUTER} percent simulation intervals given the assumptions"
BARS = f"Thick bars {INNER}, thin bars {OUTER} percent simulation intervals given the assumptions; dots medians."
SENT, ARRIVED, GUESSED = "sent", "delivered", "published guess"


def traced(evidence: Evidence, rows: Iterable[str]) -> dict[str, str]:
    """The trace columns of a line that rests on these rows.

    `row` leaves out the survey answers: the assumptions name them. Originators and documents are of all rows.
    """
    every = tuple(dict.fromkeys(rows))
    behind = sources(every, evidence)
    shown = [row for row in every if not row.startswith("surveys:")]
    return {
        "row": " ".join(shown),
        "originator": "; ".join(sorted(behind["originator"].unique())),
        "doc_id": " ".join(sorted(behind["doc_id"].unique())),
    }


# ------------------------------------------------------------------------------------- the result


def guess_line(row: Any) -> dict[str, Any]:
    """A published guess as a line of the figure."""
    return {
        "series": GUESSED,
        "year": int(row.year),
        "median": row.usd,
        "says": row.says,
        "who": row.originator,
        "surveyed": False,
        "row": row.row,
        "originator": row.originator,
        "doc_id": row.doc_id,
    }


def told_alt(frame: pd.DataFrame) -> str:
    """The alt text of the figure of the yearly flow."""
    parts = []
    for name, rows in frame[frame["surveyed"]].groupby("series"):
        first, last = rows.iloc[0], rows.iloc[-1]
        top = rows.loc[rows["median"].idxmax()]
        parts.append(
            f"{name}: median {first['median']:.1f} in {first['year']}, highest {top['median']:.1f} in "
            f"{top['year']}, {last['median']:.1f} in {last['year']} ({last['low_90']:.1f} to "
            f"{last['high_90']:.1f})."
        )
    told = frame[frame["series"] == GUESSED]
    return (
        f"Points with intervals and a dashed scenario, {frame['year'].min()} to {frame['year'].max()}, "
        f"million dollars a year. {' '.join(parts)} {len(told)} marks, each a {GUESSED}, from "
        f"{told['median'].min():g} to {told['median'].max():g}."
    )


@figure(
    "flow",
    title=Title("Money sent and money that arrived, by the model, and what others have guessed"),
    note=lambda f: (
        f"{BARS} Dashed, with a pale band of {OUTER} percent: a scenario that keeps the assumptions of the nearest "
        "wave. Diamonds: published guesses, each once, for whoever said it first; triangles: said to be at least "
        f"that; {f['not_drawn'].iloc[0]} in yen or without a date are left out. At the mean rate of the year."
    ),
    alt=told_alt,
    x="year",
    y="median",
    y_label="million dollars a year",
    series="series",
)
def yearly(evidence: Evidence) -> pd.DataFrame:
    """Sent and delivered in million dollars, by year, and published guesses; one line a year and series."""
    lines = []
    for year in flow.SCENARIO:
        made = flow.result(evidence, year)
        trace = traced(evidence, made.rows)
        lines += [
            {"series": name, "year": year, **made.dollars(name), "surveyed": year in flow.SURVEYED, **trace}
            for name in (SENT, ARRIVED)
        ]
    every = guesses(evidence)
    told = every.dropna(subset=["usd", "year"])
    lines += [guess_line(row) for row in told.itertuples()]
    frame = pd.DataFrame(lines).assign(not_drawn=len(every) - len(told))
    return frame.sort_values(["series", "year"], ignore_index=True).round(2)


@yearly.drawing
def _(frame: pd.DataFrame) -> matplotlib.figure.Figure:
    drawing, panels = style.canvas(2, 1, height=5.4, sharex=True)
    looks = [(SENT, LIGHT.first, LIGHT.first_pale), (ARRIVED, LIGHT.second, LIGHT.second_pale)]
    for axes, (name, colour, pale) in zip(panels, looks, strict=True):
        rows = frame[frame["series"] == name].sort_values("year")
        known = rows[rows["surveyed"]]
        for outside in (rows[rows["year"] <= known["year"].min()], rows[rows["year"] >= known["year"].max()]):
            axes.fill_between(
                outside["year"], outside["low_90"], outside["high_90"], color=pale, alpha=0.35, linewidth=0
            )
            axes.plot(outside["year"], outside["median"], linestyle=(0, (4, 3)), color=colour, linewidth=1.4)
        intervals(axes, known["year"], known, colour)
        axes.set_title(f"{name.capitalize()}, million dollars", color=colour)
        axes.set_ylim(0, 33 if name == SENT else 22)
    told = frame[frame["series"] == GUESSED]
    commonest = told["median"].mode().iloc[0]
    for at, row in zip(apart(told), told.itertuples(), strict=True):
        panels[0].plot(
            at,
            row.median,
            marker="^" if row.says == "at least" else "D",
            markersize=5.5,
            markerfacecolor=LIGHT.paper,
            markeredgecolor=LIGHT.ink,
            markeredgewidth=1.2,
            linestyle="none",
            zorder=5,
        )
        if abs(row.median / commonest - 1) > 0.3:
            left = row.year > 2015
            text = f"{row.median:.0f}, {row.who}"
            style.note(
                panels[0],
                text,
                at + (-0.35 if left else 0.35),
                row.median,
                LIGHT.ink,
                ha="right" if left else "left",
            )
    originators = told.loc[told["median"] == commonest, "who"].nunique()
    style.note(panels[0], f"{commonest:.0f}, {originators} originators", 2012.6, 7.6, LIGHT.ink)
    style.years(panels[0], frame["year"].min(), frame["year"].max(), 2)
    return drawing


def apart(told: pd.DataFrame) -> list[float]:
    """Where guesses stand on the year axis: those of one year beside each other, so that none hides another."""
    close = told.groupby(["year", told["median"] > 2 * told["median"].median() - 1])["year"]
    place, size = close.cumcount(), close.transform("size")
    return list(told["year"] + (place - (size - 1) / 2) * 0.42)


def intervals(axes: style.Axes, x: Iterable[float], rows: pd.DataFrame, colour: str) -> None:
    """Medians with both intervals, upright."""
    for at, row in zip(x, rows.itertuples(), strict=True):
        axes.plot([at, at], [row.low_90, row.high_90], color=colour, linewidth=1.3, solid_capstyle="butt", zorder=2)
        axes.plot([at, at], [row.low_50, row.high_50], color=colour, linewidth=4.2, solid_capstyle="butt", zorder=3)
        axes.plot(at, row.median, marker="o", markersize=5, color=LIGHT.paper, markeredgecolor=colour, zorder=4)


def lying(axes: style.Axes, y: float, row: Any, colour: str, marker: str = "o") -> None:
    """One median with both intervals, lying."""
    axes.plot([row.low_90, row.high_90], [y, y], color=colour, linewidth=1.3, solid_capstyle="butt", zorder=2)
    axes.plot([row.low_50, row.high_50], [y, y], color=colour, linewidth=4.2, solid_capstyle="butt", zorder=3)
    axes.plot(row.median, y, marker=marker, markersize=5, color=LIGHT.paper, markeredgecolor=colour, zorder=4)


YEAR_COLUMNS = {
    "year": "Year",
    "sent": "Sent",
    "sent_inner": f"{INNER} %",
    "sent_outer": f"{OUTER} %",
    "fees": "Commission",
    "delivered": "Delivered",
    "delivered_inner": f"{INNER} %",
    "delivered_outer": f"{OUTER} %",
}
YEAR_NOTE = f"Medians of the draws, and {GIVEN}. Medians do not add up exactly."


@table(
    "flow-years",
    title=Title("Sent, kept and delivered by the model, in million dollars"),
    columns=YEAR_COLUMNS,
    note=YEAR_NOTE,
)
def years(evidence: Evidence) -> pd.DataFrame:
    """Results for the surveyed years in million dollars; one line a year."""
    return by_year(evidence, flow.Result.dollars)


@table(
    "flow-years-won",
    title=Title("Sent, kept and delivered by the model, in billion won"),
    columns=YEAR_COLUMNS,
    note=YEAR_NOTE,
)
def years_won(evidence: Evidence) -> pd.DataFrame:
    """Results for the surveyed years in billion won; one line a year."""
    return by_year(evidence, flow.Result.billions)


def by_year(evidence: Evidence, unit: Callable[[flow.Result, str], dict[str, float]]) -> pd.DataFrame:
    """Medians and intervals of the surveyed years in one unit; one line a year."""
    lines = []
    for year in flow.SURVEYED:
        made = flow.result(evidence, year)
        line: dict[str, Any] = {"year": year, "fees": unit(made, "fees")["median"]}
        for name in (SENT, ARRIVED):
            of = unit(made, name)
            line |= {
                name: of["median"],
                f"{name}_inner": f"{of[f'low_{INNER}']:.1f} to {of[f'high_{INNER}']:.1f}",
                f"{name}_outer": f"{of[f'low_{OUTER}']:.1f} to {of[f'high_{OUTER}']:.1f}",
            }
        lines.append(line | traced(evidence, made.rows))
    return pd.DataFrame(lines).round(1)


# -------------------------------------------------------------------------------- the assumptions

NUMBERS = {"persons": 0, "KRW": 0, "KPW": 0, "percent": 1, "ratio": 2}


def number(value: float, unit: str) -> str:
    """A number of the table of assumptions as text, sums in won with all their digits."""
    return "" if pd.isna(value) else f"{value:,.{NUMBERS[unit]}f}"


@table(
    "flow-assumptions",
    title=Title("The assumptions of the model"),
    columns={
        "what": "Assumption",
        "years": "Years",
        "low": "Low",
        "point": "Point",
        "high": "High",
        "n": "n",
        "basis": "Basis",
        "row_name": "Row",
    },
    note="Defaults for the years that surveys cover. How each was made stands in its row. With n and without "
    "bounds, the distribution follows from the sample.",
)
def assumed(evidence: Evidence) -> pd.DataFrame:
    """The default assumptions that bear on surveyed years, as text; one line a row of flow_assumptions."""
    t = evidence.derived(flow.assumptions)
    order = {name: place for place, name in enumerate(flow.LABELS)}
    defaults = bearing(t[t["switch"].isna()]).sort_values(
        ["parameter", "year_start"], key=lambda c: c.map(order) if c.name == "parameter" else c, kind="stable"
    )
    return as_text(evidence, defaults)


@table(
    "flow-alternatives",
    title=Title("The alternatives, each looked at alone"),
    columns={"switch": "If", "what": "Changes", "years": "Years", "point": "To", "basis": "Basis"},
    note="Corrections are what answers are multiplied by. Low and high of the commission stand in the data.",
)
def alternatives(evidence: Evidence) -> pd.DataFrame:
    """The assumptions that a switch puts in the place of defaults, as text; one line a row of flow_assumptions."""
    t = evidence.derived(flow.assumptions)
    return as_text(evidence, bearing(t[t["switch"].notna()]).sort_values(["switch", "year_start"]))


def bearing(t: pd.DataFrame) -> pd.DataFrame:
    """The assumptions that hold in a surveyed year."""
    return t[(t["year_end"] >= flow.SURVEYED[0]) & (t["year_start"] <= flow.SURVEYED[-1])]


def as_text(evidence: Evidence, t: pd.DataFrame) -> pd.DataFrame:
    """Assumptions as text."""
    trace = [
        traced(evidence, (f"flow_assumptions:{r.assumption_id}", *flow.source_rows(r.rows))) for r in t.itertuples()
    ]
    return pd.DataFrame(
        {
            "what": t["parameter"].map(flow.LABELS).to_list(),
            "switch": t["switch"].to_list(),
            "years": [spell(r.year_start, r.year_end) for r in t.itertuples()],
            "low": [number(r.low, r.unit) for r in t.itertuples()],
            "point": [number(r.point, r.unit) for r in t.itertuples()],
            "high": [number(r.high, r.unit) for r in t.itertuples()],
            "n": t["n"].to_list(),
            "basis": t["basis"].map(BASES).to_list(),
            "row_name": t["assumption_id"].to_list(),
            **{name: [line[name] for line in trace] for name in TRACE},
        }
    )


def spell(first: int, last: int) -> str:
    """Years as text, cut to those that surveys cover."""
    first, last = max(first, flow.SURVEYED[0]), min(last, flow.SURVEYED[-1])
    return str(first) if first == last else f"{first}\u2013{last}"


@table(
    "flow-points",
    title=Title("The model at the most likely value of each assumption"),
    columns={
        "year": "Year",
        "people": "People",
        "share": "Send, %",
        "amount": "Sum",
        "fee": "Fee, %",
        "loss": "Lost, %",
        "rate": "Won per dollar",
        "sent": "Sent",
        "delivered": "Delivered",
    },
    note="People: old enough and living in the South. Sum: of one sender in the year, in million won. Fee: the "
    "commission. Sent and delivered: in million dollars. One sum, without a spread: where an assumption is skewed "
    "the median of the draws differs.",
)
def at_points(evidence: Evidence) -> pd.DataFrame:
    """The factors of the point model and its results by surveyed year; one line a year."""
    lines = []
    for year in flow.SURVEYED:
        at = flow.at_point(evidence, year)
        made = flow.result(evidence, year)
        lines.append(
            {
                "year": year,
                "people": round(at["people"]),
                "share": round(at["share"], 1),
                "amount": round(at["amount"] / 1e6, 2),
                "fee": round(at["fee"], 1),
                "loss": round(at["loss"], 1),
                "rate": round(at["rate"]),
                "sent": round(made.point["sent"] / made.rate / 1e6, 1),
                "delivered": round(made.point["delivered"] / made.rate / 1e6, 1),
                **traced(evidence, made.rows),
            }
        )
    return pd.DataFrame(lines)


# ------------------------------------------------------------------------------------------ checks


@table(
    "flow-totals",
    title=Title("Each wave's total from its share, its sample and the mean of the model, in million won"),
    columns={
        "year": "Wave",
        "asked": "Asked",
        "share": "Send, %",
        "mean": "Mean",
        "product": "Product",
        "total": "Printed",
        "gap": "Gap, %",
        "per_asked": "Per person asked",
    },
    note="The mean is the total over the senders, so that the product repeats the total, except in 2019: the "
    "sample of that wave was not printed and is assumed.",
)
def totals(evidence: Evidence) -> pd.DataFrame:
    """Share x sample x mean against the printed total, million won; one line a wave."""
    t = evidence.surveys
    printed = t[(t["survey"] == NKDB) & (t["measure"] == "sample_total") & (t["quality"] == "ok")]
    printed = printed.set_index("year")
    rows = flow.in_force(evidence)
    lines = []
    for year in flow.SURVEYED:
        share, mean = (flow.source(rows, name, year) for name in ("sender_share", "amount"))
        if year not in printed.index or len(share.rows) > 1:
            continue
        asked = int(share.rows[0].n)
        total = float(printed.at[year, "value"]) / 1e6
        product = share.point / 100 * asked * mean.point / 1e6
        behind = (*flow.rows_of([share, mean]), f"surveys:{printed.at[year, 'survey_id']}")
        lines.append(
            {
                "year": year,
                "asked": asked,
                "share": round(share.point, 1),
                "mean": round(mean.point / 1e6, 2),
                "product": round(product, 1),
                "total": round(total, 1),
                "gap": round((product / total - 1) * 100, 1) + 0.0,
                "per_asked": round(total / asked, 2),
                **traced(evidence, behind),
            }
        )
    return pd.DataFrame(lines)


@table(
    "flow-guesses",
    title=Title("Published guesses of the money sent in a year"),
    columns={
        "year": "Year",
        "who": "Who said it first",
        "printed": "As printed",
        "usd": "In million dollars",
        "model": "Model",
    },
    note=f"Last column: the model's {OUTER} percent simulation interval given the assumptions, in round brackets "
    "where it is only a scenario. How each guess was made stands in the data.",
)
def guess_table(evidence: Evidence) -> pd.DataFrame:
    """Published guesses beside the model; one line a guess."""
    told = guesses(evidence)
    how = told["claim_id"].map(evidence.claims.set_index("claim_id")["summary"])
    return pd.DataFrame(
        {
            "year": told["year"].astype("string").fillna("undated"),
            "who": told["originator"].str.replace(".", ".\u200b", regex=False),
            "printed": [as_printed(r) for r in told.itertuples()],
            "usd": told["usd"].round(1),
            "documents": told["documents"],
            "model": [beside(evidence, year) for year in told["year"]],
            "how": how,
            "row": told["row"],
            "originator": told["originator"],
            "doc_id": told["doc_id"],
        }
    )


def as_printed(row: Any) -> str:
    """A published total as text."""
    words = {"about": "", "at least": "at least ", "range": ""}[row.says]
    span = f"{row.low / 1e6:,.0f} to {row.high / 1e6:,.0f}" if row.says == "range" else f"{row.value / 1e6:,.0f}"
    return f"{words}{span} million {row.unit}"


def beside(evidence: Evidence, year: Any) -> str:
    """The model's interval for a year, empty outside the scenario."""
    if pd.isna(year) or int(year) not in flow.SCENARIO:
        return ""
    made = flow.result(evidence, int(year)).dollars("sent")
    text = f"{made['low_90']:.1f} to {made['high_90']:.1f}"
    return text if int(year) in flow.SURVEYED else f"({text})"


@table(
    "flow-coverage",
    title=Title("How often the intervals hold the truth when the truth is known"),
    columns={
        "year": "Wave imitated",
        "design": "Surveys are",
        "inner": f"{INNER} percent interval holds it, %",
        "outer": f"{OUTER} percent interval holds it, %",
    },
    note=lambda f: (
        f"{flow.REPLICATIONS:,} simulated surveys a line, so that each percentage is itself uncertain by about "
        f"{margin(0.5):.0f} points (first column) and {margin(0.9):.0f} (second). Members of the panel are taken "
        f"to send {flow.BOUGHT:g} times as often as other people."
    ),
)
def covered(evidence: Evidence) -> pd.DataFrame:
    """Percent of simulated surveys whose interval holds the true sum sent; one line a wave and design."""
    t = evidence.derived(flow.coverage)
    wide = t.pivot(index=["year", "design"], columns="level", values="held").round(0)
    inner, outer = (level * 100 for level in LEVELS)
    frame = wide.rename(columns={inner: "inner", outer: "outer"}).reset_index()
    rows = t.drop_duplicates("year").set_index("year")["rows"]
    trace = [traced(evidence, rows[year].split()) for year in frame["year"]]
    order = {name: place for place, name in enumerate((flow.RANDOM, flow.PAIRS, flow.PANEL))}
    frame = frame.assign(**{name: [line[name] for line in trace] for name in TRACE})
    return frame.sort_values(["year", "design"], key=lambda c: c.map(order) if c.name == "design" else c)


def margin(share: float) -> float:
    """Half of the interval for a share of simulated surveys, in points."""
    return 1.96 * (share * (1 - share) / flow.REPLICATIONS) ** 0.5 * 100


# -------------------------------------------------------------------------------- what it turns on


def list_alt(what: str, label: str, value: str) -> Any:
    """Alt text of a figure whose lines are things and not years: each with its value."""

    def alt(frame: pd.DataFrame) -> str:
        lines = [f"{r[label]} {r[value]:.1f}" for _, r in frame.iterrows()]
        first, last = frame["year"].min(), frame["year"].max()
        when = f"{first}" if first == last else f"{first} to {last}"
        span = f"{frame[value].min():.1f} to {frame[value].max():.1f}"
        return f"{what}, {when}, {span} million dollars delivered. " + "; ".join(lines) + "."

    return alt


@figure(
    "flow-switches",
    title=Title(
        "What the known doubts would do to the money delivered, one at a time",
    ),
    note=f"{BARS} Line: the default of that year. In brackets the last surveyed year that the doubt touches.",
    alt=list_alt("Intervals beside a line for the default", "label", "median"),
    x="year",
    y="median",
    y_label="million dollars delivered",
    series="label",
)
def switched(evidence: Evidence) -> pd.DataFrame:
    """Million dollars delivered with each switch on; one line a switch."""
    lines = []
    for name, year in flow.switches(evidence).items():
        on, off = flow.result(evidence, year, name), flow.result(evidence, year)
        default = off.dollars("delivered")["median"]
        lines.append(
            {
                "label": f"{name} ({year})",
                "year": year,
                "default": default,
                **on.dollars("delivered"),
                **traced(evidence, (*on.rows, *off.rows)),
            }
        )
    frame = pd.DataFrame(lines)
    return frame.assign(ratio=frame["median"] / frame["default"]).sort_values("ratio", ignore_index=True).round(2)


@switched.drawing
def _(frame: pd.DataFrame) -> matplotlib.figure.Figure:
    drawing, (axes,) = style.canvas(height=0.55 * len(frame) + 0.7)
    for at, row in enumerate(frame.itertuples()):
        y = len(frame) - at
        axes.plot([row.default, row.default], [y - 0.3, y + 0.14], color=LIGHT.ink, linewidth=1.6, zorder=5)
        lying(axes, y - 0.1, row, LIGHT.first if row.ratio < 1 else LIGHT.second, "o" if row.ratio < 1 else "s")
        style.note(axes, row.label[0].upper() + row.label[1:], 0, y + 0.3, LIGHT.ink)
    axes.set_ylim(0.4, len(frame) + 0.65)
    axes.set_yticks([])
    axes.grid(visible=True, axis="x")
    axes.set_xlim(0, frame["high_90"].max() * 1.04)
    axes.set_xlabel("million dollars delivered")
    return drawing


@figure(
    "flow-sensitivity",
    title=Title(
        "Most of the uncertainty that the model holds is that of small samples",
        lambda f: f[f["parameter"].isin(["amount", "sender_share"])].groupby("year")["total"].sum().min() > 75,
        "Where the uncertainty comes from",
    ),
    note=f"Left: money delivered when one assumption runs through its {OUTER} percent interval and the others "
    "stand at their median. Right: its share of the variance, filled alone, hollow with all that it does together "
    "with others. Inputs are drawn independently; one year.",
    alt=lambda f: (
        f"Ranges on the left, dots on the right, {f['year'].min()}, million dollars delivered. "
        + " ".join(
            f"{r.label}: {r.low:.1f} to {r.high:.1f}, {r.total:.0f} percent of the variance."
            for r in f.itertuples()
        )
    ),
    x="year",
    y="total",
    y_label="million dollars delivered",
    series="label",
)
def sensitive(evidence: Evidence) -> pd.DataFrame:
    """One-at-a-time ranges and variance shares for the last surveyed year; one line a parameter."""
    t = evidence.derived(flow.sensitivity)
    t = t[t["year"] == flow.SURVEYED[-1]].sort_values("total", ascending=False, ignore_index=True)
    trace = traced(evidence, t["rows"].iloc[0].split())
    return t.drop(columns="rows").round({"first": 1, "total": 1, "low": 2, "high": 2}).assign(**trace)


@sensitive.drawing
def _(frame: pd.DataFrame) -> matplotlib.figure.Figure:
    drawing, (left, right) = style.canvas(1, 2, height=3.2, sharey=True, width_ratios=[1.15, 1])
    y = range(len(frame), 0, -1)
    left.hlines(y, frame["low"], frame["high"], color=LIGHT.first, linewidth=5)
    for at, row in zip(y, frame.itertuples(), strict=True):
        right.plot([row.first, row.total], [at, at], color=LIGHT.second, linewidth=1)
        right.plot(row.total, at, "o", markersize=7.5, color=LIGHT.paper, markeredgecolor=LIGHT.second)
        right.plot(row.first, at, "o", markersize=4, color=LIGHT.second)
    left.set_yticks(list(y), frame["label"])
    left.set_ylim(0.4, len(frame) + 0.6)
    left.set_title("Million dollars")
    right.set_title("Percent of variance")
    right.set_xlim(-3, 75)
    for axes in (left, right):
        axes.grid(visible=True, axis="x")
        axes.grid(visible=False, axis="y")
    return drawing


@table(
    "flow-variance",
    title=Title("Total share of the variance of the money delivered, percent"),
    columns={"year": "Year", **{name: flow.LABELS[name] for name in ("amount", "sender_share", "fee", "loss")},
             "rest": "all others"},
    note="One year at a time, inputs independent. Total shares count what assumptions do together once for each, "
    "so that a line can add up to more than the whole.",
)  # fmt: skip
def variances(evidence: Evidence) -> pd.DataFrame:
    """Total variance shares in percent; one line a surveyed year."""
    t = evidence.derived(flow.sensitivity)
    wide = t.pivot(index="year", columns="parameter", values="total")
    named = ["amount", "sender_share", "fee", "loss"]
    trace = [traced(evidence, rows.split()) for rows in t.drop_duplicates("year")["rows"]]
    frame = wide[named].assign(rest=wide.drop(columns=named).sum(axis=1)).round(0).reset_index()
    return frame.assign(**{name: [line[name] for line in trace] for name in TRACE})


@table(
    "flow-without",
    title=Title("The money delivered without each source, million dollars"),
    columns={"group": "Without", "lost": "Assumptions that fall", "first": str(flow.FROM), "last": str(flow.TO)},
    note="Medians. An assumption falls with any row that it rests on; the model then keeps the nearest one left, "
    "with a wider spread. A dash: nothing is left to compute from.",
)
def without(evidence: Evidence) -> pd.DataFrame:
    """Medians of the money delivered without each independence group behind the model; one line a group."""
    rows = [row for year in flow.SURVEYED for row in flow.result(evidence, year).rows]
    behind = sources(tuple(dict.fromkeys(rows)), evidence)
    group = evidence.outlets.set_index("originator")["independence_group"]
    behind = behind.assign(group=behind["originator"].map(group))
    every = evidence.derived(flow.assumptions)["assumption_id"]
    lines = []
    for name, part in behind.groupby("group"):
        left = evidence.without(str(name))
        lines.append(
            {
                "group": name,
                "lost": len(every) - len(left.derived(flow.assumptions)),
                **{column: median_left(left, year) for column, year in (("first", flow.FROM), ("last", flow.TO))},
                "row": " ".join(f"flow_assumptions:{key}" for key in every),
                "originator": "; ".join(sorted(part["originator"].unique())),
                "doc_id": " ".join(sorted(part["doc_id"].unique())),
            }
        )
    return pd.DataFrame(lines).sort_values("lost", ascending=False, ignore_index=True)


def median_left(evidence: Evidence, year: int) -> str:
    """Median million dollars delivered as text, a dash where nothing is left."""
    try:
        return f"{flow.result(evidence, year).dollars('delivered')['median']:.1f}"
    except NoEvidence:
        return "\u2013"


# ----------------------------------------------------------------------------------- what changed


def fell(frame: pd.DataFrame) -> bool:
    """Whether the fall, the part of the share and the part of the commission are below zero, interval and all."""
    top = frame.set_index("part")["high_90"]
    return bool((top[["all together", "share sending", "commission"]] < 0).all())


@figure(
    "flow-change",
    title=Title(
        f"Less arrived in {flow.TO} than in {flow.FROM}: a smaller share sent, and commission took more",
        fell,
        f"What the change from {flow.FROM} to {flow.TO} is made of",
    ),
    note=f"{BARS.replace('medians', 'means, so that the parts add up')} Averaged over every order in which parts "
    "can change. A part is an arithmetic one: it does not say what brought it about.",
    alt=list_alt("Parts of a change with intervals", "part", "median"),
    x="year",
    y="median",
    y_label="million dollars delivered",
    series="part",
)
def changed(evidence: Evidence) -> pd.DataFrame:
    """Parts of the change in million dollars delivered; one line a part, mean as median; year is the last."""
    t = evidence.derived(flow.change)
    trace = traced(evidence, t["rows"].iloc[0].split())
    return (
        t.drop(columns=["rows", "median"]).rename(columns={"mean": "median"}).assign(year=flow.TO, **trace).round(2)
    )


@changed.drawing
def _(frame: pd.DataFrame) -> matplotlib.figure.Figure:
    drawing, (axes,) = style.canvas(height=3.3)
    axes.axvline(0, color=LIGHT.soft, linewidth=1)
    for at, row in enumerate(frame.itertuples()):
        whole = row.part == "all together"
        y = len(frame) - at - (0.35 if whole else 0)
        lying(axes, y, row, LIGHT.ink if whole else LIGHT.first if row.median > 0 else LIGHT.second)
    places = [len(frame) - at - (0.35 if part == "all together" else 0) for at, part in enumerate(frame["part"])]
    axes.set_yticks(places, frame["part"])
    axes.set_ylim(0.1, len(frame) + 0.6)
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    axes.set_xlabel("million dollars delivered, added or taken away")
    return drawing


# ----------------------------------------------------------------------------------- what it means

MONEY = "money of one receiving household"
PAY = {
    "pay-old-won": "official pay, old won",
    "pay-before-reform": "official pay, before the rise",
    "pay-after-reform": "official pay, after the rise",
}


@figure(
    "flow-rice",
    title=Title(
        "In rice, what one household received is far more than a year of official pay",
        lambda f: all(
            f.loc[(f["series"] == MONEY) & (f["year"] == year), "low_90"].min() > 3 * pay["high_90"].max()
            for year, pay in f[(f["series"] != MONEY)].groupby("year")
            if ((f["series"] == MONEY) & (f["year"] == year)).any()
        ),
        "What one household received, and official pay, in rice",
    ),
    note=f"Logarithmic scale. {BARS} Pale: scenario. Bars without a dot: a year of official pay, least to most "
    "reported, at the lowest and highest market price of the year. Old won and new won, and pay before and after "
    "the rise at the end of 2023, stand apart. Only years with dated market prices in the data.",
    alt=lambda f: (
        f"Points with intervals and bars, {f['year'].min()} to {f['year'].max()}, kilograms of rice a year. "
        + " ".join(
            f"{name}: {rows['low_90'].min():,.0f} to {rows['high_90'].max():,.0f}."
            for name, rows in f.groupby("series")
        )
    ),
    x="year",
    y="median",
    y_label="kilograms of rice a year",
    series="series",
)
def in_rice(evidence: Evidence) -> pd.DataFrame:
    """Kilograms of rice a year: delivered to one household, and official pay; one line a year and series."""
    lines = []
    for year in range(2005, flow.SCENARIO[-1] + 1):
        if year >= flow.SURVEYED[0] and flow.priced(evidence, year, "rice", "usd"):
            made = flow.rice_delivered(evidence, year)
            numbers = {name: value for name, value in made.items() if name not in ("rows", "prices", "rates")}
            surveyed, trace = year in flow.SURVEYED, traced(evidence, made["rows"])
            lines.append({"year": year, "series": MONEY, "surveyed": surveyed, **numbers, **trace})
        try:
            pay = flow.rice_of_pay(evidence, year)
        except NoEvidence:
            continue
        ends = {"low_90": pay["low"], "high_90": pay["high"], "median": (pay["low"] * pay["high"]) ** 0.5}
        lines.append(
            {"year": year, "series": PAY[pay["pay"]], "surveyed": True, **ends, **traced(evidence, pay["rows"])}
        )
    return pd.DataFrame(lines).sort_values(["series", "year"], ignore_index=True).round(1)


@in_rice.drawing
def _(frame: pd.DataFrame) -> matplotlib.figure.Figure:
    drawing, (axes,) = style.canvas(height=3.9)
    axes.set_yscale("log")
    looks = {MONEY: LIGHT.first, **dict(zip(PAY.values(), (LIGHT.soft, LIGHT.second, LIGHT.third), strict=True))}
    money = frame[frame["series"] == MONEY]
    for row in money.itertuples():
        axes.plot([row.year] * 2, [row.low_90, row.high_90], color=LIGHT.first, linewidth=1.3, zorder=2)
        axes.plot([row.year] * 2, [row.low_50, row.high_50], color=LIGHT.first, linewidth=4.2, zorder=3,
                  solid_capstyle="butt", alpha=1 if row.surveyed else 0.35)  # fmt: skip
        axes.plot(row.year, row.median, "o", markersize=5, color=LIGHT.paper, markeredgecolor=LIGHT.first, zorder=4)
    for name in PAY.values():
        for row in frame[frame["series"] == name].itertuples():
            axes.plot([row.year] * 2, [row.low_90, row.high_90], color=looks[name], linewidth=6,
                      solid_capstyle="butt")  # fmt: skip
    style.note(axes, MONEY, 2016, 4600, LIGHT.first, ha="left")
    for name, x, y, align in (
        ("pay-old-won", 2005, 190, "left"),
        ("pay-before-reform", 2023.4, 45, "right"),
        ("pay-after-reform", 2025.4, 150, "right"),
    ):
        style.note(axes, PAY[name], x, y, looks[PAY[name]], ha=align)
    axes.set_ylim(1.5, 8000)
    axes.set_yticks([3, 10, 30, 100, 300, 1000, 3000], ["3", "10", "30", "100", "300", "1,000", "3,000 kg"])
    axes.minorticks_off()
    style.years(axes, frame["year"].min(), frame["year"].max(), 3)
    return drawing
