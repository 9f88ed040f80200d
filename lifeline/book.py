"""The bridge into the pages: findings, figures and tables as text that the book can show.

A chapter calls `show`; its prose names findings through the {n} role, and the pages of findings are made
by directives; both read what `numbers` returns. Nothing here computes a number.
"""

import ast
import base64
import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

import pandas as pd

from lifeline import INDEX, OUTPUT, ROOT, evidence, figures, findings
from lifeline.estimate import Estimate, Standing, standing
from lifeline.evidence import Evidence, schema
from lifeline.fault import NoEvidence
from lifeline.words import amount, listed, words

GRADES = {
    "A": "two kinds of source, one of them a survey or a count",
    "B": "surveys or counts alone",
    "C": "several originators",
    "D": "one originator",
}

FEW = 12
"""So many documents are cited by name and rows listed one by one; of more, the number is said."""

# ----------------------------------------------------------------------------------------- findings


@dataclass(frozen=True)
class Known:
    """A finding, its number and what lies behind it."""

    entry: findings.Finding
    estimate: Estimate
    behind: Standing


def estimated(entry: findings.Finding, known: Evidence) -> Estimate:
    """The number of a finding, made once. Raises NoEvidence, naming the finding that has none."""
    try:
        return known.derived(entry.compute)
    except NoEvidence as why:
        raise NoEvidence(f"finding {entry.name}: {why}") from why


def computed(known: Evidence, entries: dict[str, findings.Finding] | None = None) -> list[Known]:
    """These findings, or all, in the order of their names. Raises NoEvidence, naming the one that has none."""
    return [
        Known(entry, estimated(entry, known), standing(entry.compute, known))
        for _, entry in sorted((findings.registry() if entries is None else entries).items())
    ]


def numbers(found: list[Known]) -> dict[str, dict[str, str]]:
    """Every finding as text: the parts of `words` for the {n} role; title, chapter, card and row of a
    table for the directives of the findings pages."""
    return {
        one.entry.name: {
            "title": one.entry.title,
            "chapter": one.entry.chapter,
            **words(one.estimate, one.entry.digits),
            "card": card(one.entry, one.estimate, one.behind),
            "line": headline(one.entry, one.estimate, one.behind),
        }
        for one in found
    }


def line(entry: findings.Finding, estimate: Estimate, behind: Standing) -> dict[str, object]:
    """One finding as a line of findings.csv; without_low and without_high are its extremes without one source."""
    left = [value for value in behind.without.values() if value is not None]
    return {
        "finding": entry.name,
        "title": entry.title,
        "chapter": entry.chapter,
        **{name: getattr(estimate, name) for name in ("value", "low", "high", "unit", "period", "count", "base")},
        "without_low": min(left, default=None),
        "without_high": max(left, default=None),
        "originators": ORIGINATORS.join(behind.originators),
        "documents": len(behind.documents),
        "grade": behind.grade,
        "rows": " ".join(estimate.rows),
    }


def write_index(lines: list[dict[str, object]]) -> Path:
    """Writes findings.csv: every finding, one line a finding, as `line` makes it."""
    return write("findings", "csv", pd.DataFrame(lines).to_csv(index=False, lineterminator="\n"))


# ------------------------------------------------------------------------------------------- Markdown


def plain(text: object) -> str:
    """Text from the data as Markdown that shows exactly that text, whatever it holds."""
    shown = "" if pd.isna(text) else str(text)
    return re.sub(r"([\\`*_{}\[\]<>#+|$~^@&!])", r"\\\1", " ".join(shown.split()))


def cited(documents: Iterable[str]) -> str:
    """A citation of documents, in brackets."""
    return "{cite:p}`" + ",".join(sorted(set(documents))) + "`"


ORIGINATORS = "; "
"""What stands between several originators in one cell; between rows and documents stands a blank."""


def each(column: pd.Series, between: str = " ") -> list[str]:
    """The different entries of a trace column, whose cells hold none, one or several."""
    return sorted({name for cell in column for name in cell.split(between) if name})


def source_line(frame: pd.DataFrame, known: Evidence) -> str:
    """Who says what a figure or table shows, and where it was read: made from its rows.

    A frame without originators counts what the book holds; its source is the tables.
    """
    if "originator" not in frame:
        tables = sorted(known.used - {"outlets"})
        names = (f"{{ref}}`{schema()[name]['title'].lower()} <table-{name}>`" for name in tables)
        return f"Source: {listed(names)}."
    originators, documents = each(frame["originator"], ORIGINATORS), each(frame["doc_id"])
    rates = " Exchange rates: European Central Bank." if "exchange_rates" in known.used else ""
    if len(documents) > FEW:
        whose = f"{len(originators)} originators" if len(originators) > 1 else plain(originators[0])
        return f"Source: {len(documents)} documents of {whose}, named in the data.{rates}"
    return f"Source: {plain(listed(originators))}, read in {cited(documents)}.{rates}"


def description(shown: figures.Figure, frame: pd.DataFrame) -> str:
    """The alt text of a figure: what is drawn, over which span, and how each series runs."""
    if shown.alt is not None:
        return shown.alt(frame)
    first, last = frame[shown.x].min(), frame[shown.x].max()
    runs = [run(str(name), rows.sort_values(shown.x), shown) for name, rows in frame.groupby(shown.series)]
    return f"{shown.kind}, {first} to {last}, {shown.y_label}. " + " ".join(runs)


def run(name: str, rows: pd.DataFrame, shown: figures.Figure) -> str:
    """How one series runs, in a sentence: its ends, and its extremes where they lie between."""
    x, y = rows[shown.x].to_list(), [f"{v:,g}" for v in rows[shown.y].round(2)]
    if len(rows) == 1:
        return f"{name}: {y[0]} in {x[0]}."
    low, high = rows[shown.y].to_numpy().argmin(), rows[shown.y].to_numpy().argmax()
    turns = [
        f"{word} {y[at]} in {x[at]}"
        for word, at in (("lowest", low), ("highest", high))
        if at not in (0, len(rows) - 1)
    ]
    return f"{name}, {len(rows)} points: " + ", ".join([f"{y[0]} in {x[0]}", *turns, f"{y[-1]} in {x[-1]}."])


def fenced(directive: str, argument: str, options: dict[str, str], body: list[str]) -> str:
    """A MyST directive as text."""
    lines = [f":{key}: {value}" for key, value in options.items()]
    return "\n".join([f"``````{{{directive}}} {argument}", *lines, "", *body, "``````"])


def files_line(shown: figures.Shown, code: Callable, *suffixes: str) -> str:
    """The files of a figure or table and the function that makes it, for the {files} role to set in a line."""
    made = [f"{shown.name}.{suffix}" for suffix in suffixes]
    module = Path(code.__code__.co_filename).resolve().relative_to(ROOT).as_posix()
    return f"{{files}}`{' '.join(made)} {module}#L{code.__code__.co_firstlineno} {shown.frame.__name__}`"


def figure_text(shown: figures.Figure, frame: pd.DataFrame, known: Evidence) -> str:
    """A figure as Markdown: picture, title, and below it note, source and data."""
    path = f"/_build/figures/{shown.name}"
    offered = files_line(shown, shown.draw, "csv", "light.svg", "pdf", "png")
    below = f"{figures.said(shown.note, frame)} {source_line(frame, known)} {offered}"
    options = {
        "name": f"fig-{shown.name}",
        "alt": plain(description(shown, frame)),
        "class": "drawn-light dark-light",
        "width": "100%",
    }
    return fenced("figure", f"{path}.light.svg", options, [f"{plain(shown.title.of(frame))}", "", below])


def cells(column: pd.Series) -> list[str]:
    """A column as table cells: numbers with as many decimals as the column needs, a missing value empty."""
    if not pd.api.types.is_float_dtype(column):
        return [plain(value) for value in column]
    printed = [f"{value:g}" for value in column.dropna()]
    decimals = max((len(text.partition(".")[2]) for text in printed), default=0)
    return ["" if pd.isna(value) else f"{value:,.{decimals}f}" for value in column]


def table_text(shown: figures.Table, frame: pd.DataFrame, known: Evidence) -> str:
    """A table as Markdown: title, rows, and below it note, source and data."""
    align = [
        "--:" if pd.api.types.is_numeric_dtype(frame[name]) and name != "year" else ":--" for name in shown.columns
    ]
    head = ["| " + " | ".join(shown.columns.values()) + " |", "|" + "|".join(align) + "|"]
    rows = [
        "| " + " | ".join(row) + " |" for row in zip(*(cells(frame[name]) for name in shown.columns), strict=True)
    ]
    table = fenced("table", plain(shown.title.of(frame)), {"name": f"tab-{shown.name}"}, head + rows)
    offered = files_line(shown, shown.frame, "csv")
    below = f"{figures.said(shown.note, frame)} {source_line(frame, known)} {offered}"
    return f"{table}\n\n```{{div}} below-table\n{below}\n```"


# ---------------------------------------------------------------------------------------------- files


def write(name: str, suffix: str, content: str | bytes) -> Path:
    """Writes one file of a figure or table; the bytes depend on nothing but `content`."""
    OUTPUT.mkdir(parents=True, exist_ok=True)
    path = OUTPUT / f"{name}.{suffix}"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def write_drawing(shown: figures.Figure, frame: pd.DataFrame) -> list[Path]:
    """Draws a figure once and writes the drawing in every palette, and the one for print as PDF and PNG too."""
    from lifeline import style

    drawn = style.variants(shown.draw(frame), shown.name)
    made: dict[str, str | bytes] = {f"{palette}.svg": drawing for palette, drawing in drawn.items()}
    made |= style.printed(drawn["print"], shown.title.of(frame), description(shown, frame))
    return [write(shown.name, suffix, content) for suffix, content in made.items()]


def write_files(shown: figures.Figure | figures.Table, frame: pd.DataFrame) -> list[Path]:
    """Writes the files of a figure or table."""
    table = write(shown.name, "csv", frame.to_csv(index=False, lineterminator="\n"))
    return [table, *(write_drawing(shown, frame) if isinstance(shown, figures.Figure) else [])]


# ---------------------------------------------------------------------------------- what a chapter calls


def show(shown: figures.Figure | figures.Table) -> None:
    """Draws a figure or a table into the page."""
    known = evidence.read()
    frame = shown.frame(known)
    files = write_files(shown, frame)
    text = (
        figure_text(shown, frame, known) if isinstance(shown, figures.Figure) else table_text(shown, frame, known)
    )
    display(text, known, shown, frame, files)


def headline(entry: findings.Finding, estimate: Estimate, behind: Standing) -> str:
    """A finding as one line of a Markdown table: finding, value, period, without one source, rests on, grade."""
    interval = words(estimate, entry.digits).get("interval", "")
    return " | ".join(
        [
            plain(entry.title),
            f"{{n}}`{entry.name}`" + (f" ({interval})" if interval else ""),
            estimate.period,
            left(entry, estimate, behind),
            some(behind.originators, "originators"),
            behind.grade,
        ]
    )


def left(entry: findings.Finding, estimate: Estimate, behind: Standing) -> str:
    """The smallest and the largest value without any one source; a dash where one source is all there is."""
    values = [value for value in behind.without.values() if value is not None]
    if not values:
        return "\u2013"
    ends = dict.fromkeys(amount(end, estimate.unit, entry.digits) for end in (min(values), max(values)))
    return " to ".join(ends)


def card(entry: findings.Finding, estimate: Estimate, behind: Standing) -> str:
    """A finding with its evidence, as Markdown."""
    parts = words(estimate, entry.digits)
    facts = [
        f"**{parts['value']}**" + (f" ({parts['interval']}; {estimate.interval})" if "interval" in parts else ""),
        f"{parts['of']}" if "of" in parts else (f"base {parts['base']}" if "base" in parts else ""),
        estimate.period,
        f"grade {behind.grade}: {GRADES[behind.grade]}" if behind.grade else "the book's own count",
        sensitivity(entry, estimate, behind),
        f"rows {', '.join(f'{{row}}`{row}`' for row in estimate.rows[:FEW])}" + more(estimate.rows),
        read_in(behind.documents),
    ]
    text = f"{plain(entry.title)} (`{entry.name}`). " + "; ".join(fact for fact in facts if fact) + "."
    return f"(finding-{entry.name})=\n{text}"


def some(names: Iterable[str], of: str) -> str:
    """Names in a row, or how many there are if they are many."""
    every = sorted(set(names))
    return plain(listed(every)) if len(every) <= FEW // 3 else f"{len(every)} {of}"


def more(rows: tuple[str, ...]) -> str:
    """How many rows are not listed."""
    every = f"{{download}}`{INDEX.name} </{INDEX.relative_to(ROOT).as_posix()}>`"
    return f" and {len(rows) - FEW} more, all in {every}" if len(rows) > FEW else ""


def read_in(documents: tuple[str, ...]) -> str:
    """Where a finding was read: few documents are cited, of many the number is said."""
    if not documents:
        return ""
    return f"read in {cited(documents)}" if len(documents) <= FEW else f"read in {len(documents)} documents"


def sensitivity(entry: findings.Finding, estimate: Estimate, behind: Standing) -> str:
    """How far the finding moves without any one source; a range of sensitivity, not an interval."""
    if not behind.without:
        return ""
    if len(behind.without) < 2 and None in behind.without.values():
        return f"rests on {plain(listed(behind.without))} alone"
    if all(value is None for value in behind.without.values()):
        return "nothing is left without any one of its sources"
    return f"without any one source {left(entry, estimate, behind)}"


def glimpse(shown: figures.Figure) -> None:
    """Shows a figure of another chapter again, without a number of its own; below it stands where it belongs."""
    known = evidence.read()
    frame = shown.frame(known)
    path = f"/_build/figures/{shown.name}.light.svg"
    options = {"alt": plain(description(shown, frame)), "class": "drawn-light dark-light", "width": "100%"}
    picture = fenced("image", path, options, [])
    files = write_drawing(shown, frame)
    below = f"```{{div}} below-table\n**{plain(shown.title.of(frame))}**, {{numref}}`fig-{shown.name}`\n```"
    display(f"{picture}\n\n{below}", known, shown, frame, files)


def display(
    text: str, known: Evidence, shown: figures.Figure | figures.Table, frame: pd.DataFrame, files: list[Path]
) -> None:
    """Puts Markdown into the page, with a record of what it was made from for the execution cache.

    The Markdown is MyST, which the book reads; a notebook elsewhere shows the HTML, and a terminal the title.
    """
    from IPython.display import display as show_in_page

    tables = [evidence.DATA / schema()[name]["path"] for name in known.used]
    made_from = [
        *tables,
        evidence.DATA / evidence.PACKAGE,
        evidence.DATA / evidence.SHAPES,
        ROOT / "requirements.txt",
        *modules(__name__, shown.frame.__module__),
    ]
    record = {"uses": fingerprints(made_from), "makes": fingerprints(files)}
    title = shown.title.of(frame)
    bundle = {"text/markdown": text, "text/html": elsewhere(shown, frame, files), "text/plain": title}
    show_in_page(bundle, raw=True, metadata={"lifeline": record})


def elsewhere(shown: figures.Figure | figures.Table, frame: pd.DataFrame, files: list[Path]) -> str:
    """A figure or table as HTML that stands on its own."""
    from lifeline.style import WIDTH

    title = f"<p><strong>{escape(shown.title.of(frame))}</strong></p>"
    if isinstance(shown, figures.Table):
        return title + frame[list(shown.columns)].rename(columns=shown.columns).to_html(index=False, na_rep="")
    picture = base64.b64encode(next(path for path in files if path.suffix == ".png").read_bytes()).decode()
    alt = escape(description(shown, frame))
    return f'{title}<img width="{96 * WIDTH:.0f}" alt="{alt}" src="data:image/png;base64,{picture}">'


def modules(*names: str) -> list[Path]:
    """The files of these modules of the package and of all that they import from it."""
    found: dict[str, Path] = {}
    queue = list(names)
    while queue:
        name = queue.pop()
        path = module_file(name)
        if name not in found and path is not None:
            found[name] = path
            queue += imports(path.read_text(encoding="utf-8"))
    return list(found.values())


def module_file(name: str) -> Path | None:
    """The file of a module of the package, None for any other name."""
    path = ROOT.joinpath(*name.split("."))
    candidates = [path.with_suffix(".py"), path / "__init__.py"] if name.startswith("lifeline") else []
    return next((file for file in candidates if file.is_file()), None)


@cache
def imports(source: str) -> list[str]:
    """What a module's source imports, each name that may be a module."""
    nodes = list(ast.walk(ast.parse(source)))
    plain_imports = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    origins = [node for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
    return plain_imports + [
        name
        for node in origins
        for alias in node.names
        for name in (str(node.module), f"{node.module}.{alias.name}", *registered(str(node.module), alias.name))
    ]


def registered(package: str, name: str) -> list[str]:
    """The modules that a package's registry loads: who imports `registry` depends on every one."""
    folder = ROOT.joinpath(*package.split("."))
    every = sorted(folder.glob("*.py")) if name == "registry" else []
    return [f"{package}.{path.stem}" for path in every]


def fingerprints(paths: list[Path]) -> dict[str, str]:
    """The SHA-256 of each file, by its path in the book."""
    return {
        path.relative_to(ROOT).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(set(paths))
    }
