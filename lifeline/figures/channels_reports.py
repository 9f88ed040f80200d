"""Figures and tables of the chapter "Remittance channels" that rest on reports."""

from itertools import pairwise
from typing import Any

import matplotlib.figure
import pandas as pd
from matplotlib.patches import FancyBboxPatch

from lifeline import style
from lifeline.evidence import Evidence
from lifeline.figures import TRACE, Title, figure, table
from lifeline.figures.channels import fees
from lifeline.findings.channels_reports import (
    CLOSED,
    DESCRIBED,
    LINKS,
    REOPENED,
    TOPICS,
    about,
    fee_reports,
    fee_rows,
    lacking,
    splits,
)
from lifeline.reports import collected, told
from lifeline.style import LIGHT

SURVEY, INFORMANTS, OTHERS = "NKDB survey, mean", "Outlets with informants inside", "Other outlets and experts"
PANELS = [SURVEY, INFORMANTS, OTHERS]


# ------------------------------------------------------------------------- commission through time


def medians(frame: pd.DataFrame) -> tuple[float, float]:
    """Median of what reports name before the border closed, and since."""
    reports = frame[frame["label"] != SURVEY]
    before = reports["year"] < CLOSED
    return float(reports.loc[before, "percent"].median()), float(reports.loc[~before, "percent"].median())


def higher_without_any(frame: pd.DataFrame) -> bool:
    """Whether the later median is the higher one, also without any one originator, or without mere bounds."""
    reports = frame[frame["label"] != SURVEY]
    return all(before < since for before, since in map(medians, [reports, *lacking(reports)]))


def explained(frame: pd.DataFrame) -> str:
    """The note of the figure of fees."""
    since = int((frame["year"].ge(CLOSED) & frame["label"].ne(SURVEY)).sum())
    rule = (
        "Fees of the whole chain only, one echo group once. A bar is the range that one report names, not an "
        "interval; a stub points up for “or more”, down for “up to”. Hollow: a single transfer; or, in the survey, "
        "not said whether agreed or paid. Points of one year stand side by side, a number beside one says how many "
        "reports name the same. "
    )
    median = f"Medians are over reports, not over transfers, and over few: {since} since {CLOSED}. "
    firm = (
        "Without any one originator, or without those that name only a bound, the later median is still the higher."
        if higher_without_any(frame)
        else ""
    )
    return rule + median + firm


@figure(
    "fee-reports",
    title=Title(
        lambda f: "The median report names {:.0f} percent of the sum before 2020 and {:.0f} percent since".format(
            *medians(f)
        ),
        higher_without_any,
        "Commission of the whole chain, by survey and by report",
    ),
    note=lambda f: explained(f),
    kind="Points and ranges",
    x="year",
    y="percent",
    y_label="percent of the sum sent",
    series="series",
)
def fee_reports_figure(evidence: Evidence) -> pd.DataFrame:
    """The fee of the whole chain in percent of the sum: survey means, and dated reports; one line each.

    label is the panel, series what is drawn alike in it, percent the mean or the middle of the range.
    """
    means = fees.frame(evidence)
    surveys = means.assign(
        label=SURVEY, series="survey mean, " + means["label"], least=means["percent"], most=means["percent"]
    ).assign(open="", case=False, group="NKDB", kind="survey body")
    reports = fee_reports(evidence)
    inside = reports["kind"] == "informant outlet"
    names = reports["group"].where(reports["group"].isin(["Daily NK", "Radio Free Asia"]), "other such outlets")
    kinds = reports["kind"].replace({"academic": "expert", "blog": "blog"})
    reports = reports.assign(
        label=inside.map({True: INFORMANTS, False: OTHERS}),
        series=names.where(inside, kinds),
        percent=reports["level"],
    )
    columns = ["label", "series", "year", "percent", "least", "most", "open", "case", "group", *TRACE]
    frame = pd.concat([surveys[columns], reports[columns]], ignore_index=True)
    frame = frame.astype({"year": int, "percent": float, "least": float, "most": float})
    return frame.sort_values(["label", "series", "year", "row"], ignore_index=True)


MARKS = {
    "Daily NK": ("o", LIGHT.first),
    "Radio Free Asia": ("^", LIGHT.second),
    "other such outlets": ("D", LIGHT.third),
    "press": ("s", LIGHT.first),
    "wire": ("^", LIGHT.second),
    "broadcaster": ("o", LIGHT.third),
    "expert": ("D", LIGHT.soft),
    "blog": ("v", LIGHT.soft),
}
"""Marker and color of each series of reports."""


def side_by_side(rows: pd.DataFrame) -> pd.Series:
    """Years moved apart where several reports fall in one."""
    place = rows.groupby("year").cumcount() - (rows.groupby("year")["year"].transform("size") - 1) / 2
    return rows["year"] + place * 0.34


@fee_reports_figure.drawing
def _(frame: pd.DataFrame) -> matplotlib.figure.Figure:
    drawing, panels = style.canvas(3, 1, height=6.4, sharex=True, sharey=True)
    for axes, label in zip(panels, PANELS, strict=True):
        rows = frame[frame["label"] == label].sort_values(["year", "percent", "series"])
        axes.set_title(label)
        axes.axvline(CLOSED - 0.5, ymax=0.83, color=LIGHT.grid, linewidth=1.2, zorder=0)
        if label == SURVEY:
            survey_means(axes, rows)
        else:
            alike = rows.groupby(
                ["year", "percent", "series", "least", "most", "open", "case"], as_index=False
            ).size()
            for row, x in zip(alike.itertuples(), side_by_side(alike), strict=True):
                one_report(axes, row, x)
            keys(axes, rows)
    style.note(panels[0], "border closed", CLOSED - 0.3, 70, ha="left")
    panels[0].set_ylim(0, 76)
    panels[0].set_yticks([0, 20, 40, 60], ["0", "20", "40", "60%"])
    style.years(panels[0], frame["year"].min(), frame["year"].max(), 4)
    return drawing


def survey_means(axes: style.Axes, rows: pd.DataFrame) -> None:
    """The means of the surveys, agreed and paid apart."""
    looks = {"agreed": ("v", LIGHT.first), "paid": ("^", LIGHT.second), "not said": ("s", LIGHT.soft)}
    for row in rows.itertuples():
        marker, colour = looks[str(row.series).removeprefix("survey mean, ")]
        fill = LIGHT.paper if marker == "s" else colour
        axes.plot(row.year, row.percent, marker, color=colour, markerfacecolor=fill, markersize=6)
    agreed, paid, other = (rows[rows["series"] == f"survey mean, {label}"] for label in looks)
    for group, label, side, up in [(agreed, "agreed", 0.5, -10), (paid, "paid", -1, 6), (other, "not said", 0, -4)]:
        row = group.iloc[0] if label == "not said" else group.iloc[-1]
        x, ha = (row["year"] - 0.4, "right") if side == 0 else (row["year"] + 0.2 * side, "center")
        style.note(axes, label, x, row["percent"] + up, looks[label][1], ha=ha)


def one_report(axes: style.Axes, row: Any, x: float) -> None:
    """One report: a point or a range, with a stub where a bound is open."""
    marker, colour = MARKS[str(row.series)]
    low, high, percent = row.least, row.most, row.percent
    stub = {"up": (percent, percent + 7), "down": (percent - 7, percent), "": (low, high)}[row.open]
    axes.plot([x, x], stub, color=colour, linewidth=1.3, zorder=1)
    axes.plot(
        x,
        percent,
        marker,
        color=colour,
        markersize=4.8,
        markerfacecolor=LIGHT.paper if row.case else colour,
        markeredgewidth=1.1,
        zorder=2,
    )
    if row.size > 1:
        style.note(axes, f"×{row.size}", x, percent - 8, colour, ha="center")


def keys(axes: style.Axes, rows: pd.DataFrame) -> None:
    """Each marker of the panel with its name, along the upper edge."""
    names = [name for name in MARKS if name in set(rows["series"])]
    x = 2004.9
    for name in names:
        marker, colour = MARKS[name]
        axes.plot(x, 70, marker, color=colour, markersize=4.8)
        style.note(axes, name, x + 0.35, 70, colour)
        x += 1.3 + 0.44 * len(name)


KINDS = {
    "fee_one_link": "one link",
    "fee_other_channel": "other channel",
    "fee_whole_chain": "whole chain, ",
}


@table(
    "fees-apart",
    title=Title("Fees that are not in the series, and why"),
    columns={"what": "What", "year": "Year", "percent": "Percent", "base": "Of what", "originator": "Said by"},
    note="One echo group once. Parts that the accounts of the next figure break a sum into are there; rows on the "
    "whole chain without a year, and levels that a report looks back on, are in the data only.",
)
def fees_apart(evidence: Evidence) -> pd.DataFrame:
    """One-link fees, fees of other channels, and dated rows on the whole chain that mean something else."""
    q = evidence.quantities
    out = fee_rows(evidence)
    out = out[~out["left_out"].isin(["", "no year", "an earlier level, looked back on"])]
    rows = q[q["measure"].isin(["fee_one_link", "fee_other_channel"])]
    rows = pd.concat([rows, out])
    rows = rows.assign(report=rows["doc_id"].map(evidence.documents.set_index("doc_id")["echo_group"]))
    rows = rows[~rows["base"].fillna("").str.contains("worldwide")]
    rows = rows[~("quantities:" + rows["quantity_id"]).isin(splits(evidence)["row"])]
    other = rows["measure"] == "fee_other_channel"
    rows = rows[~(other & rows.duplicated(["report", "low", "point", "high"]))].drop_duplicates("echo_group")
    why = rows["left_out"].astype("string").fillna("")
    what = rows["measure"].map(KINDS) + why
    frame = pd.DataFrame(
        {
            "what": what,
            "year": rows["period_end"].str.slice(0, 4).fillna("not told"),
            "percent": [bounds(r.low, r.point, r.high) for r in rows.itertuples()],
            "base": rows["base"].fillna("transfers").map(general),
            "row": "quantities:" + rows["quantity_id"],
            "originator": rows["originator"],
            "doc_id": rows["doc_id"],
        }
    )
    return frame.sort_values(["what", "year", "row"], ignore_index=True)


def general(base: str) -> str:
    """The base without the name of a place, where the row is not about a province."""
    return base.replace(", Hoeryong", "").replace("to Chongjin", "")


def bounds(low: float, point: float, high: float) -> str:
    """A number as printed: "30", "20 to 30", "30 or more", "up to 30"."""
    if pd.notna(point):
        return f"{point:g}"
    if pd.isna(high):
        return f"{low:g} or more"
    return f"up to {high:g}" if pd.isna(low) else f"{low:g} to {high:g}"


# ------------------------------------------------------------------------ what each link keeps of a sum

LETTERS = {
    "south": "S",
    "china": "C",
    "financier": "E",
    "inside": "N",
    "courier": "R",
    "northern": "N, O",
    "officers": "O",
    "chain": "all links",
    "family": "family",
}
FILLS = {
    "south": LIGHT.first_pale,
    "china": LIGHT.second_pale,
    "financier": LIGHT.grid,
    "inside": LIGHT.third_pale,
    "courier": LIGHT.grid,
    "northern": LIGHT.third_pale,
    "officers": LIGHT.second,
    "chain": LIGHT.grid,
    "family": LIGHT.first,
}
MEANS = "NKDB means, one series"


@figure(
    "splits",
    title=Title("What is left of a sum, in the accounts that break it down and in the survey means"),
    note="S broker in the South, C in China, N inside the North, E ethnic Chinese financier (place not told), "
    "R courier, O state security or police. Only the survey means can be compared with one another. The accounts "
    "above them differ in who tells them, for which province, and whether a price or one case is meant. Whether "
    "the survey means hold what officials take is not known. A family’s part that is not printed is the rest.",
    kind="Stacked bars",
    x="order",
    y="percent",
    y_label="percent of the sum sent",
    series="part",
    alt=lambda f: described(f),
)
def splits_figure(evidence: Evidence) -> pd.DataFrame:
    """Parts of a sum in percent: accounts by link, and the survey's mean commission; one line a part."""
    means = fees.frame(evidence).query("label == 'paid'")
    surveys = pd.concat(
        [
            means.assign(link="chain", percent=means["percent"]),
            means.assign(link="family", percent=100 - means["percent"]),
        ]
    )
    surveys = surveys.assign(
        account=surveys["year"].astype(str) + ", mean paid", kind=MEANS, told_by="senders in NKDB’s survey"
    )
    columns = ["account", "kind", "told_by", "link", "percent", *TRACE]
    frame = pd.concat([splits(evidence)[columns], surveys[columns]], ignore_index=True)
    kinds = ["usual split, as told", "one transfer", MEANS]
    order = {account: n for n, account in enumerate(dict.fromkeys(frame.sort_values(
        ["kind", "account"], key=lambda c: c.map(kinds.index) if c.name == "kind" else c
    )["account"]), start=1)}  # fmt: skip
    frame = frame.assign(
        order=frame["account"].map(order), rank=frame["link"].map(list(LINKS).index), part=frame["link"].map(LINKS)
    )
    return frame.sort_values(["order", "rank"], ignore_index=True).drop(columns="rank").round({"percent": 1})


def described(frame: pd.DataFrame) -> str:
    """The alt text of the splits: what each account leaves to the family."""
    first, last = frame["order"].min(), frame["order"].max()
    each = [
        f"{account} ({rows['kind'].iloc[0]}): "
        + ", ".join(f"{row.part} {row.percent:g}" for row in rows.itertuples())
        for account, rows in frame.groupby("account", sort=False)
    ]
    return f"Stacked bars {first} to {last}, percent of the sum sent. " + "; ".join(each) + "."


@splits_figure.drawing
def _(frame: pd.DataFrame) -> matplotlib.figure.Figure:
    drawing, (axes,) = style.canvas(height=4.6)
    axes.grid(False)
    y, ticks = 0.0, []
    for kind, group in frame.groupby("kind", sort=False):
        note = {
            MEANS: "comparable with each other",
            "one transfer": "not comparable",
            "usual split, as told": "not comparable",
        }[str(kind)]
        style.note(axes, f"{str(kind)[0].upper()}{str(kind)[1:]}: {note}", 0, y, LIGHT.ink, ha="left")
        y -= 0.75
        for account, rows in group.groupby("account", sort=False):
            stacked(axes, rows, y)
            ticks.append((y, str(account).split(",")[0]))
            y -= 0.82
        y -= 0.25
    axes.set_yticks([at for at, _ in ticks], [text for _, text in ticks])
    axes.set_xlim(0, 100)
    axes.set_ylim(y + 0.45, 0.5)
    axes.set_xticks([0, 25, 50, 75, 100], ["0", "25", "50", "75", "100%"])
    return drawing


def stacked(axes: style.Axes, rows: pd.DataFrame, y: float) -> None:
    """One account as a bar: each part with its letter and its percent."""
    left = 0.0
    for row in rows.itertuples():
        axes.barh(
            y, row.percent, left=left, height=0.66, color=FILLS[row.link], edgecolor=LIGHT.paper, linewidth=1.2
        )
        text = f"{LETTERS[row.link]}{' ' if row.percent >= 8 else ''}{row.percent:g}"
        colour = LIGHT.paper if row.link in ("family", "officers") else LIGHT.ink
        axes.annotate(text, (left + row.percent / 2, y), ha="center", va="center", color=colour, fontsize=9.2)
        left += row.percent


ARRIVED = ["share_received"]


@table(
    "arrived",
    title=Title("Other accounts of what reaches the family, not broken down by link"),
    columns={
        "year": "Year",
        "percent": "Reaches the family, %",
        "base": "Of what",
        "basis": "Rests on",
    },
    note="One echo group once. Prices, single cases, allegations and cases of theft stand side by side here: "
    "no line of this table can be compared with another.",
)
def arrived(evidence: Evidence) -> pd.DataFrame:
    """Printed shares of a sum that reach the family, apart from the accounts of the figure."""
    q, claims = evidence.quantities, evidence.claims.set_index("claim_id")
    drawn = {key for cell in splits(evidence)["row"] for key in cell.split()}
    rows = q[q["measure"].isin(ARRIVED)].assign(row=lambda t: "quantities:" + t["quantity_id"])
    rows = rows[~rows["row"].isin(drawn)].drop_duplicates("echo_group")
    basis = rows["claim_id"].map(claims["basis"])
    return pd.DataFrame(
        {
            "year": rows["period_end"].str.slice(0, 4).fillna("not told"),
            "percent": [bounds(r.low, r.point, r.high) for r in rows.itertuples()],
            "base": rows["base"],
            "basis": basis.str.replace("_", " "),
            **{name: rows[name] for name in TRACE},
        }
    ).sort_values(["year", "row"], ignore_index=True)


# -------------------------------------------------------------------------------- the chain as a drawing

STATIONS = [
    ("sender", "Sender in the South", "pays first"),
    ("account", "Account in the South or in China", "account"),
    ("china", "Broker in China", "china"),
    ("inside", "Broker inside the North", "inside"),
    ("courier", "Courier", "courier"),
    ("officers", "State security or police", "officers"),
    ("family", "Family", "receipt"),
]
"""The links of the chain in order: key, name and the key of DESCRIBED."""

CUTS = {
    "china": [
        "007nis-2011-10-pungsan-c2-q1",
        "dailynk-2018-x-police-identity-visits-ko-c1-q4",
        "sisaweekly-2020-11-fee-c1-q2",
    ],
    "inside": [
        "007nis-2011-10-pungsan-c2-q1",
        "dailynk-2018-x-police-identity-visits-ko-c1-q5",
        "newspim-x-x-hwagyo-40-c2-q3",
    ],
    "courier": ["007nis-2011-10-pungsan-c2-q1"],
}
"""Rows that give one link's part of a sum sent from the South, read one by one; officers' are another chapter's."""

BETWEEN = {"row": " ", "originator": "; ", "doc_id": " "}
"""What joins the entries of a trace column."""

TIMES = ["reuters-2012-07-money-brokers-c2-q1", "kmib-2015-09-holiday-brokers-c2-q1"]
"""Rows that give the time from payment to delivery of fast transfers."""


@figure(
    "chain",
    title=Title("The chain from sender to family, and how many reports stand behind each link"),
    note="A schematic: chains differ, links are left out or held by one person, and officials stand beside the "
    "chain. The number of reports says how often a link was described in what was collected, not how often it is "
    "used. A part is the range over the reports that give one; each is a price as told, or a single case. For "
    "officials none is given, as reports on it do not mean the same sum.",
    kind="Schematic",
    x="order",
    y="reports",
    y_label="reports",
    series="name",
    alt=lambda f: chain_described(f),
)
def chain(evidence: Evidence) -> pd.DataFrame:
    """The links of the chain in order; one line a link.

    reports that describe it, least and most percent of the sum it keeps, cuts (reports behind that), facts
    as text; row, originator, doc_id joined.
    """
    q = evidence.quantities.set_index("quantity_id")
    claims = evidence.lines(told)
    groups = evidence.documents.set_index("doc_id")["echo_group"]
    lines = []
    for order, (link, name, key) in enumerate(STATIONS, start=1):
        said = claims[claims["claim_id"].isin([*DESCRIBED[key], *DESCRIBED["pays after"] * (link == "sender")])]
        cuts = q.loc[q.index.intersection(CUTS.get(link, []), sort=False)]
        percent = [percent_of(row) for _, row in cuts.iterrows()]
        times = q.loc[[key for key in TIMES if key in q.index]] if link == "family" else q.iloc[:0]
        settled = later_settled(claims) if link == "china" else claims.iloc[:0]
        used = pd.concat([said[TRACE], settled[TRACE], traces(cuts), traces(times)])
        lines.append(
            {
                "order": order,
                "link": link,
                "name": name,
                "reports": int(said["echo_group"].nunique()),
                "settled": len(groups[later_settled(claims)["doc_id"]].unique()) if link == "china" else 0,
                "after": int(said.loc[said["claim_id"].isin(DESCRIBED["pays after"]), "echo_group"].nunique()),
                "least": min(percent, default=None),
                "most": max(percent, default=None),
                "cuts": int(cuts["doc_id"].map(groups).nunique()),
                "time": ", ".join(f"{r.point:g} {r.unit}" for r in times.itertuples()),
                **{name: BETWEEN[name].join(dict.fromkeys(used[name])) for name in TRACE},
            }
        )
    return pd.DataFrame(lines)


def later_settled(claims: pd.DataFrame) -> pd.DataFrame:
    """Claims that tell how the brokers settle with each other."""
    return claims[claims["claim_id"].isin(DESCRIBED["settled later"])]


def percent_of(row: pd.Series) -> float:
    """A part in percent; parts in won are out of a million."""
    return float(row["point"]) if row["unit"] == "percent" else float(row["point"]) / 1e6 * 100


def traces(rows: pd.DataFrame) -> pd.DataFrame:
    """The trace columns of rows of quantities indexed by their key."""
    return rows[["originator", "doc_id"]].assign(row=["quantities:" + str(key) for key in rows.index])[TRACE]


def facts(row: Any) -> list[str]:
    """What is known of one link, in short lines."""
    if row.link == "sender":
        first = row.reports - row.after
        return [f"pays first ({first} reports)", f"or once it came ({row.after} reports)"]
    what = {"family": "on proof that it came", "officers": "(any northern link)"}.get(row.link, "")
    lines = [f"{row.reports} reports {what}".strip()]
    if row.cuts:
        low, high = row.least, row.most
        part = f"{low:.0f}" if low == high else f"{low:.0f} to {high:.0f}"
        told = "1 report" if row.cuts == 1 else f"{row.cuts} reports"
        lines.append(f"keeps {part}% ({told})")
    if row.time:
        lines.append(f"told times: {row.time}")
    return lines


def chain_described(frame: pd.DataFrame) -> str:
    """The alt text of the chain: each link, its reports and its part."""
    each = [f"{row.order} {row.name}: " + ", ".join(facts(row)) for row in frame.itertuples(index=False)]
    return (
        "Schematic of the chain, from top to bottom, number of reports behind each link. "
        + "; ".join(each)
        + ". Arrows lead down from sender to family; the officials stand beside the last links, "
        "a dashed line leads from the family back to the sender: proof that the money came."
    )


@chain.drawing
def _(frame: pd.DataFrame) -> matplotlib.figure.Figure:
    drawing, (axes,) = style.canvas(height=5.9)
    axes.axis("off")
    main = [row for row in frame.itertuples(index=False) if row.link != "officers"]
    places = {row.link: -index * 1.0 for index, row in enumerate(main)}
    for row in main:
        box(
            axes,
            row.name,
            0.34,
            places[row.link],
            LIGHT.first_pale if row.link in ("sender", "family") else LIGHT.grid,
        )
        for n, text in enumerate(facts(row)):
            style.note(axes, text, 0.63, places[row.link] + 0.13 * (len(facts(row)) - 1) - 0.26 * n, ha="left")
    for above, below in pairwise(main):
        arrow(axes, (0.34, places[above.link] - 0.27), (0.34, places[below.link] + 0.27), LIGHT.ink)
        if above.settled:
            text = f"settled among them later ({above.settled} reports)"
            style.note(axes, text, 0.37, places[above.link] - 0.5, ha="left")
    officers = frame[frame["link"] == "officers"].iloc[0]
    y = places["family"] - 1.0
    box(axes, officers["name"], 0.34, y, LIGHT.second_pale)
    row = next(r for r in frame.itertuples(index=False) if r.link == "officers")
    for n, text in enumerate(facts(row)):
        style.note(axes, text, 0.63, y + 0.13 - 0.26 * n, ha="left")
    arrow(axes, (0.34, places["family"] - 0.27), (0.34, y + 0.27), LIGHT.second, linestyle=":")
    axes.plot(
        [0.1, 0.02, 0.02, 0.1], [places["family"]] * 2 + [0.0] * 2, color=LIGHT.third, linestyle="--", linewidth=1.4
    )
    arrow(axes, (0.05, 0.0), (0.1, 0.0), LIGHT.third)
    axes.annotate(
        "word that it came",
        (-0.01, places["family"] / 2),
        rotation=90,
        va="center",
        ha="right",
        color=LIGHT.third,
        fontsize=9.8,
    )
    axes.set_xlim(-0.06, 1.06)
    axes.set_ylim(y - 0.45, 0.45)
    return drawing


def box(axes: style.Axes, text: str, x: float, y: float, fill: str) -> None:
    """A box with the name of a link."""
    width = 0.48
    axes.add_patch(
        FancyBboxPatch(
            (x - width / 2, y - 0.27),
            width,
            0.54,
            boxstyle="round,pad=0,rounding_size=0.03",
            facecolor=fill,
            edgecolor="none",
        )
    )
    words = text.split(" ")
    cut = (
        text
        if len(text) < 24
        else "\n".join([" ".join(words[: len(words) // 2]), " ".join(words[len(words) // 2 :])])
    )
    axes.annotate(cut, (x, y), ha="center", va="center", color=LIGHT.ink, fontsize=10.3, linespacing=1.0)


def arrow(
    axes: style.Axes, start: tuple[float, float], end: tuple[float, float], colour: str, linestyle: str = "-"
) -> None:
    """An arrow between links."""
    axes.annotate(
        "", end, start, arrowprops={"arrowstyle": "-|>", "color": colour, "linewidth": 1.4, "linestyle": linestyle}
    )


# ----------------------------------------------------------------------------- what else reports tell


@table(
    "channel-reports",
    title=Title("What else reports tell of channels, by time of publication"),
    columns={
        "topic": "About",
        "reports": "Reports",
        "groups": "Sources",
        "before": "to 2019",
        "closed": "2020 to 2022",
        "since": "since 2023",
        "undated": "Undated",
    },
    note=lambda f: (
        "One echo group once; surveys are not counted. A report may stand in more than one line. Sources "
        f"share no newsroom. On all subjects {f['collected_before'].iloc[0]}, {f['collected_closed'].iloc[0]} and "
        f"{f['collected_since'].iloc[0]} dated documents were collected of these times. The collection looked for "
        "these topics, so a number of reports is no measure of how often a thing happened."
    ),
)
def channel_reports(evidence: Evidence) -> pd.DataFrame:
    """Reports by topic and time; one line a topic. collected_*: documents of the time on all subjects."""
    lines = [counted_reports(about(evidence, topic), words) for topic, words in TOPICS.items()]
    years = collected(evidence).set_index("year")["documents"]
    return pd.DataFrame(lines).assign(
        collected_before=int(years[years.index < CLOSED].sum()),
        collected_closed=int(years[(years.index >= CLOSED) & (years.index < REOPENED)].sum()),
        collected_since=int(years[years.index >= REOPENED].sum()),
    )


def counted_reports(claims: pd.DataFrame, words: str) -> dict[str, object]:
    """Reports of one topic by time."""
    first = claims.groupby("echo_group")["year"].min()
    return {
        "topic": words,
        "reports": len(first),
        "groups": claims["group"].nunique(),
        "before": int((first < CLOSED).sum()),
        "closed": int(first.between(CLOSED, REOPENED - 1).sum()),
        "since": int((first >= REOPENED).sum()),
        "undated": int(first.isna().sum()),
        "row": " ".join(claims["row"]),
        "originator": "; ".join(sorted(set(claims["originator"]))),
        "doc_id": " ".join(sorted(set(claims["doc_id"]))),
    }
