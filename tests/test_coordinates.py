"""Coordinates as people write them, and what becomes of a table of them."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point

import geo.layers  # noqa: F401 registers them
from geo.columns import ReadOptions, Sheet, renamed
from geo.coordinates import numbered, pair
from geo.errors import InputError
from geo.layer import LAYERS
from geo.points import raw_shapes

LON, LAT = 105 + 46 / 60 + 36 / 3600, 19 + 48 / 60 + 25.2 / 3600


def one(cell, kind=None):
    """The number of a cell and the code of its finding."""
    found = numbered(pd.Series([cell], dtype=object), pd.Series([None], dtype=object), kind)
    both = [v for v in (found.x[0], found.y[0]) if not np.isnan(v)]
    return (both or [None])[0], found.x_code[0]


@pytest.mark.parametrize(
    "cell",
    [
        "19°48'25.2\"N", "19° 48' 25,2\" B", "19 48 25,2", "19-48-25.2", "19:48:25.2", "19°48′25.2″N", "N19°48'25.2\"",
        "19 độ 48 phút 25,2 giây", "Vĩ độ: 19°48'25.2''", "19d48'25.2\"", "19º48’25.2”", "19°48.42'", "19.807", "19,807",
        "19,807°", "19.807° Bắc", "VĐ 19,807", "+19.807", 19.807,
    ],
)  # fmt: skip
def test_a_latitude_is_read_however_it_is_written(cell):
    assert one(cell, "degrees") == (pytest.approx(LAT), "")


@pytest.mark.parametrize(
    "cell", ["105°46'36\"E", "105°46'36\"Đ", "105 46 36", "Kinh độ 105°46'36\" Đông", "KĐ: 105°46'36\""]
)
def test_a_longitude_is_read_with_vietnamese_or_english_letters(cell):
    assert one(cell, "degrees") == (pytest.approx(LON), "")


@pytest.mark.parametrize("cell", ["105°46'36\"W", "105°46'36\" Tây", "-105°46'36\""])
def test_west_is_negative(cell):
    assert one(cell, "degrees") == (pytest.approx(-LON), "")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("2.192.597,26", 2192597.26), ("2,192,597.26", 2192597.26), ("2 192 597,26", 2192597.26),
        ("2192597,26", 2192597.26), ("597.229", 597229.0), ("597.229,231", 597229.231), ("597229.231", 597229.231),
    ],
)  # fmt: skip
def test_metres_are_read_with_any_separator(cell, value):
    assert one(cell, "metres") == (value, "")


@pytest.mark.parametrize("cell", ["abc", "19°61'00\"", "19°48'60\"", "19°48'25\"N 105°", "1.2.3", "Kinh độ 19°N", True])
def test_what_is_no_coordinate_is_a_finding_and_no_number(cell):
    assert one(cell, "degrees") == (None, "not_a_number")


@pytest.mark.parametrize(
    ("cell", "first", "second"),
    [
        ("105,34808/22,62924", "105,34808", "22,62924"), ("19.8; 105.7", "19.8", "105.7"),
        ("POINT(105.7 19.8)", "105.7", "19.8"), ("19.8, 105.7", "19.8", "105.7"), ("19.8,105.7", "19.8", "105.7"),
        ("19,8,105,7", "19,8", "105,7"), ("19,8 105,7", "19,8", "105,7"), ("(19.8, 105.7)", "19.8", "105.7"),
        ("19°48'25\"N 105°46'36\"E", "19°48'25\"N", "105°46'36\"E"), ("X=2192597,26 Y=597229", "X=2192597,26", "Y=597229"),
        ("Kinh độ 105,7 vĩ độ 19,8", "Kinh độ 105,7", "vĩ độ 19,8"),
        ("2.192.597,26; 597.229,23", "2.192.597,26", "597.229,23"),
    ],
)  # fmt: skip
def test_two_coordinates_in_one_cell_are_taken_apart(cell, first, second):
    assert pair(cell) == (first, second)


@pytest.mark.parametrize("cell", ["19.8", "thôn 3", "1;2;3", "105 46 36", ""])
def test_a_cell_that_does_not_hold_two_is_no_pair(cell):
    assert pair(cell) is None


# Tables ---------------------------------------------------------------------------------------------------------------


def table(headers, *rows, above=(), layer="wifi", **options):
    """What a table gives: its points as (x, y), its CRS, and the findings as (row, code)."""
    cells = pd.DataFrame(rows, index=pd.RangeIndex(2, 2 + len(rows), name="row"), dtype=object)
    sheet, said = Sheet(tuple(headers.split("|")), cells, above=above), ReadOptions(**options)
    frame, notices, *_ = renamed(sheet, LAYERS[layer], said)
    raw, found = raw_shapes(frame, sheet, LAYERS[layer], said)
    points = [None if p is None else (round(p.x, 6), round(p.y, 6)) for p in raw.geometry]
    listed = [(n.row, n.code) for n in [*notices, *found] if n.code != "column_ignored"]
    return points, raw.crs and raw.crs.to_epsg(), listed


def test_degrees_in_their_order_are_wgs84():
    assert table("Kinh độ|Vĩ độ", ["105,7", "19,8"]) == ([(105.7, 19.8)], 4326, [])


def test_degrees_all_the_wrong_way_round_stay_as_given_without_crs():
    assert table("Kinh độ|Vĩ độ", ["19,8", "105,7"], ["19,9", "105,8"]) == ([(19.8, 105.7), (19.9, 105.8)], None, [])


def test_one_row_the_wrong_way_round_is_an_error_of_its_row():
    assert table("lon|lat", [105.7, 19.8], [19.9, 105.8]) == ([(105.7, 19.8), None], 4326, [(3, "row_swapped")])


def test_letters_decide_over_the_heading_with_a_warning():
    found = table("Kinh độ|Vĩ độ", ["19°30'B", "105°30'Đ"])
    assert found == ([(105.5, 19.5)], 4326, [(0, "axes_swapped")])


def test_metres_have_no_crs_until_it_is_said():
    assert table("X|Y", ["2.192.597,26", "597.229,23"]) == ([(2192597.26, 597229.23)], None, [])
    assert table("X|Y", ["597229,23", "2192597,26"], crs="EPSG:5897")[1] == 5897


@pytest.mark.parametrize("cell", ["19.8; 105.7", "105,7/19,8", "POINT(105.7 19.8)", "19°48'B 105°42'Đ"])
def test_a_pair_of_degrees_in_one_cell_needs_no_order(cell):
    assert table("Mã điểm|Toạ độ", ["a", cell]) == ([(105.7, 19.8)], 4326, [])


def test_a_pair_that_cannot_be_read_is_an_error_of_its_row():
    assert table("Tọa độ", ["19.8; 105.7"], ["gần chợ"], [None]) == (
        [(105.7, 19.8), None, None], 4326, [(3, "position_unreadable")],
    )  # fmt: skip


def test_what_one_row_lacks_or_has_beyond_the_range_is_found_and_no_point_is_made():
    rows = [[105.7, 19.8], [105.7, None], ["x", 19.8], [205, 19.8], [0, 0], [None, None], [500000, 2200000]]
    points, crs, found = table("lon|lat", *rows)
    assert (points, crs) == ([(105.7, 19.8)] + [None] * 6, 4326)
    assert found == [
        (4, "not_a_number"), (5, "out_of_range"), (8, "out_of_range"), (8, "out_of_range"), (6, "at_null_island"),
        (3, "coordinate_incomplete"),
    ]  # fmt: skip


def test_degrees_in_a_table_of_metres_are_out_of_range():
    points, crs, found = table("X|Y", [597229, 2192597], [597230, 2192598], [105.7, 19.8])
    assert (points[2], crs, found) == (None, None, [(4, "out_of_range")] * 2)


TITLE = (("Hệ tọa độ VN-2000, kinh tuyến trục 105°00', múi chiếu 3°",),)


def test_a_heading_that_states_the_zone_is_believed_with_a_warning():
    found = table("X|Y", [597229, 2192597], above=TITLE)
    assert found == ([(597229.0, 2192597.0)], 5897, [(0, "crs_stated")])


def test_degrees_under_a_heading_that_says_vn2000_are_not_taken_for_wgs84():
    assert table("Kinh độ|Vĩ độ", [105.7, 19.8], above=TITLE) == ([(105.7, 19.8)], None, [])


def test_the_layers_own_column_keeps_its_heading():
    points, _, found = table("Vị trí|lon|lat", ["cổng chợ", 105.7, 19.8], layer="camera")
    assert (points, found) == ([(105.7, 19.8)], [])


def shapes(file, **options):
    cells = pd.DataFrame([["a"]], index=pd.Index([1], name="row"))
    sheet = Sheet(("name",), cells, gpd.GeoSeries([Point(500000, 2200000)], index=cells.index, crs=file))
    said = ReadOptions(**options)
    frame = renamed(sheet, LAYERS["wifi"], said)[0]
    raw, found = raw_shapes(frame, sheet, LAYERS["wifi"], said)
    return raw.crs, [n.code for n in found]


LOST = "+proj=tmerc +lat_0=0 +lon_0=105 +k=0.9999 +x_0=500000 +y_0=0 +datum=WGS84 +units=m"


def test_shapes_keep_the_crs_of_the_file_or_have_none():
    assert shapes(5897) == (5897, [])
    assert shapes(None) == (None, [])
    assert shapes(None, crs="EPSG:3405") == (3405, [])


def test_the_datum_that_mapinfo_loses_is_noticed_and_given_back_only_on_the_users_word():
    crs, codes = shapes(LOST)
    assert (crs.to_epsg(), codes) == (None, ["datum_lost"])
    assert shapes(LOST, crs="EPSG:5897") == (5897, ["datum_replaced"])


@pytest.mark.parametrize(("file", "said"), [(LOST, "EPSG:9209"), (4326, "EPSG:5897"), (32648, "EPSG:3405")])
def test_any_other_contradiction_of_file_and_user_is_refused(file, said):
    with pytest.raises(InputError) as refused:
        shapes(file, crs=said)
    assert refused.value.code == "crs_conflict"
