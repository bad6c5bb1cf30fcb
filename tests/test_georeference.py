"""The CRS of a file is found by the units that its rows name, doubted, or refused; never assumed."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from conftest import VINTAGE, WORK
from pyproj import CRS
from shapely import box

import geo.formats
import geo.layers  # noqa: F401 registers them
from geo.boundaries import units as shipped_units
from geo.columns import ReadOptions, renamed
from geo.crs import to_work
from geo.errors import InputError
from geo.fit import by_chance
from geo.format import FORMATS
from geo.georeference import georeferenced
from geo.layer import LAYERS
from geo.limits import LOCAL
from geo.points import raw_shapes
from geo.unit_points import unit_points
from geo.units import Units

SIDE, WEST, SOUTH = 8000.0, 540_000.0, 2_170_000.0  # twelve square communes of 64 km², as large as real ones


def communes(shape="exact") -> gpd.GeoDataFrame:
    cells = [(i, j) for j in range(3) for i in range(4)]
    boxes = [box(WEST + SIDE * i, SOUTH + SIDE * j, WEST + SIDE * (i + 1), SOUTH + SIDE * (j + 1)) for i, j in cells]
    index = pd.Index([f"c{i}{j}" for i, j in cells], name="commune")
    return gpd.GeoDataFrame({"name": "Xã " + index, "shape": shape}, geometry=boxes, index=index, crs=WORK)


AREAS = Units(communes(), None, VINTAGE)


def truth(n, seed=1) -> gpd.GeoDataFrame:
    """Points evenly in the twelve communes, which they name; working CRS."""
    rng, areas = np.random.default_rng(seed), communes()
    corner = areas.bounds[["minx", "miny"]].to_numpy()[np.arange(n) % 12]
    xy = corner + rng.uniform(0, SIDE, (n, 2))
    named = areas.index.to_numpy()[np.arange(n) % 12]
    frame = {"id": [str(i) for i in range(n)], "commune_named": named, "village_named": None}
    return gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy(*xy.T, crs=WORK))


def sent(real, epsg, *, swapped=False, zone=0, stated=None) -> gpd.GeoDataFrame:
    """The rows in the numbers of another CRS, which the file does not state unless `stated`."""
    there = to_work(real, CRS.from_user_input(epsg))
    shapes = shapely.transform(there.geometry.to_numpy(), lambda xy: xy + np.array([zone * 1e6, 0]))
    shapes = shapely.transform(shapes, lambda xy: xy[:, ::-1]) if swapped else shapes
    return gpd.GeoDataFrame(real.drop(columns="geometry"), geometry=shapes, crs=stated)


def read(frame, areas=AREAS, layer="wifi", vintage=VINTAGE):
    return georeferenced(frame, LAYERS[layer], areas, ReadOptions(work=WORK), vintage)


def codes(notices):
    return [n.code for n in notices]


def off(found, real):
    """How far the worst row lies from its place, metres."""
    return found.geometry.distance(real.geometry).max()


def refused(frame, areas=AREAS, **options):
    with pytest.raises(InputError) as error:
        read(frame, areas, **options)
    return error.value.code, str(error.value)


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("epsg", [5897, 9205, 9208, 9218, 3405, 32648, 2044, 3148])
def test_metres_without_crs_are_found_by_the_communes_that_the_rows_name(epsg, swapped):
    real = truth(600)
    found, notices = read(sent(real, epsg, swapped=swapped))
    assert codes(notices) == ["crs_found"]
    assert dict(notices[0].values)["candidate"].startswith(f"EPSG:{epsg} ")
    assert off(found, real) < 0.01


def test_what_was_found_says_the_order_the_score_and_the_runner_up():
    _, notices = read(sent(truth(600), 5897, swapped=True))
    said = dict(notices[0].values)
    assert (said["order"], said["hits"], said["n"]) == ("Y = E, X = N", "600", "600")
    assert said["next"].startswith("EPSG:")
    assert 400 < int(said["next_hits"]) < 595


@pytest.mark.parametrize("zone", [18, 48, 482])
def test_the_zone_number_before_the_easting_is_taken_off(zone):
    real = truth(600)
    found, notices = read(sent(real, 5897, zone=zone, swapped=True))
    assert f"E − {zone} 000 000" in notices[0].text()
    assert off(found, real) < 0.01


def test_few_rows_fit_several_and_are_refused_with_the_ones_that_fit():
    code, said = refused(sent(truth(10), 5897))
    assert code == "crs_ambiguous"
    assert "EPSG:5897" in said
    assert "EPSG:32648" in said or "EPSG:3405" in said
    assert "EPSG:9205" not in said  # 200 km away


def test_rows_that_lie_nowhere_where_they_say_are_refused():
    real = truth(100)
    code, said = refused(sent(real.assign(commune_named=np.roll(real["commune_named"], 1)), 5897))
    assert (code, "--crs" in said) == ("crs_unknown", True)


@pytest.mark.parametrize("areas", [None, Units(communes("approximate"), None, VINTAGE)])
def test_without_units_or_with_approximate_ones_metres_are_refused(areas):
    assert refused(sent(truth(300), 5897), areas)[0] in ("crs_unknown", "crs_ambiguous")


def test_a_system_that_is_no_candidate_is_refused_though_another_nearly_fits():
    lost = CRS.from_user_input("+proj=tmerc +lon_0=105 +k=0.9999 +x_0=500000 +datum=WGS84")  # 224 m from EPSG:5897
    code, said = refused(sent(truth(900), lost))
    assert (code, "EPSG:5897" in said, "200 m" in said) == ("crs_unknown", True, True)


def test_gauss_kruger_without_its_zone_number_gets_it_back():
    real = truth(600)
    found, notices = read(sent(real, 2044, zone=-18))
    assert "E + 18 000 000" in notices[0].text()
    assert off(found, real) < 0.01


def test_a_tenth_of_wrong_names_does_not_hide_the_crs():
    real = truth(600)
    wrong = real["commune_named"].where(np.arange(600) % 10 > 0, "c00")
    found, notices = read(sent(real.assign(commune_named=wrong), 5897))
    assert (codes(notices), off(found, real) < 0.01) == (["crs_found"], True)


def test_rows_that_name_nothing_are_tested_on_the_outline_of_the_province():
    real = truth(4000).assign(commune_named=None)
    found, notices = read(sent(real, 5897).iloc[:1000])
    assert (codes(notices), off(found, real.iloc[:1000]) < 0.01) == (["crs_found"], True)


def test_villages_tell_systems_apart_where_communes_do_not():
    real = truth(120, seed=3)
    parts = [shapely.buffer(p, 150, cap_style="square") for p in real.geometry]
    villages = gpd.GeoDataFrame({"commune": real["commune_named"]}, geometry=parts, crs=WORK).rename_axis("village")
    villages.index = [f"v{i}" for i in villages.index]
    assert refused(sent(real.iloc[:20], 5897))[0] == "crs_ambiguous"
    named = real.assign(village_named=villages.index).iloc[:20]
    assert codes(read(sent(named, 5897), Units(communes(), villages, VINTAGE))[1]) == ["crs_found"]


def test_degrees_the_wrong_way_round_are_exchanged_with_a_warning():
    real = truth(30)
    for areas in (AREAS, None):
        found, notices = read(sent(real, 4326, swapped=True), areas)
        assert (codes(notices), off(found, real) < 0.01) == (["axes_swapped"], True)


def test_a_stated_crs_that_fits_only_with_its_axes_exchanged_is_corrected_with_a_warning():
    real = truth(30)
    found, notices = read(sent(real, 5897, swapped=True, stated=5897))
    assert (codes(notices), off(found, real) < 0.01) == (["axes_swapped"], True)


def test_a_stated_crs_that_fits_is_taken_without_a_word():
    real = truth(300)
    found, notices = read(sent(real, 32648, stated=32648))
    assert (notices, off(found, real) < 0.01) == ([], True)


@pytest.mark.parametrize(("is_really", "stated", "away"), [(5897, 3405, 660), (5897, 32648, 700), (4756, 4326, 224)])
def test_a_stated_crs_that_another_fits_better_is_doubted_but_kept(is_really, stated, away):
    real = truth(900)
    found, notices = read(sent(real, is_really, stated=stated))
    assert codes(notices) == ["crs_doubtful"]
    assert f"EPSG:{is_really}" in notices[0].text()
    assert off(found, real) == pytest.approx(away, rel=0.15)


def test_wrong_names_alone_raise_no_doubt():
    real = truth(300)
    wrong = real["commune_named"].where(np.arange(300) % 7 > 0, "c00")
    assert read(sent(real.assign(commune_named=wrong), 4326, stated=4326))[1] == []


def test_communes_without_crs_are_found_by_their_shipped_points():
    known = shipped_units(VINTAGE).iloc[:40]
    at = unit_points(known, WORK)
    shapes = shapely.buffer(shapely.points(at["x"], at["y"]), 3000, cap_style="square")
    real = gpd.GeoDataFrame({"code": known.index, "name": known["name"].to_numpy()}, geometry=shapes, crs=WORK)
    found, notices = read(sent(real, 9208, swapped=True), None, "commune")
    assert (codes(notices), off(found, real) < 0.01) == (["crs_found"], True)


def test_rows_without_any_place_pass_with_the_working_crs():
    frame = truth(3).assign(geometry=None).set_crs(None, allow_override=True)
    found, notices = read(frame)
    assert (found.crs, notices) == (WORK, [])


def test_rows_without_a_place_stay_among_those_that_have_one():
    real = truth(600)
    frame = sent(real, 5897).assign(geometry=lambda f: f.geometry.where(f.index != 7, None))
    found, _ = read(frame)
    assert found.geometry.isna().to_numpy().nonzero()[0].tolist() == [7]
    assert found.crs == WORK


def test_polygons_are_tested_by_a_point_on_each():
    real = truth(600)
    squares = real.set_geometry(shapely.buffer(real.geometry.to_numpy(), 1, cap_style="square"), crs=WORK)
    found, notices = read(sent(squares, 9208, swapped=True), layer="coverage")
    assert codes(notices) == ["crs_found"]
    assert found.geometry.hausdorff_distance(squares.geometry).max() < 0.01


def test_five_wins_in_five_games_are_chance_once_in_32():
    assert by_chance(5, 0) == 1 / 32
    assert by_chance(4, 1) == 6 / 32


# Real files -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def originals(shared):
    real = gpd.read_file(shared / "thanhhoa" / "th_boundaries.gpkg", layer="communes_2025").set_index("id")
    return to_work(real, WORK)


def derived(path, originals, **options):
    """The worst distance from the originals, metres, and the findings about the CRS."""
    chosen, layer = ReadOptions(work=WORK, **options), LAYERS["commune"]
    sheet = FORMATS["shapefile" if path.suffix == ".shp" else "tab"].read(path, "", LOCAL)
    frame = renamed(sheet, layer, chosen)[0]
    raw, said = raw_shapes(frame, sheet, layer, chosen)
    found, notices = georeferenced(raw, layer, None, chosen, VINTAGE)
    real = originals.geometry.reindex(found["code"].astype(str)).set_axis(found.index)
    return found.geometry.hausdorff_distance(real).max(), codes([*said, *notices])


@pytest.mark.parametrize("folder", ["hoanghoa_thieuhoa_tcvn3_vn2000", "hoanghoa_thieuhoa_vni_vn2000"])
def test_derived_shapes_without_prj_come_back_where_they_were(shared, originals, folder):
    away, found = derived(shared / "derived" / folder / "ranhgioi_xa.shp", originals)
    assert (away < 1, found) == (True, ["crs_found"])


@pytest.mark.parametrize("folder", ["hoanghoa_thieuhoa_tcvn3_vn2000", "hoanghoa_thieuhoa_vni_vn2000"])
def test_derived_mapinfo_tables_have_lost_their_datum_and_get_it_back_on_the_users_word(shared, originals, folder):
    path = shared / "derived" / folder / "ranhgioi_xa.tab"
    away, found = derived(path, originals)
    assert (round(away), found) == (224, ["datum_lost", "crs_doubtful"])
    away, found = derived(path, originals, crs="EPSG:5897")
    assert (away < 1, found) == (True, ["datum_replaced"])
