"""What keeps the book from being made: a fault in a file, a number that no row carries."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a file of the book. `row` is the line of the file, the header being line 1."""

    file: str
    row: int | None
    column: str | None
    value: str | None
    rule: str
    mend: str

    def __str__(self) -> str:
        where = [self.file]
        where += [f"row {self.row}"] if self.row is not None else []
        where += [f"column {self.column}"] if self.column else []
        value = f"{self.value!r} " if self.value is not None else ""
        return f"{', '.join(where)}: {value}{self.rule} ({self.mend})"


class NoEvidence(Exception):
    """No row carries the number that was asked for."""
