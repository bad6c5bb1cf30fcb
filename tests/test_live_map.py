"""The live map in a browser: the same page as the offline file, data by fetch, each sees what it may, nothing runs."""

import gzip
import json
import re

import intake_world as world
import pytest
from planted import leaked, planted
from served import FORMULA, TEMPLATE, XSS
from test_pages_browser import listening, page  # noqa: F401  a fixture

from maps.live import live_script
from maps.offline import SCRIPTS, shortened

pytestmark = pytest.mark.xdist_group("live_map")  # its fixtures are made once

SOURCE = re.compile(r'data-source="([^"]+)"')


@pytest.fixture(scope="module")
def closed(tmp_path_factory):
    made = planted(tmp_path_factory.mktemp("live"))
    yield made
    made.workspace.close()


@pytest.fixture(scope="module")
def client(closed):
    with world.client_of(closed.workspace.path) as made:
        yield made


@pytest.fixture(scope="module")
def origin(closed):
    with listening(closed.workspace.path) as address:
        yield address


@pytest.fixture
def opened(page, origin):  # noqa: F811
    def opens(path="/ban-do"):
        page.goto(origin + path)
        page.wait_for_selector("html[data-ready=yes]", timeout=60_000)
        return page

    return opens


def test_the_served_page_runs_what_the_offline_file_runs():
    assert all(shortened(name) in live_script().decode() for name in SCRIPTS)


def test_the_map_opens_with_data_by_fetch_and_nothing_from_elsewhere(opened, origin):
    shown = opened()
    assert [url for url in shown.asked if not url.startswith(origin + "/")] == []
    assert any("/ban-do/du-lieu/" in url for url in shown.asked)
    assert shown.locator("canvas.sheet").count() == 1
    assert not [text for text in shown.said if "Content Security Policy" in text]


def test_names_run_nothing_on_the_map_in_its_search_card_and_table(opened):
    shown = opened("/ban-do#c=wifi&l=commune&u=00002")
    assert XSS in shown.locator("#card h2").inner_text()
    shown.fill("#search", "script")
    assert XSS in shown.locator("#found li").first.inner_text()
    shown.goto(shown.url.partition("#")[0] + "#c=wifi&v=table")
    shown.wait_for_selector("#table tbody tr")
    assert {TEMPLATE, FORMULA} <= set(shown.locator("#table tbody th").all_inner_texts())
    assert shown.evaluate("window.__xss") is None
    assert not [text for text in shown.said if "Content Security Policy" in text]


def test_a_link_opens_the_same_view_and_leads_to_the_page_of_the_place(opened):
    shown = opened("/ban-do#c=wifi&u=v1")
    assert shown.locator("#criterion").input_value() == "wifi"
    shown.get_by_role("link", name="Mọi giá trị").click()
    assert shown.locator("h1").inner_text() == "Thôn Đông"


def test_search_without_diacritics_by_keys_alone(opened):
    shown = opened()
    shown.focus("#search")
    shown.keyboard.type("hoang mot")
    shown.keyboard.press("ArrowDown")
    shown.keyboard.press("Enter")
    assert shown.locator("#card h2").inner_text() == "Xã Hoằng Một"


def test_the_other_language_keeps_the_view(opened):
    shown = opened("/ban-do#c=wifi&l=commune&u=00001")
    shown.get_by_role("link", name="English").click()
    shown.wait_for_selector("html[data-ready=yes]")
    assert shown.locator(".top h1").inner_text() == "Map of infrastructure gaps"
    assert shown.locator("#card h2").inner_text() == "Xã Hoằng Một"


def test_data_that_do_not_arrive_are_told_with_a_way_on(page, origin):  # noqa: F811
    page.route("**/du-lieu/**", lambda route: route.abort())
    page.goto(origin + "/ban-do")
    page.get_by_text("Chưa tải được dữ liệu bản đồ").wait_for()
    page.unroute("**/du-lieu/**")
    page.get_by_role("button", name="Thử lại").click()
    page.wait_for_selector("html[data-ready=yes]")


def test_without_scripts_there_is_a_table_instead(browser, origin):
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(origin + "/ban-do")
    assert plain.locator("tbody tr").count() == 2
    assert plain.locator("#page").is_hidden()
    context.close()


def test_a_phone_is_not_scrolled_sideways_and_its_map_is_as_wide_as_it_is(opened):
    shown = opened()
    for width, beside in ((360, 0), (390, 0), (1920, 350)):  # on a phone the panel lies over the map
        shown.set_viewport_size({"width": width, "height": 800})
        assert shown.evaluate("document.documentElement.scrollWidth") <= width
        assert shown.locator("#map_gap").bounding_box()["width"] == width - beside


def data_of(client, closed, name, **headers):
    asked = closed.headers[name]
    source = SOURCE.search(client.get("/ban-do", headers=asked).text)[1].replace("&amp;", "&")
    answer = client.get(source, headers=asked | headers)
    assert answer.status_code == 200, answer.text
    return source, answer


@pytest.mark.parametrize(
    "name", ["public", "commune_1", "operator_alfa", "operator_beta", "planner", "police", "admin"]
)
def test_nobody_gets_words_of_others_in_the_data(client, closed, name):
    _, answer = data_of(client, closed, name)
    assert leaked(answer.text, name) == []
    assert {"content", "shapes"} == set(answer.json())


def test_each_gets_its_own(client, closed):
    assert "QZBTSalfa00001ID" in data_of(client, closed, "operator_alfa")[1].text
    assert "QZCAM00001ID" in data_of(client, closed, "planner")[1].text


def test_restricted_data_are_kept_nowhere_and_public_ones_for_good(client, closed):
    source, answer = data_of(client, closed, "public")
    assert "immutable" in answer.headers["cache-control"] and answer.headers["cache-control"].startswith("public")
    again = client.get(source, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    stale = client.get(source.partition("?")[0])
    assert stale.headers["cache-control"] == "no-cache"
    for name in ("planner", "operator_alfa"):
        own, restricted = data_of(client, closed, name)
        assert restricted.headers["cache-control"] == "private, no-store" and "Cookie" in restricted.headers["vary"]
        assert own != source
    assert "immutable" not in client.get(own).headers["cache-control"]  # the public asking by an operator's address


def test_data_come_packed_or_plain_and_are_the_same(client, closed):
    _, packed = data_of(client, closed, "public", **{"accept-encoding": "gzip"})
    _, plain = data_of(client, closed, "public", **{"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip" and "content-encoding" not in plain.headers
    assert packed.json() == plain.json() and packed.headers["etag"] != plain.headers["etag"]
    assert len(gzip.compress(json.dumps(plain.json()).encode())) < 700_000


def test_a_run_that_is_not_there_or_not_public_is_not_found(client, closed):
    assert client.get(f"/ban-do/du-lieu/{'0' * 64}.json").status_code == 404
    assert client.get(f"/ban-do/du-lieu/{closed.run}.json?lop=bts").status_code == 404
