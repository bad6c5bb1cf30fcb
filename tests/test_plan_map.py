"""The map of a plan, and of two plans: what it holds, what the browser shows, that nothing in a name runs."""

import base64
import gzip
import json
import re

import plan_world
import pytest
from served import FORMULA, TEMPLATE, XSS

from maps.fitting import LIMIT_BYTES
from maps.money import money_range
from maps.offline import to_offline_html
from maps.plan_compare import TwoPlans, comparison_map
from maps.plan_map import plan_map

pytestmark = pytest.mark.xdist_group("plan_map")  # its fixtures are made once
NAMES = (TEMPLATE, XSS, FORMULA, "Khu phố 1")
SAVING = {i: y for i, y in plan_world.YEARS.items() if i not in ("electricity/c", "wifi/b/4g")} | {
    "wifi/a/fibre": 2028, "loudspeaker/c": 2028,
}  # fmt: skip


@pytest.fixture(scope="module")
def content():
    return plan_world.content(names=NAMES, commune_names=(f"Xã {XSS}", "Phường Sầm Sơn"), title=TEMPLATE)


@pytest.fixture(scope="module")
def drawn(content):
    return to_offline_html(plan_map(content))


@pytest.fixture(scope="module")
def compared(content):
    other = plan_world.content(names=NAMES, commune_names=(f"Xã {XSS}", "Phường Sầm Sơn"), title=XSS, years=SAVING)
    return to_offline_html(comparison_map(TwoPlans(content, other)))


def told(html: str) -> dict:
    found = re.search(r'id="data-content">([^<]*)<', html)[1]
    return json.loads(gzip.decompress(base64.b64decode(found)))


def opened(browser, path, html, width):
    """The page, and everything that went wrong or was asked of elsewhere."""
    path.write_text(html, encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 844})
    faults = []
    page.on("pageerror", lambda e: faults.append(str(e)))
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    page.on("request", lambda r: faults.append(r.url) if not r.url.startswith(("file:", "data:")) else None)
    page.goto(path.as_uri())
    page.wait_for_selector("html[data-ready=yes]", timeout=60_000)
    return page, faults


def test_the_page_holds_every_item_village_and_reason_and_no_name_as_markup(drawn, content):
    said = told(drawn)
    assert [i["id"] for i in said["items"]] == list(content.entries.index) and len(drawn.encode()) < LIMIT_BYTES
    assert sum(i["money"][2] for i in said["items"]) == content.plan.items["high"].sum()
    assert XSS not in drawn and "{{7*7}}" not in drawn.replace("data-content", "") and said["title"][0] == TEMPLATE
    assert [i["lines"] != [] for i in said["items"]] == [True, False, False, False, False, True, True, False]
    assert {tuple(left[:2]) for left in said["left"]} == {(2, 0), (3, 1)}


def test_lines_come_back_where_they_were(drawn, content):
    steps = told(drawn)["items"][5]["lines"][0]
    lon, lat = steps[0] * 1e-5, steps[1] * 1e-5
    west, south, east, north = content.entries.geometry.iloc[[5]].to_crs(4326).total_bounds
    assert west - 2e-5 <= lon <= east + 2e-5 and south - 2e-5 <= lat <= north + 2e-5


@pytest.mark.parametrize("width", [1280, 390])
def test_a_reader_filters_searches_and_reads_every_sentence(drawn, browser, tmp_path, width):
    page, faults = opened(browser, tmp_path / "ke-hoach.html", drawn, width)
    assert "8 hạng mục · 1,44–2,58 tỷ đồng" in page.inner_text(".totals")
    if width < 800:
        page.click(".handle")
    page.click('[data-key="Năm-2027"]')
    assert "4 hạng mục" in page.inner_text(".totals") and page.locator(".list li").count() == 4
    page.click('[data-key="kind-0"]')  # no camera in 2027
    page.click('[data-key="item-0"]')
    card = page.inner_text("#card")
    assert TEMPLATE in card and "kéo 1,2 km cáp quang" in card and "chưa được tỉnh xác nhận" in card
    page.keyboard.press("Escape")
    assert page.locator("#card").is_hidden()
    page.fill("#search", "khu pho")
    page.keyboard.press("Enter")
    assert "có thể 800 người được nghe" in page.inner_text("#card")
    page.click('[data-key$="-table"]')
    assert page.locator("#table tbody tr").count() == 4
    page.click('[data-key="lang"]')
    assert "4 items" in page.inner_text(".totals") and page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate("window.__xss") is None and faults == []
    page.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_two_plans_are_told_apart_item_by_item(compared, browser, tmp_path, width):
    page, faults = opened(browser, tmp_path / "so-sanh.html", compared, width)
    assert "A: 8 hạng mục" in page.inner_text(".totals") and "B: 7 hạng mục" in page.inner_text(".totals")
    if width < 800:
        page.click(".handle")
    for side in ("same", "year", "a"):
        page.click(f'[data-key="side-{side}"]')
    assert page.locator(".list li").count() == 1
    page.click(".list li button")
    assert "chỉ có ở B" in page.inner_text("#card") and page.evaluate("window.__xss") is None and faults == []
    page.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_two_plans_stand_on_two_maps_that_move_together_with_a_table_of_who_gains(compared, browser, tmp_path, width):
    page, faults = opened(browser, tmp_path / "so-sanh.html", compared, width)
    assert page.locator(".folium-map").count() == 2 and page.locator(".pane").count() == 2
    boxes = [page.locator(".folium-map").nth(n).bounding_box() for n in (0, 1)]
    assert boxes[0]["width"] * boxes[0]["height"] == pytest.approx(boxes[1]["width"] * boxes[1]["height"], rel=0.05)
    lines = page.locator(".leaflet-control-scale-line")  # only the first has a scale: both have the same
    assert lines.count() == 1
    before = [page.locator("canvas.sheet").nth(n).screenshot() for n in (0, 1)]
    page.mouse.move(boxes[1]["x"] + 100, boxes[1]["y"] + boxes[1]["height"] - 120)
    page.mouse.wheel(0, -400)  # in B
    page.wait_for_timeout(800)
    assert all(page.locator("canvas.sheet").nth(n).screenshot() != before[n] for n in (0, 1))
    page.click('[data-key$="-table"]')
    text = page.inner_text("#table")
    assert "mất: chỉ được lợi ở A" in text and "không được chọn với số tiền này" in text and TEMPLATE in text
    assert page.locator("#table tbody tr").count() == 9 and faults == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.close()


def test_the_page_writes_money_as_the_files_do(drawn, browser, tmp_path):
    page, _ = opened(browser, tmp_path / "tien.html", drawn, 1280)
    shown = [page.locator(".list li small").nth(n).inner_text().split(" · ")[1] for n in range(8)]
    page.close()
    assert shown == [money_range(*i["money"][:3:2]) for i in told(drawn)["items"]]
