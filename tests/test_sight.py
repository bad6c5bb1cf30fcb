"""Line of sight over terrain, by hand: plains, walls, the bulge of the sea, grazing hills, unknown ground."""

import geopandas as gpd
import numpy as np
import pytest
from conftest import SOUTH, WEST, WORK, spot

from geo.errors import CRSError
from geo.measure import Grid
from geo.sight import elevation, obstruction


def ground(values, cell=100.0) -> Grid:
    """A grid of `cell` metres, its south-west corner at that of the toy world."""
    values = np.asarray(values, dtype=float)
    rows, columns = values.shape
    return Grid(values, (WEST, SOUTH, WEST + cell * columns, SOUTH + cell * rows), WORK)


def points(*xy) -> gpd.GeoSeries:
    return gpd.GeoSeries([spot(x, y) for x, y in xy], crs=WORK)


def seen(terrain, a, b, masts=(10.0, 10.0), **options):
    row = obstruction(points(a), masts[0], points(b), masts[1], terrain, **options).iloc[0]
    return row["sight"], row["over_m"], row["at_m"]


FLAT_EARTH = {"k": 1e12}


def test_over_a_plain_the_line_stays_above_by_the_lower_antenna():
    # 30 m at one end, 2 m at the other: nearest to the ground at the second end, 800 m away
    sight, over, at = seen(ground(np.zeros((3, 10))), (50, 150), (850, 150), (30, 2), **FLAT_EARTH)
    assert (sight, over, at) == ("clear", pytest.approx(-2), pytest.approx(800))


def test_a_wall_blocks_by_what_stands_above_the_line():
    wall = np.zeros((3, 10))
    wall[:, 4] = 25.0  # its middle lies 450 m from the border, 400 m from the first point
    sight, over, at = seen(ground(wall), (50, 150), (850, 150), (30, 10), **FLAT_EARTH)
    # halfway the line is at (30 + 10) / 2 = 20 m
    assert (sight, over, at) == ("blocked", pytest.approx(25 - 20), pytest.approx(400))


def test_a_hill_that_only_touches_the_line_does_not_block_it():
    hill = np.zeros((3, 10))
    hill[:, 4] = 20.0
    sight, over, at = seen(ground(hill), (50, 150), (850, 150), (30, 10), **FLAT_EARTH)
    assert (sight, over, at) == ("clear", pytest.approx(0, abs=1e-9), pytest.approx(400))
    hill[:, 4] = 20.001
    assert seen(ground(hill), (50, 150), (850, 150), (30, 10), **FLAT_EARTH)[0] == "blocked"


def test_the_sea_bulges_between_ends_fifty_kilometres_apart():
    # in the middle d1 = d2 = 25 km: 25,000² / (2 · 4/3 · 6,371,000) = 625,000,000 / 16,989,333 = 36.79 m
    sea = ground(np.zeros((2, 50)), cell=1000.0)
    bulge = 625_000_000 / 16_989_333.333
    assert bulge == pytest.approx(36.788, abs=1e-3)
    sight, over, at = seen(sea, (0, 1000), (50_000, 1000), (30, 30))
    assert (sight, over, at) == ("blocked", pytest.approx(bulge - 30), pytest.approx(25_000))
    assert seen(sea, (0, 1000), (50_000, 1000), (37, 37))[0] == "clear"
    # without refraction the bulge is a third higher: 49.05 m
    assert seen(sea, (0, 1000), (50_000, 1000), (37, 37), k=1)[1] == pytest.approx(bulge * 4 / 3 - 37)


def test_ends_stand_on_the_ground_below_them():
    slope = np.tile(np.arange(10) * 10.0, (3, 1))  # 10 m up per 100 m: antennas above it never touch it
    assert seen(ground(slope), (50, 150), (850, 150), (1, 1), **FLAT_EARTH)[:2] == ("clear", pytest.approx(-1))


def test_ground_lies_between_the_centres_of_four_cells_by_their_distances():
    grid = ground([[0, 10], [20, 50]])  # centres at 50 and 150 m; the first row is the northern one
    at = points((50, 150), (100, 150), (100, 100), (50, 75), (0, 200), (201, 100))
    # (0 + 10) / 2; the mean of all four; a quarter of the way from 20 to 0; a border cell; outside
    assert elevation(at, grid).tolist()[:5] == pytest.approx([0, 5, (0 + 10 + 20 + 50) / 4, 15, 0])
    assert np.isnan(elevation(at, grid).iloc[5])


@pytest.mark.parametrize(("a", "b", "masts"), [
    ((50, 150), (1050, 150), (10, 10)),  # the second point lies outside the grid
    ((50, 150), (850, 150), (np.nan, 10)),  # the height of a mast is not known
])  # fmt: skip
def test_without_both_ends_nothing_is_known(a, b, masts):
    sight, over, _ = seen(ground(np.zeros((3, 10))), a, b, masts)
    assert sight == "unknown"
    assert np.isnan(over)


def test_unknown_ground_proves_no_clear_line_but_known_ground_still_blocks():
    holed = np.zeros((3, 10))
    holed[:, 2] = np.nan
    assert seen(ground(holed), (50, 150), (850, 150))[0] == "unknown"
    holed[:, 6] = 40.0
    assert seen(ground(holed), (50, 150), (850, 150), **FLAT_EARTH)[:2] == ("blocked", pytest.approx(40 - 10))


def test_many_pairs_are_told_as_each_alone(monkeypatch):
    rng = np.random.default_rng(3)
    terrain = ground(rng.uniform(0, 60, (30, 30)))
    a, b = (points(*rng.uniform(0, 3000, (40, 2))) for _ in range(2))
    masts = rng.uniform(5, 80, 40)
    whole = obstruction(a, masts, b, 1.5, terrain)
    monkeypatch.setattr("geo.sight.SAMPLES_AT_ONCE", 50)
    alone = [seen(terrain, (p.x - WEST, p.y - SOUTH), (q.x - WEST, q.y - SOUTH), (m, 1.5)) for p, q, m in
             zip(a, b, masts, strict=True)]  # fmt: skip
    assert obstruction(a, masts, b, 1.5, terrain).equals(whole)
    assert [tuple(row) for row in whole.itertuples(index=False)] == alone
    assert set(whole["sight"]) == {"clear", "blocked"}


def test_the_way_back_is_the_way_there():
    rng = np.random.default_rng(4)
    terrain = ground(rng.uniform(0, 60, (30, 30)))
    a, b = (points(*rng.uniform(0, 3000, (40, 2))) for _ in range(2))
    there, back = obstruction(a, 40.0, b, 2.0, terrain), obstruction(b, 2.0, a, 40.0, terrain)
    assert there["over_m"].tolist() == pytest.approx(back["over_m"].tolist())


def test_no_pairs_give_no_rows_and_another_crs_raises():
    terrain = ground(np.zeros((3, 3)))
    assert list(obstruction(points(), 1.0, points(), 1.0, terrain).columns) == ["sight", "over_m", "at_m"]
    with pytest.raises(CRSError):
        obstruction(points((1, 1)).set_crs("EPSG:3405", allow_override=True), 1.0, points((1, 1)), 1.0, terrain)
