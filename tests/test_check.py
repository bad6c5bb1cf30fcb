"""Checking rows: every finding has its row, column and code; what can be read in two ways is not read."""

import ast
import re
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import geopandas as gpd
import pandas as pd
import pytest
from pyproj import CRS
from shapely import LineString, MultiPoint, Point, Polygon, box

import geo.layers
from geo import defects, shape_habits
from geo.check import check
from geo.layer import LAYERS, Choice, Column, Layer
from geo.notices import table
from geo.words import catalogue

ROOT = Path(__file__).parent.parent
WORK = CRS.from_epsg(5897)
SQUARE = box(0, 0, 10, 10)
BOW_TIE = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])


def table_of(*columns, **options) -> Layer:
    return Layer("toy", "Thử", "Toy", "none", (Column("id", "text", "Mã", "Id"), *columns), "Toy.", **options)


def one(kind, values, **options):
    """Values and notices of a single column given as text, in rows 2, 3, …"""
    layer = table_of(Column("value", kind, "Giá trị", "Value", **options))
    index = pd.RangeIndex(2, 2 + len(values), name="row")
    good, notices = check(pd.DataFrame({"value": pd.Series(values, index=index, dtype=object)}), layer)
    return good["value"], notices


def codes(notices):
    return [(n.row, n.code) for n in notices if n.severity == "error"]


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("12,5", 12.5),
        ("12.5", 12.5),
        ("1 234,5", 1234.5),
        ("1.234.567", 1234567),
        ("0.125", 0.125),
        ("-7", -7),
        (3, 3),
        ("2e3", 2000),
    ],
)
def test_a_number_is_read_the_vietnamese_and_the_english_way(given, read):
    values, notices = one("number", [given])
    assert values.tolist() == [read]
    assert values.dtype == "float64"
    assert not notices


@pytest.mark.parametrize("given", ["abc", "12,5%", "1,2,3", "nan", "inf", float("inf"), True])
def test_what_is_no_number_is_refused(given):
    values, notices = one("number", [given])
    assert values.empty
    assert codes(notices) == [(2, "not_a_number")]


def test_a_number_of_two_readings_is_refused_unless_its_column_or_range_decides():
    assert codes(one("number", ["1.234"])[1]) == [(2, "number_ambiguous")]
    assert one("number", ["1.234", "12,5"])[0].tolist() == [1234, 12.5]
    assert one("number", ["1.234", "12.5"])[0].tolist() == [1.234, 12.5]
    assert one("number", ["105.776"], low=-180, high=180)[0].tolist() == [105.776]
    assert codes(one("number", ["1.234", "12,5", "12.5"])[1]) == [(2, "number_ambiguous")]


def test_an_integer_is_whole_and_its_separators_can_only_be_thousands():
    values, notices = one("integer", ["1.234", "7", 8.0, "2,5"])
    assert values.tolist() == [1234, 7, 8]
    assert values.dtype == "Int64"
    assert codes(notices) == [(5, "not_an_integer")]


def test_a_number_out_of_range_says_the_range_with_its_unit():
    _, notices = one("number", ["351", "350"], low=0, high=350, unit="m")
    assert codes(notices) == [(2, "out_of_range")]
    assert "0–350 m" in notices[0].text("en")


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("2026-10-01", "2026-10-01"),
        ("25/12/2025", "2025-12-25"),
        ("1.2.2026", "2026-02-01"),
        (datetime(2026, 10, 1, 8, 30), "2026-10-01"),
        (date(2026, 10, 1), "2026-10-01"),
    ],
)
def test_dates_are_iso_or_day_month_year_or_a_spreadsheets_own(given, read):
    values, _ = one("date", [given])
    assert values.tolist() == [pd.Timestamp(read)]
    assert values.dtype == "datetime64[us]"


@pytest.mark.parametrize("given", ["31/02/2026", "01/10/26", "hôm qua", "45000", 45000])
def test_what_is_no_clear_day_is_refused(given):
    assert codes(one("date", [given])[1]) == [(2, "not_a_date")]


def test_a_column_with_the_month_first_makes_its_unclear_dates_errors():
    assert codes(one("date", ["03/04/2026", "04/25/2026"])[1]) == [(2, "date_ambiguous"), (3, "not_a_date")]


def test_unclear_dates_are_read_day_first_and_the_column_says_so_once():
    values, notices = one("date", ["03/04/2026", "05/06/2026"])
    assert values.tolist() == [pd.Timestamp(2026, 4, 3), pd.Timestamp(2026, 6, 5)]
    assert [(n.code, n.severity, n.row) for n in notices] == [("day_before_month", "info", 0)]
    assert not one("date", ["03/04/2026", "25/06/2026"])[1]


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (202606, "202606"),
        ("202606", "202606"),
        ("06/2026", "202606"),
        ("2026-06", "202606"),
        (datetime(2026, 6, 1), "202606"),
        ("2026", "2026"),
        ("2026Q2", "2026Q2"),
        ("Quý 2/2026", "2026Q2"),
        ("Quý IV/2026", "2026Q4"),
    ],
)
def test_a_period_is_a_month_a_quarter_or_a_year(given, read):
    assert one("period", [given])[0].tolist() == [read]


@pytest.mark.parametrize("given", ["202613", "2026Q5", "26", "tháng sáu", datetime(2026, 6, 2)])
def test_what_is_no_period_is_refused(given):
    assert codes(one("period", [given])[1]) == [(2, "not_a_period")]


def test_yes_and_no_are_read_in_both_languages_and_blank_is_neither():
    values, notices = one("yesno", ["Có", "không", "x", 1, 0.0, True, "NO", None, "sắp có"])
    assert values.tolist() == [True, False, True, True, False, True, False, pd.NA]
    assert values.dtype == "boolean"
    assert codes(notices) == [(10, "not_yes_no")]


WORKS = (Choice("working", "hoạt động", "working", ("tot",)), Choice("broken", "hỏng", "broken"))


def test_a_choice_is_its_code_or_any_of_its_names_without_diacritics():
    values, notices = one("choice", ["working", "Hoạt động", "HOAT DONG", "tốt", "hỏng", "cũ"], choices=WORKS)
    assert values.tolist() == ["working"] * 4 + ["broken"]
    assert codes(notices) == [(7, "not_a_choice")]
    assert "hoạt động, hỏng" in notices[0].text("vi")


@pytest.mark.parametrize("given", ["5G, 4G", "4G;5G", "4g+5g", "4G/5G", "lte/nr"])
def test_several_choices_are_stored_once_each_in_their_declared_order(given):
    layer = LAYERS["coverage"].column("technology")
    assert one("choice", [given], choices=layer.choices, many=True)[0].tolist() == ["4G,5G"]


def test_text_is_nfc_and_a_code_keeps_its_zeros_and_loses_only_a_decimal_zero():
    layer = table_of(Column("commune_code", "text", "Mã xã", "Code"), Column("name", "text", "Tên", "Name"))
    frame = pd.DataFrame({"commune_code": ["00123", 15991.0, "15991.0", 7], "name": ["Phú", 2.5, "'=A1", " "]})
    good, notices = check(frame.astype(object), layer)
    assert good["commune_code"].tolist() == ["00123", "15991", "15991", "7"]
    assert good["name"].tolist()[:3] == ["Phú", "2.5", "=A1"]
    assert good["name"].isna().tolist() == [False, False, False, True]
    assert not notices


def test_a_required_cell_is_one_finding_and_a_required_column_is_one_for_the_file():
    layer = table_of(Column("value", "number", "Giá trị", "Value", required=True))
    frame = pd.DataFrame({"value": pd.Series(["1", " ", None], dtype=object)})
    assert codes(check(frame, layer)[1]) == [(2, "empty"), (3, "empty")]
    good, notices = check(pd.DataFrame({"id": ["a", "b"]}), layer)
    assert good.empty
    assert codes(notices) == [(0, "missing_column")]
    assert check(pd.DataFrame({"id": []}), layer)[1] == []


def test_a_declared_item_may_say_yes_instead_of_one():
    frame = pd.DataFrame({"item": "off_lan", "value": ["có", "không", "0,5"], "period": "2026", "commune_code": "1"})
    good, _ = check(frame, LAYERS["declared_item"])
    assert good["value"].tolist() == [1, 0, 0.5]


def test_an_id_stands_once_within_an_operator_and_technology():
    frame = pd.DataFrame({"id": ["s", "s", "s"], "operator": "vnpt", "technology": ["4G", "5G", "4G"]})
    places = gpd.GeoDataFrame(frame, geometry=[Point(0, 0)] * 3, crs=WORK)
    good, notices = check(places, LAYERS["bts"])
    assert good["technology"].tolist() == ["4G", "5G"]
    assert codes(notices) == [(3, "id_repeated")]
    assert "row 1" in notices[0].text("en")


def test_equal_rows_without_id_are_a_warning_and_get_their_row_as_id():
    places = gpd.GeoDataFrame({"name": ["A", "A", "B"]}, geometry=[Point(0, 0)] * 3, crs=WORK)
    good, notices = check(places, LAYERS["village_centre"])
    assert good["id"].tolist() == ["1", "2", "3"]
    assert [(n.row, n.code, n.severity) for n in notices] == [(2, "row_repeated", "warning")]


@pytest.mark.parametrize(
    ("layer", "shape", "code"),
    [
        ("village_centre", None, "geometry_missing"),
        ("village_centre", Point(), "geometry_missing"),
        ("village_centre", LineString([(0, 0), (1, 1)]), "geometry_type"),
        ("village_centre", MultiPoint([(0, 0), (1, 1)]), "geometry_type"),
        ("village_centre", Point(float("nan"), 1), "geometry_nan"),
        ("village_centre", Point(float("inf"), 1), "geometry_nan"),
        ("cluster", BOW_TIE, "geometry_invalid"),
    ],
)
def test_a_shape_that_does_not_do_is_a_finding_of_its_row(layer, shape, code):
    frame = gpd.GeoDataFrame({"name": ["good", "bad"]}, geometry=[Point(0, 0), shape], crs=WORK)
    good, notices = check(frame, LAYERS[layer])
    assert good["name"].tolist() == ["good"]
    assert codes(notices) == [(2, code)]


def test_where_a_polygon_crosses_itself_stands_in_the_message():
    frame = gpd.GeoDataFrame({"name": ["a"]}, geometry=[BOW_TIE], crs=WORK)
    assert "[5 5]" in check(frame, LAYERS["cluster"])[1][0].text("vi")


def test_heights_fall_away_and_a_multipoint_of_one_is_a_point():
    frame = gpd.GeoDataFrame({"name": ["a", "b"]}, geometry=[MultiPoint([(1, 2)]), Point(1, 2, 3)], crs=WORK)
    good, _ = check(frame, LAYERS["village_centre"])
    assert good.geometry.tolist() == [Point(1, 2), Point(1, 2)]
    assert not good.geometry.has_z.any()


def test_where_nothing_has_a_place_that_is_said_once_and_where_places_are_optional_a_name_must_do():
    frame = gpd.GeoDataFrame({"id": ["a", "b"]}, geometry=[None, None], crs=WORK)
    assert codes(check(frame.assign(operator="vnpt"), LAYERS["bts"])[1]) == [(0, "no_geometry")]
    named = frame.assign(commune_name=["Xã K", None])
    assert codes(check(named, LAYERS["loudspeaker"])[1]) == [(2, "place_missing")]


def test_all_findings_of_a_row_are_collected_and_good_rows_keep_index_and_crs():
    frame = gpd.GeoDataFrame(
        {
            "id": ["a", "b"],
            "operator": "vnpt",
            "height_m": ["x", "2"],
            "status": ["?", "hỏng"],
            "status_date": ["?", "2026-01-02"],
        },
        geometry=[None, Point(1, 1)],
        index=pd.Index([7, 9], name="row"),
        crs=WORK,
    )
    good, notices = check(frame, LAYERS["bts"])
    assert good.index.tolist() == [9]
    assert good.crs == WORK
    assert {(n.row, n.sender_id, n.column, n.code) for n in notices} == {
        (7, "a", "height_m", "not_a_number"),
        (7, "a", "status", "not_a_choice"),
        (7, "a", "status_date", "not_a_date"),
        (7, "a", "", "geometry_missing"),
    }
    assert list(table(notices)["row"]) == [7, 7, 7, 7]


@pytest.mark.parametrize("layer", [x for x in LAYERS.values() if x.geometry != "raster"], ids=lambda x: x.name)
def test_a_frame_without_rows_has_every_column_with_its_dtype(layer):
    empty = gpd.GeoDataFrame({layer.key: []}, geometry=[], crs=WORK)
    good, notices = check(empty, layer)
    assert [c for c in good.columns if c != "geometry"] == list(layer.names)
    kinds = {"number": "float64", "integer": "Int64", "yesno": "boolean", "date": "datetime64[us]"}
    assert all(good[c.name].dtype == kinds.get(c.kind, "str") for c in layer.columns)
    assert not notices


GIVE_NOTICES = ("Notice", "notice", "_error", "_notice", "row_notices", "Remark")


def said_codes() -> set[str]:
    """Every notice and refusal code that the code of the product can give."""
    said = {"unusable", *defects.KINDS, *shape_habits.HABITS}
    said |= {key if isinstance(key, str) else key[0] for table in tables("MESSAGES") for key in table}
    for package in ("geo", "api"):
        for module in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
                said |= codes_of(node)
    return said


def codes_of(node: ast.AST) -> set[str]:
    """Codes that one piece of code names: a notice's first argument, a refusal's code."""
    if not isinstance(node, ast.Call):
        return set()
    called = getattr(node.func, "id", getattr(node.func, "attr", ""))
    if called in GIVE_NOTICES and node.args and isinstance(node.args[0], ast.Constant):
        return {node.args[0].value}
    refusal = [k.value for k in node.keywords if k.arg == "code"] if called in ("unusable", "Found") else []
    return {
        part.value for value in refusal for part in ast.walk(value) if isinstance(part, ast.Constant) and part.value
    }


def tables(ending: str) -> list[dict]:
    """Every table of messages in `geo`: dictionaries whose name ends so."""
    modules = [import_module(m.name) for m in walk_packages(geo.__path__, "geo.") if "worker_process" not in m.name]
    return [v for m in modules for n, v in vars(m).items() if n.endswith(ending) and isinstance(v, dict)]


def test_every_notice_code_is_documented_with_an_example_and_no_other_is():
    text = (ROOT / "docs" / "notices.md").read_text(encoding="utf-8")
    entries = dict(re.findall(r"^### (\w+)\n(.+)$", text, flags=re.MULTILINE))
    assert set(entries) == said_codes()
    assert all("Ví dụ · Example" in entry for entry in entries.values())


def refusals(path: Path) -> list[str]:
    """Texts with which a module refuses a file, also those that stand in a constant of it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.targets[0], ast.Name)
    }
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "unusable"]
    given = [getattr(n.args[0], "value", named.get(getattr(n.args[0], "id", ""))) for n in calls]
    return [text for text in given if isinstance(text, str)]


def test_every_message_is_translated():
    paths = [path for package in ("geo", "api") for path in (ROOT / package).rglob("*.py")]
    messages = [text for table in (*tables("MESSAGES"), *tables("PROBLEMS")) for text in table.values()]
    unusable = [text for path in paths for text in refusals(path)]
    missing = [m for m in (*messages, *unusable) if m not in catalogue("vi")]
    assert unusable and not missing
    for message in (*messages, *unusable):
        assert set(re.findall(r"{\w+}", message)) >= set(re.findall(r"{\w+}", catalogue("vi")[message]))
