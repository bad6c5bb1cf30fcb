"""The boundary doctor: every kind of defect is found, with its units, size, place and effect."""

import math

import geopandas as gpd
import pandas as pd
import pytest
from boundaries_world import THANH_HOA, real, sheet_of, square, units
from shapely import LineString, MultiPolygon, Point, Polygon

from geo.boundaries import units as official_units
from geo.boundary_set import boundary_set, known_columns
from geo.crs import area_km2, to_work, working_crs
from geo.defect import Tolerances, ellipsoid_m2
from geo.defect_overlaps import gaps, overlaps
from geo.defects import KINDS, Beside, defects
from geo.errors import CRSError, InputError
from geo.shape_habits import HABITS, habits

SQUARE = square(0, 0, 100, 100)


def kinds(found: pd.DataFrame) -> list[str]:
    return found["kind"].tolist()


def only(found: pd.DataFrame, kind: str) -> pd.Series:
    rows = found[found["kind"] == kind]
    assert len(rows) == 1, kinds(found)
    return rows.iloc[0]


def test_squares_that_share_their_borders_have_no_defect():
    assert defects(units(SQUARE, square(100, 0, 200, 100))).empty


def test_an_overlap_is_found_with_both_units_its_area_its_width_and_a_place_inside():
    found = only(defects(units(SQUARE, square(99.9, 0, 200, 100))), "overlap_sliver")
    assert found["codes"] == ("a", "b") and found["rows"] == (1, 2) and found["severity"] == "warning"
    assert found["area_m2"] == pytest.approx(0.1 * 100, rel=2e-3)  # the plane is 0.02 % off the ellipsoid
    assert found["width_m"] == pytest.approx(2 * 10 / (2 * 100.1))
    there = gpd.GeoSeries([Point(found["lon"], found["lat"])], crs=4326).to_crs(5897).iloc[0]
    assert found.geometry.buffer(1e-3).contains(there)


def test_people_counted_twice_are_the_share_of_area_times_people_of_either_unit():
    crowded = units(SQUARE, square(90, 0, 200, 100), people=[1000.0, 220.0])
    found = only(defects(crowded), "overlap_sliver")
    assert found["people_low"] == pytest.approx(220 * 1000 / 11_000) and found["people_high"] == pytest.approx(100)


def test_without_people_the_effect_is_missing_not_zero():
    found = only(defects(units(SQUARE, square(90, 0, 200, 100))), "overlap_sliver")
    assert math.isnan(found["people_low"]) and math.isnan(found["people_high"])


def test_a_hole_between_units_is_a_gap_with_the_units_round_it():
    left = Polygon(SQUARE.exterior, [square(99, 40, 100, 45).exterior]).difference(square(99, 40, 100, 45))
    found = only(defects(units(left, square(100, 0, 200, 100), people=[1999.0, 1000.0])), "gap_sliver")
    assert found["codes"] == ("a", "b") and found["area_m2"] == pytest.approx(5, rel=2e-3)
    assert found["people_low"] == pytest.approx(5 * 1000 / 10_000) and found["people_high"] == pytest.approx(
        5 * 1999 / 9995
    )


@pytest.mark.parametrize(
    ("width", "kind", "severity"),
    [(0.01, "overlap_sliver", "info"), (5.0, "overlap_sliver", "warning"), (90.0, "overlap", "error")],
)
def test_the_mean_width_says_how_much_an_overlap_weighs(width, kind, severity):
    long = units(square(0, 0, 1000, 1000), square(1000 - width, 0, 2000, 1000))
    found = only(defects(long, Beside(limits=Tolerances(repair_m=50))), kind)
    assert found["severity"] == severity


def test_units_that_only_touch_in_a_corner_neither_overlap_nor_leave_a_gap():
    assert defects(units(SQUARE, square(100, 100, 200, 200))).empty


def test_an_outline_that_crosses_itself_is_named_with_the_point_where():
    bow = Polygon([(500_000, 2_200_000), (500_100, 2_200_100), (500_100, 2_200_000), (500_000, 2_200_100)])
    found = only(defects(units(bow)), "ring_invalid")
    assert dict(found["values"]) == {"why": "Self-intersection"} and found["codes"] == ("a",)
    assert found.geometry.equals(Point(500_050, 2_200_050))


@pytest.mark.parametrize(
    ("shape", "kind"),
    [(None, "shape_missing"), (Polygon(), "shape_missing"), (LineString([(0, 0), (1, 1)]), "shape_not_polygon")],
)
def test_a_row_without_a_polygon_is_found_and_the_others_are_still_looked_at(shape, kind):
    found = defects(units(shape, SQUARE, square(90, 0, 200, 100)))
    assert sorted(kinds(found)) == sorted([kind, "overlap_sliver"])
    assert only(found, kind)["rows"] == (1,)


@pytest.mark.parametrize("box", [(-190, 10, -189, 11), (105, 91, 106, 92), (-179, 10, 179, 11)])
def test_degrees_that_do_not_exist_are_said_and_not_measured(box):
    west, south, east, north = box
    shape = Polygon([(west, south), (east, south), (east, north), (west, north)])
    assert kinds(defects(units(shape, crs="EPSG:4326"))) == ["position_impossible"]


def test_a_code_given_twice_and_a_shape_given_twice_are_one_defect_each():
    twice = units(SQUARE, SQUARE, code=["x", "x"], people=[40.0, 50.0])
    found = defects(twice)
    assert sorted(kinds(found)) == ["code_repeated", "shape_repeated"]
    assert only(found, "code_repeated")["rows"] == (1, 2)
    assert (only(found, "shape_repeated")["people_low"], only(found, "shape_repeated")["people_high"]) == (40, 50)


def test_rows_without_a_code_are_not_repeats_of_each_other():
    assert defects(units(SQUARE, square(100, 0, 200, 100), code=["", ""])).empty


def test_land_outside_the_parent_and_a_parent_not_filled():
    parent = units(square(0, 0, 150, 100), name=["Tỉnh P"])
    found = defects(units(SQUARE, square(100, 0, 200, 50), people=[10.0, 100.0]), Beside(parents=parent))
    out, empty = only(found, "outside_parent"), only(found, "parent_not_filled")
    assert out["codes"] == ("b",) and out["area_m2"] == pytest.approx(50 * 50, rel=2e-3)
    assert out["people_low"] == pytest.approx(100 * 2500 / 5000) and dict(out["values"]) == {"parent": "Tỉnh P"}
    assert empty["area_m2"] == pytest.approx(50 * 50, rel=2e-3)


def test_a_child_belongs_to_the_parent_it_names_else_to_the_one_that_holds_most_of_it():
    parents = units(SQUARE, square(100, 0, 200, 100))
    child = square(0, 0, 100, 100)
    named = defects(units(child, parent=["b"]), Beside(parents=parents))
    assert only(named, "outside_parent")["area_m2"] == pytest.approx(10_000, rel=2e-3)
    assert kinds(defects(units(child), Beside(parents=parents))) == ["parent_not_filled"]


def test_an_area_is_compared_with_the_official_one():
    km = square(0, 0, 1000, 1000)
    found = only(defects(units(km, area_official_km2=[1.2])), "area_differs")
    assert found["area_m2"] == pytest.approx(0.2e6, rel=2e-3)
    assert defects(units(km, area_official_km2=[1.02])).empty


def test_a_stated_box_that_is_not_that_of_the_shape_is_found():
    shape = square(0, 0, 1000, 1000)
    west, south, east, north = gpd.GeoSeries([shape], crs=5897).to_crs(4326).total_bounds
    assert defects(units(shape, west=[west], south=[south], east=[east], north=[north])).empty
    turned = defects(units(shape, west=[south], south=[west], east=[north], north=[east]))
    assert kinds(turned) == ["box_wrong"]


def test_a_unit_far_from_all_others_is_found_but_the_two_archipelagos_may_be_far():
    away = square(400_000, 0, 400_100, 100)
    assert kinds(defects(units(SQUARE, square(100, 0, 200, 100), away))) == ["far_outside"]
    island = units(SQUARE, square(100, 0, 200, 100), away, name=["A", "B", "Đặc khu Trường Sa"])
    assert defects(island).empty


def test_a_set_of_the_whole_country_must_have_both_archipelagos():
    north, south = (Polygon([(105, y), (106, y), (106, y + 1), (105, y + 1)]) for y in (22, 9))
    found = defects(units(north, south, crs="EPSG:4326"), Beside(limits=Tolerances(far_m=1e7)))
    assert [dict(v)["code"] for v in found["values"]] == ["20333", "22736"]
    assert set(kinds(found)) == {"archipelago_missing"}


def test_units_of_the_official_list_that_the_set_lacks_are_named():
    codes = official_units("2025-07-01").index[:2].tolist()
    found = only(defects(units(SQUARE, square(100, 0, 200, 100), code=codes)), "unit_missing")
    assert dict(found["values"])["n"] == str(166 - 2) and dict(found["values"])["vintage"] == "2025-07-01"


def test_errors_come_first_then_the_largest_and_row_order_plays_no_part():
    mixed = units(
        square(0, 0, 1000, 1000),
        square(910, 0, 2000, 1000),
        square(0, 999, 1000, 2000),
        square(1000, 999.5, 2000, 2000),
    )
    found, turned = defects(mixed), defects(mixed.iloc[::-1])
    assert found["severity"].tolist() == sorted(found["severity"], key=["error", "warning", "info"].index)
    assert found["area_m2"].round(3).tolist() == turned["area_m2"].round(3).tolist()


def test_nothing_is_changed_and_a_set_without_crs_is_refused():
    given = units(SQUARE, square(90, 0, 200, 100))
    copy = given.copy(deep=True)
    defects(given)
    assert given.equals(copy)
    with pytest.raises(CRSError):
        defects(given.set_crs(None, allow_override=True))


def test_habits_of_geojson_name_the_units_that_have_them():
    clockwise = Polygon([(105, 20), (105, 20.1), (105.1, 20.1), (105.1, 20)])
    fine = Polygon([(105.2, 20), (105.3, 20), (105.3, 20.1), (105.2, 20.1)])
    found = {d.kind: d.units for d in habits(units(clockwise, MultiPolygon([fine]), crs="EPSG:4326"))}
    assert found == {"ring_direction": (0,), "part_single": (1,)} and set(found) <= set(HABITS)


# Real data --------------------------------------------------------------------------------------------


def test_communes_of_2025_overlap_in_31_pairs_and_leave_25_micro_gaps(shared):
    found = defects(real(shared / THANH_HOA, "communes_2025"))
    over, gap = (found[found["kind"].str.startswith(kind)] for kind in ("overlap", "gap"))
    assert len(over) == 31 and over["area_m2"].sum() / 1e6 == pytest.approx(0.0148, abs=5e-5)
    assert len(gap) == 25 and gap["area_m2"].sum() < 150 and not (found["severity"] == "error").any()


@pytest.mark.full
def test_the_raw_communes_have_616_gaps_in_utm_48_and_071_km2_of_overlap(shared):
    """The README counted holes of the union in UTM 48N; in the file's own degrees the same land has 612."""
    raw = real(shared / THANH_HOA, "communes_2025_raw_mar2026_slivers")
    flat = to_work(raw, working_crs("EPSG:32648")).geometry.to_numpy()
    holes = gpd.GeoDataFrame(geometry=list(gaps(flat)), crs="EPSG:32648")
    assert len(holes) == 616 and area_km2(holes) == pytest.approx(0.72, abs=0.006)
    assert len(gaps(raw.geometry.to_numpy())) == 612
    pairs, shapes = overlaps(raw.geometry.to_numpy())
    assert len(pairs) == 105
    assert ellipsoid_m2(gpd.GeoSeries(list(shapes), crs=4326)).sum() / 1e6 == pytest.approx(0.71, abs=0.005)


@pytest.mark.full
def test_the_simplified_province_differs_from_its_communes_by_56_8_and_57_6_km2(shared):
    province = real(shared / THANH_HOA, "province_2025_simplified")
    found = defects(real(shared / THANH_HOA, "communes_2025"), Beside(parents=province))
    sums = found.groupby("kind")["area_m2"].sum() / 1e6
    assert sums["parent_not_filled"] == pytest.approx(56.8, abs=0.05)
    assert sums["outside_parent"] == pytest.approx(57.6, abs=0.05)


def test_the_coarse_communes_of_2012_overlap_by_48_km2_and_leave_56_km2(shared):
    found = defects(real(shared / THANH_HOA, "communes_2012_lowres_pop2009"))
    for kind, km2 in (("overlap", 48), ("gap", 56)):
        assert found.loc[found["kind"].str.startswith(kind), "area_m2"].sum() / 1e6 == pytest.approx(km2, abs=0.5)


def test_districts_are_clean_but_for_rounding(shared):
    set_ = real(shared / THANH_HOA, "districts_27_pre2025")
    assert set(defects(set_)["severity"]) == {"info"}
    assert to_work(set_, working_crs("EPSG:32648")).area.sum() / 1e6 == pytest.approx(11_082.4, abs=0.05)


def test_every_one_of_the_49_invalid_wards_is_named(shared):
    set_ = real(shared / "geometry" / "vn_wards_invalid_raw_shared.gpkg", rename=(("code", "ma1"),))
    rings = defects(set_).query("kind == 'ring_invalid'")
    assert len(rings) == 49 and {c for codes in rings["codes"] for c in codes} == set(set_["code"])
    assert rings["lon"].between(102, 110).all() and rings["lat"].between(8, 24).all()


def test_the_wards_of_ho_chi_minh_city_are_clean(shared):
    set_ = real(shared / "geometry" / "vn_hcmc_wards_2019pop" / "Population_Ward_Level.shp")
    assert len(set_) == 322 and set_["people"].sum() > 8e6 and defects(set_).empty


def test_hoang_sa_and_truong_sa_are_both_there(shared):
    set_ = real(shared / "geometry" / "vn_hoangsa_truongsa_2025.gpkg")
    assert set_["code"].tolist() == ["20333", "22736"]
    assert "archipelago_missing" not in kinds(defects(set_)) and "far_outside" not in kinds(defects(set_))


EXAMPLES = {
    "invalid_geometries/invalid_exterior_not_ccw": "ring_direction",
    "invalid_geometries/invalid_interior_not_cw": "ring_direction",
    "problematic_geometries/problematic_3d_coordinates": "height_given",
    "problematic_geometries/problematic_crosses_antimeridian": "position_impossible",
    "problematic_geometries/problematic_duplicate_nodes": "corner_repeated",
    "problematic_geometries/problematic_excessive_coordinate_precision": "digits_many",
    "problematic_geometries/problematic_excessive_vertices": "corners_many",
    "problematic_geometries/problematic_holes": "gap_sliver",
    "problematic_geometries/problematic_inner_and_exterior_ring_intersect": "ring_invalid",
    "problematic_geometries/problematic_multitype_geometry_with_just_one_geometry": "part_single",
    "problematic_geometries/problematic_outside_lat_lon_boundaries": "position_impossible",
    "problematic_geometries/problematic_self_intersection_large": "ring_invalid",
    "problematic_geometries/problematic_self_intersection_small": "ring_invalid",
    "problematic_geometries/problematic_zero_length_linestring": "shape_not_polygon",
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_of_broken_geometry_are_found_as_their_names_say(shared, name):
    set_ = real(shared / "geometry" / "examples" / f"{name}.geojson")
    assert EXAMPLES[name] in {*kinds(defects(set_)), *(d.kind for d in habits(set_))}


# Columns ----------------------------------------------------------------------------------------------


def test_columns_are_found_by_their_headings_and_a_code_must_tell_rows_apart():
    frame = gpd.GeoDataFrame(
        {"Mã xã": ["1", "1"], "Tên thôn": ["A", "B"], "Số khẩu": [10, "20"]},
        geometry=[SQUARE, square(100, 0, 200, 100)], crs=5897,
    )  # fmt: skip
    set_, _ = boundary_set(sheet_of(frame))
    assert set_["code"].tolist() == ["", ""] and set_["parent"].tolist() == ["1", "1"]
    assert set_["name"].tolist() == ["A", "B"] and set_["people"].tolist() == [10, 20]


def test_a_sheet_without_shapes_or_crs_or_with_an_unknown_column_is_refused():
    frame = gpd.GeoDataFrame({"code": ["a"]}, geometry=[SQUARE])
    for rename, text in (((), "CRS"), ((("kod", "code"),), "kod")):
        with pytest.raises(InputError, match=text):
            boundary_set(sheet_of(frame), rename)
    assert len({c.name for c in known_columns()}) == len(known_columns()) and len(set(KINDS)) == len(KINDS)
