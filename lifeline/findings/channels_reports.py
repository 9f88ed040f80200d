"""Findings of the chapter "Remittance channels" that rest on reports, and checks of the report of June 2020."""

import pandas as pd

from lifeline.estimate import Estimate, one, share
from lifeline.evidence import Evidence
from lifeline.fault import NoEvidence
from lifeline.findings import finding
from lifeline.findings.channels import answer, counts, ever_sent, printed, sent_in_year
from lifeline.reports import names_in, number_of_reports, said_by, told

CLOSED, REOPENED = 2020, 2023
"""The border was closed from January 2020; a partial reopening was announced in August 2023."""

FOUNDING = "rfa-2020-06-envy-of-remittances"
"""The report of Radio Free Asia of June 2020 with which the study began."""


# ------------------------------------------------------------------- what reports say the chain keeps

LEFT_OUT = {
    "one link": r"facilitating broker",
    "not sent from the South": r"in China sending|United States",
    "with what officials take": r"bribes|what state security takes",
    "an earlier level, looked back on": r"earlier|before|last year",
}
"""Why a row on the fee of the whole chain is left out of the series: what its base or its note says."""

CASE = r"^one (?:transfer|sender)"
"""How the base of a row begins that is about a single case, not about what is usual."""


def fee_rows(evidence: Evidence) -> pd.DataFrame:
    """Every reported fee of the whole chain, one line a row of quantities, percent of the sum.

    Added columns: report, the echo group of the document; first, whether the row's originator is that of
    the report; year that the fee is about; least and most, the bounds as printed; left_out, why the row
    is not in the series, empty if it is; row.
    """
    documents = evidence.documents.set_index("doc_id")
    q = evidence.quantities
    q = q[q["measure"] == "fee_whole_chain"]
    report = q["doc_id"].map(documents["echo_group"])
    text = q["base"].fillna("") + "; " + q["note"].fillna("")
    year = pd.to_numeric(q["period_end"].str.slice(0, 4)).astype("Int64")
    published = pd.to_numeric(q["doc_id"].map(documents["published"]).str.slice(0, 4)).astype("Int64")
    left_out = pd.Series("", q.index, dtype="string")
    for why, words in LEFT_OUT.items():
        left_out = left_out.mask((left_out == "") & text.str.contains(words), why)
    looked_back = (published - year > 1).fillna(False) | (year < year.groupby(report).transform("max")).fillna(
        False
    )
    left_out = left_out.mask((left_out == "") & looked_back, "an earlier level, looked back on")
    return q.assign(
        report=report,
        first=q["originator"] == report.map(documents["originator"]),
        year=year,
        least=q[["low", "point", "high"]].min(axis=1),
        most=q[["low", "point", "high"]].max(axis=1),
        case=q["base"].fillna("").str.contains(CASE),
        left_out=left_out.mask((left_out == "") & year.isna(), "no year"),
        row="quantities:" + q["quantity_id"],
    )


def fee_reports(evidence: Evidence) -> pd.DataFrame:
    """Dated reports of the fee of the whole chain, one line an echo group, percent of the sum.

    A report that several outlets print counts for the one that said it first. Columns: report, year,
    least, most (bounds that the report names), open ("up", "down" or "": printed as "over" or "up to"),
    level (middle of the bounds), case (a single case), originator, group, kind, row and doc_id.
    """
    kept = fee_rows(evidence)
    kept = kept[kept["left_out"] == ""]
    originals = kept["first"] | ~kept.groupby("report")["first"].transform("any")
    kept = kept[originals].sort_values("quantity_id")
    only = kept["point"].isna() & (kept["least"] == kept["most"])
    kept = kept.assign(open=kept["low"].notna().map({True: "up", False: "down"}).where(only, ""))
    outlets = evidence.outlets.set_index("originator")
    frame = kept.groupby("report", sort=True).agg(
        year=("year", "first"),
        least=("least", "min"),
        most=("most", "max"),
        open=("open", "first"),
        case=("case", "all"),
        originator=("originator", "first"),
        row=("row", " ".join),
        doc_id=("doc_id", lambda names: " ".join(dict.fromkeys(names))),
    )
    return frame.assign(
        level=(frame["least"] + frame["most"]) / 2,
        group=frame["originator"].map(outlets["independence_group"]),
        kind=frame["originator"].map(outlets["kind"]),
    ).reset_index()


def span(evidence: Evidence, period: str) -> pd.DataFrame:
    """The dated reports before the border closed, or since."""
    frame = evidence.derived(fee_reports)
    frame = frame[(frame["year"] < CLOSED) == (period == "before-2020")]
    if frame.empty:
        raise NoEvidence(f"no report of a fee {period}")
    return frame


def of_fees(frame: pd.DataFrame, value: float, unit: str, describes: str) -> Estimate:
    """An estimate that rests on these reports of fees."""
    rows = names_in(frame["row"])
    first, last = int(frame["year"].min()), int(frame["year"].max())
    return Estimate(value, unit, f"{first} to {last}", describes, rows)


PERIODS = ("before-2020", "since-2020")


@finding("fee-reports-{period}", period=PERIODS)
def number_of_fees(evidence: Evidence, period: str) -> Estimate:
    """Dated reports of what the whole chain keeps, one echo group once."""
    frame = span(evidence, period)
    return of_fees(frame, float(len(frame)), "reports", "reports of the fee of the whole chain")


@finding("fee-originators-{period}", period=PERIODS)
def originators_of_fees(evidence: Evidence, period: str) -> Estimate:
    """Originators of the dated reports of what the whole chain keeps."""
    frame = span(evidence, period)
    return of_fees(frame, float(frame["group"].nunique()), "originators", "independent originators")


@finding("fee-reported-median-{period}", period=PERIODS)
def median_fee(evidence: Evidence, period: str) -> Estimate:
    """Median over reports of the commission they name (the middle of a range), percent of the sum sent."""
    frame = span(evidence, period)
    return of_fees(frame, float(frame["level"].median()), "percent", "median over reports, not over transfers")


@finding("fee-reported-{end}-{period}", end=("least", "most"), period=PERIODS)
def extreme_fee(evidence: Evidence, end: str, period: str) -> Estimate:
    """Lowest and highest commission of the whole chain that a dated report names, percent of the sum sent."""
    frame = span(evidence, period)
    value = frame["least"].min() if end == "least" else frame["most"].max()
    return of_fees(frame, float(value), "percent", "bound of what reports name")


@finding("fee-reported-{end}-2021", end=("least", "most"))
def fee_in_2021(evidence: Evidence, end: str) -> Estimate:
    """Lowest and highest commission that reports name for 2021, percent of the sum sent."""
    frame = evidence.derived(fee_reports)
    frame = frame[frame["year"] == 2021]
    if frame.empty:
        raise NoEvidence("no report of a fee in 2021")
    value = frame["least"].min() if end == "least" else frame["most"].max()
    return of_fees(frame, float(value), "percent", "bound of what reports name")


@finding("fee-rows-left-out")
def fee_rows_left_out(evidence: Evidence) -> Estimate:
    """Rows on the fee of the whole chain that stand outside the series, by what they say of themselves."""
    rows = evidence.derived(fee_rows)
    rows = rows[rows["left_out"] != ""]
    return Estimate(float(len(rows)), "rows", "", "rows left out", tuple(rows["row"]))


def lacking(frame: pd.DataFrame) -> list[pd.DataFrame]:
    """The reports of fees without each source in turn, and without those that name only a bound."""
    return [frame[frame["group"] != name] for name in frame["group"].unique()] + [frame[frame["open"] == ""]]


@finding("fee-reported-median-{end}-{period}", end=("least", "most"), period=PERIODS)
def median_lacking(evidence: Evidence, end: str, period: str) -> Estimate:
    """Lowest and highest the median becomes without any one source, or without reports of a bound only, percent."""
    frame = span(evidence, period)
    left = [float(part["level"].median()) for part in lacking(frame) if not part.empty]
    if not left:
        raise NoEvidence(f"one source alone {period}")
    return of_fees(frame, min(left) if end == "least" else max(left), "percent", "median over fewer reports")


@finding("fee-reports-since-2020-low")
def low_fees(evidence: Evidence) -> Estimate:
    """Reports since 2020 that name no more than the median report before, one echo group once."""
    before, frame = median_fee(evidence, "before-2020"), span(evidence, "since-2020")
    low = frame[frame["level"] <= before.value]
    if low.empty:
        raise NoEvidence("no report since 2020 names so little")
    return of_fees(low, float(len(low)), "reports", "reports at or below the earlier median")


def then_and_now(evidence: Evidence) -> pd.DataFrame:
    """Reports that set an earlier level of the fee beside the present one, one line an echo group.

    Columns: then and now, middle of the bounds in percent (the lowest earlier level); row. Reports that have
    no year are among them, and those of other routes than from the South or with bribes are not.
    """
    rows = evidence.derived(fee_rows)
    rows = rows[rows["left_out"].isin(["", "no year", "an earlier level, looked back on"])]
    rows = rows.assign(
        level=(rows["least"] + rows["most"]) / 2,
        when=rows["left_out"].str.startswith("an earlier").map({True: "then", False: "now"}),
    )
    levels = rows.pivot_table(index="report", columns="when", values="level", aggfunc="min").reindex(
        columns=["then", "now"]
    )
    return levels.assign(row=rows.groupby("report")["row"].agg(" ".join)).dropna().reset_index()


@finding("fee-then-and-now{which}", which=("", "-higher"))
def fee_then_and_now(evidence: Evidence, which: str) -> Estimate:
    """Reports that set an earlier commission beside the present one, all or those with the present one higher."""
    frame = then_and_now(evidence)
    frame = frame[frame["now"] > frame["then"]] if which else frame
    if frame.empty:
        raise NoEvidence("no report names an earlier fee beside the present one")
    rows = names_in(frame["row"])
    return Estimate(float(len(frame)), "reports", "", "reports with an earlier level", rows)


# ------------------------------------------------------------------------ what each link keeps of a sum

LINKS = {
    "south": "broker in the South",
    "china": "broker in China",
    "financier": "ethnic Chinese financier, place not told",
    "inside": "broker inside the North",
    "courier": "courier",
    "northern": "northern side, officials perhaps among them",
    "officers": "state security or police",
    "chain": "all links together",
    "family": "family",
}
"""Who can keep a part of a sum, in the order of the chain."""

SPLITS: dict[str, tuple[str, str, dict[str, str]]] = {
    "2011, usual": (
        "usual split, as told",
        "people who had left, to an unnamed paper",
        {
            "007nis-2011-10-pungsan-c2-q1": "china inside courier",
            "007nis-2011-10-pungsan-c5-q2": "family",
        },
    ),
    "2018, usual": (
        "usual split, as told",
        "a graphic of Daily NK, sources in North Hamgyong",
        {
            "dailynk-2018-x-police-identity-visits-ko-c1-q3": "south",
            "dailynk-2018-x-police-identity-visits-ko-c1-q4": "china",
            "dailynk-2018-x-police-identity-visits-ko-c1-q5": "inside",
            "dailynk-2018-x-police-identity-visits-ko-c1-q1": "officers",
            "dailynk-2018-x-police-identity-visits-ko-c1-q6": "family",
        },
    ),
    "undated, usual": (
        "usual split, as told",
        "a source on the North, to Newspim, after the border closed",
        {
            "newspim-x-x-hwagyo-40-c2-q2": "south",
            "newspim-x-x-hwagyo-40-c2-q1": "financier",
            "newspim-x-x-hwagyo-40-c2-q3": "inside",
        },
    ),
    "2014, one": (
        "one transfer",
        "a woman in Seoul, to the Associated Press",
        {"ap-2014-10-smuggled-phones-c2-q2": "chain"},
    ),
    "2020, one": (
        "one transfer",
        "a sender in the South, to Sisa Weekly",
        {"sisaweekly-2020-11-fee-c1-q2": "china", "sisaweekly-2020-11-fee-c1-q3": "northern"},
    ),
}
"""Accounts that say what each link keeps: kind of account, whose it is, and which row is which link's."""


def percent_of_sum(row: pd.Series) -> float:
    """A link's part in percent; parts printed in won are out of a million."""
    return float(row["point"]) if row["unit"] == "percent" else float(row["point"]) / 1e6 * 100


def splits(evidence: Evidence) -> pd.DataFrame:
    """Dated breakdowns of a sum, one line a link: account, kind, told_by, link, percent, row.

    Where the family's part is not printed it is what the parts named leave over.
    """
    q = evidence.quantities.set_index("quantity_id")
    lines = []
    for account, (kind, told_by, parts) in SPLITS.items():
        there = {key: links for key, links in parts.items() if key in q.index}
        for key, links in there.items():
            row = q.loc[key]
            trace = {"row": f"quantities:{key}", "originator": row["originator"], "doc_id": row["doc_id"]}
            value = percent_of_sum(row)
            lines += [
                {"account": account, "kind": kind, "told_by": told_by, "link": link, "percent": value, **trace}
                for link in links.split()
            ]
    frame = pd.DataFrame(lines)
    if frame.empty:
        raise NoEvidence("no account of what each link keeps")
    return pd.concat([frame, leftovers(frame)], ignore_index=True)


def leftovers(frame: pd.DataFrame) -> pd.DataFrame:
    """What the parts leave for the family, in accounts that do not print it."""
    bare = frame.groupby("account").filter(lambda rows: "family" not in set(rows["link"]))
    left = bare.groupby("account", sort=False).agg(
        kind=("kind", "first"),
        told_by=("told_by", "first"),
        percent=("percent", lambda parts: 100 - parts.sum()),
        row=("row", lambda rows: " ".join(dict.fromkeys(rows))),
        originator=("originator", "first"),
        doc_id=("doc_id", "first"),
    )
    return left.reset_index().assign(link="family")


@finding("left-in-account-{year}", year=(2011, 2018, 2020))
def left_in_account(evidence: Evidence, year: int) -> Estimate:
    """What is left for the family in one account of what each link keeps, percent of the sum sent."""
    frame = splits(evidence)
    rows = frame[frame["account"].str.startswith(str(year)) & (frame["link"] == "family")]
    if rows.empty:
        raise NoEvidence(f"no account of {year}")
    row = rows.iloc[0]
    return Estimate(float(row["percent"]), "percent", str(year), "of the sum sent", tuple(row["row"].split()))


@finding("kept-in-account-2018-{link}", link=("south", "china", "inside", "officers"))
def kept_in_account(evidence: Evidence, link: str) -> Estimate:
    """What one link keeps in the account of 2018, percent of the sum sent."""
    frame = splits(evidence)
    row = one(frame, account="2018, usual", link=link)
    return Estimate(float(row["percent"]), "percent", "2018", LINKS[link], (row["row"],))


@finding("kept-in-account-2011-link")
def kept_in_2011(evidence: Evidence) -> Estimate:
    """What each of the middlemen keeps in the account of 2011, percent of the sum sent."""
    row = one(splits(evidence), account="2011, usual", link="china")
    return Estimate(float(row["percent"]), "percent", "2011", "each middleman", (row["row"],))


def naming(evidence: Evidence, brokers: int) -> pd.DataFrame:
    """Rows on money sent from the South that name this number of brokers, one line an echo group."""
    q = evidence.quantities
    rows = q[(q["measure"] == "brokers_per_transfer") & (q["point"] == brokers)]
    rows = rows[~rows["base"].fillna("").str.contains("reverse")]
    rows = rows.assign(report=rows["doc_id"].map(evidence.documents.set_index("doc_id")["echo_group"]))
    if rows.empty:
        raise NoEvidence(f"no row names {brokers} brokers")
    return rows


@finding("brokers-in-chain")
def brokers_in_chain(evidence: Evidence) -> Estimate:
    """Brokers in the chain of one transfer from the South, as all reports that give one number have it."""
    rows = naming(evidence, 3)
    keys = tuple("quantities:" + rows["quantity_id"])
    return Estimate(float(rows["point"].iloc[0]), "brokers", "2011 to 2018", "brokers in one transfer", keys)


@finding("brokers-in-chain-reports")
def brokers_in_chain_reports(evidence: Evidence) -> Estimate:
    """Reports that name the usual number of brokers in one transfer from the South."""
    rows = naming(evidence, 3)
    keys = tuple("quantities:" + rows["quantity_id"])
    return Estimate(float(rows["report"].nunique()), "reports", "2011 to 2018", "reports", keys)


# ----------------------------------------------------------------------------- what else reports tell

TOPICS = {
    "phone_contact": "calls and phones",
    "delivery": "handing over",
    "fraud": "money lost to cheats",
    "confiscation": "money seized from families or brokers",
    "refusal": "money refused by families",
    "alternative_channel": "other ways, inside the North too",
    "currency": "currencies",
    "recipient_use": "what the money is used for",
    "border_closure_effect": "the closed border and transfers",
    "crackdown_effect": "crackdowns in the North and transfers",
    "southern_enforcement": "law and police in the South",
}
"""Topics of the codebook on which this chapter counts reports."""


NOT_COUNTED: dict[str, tuple[str, ...]] = {
    "confiscation": (
        "nkd-2011-04-officials-take-homes-c1",
        "nkeconwatch-2015-07-overseas-workers-c1",
        "nkeconwatch-2018-08-loyalty-funds-c1",
        "kollo-2025-08-loyalty-fee-c1",
        "dailynk-2021-x-inspectors-hunt-pockets-ko-c1",
    ),
    "alternative_channel": (
        "chosun-2009-02-growing-c4",
        "dailynk-x-x-us-letters-ko-c1",
        "dailynkjp-x-x-russia-side-jobs-c1",
        "donga-2009-10-family-burden-ja-c1",
        "donga-2009-10-hope-burden-zh-c3",
        "eastasiaforum-2011-04-lankov-c3",
        "familycare-2018-08-scmp-copy-c4",
        "ifs-2025-03-legal-c2",
        "ndaily-2018-10-origin-c2",
        "newdaily-2009-12-20m-c3",
        "reuters-2013-03-japan-koreans-c2",
        "rfa-2011-03-usps-ko-c1",
        "rfa-2018-12-alipay-ko-c1",
    ),
    "crackdown_effect": (
        "briefly-2025-x-secret-networks-c2",
        "joongang-2025-08-risk-c2",
        "kbpp-2025-x-guardian-fr-altered-c1",
        "udn-2025-x-forty-percent-c4",
    ),
}
"""Claims that carry a topic of the codebook but are not of what this chapter counts, read one by one: homes,
loyalty charges on workers abroad and checks of everybody; escapes, letters and senders without a way told;
crackdowns in the South."""


def about(evidence: Evidence, topic: str) -> pd.DataFrame:
    """The claims of one topic. Answers of surveys are told in their own sections, not counted here."""
    claims = said_by(
        evidence,
        topic=topic,
        basis=["anonymous_informant", "named_person", "official", "expert", "journalist"],
    )
    return claims[~claims["claim_id"].isin(NOT_COUNTED.get(topic, ()))]


@finding("reports-{topic}", topic=tuple(TOPICS))
def reports_about(evidence: Evidence, topic: str) -> Estimate:
    """Reports on one topic, one echo group once, surveys not counted."""
    return number_of_reports(about(evidence, topic), TOPICS[topic])


@finding("originators-{topic}", topic=("fraud", "confiscation"))
def originators_about(evidence: Evidence, topic: str) -> Estimate:
    """Originators of the reports on one topic, those of one newsroom counted once."""
    claims = about(evidence, topic)
    return number_of_reports(claims.assign(originator=claims["group"]), TOPICS[topic], "originator")


@finding("southern-enforcement-since-2023")
def southern_enforcement(evidence: Evidence) -> Estimate:
    """Reports since 2023 on law and police in the South, one echo group once."""
    claims = about(evidence, "southern_enforcement")
    return number_of_reports(claims[claims["year"] >= REOPENED], "law and police in the South since 2023")


# ------------------------------------------------------------------------------- what surveys print


ANSWERS = {
    "same-day-2022": ("nkdb-2022-delivery-time-same-day", "Senders whose money arrived the same day"),
    "delivered-2022": ("nkdb-2022-delivered", "Senders whose money reached the recipient"),
    "delivered-2023": ("nkdb-2023-delivered", "Senders whose money reached the recipient"),
    "delivered-2010": ("one-korea-2010-delivered", "Senders who believe that the money was properly delivered"),
    "not-delivered-2010": ("one-korea-2010-delivered-no", "Senders who believe that it was not properly delivered"),
    "delivery-unknown-2010": (
        "one-korea-2010-delivered-do-not-know",
        "Senders who do not know whether the money was delivered",
    ),
    "checked-2010": ("nkdb-2010-checked", "Senders who checked that the money arrived"),
    "called-to-check-2010": (
        "nkdb-2010-check-means-direct-phone-call-with-family",
        "Senders who checked by speaking with the family on the phone",
    ),
    "via-china-2015": ("nkdb-2015-route-via-china", "Senders whose money went by way of China"),
    "carrier-in-china-2010": (
        "nkdb-2010-carrier-ethnic-korean-china",
        "Senders who used an ethnic Korean in China",
    ),
    "carrier-in-china-2015": (
        "nkdb-2015-carrier-ethnic-korean-china",
        "Senders who used an ethnic Korean in China",
    ),
    "to-north-hamgyong-2010": (
        "nkdb-2010-destination-north-hamgyong",
        "Money that went to North Hamgyong, as share of senders or transfers (not said which)",
    ),
    "once-2010": ("nkdb-2010-transfers-once", "Senders of the year who sent once"),
    "once-2021": ("nkdb-2021-transfers-once", "Senders of the year who sent once"),
    "phone-2020": ("nkdb-2020-contact-means-phone-call", "People in contact who use the phone"),
    "trading-capital-2010": (
        "one-korea-2010-use-trading-capital",
        "Senders who believe that the family uses the money to trade",
    ),
    "money-came-2018": ("nkdb-2018-received-money", "Respondents who received money from China or the North"),
    "no-money-2021": (
        "nkdb-2021-not-sent-reason-no-money-send",
        "Respondents who sent nothing for want of money, of those who sent nothing",
    ),
    "no-family-2021": (
        "nkdb-2021-not-sent-reason-no-family-send",
        "Respondents who sent nothing for want of family, of those who sent nothing",
    ),
    "other-mostly-lost-contact-2021": (
        "nkdb-2021-not-sent-reason-other-mostly-lost-contact",
        "Respondents who gave another reason, mostly lost contact, of those who sent nothing",
    ),
}
"""Printed answers that the prose names: the finding's name, the row and what readers see beside it."""


def registered(label: str, survey_id: str, title: str) -> None:
    """Registers one printed answer as a finding, with Wilson's interval where its base is printed."""

    def printed_answer(evidence: Evidence) -> Estimate:
        return share(one(evidence.surveys, survey_id=survey_id), title)

    printed_answer.__doc__ = title
    finding(f"survey-{label}", digits=1)(printed_answer)


for _label, (_survey_id, _title) in ANSWERS.items():
    registered(_label, _survey_id, _title)


def quoted(evidence: Evidence, quantity_id: str, unit: str, describes: str) -> Estimate:
    """One reported number as printed, without an interval."""
    row = one(evidence.quantities, quantity_id=quantity_id)
    point = row["point"] if pd.notna(row["point"]) else row["low"]
    return Estimate(float(point), unit, str(row["period_end"]), describes, (f"quantities:{quantity_id}",))


USES = {
    "living-2018": "bbc-2019-03-nkdb-c1-q4",
    "living-2021": "koreaherald-2021-12-down18-c2-q1",
    "living-2024": "naon-2025-04-nars-c2-q1",
    "medical-2024": "naon-2025-04-nars-c2-q2",
}


@finding("use-{what}", digits=1, what=tuple(USES))
def use(evidence: Evidence, what: str) -> Estimate:
    """Share of senders who name living costs, or medical costs, as what the money is for, as printed."""
    return quoted(evidence, USES[what], "percent", "senders, as printed; the base is not")


@finding("same-day-rise-2022", digits=1)
def same_day_rise(evidence: Evidence) -> Estimate:
    """Rise of the share whose money arrived the same day, 2022 against 2021, as printed, percentage points."""
    return quoted(evidence, "dailywoman-2023-05-nkdb2022-c2-q2", "points", "arrived the same day")


@finding("transfers-{year}-printed", digits=2, year=(2023,))
def transfers_printed(evidence: Evidence, year: int) -> Estimate:
    """Mean number of transfers by one sender in the year, as printed."""
    return printed(answer(evidence, "transfers_per_sender_year", year), "transfers", "per sender and year")


# --------------------------------------------------------------------------- the report of June 2020


@finding("printed-{what}", what=("share", "asked", "least", "most", "pay", "arrived", "arrived-2019", "times"))
def founding(evidence: Evidence, what: str) -> Estimate:
    """A number as Radio Free Asia printed it in June 2020."""
    key, column, unit = {
        "share": ("c27-q1", "point", "percent"),
        "asked": ("c27-q1", "base_n", "persons"),
        "least": ("c28-q1", "low", "USD"),
        "most": ("c28-q1", "high", "USD"),
        "pay": ("c30-q1", "point", "dollars"),
        "arrived": ("c31-q1", "point", "persons"),
        "arrived-2019": ("c31-q2", "point", "persons"),
        "times": ("c33-q1", "point", "times"),
    }[what]
    row = one(evidence.quantities, quantity_id=f"{FOUNDING}-{key}")
    return Estimate(
        float(row[column]), unit, str(row["period_end"]), "as printed", (f"quantities:{row['quantity_id']}",)
    )


WORDING = {
    "in the year": r"printed as sent",
    "ever": r"\bever\b|at least once|EVER",
}
"""What note or summary of a row says of the wording of the share of 2018."""


def printings(evidence: Evidence) -> pd.DataFrame:
    """Documents that print NKDB's share of 2018 who ever sent, one line a document.

    Added column wording: how it is worded ("ever", "in the year" or "not said").
    """
    q, claims = evidence.quantities, evidence.claims.set_index("claim_id")
    share = (q["measure"] == "ever_sent") & (q["originator"] == "NKDB") & (q["period_end"] == "2018")
    rows = q[share & (q["unit"] == "percent")]
    if rows.empty:
        raise NoEvidence("nobody prints the share of 2018")
    text = rows["note"].fillna("") + "; " + rows["claim_id"].map(claims["summary"]).fillna("")
    wording = pd.Series("not said", rows.index, dtype="string")
    for label, words in reversed(WORDING.items()):
        wording = wording.mask(text.str.contains(words), label)
    return rows.assign(wording=wording).drop_duplicates("doc_id")


@finding("printings-{wording}-2018", wording=("ever", "in-year", "not-said"))
def printings_of(evidence: Evidence, wording: str) -> Estimate:
    """Documents that print NKDB's share of 2018 who ever sent as ever, as in the year, or without saying."""
    label = {"ever": "ever", "in-year": "in the year", "not-said": "not said"}[wording]
    rows = printings(evidence)
    rows = rows[rows["wording"] == label]
    if rows.empty:
        raise NoEvidence(f"nobody prints it as {label}")
    keys = tuple("quantities:" + rows["quantity_id"])
    return Estimate(float(len(rows)), "documents", "2018", f"worded: {label}", keys)


@finding("misreading-2018", digits=1)
def misreading(evidence: Evidence) -> Estimate:
    """How many times as large the share who ever sent is as the share who sent in 2018."""
    ever, year = ever_sent(evidence, 2018), sent_in_year(evidence, 2018)
    return Estimate(ever.value / year.value, "times", "2018", "ever over in the year", ever.rows + year.rows)


@finding("arrivals-1998-2019")
def arrivals_1998_2019(evidence: Evidence) -> Estimate:
    """People who arrived in the South in the years 1998 to 2019, summed."""
    years = counts(evidence, kind="year", sex="total")
    within = years[years["period_end"].between("1998", "2019")]
    if len(within) != 2019 - 1998 + 1:
        raise NoEvidence("a year is missing")
    return Estimate(
        float(within["persons"].sum()),
        "persons",
        "1998 to 2019",
        "arrivals",
        tuple("arrivals:" + within["arrival_id"]),
    )


def ratios(evidence: Evidence, of: str) -> pd.Series:
    """The Bank of Korea's ratio of South to North for 2018, the last printed before June 2020."""
    q = evidence.quantities
    rows = q[
        (q["measure"] == "income_ratio")
        & (q["unit"] == "ratio")
        & (q["originator"] == "Bank of Korea")
        & (q["period_end"] == "2018")
        & q["note"].fillna("").str.contains(of)
    ]
    if rows.empty:
        raise NoEvidence(f"no ratio of {of} for 2018")
    return rows.sort_values("quantity_id").iloc[0]


@finding("south-to-north-{of}-2018", digits=1, of=("income", "income-per-head"))
def south_to_north(evidence: Evidence, of: str) -> Estimate:
    """How many times the North's national income the South's was in 2018, whole or per head (Bank of Korea)."""
    row = ratios(evidence, "nominal GNI" if of == "income" else "per head")
    return Estimate(float(row["point"]), "times", "2018", "South over North", (f"quantities:{row['quantity_id']}",))


def state_pay(evidence: Evidence) -> pd.DataFrame:
    """Other reports that give state pay of the whole country in dollars a month, one line a row."""
    q = evidence.quantities
    rows = q[(q["measure"] == "official_wage") & (q["unit"] == "USD") & (q["zone"] == "national")]
    rows = rows[rows["doc_id"] != FOUNDING]
    if rows.empty:
        raise NoEvidence("no other report of state pay in dollars")
    return rows


@finding("state-pay-{end}", digits=1, end=("least", "most"))
def state_pay_bound(evidence: Evidence, end: str) -> Estimate:
    """Lowest and highest state pay that other reports give for the whole country, dollars a month."""
    rows = state_pay(evidence)
    bounds = rows[["low", "point", "high"]]
    value = bounds.min(axis=1).min() if end == "least" else bounds.max(axis=1).max()
    return Estimate(
        float(value), "dollars", "2002 to 2022", "state pay a month", tuple("quantities:" + rows["quantity_id"])
    )


@finding("state-pay-reports")
def state_pay_reports(evidence: Evidence) -> Estimate:
    """Other reports that give state pay of the whole country in dollars."""
    rows = state_pay(evidence)
    return Estimate(
        float(rows["doc_id"].map(evidence.documents.set_index("doc_id")["echo_group"]).nunique()),
        "reports",
        "2002 to 2022",
        "reports",
        tuple("quantities:" + rows["quantity_id"]),
    )


# ----------------------------------------------------------------------------------- the chain itself

DESCRIBED: dict[str, tuple[str, ...]] = {
    "pays first": (
        "ap-2014-10-smuggled-phones-c2",
        "link-x-x-how-remit-c3",
        "newfocus-2013-06-commissions-c2",
        "nishinippon-2021-01-skim-copy-c3",
        "nkd-2008-01-hoeryong-hwagyo-c2",
        "reuters-2012-07-money-brokers-c2",
    ),
    "pays after": ("hanintoday-2005-07-hwagyo-c2", "montgomery-2007-04-brokering-c1"),
    "account": (
        "ap-2014-10-smuggled-phones-c2",
        "ap-x-x-how-defectors-send-c1",
        "bbc-2024-01-risky-copy-c1",
        "fnn-2024-x-broker-c1",
        "hotlib-x-x-book-ru-c1",
        "kbsworld-2016-10-feed-c1",
        "koreatimes-x-x-lankov-transfer-c2",
        "link-x-x-how-remit-c3",
        "newfocus-2013-06-commissions-c2",
        "nishinippon-2021-01-skim-copy-c3",
        "nkd-2008-01-hoeryong-hwagyo-c2",
        "nknews-x-x-communicate-copy-c2",
        "reuters-2012-07-money-brokers-c2",
    ),
    "china": (
        "007nis-2011-10-pungsan-c1",
        "ap-x-x-how-defectors-send-c1",
        "asiapress-2021-06-brokers-ko-c3",
        "dailynk-2018-x-police-identity-visits-ko-c1",
        "eurasiajourney-2014-01-phone-bank-c2",
        "gendai-2022-11-remit-c1",
        "hanintoday-2005-07-hwagyo-c2",
        "kbs-2014-07-fraud-c1",
        "localnewswave-2025-x-secret-es-c1",
        "montgomery-2007-04-brokering-c1",
        "nishinippon-2021-01-skim-copy-c3",
        "nkeconwatch-2009-02-remit-grow-c3",
        "nknews-x-x-communicate-copy-c2",
        "rfa-2013-06-yuan-rise-c2",
        "rfa-2017-05-womenera-c2",
        "rfa-2020-06-envy-of-remittances-c25",
        "sisaweekly-2020-11-fee-c1",
    ),
    "inside": (
        "007nis-2011-10-pungsan-c1",
        "ap-2021-x-pandemic-copy-c2",
        "ap-x-x-how-defectors-send-c3",
        "asiapress-2021-06-brokers-ko-c3",
        "dailynk-2018-x-police-identity-visits-ko-c1",
        "dailynk-x-x-brokers-squeeze-interior-c3",
        "eurasiajourney-2014-01-phone-bank-c2",
        "gendai-2022-11-remit-c1",
        "hanintoday-2005-07-hwagyo-c2",
        "hotlib-x-x-book-ru-c1",
        "kbs-2014-07-fraud-c1",
        "link-x-x-how-remit-c3",
        "localnewswave-2025-x-secret-es-c1",
        "montgomery-2007-04-brokering-c1",
        "newspim-x-x-hwagyo-40-c2",
        "nishinippon-2021-01-skim-copy-c3",
        "nkeconwatch-2009-02-remit-grow-c3",
        "nknews-x-x-communicate-copy-c2",
        "rfa-2013-06-yuan-rise-c2",
        "rfa-2017-05-womenera-c2",
    ),
    "courier": (
        "007nis-2011-10-pungsan-c1",
        "bbc-2024-01-risky-copy-c1",
        "dailynk-2024-10-families-report-ko-c2",
        "dailynk-2024-11-turf-war-c5",
        "dailynk-x-x-brokers-squeeze-interior-c3",
        "familycare-2018-08-scmp-copy-c4",
        "kmib-2015-09-holiday-brokers-c3",
        "newspim-x-x-hwagyo-40-c3",
        "npr-2025-10-brokers-espionage-c3",
        "yonhap-2017-03-soldier-c3",
    ),
    "officers": (
        "asiae-2019-06-four-times-c2",
        "chdchdc-x-x-agents-brokers-c1",
        "dailynk-2014-07-agents-taking-20-c1",
        "dailynk-2018-02-broker-threat-ko-c1",
        "dailynk-2018-04-bigger-fees-c2",
        "dailynk-2018-05-no-longer-traitors-c17",
        "dailynk-2018-x-police-identity-visits-ko-c1",
        "dailynk-2022-08-songgeum-dansok-c1",
        "dailynkjp-2021-x-city-brothers-c1",
        "jjang0u-2013-10-tvchosun-ko-c1",
        "nishinippon-2021-01-skim-copy-c5",
        "nkd-2014-07-twenty-percent-ko-c1",
        "whytimes-2018-04-agents-extort-c1",
        "wikileakskr-2020-06-central-watch-ko-c1",
    ),
    "receipt": (
        "briefly-2025-x-secret-networks-c3",
        "dailynk-2024-10-families-report-ko-c2",
        "familycare-2018-08-scmp-copy-c3",
        "fnn-2024-x-broker-c2",
        "hanintoday-2005-07-hwagyo-c2",
        "koreaherald-2011-02-enlighten-c4",
        "montgomery-2007-04-brokering-c1",
        "newfocus-2013-06-commissions-c2",
        "nishinippon-2021-01-skim-copy-c4",
        "npr-2025-10-brokers-espionage-c3",
        "sisaweekly-2020-11-fee-c3",
        "tongilnanum-2025-08-chosun-copy-c2",
    ),
    "settled later": (
        "ap-2021-x-pandemic-copy-c2",
        "ap-x-x-how-defectors-send-c3",
        "asiapress-2021-06-brokers-ko-c3",
        "jeong-2017-x-informal-remittance-c1",
        "nishinippon-2021-01-skim-copy-c3",
        "nkeconwatch-2009-02-remit-grow-c3",
        "xuehua-2019-x-economist-c1",
    ),
}
"""Claims that describe a link of the chain from the South, read one by one."""


@finding("link-reports-{link}", link=("receipt", "settled-later"))
def link_reports(evidence: Evidence, link: str) -> Estimate:
    """Reports that describe one link of the chain, one echo group once."""
    claims = evidence.lines(told)
    chosen = claims[claims["claim_id"].isin(DESCRIBED[link.replace("-", " ")])]
    return number_of_reports(chosen, link)


@finding("rows-{measure}", measure=("delivery_time", "share_received", "officials_share", "brokers_per_transfer"))
def rows_of(evidence: Evidence, measure: str) -> Estimate:
    """Rows of the collection on one measure."""
    rows = evidence.quantities[evidence.quantities["measure"] == measure]
    if rows.empty:
        raise NoEvidence(f"no row on {measure}")
    years = rows["period_end"].dropna().str.slice(0, 4)
    period = f"{years.min()} to {years.max()}"
    return Estimate(float(len(rows)), "rows", period, measure, tuple("quantities:" + rows["quantity_id"]))


@finding("fast-delivery-{year}", year=(2012, 2015))
def fast_delivery(evidence: Evidence, year: int) -> Estimate:
    """Time from payment to delivery of a fast transfer, as one report tells it."""
    key, unit = {
        2012: ("reuters-2012-07-money-brokers-c2-q1", "minutes"),
        2015: ("kmib-2015-09-holiday-brokers-c2-q1", "hours"),
    }[year]
    return quoted(evidence, key, unit, "a fast case")
