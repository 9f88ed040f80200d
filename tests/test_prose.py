"""No number is typed into prose."""

import pytest

from lifeline.press import prose
from lifeline.press.prose import shown_texts, typed_numbers


def found(text: str) -> list[str]:
    return [number for _, number in typed_numbers(text)]


def test_the_book_holds_no_typed_number():
    assert prose.in_chapters() == []
    assert prose.in_code() == []


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("About 62 percent sent money.", ["62"]),
        ("It was 1,047 people, or 48.1 percent.", ["1,047", "48.1"]),
        ("Two of the three", ["Two", "three"]),
        ("half of them, twice a year", ["half", "twice"]),
        ("{n}`ever-sent-2018` and 7", ["7"]),
        ("# A heading with 5", ["5"]),
        ("| a | 12 |", ["12"]),
        ("a third of them", ["third of"]),
        ("```{note} 62 percent\nx\n```", ["62"]),
        ("it cost 2000 won", ["2000"]),
        ("{sub}`62` and `62`", ["62", "62"]),
        ("\u00bd of it", ["\u00bd"]),
        ("```{note}\nSome 9 people\n```", ["9"]),
    ],
)
def test_typed_numbers_are_found(text: str, numbers: list[str]):
    assert found(text) == numbers


@pytest.mark.parametrize(
    "text",
    [
        "In 2018 and in 1998.",
        "{n}`sent-in-year-2018 of` respondents",
        "the row `surveys:nkdb-2018-3`",
        "```{code-cell} ipython3\nx = 5\n```",
        "[text](https://example.org/5)",
        "---\nnumber: 5\n---\n\nText",
        "(finding-5)=",
        "one of the first",
        "1. a step\n2. another",
        "{cite:p}`yonhap-2021-12-nkdb`",
    ],
)
def test_years_code_and_names_are_not_numbers(text: str):
    assert found(text) == []


def test_the_line_is_right_after_front_matter_and_cells():
    text = "---\nx: 1\n---\n\n```{code-cell}\ny = 2\n```\n\nHere 3.\n"
    assert list(typed_numbers(text)) == [(9, "3")]


def in_code(source: str) -> list[str]:
    return [number for _, text in shown_texts(source) for _, number in typed_numbers(text)]


@pytest.mark.parametrize(
    ("source", "numbers"),
    [
        ('figure("a", title=Title("Of 12 reports"), note="", x="y2")', ["12"]),
        ('table("a", title=Title("A"), note=f"Of {n:.0f} some 7", columns={"q1": "Half"})', ["7", "Half"]),
        ('figure("a", title=Title(lambda f: f"{len(f)} in 9"), note=said(5))', []),
        ('@finding("x-{n}", n=(3,))\ndef f(e):\n    """Share of 40."""', ["40"]),
        ('@other("x")\ndef f(e):\n    """Share of 40."""', []),
        ('table("a", title=Title("A"), columns={"a": "Sum, million won", "b": "5 million won"})', ["5", "million"]),
    ],
)
def test_text_of_figures_and_findings_is_prose_too(source: str, numbers: list[str]):
    assert sorted(in_code(source)) == sorted(numbers)
