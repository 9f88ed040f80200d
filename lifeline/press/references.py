"""Writes the part of references.bib that is made from data/documents.csv: one entry a cited document.

Keys are doc_ids. What stands above the mark, the literature, is written by hand. A document is cited
if a figure, a table, a finding or a chapter names it; the other documents are in the data only. Run
by `make references`; a test fails when the file is not what this would write, and the build stops at
a citation without an entry. A field is given only where it was seen.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from lifeline import ROOT
from lifeline.evidence import Evidence, read, read_table
from lifeline.fault import Fault
from lifeline.press.latex import escaped

TARGET = ROOT / "references.bib"
MARK = "% ---- made from data/documents.csv by `make references`: do not edit below ----\n"


def entry(document: pd.Series) -> str:
    """One document as a BibTeX entry."""
    fields = {"author": "{" + escaped(document["originator"]) + "}"}
    if pd.notna(document["title"]):
        fields["title"] = "{" + escaped(document["title"]) + "}"
    if document["outlet"] != document["originator"]:
        fields["howpublished"] = escaped(document["outlet"])
    if pd.notna(document["published"]):
        fields["year"] = document["published"][:4]
        fields["note"] = document["published"] if len(document["published"]) > 4 else ""
    if pd.notna(document["url"]):
        fields["url"] = document["url"]
    else:
        fields["note"] = "; ".join(filter(None, [fields.get("note", ""), "read in a repost, not linked"]))
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
    return f"@misc{{{document['doc_id']},\n{''.join(lines)}}}\n"


def cited(known: Evidence) -> set[str]:
    """The documents that the book cites: what rests on more than FEW says their number and cites none."""
    from lifeline import figures, findings
    from lifeline.book import FEW, each
    from lifeline.estimate import sources

    frames = [shown.frame(known) for shown in figures.registry().values()]
    behind = [each(frame["doc_id"]) for frame in frames if "doc_id" in frame]
    behind += [
        list(sources(known.derived(f.compute).rows, known)["doc_id"].unique()) for f in findings.registry().values()
    ]
    cited = {document for documents in behind if len(documents) <= FEW for document in documents}
    return (cited | set(in_chapters())) & set(known.documents["doc_id"])


def in_chapters(folder: Path = ROOT / "chapters") -> Iterator[str]:
    """Every key that a chapter cites."""
    for path in sorted(folder.glob("*.md")):
        for keys in re.findall(r"\{cite:\w+\}`([^`]+)`", path.read_text(encoding="utf-8")):
            yield from (key.strip() for key in keys.split(","))


def written(current: str) -> set[str]:
    """The documents that have an entry below the mark."""
    return set(re.findall(r"(?m)^@misc\{([^,]+),", current.partition(MARK)[2]))


def made(documents: pd.DataFrame, current: str, keys: set[str]) -> str:
    """The whole file: what stands above the mark in `current`, then one entry for each of these documents."""
    by_hand = current.split(MARK)[0]
    rows = documents[documents["doc_id"].isin(keys)]
    return by_hand + MARK + "\n" + "\n".join(entry(row) for _, row in rows.iterrows())


def check(target: Path = TARGET) -> list[Fault]:
    """A fault if an entry of references.bib is not what data/documents.csv gives."""
    current = target.read_text(encoding="utf-8") if target.exists() else ""
    if current == made(read_table("documents"), current, written(current)):
        return []
    return [Fault(target.name, None, None, None, "is older than data/documents.csv", "run `make references`")]


def main(target: Path = TARGET) -> None:
    """Rewrites references.bib."""
    current = target.read_text(encoding="utf-8") if target.exists() else ""
    known = read()
    target.write_text(made(known.documents, current, cited(known)), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
