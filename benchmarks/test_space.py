"""Points in polygons, covered share and nearest, each against the plain way of geopandas, with equal results."""

import time

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from benchmarks import province
from geo.measure import cover, covered_share, nearest_m
from geo.place import containing

# Both ways run on one thread: seconds of the processor compare fairly on a machine that is also busy elsewhere.
pytestmark = pytest.mark.benchmark(timer=time.process_time)


@pytest.fixture(scope="module")
def villages(size):
    return province.villages(size.villages)


@pytest.fixture(scope="module")
def points(size, villages):
    """Random points, the first thousand exactly on corners of villages."""
    drawn = province.points(size.points)
    corners = shapely.get_coordinates(villages.geometry.to_numpy())[:: len(villages) // 100][:1000]
    return drawn.set_geometry(np.concatenate([shapely.points(corners), drawn.geometry.to_numpy()[len(corners) :]]))


@pytest.fixture(scope="module")
def coverage(size):
    return province.coverage(size.vertices)


def test_points_in_polygons(beside, size, villages, points):
    shapes = villages[["geometry"]]
    found, joined, ratio = beside(
        lambda: containing(points, villages), lambda: gpd.sjoin(points, shapes, predicate="intersects")
    )
    first = joined["village"].groupby(level=0).min().reindex(points.index)
    pd.testing.assert_series_equal(found, first, check_names=False)
    assert size.reaches(ratio, 3)


def overlaid(villages: gpd.GeoDataFrame, united: gpd.GeoDataFrame) -> pd.Series:
    """Covered area of each village by `geopandas.overlay` with the separate polygons of the union."""
    cut = gpd.overlay(villages.reset_index()[["village", "geometry"]], united, how="intersection", keep_geom_type=True)
    return cut.area.groupby(cut["village"]).sum().reindex(villages.index, fill_value=0.0)


def union(coverage: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=shapely.get_parts(coverage.union_all()), crs=coverage.crs)


def test_covered_share_with_the_union_made_anew(beside, size, villages, coverage):
    found, area, ratio = beside(
        lambda: covered_share(villages, cover(coverage.copy())), lambda: overlaid(villages, union(coverage))
    )
    np.testing.assert_allclose(found * villages.area, area, rtol=1e-6, atol=1e-3)
    assert size.reaches(ratio, 6)


def test_covered_share_with_the_stored_union(beside, size, villages, coverage):
    stored, united = cover(coverage), union(coverage)
    found, area, ratio = beside(lambda: covered_share(villages, stored), lambda: overlaid(villages, united))
    np.testing.assert_allclose(found * villages.area, area, rtol=1e-6, atol=1e-3)
    assert size.reaches(ratio, 15)


def plane(points: gpd.GeoDataFrame, targets: gpd.GeoDataFrame, label: pd.Series) -> np.ndarray:
    """Metres in the plane from each point to its target."""
    return shapely.distance(points.geometry.to_numpy(), targets.geometry.loc[label].to_numpy())


@pytest.mark.parametrize(
    ("kind", "least"),
    [("sites", 0), ("routes", 5)],  # between points there is nothing to gain: ours also measures on the ellipsoid
)
def test_nearest(beside, size, kind, least):
    points = province.points(size.near, seed=8)
    targets = province.points(size.sites, seed=9) if kind == "sites" else province.lines(size.routes)
    found, joined, ratio = beside(
        lambda: nearest_m(points, targets), lambda: gpd.sjoin_nearest(points, targets, distance_col="plane_m")
    )
    away = joined.groupby(level=0)["plane_m"].first()
    ours = plane(points, targets, found["target"])
    same = ours == away
    assert same.mean() > 0.99  # where two are nearly equally near, the nearer on the ellipsoid is another
    np.testing.assert_allclose(ours, away, rtol=1e-3)
    assert size.reaches(ratio, least)
