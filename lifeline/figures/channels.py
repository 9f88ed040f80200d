"""Figures and tables of the chapter "Remittance channels"."""

import matplotlib.figure
import pandas as pd

from lifeline import style
from lifeline.estimate import share
from lifeline.evidence import Evidence
from lifeline.figures import TRACE, Title, figure, table
from lifeline.findings.channels import NKDB, counts, in_dollars, printed
from lifeline.method import LEVEL
from lifeline.style import LIGHT

MILLION = 1e6
NEAR = 0.05
"""Printed sums nearer than this to a filled point carry no label of their own."""


# ------------------------------------------------------------------------------------------ frames


def shares(evidence: Evidence, labels: dict[str, str]) -> pd.DataFrame:
    """Printed shares of these measures with Wilson's intervals, in percent, one line an answer."""
    t = evidence.surveys
    rows = t[t["measure"].isin(labels) & t["quality"].isin(["ok", "doubtful"])]
    estimates = [share(row, "") for _, row in rows.iterrows()]
    return pd.DataFrame(
        {
            "label": rows["measure"].map(labels).to_list(),
            "year": rows["year"].astype(int).to_list(),
            "survey": rows["survey"].to_list(),
            "percent": [round(e.value, 1) for e in estimates],
            "low": [e.low for e in estimates],
            "high": [e.high for e in estimates],
            "base": rows["base_n"].to_list(),
            "row": [e.rows[0] for e in estimates],
            "originator": rows["originator"].to_list(),
            "doc_id": rows["doc_id"].to_list(),
        }
    ).sort_values(["label", "year", "survey"], ignore_index=True)


def amounts(evidence: Evidence, rows: pd.DataFrame, label: str) -> pd.DataFrame:
    """Printed sums in million won and, at the year's mean rate, in dollars; one line an answer."""
    won = [printed(row, "KRW", "") for _, row in rows.iterrows()]
    years = rows["year"].astype(int).to_list()
    dollars = [in_dollars(e, evidence, year) for e, year in zip(won, years, strict=True)]
    return pd.DataFrame(
        {
            "label": label,
            "year": years,
            "million_won": [e.value / MILLION for e in won],
            "dollars": [round(e.value) for e in dollars],
            "quality": rows["quality"].to_list(),
            "row": [" ".join(e.rows) for e in dollars],
            "originator": rows["originator"].to_list(),
            "doc_id": rows["doc_id"].to_list(),
        }
    )


def wide(t: pd.DataFrame, measures: list[str]) -> pd.DataFrame:
    """The undisputed NKDB answers to these measures, one line a year, one column a measure."""
    rows = t[(t["survey"] == NKDB) & (t["quality"] == "ok") & t["measure"].isin(measures)]
    return rows.pivot(index="year", columns="measure", values="value")


def traced(t: pd.DataFrame, measures: list[str], years: list[int]) -> pd.DataFrame:
    """What each year's line of a table of NKDB answers rests on."""
    shown = t["quality"].isin(["ok", "doubtful", "conflicting"]) & (t["measure"] != "sample_total")
    shown |= t["quality"] == "ok"
    rows = t[(t["survey"] == NKDB) & t["measure"].isin(measures) & t["year"].isin(years) & shown]
    rows = rows.assign(row="surveys:" + rows["survey_id"]).groupby("year")
    return rows[TRACE].agg(
        lambda names: " ".join(dict.fromkeys(names)) if names.name != "originator" else names.iloc[0]
    )


# ------------------------------------------------------------------------------------- who sends


@figure(
    "sender-share",
    title=Title(
        "In NKDB's waves since 2014 most had sent money at some time; far fewer sent in a given year",
        lambda f: (
            f.query("label == 'Ever sent' and survey == @NKDB and year >= 2014")["low"].dropna().min() > 50
            and f.query("label == 'Sent in the year of the survey'")["high"].dropna().max() < 50
        ),
        "Share who ever sent money home, and share who sent in the year of the survey",
    ),
    note=f"Bars are {LEVEL:.0%} intervals as if each survey were a simple random sample: a floor. Hollow: the "
    "number of people asked was not printed. Squares: surveys of other organizations.",
    x="year",
    y="percent",
    y_label="percent of respondents",
    series="label",
)
def sender_share(evidence: Evidence) -> pd.DataFrame:
    """Shares of respondents who ever sent and who sent in the year, percent; one line an answer."""
    labels = {"ever_sent": "Ever sent", "sent_in_year": "Sent in the year of the survey"}
    return shares(evidence, labels)


@sender_share.drawing
def _(frame: pd.DataFrame) -> matplotlib.figure.Figure:
    drawing, panels = style.canvas(2, 1, height=4.2, sharex=True)
    labels = ["Ever sent", "Sent in the year of the survey"]
    for axes, label, colour in zip(panels, labels, [LIGHT.first, LIGHT.second], strict=True):
        rows = frame[frame["label"] == label]
        share_points(axes, rows[rows["survey"] == NKDB], colour, "o")
        share_points(axes, rows[rows["survey"] != NKDB], LIGHT.soft, "s")
        axes.set_title(label, color=colour)
        axes.set_ylim(0, 85)
        axes.set_yticks([0, 25, 50, 75], ["0", "25", "50", "75%"])
    for other in frame[(frame["survey"] != NKDB)].itertuples():
        at = panels[labels.index(other.label)]
        name = {"NKDB remittance survey": "other NKDB survey"}.get(other.survey, other.originator)
        left = other.year > frame["year"].max() - 3
        style.note(
            at,
            name,
            other.year + (-0.25 if left else 0.25),
            other.percent - (11 if left else 0),
            ha="center" if left else "left",
        )
    style.years(panels[0], frame["year"].min(), frame["year"].max(), 2)
    return drawing


def share_points(axes: style.Axes, rows: pd.DataFrame, colour: str, marker: str) -> None:
    """Draws shares with their intervals."""
    low = [None if pd.isna(v) else v for v in rows["low"]]
    style.estimates(
        axes, rows["year"].to_list(), rows["percent"].to_list(), low, rows["high"].to_list(), colour, marker
    )


@table(
    "waves",
    title=Title("The NKDB survey, wave by wave"),
    columns={
        "year": "Wave",
        "sample": "Asked",
        "fieldwork": "Fieldwork",
        "ever_sent": "Ever sent, %",
        "sent_in_year": "Sent that year, %",
        "senders": "Senders",
    },
    note="As printed, but for the share of 2018, which is computed from the count; an empty cell was not printed, "
    "or not seen. If the question means the calendar year, fieldwork in autumn misses the end of it.",
)
def waves(evidence: Evidence) -> pd.DataFrame:
    """The waves of the NKDB survey: people asked, fieldwork, shares in percent; one line a wave."""
    t = evidence.surveys
    rows = t[(t["survey"] == NKDB) & (t["quality"] == "ok")]
    first = rows.groupby("year")[["sample_n", "fieldwork_start", "fieldwork_end"]].first()
    values = wide(t, ["ever_sent", "sent_in_year"])
    senders = rows[rows["measure"] == "sent_in_year"].set_index("year")["count"]
    counted = rows[(rows["measure"] == "sent_in_year") & (rows["statistic"] == "count")]["year"]
    values.loc[counted, "sent_in_year"] = (senders / first["sample_n"] * 100).loc[counted].round(1)
    frame = first.join(values, how="inner").join(senders.rename("senders"))
    frame = frame.assign(
        sample=frame["sample_n"],
        fieldwork=[fieldwork(r.fieldwork_start, r.fieldwork_end) for r in frame.itertuples()],
    ).join(traced(t, ["ever_sent", "sent_in_year"], list(frame.index)))
    return frame.reset_index()[["year", "sample", "fieldwork", "ever_sent", "sent_in_year", "senders", *TRACE]]


def fieldwork(start: str, end: str) -> str:
    """The span of fieldwork as it is known: "Dec 19 to Jan 2", "Dec 2014" or nothing."""
    if pd.isna(start):
        return ""
    first = pd.Timestamp(start)
    if pd.isna(end):
        return f"{first:%b %Y}"
    return f"{first:%b} {first.day} to {pd.Timestamp(end):%b} {pd.Timestamp(end).day}"


# ------------------------------------------------------------------------------- what the chain keeps


@figure(
    "fees",
    title=Title(
        "On average senders paid more than was agreed, and both have risen",
        lambda f: paid_above_agreed(f.pivot(index="year", columns="label", values="percent")),
        "Commission agreed and paid",
    ),
    note="Means over senders; no survey prints a spread, so they stay points. Squares: the source does not "
    "say whether the rate was agreed or paid; that of 2024 is over senders of several years.",
    x="year",
    y="percent",
    y_label="percent of the sum sent",
    series="label",
)
def fees(evidence: Evidence) -> pd.DataFrame:
    """Mean commission of the whole chain, percent of the sum sent; one line an answer."""
    labels = {"fee_agreed": "agreed", "fee_paid": "paid", "fee_unspecified": "not said"}
    t = evidence.surveys
    rows = t[t["measure"].isin(labels) & (t["originator"] == "NKDB") & t["quality"].isin(["ok", "label_unclear"])]
    return pd.DataFrame(
        {
            "label": rows["measure"].map(labels),
            "year": rows["year"].astype(int),
            "percent": rows["value"].astype(float),
            "survey": rows["survey"],
            "senders": rows["base_n"],
            "row": "surveys:" + rows["survey_id"],
            "originator": rows["originator"],
            "doc_id": rows["doc_id"],
        }
    ).sort_values(["label", "year"], ignore_index=True)


def paid_above_agreed(waves: pd.DataFrame) -> bool:
    """Whether in every wave that has both the fee paid is above the one agreed, and both only rise."""
    both = waves[["agreed", "paid"]].dropna()
    rising = both["paid"].is_monotonic_increasing and both["agreed"].is_monotonic_increasing
    return bool(len(both) > 1 and rising and (both["paid"] > both["agreed"]).all())


@fees.drawing
def _(frame: pd.DataFrame) -> matplotlib.figure.Figure:
    drawing, (axes,) = style.canvas(height=2.8)
    colours = {"agreed": LIGHT.first, "paid": LIGHT.second, "not said": LIGHT.soft}
    for _, wave in frame[frame["label"] != "not said"].groupby("year"):
        axes.plot(wave["year"], wave["percent"], color=LIGHT.grid, linewidth=5, solid_capstyle="round", zorder=1)
    for label, rows in frame.groupby("label"):
        colour = colours[str(label)]
        axes.plot(
            rows["year"],
            rows["percent"],
            linestyle="none",
            marker="s" if label == "not said" else "o",
            markersize=6,
            markerfacecolor=LIGHT.paper if label == "not said" else colour,
            markeredgecolor=colour,
            markeredgewidth=1.5,
        )
        for row in rows.itertuples():
            name = f" {label}" if label != "not said" and row.year == rows["year"].min() else ""
            style.note(axes, f"{row.percent:.1f}{name}", row.year + 0.13, row.percent, colour)
    axes.set_ylim(0, 55)
    axes.set_yticks([0, 10, 20, 30, 40, 50], ["0", "10", "20", "30", "40", "50%"])
    style.years(axes, frame["year"].min(), frame["year"].max())
    return drawing


@table(
    "fee-bands",
    title=Title("Commission in bands, as the early surveys asked it"),
    columns={"year": "Year", "survey": "Survey", "band": "Commission, %", "percent": "Share of senders, %"},
    note="Bands cannot be joined to the means of later waves.",
)
def fee_bands(evidence: Evidence) -> pd.DataFrame:
    """Share of senders by band of commission, percent; one line a band."""
    rows = evidence.surveys[evidence.surveys["measure"] == "fee_band_share"].sort_values(
        ["year", "survey", "band_high"]
    )
    return pd.DataFrame(
        {
            "year": rows["year"],
            "survey": rows["survey"],
            "band": [band(r.band_low, r.band_high) for r in rows.itertuples()],
            "percent": rows["value"],
            "row": "surveys:" + rows["survey_id"],
            "originator": rows["originator"],
            "doc_id": rows["doc_id"],
        }
    ).reset_index(drop=True)


def band(low: float, high: float) -> str:
    """A band in words: "21 to 30", "31 or more", "20 or less", "30"."""
    if pd.isna(low):
        return f"{high:g} or less"
    if pd.isna(high):
        return f"{low:g} or more"
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"


# --------------------------------------------------------------------------------------- how much


@figure(
    "amount-per-sender",
    title=Title(
        "By the surveys' totals, senders sent more each in 2022 and 2023 than in the waves before",
        lambda f: all(higher_since_2022(f, column) for column in ("million_won", "dollars")),
        "Sum sent by one sender in a year",
    ),
    note="Filled: the total of all respondents divided by the number who sent, computed here. Hollow: yearly "
    "means as printed; for 2022 one wire printed more than one. Means without a spread. Dollars at the year's "
    "mean rate.",
    x="year",
    y="million_won",
    y_label="million won per sender and year",
    series="label",
)
def amount_per_sender(evidence: Evidence) -> pd.DataFrame:
    """Sum per sender and year, in million won and in dollars: recomputed, and as printed."""
    t = evidence.surveys
    asked = t[(t["survey"] == NKDB) & (t["quality"] == "ok")]
    totals = asked[asked["measure"] == "sample_total"].set_index("year")
    senders = asked[(asked["measure"] == "sent_in_year") & asked["count"].notna()].set_index("year")
    both = totals.join(senders[["count", "survey_id"]].add_suffix("_senders"), how="inner")
    recomputed = both.assign(value=both["value"] / both["count_senders"]).reset_index()
    frame = amounts(evidence, recomputed, "total divided by senders")
    frame["row"] = frame["row"] + " surveys:" + recomputed["survey_id_senders"]
    every = t[(t["survey"] == NKDB) & (t["measure"] == "amount_per_sender_year")]
    as_printed = amounts(evidence, every, "as printed")
    return (
        pd.concat([frame, as_printed]).sort_values(["label", "year"], ignore_index=True).round({"million_won": 2})
    )


def higher_since_2022(frame: pd.DataFrame, column: str) -> bool:
    """Whether each recomputed sum since 2022 is above all before."""
    sums = frame[frame["label"] == "total divided by senders"]
    late = sums["year"] >= 2022
    return bool(sums.loc[late, column].min() > sums.loc[~late, column].max())


@amount_per_sender.drawing
def _(frame: pd.DataFrame) -> matplotlib.figure.Figure:
    filled = frame["label"] == "total divided by senders"
    return sums(frame, filled, LIGHT.first, "per sender and year")


def sums(frame: pd.DataFrame, filled: pd.Series, colour: str, what: str) -> matplotlib.figure.Figure:
    """Two panels, won and dollars, of the same sums by year; rows not `filled` are hollow."""
    drawing, panels = style.canvas(1, 2, height=2.6, sharex=True)
    columns = [("million_won", f"Million won {what}"), ("dollars", f"Dollars {what}")]
    for axes, (column, title) in zip(panels, columns, strict=True):
        for full, rows in frame.groupby(filled):
            axes.plot(
                rows["year"],
                rows[column],
                linestyle="none",
                marker="o" if full else "D",
                markersize=5.5 if full else 4.8,
                markerfacecolor=colour if full else LIGHT.paper,
                markeredgecolor=colour if full else LIGHT.soft,
                markeredgewidth=1.4,
                zorder=3 if full else 2,
            )
        same = frame[filled].set_index("year")[column]
        for row in frame[~filled].itertuples():
            value = getattr(row, column)
            if abs(value / same.get(row.year, 0.01) - 1) > NEAR:
                last = row.year == frame["year"].max()
                side, align = (-0.3, "right") if last else (0.3, "left")
                style.note(axes, f"{value:,g}", row.year + side, value, ha=align)
        axes.set_title(title)
        axes.set_ylim(0, frame[column].max() * 1.15)
        style.years(axes, frame["year"].min(), frame["year"].max(), 2)
    panels[1].yaxis.set_major_formatter("{x:,.0f}")
    return drawing


@figure(
    "amount-per-transfer",
    title=Title("Means printed as the sum of one transfer"),
    note="Hollow: printed as per transfer, but about as large as the total of the wave divided by its senders, so "
    "more likely a year's sum, or not said whose mean. The filled ones of 2015 and 2019 cannot be tested. Means "
    "without a spread. Dollars at the year's mean rate.",
    x="year",
    y="million_won",
    y_label="million won per transfer",
    series="label",
)
def amount_per_transfer(evidence: Evidence) -> pd.DataFrame:
    """Mean sum of one transfer, in million won and in dollars; one line an answer."""
    t = evidence.surveys
    rows = t[t["measure"] == "amount_per_transfer"]
    frame = amounts(evidence, rows, "as printed")
    frame["label"] = frame["quality"].map({"ok": "one transfer"}).fillna("doubtful label")
    return frame.sort_values(["label", "year"], ignore_index=True).round({"million_won": 2})


@amount_per_transfer.drawing
def _(frame: pd.DataFrame) -> matplotlib.figure.Figure:
    return sums(frame, frame["label"] == "one transfer", LIGHT.third, "per transfer")


@table(
    "arithmetic",
    title=Title("What one sender sent in a year, by the surveys' own totals"),
    columns={
        "year": "Wave",
        "total": "Total, million won",
        "senders": "Senders",
        "recomputed": "Total per sender, million won",
        "transfers": "Transfers each",
        "per_transfer": "Printed per transfer, million won",
        "per_year": "Printed per year, million won",
    },
    note="Total per sender is computed here. Every printed mean is given, also those that cannot be right; "
    "several values in a cell are versions that disagree.",
)
def arithmetic(evidence: Evidence) -> pd.DataFrame:
    """Totals, senders and printed means of each NKDB wave, million won; one line a wave."""
    t = evidence.surveys
    measures = [
        "sample_total",
        "sent_in_year",
        "transfers_per_sender_year",
        "amount_per_transfer",
        "amount_per_sender_year",
    ]
    nkdb = t[t["survey"] == NKDB]
    good = nkdb[nkdb["quality"] == "ok"]
    total = good[good["measure"] == "sample_total"].set_index("year")["value"] / MILLION
    senders = good[good["measure"] == "sent_in_year"].set_index("year")["count"]
    every = {m: versions(nkdb[nkdb["measure"] == m]) for m in measures[2:]}
    frame = pd.DataFrame({"total": total, "senders": senders.reindex(total.index)})
    return (
        frame.assign(
            recomputed=(frame["total"] / frame["senders"]).round(2),
            transfers=every["transfers_per_sender_year"],
            per_transfer=every["amount_per_transfer"],
            per_year=every["amount_per_sender_year"],
        )
        .join(traced(t, measures, list(frame.index)))
        .reset_index()
    )


def versions(rows: pd.DataFrame) -> pd.Series:
    """The printed values by year, as text; sums in millions, several versions joined by "or"."""
    value = rows["value"].astype(float)
    shown = value.where(rows["unit"] != "KRW", (value / MILLION).round(2)).map("{:g}".format)
    return shown.groupby(rows["year"]).agg(" or ".join)


# ---------------------------------------------------------------------------------------- contact


@figure(
    "contact",
    title=Title(
        "Fewer are in contact with people in the North than before the border closed",
        lambda f: (
            f.query("label == 'In contact' and year > 2020")["high"].max()
            < f.query("label == 'In contact' and year < 2020")["low"].min()
        ),
        "Share in contact with people in the North",
    ),
    note=f"Bars are {LEVEL:.0%} intervals as if each survey were a simple random sample: a floor. For 2021 and "
    "2022 the question is printed as contact in that year, a narrower measure, drawn apart.",
    x="year",
    y="percent",
    y_label="percent of respondents",
    series="label",
)
def contact(evidence: Evidence) -> pd.DataFrame:
    """Share of respondents in contact with people in the North, percent; one line an answer."""
    return shares(evidence, {"in_contact": "In contact", "in_contact_in_year": "In contact that year"})


@contact.drawing
def _(frame: pd.DataFrame) -> matplotlib.figure.Figure:
    drawing, (axes,) = style.canvas(height=2.6)
    for label, colour, marker in [
        ("In contact", LIGHT.first, "o"),
        ("In contact that year", LIGHT.second, "^"),
    ]:
        rows = frame[frame["label"] == label]
        share_points(axes, rows, colour, marker)
        first = rows.iloc[0]
        side = 0.2 if marker == "o" else -0.2
        style.note(axes, label, first["year"] + side, first["percent"], colour, ha="left" if side > 0 else "right")
    axes.set_ylim(0, 60)
    axes.set_yticks([0, 20, 40, 60], ["0", "20", "40", "60%"])
    style.years(axes, frame["year"].min(), frame["year"].max())
    return drawing


# --------------------------------------------------------------------------------------- arrivals


@figure(
    "arrivals",
    title=Title(
        "Arrivals peaked in 2009 and have not recovered since the border closed in 2020",
        lambda f: (
            f.query("label == 'both' and kind == 'year'").set_index("year")["persons"].idxmax() == 2009
            and f.query("label == 'both' and kind == 'year' and year > 2020")["persons"].max()
            < f.query("label == 'both' and kind == 'year' and year < 2020 and year > 2001")["persons"].min() / 2
        ),
        "Arrivals in the South by year and sex",
    ),
    note="Final counts; gray where the sex was not printed. Below: the running sum of the yearly counts (line) "
    "and the cumulative counts that were printed for a year's end (dots).",
    kind="Bars by sex above, a cumulative line below",
    x="year",
    y="persons",
    y_label="people",
    series="label",
)
def arrivals(evidence: Evidence) -> pd.DataFrame:
    """People who arrived by year and sex, and to date; one line a count."""
    return pd.concat(
        [
            arrival_counts(evidence, kind="year"),
            arrival_counts(evidence, kind="cumulative", sex="total"),
        ],
        ignore_index=True,
    )


def arrival_counts(evidence: Evidence, **wanted: object) -> pd.DataFrame:
    """Final counts for whole years or for the end of a year, from 1998 on."""
    rows = counts(evidence, **wanted)
    rows = rows[rows["period_end"].str.fullmatch(r"\d{4}") & (rows["period_end"] >= "1998")]
    return pd.DataFrame(
        {
            "kind": rows["kind"],
            "label": rows["sex"].map({"female": "women and girls", "male": "men and boys", "total": "both"})
            if wanted["kind"] == "year"
            else "to date",
            "year": rows["period_end"].astype(int),
            "persons": rows["persons"].astype(int),
            "row": "arrivals:" + rows["arrival_id"],
            "originator": rows["originator"],
            "doc_id": rows["doc_id"],
        }
    ).sort_values(["label", "year"], ignore_index=True)


@arrivals.drawing
def _(frame: pd.DataFrame) -> matplotlib.figure.Figure:
    drawing, (above, below) = style.canvas(2, 1, height=4.4, sharex=True)
    yearly = frame[frame["kind"] == "year"].pivot(index="year", columns="label", values="persons")
    known = yearly[["women and girls", "men and boys"]].fillna(0)
    rest = yearly["both"] - known.sum(axis=1)
    above.bar(yearly.index, known["women and girls"], color=LIGHT.first, width=0.75)
    above.bar(yearly.index, known["men and boys"], bottom=known["women and girls"], color=LIGHT.second, width=0.75)
    above.bar(yearly.index, rest, bottom=known.sum(axis=1), color=LIGHT.grid, width=0.75)
    above.set_title("Arrivals in the year")
    above.yaxis.set_major_formatter("{x:,.0f}")
    style.note(above, "women and girls", 2011.8, known.loc[2011, "women and girls"] - 250, LIGHT.first)
    style.note(above, "men and boys", 2011.8, known.loc[2011].sum() - 150, LIGHT.second)
    dots = frame[(frame["kind"] == "cumulative")]
    start = dots.loc[dots["year"] == dots["year"].min(), "persons"].iloc[0]
    line = start + yearly.loc[yearly.index > dots["year"].min(), "both"].cumsum()
    below.plot(line.index, line, color=LIGHT.third, linewidth=2)
    below.plot(dots["year"], dots["persons"], "o", color=LIGHT.third, markersize=4)
    below.set_title("Arrivals to date")
    below.yaxis.set_major_formatter("{x:,.0f}")
    below.set_ylim(0, None)
    style.years(above, yearly.index.min(), yearly.index.max(), 3)
    return drawing
