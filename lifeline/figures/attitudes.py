"""Figures and tables of the chapter "Changing attitudes"."""

import json
import re
from typing import Any

import matplotlib.figure
import numpy as np
import pandas as pd
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from lifeline import style
from lifeline.estimate import share
from lifeline.evidence import Evidence, outlines, schema
from lifeline.figures import TRACE, Title, figure, table
from lifeline.findings.attitudes import (
    AFTER,
    BOTH,
    FAVORABLE,
    FOUNDING_2018,
    FOUNDING_2020,
    HOSTILE,
    LIKED,
    MIXED_PLACES,
    OUTLETS,
    PAEKTU,
    STATEMENTS,
    SUCCESSION,
    TWO_PROVINCES,
    by_province,
    campaigns,
    contrary,
    counted_as,
    dated,
    in_summer_2020,
    judged,
    matches,
    number_within,
    on_statement,
    printed_share,
    reported_after,
    sayings_of,
    seen,
)
from lifeline.method import LEVEL
from lifeline.reports import BORDER, ELSEWHERE, NOT_TOLD, collected, told
from lifeline.style import LIGHT

PANELS = [BORDER, ELSEWHERE, MIXED_PLACES]
COLLECTED, CAMPAIGN = "documents collected", "state campaign"
OTHERS = "all others"
MARKERS = {"Daily NK": "o", "Radio Free Asia": "s", "AsiaPress": "^", OTHERS: "D"}
SIDES = {FAVORABLE: 1, BOTH: 0, HOSTILE: -1}
COLOURS = {FAVORABLE: LIGHT.first, BOTH: LIGHT.soft, HOSTILE: LIGHT.second}
FROM_YEAR = 2005
"""Where the axes by year begin."""
TOPICS = {
    "envy": "envy",
    "respect_status": "standing",
    "marriage": "marriage",
    "sympathy": "sympathy",
    "ostracism": "shunning",
    "hostility": "hostility",
    "backlash_to_campaign": "backlash",
}
TOLD_BY = {"anonymous_informant": "unnamed", "named_person": "named", "journalist": "outlet"}
NOTHING = "none"
ONLY_LEAVERS = " (of those who left)"
READ = {True: " †", False: ""}
COPY = "†: read only in an altered copy."


def traced(claims: pd.DataFrame) -> dict[str, str]:
    """The trace of one line of a table that rests on these claims."""
    return {
        "row": " ".join(claims["row"]),
        "originator": "; ".join(dict.fromkeys(claims["originator"])),
        "doc_id": " ".join(dict.fromkeys(name for cell in claims["doc_id"] for name in cell.split())),
    }


def joined(codes: str, names: dict[str, str]) -> str:
    """Codes that are joined by a comma, in words."""
    return ", ".join(names.get(code, code) for code in codes.split(", "))


# ----------------------------------------------------------------------------------------- by year


def few_outside_one_year(frame: pd.DataFrame) -> bool:
    """Whether most reports are favorable outside 2020, and most of 2020 are not."""
    marks = frame[frame["label"].isin(PANELS)]
    favorable = marks["direction"] == FAVORABLE
    that_year = marks["year"] == 2020
    return bool(favorable[~that_year].mean() > 0.5 > favorable[that_year].mean())


def by_year_note(frame: pd.DataFrame) -> str:
    """What a mark is, and what is not drawn."""
    that_year = int((frame["label"].isin(PANELS) & (frame["year"] == 2020)).sum())
    early = int(frame.loc[(frame["label"] == COLLECTED) & (frame["year"] < FROM_YEAR), "value"].sum())
    return (
        "One mark, one report, however many claims and printings it has; it stands in the year of publication. Up: "
        "favorable; down, with a bar: hostile; on the line, in both colors: both ways. Of 2020 there are "
        f"{that_year}. Undated reports are left out. Gray bars: documents of any theme collected from that year, "
        f"copies left out ({early} older ones are not drawn); triangles: every state campaign among the book’s "
        "events. A blank can mean that nobody reported, or that nobody looked."
    )


def by_year_alt(frame: pd.DataFrame) -> str:
    """What each panel holds."""
    marks = frame[frame["label"].isin(PANELS)]
    first, last = frame["year"].min(), frame["year"].max()
    parts = [
        f"Marks, one for each of {len(marks)} reports, and bars of documents collected, {first} to {last}; "
        "y is the place in the stack."
    ]
    for place in PANELS:
        rows = marks[marks["label"] == place]
        years = [f"{way} in {', '.join(map(str, rows.loc[rows['direction'] == way, 'year']))}" for way in SIDES
                 if (rows["direction"] == way).any()]  # fmt: skip
        parts.append(f"{place}: {'; '.join(years)}.")
    bars = frame[frame["label"] == COLLECTED]
    top = bars.loc[bars["value"].idxmax()]
    events = frame.loc[frame["label"] == CAMPAIGN, "year"]
    parts.append(f"{COLLECTED}: most, {top['value']:.0f}, in {top['year']}.")
    parts.append(f"{CAMPAIGN}: {', '.join(map(str, events))}.")
    return " ".join(parts)


@figure(
    "views-by-year",
    title=Title(
        "Outside 2020 most reports of how families are seen are favorable; most of 2020 are not",
        few_outside_one_year,
        "Reports of how families are seen, by year, place and direction",
    ),
    note=by_year_note,
    alt=by_year_alt,
    x="year",
    y="value",
    y_label="place in the stack",
    series="label",
)
def views_by_year(evidence: Evidence) -> pd.DataFrame:
    """One line a report (value: its place in the stack), a year of documents collected, a state campaign."""
    reports = dated(evidence)
    marks = pd.DataFrame(
        {
            "label": reports["place"],
            "year": reports["year"].astype(int),
            "direction": reports["direction"],
            "said_by": reports["group"].where(reports["group"].isin(OUTLETS.values()), OTHERS),
            "published": reports["published"],
            "claims": reports["claims"],
            "report": reports["echo_group"],
            **{name: reports[name] for name in TRACE},
        }
    )
    place_in_stack = marks.groupby(["label", "year", "direction"]).cumcount() + 1
    marks["value"] = place_in_stack * marks["direction"].map(SIDES)
    bars = collected(evidence).rename(columns={"documents": "value"}).assign(label=COLLECTED)
    events = campaigns(evidence)
    happened = pd.DataFrame(
        {
            "label": CAMPAIGN,
            "year": events["date"].str.slice(0, 4).astype(int),
            "published": events["date"],
            "until": events["end_date"],
            "value": 1,
            "row": "events:" + events["event_id"],
            "originator": events["doc_id"].map(evidence.documents.set_index("doc_id")["originator"]),
            "doc_id": events["doc_id"],
        }
    )
    frame = pd.concat([marks, bars, happened], ignore_index=True)
    return frame.fillna({name: "" for name in TRACE})


def mark(axes: style.Axes, x: float, y: float, direction: str, said_by: str, size: float = 6.2) -> None:
    """One report: shape for who said it first, color and fill for its direction."""
    across = size - (1 if said_by == OTHERS else 0)
    look: dict[str, Any] = {"marker": MARKERS[said_by], "markersize": across, "linestyle": "none"}
    if direction == BOTH:
        look |= {
            "fillstyle": "top",
            "markerfacecolor": LIGHT.first,
            "markerfacecoloralt": LIGHT.second,
            "markeredgecolor": LIGHT.soft,
            "markeredgewidth": 0.7,
        }
    else:
        look |= {"color": COLOURS[direction]}
    axes.plot(x, y, zorder=3, **look)
    if direction == HOSTILE:
        axes.plot(x, y, marker="_", markersize=size - 2.6, color=LIGHT.paper, markeredgewidth=1.3, zorder=4)


def key(axes: style.Axes) -> None:
    """Who the shapes stand for, in one line."""
    axes.axis("off")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    for name, x in zip(MARKERS, [0.0, 0.22, 0.55, 0.78], strict=True):
        axes.plot(x + 0.015, 0.5, marker=MARKERS[name], color=LIGHT.ink, markersize=6, linestyle="none")
        style.note(axes, name, x + 0.045, 0.47, LIGHT.ink)


def when(date: str, last: bool = False) -> float:
    """The first, or last, day that a date can mean, on an axis whose whole numbers are the middles of years."""
    span = pd.Period(date)
    day = span.end_time if last else span.start_time
    return float(day.year - 0.5 + day.day_of_year / 366)


@views_by_year.drawing
def _(frame: pd.DataFrame) -> matplotlib.figure.Figure:
    marks = frame[frame["label"].isin(PANELS)]
    spans = {
        place: (min(rows["value"].min(), -1) - 0.8, max(rows["value"].max(), 1) + 0.8)
        for place, rows in ((place, marks[marks["label"] == place]) for place in PANELS)
    }
    for row in marks[marks["report"] == FOUNDING_2020].itertuples():
        low, high = spans[row.label]
        spans[row.label] = low, max(high, row.value + 2.7)
    ratios = [1.0, *(high - low for low, high in spans.values()), 3.2]
    drawing, (top, *panels, strip) = style.canvas(
        5, 1, height=6.0, gridspec_kw={"height_ratios": ratios, "hspace": 0.02}
    )
    key(top)
    first, last = FROM_YEAR, int(frame["year"].max())
    for place, axes in zip(PANELS, panels, strict=True):
        rows = marks[marks["label"] == place]
        axes.grid(False)
        axes.axhline(0, color=LIGHT.grid, linewidth=1, zorder=1)
        for row in rows.itertuples():
            mark(axes, row.year, row.value, row.direction, row.said_by)
        low, high = spans[place]
        axes.set_ylim(low, high)
        axes.set_yticks([high / 2, 0, low / 2], [FAVORABLE, BOTH, HOSTILE])
        for label, colour in zip(axes.get_yticklabels(), COLOURS.values(), strict=True):
            label.set_color(colour)
        axes.set_title(place[0].upper() + place[1:])
        axes.spines["bottom"].set_visible(False)
        axes.set_xlim(first - 0.6, last + 0.6)
        axes.tick_params(axis="x", length=0, labelbottom=False)
    for row in marks.itertuples():
        axes = panels[PANELS.index(row.label)]
        if row.report == FOUNDING_2020:
            style.note(axes, f"one report, {row.claims:.0f} claims", row.year, row.value + 2.1, ha="center")
            axes.plot([row.year] * 2, [row.value + 0.5, row.value + 1.7], color=LIGHT.soft, linewidth=0.8)
        elif row.report == FOUNDING_2018:
            style.note(axes, "of May 2018", row.year + 0.4, row.value)
    bars = frame[(frame["label"] == COLLECTED) & (frame["year"] >= first)]
    strip.bar(bars["year"], bars["value"], width=0.75, color=LIGHT.grid)
    top_bar = bars.loc[bars["value"].idxmax()]
    for row in (top_bar, bars.iloc[-1], bars.iloc[0]):
        style.note(strip, f"{row['value']:.0f}", row["year"], row["value"] + 3, ha="center", va="bottom")
    events = frame[frame["label"] == CAMPAIGN]
    level = bars["value"].max() * 1.5
    for event in events.itertuples():
        begun, lasting = when(event.published), pd.notna(event.until)
        at = level * (1.16 if lasting else 1)
        strip.plot(begun, at, "v", color=LIGHT.ink, markersize=4.5)
        if lasting:
            strip.plot([begun, when(event.until, last=True)], [at, at], color=LIGHT.ink, linewidth=1.2)
    style.note(strip, "state campaigns", 2011.1, level, LIGHT.ink, ha="right")
    strip.set_title("Documents collected")
    strip.set_ylim(0, level * 1.28)
    strip.set_yticks([])
    style.years(strip, first, last, 5)
    return drawing


# ------------------------------------------------------------------------------------- one by one


@table(
    "views-listed",
    title=Title("Every report of how families are seen"),
    columns={
        "when": "Published",
        "source": "Said first by (told by), where",
        "tells_of": "Direction, and what it tells of",
    },
    note="One line a report. Unnamed: an anonymous informant; named: a person named, also under a pseudonym; "
    "outlet: the outlet in its own voice. Of those who left: of them alone, not of families. A topic may "
    "be told as past. Informants as described stand in the data.",
)
def views_listed(evidence: Evidence) -> pd.DataFrame:
    """Every report of views, undated ones last; one line a report."""
    rows = evidence.derived(seen)
    where = rows["province"].where(rows["province"] != "", rows["place"].replace(MIXED_PLACES, NOT_TOLD))
    return pd.DataFrame(
        {
            "when": rows["published"].fillna("not dated"),
            "source": [
                f"{name} ({joined(basis, TOLD_BY)}), {there}"
                for name, basis, there in zip(rows["originators"], rows["basis"], where, strict=True)
            ],
            "whom": rows["whom"],
            "informant": rows["informant"],
            "tells_of": [
                f"{way}: {joined(topics, TOPICS)}{ONLY_LEAVERS if whom == 'leavers' else ''}"
                for way, topics, whom in zip(rows["direction"], rows["topic"], rows["whom"], strict=True)
            ],
            "direction": rows["direction"],
            "change": rows["tells"],
            "views": rows["views"],
            "row": rows["row"],
            "originator": rows["originators"].str.replace(", ", "; "),
            "doc_id": rows["doc_id"],
        }
    )


def labels(evidence: Evidence, table_name: str, column: str) -> dict[str, str]:
    """What the codes of a column mean, from the codebook."""
    fields = schema()[table_name]["schema"]["fields"]
    codes = next(field["categories"] for field in fields if field["name"] == column)
    return {code["value"]: code["label"] for code in codes}


# ----------------------------------------------------------------------------------- leave-one-out


@table(
    "views-without",
    title=Title("What remains of the reports of views without one outlet"),
    columns={
        "left_out": "Evidence",
        "reports": "Reports",
        "favorable": "Favorable",
        "hostile": "Hostile",
        "both": "Both ways",
        "in_2020": "Those of 2020",
    },
    note="Dated reports. Those of 2020: favorable, hostile and both ways, in this order. A count of reports is no "
    "share of people.",
)
def views_without(evidence: Evidence) -> pd.DataFrame:
    """Counts of reports: all, without each main outlet, without all, without the RFA report of June 2020."""
    every = dated(evidence)
    lines = {
        "all": every,
        **{f"without {name}": every[every["group"] != name] for name in OUTLETS.values()},
        "without all of these": every[~every["group"].isin(OUTLETS.values())],
        "without RFA’s report of June 2020": every[every["echo_group"] != FOUNDING_2020],
    }
    return pd.DataFrame([counted(name, rows) for name, rows in lines.items()])


def counted(name: str, rows: pd.DataFrame) -> dict[str, object]:
    """One line of the table of what remains."""
    that_year = rows[rows["year"] == 2020]
    return {
        "left_out": name,
        "reports": len(rows),
        "favorable": int((rows["direction"] == FAVORABLE).sum()),
        "hostile": int((rows["direction"] == HOSTILE).sum()),
        "both": int((rows["direction"] == BOTH).sum()),
        "border": int((rows["place"] == BORDER).sum()),
        "elsewhere": int((rows["place"] == ELSEWHERE).sum()),
        "span": f"{rows['year'].min()} to {rows['year'].max()}",
        "in_2020": ", ".join(str((that_year["direction"] == way).sum()) for way in (FAVORABLE, HOSTILE, BOTH)),
        **traced(rows),
    }


# ---------------------------------------------------------------------------------- what is no view


@table(
    "topics-hold",
    title=Title("What claims under the topics of this chapter are about"),
    columns={"kind": "The claim says", "claims": "Claims", "reports": "Reports"},
    note="Topics: envy, respect and status, marriage, ostracism, hostility, sympathy; and claims "
    "elsewhere on doors closed to kin. Judged from the summaries, by automated readings; a view, or a door closed "
    "or eased, only if both say so.",
)
def topics_hold(evidence: Evidence) -> pd.DataFrame:
    """Claims and reports by what they count as; one line a kind."""
    claims = evidence.derived(judged)
    names = labels(evidence, "views", "first")
    return pd.DataFrame(
        [
            {
                "kind": name,
                "claims": len(rows),
                "reports": rows["echo_group"].nunique(),
                **traced(rows),
            }
            for code, name in names.items()
            if len(rows := claims[claims["counts_as"] == code])
        ]
    )


# --------------------------------------------------------------------------------------- campaigns


@table(
    "campaigns",
    title=Title("Every state campaign, and what was reported in the months after"),
    columns={
        "dated": "Date",
        "event": "Campaign",
        "documents": "Documents",
        "views": "Views reported",
        "backlash": "Backlash reported",
    },
    note="Reports of views, and reports that a campaign worked against its aim, "
    f"from the event to {AFTER.months} months after its last day. Documents of any theme, dated to the month "
    "at least; windows overlap. Who said what stands in the data. That a report follows a "
    "campaign does not make it about the campaign.",
)
def campaigns_table(evidence: Evidence) -> pd.DataFrame:
    """Every event of the category state_campaign with the reports in its window; one line an event."""
    documents = evidence.documents
    originals = documents[documents["copy_of"].isna()]
    lines = []
    events = campaigns(evidence)
    events = events.assign(documents=number_within(originals["published"], events))
    for _, event in events.iterrows():
        reports = reported_after(evidence, event)
        views = reports[reports["about"] == "views"]
        backlash = reports[reports["about"] == "backlash"]
        own = documents.loc[documents["doc_id"] == event["doc_id"]].assign(row=f"events:{event['event_id']}")
        trace = traced(pd.concat([own, reports]))
        ways = [f"{(views['direction'] == way).sum()} {way}" for way in SIDES if (views["direction"] == way).any()]
        lines.append(
            {
                "dated": event["date"] + (f" to {event['end_date']}" if pd.notna(event["end_date"]) else ""),
                "event": event["event"],
                "documents": event["documents"],
                "views": ", ".join(ways) or NOTHING,
                "backlash": str(len(backlash)) if len(backlash) else NOTHING,
                "by": ", ".join(dict.fromkeys(reports["originator"])),
                **trace,
            }
        )
    return pd.DataFrame(lines)


@table(
    "summer-2020",
    title=Title("June and July 2020, read both ways"),
    columns={
        "direction": "Direction",
        "source": "Said first by, where",
        "summary": "What was reported",
    },
    note="One line a report, topic and direction; where a report has several such claims the first that "
    "could be read in the report itself. Mixed: no warmth or hostility toward those who left. " + COPY,
)
def summer_2020_table(evidence: Evidence) -> pd.DataFrame:
    """Views and backlash reported in June and July 2020; one line a report, topic and direction."""
    claims = evidence.lines(told)
    views = evidence.derived(judged).query("counts_as == 'view'")["claim_id"]
    wanted = claims["claim_id"].isin(views) | (claims["topic"] == "backlash_to_campaign")
    rows = claims[wanted & in_summer_2020(claims["published"])].assign(copy=lambda c: c["read_in"].notna())
    keys = ["echo_group", "topic", "direction"]
    ordered = rows.sort_values(["direction", "published", "copy", "claim_id"], kind="stable")
    first = ordered.drop_duplicates(keys)
    said_by = first["originator"] + " " + first["published"] + first["copy"].map(READ)
    return pd.DataFrame(
        {
            "direction": first["direction"],
            "published": first["published"],
            "said_by": said_by,
            "source": said_by + ", " + first["province"].fillna(NOT_TOLD),
            "told_by": first["informant"],
            "topic": first["topic"].map(TOPICS),
            "summary": first["summary"],
            **{name: first[name] for name in TRACE},
        }
    ).reset_index(drop=True)


# ----------------------------------------------------------------------------- marriage, sayings, doors

LANES = {
    "match": "Families sought\nas a match",
    "shed": "Spouses with such\nkin shed",
    "saying": "Sayings that raise\nsuch families",
    "closed": "Party, posts, school\nor army closed to kin",
    "eased": "A door left open,\nor opened again",
}


def lanes_alt(frame: pd.DataFrame) -> str:
    """The years of each lane."""
    first, last = frame["year"].min(), frame["year"].max()
    lanes = [f"{name}: {', '.join(map(str, rows['year']))}." for name, rows in frame.groupby("label", sort=False)]
    return (
        f"Lanes of marks, one mark a report, {first} to {last}; the place of a mark in its year carries nothing. "
        + " ".join(lanes)
    )


@figure(
    "standing-and-doors",
    title=Title(
        "Reports of families sought as a match and reports of doors closed to kin overlap in time",
        lambda f: (
            f.loc[f["label"] == LANES["match"].replace("\n", " "), "year"].min()
            < f.loc[f["label"] == LANES["closed"].replace("\n", " "), "year"].max()
            and f.loc[f["label"] == LANES["closed"].replace("\n", " "), "year"].min()
            < f.loc[f["label"] == LANES["match"].replace("\n", " "), "year"].max()
        ),
        "Marriage, sayings and closed doors, as reported by year",
    ),
    note="One mark, one report and lane, in the year of publication. Undated reports are left out. "
    "What each says stands in the data.",
    alt=lanes_alt,
    x="year",
    y="lane",
    y_label="the place of a mark",
    series="label",
)
def standing_and_doors(evidence: Evidence) -> pd.DataFrame:
    """Reports on marriage, sayings and doors; one line a report and lane, with its first summary."""
    claims = {
        "match": matches(evidence, FAVORABLE),
        "shed": matches(evidence, HOSTILE),
        "saying": sayings_of(evidence),
        "closed": counted_as(evidence, "closed"),
        "eased": counted_as(evidence, "eased"),
    }
    lines = [
        {
            "label": LANES[lane].replace("\n", " "),
            "lane": place,
            "year": int(rows["year"].min()),
            "said_by": rows["group"].iloc[0] if rows["group"].iloc[0] in OUTLETS.values() else OTHERS,
            "direction": FAVORABLE if lane in {"match", "saying", "eased"} else HOSTILE,
            "place": ", ".join(rows["province"].dropna().unique()) or NOT_TOLD,
            "summary": rows["summary"].iloc[0],
            **traced(rows),
        }
        for place, (lane, every) in enumerate(claims.items())
        for _, rows in every.dropna(subset="year").sort_values(["year", "claim_id"]).groupby("echo_group")
    ]
    return pd.DataFrame(lines).sort_values(["lane", "year"], ignore_index=True)


@standing_and_doors.drawing
def _(frame: pd.DataFrame) -> matplotlib.figure.Figure:
    drawing, (top, axes) = style.canvas(2, 1, height=3.6, gridspec_kw={"height_ratios": [1, 12]})
    key(top)
    axes.grid(False)
    same = frame.groupby(["lane", "year"])
    shift = (same.cumcount() - (same["year"].transform("size") - 1) / 2) * 0.34
    for row, up in zip(frame.itertuples(), shift, strict=True):
        mark(axes, row.year, row.lane - up, row.direction, row.said_by)
    for lane in range(len(LANES) - 1):
        axes.axhline(lane + 0.5, color=LIGHT.grid, linewidth=0.8)
    axes.set_yticks(range(len(LANES)), LANES.values())
    axes.set_ylim(len(LANES) - 0.45, -0.6)
    style.years(axes, int(frame["year"].min()), int(frame["year"].max()), 4)
    return drawing


@table(
    "sayings",
    title=Title("Sayings and nicknames, as reported"),
    columns={
        "when": "Published",
        "source": "Said first by, where",
        "summary": "What was reported",
    },
    note="One line a report, in the coder’s words. " + COPY,
)
def sayings_table(evidence: Evidence) -> pd.DataFrame:
    """Every claim under the topic saying, favorable or not; one line a report."""
    claims = evidence.lines(told).query("topic == 'saying'").sort_values(["published", "claim_id"])
    first = claims.drop_duplicates("echo_group")
    every = claims.groupby("echo_group")
    said_by = first["originator"] + first["read_in"].notna().map(READ)
    return pd.DataFrame(
        {
            "when": first["published"].fillna("not dated"),
            "said_by": said_by,
            "source": said_by + ", " + first["province"].fillna(NOT_TOLD),
            "summary": first["summary"],
            "row": first["echo_group"].map(every["row"].agg(" ".join)),
            "originator": first["originator"],
            "doc_id": first["echo_group"].map(every["doc_id"].agg(lambda names: " ".join(dict.fromkeys(names)))),
        }
    ).reset_index(drop=True)


# -------------------------------------------------------------------------------- founding, tested


@table(
    "founding-tested",
    title=Title("What the founding reports say, tested against all other reports"),
    columns={
        "statement": "Statement",
        "founding": "Founding report",
        "others_said": "Others (originators)",
        "against": "Contrary",
    },
    note="Reports, each counted once. Others: reports of this other than the founding ones, in brackets their "
    "originators without Daily NK and RFA. Contrary: hostile reports under the same topics; against respect also "
    "shunning and hostility; against a campaign that failed the hostile views of June and July 2020. The topic of "
    "a claim nearly fixes its direction, so silence of hostile reports under a topic proves little.",
)
def founding_tested(evidence: Evidence) -> pd.DataFrame:
    """Statements of the two founding reports with the reports for and against; one line a statement."""
    lines = []
    founders = {FOUNDING_2018: "2018", FOUNDING_2020: "2020"}
    for code, (name, topics) in STATEMENTS.items():
        claims = on_statement(evidence, topics)
        saying = claims[claims["direction"] == FAVORABLE]
        others = saying[~saying["echo_group"].isin(list(founders))]
        against = contrary(evidence, code)
        independent = others.loc[~others["group"].isin(["Daily NK", "Radio Free Asia"]), "group"]
        years = others["year"].dropna()
        lines.append(
            {
                "statement": name,
                "founding": ", ".join(
                    label for group, label in founders.items() if (saying["echo_group"] == group).any()
                ),
                "others": others["echo_group"].nunique(),
                "independent": independent.nunique(),
                "others_said": f"{others['echo_group'].nunique()} ({independent.nunique()})",
                "span": f"{years.min()} to {years.max()}",
                "against": against["echo_group"].nunique(),
                "against_by": ", ".join(dict.fromkeys(against["originator"])),
                **traced(pd.concat([saying, against])),
            }
        )
    return pd.DataFrame(lines)


# ----------------------------------------------------------------------------------------- surveys

ASKED = {
    "Liked the South before leaving": ("percent of arrivals", LIKED, "low"),
    "The Paektu line should not stay in power": ("percent of leavers", PAEKTU, "point"),
    "The succession was not justified": ("percent of leavers", SUCCESSION, "point"),
}
IPUS = {
    "partner for cooperation": "The South is a partner",
    "enemy": "The South is an enemy",
}
QUESTIONS = {
    "Liked the South": ["Liked the South before leaving"],
    "What the South is": list(IPUS.values()),
    "Paektu line should go": ["The Paektu line should not stay in power"],
    "Succession not justified": ["The succession was not justified"],
}
"""The panels, and what is drawn in each."""
COHORTS = {
    "before-2001": (None, 2000),
    "2014-2016": (2014, 2016),
    "2011-2015": (2011, 2015),
    "2016-2020": (2016, 2020),
    "by-2015": (None, 2015),
    "from-2016": (2016, None),
}
"""Years of leaving (liked the South: of arriving) that the documents print; None: open."""


def surveys_alt(frame: pd.DataFrame) -> str:
    """Every share with its years."""
    first, last = frame["year"].min(), frame["year"].max()
    told_of = [
        f"{name}: " + ", ".join(f"{row.percent:g} ({row.cohort})" for row in rows.itertuples()) + "."
        for name, rows in frame.groupby("label", sort=False)
    ]
    return f"Points, {first} to {last}, percent of those asked. " + " ".join(told_of)


@figure(
    "surveys-nearby",
    title=Title("What surveys of people who left asked instead"),
    note="Years of leaving; for liking the South, of arriving. What the South is: IPUS, whose first group left in "
    "2010 or 2011; the others: the Ministry of Unification. "
    f"Bars: {LEVEL:.0%} intervals as if a simple random sample, a floor, where the number of "
    "people asked is printed with the answer. Hollow: it is not printed, so there is no interval. Lines: the "
    "years that a group spans. Pointing up: only that it was above the value is printed. "
    "The share of those who left in 2011 and saw an enemy fits no whole count of the people said to be asked.",
    alt=surveys_alt,
    x="year",
    y="percent",
    y_label="percent of those asked",
    series="label",
)
def surveys_nearby(evidence: Evidence) -> pd.DataFrame:
    """Shares of surveyed leavers by years of leaving, percent; one line an answer and group."""
    lines = []
    documents = evidence.quantities.set_index("quantity_id")
    for label, (_, groups, bound) in ASKED.items():
        for cohort, quantity in groups.items():
            estimate = printed_share(evidence, quantity, bound)
            first, last = COHORTS[cohort]
            known = [year for year in (first, last) if year is not None]
            lines.append(
                {
                    "label": label,
                    "cohort": cohort.replace("-", " to ", 1) if first and last else cohort.replace("-", " "),
                    "first": first,
                    "last": last,
                    "year": int(np.mean(known)),
                    "percent": estimate.value,
                    "above": bound == "low",
                    "low": estimate.low,
                    "high": estimate.high,
                    "row": estimate.rows[0],
                    **documents.loc[quantity, ["originator", "doc_id"]].to_dict(),
                }
            )
    s = evidence.surveys
    asked = s[s["question"].eq("what South Korea is to the North") & (s["quality"] == "ok")]
    for _, answer in asked.sort_values(["answer", "year"]).iterrows():
        estimate = share(answer, "")
        years = [int(year) for year in re.findall(r"\d{4}", answer["base"])]
        first, last = min(years), max(years)
        lines.append(
            {
                "label": IPUS[answer["answer"]],
                "cohort": str(first) if first == last else f"{first} to {last}",
                "first": first,
                "last": first,
                "year": first,
                "percent": estimate.value,
                "above": False,
                "low": estimate.low,
                "high": estimate.high,
                "row": estimate.rows[0],
                "originator": answer["originator"],
                "doc_id": answer["doc_id"],
            }
        )
    return pd.DataFrame(lines)


@surveys_nearby.drawing
def _(frame: pd.DataFrame) -> matplotlib.figure.Figure:
    drawing, axes = style.canvas(2, 2, height=4.6, sharey=True)
    for at, (title, names) in zip(axes, QUESTIONS.items(), strict=True):
        at.set_title(title)
        rows = frame[frame["label"].isin(names)]
        start, end = int(rows[["first", "last"]].min().min()), int(rows[["first", "last"]].max().max())
        start, end = (
            (start - 3 if rows["first"].isna().any() else start),
            (end + 3 if rows["last"].isna().any() else end),
        )
        for name, colour, marker in zip(names, [LIGHT.first, LIGHT.second], ["o", "s"], strict=False):
            for row in rows[rows["label"] == name].itertuples():
                span = [start if pd.isna(row.first) else row.first, end if pd.isna(row.last) else row.last]
                at.plot(span, [row.percent] * 2, color=colour, linewidth=1.2, zorder=1)
                low = None if pd.isna(row.low) else row.low
                middle = sum(span) / 2
                style.estimates(
                    at, [middle], [row.percent], [low], [row.high], colour, "^" if row.above else marker
                )
                top = (row.percent if low is None else row.high) + 2.5
                text = f"over {row.percent:g}" if row.above else f"{row.percent:g}"
                style.note(at, text, middle, top, colour, ha="center", va="bottom")
            if len(names) > 1:
                lowest = rows.loc[rows["label"] == name, "percent"].min()
                style.note(at, name.split()[-1], start - 0.2, lowest - 9, colour)
        at.set_ylim(0, 92)
        at.set_yticks([0, 25, 50, 75], ["0", "25", "50", "75%"])
        style.years(at, start, end, max(1, (end - start) // 3))
    return drawing


# --------------------------------------------------------------------------------------------- map


def map_alt(frame: pd.DataFrame) -> str:
    """Reports of each province."""
    least, most = frame["reports"].min(), frame["reports"].max()
    counts = ", ".join(f"{row.province} {row.reports}" for row in frame.itertuples())
    return (
        f"Map of the provinces of North Korea, shaded by reports on attitudes, {least} to {most}: {counts}. "
        + " and ".join(frame["label"].unique())
        + " are told apart by hatching."
    )


def map_note(frame: pd.DataFrame) -> str:
    """What is counted."""
    return (
        "Reports on attitudes of any kind that name a province, each counted once in each province it names. "
        "Special cities are drawn in their province. Hatched: no report. The count says where "
        "reports come from, not where people think what."
    )


@figure(
    "attitudes-by-province",
    title=Title(
        "Most reports on attitudes that name a province tell of North Hamgyong or Ryanggang",
        lambda f: f.loc[f["province"].isin(TWO_PROVINCES), "reports"].sum() > f["reports"].sum() / 2,
        "Where reports on attitudes come from",
    ),
    note=map_note,
    alt=map_alt,
    kind="Map",
    x="reports",
    y="reports",
    y_label="reports",
    series="label",
)
def attitudes_by_province(evidence: Evidence) -> pd.DataFrame:
    """Reports on attitudes by the province they are drawn in; one line a province, with its outline."""
    claims = by_province(evidence)
    provinces = evidence.provinces
    shapes = outlines()
    lines = []
    for name in provinces.loc[provinces["province"] == provinces["drawn_in"], "province"]:
        rows = claims[claims["drawn_in"] == name]
        inside = provinces.loc[provinces["drawn_in"] == name, "province"]
        trace = traced(rows) if len(rows) else dict.fromkeys(TRACE, "")
        lines.append(
            {
                "province": name,
                "label": "told of" if len(rows) else "not told of",
                "reports": rows["echo_group"].nunique(),
                "outline": json.dumps([json.loads(shapes[part]) for part in inside if part in shapes]),
                **trace,
            }
        )
    return pd.DataFrame(lines).sort_values(["reports", "province"], ascending=[False, True], ignore_index=True)


def rings(outline: str) -> list[np.ndarray]:
    """The outer rings of GeoJSON polygons, as degrees of longitude and latitude."""
    shapes = json.loads(outline)
    polygons = [
        polygon
        for shape in shapes
        for polygon in ([shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"])
    ]
    return [np.array(polygon[0]) for polygon in polygons]


ASIDE = {
    "Rason": (0.35, -0.35),
    "North Hamgyong": (-0.24, -0.04),
    "Ryanggang": (0.15, -0.08),
    "North Hwanghae": (0.2, -0.05),
    "South Hwanghae": (-0.25, 0.12),
    "South Pyongan": (0.15, 0.05),
    "South Hamgyong": (0.48, 0.17),
    "Kangwon": (0.1, -0.1),
    "Chagang": (0.1, -0.05),
}
"""How far a label stands from the middle of its province, in degrees."""
STEPS = [(20, 1.0), (4, 0.45), (1, 0.16)]
"""From so many reports on, so much of the color."""


@attitudes_by_province.drawing
def _(frame: pd.DataFrame) -> matplotlib.figure.Figure:
    drawing, (axes,) = style.canvas(height=4.6)
    axes.axis("off")
    for row in frame.itertuples():
        parts = rings(row.outline)
        path = Path.make_compound_path(*(Path(part, closed=True) for part in parts))
        shade = next((share for least, share in STEPS if row.reports >= least), 0.0)
        axes.add_patch(
            PathPatch(path, facecolor=LIGHT.first if shade else "none", alpha=shade or None, linewidth=0)
        )
        if not shade:
            axes.add_patch(PathPatch(path, facecolor="none", edgecolor=LIGHT.soft, hatch="////", linewidth=0))
        axes.add_patch(PathPatch(path, facecolor="none", edgecolor=LIGHT.soft, linewidth=0.9))
        largest = max(parts, key=len)
        middle = (largest.min(axis=0) + largest.max(axis=0)) / 2
        x, y = middle + np.array(ASIDE.get(row.province, (0, 0)))
        text = row.province.replace(" ", "\n") + (f"\n{row.reports}" if row.reports else "")
        over = {"bbox": {"facecolor": LIGHT.paper, "edgecolor": "none", "pad": 1.0}} if not shade else {}
        ink = LIGHT.paper if shade > 0.5 else LIGHT.ink
        style.note(axes, text, x, y, ink, ha="center", linespacing=1.0, **over)
    axes.set_aspect(1 / np.cos(np.radians(40)))
    axes.autoscale_view()
    return drawing
