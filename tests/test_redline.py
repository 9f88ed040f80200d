"""The numbers that the book stands for: none moves unnoticed, and what moved it is told."""

import csv
import io
import subprocess

import pytest
from test_rerun import commit

from lifeline import ROOT
from lifeline.press import redline
from lifeline.press.redline import Change, Numbers

NOW = "_build/redline.csv"
FEE = Numbers(48.1, None, None, "percent", "2023")


def test_no_finding_moved_since_its_value_was_accepted(built):
    kept = redline.kept((ROOT / redline.KEPT).read_text(encoding="utf-8"))
    now = redline.kept(built.figures()["findings.csv"].decode())
    moved = redline.moved(kept, now)
    told = [
        f"{name}: {kept.get(name, ['', 'nothing'])[1]} -> {now.get(name, ['', 'nothing'])[1]}" for name in moved
    ]
    assert not moved, "\n".join([*told, "look at each; if all are meant, run `make accept`"])


@pytest.mark.parametrize(
    ("other", "alike"),
    [
        (FEE, True),
        (FEE._replace(value=48.1 + 1e-9), True),
        (FEE._replace(value=48.2), False),
        (FEE._replace(low=48.1), False),
        (FEE._replace(high=0.0), False),
        (FEE._replace(unit="points"), False),
        (FEE._replace(period="2022"), False),
    ],
)
def test_numbers_are_the_same_or_not(other: Numbers, alike: bool):
    assert redline.same(FEE, other) is alike
    assert redline.same(other, FEE) is alike


def test_what_is_kept_comes_back():
    every = {"b": ("Two, and more", FEE), "a": ("One", Numbers(1 / 3, -0.1, 7e9, "share", ""))}
    assert redline.to_keep(every).splitlines()[1].startswith("a,One,0.3333333333,-0.1,7000000000")
    assert redline.moved(every, redline.kept(redline.to_keep(every))) == []
    assert redline.moved(every, {"b": every["b"], "c": every["a"]}) == ["a", "c"]


def test_the_redline_is_a_table_that_no_title_can_break():
    found = [
        Change("a", "One | two `x`", FEE, None, "finding taken out"),
        Change("b", "New", None, FEE, "new finding"),
    ]
    lines = redline.markdown("v1", found).splitlines()
    assert lines[0] == "Numbers that changed since v1: 2."
    assert "One \\| two \\`x\\`" in lines[4]
    assert redline.table(found)["new_value"].tolist()[1] == 48.1
    assert redline.markdown("v1", []) == "No number has changed since v1.\n"


def test_the_redline_names_the_table_the_code_and_what_came_and_went(copy):
    commit(copy.root, "as it was")
    subprocess.run(["git", "tag", "v1"], cwd=copy.root, check=True)
    copy.edit(
        "data/surveys.csv", "commission really paid,mean,mean,48.1,", "commission really paid,mean,mean,47.3,"
    )
    channels = "lifeline/findings/channels.py"
    copy.edit(channels, '@finding("ever-sent-one-korea-2010")', '@finding("ever-sent-of-one-korea-2010")')
    copy.edit(
        channels,
        '        last.value - first.value, "points", "2019 to 2023", f"rise',
        '        last.value - first.value + 1, "points", "2019 to 2023", f"rise',
    )
    commit(copy.root, "changed")
    done = copy.run("-m", "lifeline.press.redline")
    assert done.returncode == 0, done.stdout
    assert "Numbers that changed since v1" in done.stdout
    rows = {
        row["finding"]: row for row in csv.DictReader(io.StringIO((copy.root / NOW).read_text(encoding="utf-8")))
    }
    assert rows["fee-paid-2023"]["moved_by"] == "surveys"
    assert (rows["fee-paid-2023"]["old_value"], rows["fee-paid-2023"]["new_value"]) == ("48.1", "47.3")
    assert rows["fee-gap-2023"]["moved_by"] == "surveys"
    assert rows["fee-rise-agreed"]["moved_by"] == "code"
    assert rows["fee-rise-paid"]["moved_by"] == "surveys, code"
    assert rows["ever-sent-one-korea-2010"]["moved_by"] == "finding taken out"
    assert rows["ever-sent-of-one-korea-2010"]["moved_by"] == "new finding"
    assert "fee-paid-2022" not in rows
    assert "ever-sent-2018" not in rows


def test_a_version_that_keeps_no_values_is_told(copy):
    (copy.root / redline.KEPT).unlink()
    commit(copy.root, "without")
    for since in ([], ["--since", "HEAD"], ["--since", "v9"]):
        done = copy.run("-m", "lifeline.press.redline", *since)
        assert done.returncode == 1
        assert done.stdout.startswith("Stopped:")
