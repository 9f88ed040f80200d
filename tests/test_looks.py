"""The look of each figure is the one last accepted; a change of one mark is seen."""

from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from lifeline import ROOT
from lifeline.press import looks


def test_every_figure_looks_as_accepted(built):
    changed = looks.changed(built.root / "_build" / "figures")
    assert changed == [], (
        f"{', '.join(changed)} look other than in {looks.GOLDEN.relative_to(ROOT)}: `make accept`?"
    )


def test_a_dot_more_is_seen_and_another_version_in_the_corner_is_not():
    kept = looks.accepted("fees")
    dotted, corner = kept.copy(), kept.copy()
    ImageDraw.Draw(dotted).ellipse((200, 100, 206, 106), fill="#0b5394")
    ImageDraw.Draw(corner).line(
        (kept.width - 60, kept.height - 4, kept.width - 58, kept.height - 4), fill="#666666"
    )
    assert looks.difference(kept, dotted) > looks.SAME > looks.difference(kept, corner) > 0


def test_another_size_is_another_look():
    small, large = (Image.new("RGB", size, "white") for size in ((10, 10), (10, 20)))
    assert looks.difference(small, large) == float("inf")


def test_accepting_keeps_the_new_look_and_drops_the_one_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(looks, "GOLDEN", tmp_path / "golden")
    monkeypatch.setattr(looks, "drawn", lambda: ["fees"])
    made = tmp_path / "made"
    made.mkdir()
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(made / "fees.png")
    (tmp_path / "golden").mkdir()
    Image.new("RGB", (4, 4)).save(tmp_path / "golden" / "gone.png")
    assert looks.accept(made) == ["fees", "gone"]
    assert [path.name for path in (tmp_path / "golden").iterdir()] == ["fees.png"]
    assert looks.changed(made) == []
