"""The campaign against the code: branches inverted, bounds moved, signs turned, in what decides a number or
refuses a row. A test must fail each time.

Cosmic Ray makes the mutants; each is run in a process forked from one that has the libraries loaded, which is
many times faster than its own runner. Run it in a copy of the book: it rewrites modules.
"""

import ast
import contextlib
import io
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

KILLERS = {
    "evidence": (
        ["test_evidence", "test_data", "test_estimate"],
        "not refused and not refuses and not keep_every_rule",
    ),
    "estimate": (["test_estimate"], ""),
    "reports": (["test_data", "test_attitudes"], ""),
    "rules": (["test_evidence"], "each_rule_over or two_keys or beside_a_delicate or both_kinds_of_won"),
    "check": (["test_hostile", "test_evidence"], "test_hostile or bad_file"),
    "flow": (["test_flow"], ""),
    "uncertainty": (["test_flow"], ""),
    "findings/channels": (["test_channels", "test_findings"], ""),
    "findings/channels_reports": (["test_channels", "test_findings"], ""),
    "findings/rents": (["test_rents", "test_findings"], ""),
    "findings/attitudes": (["test_attitudes", "test_findings"], ""),
    "findings/sourcing": (["test_sourcing", "test_findings"], ""),
    "findings/flow": (["test_flow", "test_findings"], ""),
}
"""The tests of each module, and which of them; those that need a built book or a browser are left out."""
SLOW = {"built", "copy", "browser"}
"""What a test takes that needs a built book or a browser."""
COMPARED = {"Eq": "NotEq", "NotEq": "Eq", "Is": "IsNot", "IsNot": "Is"}
MOVED = {"Lt": ("GtE", "LtE"), "LtE": ("Gt", "Lt"), "Gt": ("LtE", "GtE"), "GtE": ("Lt", "Gt")}
TURNED = ["Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul", "BitAnd_BitOr", "BitOr_BitAnd"]
OPERATORS = [
    *(f"core/ReplaceComparisonOperator_{a}_{b}" for a, b in COMPARED.items()),
    *(f"core/ReplaceComparisonOperator_{a}_{b}" for a, others in MOVED.items() for b in others),
    *(f"core/ReplaceBinaryOperator_{pair}" for pair in TURNED),
    *(f"core/{name}" for name in ("AddNot", "ReplaceAndWithOr", "ReplaceOrWithAnd", "NumberReplacer")),
    *(f"core/{name}" for name in ("ReplaceTrueWithFalse", "ReplaceFalseWithTrue", "ExceptionReplacer")),
    *(f"core/ReplaceUnaryOperator_{name}" for name in ("Delete_Invert", "Delete_Not", "Delete_USub")),
]
"""Cosmic Ray's operators that invert a branch, move a bound or turn a sign."""


@dataclass(frozen=True)
class Change:
    """A change of one place of a module."""

    module: str
    operator: str
    occurrence: int
    line: int

    def __str__(self) -> str:
        return f"lifeline/{self.module}.py:{self.line} {self.operator.rpartition('/')[2]}"


def changes(root: Path, seed: int, most: int) -> list[Change]:
    """A sample of the changes of each module, not of types and other text that is never run."""
    import parso
    from cosmic_ray.plugins import get_operator

    chosen = []
    for module in KILLERS:
        source = (root / "lifeline" / f"{module}.py").read_text(encoding="utf-8")
        tree, types = parso.parse(source), places_of_types(source)
        every = [
            Change(module, name, number, place[0][0])
            for name in OPERATORS
            for number, place in enumerate(places(get_operator(name)(), tree))
            if place[0] not in types
        ]
        chosen += random.Random(f"{seed} {module}").sample(every, min(most, len(every)))
    return chosen


def places_of_types(source: str) -> set[tuple[int, int]]:
    """Line and column of every place inside a type, and of conditions that only a type checker looks at."""
    nodes = list(ast.walk(ast.parse(source)))
    types = [getattr(node, name, None) for node in nodes for name in ("annotation", "returns")]
    types += [node.test for node in nodes if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)]
    return {
        (line, column)
        for found in types
        if found is not None
        for line in range(found.lineno, found.end_lineno + 1)
        for column in range(
            found.col_offset if line == found.lineno else 0,
            found.end_col_offset if line == found.end_lineno else 1000,
        )
    }


def places(operator: object, tree: object) -> Iterator[tuple]:
    """Where an operator can change a module."""
    from cosmic_ray.ast import ast_nodes

    for node in ast_nodes(tree):
        yield from operator.mutation_positions(node)  # type: ignore[attr-defined]


def survived(root: Path, change: Change, limit: float) -> bool:
    """Whether all tests of the module pass although it is changed; one that hangs counts as failing."""
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    good = (root / "lifeline" / f"{change.module}.py").read_text(encoding="utf-8")
    changed = mutate_code(good, get_operator(change.operator)(), change.occurrence)
    if changed is None or changed == good:
        raise ValueError(f"{change} changes nothing")
    return passes_with(root, change.module, changed, limit)


def passes_with(root: Path, module: str, source: str, limit: float) -> bool:
    """Whether the tests of a module pass when its source is another one."""
    path = root / "lifeline" / f"{module}.py"
    good = path.read_text(encoding="utf-8")
    path.write_text(source, encoding="utf-8")
    try:
        return passes(root, module, limit)
    finally:
        path.write_text(good, encoding="utf-8")


def passes(root: Path, module: str, limit: float) -> bool:
    """Whether the tests of a module pass, in a process of their own."""
    child = os.fork()
    if child == 0:
        os.setsid()
        failed = 1
        with contextlib.suppress(Exception):  # a module that cannot be used is noticed
            failed = run_tests(root, module)
        os._exit(min(failed, 1))
    until = time.monotonic() + limit
    while time.monotonic() < until:
        done, code = os.waitpid(child, os.WNOHANG)
        if done:
            return code == 0
        time.sleep(0.05)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


class Fast:
    """A plugin of pytest that leaves out the tests that need a built book or a browser."""

    def pytest_collection_modifyitems(self, items: list) -> None:
        """Keeps the others."""
        items[:] = [item for item in items if SLOW.isdisjoint(item.fixturenames)]


def run_tests(root: Path, module: str) -> int:
    """Pytest's exit code for the tests of a module."""
    import pytest

    os.chdir(root)
    os.environ["PYTHONPATH"] = root.as_posix()
    for name in [name for name in sys.modules if name.partition(".")[0] in ("lifeline", "stress")]:
        del sys.modules[name]  # this process has them from the book that it was started in
    files, words = KILLERS[module]
    options = ["-x", "-q", "-p", "no:cacheprovider", "-o", "addopts=", "-k", words]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        failed = pytest.main([*options, *(f"tests/{name}.py" for name in files)], plugins=[Fast()])
    return int(failed) or len(moved_values())


def moved_values() -> list[str]:
    """The findings whose value is not the one kept, which a test names too, but only of a built book."""
    from lifeline import evidence
    from lifeline.press import redline

    kept = redline.kept(Path(redline.KEPT).read_text(encoding="utf-8"))
    return redline.moved(kept, redline.computed(evidence.read()))


def campaign(root: Path, seed: int, most: int, limit: float = 600) -> Iterator[tuple[Change, bool]]:
    """Each change of the sample, and whether it survived.

    Tests that take a minute more than four times what they take of the code as it is are said to hang, and fail.
    Raises RuntimeError if the tests of a module fail as it is, or pass when it cannot even be loaded.
    """
    sys.dont_write_bytecode = True
    sys.path.insert(0, root.as_posix())
    for folder in root.rglob("__pycache__"):
        shutil.rmtree(folder)
    import hypothesis  # noqa: F401 - loaded once, before the processes are forked
    import matplotlib.pyplot  # noqa: F401
    import pandas  # noqa: F401
    import scipy.stats  # noqa: F401

    limits = {}
    for module in KILLERS:
        start = time.monotonic()
        if not passes(root, module, limit):
            raise RuntimeError(f"the tests of {module} fail as it is")
        limits[module] = 60 + 4 * (time.monotonic() - start)
        if passes_with(root, module, "raise ValueError", limit):
            raise RuntimeError(f"the tests of {module} do not run what is changed")
    for change in changes(root, seed, most):
        yield change, survived(root, change, limits[change.module])
