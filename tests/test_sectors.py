"""Sectors from sites with azimuth, beam width and range: from true north, across north, in metres on the ellipsoid."""

from math import pi

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import Geod, Transformer
from shapely import Point, box

import geo.layers  # noqa: F401 registers them
from geo.layer import LAYERS
from geo.mended_shapes import mended_shapes
from geo.sectors import sectors
from tests.conftest import SOUTH, WEST, WORK

COVERAGE = LAYERS["coverage"]
HERE = Point(WEST, SOUTH)
CHORD = 5e-4  # 2 degrees between points of the arc: 0.02 % short; scale of EPSG:5897 here: up to 0.02 % on each side


def drawn(azimuth, beam, range_m, at=HERE, crs=WORK):
    values = (np.array([float(v)]) for v in (azimuth, beam, range_m))
    return sectors(gpd.GeoSeries([at], crs=crs), *values)[0]


def rows(**columns) -> gpd.GeoDataFrame:
    facts = {"id": ["s1"], "operator": ["vnpt"], "technology": ["4G"], "azimuth_deg": [90.0], "beam_width_deg": [60.0],
             "range_m": [1000.0]}  # fmt: skip
    facts |= {k: [v] for k, v in columns.items()}
    return gpd.GeoDataFrame(facts, geometry=[HERE], crs=WORK)


def test_a_third_of_a_disc_of_1000_m_has_a_third_of_pi_km2():
    assert drawn(0, 120, 1000).area == pytest.approx(pi * 1e6 / 3, rel=CHORD)


def test_all_round_is_a_disc():
    disc = drawn(45, 360, 1000)
    assert disc.area == pytest.approx(pi * 1e6, rel=CHORD)
    assert disc.is_valid and not disc.boundary.dwithin(HERE, 900)


def test_azimuth_runs_clockwise_from_north():
    east = drawn(90, 60, 1000)
    assert east.contains(Point(WEST + 900, SOUTH)) and not east.intersects(Point(WEST - 10, SOUTH))
    assert not east.intersects(Point(WEST, SOUTH + 100))


def test_a_sector_may_lie_across_north():
    north = drawn(350, 40, 1000)  # from 330 to 10 degrees
    inside = [Point(WEST + 900 * np.sin(np.radians(a)), SOUTH + 900 * np.cos(np.radians(a))) for a in (332, 0, 8)]
    assert all(north.contains(spot) for spot in inside)
    assert not north.intersects(Point(WEST + 900 * np.sin(np.radians(14)), SOUTH + 900 * np.cos(np.radians(14))))


def test_azimuth_is_from_true_north_where_the_grid_is_turned():
    # three degrees west of the central meridian 105 the grid of EPSG:5897 is turned by about 1 degree
    at = Point(*Transformer.from_crs(4756, WORK, always_xy=True).transform(102.0, 20.0))
    tip = drawn(0, 2, 5000, at=at).centroid
    to_degrees = Transformer.from_crs(WORK, 4756, always_xy=True)
    bearing, _, metres = Geod(ellps="WGS84").inv(102.0, 20.0, *to_degrees.transform(tip.x, tip.y))
    assert bearing == pytest.approx(0, abs=0.01)
    assert abs(np.degrees(np.arctan2(tip.x - at.x, tip.y - at.y))) > 0.9
    assert metres == pytest.approx(5000 * 2 / 3, rel=1e-3)


def test_the_arc_is_as_far_as_the_range_says():
    ring = drawn(120, 65, 1500).exterior
    far = [shapely.distance(HERE, Point(xy)) for xy in ring.coords]
    assert far[0] == far[-1] == 0
    assert far[1:-1] == pytest.approx([1500] * (len(far) - 2), rel=3e-4)


def test_narrow_and_wide_sectors_are_valid():
    for beam in (1, 2, 90, 180, 181, 300, 359):
        found = drawn(10, beam, 2000)
        assert found.is_valid
        assert found.area == pytest.approx(pi * 4e6 * beam / 360, rel=CHORD)


def test_a_coverage_row_with_a_point_becomes_its_sector():
    done, notices = mended_shapes(rows(), COVERAGE)
    assert done.geometry.iloc[0].equals(drawn(90, 60, 1000))
    assert [(n.code, n.severity, n.row) for n in notices] == [("sectors_drawn", "info", 0)]
    assert notices[0].text() != notices[0].text("en")


def test_all_round_needs_no_azimuth():
    done, notices = mended_shapes(rows(azimuth_deg=np.nan, beam_width_deg=360.0), COVERAGE)
    assert done.geometry.iloc[0].area == pytest.approx(pi * 1e6, rel=CHORD)
    assert [n.code for n in notices] == ["sectors_drawn"]


@pytest.mark.parametrize(
    ("lacking", "title"),
    [("azimuth_deg", "Góc phương vị"), ("beam_width_deg", "Độ rộng búp sóng"), ("range_m", "Bán kính phủ")],
)
def test_a_point_that_lacks_something_is_an_error_that_names_it(lacking, title):
    done, notices = mended_shapes(rows(**{lacking: np.nan}), COVERAGE)
    assert [(n.code, n.severity, n.row, n.sender_id) for n in notices] == [("sector_incomplete", "error", 1, "s1")]
    assert title in notices[0].text()
    assert done.geometry.iloc[0] == HERE


def test_areas_and_rows_without_shape_stay_as_they_are():
    frame = rows().set_geometry([box(WEST, SOUTH, WEST + 9, SOUTH + 9)], crs=WORK)
    done, notices = mended_shapes(frame, COVERAGE)
    assert notices == []
    assert done.geometry.equals(frame.geometry)


def test_stations_stay_points():
    done, notices = mended_shapes(rows(), LAYERS["bts"])
    assert notices == [] and done.geometry.iloc[0] == HERE
