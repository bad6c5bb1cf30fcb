"""Approximate communes from points, boxes and areas: a coverage that can be drawn, and how near the truth it is."""

import geopandas as gpd
import pandas as pd
import pytest
from pyproj import CRS
from shapely.geometry import box

from geo.approximate import approximate, approximate_communes
from geo.crs import to_work
from geo.errors import InputError, VintageError

pytestmark = pytest.mark.xdist_group("approximate")  # its fixtures are made once

WORK = CRS.from_epsg(5897)
BOX = ["west", "south", "east", "north"]


@pytest.fixture(scope="module")
def shipped() -> gpd.GeoDataFrame:
    return approximate_communes("2025-07-01", WORK)


def four(**columns) -> pd.DataFrame:
    """Four places at the corners of a square of about 10 km."""
    at = {"lon": [105.7, 105.8, 105.7, 105.8], "lat": [19.7, 19.7, 19.8, 19.8]}
    return pd.DataFrame(at | columns, index=pd.Index(list("abcd"), name="commune"))


def degrees(geometry) -> object:
    return to_work(gpd.GeoDataFrame(geometry=[geometry], crs="EPSG:4326"), WORK).geometry.iloc[0]


def test_shapes_are_one_valid_coverage_in_the_working_crs(shipped):
    assert shipped.geometry.is_valid_coverage()
    assert shipped.geometry.is_valid.all()
    assert set(shipped.geom_type) == {"Polygon"}
    assert (shipped.crs, shipped.index.name, set(shipped["shape"])) == (WORK, "commune", {"approximate"})


def test_shapes_beat_an_overlap_of_061_with_the_real_communes(shipped, shared):
    real = gpd.read_file(shared / "thanhhoa" / "th_boundaries.gpkg", layer="communes_2025").set_index("code")
    real = to_work(real, WORK).geometry.loc[shipped.index]
    common = shipped.geometry.intersection(real).area
    overlap = common / (shipped.area + real.area - common)
    assert len(overlap) == 166
    assert overlap.mean() > 0.72
    assert overlap.min() > 0.30


def test_the_same_input_in_another_order_gives_the_same_shapes():
    given = four(area_official_km2=[50.0, 100.0, 100.0, 100.0])
    first = approximate(given, crs=WORK)
    second = approximate(given.iloc[::-1], crs=WORK).loc[given.index]
    assert (first.geometry.symmetric_difference(second.geometry).area < 0.01 * first.area).all()


def test_a_lone_unit_gets_about_its_area_round_its_point():
    given = pd.DataFrame({"lon": [105.7], "lat": [19.8], "area_official_km2": [50.0]}, index=["a"])
    found = approximate(given, crs=WORK)
    assert found.area.iloc[0] == pytest.approx(50e6, rel=0.05)
    assert found.geometry.centroid.distance(degrees(box(105.7, 19.8, 105.7, 19.8).centroid)).iloc[0] < 300


def test_an_outline_is_filled_exactly_without_overlaps():
    outline = degrees(box(105.63, 19.64, 105.87, 19.86))
    found = approximate(four(), crs=WORK, outline=outline)
    assert found.union_all().symmetric_difference(outline).area < 1.0
    assert found.area.sum() == pytest.approx(outline.area)
    assert found.geometry.is_valid_coverage()


def test_a_box_beats_the_plain_distance_to_points():
    boxes = four(west=[105.6, 105.77, 105.6, 105.77], south=[19.65, 19.65, 19.75, 19.75])
    boxes = boxes.assign(east=[105.77, 105.85, 105.77, 105.85], north=[19.75, 19.75, 19.85, 19.85])
    found = approximate(boxes, crs=WORK)
    assert found.loc["a", "geometry"].contains(degrees(box(105.755, 19.7, 105.76, 19.71)))


def test_a_box_of_another_place_is_ignored():
    seeds = pd.DataFrame([["s", "a", 106.5, 20.5, 106.6, 20.6]], columns=["seed", "unit", *BOX])
    areas = four(area_official_km2=100.0)
    assert approximate(areas, crs=WORK, seeds=seeds).geometry.geom_equals(approximate(areas, crs=WORK).geometry).all()


def test_a_box_of_a_unit_that_is_not_given_is_refused():
    seeds = pd.DataFrame([["s", "z", 105.7, 19.7, 105.8, 19.8]], columns=["seed", "unit", *BOX])
    with pytest.raises(InputError, match="z"):
        approximate(four(), crs=WORK, seeds=seeds)


@pytest.mark.parametrize("given", [four().iloc[:0], four(lon=None), pd.concat([four(), four()])])
def test_no_unit_no_point_or_a_repeated_id_is_refused(given):
    with pytest.raises(InputError, match="at least one unit"):
        approximate(given, crs=WORK)


def test_an_unknown_vintage_is_refused():
    with pytest.raises(VintageError):
        approximate_communes("2012-01-01", WORK)
