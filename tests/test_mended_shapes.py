"""Invalid areas are made valid where that is sure, and said; where it is not they are refused."""

from math import pi

import geopandas as gpd
import pytest
from shapely import LineString, MultiPolygon, Polygon, box
from shapely.affinity import translate

import geo.layers  # noqa: F401 registers them
from geo.check import checked
from geo.coverages import dissolved
from geo.layer import LAYERS
from geo.mended_shapes import mended_shapes
from geo.read import ReadOptions, read_rows
from geo.words import catalogue
from tests.conftest import SOUTH, WEST, WORK

COVERAGE = LAYERS["coverage"]


def at(*xy):
    return [(WEST + x, SOUTH + y) for x, y in xy]


def area(*shapes, **columns) -> gpd.GeoDataFrame:
    n = len(shapes)
    facts = {"id": [f"v{i}" for i in range(1, n + 1)], "operator": ["vnpt"] * n, "technology": ["4G"] * n} | columns
    return gpd.GeoDataFrame(facts, geometry=list(shapes), crs=WORK)


# 1000 m x 1000 m, with a loop of 10 m x 10 m outside its corner that runs the other way round
SMALL_LOOP = Polygon(at((0, 0), (1000, 0), (1000, 1010), (1010, 1010), (1010, 1000), (0, 1000)))
BOW_TIE = Polygon(at((0, 0), (100, 100), (100, 0), (0, 100)))
SPIKE = Polygon(at((0, 0), (100, 0), (100, 100), (150, 150), (100, 100), (0, 100)))
SQUARE = box(*at((0, 0))[0], *at((100, 100))[0])
OVERLAPPING = MultiPolygon([SQUARE, translate(SQUARE, 50)])


def test_a_small_loop_is_mended_with_a_warning_that_says_how_much_changed():
    done, notices = mended_shapes(area(SQUARE, SMALL_LOOP), COVERAGE)
    assert [(n.code, n.severity, n.row, n.sender_id) for n in notices] == [("polygon_mended", "warning", 2, "v2")]
    assert done.geometry.is_valid.all()
    assert done.geometry.iloc[1].area == pytest.approx(1000 * 1000 + 10 * 10)
    # as written the loop counts against the square: 2 x 100 m² of 1,000,100 m²
    assert dict(notices[0].values)["area"] == "200" and dict(notices[0].values)["share"] == "0.02"


def test_a_bow_tie_may_mean_anything_and_is_refused():
    done, notices = mended_shapes(area(BOW_TIE), COVERAGE)
    assert [(n.code, n.severity, n.row) for n in notices] == [("geometry_invalid", "error", 1)]
    assert done.geometry.iloc[0].equals_exact(BOW_TIE, 0)


def test_an_outline_that_runs_round_twice_is_refused():
    twice = Polygon(at((0, 0), (100, 0), (100, 100), (0, 100), (0, 0), (100, 0), (100, 100), (0, 100)))
    assert [n.code for n in mended_shapes(area(twice), COVERAGE)[1]] == ["geometry_invalid"]


def test_a_spike_leaves_no_line_behind():
    done, notices = mended_shapes(area(SPIKE), COVERAGE)
    assert [n.code for n in notices] == ["polygon_mended"]
    assert done.geometry.iloc[0].equals(SQUARE)


def test_overlapping_parts_of_one_row_are_united():
    done, notices = mended_shapes(area(OVERLAPPING), COVERAGE)
    assert [(n.code, n.severity, dict(n.values)["area"]) for n in notices] == [("parts_united", "warning", "5000")]
    assert done.geometry.iloc[0].area == 15_000


def test_a_hole_that_touches_its_border_along_a_line_is_mended():
    holed = Polygon(at((0, 0), (100, 0), (100, 100), (0, 100)), [at((0, 0), (0, 10), (10, 10), (10, 0))])
    done, notices = mended_shapes(area(holed), COVERAGE)
    assert [n.code for n in notices] == ["polygon_mended"]
    assert done.geometry.iloc[0].area == 100 * 100 - 10 * 10


def test_valid_areas_are_not_touched():
    frame = area(SQUARE)
    done, notices = mended_shapes(frame, COVERAGE)
    assert done is frame and notices == []


def test_layers_that_are_not_mended_come_back_as_they_are():
    frame = area(BOW_TIE)
    assert mended_shapes(frame, LAYERS["cluster"]) == (frame, [])
    assert [c for c, _ in [(n.code, 0) for n in checked(frame, LAYERS["cluster"]).notices]].count("geometry_invalid")


def test_check_leaves_invalid_areas_of_mended_layers_to_the_doctor():
    assert "geometry_invalid" not in {n.code for n in checked(area(BOW_TIE), COVERAGE).notices}
    assert not checked(area(BOW_TIE), COVERAGE).bad.any()


def test_served_areas_of_fibre_are_mended_and_its_lines_looked_through():
    line = LineString(at((0, 0), (100, 0)))
    done, notices = mended_shapes(area(SPIKE, line, line.reverse()), LAYERS["fibre"])
    assert [(n.code, n.row) for n in notices] == [("polygon_mended", 1), ("line_repeated", 3)]
    assert len(done) == 3


def test_a_road_drawn_twice_is_a_warning_and_nothing_else_about_roads():
    line = LineString(at((0, 0), (100, 0)))
    notices = mended_shapes(area(line, line, LineString(at((103, 0), (200, 0)))), LAYERS["road"])[1]
    assert [(n.code, n.row) for n in notices] == [("line_repeated", 2)]


def test_coverage_is_dissolved_per_operator_and_technology():
    beside = translate(SQUARE, 50)
    frame = area(SQUARE, beside, SQUARE, operator=["vnpt", "vnpt", "viettel"], technology=["3G,4G", "4G", "4G"])
    done = dissolved(frame, COVERAGE)
    assert done["id"].tolist() == ["viettel-4G", "vnpt-3G", "vnpt-4G"]
    assert done.geometry.area.tolist() == [10_000, 10_000, 15_000]
    assert done["technology"].tolist() == ["4G", "3G", "4G"] and done.crs == WORK


def test_the_invalid_wards_are_all_mended_and_said(shared):
    wards = gpd.read_file(shared / "geometry" / "vn_wards_invalid_raw_shared.gpkg").to_crs(32648)
    frame = wards[["geometry"]].assign(operator="x", technology="4G", id=wards.index)
    bad = frame.index[~frame.geometry.is_valid] + 1  # 3 of the 49 are valid once they are in metres
    done, notices = mended_shapes(frame, COVERAGE)
    assert (len(frame), len(bad)) == (49, 46)
    assert sorted({n.row for n in notices}) == list(bad)
    assert {n.code for n in notices} == {"polygon_mended"} and done.geometry.is_valid.all()


def test_every_message_is_translated():
    frames = area(SMALL_LOOP, BOW_TIE, OVERLAPPING)
    said = {n.message for n in mended_shapes(frames, COVERAGE)[1]}
    assert len(said) == 3 and said <= set(catalogue("vi"))


def test_sectors_of_a_sheet_and_invalid_areas_of_a_file_come_through_the_reader(tmp_path):
    sheet = (
        "Mã,Nhà mạng,Công nghệ,Góc phương vị (độ),Độ rộng búp sóng (độ),Bán kính phủ (m),Kinh độ,Vĩ độ\r\n"
        "a,VNPT-Vinaphone,LTE,350,40,1000,105.77600,19.80700\r\n"
        "b,vnpt,NR,,360,500,105.77600,19.80700\r\n"
        "c,vnpt,NR,90,,500,105.77600,19.80700\r\n"
    )
    (tmp_path / "sectors.csv").write_text(sheet, encoding="utf-8")
    options = ReadOptions(work=WORK, operators=("vnpt",))
    reading = read_rows(tmp_path / "sectors.csv", COVERAGE, areas=None, options=options)
    assert [(n.code, n.row) for n in reading.notices if n.severity != "info"] == [
        ("operator_read_as", 2),
        ("sector_incomplete", 4),
    ]
    assert reading.frame["operator"].tolist() == ["vnpt", "vnpt"]
    assert reading.frame.geometry.area.tolist() == pytest.approx([pi * 1e6 * 40 / 360, pi * 0.25e6], rel=1e-3)
    area(SQUARE, SPIKE, BOW_TIE).to_file(tmp_path / "areas.gpkg")
    reading = read_rows(tmp_path / "areas.gpkg", COVERAGE, areas=None, options=options)
    assert [(n.code, n.severity, n.row) for n in reading.notices if n.severity != "info"] == [
        ("polygon_mended", "warning", 2),
        ("geometry_invalid", "error", 3),
    ]
    assert reading.frame["id"].tolist() == ["v1", "v2"] and reading.rejected.index.tolist() == [3]
