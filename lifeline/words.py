"""How numbers and names stand in a sentence."""

import math
from calendar import month_name
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # pages are made without what computes numbers
    from lifeline.estimate import Estimate


def rounded(value: float, digits: int) -> str:
    """A number with thousands separators, halves rounded away from zero, a true minus sign."""
    shift = 10**digits
    number = math.floor(abs(value) * shift + 0.5 + 1e-9) / shift
    return ("\u2212" if value < 0 and number else "") + f"{number:,.{digits}f}"


def amount(value: float, unit: str, digits: int) -> str:
    """A number without its unit, as it stands in a sentence."""
    if unit == "KRW":
        return rounded(value / 1e6, digits)
    if unit == "USD":
        return rounded(round(value, -1), 0)
    if unit == "year":
        return f"{value:.0f}"
    if unit == "month":
        return month_name[int(value)]
    return rounded(value, digits)


UNITS = {
    "percent": "percent",
    "points": "percentage points",
    "KRW": "million won",
    "USD": "dollars",
    "dollars": "dollars",
    "million USD": "million dollars",
    "billion KRW": "billion won",
    "CNY": "yuan",
    "KPW": "North Korean won",
    "kg": "kilograms",
    "persons": "people",
    "transfers": "transfers",
    "brokers": "brokers",
    "reports": "reports",
    "originators": "originators",
    "documents": "documents",
    "claims": "claims",
    "sums": "sums",
    "statements": "statements",
    "events": "events",
    "rows": "rows",
    "texts": "texts",
    "outlets": "outlets",
    "characters": "characters",
    "provinces": "provinces",
    "times": "times",
    "months": "months",
    "years": "years",
    "hours": "hours",
    "minutes": "minutes",
    "alpha": "",
    "year": "",
    "month": "",
}
SINGULAR = {
    "sums": "sum",
    "events": "event",
    "reports": "report",
    "originators": "originator",
    "documents": "document",
    "claims": "claim",
}


def words(estimate: "Estimate", digits: int) -> dict[str, str]:
    """The parts of an estimate that prose can name, as text.

    value (with its unit), number (without), size (without unit and sign), interval, low, high, count, base,
    of ("125 of 414") and period; a part that the estimate does not have is left out.
    """
    number = amount(estimate.value, estimate.unit, digits)
    unit = SINGULAR.get(estimate.unit, "") if number == "1" else ""
    parts = {
        "value": f"{number} {unit or UNITS[estimate.unit]}".strip(),
        "number": number,
        "size": number.removeprefix("\u2212"),
        "period": estimate.period,
    }
    if estimate.low is not None and estimate.high is not None:
        bounds = [amount(bound, estimate.unit, digits) for bound in (estimate.low, estimate.high)]
        parts |= {"interval": " to ".join(bounds), "low": bounds[0], "high": bounds[1]}
    if estimate.count is not None:
        parts["count"] = rounded(estimate.count, 0)
    if estimate.base is not None:
        parts["base"] = rounded(estimate.base, 0)
    if estimate.count is not None and estimate.base is not None:
        parts["of"] = f"{parts['count']} of {parts['base']}"
    return parts


def listed(names: Iterable[str]) -> str:
    """Names in a row: "a", "a and b", "a, b and c"."""
    every = list(names)
    return " and ".join([", ".join(every[:-1]), every[-1]]) if len(every) > 1 else "".join(every)
