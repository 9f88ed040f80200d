"""The evidence explorer in a real browser, from a folder: what it finds, where it leads, what it never does."""

import gzip
import io
import json
import re
import shutil
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest

from lifeline.evidence import DATA, schema
from lifeline.press import explorer

HOSTILE = '<img src=x onerror="hit=1"></script><script>hit=1</script>\u2028 "quoted", \\ &amp; =1+1'


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return explorer.raw()


@pytest.fixture(scope="module")
def context(browser):
    made = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    yield made
    made.close()


@pytest.fixture
def page(context):
    made = context.new_page()
    made.faults, made.asked = [], []
    made.on("pageerror", lambda error: made.faults.append(str(error)))
    made.on("request", lambda request: made.asked.append(request.url))
    yield made
    assert made.faults == []
    assert [url for url in made.asked if not url.startswith(("file:", "data:", "blob:"))] == []
    made.close()


def drawn(page) -> None:
    """Waits until the page shows what its address says."""
    page.wait_for_function("document.getElementById('explorer')?.dataset.drawn === location.hash")


def visit(page, html: Path, state: str = "") -> None:
    page.goto("about:blank")
    page.goto((html / "explore.html").as_uri() + state)
    drawn(page)


def count(page) -> int:
    """How many rows the page says that it has chosen."""
    return int(re.match(r"([\d,]+)", page.inner_text("#explorer-count"))[1].replace(",", ""))


def offered(page, facet: str) -> dict[str, int]:
    """The values of a filter and the numbers beside them."""
    options = page.locator(f"#explorer-facet-{facet} option").evaluate_all(
        "all => all.map(option => [option.value, option.textContent])"
    )
    return {value: int(re.search(r"\(([\d,]+)\)$", text)[1].replace(",", "")) for value, text in options if value}


def saved(page) -> str:
    """The CSV file of the selection."""
    with page.expect_download() as download:
        page.click("#explorer-csv")
    return Path(download.value.path()).read_bytes().decode("utf-8")


# ------------------------------------------------------------------------------------------- choosing


def data_of(html: Path, name: str):
    """What a script hands to the explorer."""
    text = (html / "rows" / f"{name}.js").read_text(encoding="utf-8")
    found = re.fullmatch(r'lifeline\("([\w.]+)", (.*)\);\n', text, re.DOTALL)
    assert found[1] == name
    return json.loads(found[2])


def test_the_scripts_hold_every_cell_as_it_is_printed(built, tables):
    for name, table in tables.items():
        head = data_of(built.html, name)
        own = [field["name"] for field in head["fields"] if "of" not in field]
        assert own == list(table), name
        parts = [data_of(built.html, f"{name}.{n}") for n in range(-(-len(table) // explorer.CHUNK))]
        for at, column in enumerate(own):
            assert [cell for part in parts for cell in part[at]] == table[column].to_list(), f"{name}.{column}"


def test_the_counts_beside_filters_are_those_of_the_tables(built, tables):
    for name, table in tables.items():
        for field in data_of(built.html, name)["fields"]:
            if "facet" in field and "of" not in field:
                expected = table.loc[table[field["name"]] != "", field["name"]].value_counts().to_dict()
                assert dict(field["facet"]) == expected, f"{name}.{field['name']}"


def test_documents_and_numbers_are_found_by_what_their_claims_are_coded(built, page, tables):
    claims = tables["claims"]
    visit(page, built.html, "#documents?theme=rent_seeking&province=Ryanggang")
    rents = set(claims.loc[claims["theme"] == "rent_seeking", "doc_id"])
    north = set(claims.loc[claims["province"] == "Ryanggang", "doc_id"])
    assert count(page) == len(rents & north & set(tables["documents"]["doc_id"])) > 0
    visit(page, built.html, "#quantities?topic=commission")
    numbers = tables["quantities"].merge(claims[["claim_id", "topic"]], on="claim_id")
    assert count(page) == (numbers["topic"] == "commission").sum() > 0


def test_filters_agree_with_pandas_and_so_do_the_counts_that_follow(built, page, tables):
    claims = tables["claims"]
    visit(page, built.html)
    assert count(page) == len(claims)
    assert offered(page, "topic") == Counter(claims["topic"])
    page.select_option("#explorer-facet-theme", "rent_seeking")
    drawn(page)
    page.select_option("#explorer-facet-zone", "border")
    drawn(page)
    rents = claims[(claims["theme"] == "rent_seeking") & (claims["zone"] == "border")]
    assert count(page) == len(rents) > 0
    assert offered(page, "topic") == Counter(rents["topic"])
    assert offered(page, "theme") == Counter(claims.loc[claims["zone"] == "border", "theme"]), "not by itself"
    assert "theme=rent_seeking&zone=border" in page.url


def test_words_and_years(built, page, tables):
    claims = tables["claims"]
    visit(page, built.html)
    page.fill("#explorer-q", "Broker  HALF")
    page.wait_for_function("location.hash.includes('q=')")
    drawn(page)
    text = claims.agg(" ".join, axis=1).str.lower()
    assert count(page) == (text.str.contains("broker") & text.str.contains("half")).sum() > 0
    visit(page, built.html, "#claims?from=2012&to=2013")
    begin, end = claims["period_start"].str.slice(0, 4), claims["period_end"].str.slice(0, 4)
    assert count(page) == ((end >= "2012") & (begin <= "2013") & (begin != "")).sum() > 0


def test_a_number_of_rows_in_prose_leads_to_just_these_rows(built, page, tables):
    page.goto((built.html / "chapters" / "data.html").as_uri())
    link = page.locator('a[href$="explore.html#documents?copy_of=*"]').first
    told = link.inner_text()
    link.click()
    drawn(page)
    assert count(page) == int(told.replace(",", "")) == (tables["documents"]["copy_of"] != "").sum()
    page.click("text=drop")
    drawn(page)
    assert count(page) == len(tables["documents"])


def test_a_selection_is_saved_as_csv_and_a_whole_table_as_it_is_in_the_book(built, page, tables):
    for name in ("surveys", "quantities"):
        visit(page, built.html, f"#{name}")
        assert saved(page).encode() == (DATA / schema()[name]["path"]).read_bytes()
    visit(page, built.html, "#claims?topic=marriage")
    kept = pd.read_csv(io.StringIO(saved(page)), dtype="string", keep_default_na=False)
    expected = tables["claims"][tables["claims"]["topic"] == "marriage"]
    assert kept.to_dict("records") == expected.to_dict("records")


# --------------------------------------------------------------------------------------------- leading


def keys_to_try(tables) -> list[str]:
    claims = tables["claims"]["claim_id"]
    return [
        f"claims:{claims.iloc[0]}",
        f"claims:{claims.iloc[-1]}",
        f"claims:{claims.iloc[explorer.CHUNK]}",
        f"documents:{tables['documents']['doc_id'].iloc[700]}",
        "provinces:North Hamgyong",
        "agreement:second coder,direction,matched claims",
        f"outlets:{tables['outlets']['originator'].iloc[-1]}",
        f"recoded_claims:{','.join(tables['recoded_claims'][['doc_id', 'n']].iloc[-1])}",
    ]


def test_a_link_opens_any_row(built, page, tables):
    for row in keys_to_try(tables):
        table, _, key = row.partition(":")
        visit(page, built.html, explorer.address(table, key).partition(".html")[2])
        assert page.inner_text("#explorer-row-title") == row
        assert page.evaluate("document.activeElement.id") == "explorer-row-title"
        first = tables[table].set_index(explorer.keys(tables[table], schema()[table])).loc[key].iloc[0]
        assert first in page.inner_text("#explorer-row dl")


def test_every_row_named_in_the_book_is_there(built, tables):
    known = {name: set(explorer.keys(table, schema()[name])) for name, table in tables.items()}
    text = "".join(path.read_text(encoding="utf-8") for path in built.html.glob("chapters/*.html"))
    named = {unquote(link) for link in re.findall(r'explore\.html#(\w+:[^"?]+)"', text)}
    assert len(named) > 1000
    findings = {finding["name"] for finding in data_of(built.html, "findings")}
    for link in named:
        table, _, key = link.partition(":")
        assert key in (findings if table == "finding" else known[table]), link


def test_a_row_leads_to_its_source(built, page, tables):
    urls = tables["documents"].set_index("doc_id")["url"]
    claim = tables["claims"][tables["claims"]["doc_id"].map(urls) != ""].iloc[-1]
    visit(page, built.html, f"#claims:{claim['claim_id']}")
    link = page.locator("#explorer-row .explorer-source a", has_text="Go to the source")
    assert link.get_attribute("href") == urls[claim["doc_id"]]
    assert link.get_attribute("rel") == "noopener noreferrer"


def test_a_copy_is_named_with_its_original_and_not_linked(built, page, tables):
    copy = tables["documents"][tables["documents"]["copy_of"] != ""].iloc[0]
    visit(page, built.html, f"#documents:{copy['doc_id']}")
    panel = page.locator("#explorer-row")
    assert f"A copy of {copy['copy_of']}" in panel.inner_text()
    assert panel.locator('a[href^="http"]').count() == 0
    panel.locator(".explorer-source a", has_text=copy["copy_of"]).click()
    drawn(page)
    assert page.inner_text("#explorer-row-title") == f"documents:{copy['copy_of']}"


def test_a_document_leads_to_its_claims_and_numbers(built, page, tables):
    document = tables["quantities"]["doc_id"].value_counts().index[0]
    for table in ("claims", "quantities"):
        visit(page, built.html, f"#documents:{document}")
        page.locator(f'#explorer-row a[href="#{table}?doc_id={document}"]').click()
        drawn(page)
        assert count(page) == (tables[table]["doc_id"] == document).sum() > 0


def test_from_a_number_in_prose_to_its_card_to_its_rows(built, page):
    index = pd.read_csv(built.root / "_build" / "figures" / "findings.csv", dtype="string").set_index("finding")
    page.goto((built.html / "chapters" / "summary.html").as_uri())
    page.locator('a[href$="findings.html#finding-views-favorable"]').first.click()
    page.locator('a[href$="explore.html#finding:views-favorable"]').click()
    drawn(page)
    rows = index.loc["views-favorable", "rows"].split()
    assert count(page) == len(rows) > 12
    key = page.locator("#explorer-rows tbody th a").first.inner_text()
    assert f"claims:{key}" in rows
    kept = pd.read_csv(io.StringIO(saved(page)), dtype="string")
    assert set("claims:" + kept["claim_id"]) == set(rows)
    page.locator("#explorer-rows tbody th a").first.click()
    drawn(page)
    back = page.locator('#explorer-row a[href$="findings.html#finding-views-favorable"]')
    assert back.count() == 1, "the row names the finding that rests on it"


def test_every_finding_has_all_its_rows(built, tables):
    index = pd.read_csv(built.root / "_build" / "figures" / "findings.csv", dtype="string", keep_default_na=False)
    keys = {name: explorer.keys(table, schema()[name]).to_list() for name, table in tables.items()}
    for finding, rows in zip(data_of(built.html, "findings"), index["rows"], strict=True):
        found = [
            f"{table}:{keys[table][number]}"
            for table, numbers in finding["rows"].items()
            for number in pd.Series(numbers).cumsum()
        ]
        assert sorted(" ".join(found)) == sorted(rows), finding["name"]


def test_the_back_button_goes_back_through_filters_and_rows(built, page, tables):
    visit(page, built.html)
    page.select_option("#explorer-facet-theme", "attitudes")
    drawn(page)
    narrowed = count(page)
    page.locator("#explorer-rows tbody th a").first.click()
    drawn(page)
    assert page.is_visible("#explorer-row")
    page.go_back()
    drawn(page)
    assert not page.is_visible("#explorer-row")
    assert count(page) == narrowed
    assert page.input_value("#explorer-facet-theme") == "attitudes"
    page.go_back()
    drawn(page)
    assert count(page) == len(tables["claims"])
    assert page.input_value("#explorer-facet-theme") == ""


def test_pages_of_rows_follow_one_another_without_a_gap(built, page, tables):
    visit(page, built.html, "#events")
    seen = []
    while True:
        seen += page.locator("#explorer-rows tbody th").all_inner_texts()
        following = page.locator("#explorer-pages a", has_text="Next")
        if not following.count():
            break
        following.click()
        drawn(page)
    assert seen == tables["events"]["event_id"].to_list()


@pytest.mark.parametrize(
    "state",
    ["#nothing?x=1", "#claims:%E0%A4%A", "#claims:constructor", "#constructor", "#claims?__proto__=a&page=-3"],
)
def test_a_broken_address_shows_the_claims(built, page, state: str, tables):
    visit(page, built.html, state)
    assert count(page) == len(tables["claims"])


def test_an_address_is_read_as_it_was_written(built, page):
    visit(page, built.html)
    states = [
        {"table": "claims", "key": "", "filters": {}, "page": 1},
        {"table": "outlets", "key": "A & B? #1: 50%, 통일", "filters": {}, "page": 1},
        {"table": "claims", "key": "a-c1", "filters": {"q": "50% & more+", "originator": "A=B&C"}, "page": 7},
    ]
    for state in states:
        assert page.evaluate("state => parse(format(state))", state) == state


# ------------------------------------------------------------------------------------------ for whom


def test_text_from_the_data_stays_text(built, page, tmp_path: Path):
    html, data = tmp_path / "html", tmp_path / "data"
    shutil.copytree(built.html, html, ignore=shutil.ignore_patterns("_downloads", "_images", "chapters", "rows"))
    shutil.copytree(DATA, data)
    documents = explorer.raw()["documents"]
    documents.loc[0, ["title", "note", "outlet", "url"]] = [HOSTILE, HOSTILE, HOSTILE, "javascript:hit=1"]
    documents.to_csv(data / "documents.csv", index=False, lineterminator="\n")
    made = explorer.scripts(data) | {"findings": explorer.script("findings", [])}
    explorer.write(html / "rows", made)
    visit(page, html, f"#documents:{documents.loc[0, 'doc_id']}")
    assert HOSTILE.replace("\u2028", " ").split()[0] in page.inner_text("#explorer-rows")
    assert page.locator("#explorer-row dd", has_text="onerror").count() == 3
    assert page.locator("#explorer img, #explorer script").count() == 0
    assert page.locator('#explorer a[href^="javascript"]').count() == 0
    assert page.evaluate("typeof hit") == "undefined"
    page.fill("#explorer-q", HOSTILE.split()[0])
    page.wait_for_function("location.hash.includes('q=')")
    drawn(page)
    assert count(page) == 1
    kept = pd.read_csv(io.StringIO(saved(page)), dtype="string", keep_default_na=False)
    assert kept.loc[0, "title"] == HOSTILE


def weight(urls: list[str]) -> dict[str, int]:
    """Bytes over the wire, compressed, of the files that were asked for."""
    files = {
        Path(unquote(url.partition("?")[0].removeprefix("file://"))) for url in urls if url.startswith("file:")
    }
    return {file.name: len(gzip.compress(file.read_bytes())) for file in files if file.is_file()}


def test_the_first_view_is_light_and_the_rest_waits_until_it_is_asked_for(built, page):
    visit(page, built.html)
    page.wait_for_timeout(300)
    first = weight(page.asked)
    own = {name for name in first if (built.html / "rows" / name).exists()}
    assert own == {"index.js", "claims.js", "claims.0.js"}
    assert sum(first[name] for name in own) < 60_000
    assert sum(first.values()) < 300_000
    visit(page, built.html, "#claims?theme=channels")
    assert "claims.1.js" in weight(page.asked)


def test_it_can_be_used_from_the_keyboard_alone(built, page, tables):
    visit(page, built.html)
    focused = "document.activeElement.id"

    def tab_to(where: str) -> None:
        for _ in range(60):
            if page.evaluate(where):
                return
            page.keyboard.press("Tab")
        pytest.fail(f"cannot be reached by Tab: {where}")

    tab_to(f"{focused} === 'explorer-table'")
    page.keyboard.type("Survey")
    page.wait_for_function("location.hash === '#surveys'")
    drawn(page)
    tab_to(f"{focused} === 'explorer-q'")
    page.keyboard.type("ever sent")
    page.wait_for_function("location.hash.includes('q=ever')")
    drawn(page)
    assert 0 < count(page) < len(tables["surveys"])
    tab_to("document.activeElement.matches('#explorer-rows tbody th a')")
    style = "(e => getComputedStyle(e).outlineStyle + getComputedStyle(e).outlineWidth)(document.activeElement)"
    assert page.evaluate(style).startswith("solid")
    key = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    drawn(page)
    assert page.inner_text("#explorer-row-title") == f"surveys:{key}"
    assert page.evaluate(focused) == "explorer-row-title"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    drawn(page)
    assert page.evaluate("document.activeElement.textContent") == key, "back at the row that was closed"


def test_controls_have_names_and_tables_have_heads(built, page):
    visit(page, built.html, "#claims?theme=attitudes")
    for control in page.locator("#explorer select, #explorer input").all():
        name = control.get_attribute("id")
        assert page.locator(f'label[for="{name}"]').inner_text().strip(), name
    assert page.locator("#explorer-rows th:not([scope])").count() == 0
    assert page.locator("#explorer-rows thead th[scope=col]").count() > 5
    assert page.locator("#explorer-count").get_attribute("aria-live") == "polite"


def test_korean_is_marked_as_korean(built, page, tables):
    korean = tables["documents"][tables["documents"]["title"].str.contains("[가-힣]{5}")].iloc[0]
    visit(page, built.html, f"#documents:{korean['doc_id']}")
    assert page.locator('#explorer-row dd [lang="ko"]').first.inner_text() == " ".join(korean["title"].split())
    said = {
        "탈북민 송금": True,
        "NKDB 조사": False,
        "money": False,
        "돈 ab": False,
        "62% 대북송금": True,
        "": False,
    }
    assert page.evaluate("all => all.map(isKorean)", list(said)) == list(said.values())


@pytest.mark.parametrize(
    "state", ["", "#quantities?q=yuan", "#documents:007nis-2011-10-pungsan", "#finding:views-favorable"]
)
def test_nothing_is_wider_than_a_small_phone(built, browser, state: str):
    page = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
    visit(page, built.html, state)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.evaluate("(e => e.scrollWidth > e.clientWidth)(document.querySelector('.explorer-frame'))")
    page.context.close()


def test_without_javascript_the_tables_can_be_had_as_files(built, browser):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto((built.html / "explore.html").as_uri())
    text = page.inner_text("article")
    assert "Filtering needs JavaScript" in text
    assert not page.is_visible("#explorer-form")
    for resource in schema().values():
        assert resource["title"] in text
        assert (built.html / "rows" / resource["path"]).read_bytes() == (DATA / resource["path"]).read_bytes()
    page.context.close()


def test_a_missing_file_is_told(built, page, tmp_path: Path):
    html = tmp_path / "html"
    shutil.copytree(built.html, html, ignore=shutil.ignore_patterns("_downloads", "_images", "claims.*.js"))
    page.goto((html / "explore.html").as_uri())
    page.wait_for_function("document.getElementById('explorer-count').textContent.includes('claims.0.js')")


def test_the_same_tables_give_the_same_bytes(built):
    made = explorer.scripts()
    for name, text in made.items():
        assert (built.html / "rows" / f"{name}.js").read_text(encoding="utf-8") == text


def test_every_page_leads_to_the_explorer(built):
    for path in [*built.html.glob("chapters/*.html"), built.html / "search.html"]:
        text = path.read_text(encoding="utf-8")
        assert re.search(r'<nav class="bd-links explore-link".*?href="(\.\./)?explore\.html"', text, re.DOTALL), (
            path.name
        )
