"""What a reader can cite, in the five formats that are asked for, and the files that archives read.

CITATION.cff is the source of title, authors, version, date and licenses. `python -m lifeline.press.citing`
writes .zenodo.json and codemeta.json from it; a test fails when they are not what this would write. No
address is made up: a work has one only if _config.yml names the address of the site (html: baseurl).
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml

from lifeline import ROOT
from lifeline.evidence import DATA, PACKAGE
from lifeline.press import latex
from lifeline.words import listed

SOURCE = ROOT / "CITATION.cff"
ZENODO = ROOT / ".zenodo.json"
CODEMETA = ROOT / "codemeta.json"
LICENSES = {
    "MIT": "https://spdx.org/licenses/MIT",
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
}
"""Where each license of CITATION.cff can be read."""
OPEN = LICENSES["CC-BY-4.0"]
"""The license of data, text and figures; the other one is that of the code."""


@dataclass(frozen=True)
class Book:
    """What CITATION.cff says of the book."""

    title: str
    abstract: str
    authors: tuple[str, ...]
    version: str
    released: date
    keywords: tuple[str, ...]
    licenses: tuple[str, ...]

    @property
    def short(self) -> str:
        """The title without the subtitle."""
        return self.title.partition(":")[0]


@dataclass(frozen=True)
class Work:
    """The book, the data, or a part of the book: a chapter, a figure, a table or a finding.

    key is what stays the same when numbers shift: the anchor of a figure, table or finding, the file of a
    chapter. url is empty as long as the site has no address.
    """

    book: Book
    kind: str
    key: str
    title: str
    url: str = ""

    @property
    def is_part(self) -> bool:
        """Whether it stands in the book: the book and the data do not."""
        return self.kind not in ("book", "data")

    @property
    def named(self) -> str:
        """The title; that of a figure, table or finding with its kind and key."""
        anchored = self.kind in ("figure", "table", "finding")
        return f"{self.title} [{self.kind.capitalize()}, {self.key}]" if anchored else self.title


@cache
def book(source: Path = SOURCE) -> Book:
    """Reads CITATION.cff."""
    said = yaml.safe_load(source.read_text(encoding="utf-8"))
    return Book(
        title=said["title"],
        abstract=said["abstract"],
        authors=tuple(author["name"] for author in said["authors"]),
        version=said["version"],
        released=said["date-released"],
        keywords=tuple(said["keywords"]),
        licenses=tuple(said["license"]),
    )


def whole(url: str = "") -> Work:
    """The book as a work."""
    return Work(book(), "book", "book", book().title, url)


def data(url: str = "") -> Work:
    """The data package as a work, under the title of datapackage.json."""
    package = json.loads((DATA / PACKAGE).read_text(encoding="utf-8"))
    return Work(book(), "data", "data", package["title"], url)


# ------------------------------------------------------------------------------------------- formats


def line(text: str) -> str:
    """Text on one line."""
    return " ".join(text.split())


def ended(text: str) -> str:
    """A sentence with its full stop, unless it ends in a mark of its own."""
    return text if text.endswith((".", "?", "!")) else f"{text}."


def day(of: date) -> str:
    """A date as it is read: November 25, 2026."""
    return f"{of:%B} {of.day}, {of.year}"


def apa(work: Work) -> str:
    """A reference in the manner of APA, without italics."""
    of = work.book
    version = f"(Version {of.version})"
    what = {
        "book": f"{of.title} {version}.",
        "data": f"{work.title} {version} [Data set].",
    }.get(work.kind, f"{ended(work.named)} In {of.title} {version}.")
    return line(f"{ended(listed(of.authors))} ({of.released.year}). {what} {work.url}")


def chicago(work: Work) -> str:
    """An entry of a bibliography in the manner of Chicago, without italics."""
    of = work.book
    title = f"\u201c{ended(work.named)}\u201d In {ended(of.title)}" if work.is_part else ended(work.title)
    what = "Data set, version" if work.kind == "data" else "Version"
    address = ended(work.url) if work.url else ""
    return line(f"{ended(listed(of.authors))} {title} {what} {of.version}. {day(of.released)}. {address}")


def identifier(work: Work) -> str:
    """The key of an entry: name of the book, version, part."""
    name = f"{work.book.short.lower()}-{work.book.version}"
    return name if work.kind == "book" else f"{name}-{re.sub(r'[^A-Za-z0-9-]+', '-', work.key)}"


def escaped(text: str) -> str:
    """Text as LaTeX shows it; references.bib, which only this book reads, needs fewer signs escaped."""
    return latex.escaped(text).replace("$", r"\$").replace("^", r"{\textasciicircum}")


def bibtex(work: Work) -> str:
    """An entry that BibTeX and biblatex both know."""
    of = work.book
    by = f"{{{escaped(listed(of.authors))}}}"
    kind, where = {
        "book": ("techreport", {"institution": by}),
        "data": ("misc", {"howpublished": "Data set", "publisher": by}),
    }.get(work.kind, ("incollection", {"booktitle": f"{{{escaped(of.title)}}}", "publisher": by}))
    fields = {
        "author": by,
        "title": f"{{{escaped(line(work.named))}}}",
        **where,
        "year": str(of.released.year),
        "note": f"Version {of.version}, {of.released.isoformat()}",
        "url": work.url,
    }
    month = f"{of.released:%b}".lower()  # a macro of BibTeX, which takes no braces
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
    return f"@{kind}{{{identifier(work)},\n{''.join(lines)}  month = {month}\n}}\n"


def ris(work: Work) -> str:
    """A record of RIS, one tag a line."""
    of = work.book
    kind = {"book": "RPRT", "data": "DATA"}.get(work.kind, "CHAP")
    tags = [
        ("TY", kind),
        *(("AU", author) for author in of.authors),
        ("TI", work.named),
        ("T2", of.title if work.is_part else ""),
        ("PY", str(of.released.year)),
        ("DA", f"{of.released:%Y/%m/%d}"),
        ("ET", f"Version {of.version}"),
        ("PB", listed(of.authors)),
        ("LA", "en"),
        ("UR", work.url),
    ]
    lines = [f"{tag}  - {line(value)}\n" for tag, value in tags if value]
    return "".join([*lines, "ER  - \n"])


def csl(work: Work) -> dict[str, object]:
    """An item of CSL-JSON."""
    of = work.book
    authors = [{"literal": author} for author in of.authors]
    item: dict[str, object] = {
        "id": identifier(work),
        "type": {"book": "report", "data": "dataset"}.get(work.kind, "chapter"),
        "author": authors,
        "title": line(work.named),
        "container-title": of.title if work.is_part else "",
        "publisher": listed(of.authors),
        "issued": {"date-parts": [[of.released.year, of.released.month, of.released.day]]},
        "version": of.version,
        "language": "en",
        "URL": work.url,
    }
    return {name: value for name, value in item.items() if value}


def csl_json(work: Work) -> str:
    """A list of one item, as reference managers import it, one field a line."""
    fields = (f'  "{name}": {json.dumps(value, ensure_ascii=False)}' for name, value in csl(work).items())
    return "[{\n" + ",\n".join(fields) + "\n}]\n"


FORMATS: dict[str, Callable[[Work], str]] = {
    "APA": apa,
    "Chicago": chicago,
    "BibTeX": bibtex,
    "RIS": ris,
    "CSL-JSON": csl_json,
}
"""Each format by its name, in the order in which they are offered."""
READ = ("APA", "Chicago")
"""Those that people read; the others are for programs."""


def forms(work: Work) -> dict[str, str]:
    """The work in every format."""
    return {name: write(work).rstrip("\n") for name, write in FORMATS.items()}


# ------------------------------------------------------------------------------- files for archives


def zenodo(of: Book) -> dict[str, object]:
    """What Zenodo reads when it archives a release."""
    return {
        "title": of.title,
        "upload_type": "publication",
        "publication_type": "report",
        "description": of.abstract,
        "creators": [{"name": author} for author in of.authors],
        "version": of.version,
        "publication_date": of.released.isoformat(),
        "access_right": "open",
        "license": "cc-by-4.0",
        "keywords": list(of.keywords),
        "language": "eng",
        "notes": "Data, text and figures: CC BY 4.0. Code: MIT.",
    }


def codemeta(of: Book) -> dict[str, object]:
    """What catalogs of research software read."""
    return {
        "@context": "https://w3id.org/codemeta/3.0",
        "@type": "SoftwareSourceCode",
        "name": of.title,
        "description": of.abstract,
        "author": [{"@type": "Organization", "name": author} for author in of.authors],
        "version": of.version,
        "datePublished": of.released.isoformat(),
        "license": [LICENSES[name] for name in of.licenses],
        "keywords": list(of.keywords),
        "programmingLanguage": "Python",
        "inLanguage": "en",
    }


def text(record: dict[str, object]) -> str:
    """A record as the text of its file."""
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"


def files(of: Book) -> dict[Path, str]:
    """The files made from CITATION.cff, each with its text."""
    return {ZENODO: text(zenodo(of)), CODEMETA: text(codemeta(of))}


def main() -> None:
    """Writes them."""
    for path, content in files(book()).items():
        path.write_text(content, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
