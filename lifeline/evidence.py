"""data/ -> Evidence: the typed tables that everything else is computed from.

Nothing else in the project reads data/. What the tables must keep to stands in check.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from lifeline import ROOT

if TYPE_CHECKING:  # loaded with the first table: pages are made of what is known already
    import pandas as pd

DATA = ROOT / "data"
PACKAGE = "datapackage.json"
SHAPES = "provinces.geojson"
PANDAS_TYPES = {"string": "string", "integer": "Int64", "number": "Float64", "date": "string"}


# ---------------------------------------------------------------------------------------- reading


@cache
def package(folder: Path = DATA) -> dict:
    """datapackage.json."""
    described: dict = json.loads((folder / PACKAGE).read_text(encoding="utf-8"))
    return described


def schema(folder: Path = DATA) -> dict[str, dict]:
    """The resources of the data package by table name, as datapackage.json states them."""
    return {resource["name"]: resource for resource in package(folder)["resources"]}


def read_up_to() -> str:
    """The day up to which evidence was read, YYYY-MM-DD; datapackage.json states it."""
    return str(package()["created"])[:10]


def read_table(name: str, folder: Path = DATA) -> pd.DataFrame:
    """One table of data/, typed by the schema; an empty cell is a missing value."""
    import pandas as pd

    resource = schema(folder)[name]
    types = {column["name"]: PANDAS_TYPES[column["type"]] for column in resource["schema"]["fields"]}
    return pd.read_csv(
        folder / resource["path"], dtype=types, keep_default_na=False, na_values=[""], encoding="utf-8"
    )


@cache
def outlines(folder: Path = DATA) -> dict[str, str]:
    """The shape of each province that has one of its own, as GeoJSON geometry; degrees of longitude, latitude."""
    shapes = json.loads((folder / SHAPES).read_text(encoding="utf-8"))["features"]
    return {shape["properties"]["province"]: json.dumps(shape["geometry"]) for shape in shapes}


Made = TypeVar("Made")


@dataclass
class Store:
    """Tables that were read, and what was made from them, each with the tables it took: kept for all who ask.

    left: the value of each finding without each independence group, as far as it was asked for. A store that
    lacks a group knows the whole one and the group's name.
    """

    reader: Callable[[str], pd.DataFrame]
    whole: Store | None = None
    group: str = ""
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    made: dict[Callable, tuple[object, set[str]]] = field(default_factory=dict)
    lacking: dict[str, Store] = field(default_factory=dict)
    left: dict[tuple[Callable, str], float | None] = field(default_factory=dict)


class Evidence:
    """The tables of data/, read when first asked for; `used` names those that were asked for here.

    Tables, and what `derived` makes of them, are shared and never changed in place.
    """

    def __init__(self, reader: Callable[[str], pd.DataFrame] = read_table, store: Store | None = None) -> None:
        self.store = store or Store(reader)
        self.used: set[str] = set()

    def table(self, name: str) -> pd.DataFrame:
        """The table of this name, one row as data/datapackage.json describes it."""
        self.used.add(name)
        if name not in self.store.tables:
            self.store.tables[name] = self.store.reader(name)
        return self.store.tables[name]

    def derived(self, make: Callable[[Evidence], Made]) -> Made:
        """make(self), made once: for what many findings or figures are computed from."""
        if make not in self.store.made:
            own = Evidence(store=self.store)
            value = make(own)
            self.store.made[make] = (value, own.used)
        value, used = self.store.made[make]  # type: ignore[assignment]
        self.used |= used
        return value

    def lines(self, make: Callable[[Evidence], pd.DataFrame]) -> pd.DataFrame:
        """`derived` for a table with one line a row and its independence group in a column, group.

        Without a group it is the whole table less the group's lines, which saves making it once a group.
        """
        if self.store.whole and make not in self.store.made:
            whole = Evidence(store=self.store.whole)
            every = whole.lines(make)
            self.store.made[make] = (every[every["group"] != self.store.group], whole.used)
        return self.derived(make)

    @property
    def documents(self) -> pd.DataFrame:
        """One row a document in which evidence was read."""
        return self.table("documents")

    @property
    def outlets(self) -> pd.DataFrame:
        """One row an originator."""
        return self.table("outlets")

    @property
    def claims(self) -> pd.DataFrame:
        """One row a statement of one document, in the coder's words."""
        return self.table("claims")

    @property
    def quantities(self) -> pd.DataFrame:
        """One row a reported number, as printed."""
        return self.table("quantities")

    @property
    def measures(self) -> pd.DataFrame:
        """One row a thing that a number can measure."""
        return self.table("measures")

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

    @property
    def prices(self) -> pd.DataFrame:
        """One row a market price or rate inside the North."""
        return self.table("prices")

    @property
    def events(self) -> pd.DataFrame:
        """One row a dated event."""
        return self.table("events")

    @property
    def provinces(self) -> pd.DataFrame:
        """One row a province or special city."""
        return self.table("provinces")

    @property
    def cities(self) -> pd.DataFrame:
        """One row a city or county, with its spellings."""
        return self.table("cities")

    @property
    def checks(self) -> pd.DataFrame:
        """One row a sum that a source's own numbers allow."""
        return self.table("checks")

    @property
    def flow_assumptions(self) -> pd.DataFrame:
        """One row an assumption of the flow model."""
        return self.table("flow_assumptions")

    def without(self, group: str) -> Evidence:
        """The same evidence as if nobody in this independence group had ever said anything."""
        if group not in self.store.lacking:
            outlets = self.outlets
            gone = outlets.loc[outlets["independence_group"] == group, "originator"]

            def reader(name: str) -> pd.DataFrame:
                rows = self.table(name)
                if "originator" not in rows:
                    return rows
                said = rows["originator"].isin(gone)
                return rows[~said] if said.any() else rows

            self.store.lacking[group] = Store(reader, whole=self.store, group=group)
        left = Evidence(store=self.store.lacking[group])
        left.used = self.used
        return left


@cache
def kept() -> Store:
    """The tables of data/ as this process first read them."""
    return Store(read_table)


def read(folder: Path | None = None) -> Evidence:
    """The evidence in data/, read once a process; with a folder, that in it, read anew.

    `check` says whether it keeps the rules.
    """
    return Evidence(store=kept()) if folder is None else Evidence(lambda name: read_table(name, folder))
