"""Broken copies of the tables of data/. Each is wrong by construction and says where, so that no valid
row can be taken for a fault, nor a fault in another place for this one.

A kind of mutation is a function of a table that yields broken copies, at `places` random rows a column.
"""

import csv
import io
import random
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from lifeline.evidence import DATA, package, schema


@dataclass(frozen=True)
class Mutant:
    """A broken copy of a table, and where `check` has to name the fault.

    rows are lines of the file, of which one must be named, and of columns one; empty: the file is enough.
    file is another one where what is missing here leaves a hole there.
    """

    table: str
    kind: str
    content: bytes
    file: str
    rows: frozenset[int] = frozenset()
    columns: frozenset[str] = frozenset()
    wrong: str = ""

    def __str__(self) -> str:
        rows, columns = sorted(self.rows)[:3], sorted(self.columns)
        return f"{self.kind} in {self.table}, rows {rows}, columns {columns}: {self.wrong[:60]!r}"


@dataclass(frozen=True)
class Table:
    """A table as it is written."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    folder: Path

    @property
    def resource(self) -> dict:
        """What datapackage.json says of it."""
        return schema()[self.name]

    @property
    def fields(self) -> dict[str, dict]:
        """What datapackage.json says of each column."""
        return {field["name"]: field for field in self.resource["schema"]["fields"]}

    @property
    def key(self) -> list[str]:
        """The columns of the key."""
        key = self.resource["schema"]["primaryKey"]
        return [key] if isinstance(key, str) else list(key)

    @property
    def points_to(self) -> dict[str, tuple[str, str]]:
        """(table, column there) that a column points to."""
        keys = self.resource["schema"].get("foreignKeys", [])
        return {k["fields"]: (k["reference"]["resource"] or self.name, k["reference"]["fields"]) for k in keys}

    def cell(self, at: int, column: str) -> str:
        """A cell."""
        return self.rows[at][self.header.index(column)]

    def where(self, test: Callable[[dict[str, str]], object]) -> list[int]:
        """The rows that pass a test."""
        return [at for at, row in enumerate(self.rows) if test(dict(zip(self.header, row, strict=True)))]

    def changed(self, at: int, **cells: str) -> bytes:
        """The file with other cells in one row."""
        row = [cells.get(name, old) for name, old in zip(self.header, self.rows[at], strict=True)]
        return written([self.header, *self.rows[:at], row, *self.rows[at + 1 :]])

    def broken(self, kind: str, at: int, column: str, value: str, *also: str) -> Mutant:
        """A copy with one wrong cell; `also` are columns that may be named in its stead."""
        content = self.changed(at, **{column: value})
        return Mutant(
            self.name,
            kind,
            content,
            f"data/{self.name}.csv",
            frozenset({at + 2}),
            frozenset({column, *also}),
            value,
        )

    def whole(self, kind: str, content: bytes, wrong: str, rows: set[int] | None = None) -> Mutant:
        """A copy that is wrong as a file."""
        return Mutant(self.name, kind, content, f"data/{self.name}.csv", frozenset(rows or ()), wrong=wrong)


@cache
def table(name: str, folder: Path = DATA) -> Table:
    """A table of data/ as it is written."""
    with (folder / schema()[name]["path"]).open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return Table(name, tuple(header), tuple(map(tuple, rows)), folder)


def written(rows: list) -> bytes:
    """Rows as CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode("utf-8", "surrogatepass")


Kind = Callable[[Table, random.Random, int], Iterator[Mutant]]
KINDS: dict[str, Kind] = {}
"""Every kind of mutation, by its name."""


def kind(function: Kind) -> Kind:
    """Registers a kind of mutation."""
    KINDS[function.__name__] = function
    return function


def some(rng: random.Random, rows: Sequence[int], most: int) -> list[int]:
    """A few of the rows."""
    return rng.sample(rows, min(most, len(rows)))


def free_text(t: Table) -> list[str]:
    """The columns that hold words, not codes, keys or numbers."""
    coded = {"enum", "pattern"}
    return [
        name
        for name, field in t.fields.items()
        if field["type"] == "string"
        and not coded & set(field.get("constraints", {}))
        and name not in t.points_to
        and (t.name, name) not in CODED | {("cities", "other_names")}  # a list of spellings
        and name not in t.key
    ]


CODED = {
    *(("measures", name) for name in ("units", "statistics")),
    *(("claims", "city"), ("documents", "relays"), ("origin", "province")),
    *(("documents", "language"), ("outlets", "language"), ("outlets", "country"), ("searches", "languages")),
    *(("recoded_quantities", name) for name in ("quantity_id", "unit", "per", "period")),
    *(("recoded_claims", "province"), ("double_coding", "province"), ("double_coding", "coder")),
    *(("checks", name) for name in ("unit", "period", "rows")),
    *(("provinces", "drawn_in"), ("provinces", "iso_3166_2"), ("flow_assumptions", "rows")),
    *(("audit_answers", name) for name in ("doc_id", "claim_id", "quantity_id")),
    ("documents", "url"),
}
"""Columns that hold codes of which datapackage.json has no list: a list of their own, another table's keys."""


# --------------------------------------------------------------------------------------------- cells

NO_NUMBER = [
    "many",
    "1,000",
    "12 percent",
    "1e999",
    "NaN",
    "inf",
    "0x1F",
    "\uff11\uff12",
    "1_000",
    "--5",
    " 5",
    "5 ",
]
NO_NUMBER += ["10" * 15, "5.", ".5", "+5", "\u0661\u0662", "1e400", "5,5", "\u22125", "1 000", "007"]
NO_INTEGER = [*NO_NUMBER, "5.5", "5.0", "1e3"]
NO_DATE = ["2019-02-30", "2019-13", "2019-00-10", "1066", "2187", "12/03/2019", "2019-6", "2019-06-3", "19", "soon"]
NO_DATE += [
    "\uff12\uff10\uff11\uff19",
    "2019-06-03T12:00",
    "2019-6-03",
    "2019/06",
    " 2019",
    "0000",
    "-2019",
    "2019-",
]
WHOLE_DATE = ["2019", "2019-06"]


def dated(t: Table) -> list[str]:
    """The columns that hold dates."""
    return [
        name
        for name, field in t.fields.items()
        if field["type"] == "date" or "[0-9]{4}(" in field.get("constraints", {}).get("pattern", "")
    ]


@kind
def wrong_type(t: Table, rng: random.Random, places: int) -> Iterator[Mutant]:
    """No number where a number belongs."""
    for name, field in t.fields.items():
        for value in {"integer": NO_INTEGER, "number": NO_NUMBER}.get(field["type"], []):
            for at in some(rng, t.where(lambda r: True), places):
                yield t.broken("wrong_type", at, name, value)


@kind
def unknown_code(t: Table, rng: random.Random, places: int) -> Iterator[Mutant]:
    """A code that is not on the list, or only looks like one that is."""
    for name, field in t.fields.items():
        codes = field.get("constraints", {}).get("enum")
        for at in some(rng, t.where(lambda r: True), places) if codes else []:
            good = t.cell(at, name) or codes[0]
            twin = good.replace("a", "\u0430").replace("e", "\u0435").replace("o", "\u043e").replace("s", "\u0455")
            for value in {"nosuch", good + " ", good + "\u200b", good.upper(), twin, good + ";" + good} - set(
                codes
            ):
                yield t.broken("unknown_code", at, name, value)


@kind
def unlisted_code(t: Table, rng: random.Random, places: int) -> Iterator[Mutant]:
    """The same where the list stands elsewhere."""
    for name in (column for of, column in sorted(CODED) if of == t.name):
        for at in some(rng, t.where(lambda r: True), places):
            good = t.cell(at, name)
            for value in ["nosuch", "Nowhere 1", f"{good};nosuch" if good else "nosuch;nosuch", good + "\u200b"]:
                yield t.broken("unlisted_code", at, name, value)


@kind
def broken_pattern(t: Table, rng: random.Random, places: int) -> Iterator[Mutant]:
    """A key or a short code that is not written like one."""
    for name, field in t.fields.items():
        if "pattern" in field.get("constraints", {}) and name not in dated(t):
            for at in some(rng, t.where(lambda r: True), places):
                for value in [
                    "two words",
                    "caf\u00e9",
                    "a/../b",
                    "<b>",
                    "a\u200bb",
                    "x\u0660",
                    'a"b',
                    "\uff41",
                    "a'b",
                ]:
                    yield t.broken("broken_pattern", at, name, value)


@kind
def empty_cell(t: Table, rng: random.Random, places: int) -> Iterator[Mutant]:
    """Nothing where something must stand."""
    for name, field in t.fields.items():
        if field.get("constraints", {}).get("required"):
            for at in some(rng, t.where(lambda r, name=name: r[name]), places):
                yield t.broken("empty_cell", at, name, "")


@kind
def bad_date(t: Table, rng: random.Random, places: int) -> Iterator[Mutant]:
    """A day that no calendar has, of a time that cannot be meant, to come, or not written as a date."""
    created = str(package(DATA)["created"])[:10]
    to_come = f"{created[:8]}{int(created[8:]) + 1}"
    for name in dated(t):
        whole = WHOLE_DATE if t.fields[name]["type"] == "date" else []
        for value in [*NO_DATE, *whole, to_come, f"{created[:4]}-12"]:
            for at in some(rng, t.where(lambda r: True), places):
                yield t.broken("bad_date", at, name, value)


# ---------------------------------------------------------------------------------------------- keys


@kind
def repeated_key(t: Table, rng: random.Random, places: int) -> Iterator[Mutant]:
    """The same row twice; another row under the same key."""
    for at in some(rng, t.where(lambda r: True), places):
        twice = written([t.header, *t.rows[: at + 1], t.rows[at], *t.rows[at + 1 :]])
        yield replace(
            t.whole("repeated_key", twice, "row twice", {at + 2, at + 3}),
            columns=frozenset({",".join(t.key), *t.key}),
        )
    for at in some(rng, list(range(1, len(t.rows))), places):
        cells = {name: t.cell(at - 1, name) for name in t.key}
        yield replace(
            t.whole("repeated_key", t.changed(at, **cells), "key of the row above", {at + 1, at + 2}),
            columns=frozenset({",".join(t.key), *t.key}),
        )


@kind
def dangling_key(t: Table, rng: random.Random, places: int) -> Iterator[Mutant]:
    """A key that leads nowhere."""
    for name in t.points_to:
        for at in some(rng, t.where(lambda r, name=name: r[name]), places):
            good = t.cell(at, name)
            for value in [f"{good}-x", "nowhere-2020-x", good.swapcase(), good + "\u00a0"]:
                if value != good:
                    yield t.broken("dangling_key", at, name, value)


@kind
def lost_target(t: Table, rng: random.Random, places: int) -> Iterator[Mutant]:
    """A row taken out to which other rows point."""
    pointing = [
        (other, column, there)
        for other in (table(name, t.folder) for name in schema())
        for column, (target, there) in other.points_to.items()
        if target == t.name
    ]
    for other, column, there in pointing:
        used = {row[other.header.index(column)] for row in other.rows} - {""}
        for at in some(rng, t.where(lambda r, used=used, there=there: r[there] in used), places):
            key = t.cell(at, there)
            lines = {n + 2 for n in other.where(lambda r, column=column, key=key: r[column] == key)}
            if other.name == t.name:
                lines = {line - (line > at + 2) for line in lines - {at + 2}}
            if lines:
                content = written([t.header, *t.rows[:at], *t.rows[at + 1 :]])
                yield Mutant(
                    t.name,
                    "lost_target",
                    content,
                    f"data/{other.name}.csv",
                    frozenset(lines),
                    frozenset({column}),
                    key,
                )


UNREPEATED = (
    "documents claims quantities surveys arrivals prices flow_assumptions origin events checks altered_words"
)


@kind
def doubled_row(t: Table, rng: random.Random, places: int) -> Iterator[Mutant]:
    """A measure, a statement or a document that stands twice, the second time under a key of its own."""
    if t.name not in UNREPEATED.split():
        return
    for at in some(rng, t.where(lambda r: True), places):
        again = [f"{c}-9" if n == t.key[0] else c for n, c in zip(t.header, t.rows[at], strict=True)]
        content = written([t.header, *t.rows[: at + 1], again, *t.rows[at + 1 :]])
        yield t.whole("doubled_row", content, again[0], {at + 2, at + 3})


# -------------------------------------------------------------------------------------------- numbers

PAIRS = [
    *(("low", "high"), ("low", "point"), ("point", "high"), ("band_low", "band_high"), ("low", "alpha")),
    *(("alpha", "high"), ("period_start", "period_end"), ("year_start", "year_end"), ("date", "end_date")),
    ("fieldwork_start", "fieldwork_end"),
]
MAY_FALL = {"growth_rate", "ratio_other", "income_ratio", "money_other"}
"""Measures in percent that are no shares."""


@kind
def swapped_bounds(t: Table, rng: random.Random, places: int) -> Iterator[Mutant]:
    """The upper bound below the lower one."""
    for first, last in PAIRS:
        if {first, last} <= set(t.header) and t.name != "recoded_quantities":

            def unequal(row: dict, first: str = first, last: str = last) -> bool:
                a, b = row[first], row[last]
                return bool(a and b) and not (a.startswith(b) or b.startswith(a))

            for at in some(rng, t.where(unequal), 2 * places):
                cells = {first: t.cell(at, last), last: t.cell(at, first)}
                one = t.broken("swapped_bounds", at, first, cells[first], *PAIRED)
                yield replace(one, content=t.changed(at, **cells))


PAIRED = {name for pair in PAIRS for name in pair} | {"year", "band_low"}


@kind
def no_share(t: Table, rng: random.Random, places: int) -> Iterator[Mutant]:
    """A share below nothing or above everything."""
    if t.name in ("quantities", "surveys", "flow_assumptions"):
        for name in {"low", "point", "high", "value"} & set(t.header):
            shares = t.where(
                lambda r, name=name: r["unit"] == "percent" and r[name] and r.get("measure") not in MAY_FALL
            )
            for at in some(rng, shares, places):
                for value in ["100.1", "620", "-3", "-0.1"]:
                    yield t.broken("no_share", at, name, value, "point", "high", "low")
    for name in ("percent", "agree"):
        for at in some(rng, t.where(lambda r: True), places) if name in t.header else []:
            for value in ["100.1", "620", "-3", "-0.1"]:
                yield t.broken("no_share", at, name, value)


@kind
def negative(t: Table, rng: random.Random, places: int) -> Iterator[Mutant]:
    """Fewer than none."""
    signed = {"difference", "alpha"} | ({"low", "high"} if t.name == "agreement" else set())
    if t.name == "recoded_quantities":
        signed |= {"low", "point", "high"}  # as the second coder wrote them down
    for name in [n for n, field in t.fields.items() if field["type"] in ("integer", "number") and n not in signed]:
        for at in some(rng, t.where(lambda r: r.get("measure") not in MAY_FALL), places):
            for value in ["-1", "-500"]:
                yield t.broken("negative", at, name, value, "low", "point", "high", "difference")


@kind
def wrong_unit(t: Table, rng: random.Random, places: int) -> Iterator[Mutant]:
    """A unit that the measure, the item or the parameter cannot have."""
    if t.name not in ("quantities", "surveys", "prices", "flow_assumptions"):
        return
    measures = {row[0]: row for row in table("measures", t.folder).rows}
    column = table("measures", t.folder).header.index("units")
    for at in some(rng, t.where(lambda r: True), 4 * places):
        codes = set(t.fields["unit"]["constraints"]["enum"]) - {t.cell(at, "unit")}
        if "measure" in t.header:
            codes -= set(measures[t.cell(at, "measure")][column].split(";"))
        for value in rng.sample(sorted(codes), min(3, len(codes))):
            if {value, t.cell(at, "unit")} != {"KPW_per_CNY", "KPW_per_100_CNY"}:
                yield t.broken("wrong_unit", at, "unit", value, "value", "statistic", "point")


# ----------------------------------------------------------------------------------------------- text

REFUSED_TEXT = {
    "NUL": "a\x00b",
    "bell": "a\x07b",
    "escape": "a\x1b[31mb",
    "next line": "a\x85b",
    "form feed": "a\x0cb",
    "line separator": "a\u2028b",
    "paragraph separator": "a\u2029b",
    "right to left": "a\u202egnp.exe",
    "isolate": "a\u2066b",
    "no width": "a\u200bb",
    "mark inside": "a\ufeffb",
    "private use": "a\ue000b",
    "no character": "a\uffffb",
    "soft hyphen": "a\u00adb",
    "formula": '=HYPERLINK("http://x.example","y")',
    "formula after quote": "=cmd|'/c calc'!A0",
    "at": "@SUM(1+1)",
    "plus": "+1+cmd|x",
    "minus": "-1+1",
    "tab": "\t=1+1",
    "wide formula": "\uff1d1+1",
    "line break": "a\nb",
    "carriage return": "a\rb",
    "blank before": " a",
    "blank after": "a ",
    "only a blank": " ",
    "decomposed": unicodedata.normalize("NFD", "\ud55c\uad6d"),
    "a million characters": "x" * 1_000_000,
    "half a pair": "a\ud800b",
    "replaced": "a\ufffdb",
}
HARMLESS_TEXT = {
    "script": "<script>window.broken=1</script>",
    "image": "<img src=x onerror=window.broken=1>",
    "closing": "</td></table></script><svg onload=window.broken=1>",
    "attribute": '" onmouseover="window.broken=1" x=\'',
    "link": "[a](javascript:window.broken=1)",
    "autolink": "<javascript:window.broken=1>",
    "entity": "&lt;b&gt; &amp;amp; &#60;i&#62;",
    "comment": "<!-- a --> b <![CDATA[c]]>",
    "role": "{n}`never-sent` {cite:p}`nobody`",
    "substitution": "{{ version }} |version| {% raw %}",
    "directive": "```{eval-rst} .. raw:: html ```",
    "fence": "`````` ::: {figure} x",
    "heading": "# a ## b",
    "emphasis": "*a* **b** _c_ ~~d~~ ^e^ $x^2$ $$y$$",
    "table": "a | b \\| c",
    "list": "a; 1. b; * c",
    "typst": '#eval("1+1") #import "x" @label <label> $x$ [c] // d /* e */',
    "typst string": 'a"; #panic(1); "b',
    "latex": "\\input{/etc/passwd} \\write18{id} %a ~b ^c _d",
    "backslash": "a\\b \\n \\u0041 \\",
    "quotes": "\"a\" 'b' `c` ``d``",
    "template": "${window.broken=1} {{constructor.constructor('window.broken=1')()}} {0}",
    "json": '</script>","x":"\\u003c"}',
    "percent": "%s %d %(x)s %n",
    "path": "../../../etc/passwd",
    "Hangul": "\ud55c\uad6d\uc5b4 \u6f22\u5b57 \u304b\u306a",
}
"""Text that means something to HTML, MyST, Typst, LaTeX or a template, and must be shown as it stands."""


def words(t: Table) -> list[str]:
    """Every column in which someone could type words: all of text but codes from a list."""
    return [
        name
        for name, field in t.fields.items()
        if field["type"] == "string" and "enum" not in field.get("constraints", {})
    ]


@kind
def refused_text(t: Table, rng: random.Random, places: int) -> Iterator[Mutant]:
    """Text that no table may hold: what cannot be seen, what a spreadsheet would run, what breaks lines."""
    for name in words(t):
        for what, value in REFUSED_TEXT.items():
            for at in some(rng, t.where(lambda r: True), 1):
                one = t.broken(f"refused_text: {what}", at, name, value)
                yield replace(one, columns=frozenset()) if what == "half a pair" else one  # bytes have no column


# ----------------------------------------------------------------------------------------------- files


@kind
def broken_header(t: Table, rng: random.Random, places: int) -> Iterator[Mutant]:
    """A column dropped, renamed, doubled, added, moved; no header at all."""
    rows = [t.header, *t.rows]
    for at, name in enumerate(t.header):
        dropped = [[*row[:at], *row[at + 1 :]] for row in rows]
        renamed = [[*t.header[:at], name + "_", *t.header[at + 1 :]], *t.rows]
        upper = [[*t.header[:at], name.upper(), *t.header[at + 1 :]], *t.rows]
        unnamed = [[*t.header[:at], "", *t.header[at + 1 :]], *t.rows]
        doubled = [[*row[: at + 1], *row[at:]] for row in rows]
        takes = [[*t.header[:at], t.header[at - 1], *t.header[at + 1 :]], *t.rows]
        moved = [[*row[:at], *row[at + 1 :], row[at]] for row in rows]
        copies = {"dropped": dropped, "renamed": renamed, "upper case": upper, "unnamed": unnamed}
        copies |= {"doubled": doubled} | ({"moved": moved} if at < len(t.header) - 1 else {})
        copies |= {"called like its neighbour": takes} if len(t.header) > 1 else {}
        for how, copy in copies.items():
            yield t.whole(f"broken_header: {how}", written(copy), name)
    yield t.whole("broken_header: none", written(list(t.rows)), "no header")
    yield t.whole("broken_header: twice", written([t.header, *rows]), "header twice")
    yield t.whole("broken_header: added", written([[*row, "x"] for row in rows]), "column x")
    yield t.whole("broken_header: alone", written([t.header]), "no rows")


@kind
def broken_lines(t: Table, rng: random.Random, places: int) -> Iterator[Mutant]:
    """Rows too long, too short, empty, out of order, or torn apart by a quotation mark."""
    for at in some(rng, t.where(lambda r: True), places):
        before, row, after = [t.header, *t.rows[:at]], t.rows[at], list(t.rows[at + 1 :])
        yield t.whole("broken_lines: ragged", written([*before, [*row, "x"], *after]), "cell more", {at + 2})
        yield t.whole("broken_lines: ragged", written([*before, [*row, ""], *after]), "comma more", {at + 2})
        yield t.whole("broken_lines: ragged", written([*before, row[:-1], *after]), "cell less", {at + 2})
        yield t.whole("broken_lines: empty", written(before) + b"\n" + written([row, *after]), "empty line")
        yield t.whole("broken_lines: empty", written([*before, [""] * len(row), row, *after]), "empty cells")
        torn = written(before) + b'"' + written([row, *after])
        yield t.whole("broken_lines: unclosed quote", torn, "quotation mark not closed")
        middle = written([row]).decode()
        stray = written(before) + middle.replace(",", ',"', 1).encode() + written(after)
        yield t.whole("broken_lines: stray quote", stray, "quotation mark")
        mark = b"<<<<<<< HEAD\n" + written([row]) + b"=======\n" + written([row]) + b">>>>>>> other\n"
        yield t.whole("broken_lines: merge conflict", written(before) + mark + written(after), "conflict")
        yield t.whole("broken_lines: comment", written(before) + b"# note\n" + written([row, *after]), "comment")
    if len(t.rows) > 2:
        at = rng.randrange(len(t.rows) - 1)
        moved = [*t.rows[:at], t.rows[at + 1], t.rows[at], *t.rows[at + 2 :]]
        yield t.whole("broken_lines: out of order", written([t.header, *moved]), "two rows", {at + 2, at + 3})
        yield t.whole("broken_lines: out of order", written([t.header, *t.rows[::-1]]), "reversed")


@kind
def broken_bytes(t: Table, rng: random.Random, places: int) -> Iterator[Mutant]:
    """Files in another encoding, with other line ends, cut off, empty, or no text at all."""
    good = written([t.header, *t.rows])
    text = good.decode()
    yield t.whole("broken_bytes: byte order mark", b"\xef\xbb\xbf" + good, "BOM")
    yield t.whole("broken_bytes: CRLF", good.replace(b"\n", b"\r\n"), "CRLF")
    yield t.whole("broken_bytes: CR", good.replace(b"\n", b"\r"), "CR")
    yield t.whole("broken_bytes: cp949", (text + "\ud55c\uae00\n").encode("cp949", "replace"), "cp949")
    yield t.whole("broken_bytes: latin-1", (text + "caf\u00e9\n").encode("latin-1", "replace"), "latin-1")
    yield t.whole("broken_bytes: UTF-16", text.encode("utf-16"), "UTF-16")
    yield t.whole("broken_bytes: overlong", good.replace(b",", b"\xc0\xac", 1), "overlong comma")
    yield t.whole("broken_bytes: empty", b"", "empty")
    yield t.whole("broken_bytes: empty", b"\n", "one line end")
    yield t.whole("broken_bytes: no last line end", good[:-1], "no line end")
    cut = good[: len(good) - 1 - rng.randrange(len(good) // 3)]
    yield t.whole(
        "broken_bytes: cut off", cut.rstrip(b"\n"), "cut off"
    )  # at a line's end rows are missing, no more
    yield t.whole("broken_bytes: empty line at the end", good + b"\n", "empty line")
    yield t.whole("broken_bytes: semicolons", text.replace(",", ";").encode(), "semicolons")
    yield t.whole("broken_bytes: tabs", text.replace(",", "\t").encode(), "tabs")
    yield t.whole("broken_bytes: no text", bytes(rng.randrange(256) for _ in range(4000)), "random bytes")
    yield t.whole("broken_bytes: zip", b"PK\x03\x04" + good, "an archive")
    yield t.whole("broken_bytes: HTML", b"<html><body>404</body></html>\n", "a page of an error")
    yield t.whole("broken_bytes: JSON", b'{"rows": []}\n', "JSON")
    for at in some(rng, list(range(len(good))), places):
        yield t.whole("broken_bytes: NUL", good[:at] + b"\x00" + good[at:], f"NUL at {at}")


def mutants(folder: Path, seed: int, places: int) -> Iterator[Mutant]:
    """Every broken copy of every table of a folder, the same ones for the same seed."""
    for name in schema():
        for chosen, make in KINDS.items():
            yield from make(table(name, folder), random.Random(f"{seed} {name} {chosen}"), places)


def plain_id(text: str) -> str:
    """The name of a kind without what follows the colon."""
    return re.split(r":", text)[0]
