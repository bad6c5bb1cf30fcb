"""The gap map in Chromium: what is drawn and counted, used by finger and keys, and that no text of others runs."""

import json
from collections import Counter
from dataclasses import replace

import geopandas as gpd
import pandas as pd
import province
import pytest

from geo.provenance import Source
from maps import style
from maps.gap_map import Shown, gap_map
from maps.offline import to_offline_html

pytest.importorskip("playwright")

pytestmark = pytest.mark.xdist_group("map_browser")  # its fixtures are made once

HOSTILE = (
    "{{7*7}}",
    "{% for x in ().__class__.__base__.__subclasses__() %}{{x}}{% endfor %}",
    "<script>window.__xss=1</script>",
    "</script><script>window.__xss=2</script>",
    '"><img src=x onerror=window.__xss=3>',
    "=1+1",
    "javascript:window.__xss=4",
    "${window.__xss=5}",
)
EVIL = " ".join(HOSTILE)


@pytest.fixture(scope="module")
def world():
    villages, communes = province.province(seed=1, communes=4, villages=20, detail=1)
    villages["name"] = [f"Thôn Số {n}" for n in range(20)]
    communes["name"] = ["Xã Hoằng Tiến", "Xã Đông Nam", "Phường Hàm Rồng", "Xã Thiệu Hóa"]
    communes["former_district"] = [
        "Huyện Hoằng Hóa",
        "Huyện Đông Sơn",
        "Huyện Đông Sơn; Huyện Thiệu Hóa",
        "Huyện Thiệu Hóa",
    ]
    return villages, communes, province.results(villages, communes)


def judging():
    """The toy set with a threshold for the criterion that tells blank villages; the others are only shown."""
    made = province.criteria()
    told = made.model_dump()
    for criterion in told["criteria"]:
        if criterion["id"] == "mob_village_not_blank":
            criterion["village"] = {"at_least": 1}
    return type(made).model_validate(told)


@pytest.fixture(scope="module")
def file(world, tmp_path_factory):
    villages, communes, results = world
    shown = Shown("internal", points={"wifi": province.spots(villages, 9)})
    run = province.run(watermark="at least one operator")  # any text that has its Vietnamese
    made = gap_map(villages, communes, results, run, judging(), shown)
    path = tmp_path_factory.mktemp("map") / "map.html"
    path.write_text(to_offline_html(made), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def sparse(world, tmp_path_factory):
    """The first commune has no village with a place, the second one village without; its border is approximate."""
    villages, communes, results = (frame.copy() for frame in world)
    lost = villages["commune"] == communes.index[0]
    lost |= villages.index == villages.index[villages["commune"] == communes.index[1]][0]
    villages.loc[lost, "geometry"] = None
    communes.loc[communes.index[1], "shape"] = "approximate"
    shown = Shown("internal", operators={"vnpt": "VNPT Tỉnh", "nobody": "Không ai"})
    made = gap_map(villages, communes, results, province.run(), judging(), shown)
    path = tmp_path_factory.mktemp("sparse") / "map.html"
    path.write_text(to_offline_html(made), encoding="utf-8")
    return path


@pytest.fixture
def opened(browser, request):
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


def legend(page):
    lines = page.locator(".legend li button").all()
    return {line.locator("span").inner_text(): int(line.locator("b").inner_text().replace(".", "")) for line in lines}


def counted(rows):
    found = Counter(style.status(s) for s in rows["status"])
    return {style.status(s): found[style.status(s)] for s in ("pass", "fail", "unknown")}


def rows_of(results, level, criterion, operator=""):
    return results[
        (results["level"] == level) & (results["criterion"] == criterion) & (results["operator"] == operator)
    ]


def colours(page):
    """How many pixels of the drawing have each colour."""
    data = page.evaluate(
        """() => { const c = document.querySelector('canvas.sheet');
        const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data, found = {};
        for (let n = 0; n < d.length; n += 4) { if (!d[n + 3]) continue;
          const key = '#' + [d[n], d[n+1], d[n+2]].map((x) => x.toString(16).padStart(2, '0')).join('');
          found[key] = (found[key] ?? 0) + 1; } return JSON.stringify(found); }"""
    )
    return Counter(json.loads(data))


def test_it_opens_from_a_file_without_any_request_or_fault(opened, file):
    page = opened(file)
    assert page.asked == [f"file://{file}"]
    assert page.faults == []
    assert page.title() == "Bản đồ khoảng trống hạ tầng số – Phỏng đoán theo QĐ 1829"


def test_the_legend_counts_what_results_say(opened, file, world):
    page = opened(file, "#c=fix_village_fibre")
    assert legend(page) == counted(rows_of(world[2], "village", "fix_village_fibre"))


def test_the_legend_follows_level_operator_and_former_district(opened, file, world):
    villages, communes, results = world
    page = opened(file, "#c=mob_village_not_blank")
    page.select_option("#operator", "vnpt/")
    assert legend(page) == counted(rows_of(results, "village", "mob_village_not_blank", "vnpt"))
    page.select_option("#district", "Huyện Đông Sơn")
    inside = villages["commune"].isin(communes.index[communes["former_district"].str.contains("Huyện Đông Sơn")])
    few = rows_of(results, "village", "mob_village_not_blank", "vnpt")
    assert legend(page) == counted(few[few["area_id"].isin(villages.index[inside])])


def test_statuses_are_drawn_in_their_colours_and_hidden_by_the_legend(opened, file):
    page = opened(file, "#c=fix_village_fibre")
    assert colours(page)[style.STATUS["pass"].colour] > 10_000
    page.click("[data-key=entry-pass]")
    assert colours(page)[style.STATUS["pass"].colour] == 0


def test_search_finds_without_accents_and_by_keys_alone(opened, file, world):
    _villages, communes, _ = world
    page = opened(file)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Tab")
    page.keyboard.type("hoang tien")
    assert page.locator("#found li").first.inner_text().startswith("Xã Hoằng Tiến")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.locator("#card h2").inner_text() == "Xã Hoằng Tiến"
    assert f"u={communes.index[0]}" in page.url
    page.keyboard.press("Escape")
    assert page.locator("#card").is_hidden()


def test_search_shows_the_commune_of_a_village(opened, file, world):
    villages, communes, _ = world
    page = opened(file)
    page.fill("#search", "so 7")
    said = page.locator("#found li").first.inner_text()
    assert "Thôn Số 7" in said
    assert communes.loc[villages.loc[villages["name"] == "Thôn Số 7", "commune"].iloc[0], "name"] in said


def test_a_click_on_a_village_opens_its_card_with_reason_source_and_date(opened, file, world):
    _villages, _, results = world
    told = rows_of(results, "village", "fix_village_fibre")
    failing = told[told["status"] == "fail"]["area_id"].iloc[0]
    page = opened(file, f"#c=fix_village_fibre&u={failing}")
    card = page.locator("#card").inner_text()
    for said in ("không", "chưa đạt", "đã khảo sát", "Sở KH&CN", "01/10/2026", "phải có", "QĐ 1829/QĐ-UBND"):
        assert said in card


def test_the_map_itself_answers_a_click(opened, file):
    page = opened(file)
    box = page.locator(".folium-map").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert page.locator("#card h2").inner_text().startswith("Thôn")


def test_values_that_were_not_checked_say_so(opened, file, world):
    page = opened(file, f"#c=mob_village_not_blank&u={world[0].index[0]}")
    assert page.locator("#card").get_by_text("chưa đối chiếu văn bản gốc").count() == 1
    page = opened(file, f"#c=fix_village_fibre&u={world[0].index[0]}")
    assert page.locator("#card").get_by_text("chưa đối chiếu văn bản gốc").count() == 0


def test_what_nobody_judges_has_no_threshold_to_check(opened, file, world):
    page = opened(file, f"#c=nearest_bts_m&u={world[0].index[0]}")
    for place in ("#card .unchecked", ".choices .unchecked"):
        assert page.locator(place).inner_text() == "độ chắc: nội dung B"
    page = opened(file, "#c=mob_village_not_blank")
    assert page.locator(".choices .unchecked").inner_text().endswith("(độ chắc: nội dung B, ngưỡng C)")


def test_communes_that_show_no_village_look_unknown_and_bare_land_has_its_own_colour(opened, sparse, world):
    page = opened(sparse, f"#c=nearest_wifi_m&x={world[1].index[0]}")
    assert colours(page)[style.STATUS["unknown"].colour] > 1000
    assert colours(page)[style.GROUND[0]] == 0
    notes = page.locator(".legend .note").all_inner_texts()
    assert [" ".join(note.split()) for note in notes] == ["xã chưa có danh sách thôn hoặc thôn chưa có vị trí 1"]
    page = opened(sparse, f"#c=nearest_wifi_m&x={world[1].index[1]}")
    assert colours(page)[style.GROUND[0]] > 1000
    assert page.locator(".legend .note").all_inner_texts()[0].startswith("đất chưa có ranh giới thôn")
    page = opened(sparse, "#c=nearest_wifi_m&l=commune")
    assert page.locator(".legend .note").count() == 0


def test_approximate_borders_say_so_on_the_map_and_beside_the_tolerance(opened, sparse, file):
    page = opened(sparse)
    said = "1/4 xã: Ranh giới GẦN ĐÚNG, chỉ để minh họa vị trí"
    assert page.locator(".rough").inner_text() == said
    page.click(".about summary")
    assert f"{said}; đã đơn giản hóa" in page.locator(".about dl").inner_text()
    assert opened(file).locator(".rough").is_hidden()


def test_operators_are_called_by_their_names_in_selector_card_and_table(opened, sparse, world):
    page = opened(sparse, f"#c=mob_village_not_blank&u={world[0].index[0]}")
    assert page.locator("#operator option[value='vnpt/']").inner_text() == "VNPT Tỉnh"
    assert page.locator("#operator option[value='viettel/']").inner_text() == "viettel"
    assert "VNPT Tỉnh" in page.locator("#card .rows").first.inner_text()
    page.select_option("#operator", "vnpt/")
    page.click("[data-key$='-table']")
    assert "VNPT Tỉnh" in page.locator("caption").inner_text()


def test_a_chosen_commune_shows_its_own_result_beside_the_provinces(opened, file, world):
    page = opened(file, "#c=fix_household_passed")
    assert page.locator(".province").count() == 1
    code = world[1].index[1]
    page.select_option("#commune", code)
    row = rows_of(world[2], "commune", "fix_household_passed").set_index("area_id").loc[code]
    said = page.locator(".province").first.inner_text()
    assert said.startswith(f"Xã Đông Nam: {style.interval(row['low'], row['high'], 'share')}")
    assert style.status(row["status"]) in said
    assert page.locator(".province").nth(1).inner_text().startswith("Toàn tỉnh")


def test_a_link_opens_the_same_view(opened, file, world):
    page = opened(file, f"#c=mob_household_share&o=viettel/&u={world[0].index[3]}")
    page.select_option("#commune", world[1].index[0])
    again = opened(file, page.url.partition("html")[2])
    assert again.locator("#criterion").input_value() == "mob_household_share"
    assert again.locator("#operator").input_value() == "viettel/"
    assert again.locator("#commune").input_value() == world[1].index[0]
    assert again.locator("#card h2").inner_text() == page.locator("#card h2").inner_text()


def test_the_table_tells_the_same_sorted_and_paged(opened, file, world):
    page = opened(file, "#v=table&c=nearest_wifi_m")
    assert page.locator("tbody tr").count() == 20
    page.click("[data-key=sort-value]")
    assert page.locator("th[aria-sort=descending]").inner_text().startswith("Giá trị")
    told = rows_of(world[2], "village", "nearest_wifi_m").sort_values(["low", "high"])
    texts = [style.interval(a, b, "m") for a, b in zip(told["low"], told["high"], strict=True)]
    shown = [text.split("\n")[0] for text in page.locator("tbody td:nth-child(4)").all_inner_texts()]
    assert Counter(shown) == Counter(texts)


def test_the_page_formats_every_interval_as_the_tables_do(opened, file, world):
    """Every row of every series, decoded by the page, reads as `style.interval` writes it from the results."""
    page = opened(file, "#v=table")
    for criterion, unit, _, told in province.CRITERIA:
        page.select_option("#criterion", criterion)
        if told:
            page.select_option("#operator", "each/")
        rows = rows_of(world[2], "village", criterion, "each" if told else "").set_index("area_id")
        rows = rows.rename(world[0]["name"])
        expected = {
            name: style.interval(low, high, unit, "vi", style.limit(threshold))
            for name, low, high, threshold in zip(rows.index, rows["low"], rows["high"], rows["threshold"], strict=True)
        }
        names = page.locator("tbody th").all_inner_texts()
        values = page.locator("tbody td:nth-child(4)").all_inner_texts()
        assert dict(zip(names, (v.split("\n")[0] for v in values), strict=True)) == expected, criterion


def test_people_and_conflict_come_from_the_results(opened, file, world):
    page = opened(file, "#v=table&c=mob_household_share")
    rows = rows_of(world[2], "village", "mob_household_share", "any").set_index("area_id").rename(world[0]["name"])
    names = page.locator("tbody th").all_inner_texts()
    people = page.locator("tbody td:nth-child(6)").all_inner_texts()
    for name, said in zip(names, people, strict=True):
        ends = [style.number(rows.loc[name, end]) for end in ("people_low", "people_high")]
        assert said == "–".join(dict.fromkeys(ends))


def test_english_by_a_switch(opened, file):
    page = opened(file)
    page.click("[data-key=lang]")
    assert page.locator("h1").inner_text() == "Map of infrastructure gaps"
    assert page.evaluate("document.documentElement.lang") == "en"
    assert "pass" in legend(page)


def test_the_watermark_is_on_map_table_and_paper(opened, file):
    page = opened(file)
    mark = "ít nhất một nhà mạng"
    assert page.locator(".onmap").inner_text() == mark
    page.click("[data-key$='-table']")
    assert page.locator("#table .watermark").inner_text() == mark
    page.emulate_media(media="print")
    assert page.locator("#table .watermark").is_visible()


def test_a_phone_reaches_everything_with_a_finger(opened, file):
    page = opened(file, size=(390, 844), mobile=True)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.tap(".handle")
    assert page.locator("#commune").is_visible()
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, select, input, a, summary')]
        .filter((e) => e.offsetParent && !e.closest('.skip, .layers label') && e.className !== 'skip')
        .filter((e) => e.getBoundingClientRect().height < 43.5).map((e) => e.outerHTML)"""
    )
    assert small == []
    page.tap(".handle")
    page.touchscreen.tap(195, 400)
    assert page.locator("#card h2").is_visible()


def test_the_card_leaves_a_phone_its_panel_and_its_table(opened, file, world):
    page = opened(file, f"#c=mob_village_not_blank&u={world[0].index[3]}", size=(390, 844), mobile=True)
    card, panel = (page.locator(name).bounding_box() for name in ("#card", "#panel"))
    assert card["height"] <= 0.45 * 844 + 1
    assert card["y"] + card["height"] <= panel["y"] + 1
    page.tap(".handle")
    assert page.locator("#card").is_hidden()
    page.select_option("#district", "Huyện Đông Sơn")
    page.tap("#operator")
    page.tap(".handle")
    page.locator("#card").evaluate("(card) => { card.scrollTop = card.scrollHeight; }")
    assert page.locator("#card .close").bounding_box()["y"] >= page.locator("#card").bounding_box()["y"]
    page.tap("[data-key$='-table']")
    assert page.locator("#card").is_hidden()
    page.tap("[data-key$='-map']")
    page.tap("#card .close")
    assert page.locator("#card").is_hidden()


def test_a_tapped_place_is_moved_out_from_under_the_card(opened, file):
    page = opened(file, "#m=20.05,105.58,12", size=(390, 844), mobile=True)
    page.touchscreen.tap(195, 640)
    top = page.locator("#card").bounding_box()["y"]
    picked = page.locator("#card h2").inner_text()
    page.tap("#card .close")
    page.touchscreen.tap(195, top - 40)
    assert page.locator("#card h2").inner_text() == picked


def test_point_layers_are_switched_on_in_the_layer_tree(opened, file):
    page = opened(file)
    before = colours(page)[style.POINT_COLOURS[0]]
    page.check("#layer-wifi")
    assert colours(page)[style.POINT_COLOURS[0]] > before
    assert "p=wifi" in page.url


def test_a_damaged_file_says_so_in_words(browser, file, tmp_path):
    broken = tmp_path / "broken.html"
    broken.write_text(file.read_text(encoding="utf-8").replace('id="data-shapes">H4sI', 'id="data-shapes">H4sX'))
    page = browser.new_page()
    page.goto(f"file://{broken}")
    page.get_by_text("Tệp bị hỏng hoặc thiếu dữ liệu").wait_for(timeout=10_000)
    page.close()


def hostile(world):
    """The toy world with a payload in every text that is not ours."""
    villages, communes, results = (frame.copy() for frame in world)
    villages["name"], communes["name"], communes["former_district"] = EVIL, EVIL, EVIL
    reason = json.dumps([["not_surveyed", {"layer": EVIL}], ["not_filed", {"layer": "coverage", "who": EVIL}]])
    witness = json.dumps([{"low": 0.0, "high": 1.0, "basis": EVIL, "as_of": EVIL, "source": EVIL}])
    results = results.assign(basis=EVIL, source=EVIL, reason=reason, others=witness, conflict=True, people_source=EVIL)
    results["operator"] = results["operator"].replace({"viettel": EVIL})
    results["unit"] = results["unit"].replace({"points": EVIL})
    results["technology"] = EVIL
    sources = (Source(EVIL, EVIL, pd.Timestamp("2026-10-01").date(), EVIL, 1, EVIL),)
    run = province.run(criteria_title_vi=EVIL, criteria_title_en=EVIL, watermark=EVIL, notes=(EVIL,), sources=sources)
    run = replace(run, id=EVIL, vintage=EVIL, code_version=EVIL)
    spots = province.spots(world[0], 9).assign(name=EVIL, id=EVIL, provider=EVIL)
    return villages, communes, results, run, spots


def test_no_text_of_others_is_evaluated_anywhere(opened, world, tmp_path):
    villages, communes, results, run, spots = hostile(world)
    titles = {name: EVIL for name, *_ in province.CRITERIA}
    shown = Shown("internal", points={"wifi": spots})
    made = gap_map(villages, communes, results, run, province.criteria(titles), shown)
    path = tmp_path / "hostile.html"
    path.write_text(to_offline_html(made), encoding="utf-8")
    assert "__xss" not in path.read_text(encoding="utf-8")
    page = opened(path, f"#c=mob_village_not_blank&u={villages.index[0]}&p=wifi&d=<script>window.__xss=6</script>")
    page.click(".about summary")
    page.fill("#search", "script")
    page.wait_for_selector("#found li")
    said = [page.locator("body").inner_text()]
    page.click("[data-key$='-table']")
    said.append(page.locator("body").inner_text())
    for text in said:
        assert all(payload in text for payload in HOSTILE)
    assert page.evaluate("window.__xss") is None
    assert page.asked == [f"file://{path}"]
    assert page.faults == []


def test_no_text_of_a_point_is_evaluated(opened, world, tmp_path):
    villages, communes, results, run, spots = hostile(world)
    shown = Shown("internal", points={"wifi": gpd.GeoDataFrame(pd.concat([spots] * 400, ignore_index=True))})
    made = gap_map(villages, communes, results, run, province.criteria(), shown)
    path = tmp_path / "points.html"
    path.write_text(to_offline_html(made.second_files["gap-map-wifi.html"]), encoding="utf-8")
    page = opened(path)
    at = page.evaluate(
        """(colour) => { const c = document.querySelector('canvas.sheet'), box = c.getBoundingClientRect();
        const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data, found = [];
        for (let n = 0; n < d.length; n += 4) if (d[n] * 65536 + d[n+1] * 256 + d[n+2] === colour) found.push(n / 4);
        const n = found[Math.floor(found.length / 2)];
        const x = n % c.width, y = (n - x) / c.width;
        return [box.x + x * box.width / c.width, box.y + y * box.height / c.height]; }""",
        int(style.POINT_COLOURS[0][1:], 16),
    )
    page.mouse.click(*at)
    assert all(payload in page.locator("#card").inner_text() for payload in HOSTILE)
    assert page.evaluate("window.__xss") is None
    assert page.asked == [f"file://{path}"]
    assert page.faults == []
