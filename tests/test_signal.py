"""Signal maps: coverage between cell centres, people by received level, cell fractions; polygons and rasters agree."""

from dataclasses import replace
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from affine import Affine
from conftest import SOUTH, VINTAGE, WEST, WORK, cells, complete_for, often, rows, spot
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource
from hand.signal import level, over_k, people
from pyproj import CRS
from rasterio.features import rasterize
from shapely import Point, box

from geo.assess import assess
from geo.cover import cover, covered_share
from geo.criteria import parse_criteria
from geo.data import build
from geo.errors import CRSError, InputError
from geo.fractions import fractions
from geo.grid import Grid
from geo.legend import Legend
from geo.measure import people as residents
from geo.measure import people_where
from geo.read_signal import legends, read_legend
from geo.signal import SignalMap, Signals, coverage_rows

NONE, NAN = -np.inf, np.nan
AT = {"4G": -105.0, "3G": -95.0}


def kinds(values, *points, **more):
    """`sure`, `possible` or `no` at each point, metres from the south-west corner of a map over commune k."""
    found = coverage_rows(Signals((level(values, **more),)), AT)
    at = gpd.GeoDataFrame(geometry=[spot(*p) for p in points], crs=WORK)
    may = covered_share(at, cover(found.copy())) == 1
    sure = covered_share(at, cover(found[~found["possible"]])) == 1
    return ["sure" if s else "possible" if m else "no" for s, m in zip(sure, may, strict=True)]


LEFT_TWO = [[-90, -105, -120], [-90, -100, -120], [-90, -100, -120]]


def test_a_point_is_surely_covered_between_four_centres_that_reach_and_possibly_beside_one_that_does():
    assert kinds(LEFT_TWO, (100, 150), (200, 150), (260, 150)) == ["sure", "possible", "no"]


def test_at_the_edge_of_the_map_nothing_is_sure_and_beyond_half_a_cell_nothing_is_claimed():
    assert kinds(LEFT_TWO, (25, 150), (-25, 150), (-60, 150)) == ["possible", "possible", "no"]


def test_where_nothing_was_computed_a_point_is_possibly_covered_and_where_no_signal_is_stated_it_is_not():
    assert kinds([[NAN] * 3] * 3, (150, 150)) == ["possible"]
    assert kinds([[NONE] * 3] * 3, (150, 150)) == ["no"]


def test_further_uncertainty_shrinks_what_is_sure_and_grows_what_is_possible():
    strong = [[-90] * 3] * 3
    assert kinds(strong, (150, 150), (-70, 150)) == ["sure", "no"]
    assert kinds(strong, (150, 150), (-70, 150), uncertainty_m=60) == ["possible", "possible"]


def test_rows_of_coverage_say_whose_they_are_and_only_touch():
    rng = np.random.default_rng(3)
    values = rng.uniform(-120, -90, (200, 150))
    found = coverage_rows(Signals((level(values, operator="vnpt"),)), AT)
    assert set(found["operator"]) == {"vnpt"}
    assert set(found["technology"]) == {"4G"}
    assert found["id"].is_unique
    assert shapely.is_valid(found.geometry.to_numpy()).all()
    assert found.area.sum() == pytest.approx(shapely.union_all(found.geometry.to_numpy()).area)
    corners = np.pad(values >= -105, 1)
    sure = corners[:-1, :-1] & corners[1:, :-1] & corners[:-1, 1:] & corners[1:, 1:]
    assert found[~found["possible"]].area.sum() == pytest.approx(sure.sum() * 300 / 150 * 300 / 200)


def test_a_technology_without_least_level_and_maps_of_two_crs_are_refused():
    with pytest.raises(InputError, match="5G"):
        coverage_rows(Signals((level(LEFT_TWO, "5G"),)), AT)
    abroad = Grid(np.zeros((1, 1)), (0, 0, 1, 1), CRS.from_epsg(32648))
    other = SignalMap("x", "4G", "rsrp", abroad, abroad, "P", date(2025, 1, 1))
    with pytest.raises(CRSError):
        coverage_rows(Signals((level(LEFT_TWO), other)), AT)


def test_no_maps_give_no_rows():
    assert coverage_rows(Signals(()), AT).empty


# Legends ------------------------------------------------------------------------------------------------------------


def test_vnpt_classes_are_the_intervals_of_the_decision():
    low, high = read_legend("vnpt").levels(np.array([1, 2, 3, 4, 5, 6, 7, NAN], dtype=np.float32))
    np.testing.assert_array_equal(low, [-65, -75, -85, -95, -105, -np.inf, NAN, NAN])
    np.testing.assert_array_equal(high, [np.inf, -65, -75, -85, -95, -105, NAN, NAN])


@pytest.mark.parametrize("name", legends())
def test_shipped_legends_name_their_source_and_leave_no_gap(name):
    known = read_legend(name)
    assert known.id == name and known.source and known.vi and known.en
    ordered = sorted(known.classes, key=lambda c: c.low)
    assert [c.high for c in ordered[:-1]] == [c.low for c in ordered[1:]]


def test_a_class_that_contains_the_threshold_is_open_and_one_that_ends_at_it_does_not_reach_it():
    legend = read_legend("vnpt")
    low, high = (over_k(v) for v in legend.levels(np.array([[4, 5, 6]] * 3, dtype=np.float32)))
    classes = SignalMap("x", "3G", "rscp", low, high, "P", date(2025, 1, 1))
    areas = gpd.GeoDataFrame(geometry=[cells(c, 0, 1, 3) for c in range(3)], index=list("abc"), crs=WORK)
    at_95, at_100 = (people_where(areas, people(), classes, least)[["low", "high"]] for least in (-95, -100))
    assert at_95.to_numpy().tolist() == [[12, 12], [0, 0], [0, 0]]
    assert at_100.to_numpy().tolist() == [[12, 12], [0, 15], [0, 0]]


def test_a_legend_whose_classes_cannot_be_told_apart_is_refused():
    one = {"number": 1, "low": -65, "vi": "a", "en": "a"}
    about = {"id": "t", "vi": "t", "en": "t", "source": "t", "confidence": {"bounds": "D", "numbers": "D"}}
    with pytest.raises(ValueError, match="differ"):
        Legend.model_validate({**about, "quantities": ["rscp"], "classes": [one, one]})


# People ------------------------------------------------------------------------------------------------------------


def test_published_vectors_of_exactextract():
    """Its test_stats.cpp: a square that cuts eight cells and holds one, of which one is not known."""
    values = np.array([[1, 1, 1, 1, 1], [1, 1, 2, 3, 1], [1, 4, 5, 6, 1], [1, 0, NAN, 7, 1], [1, 1, 1, 1, 1]])
    square = gpd.GeoDataFrame(geometry=[box(0.5, 0.5, 2.5, 2.5)], crs=WORK)
    grid = Grid(values, (-1, -1, 4, 4), WORK)
    assert residents(square, replace(grid, values=(~np.isnan(values)).astype(float))).tolist() == [3.5]
    assert residents(square, grid).tolist() == [(1 + 3 + 0 + 7) / 4 + (2 + 4 + 6) / 2 + 5] == [13.75]


def crooked(rng, count, holes=0.0):
    """Star-shaped polygons of any size, some beyond the grid, some with a hole."""
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    made = []
    for _ in range(count):
        middle, size = rng.uniform(-5, 105, 2), 10 ** rng.uniform(-2, 1.3)
        reach = size * rng.uniform(0.4, 1, (2, 40, 1))
        ring = middle + reach[0] * np.column_stack([np.cos(angle), np.sin(angle)])
        hole = middle + reach[1].min() * 0.3 * np.column_stack([np.cos(angle), np.sin(angle)])
        made.append(shapely.Polygon(ring, [hole] if rng.random() < holes else []))
    return gpd.GeoSeries(made, crs=WORK)


@pytest.mark.parametrize("seed", range(5))
def test_people_where_the_signal_reaches_equal_exactextract_on_the_masked_grid(seed):
    rng = np.random.default_rng(seed)
    grid = Grid(rng.gamma(0.3, 5, (90, 110)), (0, 0, 100, 100), WORK)
    signal = Grid(rng.uniform(-130, -80, (90, 110)), grid.bounds, WORK)
    areas = gpd.GeoDataFrame(geometry=crooked(rng, 60), crs=WORK)
    found = people_where(areas, grid, SignalMap("x", "4G", "rsrp", signal, signal, "P", date(2025, 1, 1)), -105)
    source = NumPyRasterSource(np.where(signal.values >= -105, grid.values, 0), *grid.bounds)
    expected = exact_extract(source, areas, ["sum"], output="pandas")["sum"].fillna(0)
    np.testing.assert_allclose(found["low"], expected, rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(found["low"], found["high"])


@pytest.mark.parametrize("seed", range(3))
def test_cell_fractions_are_the_areas_of_intersections_also_with_holes(seed):
    """In double precision; exactextract subtracts holes in single precision, so it is no reference here."""
    rng = np.random.default_rng(seed)
    grid = Grid(rng.gamma(0.3, 5, (20, 30)), (0, 0, 100, 100), WORK)
    areas = crooked(rng, 30, holes=1)
    wide, high = grid.cell
    squares = [
        box(wide * c, 100 - high * (r + 1), wide * (c + 1), 100 - high * r) for r in range(20) for c in range(30)
    ]
    part = shapely.area(shapely.intersection(areas.to_numpy()[:, None], np.array(squares))) / (wide * high)
    np.testing.assert_allclose(
        fractions(areas, grid).sums(grid.values), part @ grid.values.ravel(), rtol=3e-7, atol=1e-9
    )


@pytest.mark.parametrize("shape", [cells(0.2, 0.3, 0.01, 0.02), cells(0, 0), Point(WEST, SOUTH).buffer(1)])
def test_a_village_smaller_than_a_cell_has_its_part_of_the_cell(shape):
    areas = gpd.GeoDataFrame(geometry=[shape], crs=WORK)
    inside = shapely.intersection(shape, cells(0, 0)).area / 10_000
    found = people_where(areas, people(), level([[-90] * 3] * 3), -105).iloc[0]
    assert found.tolist() == pytest.approx([7 * inside] * 3, rel=1e-6)


def test_an_area_without_geometry_has_no_people_known_and_one_outside_the_map_has_none_reached():
    areas = gpd.GeoDataFrame(geometry=[None, cells(9, 9), shapely.Polygon()], crs=WORK)
    found = people_where(areas, people(), level(LEFT_TWO), -105)
    assert np.isnan(found.iloc[0]).all()
    assert (found.iloc[1:] == 0).all(axis=None)


def test_parts_of_a_grid_add_up_to_the_whole():
    rng = np.random.default_rng(1)
    tiles = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints(rng.uniform(0, 100, (50, 2))), extend_to=box(0, 0, 100, 100))
    )
    grid = Grid(rng.uniform(0, 9, (37, 41)), (0, 0, 100, 100), WORK)
    areas = gpd.GeoDataFrame(geometry=shapely.intersection(tiles, box(0, 0, 100, 100)), crs=WORK)
    assert residents(areas, grid).sum() == pytest.approx(grid.values.sum(), rel=1e-7)


K = gpd.GeoDataFrame(geometry=[cells(0, 0, 3, 3)], index=["k"], crs=WORK)


def test_a_cell_that_holds_finer_signal_cells_is_surely_reached_where_all_of_them_are():
    fine = np.full((6, 6), -120.0)
    fine[:2, :2] = -90  # the cell of 1 person wholly
    fine[2, 4] = -90  # a quarter of the cell of 6
    found = people_where(K, people(), level(fine), -105).loc["k"]
    assert found.tolist() == [1, 1 + 6, 45]


def test_cells_finer_than_the_signal_take_its_value():
    fine = over_k(np.ones((6, 6)))
    found = people_where(K, fine, level(LEFT_TWO), -105).loc["k"]
    assert found.tolist() == [6 * 4, 6 * 4, 36]


def test_cells_that_do_not_fit_the_signal_are_bounded():
    shifted = Grid(np.array([[-90.0]]), (WEST + 50, SOUTH, WEST + 200, SOUTH + 300), WORK)
    signal = SignalMap("x", "4G", "rsrp", shifted, shifted, "P", date(2025, 1, 1))
    found = people_where(K, people(), signal, -105).loc["k"]
    assert found.tolist() == [2 + 5 + 8, 1 + 4 + 7 + 2 + 5 + 8, 45]


def test_of_several_maps_any_may_reach_and_two_may_reach_a_cell_together():
    left, right = np.full((3, 6), -120.0), np.full((3, 6), -120.0)
    left[:, 0], right[:, 1] = -90, -90
    found = people_where(K, people(), Signals((level(left), level(right, operator="y"))), -105).loc["k"]
    assert found.tolist() == [12, 12, 45]
    assert people_where(K, people(), Signals(()), -105).loc["k"].tolist() == [0, 0, 45]


# The same coverage both ways ----------------------------------------------------------------------------------------

SIDE = 1200.0  # of the whole square, metres; its villages are a quarter wide


def country(rng):
    """Twelve villages of 300 m x 400 m in one commune, each with a centre, two clusters and people."""
    boxes = [
        box(WEST + 300 * c, SOUTH + 400 * r, WEST + 300 * (c + 1), SOUTH + 400 * (r + 1))
        for r in range(3)
        for c in range(4)
    ]
    ids = [f"v{i:02}" for i in range(12)]
    villages = gpd.GeoDataFrame(
        {"commune": "k", "name": ids, "kind": "thon", "households": 20.0, "people": 80.0, "area_class": None,
         "electricity": pd.array([None] * 12, dtype="boolean"), "former_commune": None},
        geometry=boxes, index=pd.Index(ids, name="village"), crs=WORK,
    )  # fmt: skip
    communes = gpd.GeoDataFrame(
        {"name": ["K"], "kind": "xa", "former_district": ["M"], "people": np.nan, "households": np.nan,
         "area_official_km2": np.nan, "shape": "exact"},
        geometry=[box(WEST, SOUTH, WEST + SIDE, SOUTH + SIDE)], index=pd.Index(["k"], name="commune"), crs=WORK,
    )  # fmt: skip
    inner = [shapely.Point(rng.uniform((b.bounds[0], b.bounds[1]), (b.bounds[2], b.bounds[3]))) for b in boxes * 3]
    frames = {
        "village_centre": rows(inner[:12], id=ids, village_named=ids, kind="cultural_house"),
        "cluster": rows(inner[12:], id=[str(i) for i in range(24)], village_named=ids * 2, households=10.0),
        "population": Grid(rng.gamma(0.5, 4, (12, 12)), (WEST, SOUTH, WEST + SIDE, SOUTH + SIDE), WORK),
    }
    return communes, villages, frames


def as_raster(shapes, cell, around=300):
    """The same coverage as an operator would compute it, in cells of so many metres: -90 dBm inside, -120 elsewhere."""
    count = int((SIDE + 2 * around) / cell)
    bounds = (WEST - around, SOUTH - around, WEST - around + count * cell, SOUTH - around + count * cell)
    inside = rasterize(shapes, (count, count), transform=Affine(cell, 0, bounds[0], 0, -cell, bounds[3]))
    grid = Grid(np.where(inside == 1, -90.0, -120.0), bounds, WORK)
    return Signals((SignalMap("x", "4G", "rsrp", grid, grid, "P", date(2025, 6, 1), "r"),))


RULES = parse_criteria(
    "id: t\ntitle: {vi: t, en: t}\nlegal: none\nvalid_from: 2020-01-01\ncriteria:\n"
    + "".join(
        f"  - {{id: {n}, indicator: {n}, confidence: {{item: D, threshold: D}}, technologies: ['4G'], village: {{at_least: 0.5}}{more}}}\n"
        for n, more in (("mob_village_not_blank", ", parameters: {centre_radius_m: 60}"), ("mob_household_share", ""),
                        ("mob_population_share", ""))
    ),
    "t.yaml",
)  # fmt: skip


def judged(country, coverage=None, signal=None):
    communes, villages, frames = country
    filed = {name: layer for name, layer in (("coverage", coverage), ("signal", signal)) if layer is not None}
    complete = pd.concat([complete_for(name, operators=["x"], technologies=["4G"]) for name in filed])
    data = build(communes, villages, frames | filed, vintage=VINTAGE, completeness=complete, operators=("x",))
    found = assess(data, RULES, date(2025, 12, 31))
    return found[found["operator"] == "any"].set_index(["criterion", "area_id"])


@pytest.mark.parametrize("cell", [20, 50])
@pytest.mark.parametrize("seed", range(often("signal_worlds")))
def test_coverage_from_rasters_and_from_polygons_agree(seed, cell):
    rng = np.random.default_rng(seed)
    discs = [
        Point(rng.uniform((WEST, SOUTH), (WEST + SIDE, SOUTH + SIDE))).buffer(rng.uniform(200, 350)) for _ in range(4)
    ]
    world = country(rng)
    exact, raster = (
        judged(world, rows(discs, id=list("1234"), operator="x", technology="4G")),
        judged(world, signal=as_raster(discs, cell)),
    )
    assert (raster["low"] <= exact["high"] + 1e-9).all()
    assert (raster["high"] >= exact["low"] - 1e-9).all()
    # The truth of a smooth coverage lies within the resolution: the raster's interval contains that of the polygons.
    assert (raster["low"] <= exact["low"] + 1e-9).all()
    assert (raster["high"] >= exact["high"] - 1e-9).all()
    border = shapely.boundary(shapely.union_all(discs))
    edge = [v for v, shape in world[1].geometry.items() if shape.intersects(border)]
    at_edge = raster.loc["mob_population_share"].loc[edge]
    assert (at_edge["low"] < at_edge["high"]).all()


def test_a_map_and_outlines_of_one_operator_count_together():
    rng = np.random.default_rng(1)
    world, north, south = (
        country(rng),
        box(WEST, SOUTH + 600, WEST + SIDE, SOUTH + SIDE),
        box(WEST, SOUTH, WEST + SIDE, SOUTH + 650),
    )
    outlines = rows([south], id="1", operator="x", technology="4G")
    alone, both = judged(world, outlines), judged(world, outlines, as_raster([north], 20))
    last = [f"v{i:02}" for i in range(8, 12)]  # the northern row of villages
    share = "mob_population_share"
    assert (alone.loc[share].loc[last, "high"] == 0).all()
    assert (both.loc[share].loc[last, "low"] > 0.9).all()


def test_an_old_signal_map_shows_where_signal_may_be_but_proves_none(communes, villages):
    given = {"population": people(), "signal": Signals((level([[-90.0] * 3] * 3),))}
    stated = complete_for("signal", "*", ["x"], ["4G"])
    data = build(communes, villages, given, vintage=VINTAGE, completeness=stated, operators=("x",))
    text = (
        "id: t\ntitle: {vi: t, en: t}\nlegal: none\nvalid_from: 2020-01-01\nmax_age_days: {map: 400}\ncriteria:\n"
        "  - {id: s, indicator: mob_signal_share, confidence: {item: D, threshold: D}, village: {}}\n"
    )
    for day, low in ((date(2025, 12, 31), 1), (date(2027, 12, 31), 0)):
        found = assess(data, parse_criteria(text, "t.yaml"), day).set_index(["area_id", "operator"]).loc[("a", "any")]
        assert (found["low"], found["high"]) == (low, 1)
