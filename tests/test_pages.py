"""The HTML edition in a real browser, from a folder: for who looks, listens, types, prints, and has no network."""

import gzip
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlparse

import axe_playwright_python
import pypdf
import pytest
import yaml

from lifeline import ROOT
from lifeline.press.html import language_runs

TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
CHAPTERS = [TOC["root"], *(entry["file"] for entry in TOC["chapters"])]
PAGES = [*CHAPTERS, "explore", "search", "genindex"]
SCHEMES = ["light", "dark"]
WIDE, NARROW = 1280, 360
MOST_KILOBYTES = 600
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(browser):
    """One page of the browser, used by all tests of this file."""
    context = browser.new_context(viewport={"width": WIDE, "height": 900})
    context.set_default_timeout(15_000)
    context.add_init_script("localStorage.clear()")
    yield context.new_page()
    context.close()


@dataclass
class Seen:
    """What a page asked for, and what went wrong in it."""

    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@contextmanager
def watched(page) -> Iterator[Seen]:
    """Watches the network and the console."""
    seen = Seen()
    watchers = {
        "request": lambda request: seen.requests.append(request.url),
        "console": lambda said: seen.errors.append(said.text) if said.type == "error" else None,
        "pageerror": lambda error: seen.errors.append(str(error)),
    }
    for event, watcher in watchers.items():
        page.on(event, watcher)
    yield seen
    for event, watcher in watchers.items():
        page.remove_listener(event, watcher)


def visit(page, built, name: str, scheme: str = "light", width: int = WIDE) -> None:
    """Opens a page of the book as a reader does who has never been here."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme, media="screen")
    page.goto((built.html / f"{name}.html").as_uri())


def load_all(page) -> None:
    """Has every picture come that is shown, as if the reader had scrolled to the end."""
    page.evaluate("[...document.images].forEach(i => i.checkVisibility() && i.setAttribute('loading', 'eager'))")
    page.wait_for_function(
        "[...document.images].every(i => !i.checkVisibility() || (i.complete && i.naturalWidth))"
    )


def outside(requests: list[str]) -> list[str]:
    return [url for url in requests if not url.startswith(("file:", "data:"))]


def test_every_page_of_the_folder_is_tested(built):
    found = {path.relative_to(built.html).with_suffix("").as_posix() for path in built.html.rglob("*.html")}
    found = {name for name in found if not name.startswith("_")} - {"index"}
    assert found == set(PAGES)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_nobody_fails_nowhere_and_fits(page, built, name: str, scheme: str):
    with watched(page) as seen:
        visit(page, built, name, scheme)
        load_all(page)
        for width in (WIDE, 390, NARROW):
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_function("width => document.documentElement.scrollWidth <= width", arg=width)
    assert outside(seen.requests) == []
    assert seen.errors == []
    assert page.evaluate("document.documentElement.dataset.theme") == scheme
    other = "dark" if scheme == "light" else "light"
    assert not [url for url in seen.requests if url.endswith(f".{other}.svg")], "the hidden variant was loaded"


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(page, built, name: str, scheme: str):
    """Every rule in light; in dark those on color again, for nothing else differs.

    `preload` would fetch the style sheets again, which a browser refuses in a folder.
    """
    visit(page, built, name, scheme)
    page.evaluate(AXE)
    only = (
        "" if scheme == "light" else ", runOnly: {type: 'rule', values: ['color-contrast', 'link-in-text-block']}"
    )
    found = page.evaluate(f"axe.run({{resultTypes: ['violations'], preload: false{only}}})")
    assert found["passes"], "axe looked at nothing"
    faults = [
        (fault["id"], fault["help"], [n["html"] for n in fault["nodes"]][:3]) for fault in found["violations"]
    ]
    assert faults == []


@pytest.mark.parametrize("name", PAGES)
def test_the_first_view_is_light_and_nothing_moves(page, built, name: str):
    with watched(page) as seen:
        visit(page, built, name)
        page.wait_for_load_state("networkidle")
    files = {Path(unquote(urlparse(url).path)) for url in seen.requests if url.startswith("file:")}
    assert sum(len(gzip.compress(path.read_bytes())) for path in files) <= MOST_KILOBYTES * 1000
    load_all(page)
    moved = page.evaluate(
        """new Promise(told => new PerformanceObserver((list, observer) => {
             told(list.getEntries().filter(e => !e.hadRecentInput).reduce((sum, e) => sum + e.value, 0));
           }).observe({type: "layout-shift", buffered: true}) || setTimeout(() => told(0), 200))"""
    )
    assert moved < 0.02
    unsized = "[...document.querySelectorAll('figure img')].filter(i => !(i.width && i.getAttribute('height')))"
    assert page.evaluate(f"{unsized}.filter(i => i.checkVisibility()).map(i => i.src)") == []


@pytest.mark.parametrize("name", PAGES)
def test_figures_and_tables_can_be_heard(page, built, name: str):
    visit(page, built, name)
    figures = page.evaluate(
        """[...document.querySelectorAll("figure")].map(f => ({
             alts: [...f.querySelectorAll("img")].map(i => i.alt),
             file: f.querySelector("img").src.split("/").pop(),
             caption: f.querySelector(".caption-text").innerText}))"""
    )
    for figure in figures:
        alt, *others = figure["alts"]
        assert set(others) == {alt}
        assert len(alt) > 60 and figure["file"] not in alt and figure["caption"] not in alt
        words = re.sub(r"\b\w+(-\w+)+\b", "", alt)  # without the names of findings
        assert "\\" not in alt and "_" not in words
        span = re.search(r"\d to \u2212?-?\d", alt)
        assert span, f"{figure['file']} does not say its span"
        values = re.findall(r"\d[\d,.]*", alt[: span.start()] + alt[span.end() :])
        assert len(values) > 3, f"{figure['file']} does not say how it runs"
    tables = page.evaluate(
        """[...document.querySelectorAll("article table")].map(t => ({
             id: t.id, caption: t.caption?.innerText, frame: t.parentElement.getAttribute("aria-label"),
             role: t.parentElement.role, focusable: t.parentElement.hasAttribute("tabindex"),
             heads: [...t.querySelectorAll("th")].map(h => h.scope)}))"""
    )
    for table in tables:
        assert table["caption"] and table["heads"] and set(table["heads"]) <= {"col", "row"}, table
        assert table["frame"] and table["role"] == "region" and table["focusable"], table


def test_wide_tables_scroll_inside_and_can_be_reached(page, built):
    visit(page, built, "chapters/flow", width=NARROW)
    frames = page.locator(".pst-scrollable-table-container:has(table)")
    wide = [f for f in frames.all() if f.evaluate("f => f.scrollWidth > f.clientWidth")]
    assert wide
    for frame in wide:
        assert frame.evaluate("f => f.tabIndex") == 0
    wide[0].focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("frame => frame.scrollLeft > 0", arg=wide[0].element_handle())


@pytest.mark.parametrize("name", PAGES)
def test_korean_is_marked_as_korean(page, built, name: str):
    visit(page, built, name)
    unmarked = page.evaluate(
        r"""(() => {
          const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
          while (walk.nextNode()) {
            const text = walk.currentNode, around = text.parentElement;
            const korean = around.closest("[lang]").lang === "ko";
            if (around.closest("script, style, pre")) continue;
            if (/[\uac00-\ud7a3]/.test(text.data) && !korean) found.push(text.data);
            if (around.matches("span[lang=ko]") && !/[\uac00-\ud7a3]/.test(text.data)) found.push(text.data);
          }
          return found;
        })()"""
    )
    assert unmarked == []


def test_runs_of_korean_are_told_from_their_neighbours():
    runs = list(language_runs("Yonhap. 北가족에 송금, 2명 (RFA). 脱北者の家族"))
    assert [text for text, korean in runs if korean] == ["北가족에 송금, 2명"]
    assert "".join(text for text, _ in runs) == "Yonhap. 北가족에 송금, 2명 (RFA). 脱北者の家族"


FOCUSED = """(() => {
  const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
  return {name: e.innerText || e.getAttribute("aria-label") || e.title, tag: e.tagName,
          ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
          seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight};
})()"""


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_keyboard_goes_everywhere_and_shows_where_it_is(page, built, width: int):
    visit(page, built, "chapters/attitudes", width=width)
    page.keyboard.press("Tab")
    first = page.evaluate(FOCUSED)
    assert first["name"] == "Skip to main content" and first["seen"]
    names = [first["name"]]
    for _ in range(40):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        assert stop["ring"] and stop["seen"] and stop["name"], stop
        names.append(stop["name"])
    assert any(name.startswith("Color mode") for name in names)
    assert page.evaluate("[...document.querySelectorAll('[tabindex]')].every(e => e.tabIndex <= 0)")


def test_the_skip_link_skips(page, built):
    visit(page, built, "chapters/attitudes")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**#main-content")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_the_color_switch_works_from_the_keyboard_and_figures_follow(page, built):
    with watched(page) as seen:
        visit(page, built, "chapters/channels")
        load_all(page)
        assert not [url for url in seen.requests if url.endswith(".dark.svg")]
        page.evaluate("scrollTo(0, 0)")
        switch = page.locator(".theme-switch-button")
        assert switch.get_attribute("aria-label") == "Color mode: as the system"
        switch.focus()
        page.keyboard.press("Enter")
        page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
        assert switch.get_attribute("aria-label") == "Color mode: dark"
        assert switch.evaluate("b => b === document.activeElement")
        load_all(page)
    shown = page.evaluate(
        "[...document.querySelectorAll('figure img')].filter(i => i.checkVisibility()).map(i => i.src)"
    )
    assert len(shown) == page.locator("figure").count() > 4
    assert all(source.endswith(".dark.svg") for source in shown)
    assert seen.errors == []


def test_a_number_leads_to_its_evidence_in_one_click(page, built):
    visit(page, built, "chapters/channels")
    link = page.locator('a[href*="#finding-ever-sent-2023"]').first
    number = link.inner_text()
    link.click()
    page.wait_for_url("**/findings.html#finding-ever-sent-2023")
    text = page.locator("#finding-ever-sent-2023").evaluate(
        "e => (e.closest('p') || e.nextElementSibling || e).innerText"
    )
    assert number in text
    assert "surveys:nkdb-2023-ever-sent" in text


def test_search_works_from_a_folder_and_the_keyboard(page, built):
    with watched(page) as seen:
        visit(page, built, "chapters/summary")
        page.keyboard.press("Control+k")
        page.keyboard.type("commission")
        page.keyboard.press("Enter")
        page.wait_for_selector("#search-results li a")
    assert "Remittance channels" in page.locator("#search-results").inner_text()
    assert outside(seen.requests) == [] and seen.errors == []


def test_print_is_the_text_with_light_figures_and_nothing_to_press(page, built):
    visit(page, built, "chapters/channels", "dark")
    paper = pypdf.PdfReader(io.BytesIO(page.pdf()))
    text = "\n".join(sheet.extract_text() for sheet in paper.pages)
    assert text.count("Remittance channels") == 1, "the list of chapters or the title is printed again"
    assert "Search" not in text and "Back to top" not in text
    page.emulate_media(media="print", color_scheme="dark")
    shown = page.evaluate(
        "[...document.querySelectorAll('figure img')].filter(i => i.checkVisibility()).map(i => i.src)"
    )
    assert shown and all(source.endswith(".light.svg") for source in shown)
    assert (
        page.evaluate("[...document.querySelectorAll('button, nav')].filter(e => e.checkVisibility()).length") == 0
    )
    assert page.evaluate(
        "[...document.querySelectorAll('figure')].every(f => getComputedStyle(f).breakInside === 'avoid')"
    )


@pytest.mark.parametrize("name", PAGES)
def test_no_page_names_another_host_to_load_from(built, name: str):
    text = (built.html / f"{name}.html").read_text(encoding="utf-8")
    loaded = re.findall(r'<(?:script|img|iframe)[^>]*\bsrc="(https?://[^"]*)"', text)
    loaded += re.findall(r'<link(?![^>]*rel="(?:canonical|author)")[^>]*\bhref="(https?://[^"]*)"', text)
    assert loaded == []
