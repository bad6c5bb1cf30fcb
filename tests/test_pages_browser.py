"""The pages in a real browser: nothing from elsewhere, nothing runs, nothing is wider than a phone."""

import pytest
from listening import listening
from served import FORMULA, TEMPLATE, XSS, served

expect = pytest.importorskip("playwright.sync_api").expect
pytestmark = pytest.mark.xdist_group("pages")  # its fixtures are made once

PAGES = ("/", "/xa", "/thon", "/thon?criterion=wifi", "/can-dau-tu", "/con-thieu-du-lieu", "/xa/00002", "/thon/nope")


@pytest.fixture(scope="module")
def origin(tmp_path_factory):
    made, _ = served(tmp_path_factory.mktemp("browser"))
    with listening(made.path) as address:
        yield address
    made.close()


@pytest.fixture
def page(browser):
    """A page that keeps the addresses it asked for and what its policy refused."""
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    opened.asked, opened.said = [], []
    opened.on("request", lambda request: opened.asked.append(request.url))
    opened.on("console", lambda message: opened.said.append(message.text))
    yield opened
    opened.close()


@pytest.mark.parametrize("path", [*PAGES, "/ban-do"])
def test_a_page_asks_nobody_else_and_runs_nothing(page, origin, path):
    page.goto(origin + path)
    page.wait_for_load_state("networkidle")
    assert [url for url in page.asked if not url.startswith((origin + "/", "data:"))] == []
    assert page.evaluate("window.__xss") is None
    assert not [text for text in page.said if "Content Security Policy" in text]


@pytest.mark.full
@pytest.mark.parametrize("path", PAGES)
def test_no_page_is_wider_than_its_screen(page, origin, path):
    page.goto(origin + path)
    for width in (360, 390, 768, 1920):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_names_are_read_as_they_were_given(page, origin):
    page.goto(origin + "/thon")
    names = page.locator("tbody th").all_inner_texts()
    assert {TEMPLATE, FORMULA} <= set(names)
    page.goto(origin + "/xa")
    assert f"Xã {XSS}" in page.locator("tbody th").all_inner_texts()


def test_a_person_filters_a_table_and_opens_a_village(page, origin):
    page.goto(origin + "/thon")
    page.locator("select[name=criterion]").select_option("wifi")
    page.locator("select[name=status]").select_option("fail")
    page.get_by_role("button", name="Xem").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_role("link", name=TEMPLATE).click()
    assert page.locator("h1").inner_text() == TEMPLATE


def test_the_link_to_the_map_opens_the_village_there(page, origin):
    page.goto(origin + "/thon?q=dong")
    page.get_by_role("link", name="Thôn Đông").click()
    page.get_by_role("link", name="Xem trên bản đồ").click()
    page.wait_for_load_state("networkidle")
    assert "/ban-do#" in page.url
    page.locator("#main canvas").first.wait_for()
