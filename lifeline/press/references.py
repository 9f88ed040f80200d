"""Writes the part of references.bib that is made from data/documents.csv: one entry a document.

Keys are doc_ids. What stands above the mark is written by hand. Run by `make references`; a test
fails when the file is not what this would write. A field is given only where it was seen.
"""

import re
from pathlib import Path

import pandas as pd

from lifeline import ROOT
from lifeline.check import Fault
from lifeline.evidence import read_table

TARGET = ROOT / "references.bib"
MARK = "% ---- made from data/documents.csv by `make references`: do not edit below ----\n"


def escaped(text: str) -> str:
    """Text in which BibTeX and LaTeX read nothing but text."""
    return re.sub(r"([%&$#_{}])", r"\\\1", text.replace("\\", " ").replace("~", " ").replace("^", " "))


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


def made(documents: pd.DataFrame, current: str) -> str:
    """The whole file: what stands above the mark in `current`, then one entry a document."""
    by_hand = current.split(MARK)[0]
    return by_hand + MARK + "\n" + "\n".join(entry(row) for _, row in documents.iterrows())


def check(target: Path = TARGET) -> list[Fault]:
    """A fault if references.bib is not what data/documents.csv gives."""
    current = target.read_text(encoding="utf-8") if target.exists() else ""
    if current == made(read_table("documents"), current):
        return []
    return [Fault(target.name, None, None, None, "is older than data/documents.csv", "run `make references`")]


def main(target: Path = TARGET) -> None:
    """Rewrites references.bib."""
    current = target.read_text(encoding="utf-8") if target.exists() else ""
    target.write_text(made(read_table("documents"), current), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
