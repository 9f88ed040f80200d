"""Findings of the chapter "Caveats about sourcing", and the tables that its figures share with them."""

from typing import Any

import pandas as pd

from lifeline.estimate import COUNTED, Estimate, grade, left_without, one, share, sources
from lifeline.evidence import Evidence
from lifeline.fault import NoEvidence
from lifeline.findings import finding, registry
from lifeline.findings.channels import NKDB, counts, printed
from lifeline.reports import BORDER, ELSEWHERE, joined, names_in, number_of_reports, reports, runs, told

OUTLETS = ("Daily NK", "Radio Free Asia", "AsiaPress")
"""The independence groups with most informants' reports, each with its own color."""

SOURCING = "sourcing"
"""The chapter whose findings are about the sources: they are not tested for what rests on which source."""


# ------------------------------------------------------------------------------------- who says it


def informants(evidence: Evidence) -> pd.DataFrame:
    """Claims of `told` that rest on an informant who is not named, but for those about places abroad.

    People who left and are quoted without a name are among them, and outlets' own surveys of market prices.
    """
    claims = evidence.lines(told)
    return claims[(claims["basis"] == "anonymous_informant") & (claims["place"] != "abroad")]


def informants_reports(evidence: Evidence) -> pd.DataFrame:
    """The reports with such claims, one line a report; see `reports`."""
    return reports(evidence.lines(informants))


def part_of(part: pd.DataFrame, whole: pd.DataFrame, describes: str) -> Estimate:
    """How many of some reports these are, in percent of reports; no share of people, so without an interval."""
    if part.empty:
        raise NoEvidence(f"no report: {describes}")
    years = whole["year"].dropna()
    return Estimate(
        len(part) / len(whole) * 100,
        "percent",
        f"{int(years.min())} to {int(years.max())}",
        describes,
        names_in(whole["row"]),
        count=len(part),
        base=len(whole),
    )


def in_effect(numbers: pd.Series) -> float:
    """So many outlets with equally many reports would be as concentrated: one over the sum of squared shares."""
    return float(numbers.sum() ** 2 / (numbers**2).sum())


@finding("informants-reports")
def number_of_informants_reports(evidence: Evidence) -> Estimate:
    """Reports that rest, in part at least, on an informant who is not named."""
    return number_of_reports(evidence.lines(informants), "reports that rest on an unnamed informant")


@finding("informants-inside")
def informants_inside(evidence: Evidence) -> Estimate:
    """Share of the reports that tell of a place inside the North which rest, in part at least, on such people."""
    rows = evidence.derived(inside_by_basis)
    whole = once(rows)
    unnamed = rows[rows["basis"] == "anonymous_informant"]
    return part_of(
        whole[whole["echo_group"].isin(unnamed["echo_group"])], whole, "reports that tell of a place inside"
    )


def inside_by_basis(evidence: Evidence) -> pd.DataFrame:
    """Every report that tells of a place inside the North, one line a report and basis."""
    claims = evidence.lines(told)
    return reports(claims[claims["place"].isin([BORDER, ELSEWHERE])], ["basis"])


def once(rows: pd.DataFrame) -> pd.DataFrame:
    """Claims, or reports that stand on several lines, one line a report: echo_group, year, row."""
    in_time = rows[["echo_group", "year", "row"]].sort_values("year", kind="stable")
    side_by_side, starts = runs(in_time, ["echo_group"])
    whole = side_by_side.iloc[starts][["echo_group", "year"]].reset_index(drop=True)
    return whole.assign(row=joined(side_by_side["row"], starts))


@finding("informants-outlets")
def outlets(evidence: Evidence) -> Estimate:
    """Independent outlets that printed such reports first."""
    return number_of_reports(evidence.lines(informants), "outlets with reports of unnamed informants", "group")


@finding("informants-{outlet}", outlet={name.lower().replace(" ", "-"): name for name in OUTLETS})
def of_outlet(evidence: Evidence, outlet: str) -> Estimate:
    """Share of the reports of unnamed informants that this outlet printed first: {outlet}."""
    whole = evidence.derived(informants_reports)
    part = whole[whole["group"].str.lower().str.replace(" ", "-") == outlet]
    return part_of(part, whole, "reports of unnamed informants")


@finding("informants-three")
def of_three(evidence: Evidence) -> Estimate:
    """Share of the reports of unnamed informants that Daily NK, Radio Free Asia and AsiaPress printed first."""
    whole = evidence.derived(informants_reports)
    return part_of(whole[whole["group"].isin(OUTLETS)], whole, "reports of unnamed informants")


SPANS = ("2009-2013", "2014-2018", "2019-2020", "2021-2025")


@finding("outlets-in-effect-{years}", digits=1, years=SPANS)
def outlets_in_effect(evidence: Evidence, years: str) -> Estimate:
    """Number of outlets, in effect, that the reports of unnamed informants of these years came from."""
    first, last = (int(year) for year in years.split("-"))
    rows = evidence.derived(informants_reports)
    rows = rows[rows["year"].between(first, last).fillna(False)]
    if rows.empty:
        raise NoEvidence(f"no report from {first} to {last}")
    return Estimate(
        in_effect(rows["group"].value_counts()),
        "outlets",
        f"{first} to {last}",
        "outlets in effect",
        names_in(rows["row"]),
        base=len(rows),
    )


@finding("outlets-in-effect-besides-daily-nk-{years}", digits=1, years=SPANS)
def outlets_besides(evidence: Evidence, years: str) -> Estimate:
    """The same number of outlets, in effect, with the reports of Daily NK and its sister sites left out."""
    return outlets_in_effect(evidence.without("Daily NK"), years)


def by_basis(evidence: Evidence) -> pd.DataFrame:
    """Every report, one line a report, theme and basis."""
    return reports(evidence.lines(told), ["theme", "basis"])


@finding("informants-of-{theme}", theme=("attitudes", "rent_seeking", "channels"))
def of_theme(evidence: Evidence, theme: str) -> Estimate:
    """Share of the reports on a theme that rest, in part at least, on an unnamed informant."""
    rows = evidence.derived(by_basis)
    rows = rows[rows["theme"] == theme]
    whole = once(rows)
    unnamed = rows[rows["basis"] == "anonymous_informant"]
    return part_of(whole[whole["echo_group"].isin(unnamed["echo_group"])], whole, "reports on the theme")


@finding("documents-of-radio-free-asia-{year}", year=(2019, 2020, 2022, 2024, 2025))
def documents_of_rfa(evidence: Evidence, year: int) -> Estimate:
    """Documents of Radio Free Asia in the collection, copies left out, that were published in the year."""
    d = evidence.documents
    own = d[(d["originator"] == "Radio Free Asia") & d["copy_of"].isna() & d["published"].str.startswith(str(year))]
    if own.empty:
        raise NoEvidence(f"no document of {year}")
    return Estimate(
        float(len(own)), "documents", str(year), "documents of Radio Free Asia", tuple("documents:" + own["doc_id"])
    )


def told_by(evidence: Evidence) -> pd.DataFrame:
    """Reports of unnamed informants with how many informants their statements have, one line a report.

    Column informants: "one" where every printed number is one, "several" where one is larger, "not printed".
    """
    claims = evidence.lines(informants)
    most = claims.groupby("echo_group")["informant_count"].max()
    rows = evidence.derived(informants_reports)
    number = rows["echo_group"].map(most)
    said = number.map(lambda n: "not printed" if pd.isna(n) else "one" if n == 1 else "several")
    return rows.assign(informants=said.astype(str))


@finding("informants-{number}", number=("one", "several", "not-printed"))
def informants_printed(evidence: Evidence, number: str) -> Estimate:
    """Reports of unnamed informants by how many informants a statement is printed to have."""
    rows = told_by(evidence)
    part = rows[rows["informants"] == number.replace("-", " ")]
    return part_of(part, rows, "reports of unnamed informants")


@finding("of-the-same-year")
def of_the_same_year(evidence: Evidence) -> Estimate:
    """Share of dated reports of unnamed informants that tell of nothing before the year they were published in."""
    claims = evidence.lines(informants)
    dated = claims[claims["published"].notna() & claims["period_start"].notna()]
    old = dated[dated["period_start"].str.slice(0, 4) < dated["published"].str.slice(0, 4)]
    whole = reports(dated)
    return part_of(whole[~whole["echo_group"].isin(old["echo_group"])], whole, "dated reports")


# ------------------------------------------------------------------------------------ where they are

AREAS = {
    "North Hamgyong": ("North Hamgyong", "Rason"),
    "Ryanggang": ("Ryanggang",),
    "Chagang": ("Chagang",),
    "North Pyongan": ("North Pyongan",),
    "Pyongyang": ("Pyongyang",),
    "South Hamgyong and South Pyongan": ("South Hamgyong", "South Pyongan", "Nampo"),
    "Kangwon and the Hwanghaes": ("Kangwon", "North Hwanghae", "South Hwanghae", "Kaesong"),
}
"""Parts of the country for which the origin of people who left is printed, or follows from what is printed."""

REST = "Kangwon and the Hwanghaes"
AREA_OF = {province: area for area, provinces in AREAS.items() for province in provinces}

ORIGIN: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "North Hamgyong": (("2016-all-north-hamgyong",), ()),
    "Ryanggang": (("2016-all-north-hamgyong-ryanggang",), ("2016-all-north-hamgyong",)),
    "Chagang": (("2016-all-chagang",), ()),
    "North Pyongan": (("2016-all-chagang-north-pyongan",), ("2016-all-chagang",)),
    "Pyongyang": (("2016-all-pyongyang",), ()),
    "South Hamgyong and South Pyongan": (("2016-all-south-hamgyong-south-pyongan",), ()),
}
"""The rows of origin that add up to an area, and those to take off; all of one table of the ministry, of 2016."""


def placed(evidence: Evidence) -> pd.DataFrame:
    """Reports that name a province, one line a report and area; one that names several stands in each."""
    return reports(evidence.lines(in_areas), ["area"])


def placed_by_theme(evidence: Evidence) -> pd.DataFrame:
    """The same, one line a report, area and theme."""
    return reports(evidence.lines(in_areas), ["area", "theme"])


def placed_by_basis(evidence: Evidence) -> pd.DataFrame:
    """The same, one line a report, area and basis."""
    return reports(evidence.lines(in_areas), ["area", "basis"])


def in_areas(evidence: Evidence) -> pd.DataFrame:
    """Claims that name a province, with its area."""
    claims = evidence.lines(told)
    named = claims[claims["province"].notna()]
    return named.assign(area=named["province"].map(AREA_OF))


def origins(evidence: Evidence) -> pd.DataFrame:
    """People who had arrived by 2016, by area of origin: area, persons, row, originator, doc_id.

    What the printed counts leave of all arrivals is the rest; it holds people whose origin is not known.
    """
    t = evidence.table("origin")
    traced: list[list[Any]] = []
    for area, (plus, minus) in ORIGIN.items():
        added, taken = ([one(t, origin_id=name) for name in names] for names in (plus, minus))
        persons = sum(int(r["persons"]) for r in added) - sum(int(r["persons"]) for r in taken)
        rows = " ".join(f"origin:{r['origin_id']}" for r in [*added, *taken])
        traced.append([area, persons, rows, " ".join(dict.fromkeys(r["doc_id"] for r in [*added, *taken]))])
    everyone = one(counts(evidence, kind="cumulative", period_end="2016", sex="total"))
    left = int(everyone["persons"]) - sum(line[1] for line in traced)
    traced.append([REST, left, f"arrivals:{everyone['arrival_id']}", everyone["doc_id"]])
    frame = pd.DataFrame(traced, columns=["area", "persons", "row", "doc_id"])
    return frame.assign(originator=str(everyone["originator"]))


def population(evidence: Evidence) -> pd.Series:
    """People counted in 2008, by area."""
    t = evidence.provinces.dropna(subset=["population_2008"])
    return t.groupby(t["province"].map(AREA_OF))["population_2008"].sum()


REGIONS = {
    "northeast": ("North Hamgyong", "Ryanggang"),
    "rest": (REST,),
}
REGION_NAMES = {"northeast": "the northeast", "rest": "the rest"}


@finding("{region}-of-reports", region=REGION_NAMES)
def region_of_reports(evidence: Evidence, region: str) -> Estimate:
    """Share of the reports that name a province which name one of this region: {region}."""
    return named_in(evidence.derived(placed), region)


@finding("reports-naming-a-province")
def naming_a_province(evidence: Evidence) -> Estimate:
    """Share of all reports, whatever they rest on, that name a province of the North."""
    whole, named = once(evidence.lines(told)), evidence.lines(in_areas)
    return part_of(whole[whole["echo_group"].isin(named["echo_group"])], whole, "reports")


@finding("northeast-of-reports-of-{who}", who=("informants", "others"))
def northeast_of_those(evidence: Evidence, who: str) -> Estimate:
    """Share of the reports from informants, or from all others, that name a province which name the northeast."""
    named = evidence.derived(placed_by_basis)
    unnamed = named["basis"] == "anonymous_informant"
    return named_in(named[unnamed if who == "informants" else ~unnamed], "northeast")


@finding("northeast-of-reports-on-{theme}", theme=("rent_seeking", "context"))
def northeast_of_theme(evidence: Evidence, theme: str) -> Estimate:
    """Share of the reports on a theme that name a province which name North Hamgyong or Ryanggang."""
    named = evidence.derived(placed_by_theme)
    return named_in(named[named["theme"] == theme], "northeast")


def named_in(named: pd.DataFrame, region: str) -> Estimate:
    """Share of reports, given one line a report and area, that name this region."""
    whole, here = once(named), named[named["area"].isin(REGIONS[region])]
    return part_of(whole[whole["echo_group"].isin(here["echo_group"])], whole, "reports that name a province")


@finding("{region}-of-arrivals", digits=1, region=REGION_NAMES)
def region_of_arrivals(evidence: Evidence, region: str) -> Estimate:
    """Share of the people who had arrived in the South by 2016 who came from this region."""
    t = origins(evidence)
    here, everyone = t[t["area"].isin(REGIONS[region])], t["persons"].sum()
    number = int(here["persons"].sum())
    rows = names_in(t["row"])
    return Estimate(
        number / everyone * 100,
        "percent",
        "to 2016",
        "arrivals",
        tuple(dict.fromkeys(rows)),
        count=number,
        base=int(everyone),
    )


@finding("northeast-of-arrivals-2018", digits=1)
def northeast_in_2018(evidence: Evidence) -> Estimate:
    """Share of the people who had arrived by August 2018 who came from North Hamgyong or Ryanggang, as printed."""
    t = evidence.table("origin")
    parts = [one(t, origin_id=f"2018-08-all-{name}") for name in ("north-hamgyong", "ryanggang")]
    return Estimate(
        float(sum(float(row["percent"]) for row in parts)),
        "percent",
        "to 2018",
        "arrivals",
        tuple(f"origin:{row['origin_id']}" for row in parts),
        count=int(sum(int(row["persons"]) for row in parts)),
    )


@finding("{region}-of-population", digits=1, region=REGION_NAMES)
def region_of_population(evidence: Evidence, region: str) -> Estimate:
    """Share of the population counted in 2008 that lived in this region, military camps left out."""
    everyone = population(evidence)
    t = evidence.provinces.dropna(subset=["population_2008"])
    number = int(everyone[list(REGIONS[region])].sum())
    return Estimate(
        number / float(everyone.sum()) * 100,
        "percent",
        "2008",
        "people counted in the provinces",
        tuple("provinces:" + t["province"]),
        count=number,
        base=int(everyone.sum()),
    )


# -------------------------------------------------------------------------------------------- echoes


def span(dates: pd.Series) -> str:
    """The years from the first to the last date: "2018", "2018 to 2023"."""
    years = dates.dropna().str.slice(0, 4)
    first, last = years.min(), years.max()
    return first if first == last else f"{first} to {last}"


def printings(evidence: Evidence) -> pd.DataFrame:
    """Every text with its printings, one line an echo group.

    Columns: echo_group, documents, copies (reprints and altered texts), retold, originator and published of
    the first printing, languages, row, doc_id of those that are not copies.
    """
    d = evidence.documents
    d = d.assign(row="documents:" + d["doc_id"], lead=d["doc_id"] == d["echo_group"])
    kept = d["copy_of"].isna()
    d = d.assign(copy=~kept, retold=kept & d["derived_from"].notna(), own=d["doc_id"].where(kept))
    ordered = d.sort_values(["copy", "retold", "published", "lead"], ascending=[True, True, True, False])
    return (
        ordered.groupby("echo_group")
        .agg(
            documents=("doc_id", "size"),
            copies=("copy", "sum"),
            retold=("retold", "sum"),
            originator=("originator", "first"),
            published=("published", "min"),
            outlets=("outlet", "nunique"),
            languages=("language", "nunique"),
            row=("row", " ".join),
            doc_id=("own", lambda names: " ".join(names.dropna())),
        )
        .reset_index()
    )


@finding("texts")
def texts(evidence: Evidence) -> Estimate:
    """Different texts among the documents, counting a text once however often it was printed or retold."""
    d = evidence.documents
    return Estimate(
        float(d["echo_group"].nunique()),
        "texts",
        span(d["published"]),
        "texts",
        tuple("documents:" + d["doc_id"]),
        base=len(d),
    )


@finding("texts-once")
def texts_once(evidence: Evidence) -> Estimate:
    """Texts that the collection holds in one printing only."""
    d = evidence.documents
    single = ~d["echo_group"].duplicated(keep=False)
    return Estimate(
        float(single.sum()),
        "texts",
        span(d["published"]),
        "texts",
        tuple("documents:" + d.loc[single, "doc_id"]),
        count=int(single.sum()),
        base=int(d["echo_group"].nunique()),
    )


@finding("printings-most")
def printings_most(evidence: Evidence) -> Estimate:
    """Documents that print or retell the text with most printings."""
    d = evidence.documents
    most = d[d["echo_group"] == d["echo_group"].mode()[0]]
    return Estimate(
        float(len(most)), "documents", span(most["published"]), "printings", tuple("documents:" + most["doc_id"])
    )


RELAYED = {
    "ever_sent": "ever sent",
    "sent_in_year": "sent in the year",
    "in_contact": "in contact",
    "in_contact_in_year": "in contact",
    "fee_agreed": "commission",
    "fee_paid": "commission",
    "sample_total": "sum of all respondents",
    "transfers_per_sender_year": "transfers a sender",
    "amount_per_transfer": "mean of one transfer",
}
"""Measures of NKDB's yearly survey that press reports relay."""


def half_unit(value: float) -> float:
    """Half a unit of the last digit that a printed number shows: of millions their zeros are taken for rounding."""
    text = f"{value:.10g}"
    if "." in text:
        return 0.5 * 10.0 ** -len(text.partition(".")[2])
    return 0.5 * 10.0 ** (len(text) - len(text.rstrip("0"))) if value >= 1000 else 0.5


def relays(evidence: Evidence) -> pd.DataFrame:
    """Printings of NKDB's answers beside the answer in surveys, one line a printed number.

    Only answers that nothing speaks against, in the unit of surveys; the document that surveys was read in
    is left out. fate: same, rounded (the answer rounded, or a bound that holds), other. later: printed in
    another text than the release that the answer was read in. no_base: neither the number of people asked nor
    that of senders was seen in the document, for that wave.
    """
    t, q = evidence.surveys, evidence.quantities
    answers = t[(t["survey"] == NKDB) & (t["quality"] == "ok") & t["measure"].isin(RELAYED)]
    q = q[q["originator"] == "NKDB"]
    q = q.assign(year=pd.to_numeric(q["period_end"].str.slice(0, 4)).astype("Int64"))
    q = q.assign(
        has_base=(q["base_n"].notna() | q["sample_n"].notna()).groupby([q["doc_id"], q["year"]]).transform("any")
    )
    q = q[q["measure"].isin(RELAYED)]
    pairs = q.merge(answers, on=["measure", "year", "unit"], suffixes=("", "_asked"))
    pairs = pairs[pairs["doc_id"] != pairs["doc_id_asked"]]
    text = evidence.documents.set_index("doc_id")["echo_group"]
    fates = [fate(r.low, r.point, r.high, float(r.value)) for r in pairs.itertuples()]
    return pairs.assign(
        fate=fates,
        later=pairs["doc_id"].map(text) != pairs["doc_id_asked"].map(text),
        no_base=~pairs["has_base"].fillna(False).astype(bool),
        row="quantities:" + pairs["quantity_id"] + " surveys:" + pairs["survey_id"],
    ).sort_values("quantity_id", ignore_index=True)


def fate(low: float, point: float, high: float, answer: float) -> str:
    """What became of an answer in a printed number."""
    if pd.isna(point):
        inside = (pd.isna(low) or low <= answer) and (pd.isna(high) or answer <= high)
        return "rounded" if inside else "other"
    if float(point) == answer:
        return "same"
    return "rounded" if abs(float(point) - answer) <= half_unit(float(point)) + 1e-9 else "other"


@finding("relays-{what}", what=("same", "rounded", "other", "no-base"))
def relayed(evidence: Evidence, what: str) -> Estimate:
    """Printings of NKDB's answers by what became of the number: the same, rounded, another, no number of people."""
    t = evidence.derived(relays)
    part = t[t["no_base"]] if what == "no-base" else t[t["fate"] == what]
    if part.empty:
        raise NoEvidence(f"no printing: {what}")
    return Estimate(
        len(part) / len(t) * 100,
        "percent",
        f"{t['year'].min()} to {t['year'].max()}",
        "printings of NKDB's answers",
        tuple(dict.fromkeys(names_in(t["row"]))),
        count=len(part),
        base=len(t),
    )


@finding("relays-same-{when}", when=("with-the-release", "later"))
def relayed_when(evidence: Evidence, when: str) -> Estimate:
    """Printings that give the same number, of those with the release of that wave, or of those in later texts."""
    t = evidence.derived(relays)
    t = t[t["later"] == (when == "later")]
    same = t["fate"] == "same"
    if not same.any():
        raise NoEvidence(f"no printing: {when}")
    return Estimate(
        float(same.mean() * 100),
        "percent",
        f"{t['year'].min()} to {t['year'].max()}",
        "printings of NKDB's answers",
        tuple(dict.fromkeys(names_in(t["row"]))),
        count=int(same.sum()),
        base=len(t),
    )


MISLABELED = "printed as"
"""How the note of a quantity begins whose printed label its own survey's total contradicts."""


def means_printed(evidence: Evidence) -> pd.DataFrame:
    """Every printing of a mean sum of NKDB's waves since 2015, one line a printed number."""
    q = evidence.quantities
    return q[
        (q["originator"] == "NKDB")
        & q["measure"].isin(["amount_per_transfer", "amount_per_sender_year"])
        & q["point"].notna()
        & (q["period_end"].str.slice(0, 4) >= "2015")
    ]


@finding("means-mislabeled")
def means_mislabeled(evidence: Evidence) -> Estimate:
    """Printings of a mean sum that say per transfer or per year against the survey's own total, or say neither."""
    t = means_printed(evidence)
    wrong = t["note"].str.startswith(MISLABELED).fillna(False)
    if not wrong.any():
        raise NoEvidence("no printing")
    return Estimate(
        float(wrong.mean() * 100),
        "percent",
        span(t["period_end"]),
        "printed means",
        tuple("quantities:" + t["quantity_id"]),
        count=int(wrong.sum()),
        base=len(t),
    )


@finding("carriers-of-nkdb")
def carriers_of_nkdb(evidence: Evidence) -> Estimate:
    """Documents that print numbers of NKDB, copies left out."""
    q = evidence.quantities
    own = q[q["originator"] == "NKDB"]
    if own.empty:
        raise NoEvidence("no number of NKDB")
    return Estimate(
        float(own["doc_id"].nunique()),
        "documents",
        span(own["period_end"]),
        "documents with numbers of NKDB",
        tuple("quantities:" + own["quantity_id"]),
    )


@finding("read-in-altered-copy")
def read_in_altered_copy(evidence: Evidence) -> Estimate:
    """Statements of the report of June 2020 that could be read in an altered copy only."""
    copies = evidence.table("altered_words")["copy"]
    original = one(evidence.table("altered_words"), change_id="first-01")["doc_id"]
    t = evidence.claims[evidence.claims["doc_id"] == original]
    part = t["read_in"].isin(copies)
    if not part.any():
        raise NoEvidence("no statement")
    return Estimate(
        float(part.sum()),
        "claims",
        "2020",
        "statements of the report",
        tuple("claims:" + t["claim_id"]),
        count=int(part.sum()),
        base=len(t),
    )


# ---------------------------------------------------------------------------------- sums


@finding("total-2022-{place}", digits=1, place=("first", "second"))
def total_2022(evidence: Evidence, place: str) -> Estimate:
    """Sums printed for all respondents of 2022 together: NKDB's, and that of one newspaper relay (won)."""
    quality = {"first": "ok", "second": "conflicting"}[place]
    row = one(evidence.surveys, survey=NKDB, measure="sample_total", year=2022, quality=quality)
    return printed(row, "KRW", "all respondents together")


@finding("mean-{year}-printed-as-yearly", digits=2, year=(2019, 2023))
def mean_printed_as_yearly(evidence: Evidence, year: int) -> Estimate:
    """Yearly mean per sender as reports of December 2023 print it; that of 2019 fits one transfer only (won)."""
    return printed(one(evidence.surveys, survey_id=f"nkdb-{year}-amount-per-sender-year"), "KRW", "per sender")


@finding("total-2023-too-large")
def total_too_large(evidence: Evidence) -> Estimate:
    """Sum printed by one magazine for all respondents of 2023 together, over the sum that others print."""
    wrong, right = (
        one(evidence.surveys, survey=NKDB, measure="sample_total", year=2023, quality=q) for q in ("misprint", "ok")
    )
    rows = tuple(f"surveys:{row['survey_id']}" for row in (wrong, right))
    return Estimate(float(wrong["value"]) / float(right["value"]), "times", "2023", "times the sum", rows)


@finding("pair-2022-{place}", digits=1, place=("first", "second"))
def pair_2022(evidence: Evidence, place: str) -> Estimate:
    """Senders of 2022 times a printed yearly mean, above the printed total it goes with, in percent of that."""
    name = {"first": "nkdb-2022-amount-per-sender-year", "second": "nkdb-2022-amount-per-sender-year-2"}[place]
    mean = one(evidence.surveys, survey_id=name)
    total = total_2022(evidence, place)
    return Estimate(
        (float(mean["value"]) * int(mean["base_n"]) / total.value - 1) * 100,
        "percent",
        "2022",
        "of the total",
        (f"surveys:{mean['survey_id']}", *total.rows),
        base=int(mean["base_n"]),
    )


@finding("margin-{which}", digits=1, which=("printed", "of-the-sample"))
def margin(evidence: Evidence, which: str) -> Estimate:
    """Margin of error of the One Korea poll of 2010: as printed, and as a sample of its size gives at most."""
    row = one(evidence.quantities, measure="margin_of_error", originator="Organization for One Korea")
    base = int(row["base_n"])
    value = float(row["point"]) if which == "printed" else 98 / base**0.5
    return Estimate(
        value,
        "points",
        str(row["period_end"])[:4],
        "margin of error",
        (f"quantities:{row['quantity_id']}",),
        base=base,
    )


# ------------------------------------------------------------------------------------ who is missing


@finding("women-in-sample-2018")
def women_in_sample(evidence: Evidence) -> Estimate:
    """Share of women among NKDB's respondents of 2018, the one wave whose report was seen to print it."""
    row = one(evidence.surveys, survey_id="nkdb-2018-sample-women")
    number, base = int(row["value"]), int(row["sample_n"])
    return Estimate(
        number / base * 100,
        "percent",
        "2018",
        "respondents",
        (f"surveys:{row['survey_id']}",),
        count=number,
        base=base,
    )


@finding("arrived-but-not-resident-2024")
def not_resident(evidence: Evidence) -> Estimate:
    """People who had arrived by September 2024 less those counted as living in the South that year."""
    everyone = one(counts(evidence, kind="cumulative", period_end="2024-09", sex="total"))
    here = one(evidence.quantities, quantity_id="hanjeoungae-2024-09-residents-c1-q1")
    return Estimate(
        float(everyone["persons"]) - float(here["point"]),
        "persons",
        "2024",
        "people",
        (f"arrivals:{everyone['arrival_id']}", f"quantities:{here['quantity_id']}"),
    )


@finding("not-sent-{reason}-2021", digits=1, reason=("no-money", "other-mostly-lost-contact"))
def not_sent(evidence: Evidence, reason: str) -> Estimate:
    """Share of those who did not send in 2021 who gave this reason."""
    wanted = reason.replace("-", " ").replace("no money", "no money to send").replace("other ", "other, ")
    rows = evidence.surveys
    rows = rows[rows["question"].fillna("").str.startswith("reason for not sending")]
    return share(one(rows, year=2021, answer=wanted), "those who did not send that year")


@finding("characters-read")
def characters_read(evidence: Evidence) -> Estimate:
    """Characters of a page that the second coder could see, the median over the pages found again."""
    t = evidence.table("recoded_documents")
    seen = t[t["characters"].notna()]
    return Estimate(
        float(seen["characters"].median()),
        "characters",
        "2026",
        "characters of a page",
        tuple("recoded_documents:" + seen["doc_id"]),
        base=len(seen),
    )


@finding("documents-with-rows")
def documents_with_rows(evidence: Evidence) -> Estimate:
    """Documents in which at least one claim, number, survey answer, arrival, origin, price or event was read."""
    tables = ("claims", "quantities", "surveys", "arrivals", "origin", "prices", "events")
    used = pd.concat([evidence.table(name)["doc_id"] for name in tables])
    d = evidence.documents
    own = d[d["doc_id"].isin(used)]
    return Estimate(
        float(len(own)),
        "documents",
        span(own["published"]),
        "documents",
        tuple("documents:" + own["doc_id"]),
        count=len(own),
        base=len(d),
    )


# ------------------------------------------------------------------------------- without any one source

COUNTS = {
    "reports",
    "documents",
    "claims",
    "originators",
    "outlets",
    "rows",
    "sums",
    "events",
    "texts",
    "provinces",
}
"""Units of findings that count reports: without a source they can only fall."""

MOST = 12
"""So many sources of one finding are taken out one by one: those that most of its rows come from."""


def resting(evidence: Evidence) -> pd.DataFrame:
    """What every finding of the other chapters rests on, one line a finding.

    Columns: finding, title, chapter, value, unit, groups (independence groups, those with most rows first), grade.
    """
    kinds = evidence.outlets.set_index("originator")
    lines = []
    for name, entry in sorted(registry().items()):
        if entry.chapter == SOURCING:
            continue
        estimate = evidence.derived(entry.compute)
        behind = sources(estimate.rows, evidence)["originator"]
        groups = list(behind.map(kinds["independence_group"]).value_counts().index)
        counted = {kind in COUNTED for kind in behind.drop_duplicates().map(kinds["kind"])}
        lines.append(
            [name, entry.title, entry.chapter, estimate.value, estimate.unit, groups, grade(counted, len(groups))]
        )
    return pd.DataFrame(lines, columns=["finding", "title", "chapter", "value", "unit", "groups", "grade"])


def without_each(evidence: Evidence) -> pd.DataFrame:
    """Each finding of the other chapters without each of its sources, one line a finding and source.

    Columns: those of `resting`, without (the group taken out), left (the value then, missing where nothing is
    left) and of_full (left over value). A finding whose rows are of one source has one line; mostly nothing is
    left there, but a least or largest value may pass to another source.
    """
    known = registry()
    lines = [
        {**row._asdict(), "without": group, "left": left_without(known[str(row.finding)].compute, evidence, group)}
        for row in evidence.derived(resting).itertuples(index=False)
        for group in (row.groups[:MOST] if len(row.groups) > 1 else row.groups)
    ]
    frame = pd.DataFrame(lines)
    left = pd.to_numeric(frame["left"])
    return frame.assign(left=left, of_full=left / frame["value"].where(frame["value"] != 0))
