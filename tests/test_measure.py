import gc
import weakref

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from conftest import WORK, cells, spot
from pyproj import CRS
from shapely import LineString, Point, Polygon, box

import geo.cover
from geo.cover import PIECE_VERTICES
from geo.errors import CRSError, InputError
from geo.measure import (
    Grid,
    circle_share,
    count_inside,
    cover,
    covered_people,
    covered_share,
    nearest_m,
    people,
)

UTM = CRS.from_epsg(25831)


def frame(shapes, ids=None, crs=WORK) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=gpd.GeoSeries(shapes, index=ids, crs=crs), crs=crs)


def wavy(vertices: int, radius: float = 140.0) -> Polygon:
    """One ring of many vertices round the middle of the toy world."""
    angle = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    reach = radius * (1 + 0.1 * np.sin(40 * angle))
    middle = spot(150, 150)
    return Polygon(np.c_[middle.x + reach * np.cos(angle), middle.y + reach * np.sin(angle)])


# People -----------------------------------------------------------------------------------------------


def test_people_of_a_village_are_the_sum_of_its_cells(villages, population):
    assert people(villages, population).to_dict() == pytest.approx({"a": 12, "b": 15, "c": 18, "d": 0})


def test_a_village_smaller_than_a_cell_gets_its_part_of_it(population):
    quarter = frame([cells(0, 2, 0.5, 0.5)], ["q"])
    assert people(quarter, population)["q"] == pytest.approx(1 / 4)


def test_a_cell_without_known_people_counts_nobody(villages, population):
    values = population.values.copy()
    values[0, 0] = np.nan
    assert people(villages, Grid(values, population.bounds, WORK))["a"] == pytest.approx(4 + 7)


def test_people_of_an_area_without_geometry_are_missing_and_outside_the_grid_there_are_none(population):
    areas = frame([None, cells(9, 9)], ["missing", "far"])
    found = people(areas, population)
    assert np.isnan(found["missing"]) and found["far"] == 0


def test_lines_left_in_a_collection_hold_nobody(population):
    mixed = shapely.GeometryCollection([cells(0, 2), LineString([spot(0, 0), spot(300, 0)])])
    assert people(frame([mixed], ["m"]), population)["m"] == pytest.approx(1)


def test_people_inside_the_coverage_are_counted_once_where_it_overlaps(villages, population):
    reached = cover(frame([cells(0, 1, 3, 2), cells(0, 2, 3, 1)]))
    found = covered_people(villages, reached, population)
    assert found.to_dict() == pytest.approx({"a": 1 + 4, "b": 2 + 5, "c": 3 + 6, "d": 0})


def test_people_of_a_wholly_covered_village_are_all_its_people_exactly(villages, population):
    reached = cover(frame([wavy(5000, 500)]))
    assert covered_people(villages, reached, population).equals(people(villages, population))


def test_measuring_commune_by_commune_gives_equal_bits(villages, population):
    reached = cover(frame([wavy(3000, 200)]))
    parts = [covered_people(part, reached, population) for _, part in villages.groupby("commune")]
    assert pd.concat(parts).equals(covered_people(villages, reached, population))


# Coverage -----------------------------------------------------------------------------------------------


def test_share_of_an_area_is_by_area_and_overlaps_count_once(villages):
    reached = cover(frame([cells(0, 0, 2, 1), cells(0, 0, 1, 2)]))
    assert covered_share(villages, reached).to_dict() == pytest.approx({"a": 2 / 3, "b": 1 / 3, "c": 0, "d": 0})


def test_pieces_are_small_and_together_are_the_union():
    shape = wavy(20_000)
    reached = cover(frame([shape]))
    assert shapely.get_num_coordinates(reached.pieces).max() <= PIECE_VERTICES
    assert shapely.area(reached.pieces).sum() == pytest.approx(shape.area, rel=1e-12)
    assert shapely.is_valid(reached.pieces).all()


def test_an_area_wholly_inside_a_split_coverage_has_a_share_of_exactly_one(villages):
    reached = cover(frame([wavy(20_000, 900)]))
    assert len(reached.pieces) > 20
    assert (covered_share(villages, reached) == 1).all()


def test_points_on_the_border_of_the_coverage_and_on_a_cut_inside_it_are_covered():
    shape = wavy(5000)
    cut = spot(150, 150)
    points = frame([Point(shape.exterior.coords[7]), cut, spot(0, 0)])
    assert covered_share(points, cover(frame([shape]))).to_list() == [1, 1, 0]


def test_points_and_polygons_may_mix_and_missing_stays_missing():
    features = frame([spot(50, 50), cells(0, 0, 2, 1), None, Point()], list("pqrs"))
    found = covered_share(features, cover(frame([cells(0, 0)])))
    assert found.index.to_list() == list("pqrs")
    assert found.iloc[:2].to_list() == pytest.approx([1, 1 / 2]) and found.iloc[2:].isna().all()


def test_an_empty_coverage_covers_nothing(villages, population):
    nothing = cover(frame([]))
    assert (covered_share(villages, nothing) == 0).all() and (covered_people(villages, nothing, population) == 0).all()
    assert circle_share(frame([spot(1, 1)]), nothing, 100).to_list() == [0]


def test_an_invalid_polygon_is_repaired_before_it_covers():
    bow_tie = Polygon([spot(0, 0), spot(100, 100), spot(100, 0), spot(0, 100)])
    share = covered_share(frame([cells(0, 0)]), cover(frame([bow_tie])))
    assert share.to_list() == pytest.approx([1 / 2])


def test_lines_have_no_covered_share(villages):
    with pytest.raises(InputError, match="got lines"):
        covered_share(frame([LineString([spot(0, 0), spot(1, 1)])]), cover(villages))


def test_a_coverage_is_made_once_for_a_frame_and_again_for_another(villages):
    assert cover(villages) is cover(villages)
    assert cover(villages) is not cover(villages.copy())


def test_a_coverage_is_never_served_for_a_frame_that_took_the_place_of_a_dead_one(monkeypatch):
    dead, new = frame([cells(0, 0)]), frame([cells(5, 0)])
    monkeypatch.setitem(geo.cover._made, id(new), (weakref.ref(dead), cover(dead)))
    del dead
    gc.collect()
    assert covered_share(new, cover(new)).to_list() == [1]


@pytest.mark.parametrize(("radius", "share"), [(0, 1), (100, 1), (99.99, 1)])
def test_a_circle_that_fits_is_wholly_covered(radius, share):
    assert circle_share(frame([spot(100, 100)]), cover(frame([cells(0, 0, 2, 2)])), radius).to_list() == [share]


def test_half_of_a_circle_on_a_straight_border_is_covered_and_one_outside_is_not():
    centres = frame([spot(200, 100), spot(301, 100), None], list("xyz"))
    found = circle_share(centres, cover(frame([cells(0, 0, 2, 2)])), 100)
    assert found["x"] == pytest.approx(1 / 2) and found["y"] == 0 and np.isnan(found["z"])


@pytest.mark.parametrize("measure", [covered_share, lambda f, c: circle_share(f, c, 5)])
def test_a_coverage_in_another_crs_is_refused(measure, villages):
    with pytest.raises(CRSError):
        measure(villages, cover(frame([box(0, 0, 1, 1)], crs=UTM)))


# Counting -----------------------------------------------------------------------------------------------


def test_counts_and_sums_by_area_are_zero_where_nothing_lies(villages):
    placed = pd.DataFrame({"village": ["a", "a", "c", None], "commune": ["k", "k", "k", "l"]})
    assert count_inside(villages, placed).to_dict() == {"a": 2, "b": 0, "c": 1, "d": 0}
    assert count_inside(villages, placed, pd.Series([1, 2, 4, 8])).to_dict() == {"a": 3, "b": 0, "c": 4, "d": 0}


def test_a_missing_weight_makes_only_the_sum_of_its_area_missing(villages):
    placed = pd.DataFrame({"village": ["a", "a", "c"]})
    found = count_inside(villages, placed, pd.Series([1, None, 4]))
    assert np.isnan(found["a"]) and found["c"] == 4


def test_rows_that_were_not_placed_cannot_be_counted(villages):
    with pytest.raises(InputError, match="village"):
        count_inside(villages, pd.DataFrame({"x": [1]}))


# Nearest ------------------------------------------------------------------------------------------------


def ellipsoidal(a: Point, b: Point) -> float:
    lon, lat = gpd.GeoSeries([a, b], crs=WORK).to_crs(4756).apply(lambda p: pd.Series(p.coords[0])).to_numpy().T
    return WORK.get_geod().inv(lon[0], lat[0], lon[1], lat[1])[2]


def test_the_nearest_of_points_lines_and_polygons_is_found_and_named():
    targets = frame([spot(0, 500), LineString([spot(-50, 30), spot(400, 30)]), cells(10, 10)], ["p", "l", "g"])
    found = nearest_m(frame([spot(0, 0), spot(0, 490), spot(1050, 1050)], list("xyz")), targets)
    assert found["target"].to_dict() == {"x": "l", "y": "p", "z": "g"}
    assert found["distance_m"]["x"] == pytest.approx(ellipsoidal(spot(0, 0), spot(0, 30)), abs=1e-6)
    assert found["distance_m"]["z"] == 0


def test_without_targets_or_without_a_place_the_distance_is_missing():
    assert nearest_m(frame([spot(0, 0)]), frame([])).isna().all(axis=None)
    found = nearest_m(frame([None, spot(0, 0)]), frame([spot(3, 4)]))
    assert found.iloc[0].isna().all() and found["target"].iloc[1] == 0


def test_of_equally_near_targets_the_first_label_wins_in_any_order():
    here = frame([spot(0, 0)])
    targets = frame([spot(0, 10), spot(0, 10)], ["b", "a"])
    assert nearest_m(here, targets)["target"].to_list() == nearest_m(here, targets[::-1])["target"].to_list() == ["a"]


def test_metres_are_those_of_the_ellipsoid_not_of_the_plane():
    found = nearest_m(frame([spot(0, 0)]), frame([spot(10_000, 0)]))["distance_m"].iloc[0]
    assert found == pytest.approx(10_000 / 0.9999, abs=0.5)  # EPSG:5897 shrinks its axis by 0.9999


@pytest.fixture(scope="module")
def ibiza(shared):
    folder = shared / "telecom_itu" / "ibiza_esp"
    sites, interest = (pd.read_csv(folder / f"{name}.csv") for name in ("cell-sites", "points-of-interest"))
    return tuple(
        gpd.GeoDataFrame(t, geometry=gpd.points_from_xy(t["lon"], t["lat"]), crs=4326) for t in (interest, sites)
    )


def haversine_m(lat_1, lon_1, lat_2, lon_2):
    """Great circle on a sphere of 6,371,008.8 m, the figure that other tools print."""
    lat_1, lon_1, lat_2, lon_2 = map(np.radians, (lat_1, lon_1, lat_2, lon_2))
    half = np.sin((lat_2 - lat_1) / 2) ** 2 + np.cos(lat_1) * np.cos(lat_2) * np.sin((lon_2 - lon_1) / 2) ** 2
    return 2 * 6_371_008.8 * np.arcsin(np.sqrt(half))


TECHNOLOGIES = pytest.mark.parametrize(
    ("technology", "mean", "sphere"),
    [("", 1255.43, 1255.02), ("2G", 5600.85, 5597.37), ("3G", 2386.23, 2385.06), ("4G", 1592.52, 1592.15)],
)


@TECHNOLOGIES
def test_mean_distance_to_the_nearest_site_of_ibiza_on_the_ellipsoid(ibiza, technology, mean, sphere):
    interest, sites = (f.to_crs(UTM) for f in ibiza)
    chosen = sites[sites["radio_type"].str.contains(technology)]
    assert nearest_m(interest, chosen)["distance_m"].mean() == pytest.approx(mean, abs=0.01)


@TECHNOLOGIES
def test_mean_distance_to_the_nearest_site_of_ibiza_on_the_sphere(ibiza, technology, mean, sphere):
    interest, sites = ibiza
    chosen = sites[sites["radio_type"].str.contains(technology)]
    every = haversine_m(
        *(interest[[c]].to_numpy() for c in ("lat", "lon")), *(chosen[c].to_numpy() for c in ("lat", "lon"))
    )
    assert every.min(axis=1).mean() == pytest.approx(sphere, abs=0.01)


def test_eight_of_the_hundred_points_of_ibiza_are_covered(ibiza, shared):
    coverage = gpd.read_file(shared / "telecom_itu" / "ibiza_esp" / "mobile-coverage.gpkg").to_crs(UTM)
    assert len(coverage) == 770
    assert covered_share(ibiza[0].to_crs(UTM), cover(coverage)).sum() == 8


def test_every_village_of_rubavu_is_wholly_covered_by_the_split_union_of_its_communes(shared):
    villages = gpd.read_file(shared / "village_level_rwanda_rubavu.gpkg", layer="village").to_crs(32735)
    communes = villages.assign(commune=villages["id"].astype(str).str[:6]).dissolve("commune")  # 80 cells
    reached = cover(communes)
    assert len(villages) == 519 and len(reached.pieces) > 20
    assert (covered_share(villages, reached) == 1).all()
