"""Numbers as text, text from the data as Markdown."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from lifeline.book import imports, modules, plain
from lifeline.estimate import Estimate
from lifeline.words import listed, rounded, words


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (30.19, 0, "30"),
        (2.5, 0, "3"),
        (-12.4, 0, "\u221212"),
        (-0.2, 0, "0"),
        (34537, 0, "34,537"),
        (48.1, 1, "48.1"),
    ],
)
def test_rounded(value: float, digits: int, text: str):
    assert rounded(value, digits) == text


def test_the_parts_of_a_share():
    parts = words(Estimate(30.19, "percent", "2018", "", (), 26.0, 34.8, "floor", 125, 414), 0)
    assert parts["value"] == "30 percent"
    assert parts["interval"] == "26 to 35"
    assert parts["of"] == "125 of 414"


def test_a_part_that_an_estimate_does_not_have_is_left_out():
    assert set(words(Estimate(2_631_200, "KRW", "2018", "", ()), 2)) == {"value", "number", "size", "period"}
    assert words(Estimate(2_631_200, "KRW", "2018", "", ()), 2)["value"] == "2.63 million won"


@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1))
def test_any_text_from_the_data_shows_as_that_text(text: str):
    shown = MarkdownIt("commonmark").renderInline(plain(text))
    shown = re.sub(
        r"&(lt|gt|amp|quot);", lambda found: {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}[found[1]], shown
    )
    assert shown == text


@pytest.mark.parametrize("text", ["{n}`x`", "[a](b)", "<script>", "a | b", "$x$", "``", "{{ x }}", "![x](y)"])
def test_markup_in_the_data_is_text(text: str):
    assert "<" not in MarkdownIt("commonmark", {"html": True}).renderInline(plain(text)).replace("&lt;", "")
    assert "|" not in re.sub(r"\\\|", "", plain(text))


def test_listed():
    assert [listed(x) for x in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]


def test_a_page_depends_on_all_that_its_figures_import():
    names = {path.as_posix().rsplit("lifeline/", 1)[-1] for path in modules("lifeline.figures.channels")}
    assert {"figures/channels.py", "findings/channels.py", "estimate.py", "evidence.py", "style.py"} <= names
    assert not any("press" in name for name in names)


def test_imports_finds_modules_imported_in_any_way():
    source = "import a.b\nfrom c import d\ndef f():\n    from e.f import g\n"
    assert {"a.b", "c", "c.d", "e.f", "e.f.g"} <= set(imports(source))
