"""Pages of tables: who sees which run, sorting, search, files of what is seen, earlier values, filters in a browser."""

import io
import re
from datetime import date

import openpyxl
import people
import pytest
from intake_world import client_of
from served import TEMPLATE, announce, assess_it, filled
from test_pages_browser import listening, page  # noqa: F401  a fixture

from api.assessing import PLANNING, Asked, make_run

expect = pytest.importorskip("playwright.sync_api").expect
pytestmark = [
    pytest.mark.xdist_group("public_pages"),  # its fixtures are made once
    pytest.mark.filterwarnings("ignore:.*extension is not supported"),  # data bars: openpyxl leaves them out
]

EARLIER = date(2025, 9, 15)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """Published for 15 September and 1 October; a third run is not published."""
    folder = tmp_path_factory.mktemp("public")
    made = filled(folder)
    run = assess_it(made, folder, also=PLANNING)  # whose layers nobody has sent yet
    assess_it(made, folder, EARLIER)
    announce(made, run)
    people.make_people(made)
    make_run(made, Asked(folder / "served.yaml", date(2025, 11, 1), also=""), lambda _: None)
    yield made
    made.close()


@pytest.fixture(scope="module")
def client(workspace):
    with client_of(workspace.path) as made:
        yield made


@pytest.fixture(scope="module")
def origin(workspace):
    with listening(workspace.path) as address:
        yield address


def names(text):
    return re.findall(r'<th scope="row"><a [^>]*>([^<]*)</a>', text)


def test_planners_see_the_newest_run_and_everybody_else_what_is_published(client, workspace):
    public = client.get("/xa").text
    assert "01/10/2025" in public and "01/11/2025" not in public
    planner = client.get("/xa", headers=people.signed_in(workspace, "planner"))
    assert "01/11/2025" in planner.text
    assert planner.headers["cache-control"] == "private, no-store"
    for name in ("operator_alfa", "commune_1", "auditor"):
        assert "01/11/2025" not in client.get("/xa", headers=people.signed_in(workspace, name)).text


def test_headings_sort_both_ways_and_say_which(client):
    most = client.get("/thon?sort=people").text
    assert names(most) == ["=1+1", "{{7*7}}", "Thôn Đông"]  # 700, 200, 100 people
    assert 'aria-sort="descending"' in most and most.count("aria-sort") == 1
    least = client.get("/thon?sort=people&reverse=1").text
    assert names(least) == ["Thôn Đông", "{{7*7}}", "=1+1"]
    assert 'aria-sort="ascending"' in least
    assert names(client.get("/thon?criterion=wifi&sort=status").text)[-1] == "Thôn Đông"  # the only one that passes


def test_the_list_to_invest_in_is_sorted_too(client):
    rows = names(client.get("/can-dau-tu?criterion=wifi&sort=people&reverse=1").text)
    assert rows == ["{{7*7}}", "=1+1"]


@pytest.mark.parametrize("path", ["/xa", "/thon", "/can-dau-tu", "/con-thieu-du-lieu"])
def test_files_hold_what_the_page_shows(client, path):
    shown = client.get(path)
    links = re.findall(r'href="([^"]+\.(?:csv|xlsx)[^"]*)" download', shown.text)
    assert [link.partition("?")[0] for link in links] == [f"{path}.csv", f"{path}.xlsx"]
    lines = client.get(links[0].replace("&amp;", "&")).content.decode("utf-8-sig").splitlines()
    book = openpyxl.load_workbook(io.BytesIO(client.get(links[1].replace("&amp;", "&")).content))
    cells = [cell for row in book.worksheets[0].iter_rows(values_only=True) for cell in row if cell is not None]
    total = int(re.search(r"Tải (\d+) dòng", shown.text)[1])
    assert len(lines) == 1 + total
    assert not [cell for cell in cells if str(cell).startswith("=")]


def test_a_workbook_has_the_rows_of_the_filter_in_its_order(client):
    book = openpyxl.load_workbook(io.BytesIO(client.get("/thon.xlsx?sort=people&criterion=wifi&status=fail").content))
    found = [cell for row in book.worksheets[0].iter_rows(values_only=True) for cell in row]
    assert [cell for cell in found if cell in ("'=1+1", TEMPLATE, "Thôn Đông")] == ["'=1+1", TEMPLATE]


def test_search_finds_with_and_without_diacritics_and_says_when_nothing_fits(client):
    for q in ("hoang mot", "Hoằng Một", "HOANG"):
        assert "<b>Xã Hoằng Một</b>" in client.get("/tim", params={"q": q}).text, q
    assert "<b>Thôn Đông</b>" in client.get("/tim?q=dong").text
    assert "Thôn Đông" in client.get("/tim?q=v1").text  # by its code
    assert "Không có xã hay thôn nào" in client.get("/tim?q=khong-co").text


def test_the_start_page_says_the_three_numbers_first(client):
    text = client.get("/").text
    assert re.search(r'class="figures">.*?<b>2</b><span>thôn chắc chắn chưa đạt', text, re.DOTALL)
    assert text.index('class="figures"') < text.index('class="entries"')
    assert 'href="/ban-do"' in text


def test_a_place_tells_its_values_in_earlier_published_runs_only(client):
    text = client.get("/thon/v1").text
    assert "Các kỳ đánh giá trước (1)" in text and "<b>15/09/2025</b>: 1 điểm" in text
    assert "01/11/2025" not in text  # not published


def test_a_page_of_a_commune_is_small_enough_for_a_slow_phone(client):
    assert len(client.get("/xa/00001", headers={"accept-encoding": "gzip"}).content) < 1_000_000
    raw = client.build_request("GET", "/xa/00001", headers={"accept-encoding": "gzip"})
    answer = client.send(raw, stream=True)
    assert sum(map(len, answer.iter_raw())) < 60_000


def test_filters_replace_the_table_and_the_address_without_leaving_the_page(page, origin):  # noqa: F811
    page.goto(origin + "/thon")
    page.evaluate("window.stays = 1")
    page.locator("#f-criterion").select_option("wifi")
    page.wait_for_url("**/thon?criterion=wifi*")
    page.locator("#f-status").select_option("fail")
    page.wait_for_url("**status=fail*")
    expect(page.locator("tbody tr")).to_have_count(2)
    assert "(2)" in page.locator("#f-status option[value=fail]").inner_text()
    assert "q=" not in page.url and "district=" not in page.url
    page.locator("#f-q").type("7*7")
    page.wait_for_url("**q=7*")
    assert page.evaluate("document.activeElement.id") == "f-q"
    page.get_by_role("link", name="Số khẩu").click()
    page.wait_for_url("**sort=people*")
    assert page.evaluate("window.stays") == 1
    page.go_back()
    page.wait_for_url(re.compile("sort=name|status=fail"))
    assert not [text for text in page.said if "Content Security Policy" in text]


def test_filters_work_without_scripts(browser, origin):
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(origin + "/thon?criterion=wifi")
    plain.locator("#f-status").select_option("fail")
    plain.get_by_role("button", name="Xem").click()
    assert plain.locator("tbody tr").count() == 2
    context.close()
