"""The model of the yearly flow: how much people who left send home from the South, and how much arrives.

    sent      = arrivals to date x share living in the South x share old enough x share sending in the year
                x mean sum of a sender in the year x corrections (all one unless a switch is on)
    lost      = sent x share that does not arrive at all
    fees      = (sent - lost) x commission
    delivered = sent - lost - fees

Every number stands in data/flow_assumptions.csv; nothing is assumed here but the formula and the shapes of the
distributions. What comes out are *simulation intervals given the assumptions*: they hold what the assumptions
let vary, and nothing of what they leave out.

Draws belong to rows: each row has a seed of its own, made from its key, so that a row that is edited, added or
left out moves nothing but itself. The inputs are drawn independently.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from typing import Any
from zlib import crc32

import numpy as np
import pandas as pd
from scipy.special import betaincinv, ndtr, ndtri

from lifeline.estimate import one
from lifeline.evidence import Evidence
from lifeline.fault import NoEvidence
from lifeline.method import DRAWS, LEVELS
from lifeline.uncertainty import shapley, variance_shares

Array = np.ndarray

SEED = 20261124
KIND = "simulation interval given the assumptions"
SURVEYED = range(2016, 2024)
"""The years that the surveys cover, the ends included; the others are a scenario."""
SCENARIO = range(2009, 2026)
"""The years of the scenario, the surveyed ones among them."""

CORRECTIONS = ("household_factor", "panel_factor", "reticence_factor", "season_factor")
FACTORS = ("arrivals", "resident_share", "age_share", "sender_share", "amount", "fee", "loss", *CORRECTIONS)
"""The parameters in the formula."""
SHAPE = ("spread", "design_effect")
"""The parameters that say how widely a share and a mean are drawn."""
FLOWS = ("sent", "fees", "lost", "delivered")

LABELS = {
    "arrivals": "arrivals to date",
    "resident_share": "living in the South",
    "age_share": "old enough",
    "sender_share": "share sending",
    "amount": "sum per sender",
    "fee": "commission",
    "loss": "not arriving",
    "spread": "spread of sums",
    "design_effect": "design effect",
    "household_factor": "households",
    "panel_factor": "panel",
    "reticence_factor": "reticence",
    "season_factor": "months asked",
    "households_per_sender": "households per sender",
    "gap_widening": "widening in gaps",
    "official_pay": "official pay a month",
    "family_share": "family in the North (not used)",
}


# -------------------------------------------------------------------------------------- assumptions


def assumptions(evidence: Evidence) -> pd.DataFrame:
    """The assumptions whose source rows are all there, one line each. Raises NoEvidence if none is left."""
    table = evidence.flow_assumptions
    kept = table[[not lacking(cell, evidence) for cell in table["rows"]]]
    if kept.empty:
        raise NoEvidence("no assumption of the flow model is left")
    return kept


def lacking(cell: object, evidence: Evidence) -> bool:
    """Whether a row that the cell names is not in the evidence."""
    return any(row not in evidence.derived(every_row) for row in source_rows(cell))


def source_rows(cell: object) -> list[str]:
    """The rows that a cell names, each as table:key."""
    return [] if pd.isna(cell) else str(cell).split()


def every_row(evidence: Evidence) -> frozenset[str]:
    """Every row that an assumption can rest on, as table:key."""
    tables = {name: evidence.table(name).iloc[:, 0] for name in ("surveys", "arrivals", "quantities", "claims")}
    return frozenset(f"{name}:{key}" for name, keys in tables.items() for key in keys)


@dataclass(frozen=True)
class Source:
    """Where the value of a parameter in a year comes from: one row, or the rows on either side of a gap.

    name seeds its draws; weights add up to one; widening multiplies deviations from the point.
    """

    name: str
    rows: tuple[Any, ...]
    weights: tuple[float, ...]
    widening: float = 1.0

    @property
    def point(self) -> float:
        """The most likely value."""
        return float(sum(w * central(row) for w, row in zip(self.weights, self.rows, strict=True)))


def central(row: Any) -> float:
    """The point of an assumption, the middle of a uniform one."""
    return float((row.low + row.high) / 2 if row.distribution == "uniform" else row.point)


def listed(evidence: Evidence) -> list[Any]:
    """The assumptions as named tuples, None for what is missing."""
    table = evidence.derived(assumptions)
    return list(table.astype(object).where(table.notna(), None).itertuples(index=False, name="Assumption"))


def in_force(evidence: Evidence, *switches: str) -> dict[str, list[Any]]:
    """The rows of each parameter, by parameter: those of the switches that are on, and after them the defaults.

    Raises NoEvidence for an unknown switch.
    """
    return evidence.derived(forced(switches))


@cache
def forced(switches: tuple[str, ...]) -> Callable[[Evidence], dict[str, list[Any]]]:
    """`in_force` as a function of Evidence alone, always the same one for the same switches."""

    def make(evidence: Evidence) -> dict[str, list[Any]]:
        """Gathers the rows."""
        rows = evidence.derived(listed)
        if unknown := set(switches) - {row.switch for row in rows}:
            raise NoEvidence(f"no assumption has the switch {sorted(unknown)}")
        found: dict[str, list[Any]] = {}
        for row in [r for r in rows if r.switch in switches] + [r for r in rows if r.switch is None]:
            found.setdefault(row.parameter, []).append(row)
        return found

    return make


def source(rows: Mapping[str, list[Any]], parameter: str, year: int) -> Source:
    """Where a parameter's value in a year comes from. Raises NoEvidence if no row has the parameter."""
    having = rows.get(parameter, [])
    if not having:
        raise NoEvidence(f"no assumption is left for {parameter}")
    for row in having:
        if row.year_start <= year <= row.year_end:
            return Source(row.assumption_id, (row,), (1.0,))
    defaults = [row for row in having if row.switch is None] or having
    before = max((r for r in defaults if r.year_end < year), key=lambda r: r.year_end, default=None)
    after = min((r for r in defaults if r.year_start > year), key=lambda r: r.year_start, default=None)
    distances = [year - before.year_end if before else None, after.year_start - year if after else None]
    near = min(distance for distance in distances if distance is not None)
    growth = 0.0 if parameter == "gap_widening" else source(rows, "gap_widening", year).point
    name, widening = f"{parameter}-{year}", 1 + growth * near
    if before is None or after is None:
        return Source(name, (after if before is None else before,), (1.0,), widening)
    weight = (year - before.year_end) / (after.year_start - before.year_end)
    return Source(name, (before, after), (1 - weight, weight), widening)


def sources(rows: Mapping[str, list[Any]], year: int) -> dict[str, Source]:
    """Where the value of each parameter of the model comes from in a year."""
    return {name: source(rows, name, year) for name in (*FACTORS, *SHAPE)}


Named = tuple[tuple[str, Source], ...]
"""Sources by parameter, as what a result is kept under: the same assumptions are not simulated twice."""


def named(where: Mapping[str, Source]) -> Named:
    """The sources in a form that can be kept under."""
    return tuple(where.items())


# ------------------------------------------------------------------------------------ distributions


def triangular(u: Array, low: float, point: float, high: float) -> Array:
    """Quantiles u of the triangular distribution."""
    if high == low:
        return np.full_like(u, point)
    left = (point - low) / (high - low)
    return np.where(
        u < left,
        low + np.sqrt(u * (high - low) * (point - low)),
        high - np.sqrt((1 - u) * (high - low) * (high - point)),
    )


NORMAL = np.linspace(-5, 5, 257)
"""Standard normal scores at which quantiles of a beta are computed; between them they run almost straight."""


@lru_cache(maxsize=4096)
def beta_scores(share: float, n: int) -> Array:
    """Quantiles of a share found in a sample of n, in percent, at the scores of NORMAL (Jeffreys prior)."""
    count = share / 100 * n
    return betaincinv(count + 0.5, n - count + 0.5, ndtr(NORMAL)) * 100


def sampled_share(u: Array, share: float, n: int, design_effect: Array | float) -> Array:
    """Quantiles u of a share in percent, given the share found in a sample of n and its design effect."""
    found = np.interp(ndtri(u), NORMAL, beta_scores(float(share), int(n)))
    return np.clip(share + np.sqrt(design_effect) * (found - share), 0, 100)


def sampled_mean(u: Array, mean: float, n: int, spread: Array | float, design_effect: Array | float) -> Array:
    """Quantiles u of a mean, given the mean of n lognormal sums whose logarithms have this spread.

    Lognormal around `mean`, with the standard error that the spread and the design effect give.
    """
    error = np.log1p(design_effect * np.expm1(np.square(spread)) / n)
    return mean * np.exp(np.sqrt(error) * ndtri(u) - error / 2)


def quantiles(row: Any, u: Array, spread: Array | float, design_effect: Array | float) -> Array:
    """Quantiles u of one assumption."""
    match row.distribution:
        case "fixed":
            return np.full_like(u, row.point)
        case "uniform":
            return row.low + u * (row.high - row.low)
        case "triangular":
            return triangular(u, row.low, row.point, row.high)
        case "beta":
            return sampled_share(u, row.point, row.n, design_effect)
        case "mean":
            return sampled_mean(u, row.point, row.n, spread, design_effect)
    raise ValueError(f"{row.assumption_id}: no distribution is called {row.distribution}")


def values(where: Source, u: Array, spread: Array | float, design_effect: Array | float) -> Array:
    """Quantiles u of a parameter in a year: of its row, or between two rows, widened.

    Sums widen on the scale of logarithms, so that they stay positive; shares are kept between 0 and 100.
    """
    parts = zip(where.weights, where.rows, strict=True)
    mixed = sum((w * quantiles(row, u, spread, design_effect) for w, row in parts), start=np.zeros_like(u))
    if where.widening == 1:
        return mixed
    if where.rows[0].unit == "percent":
        return np.clip(where.point + where.widening * (mixed - where.point), 0, 100)
    return where.point * (mixed / where.point) ** where.widening


# --------------------------------------------------------------------------------------- the formula


def flows(factors: Mapping[str, Any]) -> dict[str, Any]:
    """Sent, fees, lost and delivered, in South Korean won, from the values of FACTORS (numbers or arrays)."""
    share = factors["resident_share"] * factors["age_share"] * factors["sender_share"] / 1e6
    sent = factors["arrivals"] * share * factors["amount"]
    for correction in CORRECTIONS:
        sent = sent * factors[correction]
    lost = sent * factors["loss"] / 100
    fees = (sent - lost) * factors["fee"] / 100
    return {"sent": sent, "fees": fees, "lost": lost, "delivered": sent - lost - fees}


def points(where: Mapping[str, Source]) -> dict[str, float]:
    """The most likely value of each parameter."""
    return {name: origin.point for name, origin in where.items()}


def at_point(evidence: Evidence, year: int) -> dict[str, float]:
    """What the point model needs for a year: people, share, amount, fee, loss, and the won per dollar."""
    at = points(sources(in_force(evidence), year))
    there = at["arrivals"] * at["resident_share"] * at["age_share"] / 1e4
    numbers = {
        "people": there,
        "share": at["sender_share"],
        **{name: at[name] for name in ("amount", "fee", "loss")},
    }
    return numbers | {"rate": per_dollar(evidence, year)}


def point_model(people: float, share: float, amount: float, fee: float, loss: float) -> dict[str, float]:
    """The model for one set of numbers, corrections all one: the four flows in won. The page computes the same."""
    corrections = dict.fromkeys(CORRECTIONS, 1.0)
    given = {"arrivals": people, "resident_share": 100.0, "age_share": 100.0, "sender_share": share}
    return flows({**given, "amount": amount, "fee": fee, "loss": loss, **corrections})


def uniform(name: str, draws: int) -> Array:
    """The draws that belong to a source, between 0 and 1, the same on every machine."""
    return np.random.default_rng([SEED, crc32(name.encode())]).random(draws)


def drawn(where: Mapping[str, Source], draws: int) -> dict[str, Array]:
    """Draws of each parameter of a year."""
    return placed(where, {name: uniform(origin.name, draws) for name, origin in where.items()})


def placed(where: Mapping[str, Source], u: Mapping[str, Array]) -> dict[str, Array]:
    """The values of each parameter at the quantiles u."""
    shape = {name: values(where[name], u[name], 1.0, 1.0) for name in SHAPE}
    return {name: values(where[name], u[name], shape["spread"], shape["design_effect"]) for name in FACTORS}


# --------------------------------------------------------------------------------------- simulation


def per_dollar(evidence: Evidence, year: int) -> float:
    """Mean South Korean won per US dollar of a year."""
    return float(one(evidence.exchange_rates, year=year, currency="KRW")["per_usd"])


def summary(draws: Array) -> dict[str, float]:
    """Median and the central intervals of LEVELS: median, low_50, high_50, low_90, high_90."""
    ends = [((1 - level) / 2, (1 + level) / 2) for level in LEVELS]
    at = np.quantile(draws, [0.5, *(end for pair in ends for end in pair)])
    names = [f"{side}_{level * 100:.0f}" for level in LEVELS for side in ("low", "high")]
    return dict(zip(["median", *names], map(float, at), strict=True))


def rows_of(where: Iterable[Source]) -> list[str]:
    """The assumptions that sources rest on, and the rows that those rest on, each as table:key."""
    kept = {f"flow_assumptions:{row.assumption_id}": source_rows(row.rows) for s in where for row in s.rows}
    return [*kept, *dict.fromkeys(row for behind in kept.values() for row in behind)]


@dataclass(frozen=True)
class Result:
    """What came out for one year, as summaries of the draws.

    point and won: each flow in won, at the points and drawn; arrives: percent of the sum sent that is delivered;
    people old enough who live in the South; senders among them.
    """

    year: int
    point: dict[str, float]
    won: dict[str, dict[str, float]]
    arrives: dict[str, float]
    people: dict[str, float]
    senders: dict[str, float]
    rate: float
    rows: tuple[str, ...]

    def dollars(self, flow: str) -> dict[str, float]:
        """The summary of a flow in million dollars, at the mean rate of the year."""
        return {name: value / self.rate / 1e6 for name, value in self.won[flow].items()}

    def billions(self, flow: str) -> dict[str, float]:
        """The summary of a flow in billion won."""
        return {name: value / 1e9 for name, value in self.won[flow].items()}


def result(evidence: Evidence, year: int, *switches: str) -> Result:
    """The model's result for one year, made once for each Evidence."""
    return evidence.derived(recipe(year, switches))


@cache
def recipe(year: int, switches: tuple[str, ...]) -> Callable[[Evidence], Result]:
    """A function of Evidence alone, always the same one for the same year and switches."""

    def make(evidence: Evidence) -> Result:
        """Gathers what the result needs."""
        where = sources(in_force(evidence, *switches), year)
        point = {name: float(value) for name, value in flows(points(where)).items()}
        rows = (*rows_of(where.values()), f"exchange_rates:{year},KRW")
        return Result(year, point, *summaries(named(where)), per_dollar(evidence, year), rows)

    return make


@lru_cache(maxsize=256)
def summaries(where: Named) -> tuple[dict[str, dict[str, float]], dict, dict, dict]:
    """Summaries of the draws from these sources: won by flow, arrives, people, senders; see Result."""
    f = drawn(dict(where), DRAWS)
    there = f["arrivals"] * f["resident_share"] * f["age_share"] / 1e4
    won = {name: summary(draws) for name, draws in flows(f).items()}
    arrives = summary((1 - f["loss"] / 100) * (100 - f["fee"]))
    return won, arrives, summary(there), summary(there * f["sender_share"] / 100)


def edited(evidence: Evidence, assumption_id: str, column: str, value: float) -> Evidence:
    """The same evidence with one cell of one assumption changed, as if its row had been edited."""

    def reader(name: str) -> pd.DataFrame:
        """The table, the one of the assumptions with the cell changed."""
        rows = evidence.table(name)
        if name != "flow_assumptions":
            return rows
        return rows.assign(**{column: rows[column].where(rows["assumption_id"] != assumption_id, value)})

    return Evidence(reader)


# ------------------------------------------------------------------------------------------ switches


def switches(evidence: Evidence) -> dict[str, int]:
    """Each switch of the assumptions, with the last surveyed year that it touches."""
    table = evidence.derived(assumptions).dropna(subset="switch")
    last = table.groupby("switch", sort=True)["year_end"].max()
    return {str(name): min(int(year), SURVEYED[-1]) for name, year in last.items()}


# --------------------------------------------------------------------------------------- sensitivity


def varying(where: Mapping[str, Source]) -> list[str]:
    """The parameters that are not fixed in a year."""
    return [name for name, origin in where.items() if any(row.distribution != "fixed" for row in origin.rows)]


def delivered_at(where: Mapping[str, Source], names: list[str], u: Array) -> Array:
    """Won delivered at quantiles u, shape (n, names); fixed parameters keep their point."""
    given = {name: u[:, at] for at, name in enumerate(names)}
    middle = np.full(len(u), 0.5)
    return flows(placed(where, {name: given.get(name, middle) for name in where}))["delivered"]


def sensitivity(evidence: Evidence) -> pd.DataFrame:
    """How far each assumption carries the money delivered, one line a surveyed year and parameter.

    first and total: shares of the variance in percent, inputs independent. low and high: million dollars
    delivered when this parameter alone runs from end to end of its outer interval, the others at their median.
    """
    rows = in_force(evidence)
    lines = []
    for year in SURVEYED:
        where, rate = sources(rows, year), per_dollar(evidence, year)
        trace = " ".join((*rows_of(where.values()), f"exchange_rates:{year},KRW"))
        for name, (first, total, low, high) in carried(named(where)).items():
            lines.append(
                {
                    "year": year,
                    "parameter": name,
                    "label": LABELS[name],
                    "first": first,
                    "total": total,
                    "low": low / rate / 1e6,
                    "high": high / rate / 1e6,
                    "rows": trace,
                }
            )
    return pd.DataFrame(lines)


@lru_cache(maxsize=64)
def carried(sources_named: Named) -> dict[str, tuple[float, float, float, float]]:
    """First-order and total share of the variance in percent, least and most won delivered, by parameter."""
    where = dict(sources_named)
    names = varying(where)
    model = partial(delivered_at, where, names)
    first, total = variance_shares(model, len(names), SEED)
    tails = [(1 - LEVELS[-1]) / 2, (1 + LEVELS[-1]) / 2]
    found = {}
    for at, name in enumerate(names):
        along = np.full((2, len(names)), 0.5)
        along[:, at] = tails
        low, high = np.sort(model(along))
        found[name] = (max(0.0, float(first[at]) * 100), float(total[at]) * 100, float(low), float(high))
    return found


# ----------------------------------------------------------------------------------- what changed

PARTS = {
    "people": ("arrivals", "resident_share", "age_share"),
    "share sending": ("sender_share",),
    "sum per sender": ("amount",),
    "commission": ("fee",),
    "not arriving": ("loss",),
    "exchange rate": (),
}
"""What a change of the dollars delivered is made of, and the parameters in each part."""


FROM, TO = 2018, 2023
"""The years that the change is told between: the first and the last with a survey of every part."""


def change(evidence: Evidence) -> pd.DataFrame:
    """What each part added to the million dollars delivered from FROM to TO; one line a part, and the whole.

    Shapley's value, so that the order in which the parts change does not matter. mean is over the draws, so that
    the parts add up to the whole; interval as everywhere. A row that holds in both years has the same draw in
    both; the rows of the two waves are drawn independently.
    """
    rows = in_force(evidence)
    wheres = [sources(rows, year) for year in (FROM, TO)]
    rates = [per_dollar(evidence, year) for year in (FROM, TO)]
    trace = [row for where in wheres for row in rows_of(where.values())]
    trace += [f"exchange_rates:{year},KRW" for year in (FROM, TO)]
    added = parts_of_change(named(wheres[0]), named(wheres[1]), *rates)
    return pd.DataFrame([{"part": part, **made} for part, made in added.items()]).assign(
        rows=" ".join(dict.fromkeys(trace))
    )


@lru_cache(maxsize=16)
def parts_of_change(first: Named, last: Named, first_rate: float, last_rate: float) -> dict[str, dict[str, float]]:
    """Mean and summary of each part of the change of the million dollars delivered, and of the whole."""
    early, late = drawn(dict(first), DRAWS), drawn(dict(last), DRAWS)
    parts = list(PARTS)

    def dollars(moved: frozenset[int]) -> Array:
        """Million dollars delivered with these parts as in the last year, the others as in the first."""
        changed = {name for at in moved for name in PARTS[parts[at]]}
        factors = {name: (late if name in changed else early)[name] for name in FACTORS}
        rate = last_rate if parts.index("exchange rate") in moved else first_rate
        return flows(factors)["delivered"] / rate / 1e6

    added = dict(zip(parts, shapley(dollars, len(parts)), strict=True))
    added["all together"] = dollars(frozenset(range(len(parts)))) - dollars(frozenset())
    return {part: {"mean": float(draws.mean()), **summary(draws)} for part, draws in added.items()}


# ------------------------------------------------------------------------------------------ coverage

REPLICATIONS = 1000
"""Simulated surveys for each design and year."""
DRAWS_EACH = 400
BOUGHT = 1.25
"""How many times as often members of the panel that is looked at send as people outside it."""
PEOPLE = ("arrivals", "resident_share", "age_share")
RANDOM, PAIRS, PANEL = "random sample", "pairs who answer alike", "panel that sends more"


def coverage(evidence: Evidence) -> pd.DataFrame:
    """How often the intervals for the money sent hold the truth, when surveys are simulated from a known one.

    For the surveyed wave with most senders and for that with fewest: a population whose share of senders is the
    point of that wave and whose sums are lognormal around its mean; the number of people drawn from its
    assumptions. Surveys of the wave's size are drawn from it; share and mean are assumed from each as from the
    real one, and the interval is made as the book makes it. Designs: a random sample; respondents in pairs who
    answer alike; a panel whose members send BOUGHT times as often as others. One line a year, design and level:
    percent of the simulated surveys.
    """
    rows = in_force(evidence)
    names = (*PEOPLE, "sender_share", "amount", *SHAPE)
    every = {year: {name: source(rows, name, year) for name in names} for year in SURVEYED}
    asked = {y: w for y, w in every.items() if len(w["sender_share"].rows) == len(w["amount"].rows) == 1}
    number = {year: int(where["amount"].rows[0].n) for year, where in asked.items()}
    lines = []
    for year in sorted({max(number, key=lambda y: number[y]), min(number, key=lambda y: number[y])}):
        trace = " ".join(rows_of(asked[year].values()))
        for design in (RANDOM, PAIRS, PANEL):
            for level, held in trials(named(asked[year]), design).items():
                lines.append({"year": year, "design": design, "level": level * 100, "held": held, "rows": trace})
    return pd.DataFrame(lines)


@lru_cache(maxsize=16)
def trials(sources_named: Named, design: str) -> dict[float, float]:
    """Percent of simulated surveys whose interval holds the true sum sent, by level."""
    where = dict(sources_named)
    rng = np.random.default_rng([SEED, crc32(f"{where['amount'].name} {design}".encode())])
    share, mean = where["sender_share"].rows[0], where["amount"].rows[0]
    spread, asked = where["spread"].point, int(share.n)
    together = 2 if design == PAIRS else 1
    chance = share.point / 100 * (BOUGHT if design == PANEL else 1)
    truth = share.point * mean.point * people(where, rng.random((REPLICATIONS, 1, len(PEOPLE))))
    units = np.maximum(rng.binomial(asked // together, chance, REPLICATIONS), 1)
    each = np.log(mean.point) - spread**2 / 2
    found = [rng.lognormal(each, spread, some).mean() for some in units]
    u = rng.random((REPLICATIONS, DRAWS_EACH, len(names := (*PEOPLE, "share", "mean", *SHAPE))))
    at = {name: u[:, :, place] for place, name in enumerate(names)}
    shape = {name: values(where[name], at[name], 1.0, 1.0) for name in SHAPE}
    reached = people(where, u[:, :, : len(PEOPLE)])
    for trial, senders in enumerate(units * together):
        of_trial = shape["design_effect"][trial]
        reached[trial] *= sampled_share(at["share"][trial], 100 * senders / asked, asked, of_trial)
        spread_of_trial = shape["spread"][trial]
        reached[trial] *= sampled_mean(at["mean"][trial], found[trial], senders, spread_of_trial, of_trial)
    bounds = {level: np.quantile(reached, [(1 - level) / 2, (1 + level) / 2], axis=1) for level in LEVELS}
    return {
        k: float(np.mean((low <= truth[:, 0]) & (truth[:, 0] <= high)) * 100) for k, (low, high) in bounds.items()
    }


def people(where: Mapping[str, Source], u: Array) -> Array:
    """The product of the parameters of PEOPLE at quantiles u, whose last axis holds them."""
    return np.prod([values(where[name], u[..., at], 1.0, 1.0) for at, name in enumerate(PEOPLE)], axis=0)


# ---------------------------------------------------------------------------------------------- rice

DOUBTED = "doubtful"
"""What the note of a price holds if it is not used."""
MONTHS = 12


LAST_OLD = 2009
"""The old won ended on the last day of November of this year; its December prices are in new won."""


def market(evidence: Evidence, item: str, year: int) -> pd.DataFrame:
    """The market prices of rice, or rates of the dollar, of a year, one line a row with low and high.

    Old won up to LAST_OLD, new won after it, never both. Rows whose note doubts them are left out. Raises
    NoEvidence if there is none.
    """
    p = evidence.prices
    won = "old" if year <= LAST_OLD else "new"
    dated = (p["date"].str.slice(0, 4) == str(year)) & (p["won"] == won)
    rows = p[(p["item"] == item) & (p["kind"] == "market") & dated]
    rows = rows[~rows["note"].fillna("").str.contains(DOUBTED)]
    low, high = rows["low"].fillna(rows["point"]), rows["high"].fillna(rows["point"])
    known = rows.assign(low=low.fillna(high), high=high.fillna(low))
    if known.empty:
        raise NoEvidence(f"no market price of {item} in {year}")
    return known


def priced(evidence: Evidence, year: int, *items: str) -> bool:
    """Whether the year has a market price of each of these items."""
    try:
        return all(len(market(evidence, item, year)) for item in items)
    except NoEvidence:
        return False


def rice_delivered(evidence: Evidence, year: int) -> dict[str, Any]:
    """Kilograms of rice that the money of a year buys for one receiving household: summary, n, rows.

    Delivered won of one sender, shared among the households, in dollars at the mean rate of the year, in North
    Korean won at a market rate of the year, over a market price of the year; rate and price anywhere between
    the lowest and the highest row of the year.
    """
    rows = in_force(evidence)
    used = {name: source(rows, name, year) for name in ("amount", "fee", "loss", *SHAPE, "households_per_sender")}
    rates, prices = market(evidence, "usd", year), market(evidence, "rice", year)
    kilograms = bought(named(used), year, ends(rates), ends(prices))
    bare = {name: value / per_dollar(evidence, year) for name, value in kilograms.items()}
    behind = ["prices:" + name for name in [*rates["price_id"], *prices["price_id"]]]
    trace = (*rows_of(used.values()), f"exchange_rates:{year},KRW", *behind)
    return {**bare, "prices": len(prices), "rates": len(rates), "rows": trace}


@lru_cache(maxsize=64)
def bought(
    sources_named: Named, year: int, rates: tuple[float, float], prices: tuple[float, float]
) -> dict[str, float]:
    """Summary of the rice of one household: kilograms times won per dollar, rates and prices from end to end."""
    where = dict(sources_named)
    u = {name: uniform(origin.name, DRAWS) for name, origin in where.items()}
    spread, design_effect = (values(where[name], u[name], 1.0, 1.0) for name in SHAPE)
    f = {name: values(origin, u[name], spread, design_effect) for name, origin in where.items()}
    each = f["amount"] * (1 - f["loss"] / 100) * (1 - f["fee"] / 100) / f["households_per_sender"]
    return summary(each * between(rates, f"usd-{year}") / between(prices, f"rice-{year}"))


def ends(rows: pd.DataFrame) -> tuple[float, float]:
    """The lowest and the highest price of these rows."""
    return float(rows["low"].min()), float(rows["high"].max())


def between(low_high: tuple[float, float], name: str) -> Array:
    """Draws from the lowest to the highest price."""
    low, high = low_high
    return low + (high - low) * uniform(name, DRAWS)


def rice_of_pay(evidence: Evidence, year: int) -> dict[str, Any]:
    """Kilograms of rice that official pay buys in a year: low (least pay, highest price), high, n, rows.

    Raises NoEvidence for a year that no row of official pay covers.
    """
    table = evidence.derived(assumptions)
    pay = table[
        (table["parameter"] == "official_pay") & (table["year_start"] <= year) & (year <= table["year_end"])
    ]
    if pay.empty:
        raise NoEvidence(f"no official pay is assumed for {year}")
    row, prices = next(pay.itertuples(index=False)), market(evidence, "rice", year)
    trace = (
        f"flow_assumptions:{row.assumption_id}",
        *source_rows(row.rows),
        *("prices:" + prices["price_id"]),
    )
    low, high = row.low / prices["high"].max() * MONTHS, row.high / prices["low"].min() * MONTHS
    return {"low": low, "high": high, "pay": row.assumption_id, "prices": len(prices), "rows": trace}
