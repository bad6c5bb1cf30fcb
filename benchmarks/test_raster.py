"""Population where the signal reaches a level, beside exactextract and rasterstats; coverage from a signal map."""

import time
from datetime import date

import geopandas as gpd
import numpy as np
import pytest
import shapely
from affine import Affine
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource
from pyproj import CRS
from rasterstats import zonal_stats
from scipy.ndimage import gaussian_filter

from benchmarks import province
from geo import zonal
from geo.cover import cover
from geo.grid import Grid
from geo.measure import people_where
from geo.signal import SignalMap, Signals, coverage_rows

pytestmark = pytest.mark.benchmark(timer=time.process_time)
LEAST = -105.0
BOUNDS = (province.WEST, province.SOUTH, province.WEST + province.SIDE, province.SOUTH + province.SIDE)


@pytest.fixture(scope="module")
def cells(size):
    """Cells on a side: 21 m wide at full size."""
    return 5000 if size.judged else 400


@pytest.fixture(scope="module")
def villages(size):
    return province.villages(size.villages)


@pytest.fixture(scope="module")
def population(cells):
    return Grid(np.random.default_rng(5).gamma(0.2, 0.5, (cells, cells)), BOUNDS, CRS(province.CRS))


@pytest.fixture(scope="module")
def signal(cells):
    """Levels that fall with the distance to the nearest of some stations, and shadows that reach over a few cells."""
    rng = np.random.default_rng(6)
    height = np.full((cells, cells), -160.0, dtype=np.float32)
    rows, columns = np.mgrid[0:cells, 0:cells].astype(np.float32)
    reach = cells // 12
    for row, column in rng.integers(0, cells, (400, 2)):
        near = slice(max(row - reach, 0), row + reach), slice(max(column - reach, 0), column + reach)
        away = np.hypot(rows[near] - row, columns[near] - column) * province.SIDE / cells
        height[near] = np.maximum(height[near], -60 - 35 * np.log10(np.maximum(away, 50) / 300))
    for reach, decibels in ((3, 3), (10, 5)):
        noise = gaussian_filter(rng.normal(size=(cells, cells)).astype(np.float32), reach)
        height += noise * decibels / noise.std()
    grid = Grid(np.clip(height, -160, -21), BOUNDS, CRS(province.CRS))
    return SignalMap("x", "4G", "rsrp", grid, grid, "P", date(2026, 1, 1), "bench")


def anew(villages, population, signal):
    """With the cell fractions made anew, as in the first of several calls."""
    zonal._kept.clear()
    return people_where(villages, population, signal, LEAST)


def masked(population: Grid, signal: SignalMap) -> np.ndarray:
    return np.where(signal.low.values >= LEAST, population.values, 0)


def by_exactextract(villages, population, signal):
    """Feature by feature, as it does by default; only one of the three columns that ours gives."""
    source = NumPyRasterSource(masked(population, signal), *BOUNDS)
    return exact_extract(source, villages, ["sum"], strategy="feature-sequential", output="pandas")["sum"].to_numpy()


def by_rasterstats(villages, population, signal):
    """Cells by their centre, so its sums are only near."""
    side = province.SIDE / len(population.values)
    at = Affine(side, 0, BOUNDS[0], 0, -side, BOUNDS[3])
    values = masked(population, signal)
    found = zonal_stats(villages.geometry, values, affine=at, stats=["sum"], nodata=-1)
    return np.array([one["sum"] or 0 for one in found], dtype=float)


def test_population_where_the_signal_reaches_beside_exactextract(beside, size, villages, population, signal):
    found, expected, ratio = beside(
        lambda: anew(villages, population, signal), lambda: by_exactextract(villages, population, signal)
    )
    np.testing.assert_allclose(found["low"], expected, rtol=1e-9, atol=1e-9)
    assert size.reaches(ratio, 1)


def test_population_where_the_signal_reaches_with_kept_fractions(beside, size, villages, population, signal):
    people_where(villages, population, signal, LEAST)
    found, expected, ratio = beside(
        lambda: people_where(villages, population, signal, LEAST), lambda: by_exactextract(villages, population, signal)
    )
    np.testing.assert_allclose(found["low"], expected, rtol=1e-9, atol=1e-9)
    assert size.reaches(ratio, 3)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning", "ignore::UserWarning")
def test_population_where_the_signal_reaches_beside_rasterstats(beside, size, villages, population, signal):
    found, expected, ratio = beside(
        lambda: anew(villages, population, signal), lambda: by_rasterstats(villages, population, signal)
    )
    assert found["low"].sum() == pytest.approx(expected.sum(), rel=0.01)
    assert size.reaches(ratio, 5)


def united(rows: gpd.GeoDataFrame) -> float:
    """Area of the union, as plain shapely finds it."""
    return float(shapely.union_all(rows.geometry.to_numpy()).area)


def test_coverage_from_a_signal_map(beside, size, signal):
    """Drawing and indexing the polygons, against uniting the same polygons."""
    drawn = coverage_rows(Signals((signal,)), {"4G": LEAST})
    found, area, ratio = beside(lambda: cover(coverage_rows(Signals((signal,)), {"4G": LEAST})), lambda: united(drawn))
    assert shapely.area(found.pieces).sum() == pytest.approx(area, rel=1e-9)
    assert size.reaches(ratio, 0)
