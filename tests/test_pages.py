"""The HTML edition in a real browser, from a folder: nothing from outside, nothing cut off."""

import re

import pytest
import yaml

from lifeline import ROOT

TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
PAGES = [TOC["root"], *(entry["file"] for entry in TOC["chapters"]), "explore"]
"""Every chapter, and the explorer."""
WIDTHS = [1280, 390, 360]


@pytest.fixture(scope="module", params=[(w, s) for w in WIDTHS for s in ("light", "dark")], ids=str)
def view(request, browser):
    width, scheme = request.param
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    page.scheme = scheme
    yield page
    context.close()


def visit(view, built, name: str) -> dict[str, list[str]]:
    seen: dict[str, list[str]] = {"requests": [], "errors": []}
    view.on("request", lambda request: seen["requests"].append(request.url))
    view.on("console", lambda said: seen["errors"].append(said.text) if said.type == "error" else None)
    view.on("pageerror", lambda error: seen["errors"].append(str(error)))
    view.goto((built.html / f"{name}.html").as_uri())
    view.wait_for_load_state("load")
    return seen


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_nobody_fails_nowhere_and_fits(view, built, name: str):
    seen = visit(view, built, name)
    assert [url for url in seen["requests"] if not url.startswith(("file:", "data:"))] == []
    assert seen["errors"] == []
    assert view.evaluate("document.documentElement.scrollWidth") <= view.viewport_size["width"]


def test_figures_follow_the_theme_and_keep_their_captions(view, built):
    seen = visit(view, built, "chapters/channels")
    figures = view.locator("figure").all()
    assert len(figures) > 4
    for figure in figures:
        figure.scroll_into_view_if_needed()
        images = figure.locator("img").all()
        shown = [image for image in images if image.evaluate("e => getComputedStyle(e).display") != "none"]
        assert len(shown) == 1
        assert f".{view.scheme}.svg" in shown[0].get_attribute("src")
        view.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=shown[0].element_handle())
        assert figure.locator("figcaption .caption-text").is_visible()
        assert len(shown[0].get_attribute("alt")) > 60
    other = "dark" if view.scheme == "light" else "light"
    assert not [url for url in seen["requests"] if url.endswith(f".{other}.svg")], "the hidden variant was loaded"


def test_a_number_leads_to_its_evidence_in_one_click(view, built):
    visit(view, built, "chapters/channels")
    link = view.locator('a[href*="#finding-ever-sent-2023"]').first
    number = link.inner_text()
    link.click()
    view.wait_for_load_state("load")
    assert view.url.endswith("findings.html#finding-ever-sent-2023")
    text = view.locator("#finding-ever-sent-2023").evaluate(
        "e => (e.closest('p') || e.nextElementSibling || e).innerText"
    )
    assert number in text
    assert "surveys:nkdb-2023-ever-sent" in text


def test_search_works_from_a_folder(browser, built):
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto((built.html / "search.html").as_uri() + "?q=commission")
    page.wait_for_selector("#search-results li", timeout=10_000)
    assert page.locator("#search-results li").count() > 0


@pytest.mark.parametrize("name", PAGES)
def test_no_page_names_another_host_to_load_from(built, name: str):
    page = (built.html / f"{name}.html").read_text(encoding="utf-8")
    loaded = re.findall(r'<(?:script|img|iframe)[^>]*\bsrc="(https?://[^"]*)"', page)
    loaded += re.findall(r'<link(?![^>]*rel="(?:canonical|author)")[^>]*\bhref="(https?://[^"]*)"', page)
    assert loaded == []
