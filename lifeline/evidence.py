"""data/ -> Evidence: the typed tables that everything else is computed from.

Nothing else in the project reads data/. What the tables must keep to stands in check.py.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pandas as pd

from lifeline import ROOT

DATA = ROOT / "data"
PACKAGE = "datapackage.json"
PANDAS_TYPES = {"string": "string", "integer": "Int64", "number": "Float64", "date": "string"}


# ---------------------------------------------------------------------------------------- reading


@cache
def schema(folder: Path = DATA) -> dict[str, dict]:
    """The resources of the data package by table name, as datapackage.json states them."""
    package = json.loads((folder / PACKAGE).read_text(encoding="utf-8"))
    return {resource["name"]: resource for resource in package["resources"]}


def read_table(name: str, folder: Path = DATA) -> pd.DataFrame:
    """One table of data/, typed by the schema; an empty cell is a missing value."""
    resource = schema(folder)[name]
    types = {column["name"]: PANDAS_TYPES[column["type"]] for column in resource["schema"]["fields"]}
    return pd.read_csv(
        folder / resource["path"], dtype=types, keep_default_na=False, na_values=[""], encoding="utf-8"
    )


@dataclass
class Evidence:
    """The tables of data/. A table is read when it is first asked for; `used` says which were."""

    reader: Callable[[str], pd.DataFrame] = read_table
    used: dict[str, pd.DataFrame] = field(default_factory=dict)

    def table(self, name: str) -> pd.DataFrame:
        """The table of this name, one row as data/datapackage.json describes it."""
        if name not in self.used:
            self.used[name] = self.reader(name)
        return self.used[name]

    @property
    def documents(self) -> pd.DataFrame:
        """One row a document in which evidence was read."""
        return self.table("documents")

    @property
    def outlets(self) -> pd.DataFrame:
        """One row an originator."""
        return self.table("outlets")

    @property
    def surveys(self) -> pd.DataFrame:
        """One row an answer of a survey wave, as printed."""
        return self.table("surveys")

    @property
    def arrivals(self) -> pd.DataFrame:
        """One row a printed count of people who arrived in the South."""
        return self.table("arrivals")

    @property
    def exchange_rates(self) -> pd.DataFrame:
        """One row a year and currency: units per US dollar."""
        return self.table("exchange_rates")

    def without(self, group: str) -> "Evidence":
        """The same evidence as if nobody in this independence group had ever said anything."""
        outlets = self.outlets
        gone = outlets.loc[outlets["independence_group"] == group, "originator"]

        def reader(name: str) -> pd.DataFrame:
            rows = self.table(name)
            return rows[~rows["originator"].isin(gone)] if "originator" in rows else rows

        return Evidence(reader)


def read(folder: Path = DATA) -> Evidence:
    """The evidence in `folder`; `check` says whether it keeps the rules."""
    return Evidence(lambda name: read_table(name, folder))
