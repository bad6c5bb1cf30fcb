"""The time slider of the gap map: it changes colours, card and table, says what was carried, works without a mouse."""

import datetime as dt
import os
from pathlib import Path

import pandas as pd
import province
import pytest

from geo.criteria import parse_criteria
from geo.crosswalk import crosswalk_from_pairs
from geo.history import Entry, Past, on_units
from maps import style
from maps.fitting import LIMIT_BYTES
from maps.gap_map import Shown, gap_map
from maps.offline import to_offline_html

pytestmark = pytest.mark.xdist_group("map_time")  # its fixtures are made once

VINTAGE, FORMER = "2025-08-01", "2024-01-01"
RULES = """
id: time
title: {vi: Bộ tiêu chí thử, en: Trial}
legal: không
valid_from: 2020-01-01
criteria:
  - {id: blank, indicator: mob_village_not_blank, vi: Tỷ lệ thôn có sóng, en: Villages with signal, legal: QĐ thử,
     confidence: {item: A, threshold: A}, village: {at_least: 1},
     commune: {roll_up: villages_passing, at_least: 80 %}, province: {roll_up: villages_passing, at_least: 80 %}}
  - {id: lan, indicator: off_lan, confidence: {item: A, threshold: A}, commune: {at_least: 1}}
"""
BLANK = {"criterion": "blank", "unit": "share", "threshold": "≥ 80 %"}
LAN = {"criterion": "lan", "unit": "yes/no", "threshold": "≥ 1"}
TIMES = {dt.date(2024, 6, 30): FORMER, dt.date(2024, 12, 31): FORMER, dt.date(2025, 12, 31): VINTAGE}
# of four communes the villages that surely pass, can pass, all; of eight former ones at the first two dates
NOW = {0: (5, 5, 5), 1: (2, 2, 5), 2: (3, 4, 4), 3: (1, 1, 6)}
THEN = {"a": (1, 1, 2), "b": (0, 0, 3), "c": (2, 2, 5), "d": (3, 3, 4), "e": (1, 1, 6)}


def judged(low: float, high: float) -> str:
    return "pass" if low >= 0.8 else "fail" if high < 0.8 else "unknown"


def row(area, what, low, high, of, level="commune", vintage=VINTAGE) -> dict:
    ends = {"num_low": float(low), "num_high": float(high), "den_low": float(of), "den_high": float(of)}
    values = {
        "low": low / of,
        "high": high / of,
        "gap_low": 0.0,
        "gap_high": 0.0,
        "people_low": 0.0,
        "people_high": 0.0,
    }
    said = {"operator": "", "technology": "", "basis": "map", "as_of": "2024-05-01", "source": "Sở KH&CN", "others": ""}
    more = {"status": judged(low / of, high / of), "reason": "", "people_source": "register", "conflict": False}
    return {"area_id": area, "level": level, "vintage": vintage, **what, **ends, **values, **said, **more}


@pytest.fixture(scope="module")
def world():
    villages, communes = province.province(seed=1, communes=4, villages=20, detail=1)
    communes["name"] = ["Xã Hoằng Tiến", "Xã Đông Nam", "Phường Hàm Rồng", "Xã Thiệu Hóa"]
    return villages, communes


@pytest.fixture(scope="module")
def bridge(world):
    """a and b make up the first commune, c was split between the first and the second, d and e stay."""
    first, second, third, fourth = world[1].index
    pairs = [("a", first), ("b", first), ("c", first), ("c", second), ("d", third), ("e", fourth)]
    return crosswalk_from_pairs(pd.DataFrame(pairs, columns=["from_id", "to_id"]), FORMER, VINTAGE)


def entry(world, day, vintage, bridge) -> Past:
    codes = world[1].index
    given = THEN if vintage == FORMER else {codes[n]: ends for n, ends in NOW.items()}
    rows = [row(area, BLANK, *ends, vintage=vintage) for area, ends in given.items()]
    rows += [row(area, LAN, n % 2, n % 2, 1, vintage=vintage) for n, area in enumerate(given)]
    whole = [sum(ends) for ends in zip(*given.values(), strict=True)]
    rows.append(row("38", BLANK, *whole, level="province", vintage=vintage))
    if vintage == VINTAGE:
        rows += [
            row(v, BLANK | {"unit": "yes/no", "threshold": "≥ 1"}, 1, 1, 1, level="village") for v in world[0].index
        ]
    run = province.run(id=f"{day:%Y%m%d}" + "0" * 8, as_of=day, vintage=vintage)
    made = Entry(run, pd.DataFrame(rows), parse_criteria(RULES, "time.yaml"))
    return Past(run, made.results) if vintage == VINTAGE else on_units(made, VINTAGE, bridge=lambda *_: bridge)


@pytest.fixture(scope="module")
def file(world, bridge, tmp_path_factory):
    *past, now = [entry(world, day, vintage, bridge) for day, vintage in TIMES.items()]
    rules = parse_criteria(RULES, "time.yaml")
    made = gap_map(*world, now.results, now.run, rules, Shown("public", past=past))
    path = tmp_path_factory.mktemp("time") / "map.html"
    path.write_text(to_offline_html(made), encoding="utf-8")
    return path


@pytest.fixture
def opened(browser):
    pytest.importorskip("playwright")
    contexts = []

    def opens(path, hash="", size=(1280, 800), mobile=False):
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, has_touch=mobile, is_mobile=mobile
        )
        contexts.append(context)
        page = context.new_page()
        page.asked, page.faults = [], []
        page.on("request", lambda r: page.asked.append(r.url))
        page.on("pageerror", lambda e: page.faults.append(str(e)))
        page.on("console", lambda m: page.faults.append(m.text) if m.type in ("error", "warning") else None)
        page.goto(f"file://{path}{hash}")
        page.wait_for_selector("html[data-ready=yes]", timeout=30_000)
        return page

    yield opens
    for context in contexts:
        context.close()


def pictured(page, name):
    """Keep a picture where HATANGSO_PICTURES names a folder, for people to look at."""
    folder = os.environ.get("HATANGSO_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")


def counts(page) -> dict:
    lines = page.locator(".legend li button").all()
    return {one.locator("span").inner_text(): int(one.locator("b").inner_text()) for one in lines}


def status(page) -> str:
    return page.locator("#card .chip").first.inner_text()


def test_it_opens_on_the_newest_date_and_asks_nobody(opened, file):
    page = opened(file)
    assert page.locator(".timeline label").inner_text() == "Đánh giá đến ngày: 31/12/2025"
    assert page.locator("#time").input_value() == "2"
    assert page.locator(".carried").count() == 0
    assert (page.asked, page.faults) == ([f"file://{file}"], [])
    pictured(page, "desktop-newest")


def test_the_slider_changes_status_card_legend_and_colours(opened, file, world):
    code = world[1].index[0]
    page = opened(file, f"#l=commune&u={code}")
    assert status(page) == f"{style.STATUS['pass'].mark} {style.status('pass')}"
    assert counts(page) == {"đạt": 1, "chưa đạt": 2, "chưa rõ": 1}
    page.locator("#time").fill("1")
    # of a and b 1 of 5 villages pass; of c 2 pass and 3 do not: 1 / (5 + 3) to (1 + 2) / (5 + 2)
    assert status(page) == f"{style.STATUS['fail'].mark} {style.status('fail')}"
    assert "12,5–42,9 %" in page.locator("#card .value").inner_text()
    assert counts(page) == {"đạt": 0, "chưa đạt": 3, "chưa rõ": 1}
    assert page.locator(".title p").inner_text().endswith("31/12/2024")
    assert page.url.endswith("t=2024-12-31") or "t=2024-12-31&" in page.url
    assert page.faults == []
    pictured(page, "desktop-carried")


def test_carried_values_say_where_they_come_from_and_what_was_lost(opened, file, world):
    page = opened(file, f"#t=2024-06-30&u={world[1].index[0]}")
    card = page.locator("#card").inner_text()
    for said in ("quy đổi từ 5 xã cũ", "địa giới 01/01/2024", "nhận một phần của xã bị chia tách (c)", "30/06/2024"):
        assert said in card
    page.select_option("#criterion", "lan")
    assert "2 trên 3 xã cũ có; với xã mới thì chưa rõ" not in page.locator("#card").inner_text()
    assert "1 trên 3 xã cũ có; với xã mới thì chưa rõ" in page.locator("#card").inner_text()


def test_keys_alone_move_through_time(opened, file):
    page = opened(file, "#l=commune")
    page.focus("#time")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.id") == "time"
    assert page.locator("#time").get_attribute("aria-valuetext") == "31/12/2024"
    page.keyboard.press("Home")
    assert page.locator(".timeline label b").inner_text() == "30/06/2024"
    page.focus("[data-key='time-2025-12-31']")
    page.keyboard.press("Enter")
    assert page.locator("#time").input_value() == "2"


def test_villages_are_there_for_the_newest_date_only_and_it_says_so(opened, file):
    page = opened(file)
    assert page.locator(".later").inner_text().startswith("Cấp thôn chỉ có ở lần đánh giá mới nhất")
    page.locator("#time").fill("0")
    assert page.locator("[data-key$='-commune'][aria-pressed=true]").count() == 1
    page.click("[data-key$='-village']")
    assert page.locator("#time").input_value() == "2"


def test_the_table_follows_the_slider(opened, file):
    page = opened(file, "#l=commune&v=table&t=2024-12-31")
    told = dict(
        zip(page.locator("tbody th").all_inner_texts(), page.locator("tbody .chip").all_inner_texts(), strict=True)
    )
    assert told["Xã Hoằng Tiến"].endswith("chưa đạt")
    page.locator("#time").fill("2")
    told = dict(
        zip(page.locator("tbody th").all_inner_texts(), page.locator("tbody .chip").all_inner_texts(), strict=True)
    )
    assert told["Xã Hoằng Tiến"].endswith(" đạt")


def test_a_link_opens_the_same_date(opened, file):
    page = opened(file, "#l=commune&t=2024-06-30")
    assert opened(file, page.url.partition("html")[2]).locator("#time").input_value() == "0"
    assert opened(file, "#l=commune&t=1999-01-01").locator("#time").input_value() == "2"


def test_on_a_phone_the_slider_is_within_reach_and_nothing_is_cut_off(opened, file, world):
    page = opened(file, "#l=commune&t=2024-12-31", size=(390, 844), mobile=True)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.locator("#time").is_visible()
    pictured(page, "phone")
    small = page.locator(".timeline input").evaluate_all(
        "(all) => all.filter((e) => e.getBoundingClientRect().height < 43.5).length"
    )
    assert small == 0
    cut = page.locator("#panel .timeline, #panel .legend ul").evaluate_all(
        """(all) => { const low = document.querySelector('.handle').getBoundingClientRect().top;
        return all.filter((e) => e.getBoundingClientRect().bottom > low + 1).map((e) => e.className); }"""
    )
    assert cut == []
    page.tap(".handle")
    pictured(page, "phone-panel")
    page = opened(file, f"#l=commune&t=2024-12-31&u={world[1].index[0]}", size=(390, 844), mobile=True)
    pictured(page, "phone-card")
    assert "quy đổi từ 5 xã cũ" in page.locator("#card").inner_text()


def test_english_by_a_switch(opened, file):
    page = opened(file, "#l=commune&t=2024-12-31")
    page.click("[data-key=lang]")
    assert page.locator(".choices .carried").inner_text() == "carried over from 5 former communes"
    assert page.locator(".timeline label").inner_text() == "Assessed as of: 2024-12-31"


def test_a_map_without_earlier_runs_has_no_slider(opened, file, world, bridge, tmp_path):
    now = entry(world, dt.date(2025, 12, 31), VINTAGE, bridge)
    made = gap_map(*world, now.results, now.run, parse_criteria(RULES, "time.yaml"))
    (tmp_path / "plain.html").write_text(to_offline_html(made), encoding="utf-8")
    assert opened(tmp_path / "plain.html").locator("#time").count() == 0


@pytest.mark.full
def test_a_province_with_four_dates_still_fits_into_one_megabyte():
    villages, communes = province.province()
    now, *past = (province.results(villages, communes, seed) for seed in range(4))
    days = [dt.date(2022 + n, 12, 31) for n in range(3)]
    earlier = [
        Past(province.run(as_of=day), rows[rows["level"] != "village"]) for day, rows in zip(days, past, strict=True)
    ]
    shown = Shown("internal", past=earlier)
    html = to_offline_html(gap_map(villages, communes, now, province.run(), province.criteria(), shown))
    assert len(html.encode()) <= LIMIT_BYTES
