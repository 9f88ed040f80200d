"""The campaign against the data: every broken copy of a table must be refused where it is wrong.

`check` reads every table each time, which takes seconds. `Watch` knows what it says of data/ as they are, so
after a change of one table it asks only what can have changed: the file and the schema of that table, the keys
that lead to or from it, and the rules that read it. `agrees` shows on a sample that both say the same.
"""

import random
import shutil
from dataclasses import dataclass
from pathlib import Path

from lifeline import check, rules
from lifeline.evidence import DATA, PACKAGE, SHAPES, Evidence, read_table, schema
from lifeline.fault import Fault

from .mutations import Mutant, some, table, written


def copy_of_data(folder: Path) -> Path:
    """A copy of data/ that may be broken."""
    folder.mkdir(parents=True)
    for name in [PACKAGE, SHAPES, *(resource["path"] for resource in schema().values())]:
        shutil.copy2(DATA / name, folder / name)
    return folder


def sample_of_data(folder: Path, seed: int, rows: int) -> Path:
    """Some rows of each table, with those that they point to: a small data/ without a fault.

    What the rules miss, because another row was not drawn, is left out until nothing is missed.
    """
    rng = random.Random(seed)
    whole = {name: table(name) for name in schema()}
    drawn = {name: set(some(rng, range(len(t.rows)), rows)) for name, t in whole.items()}
    drawn |= {name: set(range(len(whole[name].rows))) for name in ("measures", "provinces")}
    waiting = [(name, at) for name, places in drawn.items() for at in places]
    lines = {
        (name, column): {t.cell(at, column): at for at in range(len(t.rows))}
        for name, t in whole.items()
        for column in t.key
    }
    while waiting:
        name, at = waiting.pop()
        named = (
            [row.split(":", 1) for row in whole[name].cell(at, "rows").split()]
            if "rows" in whole[name].header
            else []
        )
        points = [
            (target, key, whole[name].cell(at, column)) for column, (target, key) in whole[name].points_to.items()
        ]
        for target, key, cell in points + [(target, whole[target].key[0], cell) for target, cell in named]:
            there = lines[target, key].get(cell)
            if there is not None and there not in drawn[target]:
                drawn[target].add(there)
                waiting.append((target, there))
    copy_of_data(folder)
    kept = {name: [whole[name].rows[at] for at in sorted(places)] for name, places in drawn.items()}
    while True:
        for name, body in kept.items():
            (folder / f"{name}.csv").write_bytes(written([whole[name].header, *body]))
        missed: dict[str, set[int]] = {}
        known = Evidence(lambda name: read_table(name, folder))
        written_rows = {name: check.as_text(folder / f"{name}.csv") for name in schema()}
        dangling = check.key_faults(written_rows, folder, written_rows)
        for fault in dangling + check.rule_faults(known, folder, rules.RULES):
            missed.setdefault(Path(fault.file).stem, set()).add((fault.row or 0) - 2)
        if not missed:
            return folder
        kept |= {
            name: [row for at, row in enumerate(kept[name]) if at not in lines] for name, lines in missed.items()
        }


class Watch:
    """What `check` would say of a copy of data/ after a change of one table."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.text = {name: check.as_text(folder / f"{name}.csv") for name in schema()}
        self.tables = {name: read_table(name, folder) for name in schema()}
        self.asks = [(rule, self.read_by(rule)) for rule in rules.RULES]

    def read_by(self, rule: rules.Rule) -> set[str]:
        """The tables that a rule reads."""
        known = Evidence(lambda name: self.tables[name])
        check.broken_rows(rule, known)
        return known.used

    def faults(self, mutant: Mutant) -> list[Fault]:
        """Every fault after this change; the copy is then mended."""
        path = self.folder / f"{mutant.table}.csv"
        good = path.read_bytes()
        path.write_bytes(mutant.content)
        try:
            return self.of_table(mutant.table)
        finally:
            path.write_bytes(good)

    def of_table(self, name: str) -> list[Fault]:
        """The faults of a table that was changed, and of those that look it up."""
        faults = check.file_faults(name, self.folder)
        unreadable = any(map(check.is_unreadable, faults))
        if not unreadable:
            faults += check.schema_faults(check.described(self.folder, {name}), self.folder)
        sound = set(schema()) - ({name} if faults else set())
        text = self.text if unreadable else self.text | {name: check.as_text(self.folder / f"{name}.csv")}
        readable = {table: rows for table, rows in text.items() if not (unreadable and table == name)}
        known = Evidence(lambda table: self.table(table, name, sound))
        asked = [rule for rule, reads in self.asks if name in reads and rule.table in sound]
        keys = check.key_faults(readable, self.folder, self.related(name) & set(readable))
        return faults + keys + check.rule_faults(known, self.folder, asked)

    def related(self, name: str) -> set[str]:
        """A table and those that point to it."""
        return {name} | {
            other for other in schema() if name in {to for _, to, _ in check.foreign_keys(other, self.folder)}
        }

    def table(self, name: str, changed: str, sound: set[str]) -> object:
        """A table as the rules see it."""
        return self.tables[name] if name != changed else check.sound_table(name, self.folder, sound)


@dataclass(frozen=True)
class Verdict:
    """What came of a broken copy: refused where it is wrong, refused elsewhere, let pass, or a crash."""

    mutant: Mutant
    what: str
    faults: tuple[Fault, ...] = ()


def judge(mutant: Mutant, faults: list[Fault]) -> Verdict:
    """Whether one fault names file, row, column, rule and mend."""
    if not faults:
        return Verdict(mutant, "let pass")
    named = any(
        fault.file == mutant.file
        and (not mutant.rows or fault.row in mutant.rows)
        and (not mutant.columns or fault.column in mutant.columns)
        and fault.rule
        and fault.mend
        for fault in faults
    )
    return Verdict(mutant, "refused" if named else "refused elsewhere", tuple(faults[:3]))


def tried(mutant: Mutant, watch: Watch) -> Verdict:
    """The verdict on one broken copy; an error that `check` does not tell of as a fault is a crash."""
    try:
        return judge(mutant, watch.faults(mutant))
    except Exception as why:
        return Verdict(mutant, f"crash: {type(why).__name__}: {why}")


def agrees(mutant: Mutant, watch: Watch) -> bool:
    """Whether the whole check refuses a broken copy if the watch does, and says all that the watch says.

    It may say more: what lies beside the tables can lack what a broken table asks for.
    """
    path = watch.folder / f"{mutant.table}.csv"
    good = path.read_bytes()
    path.write_bytes(mutant.content)
    try:
        whole, short = set(map(str, check.check(watch.folder))), set(map(str, watch.of_table(mutant.table)))
        return short <= whole and bool(short) == bool(whole)
    finally:
        path.write_bytes(good)
