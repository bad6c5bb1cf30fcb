"""Approximate communes helped by the user's own points: nearer the truth, every bad row named, both vintages."""

import json
from functools import partial

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from pyproj import CRS
from shapely import Point
from typer.testing import CliRunner

from api.cli import assembled
from geo.approximate import approximate, approximate_communes
from geo.boundaries import units
from geo.crs import to_work
from geo.errors import InputError
from geo.own_points import own_points, read_points
from geo.read import ReadOptions
from geo.unit_points import unit_points

pytestmark = pytest.mark.xdist_group("approximate")

WORK = CRS.from_epsg(5897)
NEW, OLD = "2025-07-01", "2025-01-01"
OPTIONS = ReadOptions(work=WORK)
HEADER = "Mã xã,Tên xã,Tên,kinh_do,vi_do"


@pytest.fixture(scope="module")
def real(shared) -> gpd.GeoSeries:
    found = gpd.read_file(shared / "thanhhoa" / "th_boundaries.gpkg", layer="communes_2025").set_index("code")
    return to_work(found, WORK).geometry


def overlap(shapes: gpd.GeoDataFrame, real: gpd.GeoSeries) -> pd.Series:
    common = shapes.geometry.intersection(real.loc[shapes.index]).area
    return common / (shapes.area + real.loc[shapes.index].area - common)


def spread(real: gpd.GeoSeries, count: int) -> gpd.GeoDataFrame:
    """So many points in each commune, uniformly: like villages, which are 26 on average."""
    drawn = real.sample_points(count, rng=1).explode()
    return gpd.GeoDataFrame({"unit": drawn.index}, geometry=drawn.to_numpy(), crs=WORK)


def in_osm(shared, real: gpd.GeoSeries) -> gpd.GeoDataFrame:
    """The 592 places that OpenStreetMap has: 103 communes only, most of them towns and main roads."""
    places = gpd.read_file(shared / "thanhhoa" / "th_osm_poi_hotosm_ODbL.gpkg")
    communes = gpd.GeoDataFrame(geometry=real).rename_axis("unit").reset_index()
    return to_work(places, WORK)[["geometry"]].sjoin(communes, predicate="within")[["unit", "geometry"]]


@pytest.fixture(scope="module")
def bare(real) -> pd.Series:
    return overlap(approximate_communes(NEW, WORK), real)


@pytest.mark.parametrize(("count", "least", "worst"), [(3, 0.73, 0.35), (26, 0.77, 0.40)])
@pytest.mark.full
def test_more_points_bring_shapes_nearer_to_the_real_communes(real, bare, count, least, worst):
    points = spread(real, count)
    shapes = approximate_communes(NEW, WORK, points)
    found = overlap(shapes, real)
    assert shapes.geometry.is_valid_coverage() and set(shapes["shape"]) == {"approximate"}
    assert found.mean() > least and found.min() > worst
    assert found.mean() > bare.mean() - 0.001
    own = shapes.geometry.loc[points["unit"]].reset_index(drop=True)
    assert own.contains(points.geometry.reset_index(drop=True)).mean() > 0.95


@pytest.mark.full
def test_points_crowded_in_few_towns_do_no_harm(real, bare, shared):
    found = overlap(approximate_communes(NEW, WORK, in_osm(shared, real)), real)
    assert found.mean() >= bare.mean()


def four() -> pd.DataFrame:
    at = {"lon": [105.7, 105.8, 105.7, 105.8], "lat": [19.7, 19.7, 19.8, 19.8], "area_official_km2": 100.0}
    return pd.DataFrame(at, index=pd.Index(list("abcd"), name="commune"))


def test_a_place_across_the_middle_moves_the_border_behind_it():
    at = unit_points(four(), WORK)
    beyond = Point(at.loc["a", "x"] + 0.6 * (at.loc["b", "x"] - at.loc["a", "x"]), at.loc["a", "y"])
    points = gpd.GeoDataFrame({"unit": ["a", "a"]}, geometry=[beyond, Point(*at.loc["a", ["x", "y"]])], crs=WORK)
    assert not approximate(four(), crs=WORK).loc["a", "geometry"].contains(beyond)
    assert approximate(four(), crs=WORK, points=points).loc["a", "geometry"].contains(beyond)


def test_no_points_change_nothing_and_a_strange_unit_is_refused():
    none = gpd.GeoDataFrame({"unit": []}, geometry=[], crs=WORK)
    assert approximate(four(), crs=WORK, points=none).geometry.geom_equals(approximate(four(), crs=WORK).geometry).all()
    with pytest.raises(InputError, match="z"):
        own_points(gpd.GeoDataFrame({"unit": ["z"]}, geometry=[Point(0, 0)], crs=WORK), pd.Index(["a"]))


def test_a_unit_is_moved_by_others_points_only_near_them():
    points = own_points(gpd.GeoDataFrame({"unit": ["a"]}, geometry=[Point(0, 0)], crs=WORK), pd.Index(["a", "b"]))
    cells = np.array([[0.0, 0.0], [5000.0, 0.0]])
    # b, of radius 1000, may have a place within 500 m: at the point of a it pays (500 - 0) / (500 + 0 + 1), far away 0
    assert points.bid("b", 1000.0, np.zeros(2), cells) == pytest.approx([500 / 501, 0.0])


# files ----------------------------------------------------------------------------------------------


def csv(folder, *rows: str):
    path = folder / "điểm.csv"
    path.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    return path


def place(code: str, name: str = "", *, vintage: str = NEW, east: float = 0.0) -> str:
    at = units(vintage).loc[code]
    return f"{code},{name},Nhà văn hóa,{at['lon'] + east:.5f},{at['lat']:.5f}"


def test_every_row_that_cannot_be_used_is_named(tmp_path):
    rows = [place("15991"), place("15991", "Xã Khác"), ",Xã Không Có,x,105.9,19.8", ",,x,105.9,19.8", "15991,,x,,"]
    read = read_points(csv(tmp_path, *rows), NEW, OPTIONS)
    assert [(n.row, n.code) for n in read.notices if n.severity == "error"] == [
        (3, "commune_mismatch"),
        (4, "unknown_commune"),
        (5, "commune_not_named"),
        (6, "geometry_missing"),
    ]
    assert read.frame["unit"].tolist() == ["15991"]


def test_a_place_in_another_corner_of_the_province_is_left_out_with_a_warning(tmp_path):
    read = read_points(csv(tmp_path, place("15991"), place("15991", east=-1.2)), NEW, OPTIONS)
    assert [(n.row, n.code, n.severity) for n in read.notices] == [(3, "point_too_far", "warning")]
    assert len(read.frame) == 1


@pytest.fixture
def hatangso(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HATANGSO_WORKSPACE", str(tmp_path / "kho"))
    monkeypatch.delenv("HATANGSO_DATABASE_URL", raising=False)
    monkeypatch.setitem(approximate.__kwdefaults__, "cell_m", 1500.0)  # what is drawn does not matter here
    run = partial(CliRunner().invoke, assembled(["workspace", "boundaries"]))
    assert run(["init", "kho", "--crs", "EPSG:5897", "--operators", "vnpt"]).exit_code == 0
    return lambda *words: run(["boundaries", "approximate", *(str(w) for w in words), "--json"])


@pytest.mark.parametrize(("vintage", "communes"), [(NEW, 166), (OLD, 547)])
@pytest.mark.full
def test_both_vintages_take_points_and_remember_the_file(hatangso, tmp_path, vintage, communes):
    code = units(vintage).index[100]
    answer = hatangso("--vintage", vintage, "--points", csv(tmp_path, place(code, vintage=vintage)))
    assert answer.exit_code == 0
    said = json.loads(answer.output)
    assert (said["rows"], said["rows_rejected"]) == (communes, 0)
    origin = json.loads(next(tmp_path.glob("kho/datasets/commune/*.json")).read_text(encoding="utf-8"))["origin"]
    assert (origin["options"]["points"], origin["options"]["points_used"]) == ("điểm.csv", "1")


def test_a_bad_row_stops_the_drawing_unless_the_good_ones_are_accepted(hatangso, tmp_path):
    path = csv(tmp_path, place("15991"), ",,x,105.9,19.8")
    refused = hatangso("--vintage", NEW, "--points", path)
    assert (refused.exit_code, json.loads(refused.output)["dataset"]) == (1, None)
    taken = hatangso("--vintage", NEW, "--points", path, "--accept-good-rows")
    assert (taken.exit_code, json.loads(taken.output)["rows"]) == (1, 166)
    assert hatangso("--vintage", NEW, "--points", csv(tmp_path, place("15991", east=-1.2))).exit_code == 3
