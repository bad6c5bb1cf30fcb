"""The gap map as a file: whose data, which size, what it may load, how figures read."""

import base64
import gzip
import hashlib
import json
import re
from pathlib import Path

import branca.element
import folium
import geopandas as gpd
import province
import pytest
from folium.plugins import MarkerCluster
from jinja2.exceptions import SecurityError

from geo.errors import CRSError, InputError
from geo.words import catalogue
from maps import points, style
from maps.fitting import LIMIT_BYTES
from maps.gap_map import Shown, gap_map
from maps.offline import page_words, to_offline_html

pytestmark = pytest.mark.xdist_group("gap_map")  # its fixtures are made once

MAPS = Path(__file__).parent.parent / "maps"


@pytest.fixture(scope="module")
def world():
    villages, communes = province.province(seed=1, communes=4, villages=20, detail=1)
    return villages, communes, province.results(villages, communes)


def page(world, shown=None, **changes):
    villages, communes, results = world
    return gap_map(villages, communes, results, province.run(**changes), province.criteria(), shown)


def content(made, block="content"):
    found = re.search(rf'id="data-{block}">([^<]*)<', to_offline_html(made)).group(1)
    return json.loads(gzip.decompress(base64.b64decode(found)))


def series(told, level, criterion):
    return {s["operator"] for s in told["results"]["series"] if s["level"] == level and s["criterion"] == criterion}


@pytest.mark.full
def test_a_whole_province_fits_into_one_megabyte_with_every_village_and_value():
    villages, communes = province.province()
    made = gap_map(
        villages, communes, province.results(villages, communes), province.run(), province.criteria(), Shown("internal")
    )
    html = to_offline_html(made)
    assert len(html.encode()) <= LIMIT_BYTES == 1_000_000
    told, shapes = content(made), content(made, "shapes")
    assert len(told["areas"]["village"]["id"]) == 4357
    assert all(g["type"] for g in shapes["objects"]["villages"]["geometries"])
    assert series(told, 0, "mob_village_not_blank") == {"any", "each", *province.OPERATORS}
    assert len(told["results"]["series"]) == 3 * (10 + 4 * 5)


def test_the_public_sees_single_operators_only_where_published(world):
    told = content(page(world))
    assert series(told, 0, "mob_village_not_blank") == {"any", "each", "vnpt"}


def test_the_public_never_gets_points_of_closed_layers(world):
    spots = province.spots(world[0], 5)
    layers = {name: spots for name in ("wifi", "loudspeaker", "village_centre", "camera", "bts", "fibre")}
    told = content(page(world, Shown("public", points=layers)))
    assert {layer["name"] for layer in told["points"]} == {"wifi", "loudspeaker", "village_centre"}


def test_an_operator_sees_its_own_stations_and_nobody_elses(world):
    spots = province.spots(world[0], 6).assign(operator=["viettel", "vnpt"] * 3)
    told = content(page(world, Shown("operator:viettel", points={"bts": spots, "camera": spots})))
    assert [(layer["name"], layer["count"]) for layer in told["points"]] == [("bts", 3)]


def test_only_operators_that_the_audience_sees_are_named(world):
    names = {"vnpt": "VNPT", "viettel": "Viettel"}
    assert content(page(world, Shown("public", operators=names)))["operators"] == [["vnpt", "VNPT"]]
    spots = province.spots(world[0], 2).assign(operator="viettel")
    told = content(page(world, Shown("internal", points={"bts": spots}, operators=names)))
    assert told["operators"] == [["viettel", "Viettel"], ["vnpt", "VNPT"]]
    assert ["Viettel", "Viettel"] in [said for column in told["points"][0]["columns"] for said in column.get("of", [])]


def test_a_layer_of_more_than_three_thousand_points_is_a_file_of_its_own(world):
    made = page(world, Shown(points={"wifi": province.spots(world[0], points.MANY + 1)}))
    assert list(made.second_files) == ["gap-map-wifi.html"]
    assert content(made)["points"][0]["file"] == "gap-map-wifi.html"
    assert len(content(made.second_files["gap-map-wifi.html"])["points"][0]["x"]) == points.MANY + 1


def test_a_village_without_polygon_is_drawn_at_its_centre(world):
    villages, communes, results = world
    centres = province.spots(villages, 20).drop_duplicates("village")
    bare = villages.set_geometry(gpd.GeoSeries([None] * len(villages), index=villages.index, crs=villages.crs))
    made = gap_map(
        bare, communes, results, province.run(), province.criteria(), Shown(points={"village_centre": centres})
    )
    drawn = [g["type"] for g in content(made, "shapes")["objects"]["villages"]["geometries"]]
    assert drawn.count("Point") == len(centres) < 20
    assert drawn.count(None) == 20 - len(centres)


def test_no_results_for_an_area_are_no_values(world):
    villages, communes, results = world
    told = content(page((villages, communes, results[results["area_id"] != villages.index[0]])))
    place = told["areas"]["village"]["id"].index(villages.index[0])
    first = next(s for s in told["results"]["series"] if s["level"] == 0)
    row = first["rows"]["of"][ord(first["rows"]["at"][place]) - 35]
    assert row[first["few"].index("tag")] == -1


def test_frames_in_different_crs_are_refused(world):
    villages, communes, results = world
    with pytest.raises(CRSError):
        page((villages, communes.set_crs("EPSG:3405", allow_override=True), results))


def test_an_unknown_audience_is_refused(world):
    with pytest.raises(InputError, match="unknown audience"):
        page(world, Shown("everybody"))


def test_equal_input_gives_an_equal_file(world):
    assert to_offline_html(page(world)) == to_offline_html(page(world))


def test_the_page_is_a_folium_map_that_a_notebook_shows(world):
    made = page(world)
    assert isinstance(made, folium.Map)
    assert "srcdoc" in made._repr_html_()


def test_the_page_names_no_address_but_its_own_and_allows_only_its_own_code(world):
    html = to_offline_html(page(world))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html).group(1)
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert not re.search(r"<(script|img|iframe)[^>]*\ssrc=|<link|@import|\sstyle=|url\((?!#)", html)


def test_a_map_that_would_load_something_is_refused(world):
    made = page(world)
    MarkerCluster().add_to(made)
    with pytest.raises(InputError, match="would load"):
        to_offline_html(made)
    with pytest.raises(InputError, match="only maps of this package"):
        to_offline_html(folium.Map())


def test_text_compiled_by_branca_cannot_reach_python():
    with pytest.raises(SecurityError):
        branca.element.Element("{{ ().__class__.__base__.__subclasses__() }}").render()


def test_vendored_files_are_what_the_readme_says():
    listed = re.findall(r"\| (leaflet-\S+) \|.*\| ([0-9a-f]{64}) \|", (MAPS / "vendor" / "README.md").read_text())
    shipped = {f.relative_to(MAPS / "vendor").as_posix() for f in (MAPS / "vendor").rglob("*") if f.is_file()}
    assert {name for name, _ in listed} == shipped - {"README.md"}
    for name, digest in listed:
        assert hashlib.sha256((MAPS / "vendor" / name).read_bytes()).hexdigest() == digest


def test_every_text_of_the_page_and_of_its_style_has_its_vietnamese():
    keys = {look.label for look in style.STATUS.values()} | set(page_words()) | {style.NOT_CHECKED}
    for labels in (style.LEVEL, style.COMBINED, style.BASIS, style.PEOPLE, style.GROUP):
        keys |= set(labels.values())
    assert not keys - set(catalogue("vi"))


def test_the_pages_script_never_writes_html():
    told = "".join(f.read_text(encoding="utf-8") for f in (MAPS / "static").glob("*.js"))
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", told)


@pytest.mark.parametrize(
    ("value", "lang", "said"),
    [
        (1234.5, "vi", "1.235"),
        (123.45, "en", "123.5"),
        (12.25, "vi", "12,3"),
        (0.25, "vi", "0,25"),
        (3640128, "vi", "3.640.128"),
    ],
)
def test_numbers_read_as_in_their_language(value, lang, said):
    assert style.number(value, lang) == said


@pytest.mark.parametrize(
    ("low", "high", "unit", "limit", "said"),
    [
        (0.62, 0.71, "share", None, "62–71 %"),
        (12, float("inf"), "points", None, "≥ 12 điểm"),
        (0, 1, "yes/no", None, "chưa rõ"),
        (1, 1, "yes/no", None, "có"),
        (0, 1, "share", None, "chưa rõ"),
        (2 / 3, 2 / 3, "share", None, "66,7 %"),
        (0.99996, 0.99996, "share", None, "99,996 %"),
        (0.79996, 0.79996, "share", 0.8, "79,996 %"),
        (0, 1000, "m", None, "≤ 1.000 m"),
        (float("inf"), float("inf"), "m", None, "không có"),
        (float("nan"), float("nan"), "m", None, ""),
    ],
)
def test_an_interval_reads_so_that_it_overstates_nothing(low, high, unit, limit, said):
    assert style.interval(low, high, unit, "vi", limit) == said


@pytest.mark.parametrize(
    ("text", "unit", "said"),
    [
        ("≥ 80 %", "share", "≥ 80 %"),
        ("≥ 2/3", "share", "≥ 2/3"),
        ("≥ 1", "yes/no", "phải có"),
        ("≤ 0", "yes/no", "phải không có"),
        ("≥ 40", "points", "≥ 40 điểm"),
        ("", "share", ""),
    ],
)
def test_a_threshold_reads_in_words_of_its_unit(text, unit, said):
    assert style.threshold(text, unit) == said


def test_decimals_can_be_asked_for():
    assert style.number(1234.5, "vi", 1) == "1.234,5"
    assert style.number(1234.5, "en", 1) == "1,234.5"


def test_dates_are_written_day_first_in_vietnamese():
    assert style.day("2026-11-21") == "21/11/2026"
    assert style.day(None) == ""


def test_classes_of_values_that_nobody_judges():
    assert style.breaks([0, 1000, 5000, float("inf")], "m") == [1000, 3000, 5000]
    assert style.breaks(range(1, 101), "points") == [21, 41, 60, 80]
    assert style.breaks([], "points") == []
