"""Figures and tables of the chapter "Official rent-seeking"."""

from typing import Any

import matplotlib.figure
import pandas as pd

from lifeline import style
from lifeline.estimate import wilson
from lifeline.evidence import Evidence
from lifeline.fault import NoEvidence
from lifeline.figures import TRACE, Title, figure, table
from lifeline.findings.rents import (
    CAUGHT,
    DIRECTIONS,
    PRICES,
    SECURITY,
    bribe_shares,
    costs_of_being_caught,
    official_pay,
    rents,
    rough,
    shares,
    sums,
)
from lifeline.method import LEVEL
from lifeline.reports import BORDER, ELSEWHERE, NOT_TOLD, collected, reports
from lifeline.style import LIGHT

PAY = "Official pay"
CURRENCIES = {
    "CNY": "yuan",
    "USD": "dollars",
    "KRW": "southern won",
    "KPW": "northern won",
    "percent": "%",
}
MONTHS_IN_YEAR = 12


def between(low: float, point: float, high: float, form: str = "{:,.0f}") -> str:
    """A number with its bounds in words: "500 to 1,000", "up to 2,000", "over 500", "20"."""
    if pd.notna(point):
        return form.format(point)
    if pd.isna(low) and pd.isna(high):
        return ""
    if pd.isna(low):
        return f"up to {form.format(high)}"
    return f"over {form.format(low)}" if pd.isna(high) else f"{form.format(low)} to {form.format(high)}"


def tens(low: float, point: float, high: float) -> str:
    """`between`, rounded to tens: the rates of a year's mean carry no more."""
    low, point, high = (round(float(end), -1) if pd.notna(end) else float("nan") for end in (low, point, high))
    return between(low, point, high)


def roughly(low: float, point: float, high: float) -> str:
    """`between`, to two significant digits: kilograms by the medians of a few prices carry no more."""
    low, point, high = (rough(float(end)) if pd.notna(end) else float("nan") for end in (low, point, high))
    return between(low, point, high)


def joined(rows: pd.DataFrame) -> pd.Series:
    """The trace columns of several rows in one: rows and documents joined by a blank, originators by "; "."""
    return pd.Series(
        {
            "row": " ".join(dict.fromkeys(" ".join(rows["row"]).split())),
            "originator": "; ".join(sorted(set(rows["originator"]))),
            "doc_id": " ".join(dict.fromkeys(" ".join(rows["doc_id"]).split())),
        }
    )


# ------------------------------------------------------------------------------ what being caught costs


def caught_for(rows: pd.DataFrame) -> pd.Series:
    """What the people were caught for; from the base, where they called and whether the price was over by then."""
    abroad = rows["base"].fillna("")
    south, china = abroad.str.contains("South"), abroad.str.contains("China")
    to = pd.Series("", rows.index).mask(south & ~china, " the South").mask(china & ~south, " China")
    formerly = pd.Series("", rows.index).mask(abroad.str.contains("earlier"), ", formerly")
    return rows["matter"].map(CAUGHT) + to.where(rows["matter"] == "caught_calling", "") + formerly


def where(rows: pd.DataFrame) -> pd.Series:
    """The province, or the part of the country where no province is told."""
    return rows["province"].fillna(rows["zone"]).fillna("not told")


def more_than_a_year(frame: pd.DataFrame) -> bool:
    """Whether the smallest bound printed for being caught is above twelve times the highest monthly pay."""
    ends = ["low", "dollars", "high"]
    caught, pay = frame[frame["panel"] != PAY], frame[frame["panel"] == PAY]
    return bool(caught[ends].min().min() > MONTHS_IN_YEAR * pay[ends].max().max())


def caught_alt(frame: pd.DataFrame) -> str:
    """What the figure of sums shows, in words."""
    parts = [
        f"{panel}: {len(rows)} sums, {rows[['low', 'dollars', 'high']].min().min():,.0f} to "
        f"{rows[['low', 'dollars', 'high']].max().max():,.0f}."
        for panel, rows in frame[frame["panel"] != PAY].groupby("panel", sort=False)
    ]
    pay = frame.loc[frame["panel"] == PAY, ["low", "dollars", "high"]]
    return (
        f"Marks on a logarithmic scale, one a sum, {frame['year'].min()} to {frame['year'].max()}, "
        f"dollars of the day. {' '.join(parts)} {PAY}, a band: {pay.min().min():.2f} to {pay.max().max():.2f} "
        "a month."
    )


@figure(
    "caught",
    title=Title(
        "Each sum printed for being caught is more than a year of any official pay printed before the raise "
        "of 2023",
        more_than_a_year,
        "What being caught calling, with money or helping someone leave costs, and official pay",
    ),
    note="One line a sum; a report can print several. Dollars, rounded to tens. Bars are ranges as printed. "
    "Triangles: asked for in one case, or (arrow) at most; dots: paid in one case; squares: usual price as told; "
    "hollow diamonds: fines, which collectors may keep. Formerly: a price that was over in that year. Every case "
    "is from the border. The band is a month of state pay of army officers, security officers and civil "
    "servants. Northern won at the year’s median market rate, yuan and southern won at the year’s mean rate.",
    x="year",
    y="dollars",
    y_label="dollars of the day",
    series="panel",
    alt=caught_alt,
)
def caught(evidence: Evidence) -> pd.DataFrame:
    """Sums for being caught and a month's official pay, dollars of the day; one line a statement."""
    costs, pay = costs_of_being_caught(evidence), official_pay(evidence)
    rows = pd.concat([costs.assign(panel=costs["measure"].map(PRICES)), pay.assign(panel=PAY)])
    order = [*PRICES.values(), PAY]
    frame = pd.DataFrame(
        {
            "panel": rows["panel"],
            "year": rows["year"].astype(int),
            "matter": caught_for(rows).fillna(rows["base"]),
            "place": where(rows),
            "low": rows["dollars_low"].round(2),
            "dollars": rows["dollars"].round(2),
            "high": rows["dollars_high"].round(2),
            **{name: rows[name] for name in TRACE},
        }
    )
    return frame.sort_values(
        ["panel", "year"], key=lambda c: c.map(order.index) if c.name == "panel" else c
    ).reset_index(drop=True)


MARKS = {
    "Demanded": (LIGHT.second, "^"),
    "Paid": (LIGHT.first, "o"),
    "Usual price": (LIGHT.third, "s"),
    "Fine": (LIGHT.soft, "D"),
}


@caught.drawing
def _(frame: pd.DataFrame) -> matplotlib.figure.Figure:
    drawing, (axes,) = style.canvas(height=7.3)
    pay = frame.loc[frame["panel"] == PAY, ["low", "dollars", "high"]]
    axes.axvspan(pay.min().min(), pay.max().max(), color=LIGHT.first_pale, zorder=0)
    at, ticks, heads = 0.0, [], []
    for panel, (colour, marker) in MARKS.items():
        rows = frame[frame["panel"] == panel]
        heads.append((at, panel, colour))
        for row in rows.itertuples():
            at += 1
            sum_mark(axes, row, at, colour, marker)
            ticks.append((at, f"{row.year} {row.matter}"))
        at += 1.6
    axes.set_xscale("log")
    axes.set_xlim(0.15, 600_000)
    axes.set_xticks([1, 10, 100, 1_000, 10_000, 100_000], ["$1", "10", "100", "1,000", "10,000", "100,000"])
    axes.minorticks_off()
    axes.set_yticks([place for place, _ in ticks], [name for _, name in ticks])
    axes.set_ylim(at - 0.9, -1.9)
    axes.grid(visible=False)
    axes.grid(visible=True, axis="x")
    for place, panel, colour in heads:
        axes.annotate(
            panel,
            (0, place),
            xycoords=("axes fraction", "data"),
            xytext=(-6, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            color=colour,
            fontsize=10.3,
            fontweight="semibold",
        )
    style.note(axes, "a month’s\nofficial pay", pay.max().max() * 1.25, -0.9, LIGHT.first, ha="left")
    return drawing


def sum_mark(axes: style.Axes, row: Any, at: float, colour: str, marker: str) -> None:
    """One sum: a mark, a bar for a range, an arrow for a bound without an end; its dollars beside it."""
    low, value, high = row.low, row.dollars, row.high
    ends = [end for end in (low, value, high) if pd.notna(end)]
    if pd.notna(value):
        fill = LIGHT.paper if marker == "D" else colour
        axes.plot(
            value,
            at,
            linestyle="none",
            marker=marker,
            markersize=5.8,
            markerfacecolor=fill,
            markeredgecolor=colour,
            markeredgewidth=1.3,
            zorder=3,
        )
    elif len(ends) > 1:
        axes.plot(
            [low, high],
            [at, at],
            color=colour,
            linewidth=2.2,
            marker="|",
            markersize=9,
            markeredgewidth=2,
            zorder=2,
        )
    else:
        to = ends[0] / 3 if pd.isna(low) else ends[0] * 3
        shape = {"arrowstyle": "|-|,widthA=0,widthB=0.35" if pd.isna(low) else "|-|,widthA=0.35,widthB=0"}
        line = {"color": colour, "linewidth": 2, "shrinkA": 0, "shrinkB": 0}
        axes.annotate("", (ends[0], at), (to, at), arrowprops={**shape, **line})
        axes.annotate("", (to, at), (ends[0], at), arrowprops={"arrowstyle": "->", **line})
    axes.annotate(
        tens(low, value, high),
        (max(ends), at),
        xytext=(7, 0),
        textcoords="offset points",
        va="center",
        color=LIGHT.soft,
        fontsize=9.8,
    )


def without_rice(frame: pd.DataFrame) -> str:
    """The note of the table of sums, with the years that have no price of rice."""
    years = sorted(set(frame.loc[frame["rice"] == "", "year"]))
    return (
        "Dollars as in the figure. Rice at the median market price and dollar rate that are printed for the year, "
        f"both in the same won; neither or only one is printed for {', '.join(map(str, years))}. Kilograms are "
        "rounded hard: prices moved within the year."
    )


@table(
    "caught-sums",
    title=Title("What being caught costs, as printed, in dollars and in rice"),
    columns={
        "year": "Year",
        "case": "Case",
        "printed": "As printed",
        "dollars": "Dollars",
        "rice": "Rice, kg",
    },
    note=without_rice,
)
def caught_sums(evidence: Evidence) -> pd.DataFrame:
    """Sums for being caught as printed, in dollars and in kilograms of rice; one line a statement."""
    rows = costs_of_being_caught(evidence)
    return pd.DataFrame(
        {
            "year": rows["year"].astype(int),
            "case": rows["measure"].map(PRICES) + ": " + caught_for(rows) + ", " + where(rows),
            "printed": [f"{between(r.low, r.point, r.high)} {CURRENCIES[r.unit]}" for r in rows.itertuples()],
            "dollars": [tens(r.dollars_low, r.dollars, r.dollars_high) for r in rows.itertuples()],
            "rice": [roughly(r.kilograms_low, r.kilograms, r.kilograms_high) for r in rows.itertuples()],
            **{name: rows[name] for name in TRACE},
        }
    )


# ------------------------------------------------------------------------------ officers' share


@table(
    "officers-share",
    title=Title("Officers’ share of a transfer"),
    columns={"year": "Year", "place": "Place", "share": "Share, %", "base": "Of what", "said": "Who says so"},
    note="The lines are no series: what they are shares of differs.",
)
def officers_share(evidence: Evidence) -> pd.DataFrame:
    """Shares of a transfer taken by officers, with their base and who says so; one line a statement."""
    rows = shares(evidence)
    informant = rows["claim_id"].map(evidence.claims.set_index("claim_id")["informant"])
    return pd.DataFrame(
        {
            "year": ["" if pd.isna(year) else str(year) for year in rows["year"]],
            "place": where(rows).replace("national", "not told"),
            "share": [between(r.low, r.point, r.high) for r in rows.itertuples()],
            "base": rows["base"],
            "said": rows["originator"] + ": " + informant.fillna("not told"),
            **{name: rows[name] for name in TRACE},
        }
    )


# ------------------------------------------------------------------------------ reports by year


CRACKDOWN = "crackdowns"
SAYS = {
    "tolerant": "Officers allow, cover or help",
    "predatory": "Officers demand or take",
    "punitive": "Officers arrest, punish or watch on orders",
}


def by_year_alt(frame: pd.DataFrame) -> str:
    """What the figure of reports by year shows, in words."""
    said = frame[frame["direction"].isin(DIRECTIONS)]
    parts = []
    for direction, rows in said.groupby("direction", sort=False):
        yearly = rows.groupby("year")["reports"].sum()
        parts.append(
            f"{direction}: {yearly.sum()} reports, {rows['others'].sum()} of them not from the largest originator, "
            f"most in {yearly.idxmax()} ({yearly.max()})."
        )
    marked = frame[frame["direction"] == CRACKDOWN]
    return (
        f"Bars by year, {said['year'].min()} to {said['year'].max()}, number of reports. {' '.join(parts)} "
        f"{CRACKDOWN}: {len(marked)} marks. Below, documents collected by year, most in "
        f"{said.loc[said['collected'].idxmax(), 'year']} ({said['collected'].max()})."
    )


@figure(
    "rents-by-year",
    title=Title("What is reported of state security and the police, by year of the report"),
    note="A report counts once in each panel that it belongs to, however many outlets print it. Dashes: the number "
    "left without Daily NK and its sister outlets. Blue: about the border provinces; hatched: about the rest of "
    "the North; gray: no place told, or several. Every crackdown in the table of events is marked in its year. All "
    "panels but the last have one scale. Reports without a year are left out. The bars count what was collected, "
    "not what officers did.",
    kind="Bars",
    x="year",
    y="reports",
    y_label="number of reports",
    series="direction",
    alt=by_year_alt,
)
def rents_by_year(evidence: Evidence) -> pd.DataFrame:
    """Reports about security officers and police by year, direction and place; crackdowns; documents collected.

    others: reports not by the largest independence group. collected: documents of all kinds, of that year.
    """
    claims = rents(evidence, actor=SECURITY, direction=DIRECTIONS)
    once = reports(claims, ["direction"]).dropna(subset="year").astype({"year": int})
    largest = once["group"].value_counts().index[0]
    once = once.assign(other=once["group"] != largest)
    cells = once.groupby(["direction", "year", "place"])
    counted = cells.agg(reports=("echo_group", "size"), others=("other", "sum"))
    frame = counted.join(cells[TRACE].apply(joined)).reset_index()
    documents = collected(evidence).set_index("year")["documents"]
    frame = frame.assign(collected=frame["year"].map(documents).astype("Int64"))
    every = pd.concat([frame.astype({"reports": "Int64", "others": "Int64"}), crackdowns(evidence)])
    order = [*DIRECTIONS, CRACKDOWN]
    return every.sort_values(
        ["direction", "year", "place"],
        key=lambda c: c.map(order.index) if c.name == "direction" else c,
        ignore_index=True,
    )


def crackdowns(evidence: Evidence) -> pd.DataFrame:
    """Every event of that category, one line an event."""
    rows = evidence.events[evidence.events["category"] == "crackdown"]
    return pd.DataFrame(
        {
            "direction": CRACKDOWN,
            "year": rows["date"].str.slice(0, 4).astype(int),
            "row": "events:" + rows["event_id"],
            "originator": rows["doc_id"].map(evidence.documents.set_index("doc_id")["originator"]),
            "doc_id": rows["doc_id"],
        }
    )


STACK = [(BORDER, LIGHT.first, ""), (NOT_TOLD, LIGHT.grid, ""), (ELSEWHERE, LIGHT.second_pale, "////")]
"""The parts of a bar from below: place, color, hatching."""


@rents_by_year.drawing
def _(frame: pd.DataFrame) -> matplotlib.figure.Figure:
    marked = frame[frame["direction"] == CRACKDOWN]
    said = [frame[frame["direction"] == direction] for direction in DIRECTIONS]
    tops = [int(rows.groupby("year")["reports"].sum().max()) + 1 for rows in said]
    tops.append(int(marked["year"].value_counts().max()) + 1)
    ratios = {"height_ratios": [*tops, 6]}
    drawing, panels = style.canvas(5, 1, height=6.9, sharex=True, gridspec_kw=ratios)
    for axes, rows, direction, top in zip(panels, said, DIRECTIONS, tops, strict=False):
        stacked(axes, rows)
        axes.set_title(SAYS[direction])
        axes.set_ylim(0, top)
        axes.set_yticks(range(0, top + 1, 5))
    height = marked.groupby("year").cumcount() + 0.5
    panels[3].plot(marked["year"], height, linestyle="none", marker="v", markersize=5.5, color=LIGHT.ink)
    panels[3].set_ylim(0, tops[3])
    panels[3].set_yticks([])
    panels[3].set_title("Crackdowns in the table of events, one mark each")
    yearly = frame.dropna(subset="collected").drop_duplicates("year")
    panels[4].bar(yearly["year"], yearly["collected"].astype(float), color=LIGHT.soft, width=0.8)
    panels[4].set_title("Documents collected, of all kinds")
    first, last = int(frame["year"].min()), int(frame["year"].max())
    style.years(panels[0], first, last, 1)
    panels[4].set_xticks(range(first, last + 1, 4))
    key(panels[0], first)
    return drawing


def stacked(axes: style.Axes, rows: pd.DataFrame) -> None:
    """Bars by year, one part a place, with a dash at the number that other originators leave."""
    below = pd.Series(0.0, sorted(rows["year"].unique()))
    for place, colour, hatch in STACK:
        part = rows[rows["place"] == place].set_index("year")["reports"].reindex(below.index, fill_value=0)
        shown = part[part > 0].astype(float)
        axes.bar(shown.index, shown, bottom=below[shown.index], color=colour, width=0.8, hatch=hatch, linewidth=0)
        below = below + part.astype(float)
    left = rows.groupby("year")["others"].sum().astype(float)
    axes.hlines(left, left.index - 0.46, left.index + 0.46, color=LIGHT.ink, linewidth=1.6)


def key(axes: style.Axes, first: int) -> None:
    """What the parts of a bar stand for."""
    top = axes.get_ylim()[1]
    names = {BORDER: "border provinces", ELSEWHERE: "rest of the North", NOT_TOLD: "place not told"}
    for at, (place, colour, hatch) in zip([0.92 * top, 0.75 * top, 0.5 * top], STACK, strict=True):
        axes.bar([first], [top * 0.14], bottom=[at - top * 0.07], color=colour, width=0.8, hatch=hatch, linewidth=0)
        style.note(axes, names[place], first + 0.7, at, ha="left")
    axes.hlines([0.31 * top], first - 0.46, first + 0.46, color=LIGHT.ink, linewidth=1.6)
    style.note(axes, "without Daily NK", first + 0.7, 0.31 * top, ha="left")
    axes.set_ylim(0, top)


# ------------------------------------------------------------------------------ where


FORMS = {
    "bribe": "bribes paid or asked",
    "extortion": "demands under threat",
    "surveillance": "watching, registers",
    "punishment": "sentence, banishment",
    "arrest": "arrest",
    "purge_of_officials": "officers punished",
    "collusion": "work with brokers",
    "cut_of_transfer": "share of a transfer",
    "protection": "cover",
    "travel_permission": "leave to travel",
    "confiscation": "seizure",
}


@table(
    "rents-by-place",
    title=Title("Forms of taking, watching and punishing, by place"),
    columns={"form": "Form", "border": "Border provinces", "elsewhere": "Elsewhere", "unplaced": "Place not told"},
    note="Reports; one that tells of several forms or places counts for each. An empty cell: none. The table "
    "counts what was collected.",
)
def rents_by_place(evidence: Evidence) -> pd.DataFrame:
    """Number of reports by form and place; one line a form."""
    once = reports(rents(evidence), ["topic", "place"])
    columns = {"border": BORDER, "elsewhere": ELSEWHERE, "unplaced": NOT_TOLD}
    counts = once.groupby(["topic", "place"]).size().unstack("place")
    frame = pd.DataFrame({name: counts.get(place) for name, place in columns.items()}).astype("Int64")
    frame = frame.join(once.groupby("topic")[TRACE].apply(joined)).loc[list(FORMS)].reset_index()
    return frame.assign(form=frame["topic"].map(FORMS))


def unreported(frame: pd.DataFrame) -> str:
    """The note of the table by province, with the provinces that no report is about."""
    return (
        "Reports; one about several provinces or of several kinds counts for each. Mixed ones are in the total "
        f"alone. No report at all: {', '.join(frame.attrs['none']) or 'none'}."
    )


@table(
    "rents-by-province",
    title=Title("Reports by province"),
    columns={
        "province": "Province",
        "zone": "Part",
        "reports": "Reports",
        "tolerant": "Allow",
        "predatory": "Take",
        "punitive": "Punish",
        "groups": "Originators",
    },
    note=unreported,
)
def rents_by_province(evidence: Evidence) -> pd.DataFrame:
    """Number of reports by province and direction, and of independent originators; one line a province."""
    claims = rents(evidence)
    told = claims[claims["province"].notna()]
    once = reports(told, ["province"])
    frame = once.groupby("province").agg(reports=("echo_group", "size"), groups=("group", "nunique"))
    kinds = reports(told, ["province", "direction"]).groupby(["province", "direction"]).size().unstack("direction")
    frame = frame.join(kinds.reindex(columns=DIRECTIONS).astype("Int64"))
    frame = frame.join(once.groupby("province")[TRACE].apply(joined)).reset_index()
    provinces = evidence.provinces.set_index("province")["zone"]
    order = frame["province"].map(provinces).map({"border": 0, "interior": 1, "capital": 1})
    frame = frame.assign(zone=frame["province"].map(provinces), order=order)
    frame = frame.sort_values(["order", "reports"], ascending=[True, False], ignore_index=True).drop(
        columns="order"
    )
    frame.attrs["none"] = sorted(set(provinces.index) - set(frame["province"]))
    return frame


# ------------------------------------------------------------------------------ who takes what


ACTORS = {
    "mss": "state\nsecurity",
    "mps": "police",
    "border_guards": "border\nguards",
    "party": "party",
    "officials_other": "other\nofficials",
}


def actors_alt(frame: pd.DataFrame) -> str:
    """What the matrix shows, in words."""
    columns = []
    for actor, rows in frame.groupby("actor", sort=False):
        top = rows.sort_values("reports", ascending=False).head(3)
        told = ", ".join(f"{r.form} {r.reports}" for r in top.itertuples())
        columns.append(f"{actor}: most often {told}.")
    years = frame["year"]
    return (
        f"A matrix of bars, officials by form, reports of {years.min()} to {frame['last'].max()}, "
        f"number of reports. {' '.join(columns)}"
    )


@figure(
    "rents-by-actor",
    title=Title("Who is reported to take, watch and punish"),
    note="Reports; one that tells of several officials or forms counts for each. A dash: none. "
    "Bribes of border guards are mostly for crossings and smuggling.",
    kind="Bars",
    x="year",
    y="reports",
    y_label="number of reports",
    series="actor",
    alt=actors_alt,
)
def rents_by_actor(evidence: Evidence) -> pd.DataFrame:
    """Number of reports by official and form; one line a cell that has any. year, last: first and last year."""
    once = reports(rents(evidence, actor=list(ACTORS)), ["actor", "topic"])
    cells = once.groupby(["actor", "topic"])
    frame = cells.agg(reports=("echo_group", "size"), groups=("group", "nunique"))
    frame = frame.join(cells[TRACE].apply(joined)).reset_index()
    names = {code: name.replace("\n", " ") for code, name in ACTORS.items()}
    return frame.assign(
        actor=pd.Categorical(frame["actor"].map(names), names.values()),
        form=pd.Categorical(frame["topic"].map(FORMS), FORMS.values()),
        year=int(once["year"].min()),
        last=int(once["year"].max()),
    ).sort_values(["actor", "form"], ignore_index=True)


@rents_by_actor.drawing
def _(frame: pd.DataFrame) -> matplotlib.figure.Figure:
    names = [name.replace("\n", " ") for name in ACTORS.values()]
    drawing, (axes,) = style.canvas(height=4.3)
    counts = frame.pivot(index="form", columns="actor", values="reports").reindex(
        index=FORMS.values(), columns=names
    )
    style.matrix(axes, counts, list(ACTORS.values()))
    return drawing


# ------------------------------------------------------------------------------ bribery in surveys


EVERYBODY = "all"
"""The share over everyone who was asked."""


def bribed_alt(frame: pd.DataFrame) -> str:
    """What the figure of bribes by year of leaving shows, in words."""
    parts = [f"{row.group}: {row.percent:g}." for row in frame.itertuples()]
    return (
        f"Lines over the years of leaving, which end in {frame['last'].min()} to {frame['last'].max()}, percent "
        f"who had paid a bribe. {' '.join(parts)}"
    )


@figure(
    "bribed",
    title=Title(
        "In the Ministry’s interviews, more of those who left later had paid bribes",
        lambda f: (lambda r: r["percent"].is_monotonic_increasing and r["percent"].is_unique)(
            f[f["group"] != EVERYBODY].sort_values(["last", "year"])
        ),
        "Share who had paid bribes in the North, by when they left",
    ),
    note="Interviews of the Ministry of Unification with people who left, made in the South. The groups overlap. "
    "How many people a group has is not printed, so no interval can be given. Arrows: no first year is printed. "
    f"The gray band is everybody, with the {LEVEL:.0%} interval as if they were a simple random sample: a floor.",
    x="last",
    y="percent",
    y_label="percent who had paid a bribe",
    series="group",
    kind="Lines",
    alt=bribed_alt,
)
def bribed(evidence: Evidence) -> pd.DataFrame:
    """Shares who had paid bribes by years of leaving, percent; one line a group. year, last: its years."""
    rows = bribe_shares(evidence)
    starts = rows["period_start"].str.slice(0, 4).astype("Int64")
    last = rows["period_end"].str.slice(0, 4).astype(int)
    whole = rows["base_n"].notna()
    interval = [
        wilson(round(float(r.point) * int(r.base_n) / 100), int(r.base_n)) if pd.notna(r.base_n) else (None, None)
        for r in rows.itertuples()
    ]
    named = rows["base"].str.replace(r"^(those who )?left ", "", regex=True).str.replace("-", " to ")
    return pd.DataFrame(
        {
            "group": named.where(~whole, EVERYBODY),
            "year": starts,
            "open": starts.isna(),
            "last": last,
            "percent": rows["point"].astype(float),
            "low": [low for low, _ in interval],
            "high": [high for _, high in interval],
            **{name: rows[name] for name in TRACE},
        }
    ).sort_values(["last", "year"], ignore_index=True)


@bribed.drawing
def _(frame: pd.DataFrame) -> matplotlib.figure.Figure:
    drawing, (axes,) = style.canvas(height=2.9)
    everybody = frame[frame["group"] == EVERYBODY].iloc[0]
    axes.axhspan(everybody["low"], everybody["high"], color=LIGHT.grid, zorder=0)
    style.note(
        axes, f"everybody: {everybody['percent']:g}", frame["last"].max() + 0.4, everybody["high"] + 4, ha="left"
    )
    groups = frame[frame["group"] != EVERYBODY]
    for row in groups.assign(year=groups["year"].fillna(groups["last"] - 4).astype(int)).itertuples():
        axes.plot([row.year, row.last], [row.percent] * 2, color=LIGHT.second, linewidth=2.2, solid_capstyle="butt")
        if row.open:
            axes.annotate(
                "",
                (row.year - 1.6, row.percent),
                (row.year + 0.1, row.percent),
                arrowprops={"arrowstyle": "->", "color": LIGHT.second, "linewidth": 1.6},
            )
        style.note(axes, f"left {row.group}: {row.percent:g}", row.last + 0.4, row.percent, LIGHT.second, ha="left")
    axes.set_ylim(0, 70)
    axes.set_yticks([0, 20, 40, 60], ["0", "20", "40", "60%"])
    first, last = int(frame["last"].min()), int(frame["last"].max())
    axes.set_xlim(first - 6.5, last + 8.5)
    axes.set_xticks(range(first - 5, last + 1, 5))
    return drawing


# ------------------------------------------------------------------------------ pay and takings


BEFORE, AFTER, TAKEN = "Pay before the raise", "Pay after it", "Asked or taken"


@table(
    "pay-and-takings",
    title=Title("A month of state pay, and what is asked or taken at one time"),
    columns={
        "what": "What",
        "year": "Year",
        "who": "Who, or what for",
        "printed": "As printed",
        "dollars": "Dollars",
    },
    note="State pay at the median market rate of the dollar that is printed for the year. Asked or taken: sums for "
    "cover and levies of security officers and police, not after an arrest; single reports, and not the income of "
    "an officer: part of it is passed up.",
)
def pay_and_takings(evidence: Evidence) -> pd.DataFrame:
    """Monthly pay of officers and officials, and sums that security officers or police ask or take; dollars."""
    parts = [official_pay(evidence).assign(what=BEFORE), official_pay(evidence, after=True).assign(what=AFTER)]
    taken = sums(evidence, [measure for measure in PRICES if measure != "fine"], ("cover", "levy"))
    actor = taken["claim_id"].map(evidence.claims.set_index("claim_id")["actor"])
    kept = taken[actor.isin(SECURITY) & (taken["zone"] != "abroad")]
    if kept.empty:
        raise NoEvidence("no sum for cover or a levy")
    rows = pd.concat([*parts, kept.assign(what=TAKEN)], ignore_index=True)
    cents = rows["what"].isin([BEFORE, AFTER])
    return pd.DataFrame(
        {
            "what": rows["what"],
            "year": rows["year"].astype(int),
            "who": rows["base"],
            "printed": [f"{between(r.low, r.point, r.high)} {CURRENCIES[r.unit]}" for r in rows.itertuples()],
            "dollars": [
                (
                    between(r.dollars_low, r.dollars, r.dollars_high, "{:,.2f}")
                    if small
                    else tens(r.dollars_low, r.dollars, r.dollars_high)
                )
                for r, small in zip(rows.itertuples(), cents, strict=True)
            ],
            **{name: rows[name] for name in TRACE},
        }
    )
