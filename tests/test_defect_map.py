"""The map of defects: every defect in the payload, no text through a template, usable in Chromium."""

import base64
import gzip
import json
import re

import pytest
from boundaries_world import square, units

from geo.defects import KINDS, defects
from geo.shape_habits import HABITS
from maps.defect_map import MOST, defect_map
from maps.defect_words import SAYS, TITLE, described, effect, who
from maps.offline import to_offline_html

EVIL = "{{7*7}}{% raw %}</script><script>window.__xss=1</script>"


@pytest.fixture(scope="module")
def drawn():
    given = units(square(0, 0, 1000, 1000), square(990, 0, 2000, 1000), name=[EVIL, "Xã B"], people=[1000.0, 2000.0])
    return given, defects(given)


def content(page: str) -> dict:
    found = re.search(r'id="data-content">([^<]*)<', page)
    return json.loads(gzip.decompress(base64.b64decode(found[1])))


def test_every_kind_has_a_title_and_a_sentence():
    assert set(TITLE) == set(SAYS) == {*KINDS, *HABITS}


def test_the_page_holds_every_defect_and_border_and_no_text_of_others(drawn):
    given, found = drawn
    page = to_offline_html(defect_map(given, found, EVIL))
    said = content(page)
    assert len(said["defects"]) == len(found) == said["all"] < MOST and len(said["borders"]) == len(given)
    assert "49" not in said["name"] and said["name"] == EVIL and EVIL not in page
    assert said["defects"][0]["who"][0] == f"{EVIL} (a) – Xã B (b)"


def test_corners_come_back_to_the_centimetre(drawn):
    given, found = drawn
    steps = content(to_offline_html(defect_map(given, found, "x")))["borders"][0][0]
    lon, lat = steps[0] * 1e-7, steps[1] * 1e-7
    west, south, east, north = given.to_crs(4326).geometry.iloc[0].bounds
    assert west - 1e-7 <= lon <= east + 1e-7 and south - 1e-7 <= lat <= north + 1e-7


def test_words_say_who_is_counted_twice(drawn):
    row = drawn[1].drop(columns="geometry").to_dict("records")[0]
    assert who(row, "en").endswith("Xã B (b)") and "9,9 m" in described(row, "vi")
    assert effect(row, "vi") == "khoảng 10–20 người bị tính hai lần"  # 1 % of 1000, 1/101 of 2000


def test_a_set_without_defects_is_a_map_too():
    given = units(square(0, 0, 100, 100))
    assert content(to_offline_html(defect_map(given, defects(given), "x")))["defects"] == []


@pytest.mark.parametrize("width", [1280, 390])
def test_choosing_a_defect_in_the_list_shows_it_large_with_its_card(drawn, browser, tmp_path, width):
    path = tmp_path / "loi.html"
    path.write_text(to_offline_html(defect_map(*drawn, "x.gpkg")), encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 800})
    faults = []
    page.on("pageerror", lambda e: faults.append(str(e)))
    page.on("request", lambda r: faults.append(r.url) if not r.url.startswith(("file:", "data:")) else None)
    page.goto(path.as_uri())
    page.wait_for_selector("html[data-ready=yes]")
    if width < 800:
        page.click(".handle")
    page.click('[data-key="defect-0"]')
    assert "cả hai đơn vị" in page.inner_text("#card") and "{{7*7}}" in page.inner_text("#card")
    assert page.inner_text(".leaflet-control-scale-line").endswith("m") and page.evaluate("window.__xss") is None
    assert faults == []
    page.close()
