"""Tables of the chapter "Remittance channels" that check numbers, and of what surveys print."""

import pandas as pd

from lifeline.estimate import Estimate, share, sources
from lifeline.evidence import Evidence
from lifeline.figures import TRACE, Title, table
from lifeline.findings import channels as known
from lifeline.findings import channels_reports as found
from lifeline.method import LEVEL
from lifeline.rules import later

# --------------------------------------------------------------------------- the report of June 2020


@table(
    "founding-report",
    title=Title("What Radio Free Asia printed in June 2020, and what stands behind it"),
    columns={"printed": "As printed", "origin": "What the origin says", "verdict": "Verdict"},
    note="The numbers were read in altered copies of the report, as the notes in the data say; a number that was "
    "changed there would not be noticed here.",
)
def founding_report(evidence: Evidence) -> pd.DataFrame:
    """Each number of the report with its origin; one line a number."""
    lines = [sent(evidence), sums(evidence), pay(evidence), settled(evidence), year(evidence), economy(evidence)]
    return pd.DataFrame(lines)


def line(evidence: Evidence, printed: str, origin: str, verdict: str, *rests_on: Estimate) -> dict[str, str]:
    """One line of the table, with what it rests on."""
    rows = tuple(dict.fromkeys(row for estimate in rests_on for row in estimate.rows))
    return {"printed": printed, "origin": origin, "verdict": verdict, **traced(evidence, rows)}


def traced(evidence: Evidence, rows: tuple[str, ...]) -> dict[str, str]:
    """Rows, originators and documents of an estimate, joined."""
    behind = sources(rows, evidence)
    return {
        "row": " ".join(rows),
        "originator": "; ".join(sorted(behind["originator"].unique())),
        "doc_id": " ".join(sorted(behind["doc_id"].unique())),
    }


def sent(evidence: Evidence) -> dict[str, str]:
    """The share who sent."""
    printed, base = found.founding(evidence, "share"), found.founding(evidence, "asked")
    ever, in_year = known.ever_sent(evidence, 2018), known.sent_in_year(evidence, 2018)
    return line(
        evidence,
        f"{printed.value:.0f} percent of {base.value:.0f} sent money in 2018",
        f"NKDB: {ever.count} of {ever.base} had ever sent; {in_year.count} of {in_year.base} sent in 2018, "
        f"{in_year.value:.1f} percent",
        "right number, wrong label: ever, not in the year",
        printed,
        ever,
        in_year,
    )


def sums(evidence: Evidence) -> dict[str, str]:
    """The yearly sum of most senders."""
    least, most = found.founding(evidence, "least"), found.founding(evidence, "most")
    mean = known.amount_per_sender_usd(evidence, 2018)
    return line(
        evidence,
        f"most sent {least.value:,.0f} to {most.value:,.0f} dollars a year",
        "not found: the bands of 2018 were not seen; the mean sum per sender is "
        f"{round(mean.value, -1):,.0f} dollars by the survey’s own total",
        "cannot be checked; the mean lies above the band, as it can if few send much",
        least,
        mean,
    )


def pay(evidence: Evidence) -> dict[str, str]:
    """State pay."""
    printed = found.founding(evidence, "pay")
    least, most = (found.state_pay_bound(evidence, end) for end in ("least", "most"))
    n = int(found.state_pay_reports(evidence).value)
    return line(
        evidence,
        f"state pay of about {printed.value:.0f} dollars a month",
        f"none named; {n} other reports put state pay at {least.value:g} to {most.value:g} dollars a month, at "
        "different times and rates",
        "no origin, and more than in any other report collected",
        printed,
        least,
    )


def settled(evidence: Evidence) -> dict[str, str]:
    """Arrivals since 1998."""
    printed, summed = found.founding(evidence, "arrived"), found.arrivals_1998_2019(evidence)
    right = printed.value <= summed.value < printed.value + 1000
    return line(
        evidence,
        f"{printed.value:,.0f} settled since 1998",
        f"Ministry of Unification: {summed.value:,.0f} arrived in 1998 to 2019",
        "holds, rounded down; arrivals, not people living there" if right else "does not fit",
        printed,
        summed,
    )


def year(evidence: Evidence) -> dict[str, str]:
    """Arrivals in 2019."""
    printed, final = found.founding(evidence, "arrived-2019"), known.arrivals(evidence, 2019)
    return line(
        evidence,
        f"{printed.value:,.0f} in the past year",
        f"Ministry of Unification: {final.value:,.0f} in 2019",
        "holds" if printed.value == final.value else "does not hold",
        printed,
        final,
    )


def economy(evidence: Evidence) -> dict[str, str]:
    """The ratio of the economies."""
    printed = found.founding(evidence, "times")
    whole, head = (found.south_to_north(evidence, of) for of in ("income", "income-per-head"))
    return line(
        evidence,
        f"the South’s economy about {printed.value:.0f} times the North’s",
        f"Bank of Korea: {whole.value:g} times in national income in 2018, {head.value:g} times per head",
        "holds, rounded, for the whole economy; per head the ratio is smaller"
        if abs(whole.value / printed.value - 1) < 0.1
        else "does not hold",
        printed,
        whole,
        head,
    )


# ------------------------------------------------------------- before, during and after the closed border


def cell(estimate: Estimate) -> str:
    """An estimate as "2018: 30.2 (26.0 to 34.8)"; arrivals without decimals."""
    if estimate.unit == "persons":
        return f"{estimate.period}: {estimate.value:,.0f}"
    bounds = "" if estimate.low is None else f" ({estimate.low:.1f} to {estimate.high:.1f})"
    return f"{estimate.period}: {estimate.value:.1f}{bounds}"


@table(
    "periods",
    title=Title("What surveys and counts print before, during and after the closed border"),
    columns={"what": "What", "before": "To 2019", "closed": "2020 to 2022", "since": "2023 and later"},
    note=f"In brackets {LEVEL:.0%} intervals as if a simple random sample, a floor; without brackets the base is "
    "not printed, or it is a mean without a spread. The wave of 2023 was asked in autumn, weeks after a partial "
    "reopening was announced, about a year in which the border was mostly closed.",
)
def periods(evidence: Evidence) -> pd.DataFrame:
    """Measures of the survey, and arrivals, by period; one line a measure."""
    answers = {
        "sent in the year, %": [known.sent_in_year(evidence, y) for y in (2016, 2018, 2020, 2021, 2022, 2023)],
        "in contact, %": [known.in_contact(evidence, y) for y in (2015, 2018, 2020, 2023)],
        "in contact that year, %": [known.in_contact_that_year(evidence, y) for y in (2021, 2022)],
        "commission paid, mean %": [known.fee(evidence, "paid", y) for y in (2019, 2022, 2023)],
        "money reached the recipient, %": [printed_share(evidence, f"nkdb-{y}-delivered") for y in (2022, 2023)],
        "arrived the same day, %": [printed_share(evidence, "nkdb-2022-delivery-time-same-day")],
        "people who arrived in the South": [
            known.arrivals(evidence, y) for y in (2019, 2020, 2021, 2022, 2024, 2025)
        ],
    }
    other = known.sent_in_year_2024(evidence)
    lines = [by_period(evidence, what, estimates) for what, estimates in answers.items()]
    lines.insert(1, by_period(evidence, "sent in the year, other survey, %", [other]))
    return pd.DataFrame(lines)


def printed_share(evidence: Evidence, survey_id: str) -> Estimate:
    """One printed share."""
    rows = evidence.surveys[evidence.surveys["survey_id"] == survey_id]
    return share(rows.iloc[0], "")


def by_period(evidence: Evidence, what: str, estimates: list[Estimate]) -> dict[str, str]:
    """One line of the table of periods."""
    placed = {
        "before": [e for e in estimates if int(e.period) < found.CLOSED],
        "closed": [e for e in estimates if found.CLOSED <= int(e.period) < found.REOPENED],
        "since": [e for e in estimates if int(e.period) >= found.REOPENED],
    }
    rows = tuple(row for estimate in estimates for row in estimate.rows)
    return {
        "what": what,
        **{name: "; ".join(map(cell, some)) for name, some in placed.items()},
        **traced(evidence, rows),
    }


def dated(rows: pd.DataFrame) -> list[list[str]]:
    """First and last day of each event, as far as told."""
    pairs = zip(rows["date"], rows["end_date"], strict=True)
    return [[day for day in pair if pd.notna(day)] for pair in pairs]


def month(date: str) -> str:
    """A date as "Nov 2025", or the year alone."""
    return date if len(date) == 4 else f"{pd.Timestamp(date):%b %Y}"


@table(
    "southern-law",
    title=Title("Law, police and courts in the South on transfers to the North"),
    columns={"date": "Date", "event": "What happened, as reported"},
    note="Only what was read: investigations that no outlet printed, and cases without a ruling, are missing.",
)
def southern_law(evidence: Evidence) -> pd.DataFrame:
    """Dated events in the South that bear on transfers; one line an event."""
    t = evidence.events
    rows = t[t["category"] == "south_korea"].sort_values("date", key=later)
    documents = evidence.documents.set_index("doc_id")
    return pd.DataFrame(
        {
            "date": [" to ".join(map(month, days)) for days in dated(rows)],
            "event": rows["event"],
            "row": "events:" + rows["event_id"],
            "originator": rows["doc_id"].map(documents["originator"]),
            "doc_id": rows["doc_id"],
        }
    ).reset_index(drop=True)


# ---------------------------------------------------------------------------------- what surveys print

QUESTIONS = {
    "route of the money": "way",
    "who carries the money": "way",
    "province the money goes to": "place",
    "checked that the money arrived": "receipt",
    "how receipt was checked": "receipt",
    "money reached the recipient": "receipt",
    "money was properly delivered": "receipt",
    "time until the recipient gets the money": "time",
    "recipient of the money": "recipient",
    "use of the money, as the sender believes": "use",
    "means of contact with the North": "contact",
    "received money from China or the North": "other direction",
}
"""Questions of surveys that this chapter shows, and what they are about."""

SURVEYS = {"NKDB integration survey": "NKDB", "One Korea survey": "One Korea", "Chosun Ilbo poll": "Chosun Ilbo"}


@table(
    "answers",
    title=Title("What surveys print on ways, speed, receipt and recipients"),
    columns={"question": "Question", "wave": "Wave", "answers": "Answers, %", "base": "Of whom"},
    note=f"In brackets {LEVEL:.0%} intervals as if a simple random sample, a floor; none where the number of "
    "people asked was not printed, or gives no whole person for the share. Bases differ: senders of the year, ever "
    "senders, people in contact. Answers of different surveys cannot be joined.",
)
def answers(evidence: Evidence) -> pd.DataFrame:
    """Printed answers on channels with their intervals, percent; one line a question and wave."""
    t = evidence.surveys
    good = t["quality"].eq("ok") & t["unit"].eq("percent")
    rows = t[good & t["question"].isin(QUESTIONS) & t["survey"].isin(SURVEYS)]
    doubted = rows["note"].fillna("").str.contains("no whole count")
    told = [cell(share(row, "")).partition(": ")[2] for _, row in whole(rows, doubted).iterrows()]
    people = rows["base_n"].astype("string")
    rows = rows.assign(
        answers=rows["answer"].where(rows["answer"] != "yes", "").str.cat(told, sep=" ").str.strip(),
        wave=rows["year"].astype(str) + ", " + rows["survey"].map(SURVEYS),
        base=rows["base"] + (", " + people).fillna(""),
        row="surveys:" + rows["survey_id"],
    )
    grouped = rows.groupby(["question", "year", "wave", "base"], sort=False)
    frame = grouped[["answers", *TRACE]].agg(
        lambda cells: (
            {"answers": "; "}.get(str(cells.name), " ").join(dict.fromkeys(cells))
            if cells.name != "originator"
            else cells.iloc[0]
        )
    )
    order = list(QUESTIONS)
    frame = frame.reset_index()
    frame["at"] = frame["question"].map(order.index)
    return frame.sort_values(["at", "year"], ignore_index=True).drop(columns="at")


def whole(rows: pd.DataFrame, doubted: pd.Series) -> pd.DataFrame:
    """The answers, without their base where no whole number of people gives the printed share."""
    return rows.assign(base_n=rows["base_n"].mask(doubted), count=rows["count"].mask(doubted))
