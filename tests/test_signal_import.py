"""Signal and terrain rasters on their way in: what must be stated, what is refused, what is kept and read again."""

import json
import shutil
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from affine import Affine
from conftest import SOUTH, WEST, WORK, cells
from pyproj import CRS, Transformer
from typer.testing import CliRunner

from api.cli import assembled
from api.command import UsageError
from api.commands.imports import Reading, Stating, sent
from api.current import slots
from api.province import load
from api.settings import Settings
from api.store import Dataset
from api.workspace import open_workspace
from geo.cover import cover, covered_share
from geo.crs import warped
from geo.errors import InputError
from geo.grid import Grid
from geo.read_grid import read_terrain
from geo.read_signal import Statement, read_signal
from geo.signal import SignalMap, Signals, coverage_rows, reaching

VINTAGE = "2025-07-01"
SAID = ["--layer", "signal", "--provider", "VNPT", "--as-of", "2025-10-01", "--complete-for", "all"]
WHOLE = ["--set", "operator=vnpt", "--set", "technology=LTE", "--nodata", "no-signal"]
LEVELS = np.array([[-90.0, -9999, -100], [-110, -120, -9999]])


def tif(path, values, crs="EPSG:5897", cell=100.0, corner=(WEST, SOUTH + 200), **options):
    """A GeoTIFF whose north-western corner is given."""
    values = np.asarray(values)
    profile = {
        "driver": "GTiff",
        "count": 1,
        "dtype": values.dtype,
        "height": values.shape[0],
        "width": values.shape[1],
    }
    at = Affine(cell, 0, corner[0], 0, -cell, corner[1])
    with rasterio.open(path, "w", **{**profile, "crs": crs, "transform": at, **options}) as file:
        file.write(values, 1)
    return path


@pytest.fixture(scope="module")
def app():
    return assembled()


@pytest.fixture(scope="module")
def made(app, tmp_path_factory):
    """A workspace with one commune."""
    home = tmp_path_factory.mktemp("made")
    gpd.GeoDataFrame({"code": ["15991"], "name": ["Xã K"]}, geometry=[cells(0, 0, 3, 2)], crs=WORK).to_file(
        home / "k.gpkg"
    )
    for words in (["init", home / "kho", "--crs", "EPSG:5897", "--operators", "vnpt,viettel"],
                  ["import", home / "k.gpkg", "--layer", "commune", "--vintage", VINTAGE, "--workspace", home / "kho"]):  # fmt: skip
        assert CliRunner().invoke(app, [str(w) for w in words]).exit_code == 0
    return home / "kho"


@pytest.fixture
def hatangso(app, made, tmp_path):
    """Run a command on a copy of the workspace; gives the exit code and the answer, or what was said."""
    shutil.copytree(made, tmp_path / "kho")

    def run(*words):
        given = [*map(str, words), "--workspace", str(tmp_path / "kho"), "--json"]
        answer = CliRunner().invoke(app, given)
        return answer.exit_code, json.loads(answer.stdout) if answer.exit_code < 2 else answer.output

    return run


@pytest.fixture
def levels(tmp_path):
    return tif(tmp_path / "4g.tif", LEVELS, nodata=-9999)


def current(folder: Path):
    workspace = open_workspace(folder, Settings())
    try:
        kept = [slot.kept for slot in slots(workspace).values()]
        return {k.dataset.slot: k.dataset for k in kept}, load(workspace, kept, date.fromisoformat(VINTAGE))
    finally:
        workspace.close()


def test_a_signal_file_is_kept_with_what_was_said_of_it_and_read_again(hatangso, levels, tmp_path):
    code, answer = hatangso("import", levels, *SAID, *WHOLE)
    assert (code, answer["rows"], answer["imported"]) == (0, 6, True)
    datasets, data = current(tmp_path / "kho")
    kept = datasets["signal/VNPT/vnpt/4G"]
    assert kept.stated == {"operator": "vnpt", "technology": "4G", "quantity": "rsrp", "empty_cells": "no-signal"}
    (signal,) = data.layers["signal"].maps
    assert (signal.operator, signal.technology, signal.provider, signal.as_of) == (
        "vnpt",
        "4G",
        "VNPT",
        date(2025, 10, 1),
    )
    assert (signal.dataset, signal.uncertainty_m) == (kept.id, 0)
    np.testing.assert_array_equal(signal.low.values, np.where(LEVELS == -9999, -np.inf, LEVELS))


def test_it_is_complete_for_its_own_operator_and_technology_only(hatangso, levels, tmp_path):
    hatangso("import", levels, *SAID, *WHOLE)
    stated = current(tmp_path / "kho")[1].completeness
    assert stated[["layer", "operator", "technology", "area"]].to_numpy().tolist() == [["signal", "vnpt", "4G", "*"]]


def test_another_technology_stands_beside_it_and_a_newer_file_of_the_same_replaces_it(hatangso, levels, tmp_path):
    hatangso("import", levels, *SAID, *WHOLE)
    hatangso("import", levels, *SAID, "--set", "operator=vnpt", "--set", "technology=5G", "--nodata", "no-signal")
    code, answer = hatangso("import", levels, *SAID, *WHOLE[:4], "--nodata", "not-computed")
    assert (code, answer["replaces"] is not None, answer["rows"]) == (0, True, 4)
    datasets, data = current(tmp_path / "kho")
    assert {"signal/VNPT/vnpt/4G", "signal/VNPT/vnpt/5G"} < set(datasets)
    assert [m.technology for m in data.layers["signal"].maps] == ["4G", "5G"]
    assert np.isnan(data.layers["signal"].select((), ("4G",)).maps[0].low.values).sum() == 2


def test_without_the_meaning_of_empty_cells_it_is_refused_with_the_words_to_say(hatangso, levels):
    code, said = hatangso("import", levels, *SAID, *WHOLE[:4])
    assert code == 3
    assert "--nodata no-signal" in said


@pytest.mark.parametrize(
    ("words", "code", "column"),
    [
        (["operator=vnpt"], "not_stated", "technology"),
        (["technology=4G"], "not_stated", "operator"),
        (["operator=vinafone", "technology=4G"], "unknown_operator", "operator"),
        (["operator=vnpt", "technology=6G"], "not_a_choice", "technology"),
        (["operator=vnpt", "technology=3G,4G"], "not_a_choice", "technology"),
        (["operator=vnpt", "technology=4G", "quantity=rscp"], "quantity_wrong", "quantity"),
        (["operator=vnpt", "technology=4G", "legend=vnpt"], "legend_not_for", "legend"),
        (["operator=vnpt", "technology=5G", "legend=vnpt"], "legend_not_for", "legend"),
        (["operator=vnpt", "technology=3G", "legend=vina"], "legend_unknown", "legend"),
    ],
)
def test_what_is_said_of_the_file_is_checked_like_a_cell(words, code, column, hatangso, levels):
    given = [part for word in words for part in ("--set", word)]
    exit_code, answer = hatangso("import", levels, *SAID, *given, "--nodata", "no-signal")
    assert (exit_code, answer["imported"]) == (1, False)
    assert [(n["code"], n["column"], n["row"]) for n in answer["notices"]] == [(code, column, 0)]
    assert "{" not in answer["notices"][0]["message"]


def test_a_column_that_the_layer_has_not_is_refused(hatangso, levels):
    code, said = hatangso("import", levels, *SAID, *WHOLE, "--set", "band=3")
    assert code == 3
    assert "band" in said


def test_no_data_of_a_signal_file_is_no_number_alone_and_that_of_another_raster_has_no_meaning(hatangso, levels):
    assert hatangso("import", levels, *SAID, *WHOLE[:4], "--nodata", "-9999")[0] == 3
    assert hatangso("import", levels, *SAID, *WHOLE[:4], "--nodata", "no-signal:many")[0] == 2
    people = ["--layer", "population", "--provider", "Sở", "--as-of", "2025-10-01", "--complete-for", "none"]
    code, said = hatangso("import", levels, *people, "--nodata", "no-signal")
    assert code == 3
    assert "no-signal" in said


def test_a_population_grid_may_be_complete(hatangso, tmp_path):
    people = ["--layer", "population", "--provider", "Sở", "--as-of", "2025-10-01", "--complete-for", "all"]
    assert hatangso("import", tif(tmp_path / "p.tif", np.ones((2, 3))), *people, "--nodata", "-1")[0] == 0


def test_ids_of_datasets_without_statement_are_as_they_were():
    facts = {"layer": "wifi", "provider": "Sở", "as_of": date(2025, 6, 1), "rows": 1, "content_sha256": "a" * 64}
    assert Dataset(**facts).id == Dataset(**facts, stated={}).id
    assert Dataset(**facts).id == "025f723d524e5189b7b067f59a826ed9c2e72475e45961423db54a0cd29d442c"
    assert Dataset(**facts, stated={"operator": "x"}).id != Dataset(**facts).id


# Reading ------------------------------------------------------------------------------------------------------------


def statement(**more):
    return Statement(**{"operator": "x", "technology": "4G", "quantity": "rsrp", "empty": "no-signal"} | more)


def test_a_named_cell_value_means_no_value_beside_the_one_of_the_file(tmp_path):
    path = tif(tmp_path / "a.tif", np.array([[-90.0, -9999, 0]]), nodata=-9999)
    read = read_signal(path, statement(empty="not-computed", nodata=0), work=WORK)
    np.testing.assert_array_equal(read.low.values, [[-90, np.nan, np.nan]])


def test_whole_numbers_with_a_scale_are_decibels(tmp_path):
    path = tif(tmp_path / "a.tif", np.array([[-900, -1000]], dtype="int16"))
    with rasterio.open(path, "r+") as file:
        file.scales = (0.1,)
    np.testing.assert_allclose(read_signal(path, statement(), work=WORK).low.values, [[-90, -100]], rtol=1e-6)


@pytest.mark.parametrize(("wrong", "said"), [(3.0, "legend="), (-9999.0, "no-signal:-9999"), (np.inf, "inf")])
def test_what_cannot_be_dbm_is_refused_with_what_it_may_be(wrong, said, tmp_path):
    with pytest.raises(InputError, match=said):
        read_signal(tif(tmp_path / "a.tif", np.array([[-90.0, wrong]])), statement(), work=WORK)


def test_classes_become_intervals_and_an_empty_cell_no_signal(tmp_path):
    path = tif(tmp_path / "a.tif", np.array([[1, 5, 6, 255]], dtype="uint8"), nodata=255)
    read = read_signal(path, statement(technology="3G", quantity="rscp", legend="vnpt"), work=WORK)
    assert read.low.values.tolist() == [[-65, -105, -np.inf, -np.inf]]
    assert read.high.values.tolist() == [[np.inf, -95, -105, -np.inf]]


def test_a_class_that_the_legend_has_not_is_refused(tmp_path):
    path = tif(tmp_path / "a.tif", np.array([[1, 7]], dtype="uint8"))
    with pytest.raises(InputError, match=r"7.*vnpt.*1, 2, 3, 4, 5, 6"):
        read_signal(path, statement(technology="3G", quantity="rscp", legend="vnpt"), work=WORK)


def degrees(values, cell=0.0002):
    """Values as a raster in WGS 84 whose middle lies in the middle of commune k."""
    to_degrees = Transformer.from_crs(WORK, 4326, always_xy=True)
    lon, lat = to_degrees.transform(WEST + 150, SOUTH + 100)
    rows, columns = values.shape
    return {"crs": "EPSG:4326", "cell": cell, "corner": (lon - columns / 2 * cell, lat + rows / 2 * cell)}


def test_a_file_in_degrees_is_warped_to_the_nearest_cell_and_says_how_far_values_may_have_moved(tmp_path):
    values = np.full((40, 40), -100.0)
    values[20:] = -np.nan
    path = tif(tmp_path / "a.tif", values, **degrees(values))
    read = read_signal(path, statement(empty="not-computed"), work=WORK)
    assert read.low.crs == WORK
    # a cell of 0.0002° here is 21.0 m x 22.1 m: its diagonal and half its shorter side
    assert read.uncertainty_m == pytest.approx(np.hypot(21.0, 22.1) + 21.0 / 2, rel=0.01)
    area = (
        np.isfinite(read.low.values).sum() * np.prod(read.low.cell),
        np.isnan(read.low.values).sum() * np.prod(read.low.cell),
    )
    assert area == pytest.approx((40 * 20 * 21.0 * 22.1,) * 2, rel=0.02)


def test_beyond_the_crooked_edge_of_a_warped_file_nothing_is_claimed(tmp_path):
    values = np.full((20, 20), np.nan)
    path = tif(tmp_path / "a.tif", values, **degrees(values, 0.05))
    read = read_signal(path, statement(empty="not-computed"), work=WORK)
    assert set(np.isneginf(read.low.values[0])) == {True, False}
    assert np.isnan(read.low.values).mean() > 0.9


@pytest.mark.parametrize("seed", range(3))
def test_warping_loses_no_cell_and_keeps_what_is_sure_and_possible(seed, tmp_path):
    rng = np.random.default_rng(seed)
    values = np.where(rng.random((30, 30)) < 0.1, -120.0, -90).astype("float32")
    where = degrees(values)
    transform = Affine(where["cell"], 0, where["corner"][0], 0, -where["cell"], where["corner"][1])
    numbered = np.arange(900, dtype="float32").reshape(30, 30)
    assert set(range(900)) <= set(
        warped(numbered, transform, CRS(4326), WORK, outside=-1, how="nearest").values.ravel().tolist()
    )
    read = read_signal(tif(tmp_path / "a.tif", values, **where), statement(), work=WORK)
    found = coverage_rows(Signals((read,)), {"4G": -105})
    at = rng.uniform(1, 29, (500, 2))  # columns and rows between centres, and what the file itself says of them
    lon, lat = where["corner"][0] + at[:, 0] * where["cell"], where["corner"][1] - at[:, 1] * where["cell"]
    west, north = np.floor(at - 0.5).astype(int).T
    around = np.stack([values[north + r, west + c] for r in (0, 1) for c in (0, 1)]) >= -105
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat), crs=4326).to_crs(WORK)
    surely = covered_share(points, cover(found[~found["possible"]])).to_numpy() == 1
    possibly = covered_share(points, cover(found.copy())).to_numpy() == 1
    assert not (surely & ~around.all(axis=0)).any()
    assert not (~possibly & around.any(axis=0)).any()


def test_pyproj_and_gdal_agree_where_a_cell_lies(tmp_path):
    values = np.full((1, 1), -90.0)
    path = tif(tmp_path / "a.tif", values, **degrees(values, 0.002))
    read = read_signal(path, statement(), work=WORK)
    west, _, _, north = read.low.bounds
    rows, columns = np.nonzero(reaching(read, -105)[0])
    wide, high = read.low.cell
    middle = (west + (columns.mean() + 0.5) * wide, north - (rows.mean() + 0.5) * high)
    assert np.hypot(middle[0] - WEST - 150, middle[1] - SOUTH - 100) < wide / 2


def test_terrain_is_read_in_any_crs_and_unknown_heights_stay_unknown(tmp_path):
    values = np.array([[10.0, 20], [-9999, 40]])
    grid = read_terrain(tif(tmp_path / "a.tif", values, nodata=-9999), work=WORK)
    np.testing.assert_array_equal(grid.values, [[10, 20], [np.nan, 40]])
    flat = np.full((20, 20), 55.0)
    abroad = read_terrain(tif(tmp_path / "b.tif", flat, **degrees(flat)), work=WORK)
    assert np.nanmax(abroad.values) == pytest.approx(55)
    assert np.isnan(abroad.values).any()


def test_heights_that_the_earth_has_not_are_refused(tmp_path):
    with pytest.raises(InputError, match="--nodata -32768"):
        read_terrain(tif(tmp_path / "a.tif", np.array([[-32768.0, 5]])), work=WORK)


def test_a_raster_with_too_many_cells_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("geo.read_grid.MAX_CELLS", 5)
    with pytest.raises(InputError, match=r"6 .*5"):
        read_signal(tif(tmp_path / "a.tif", LEVELS), statement(nodata=-9999), work=WORK)


def test_signals_are_narrowed_to_operators_and_technologies():
    grid = Grid(np.zeros((1, 1)), (0, 0, 1, 1), WORK)
    maps = [SignalMap(o, t, "rsrp", grid, grid, "P", date(2025, 1, 1)) for o in "xy" for t in ("4G", "5G")]
    found = Signals(tuple(maps)).select(("x",), ("5G",)).maps
    assert [(m.operator, m.technology) for m in found] == [("x", "5G")]
    assert len(Signals(tuple(maps)).select((), ()).maps) == 4


def test_what_is_said_twice_of_a_raster_must_agree_and_once_is_enough(tmp_path):
    stating = Stating(provider="VNPT", complete_for="all")
    once = Reading("signal", operator="vnpt", technology="4G", nodata="no-signal", as_of=datetime(2026, 10, 1))
    found = sent(tmp_path / "a.tif", once, stating)
    assert set(found.options.set_to) == {("operator", "vnpt"), ("technology", "4G")}
    twice = replace(once, set_to=["operator=viettel"])
    with pytest.raises(UsageError, match="differ"):
        sent(tmp_path / "a.tif", twice, stating)
    other = sent(
        tmp_path / "a.tif", Reading("signal", set_to=["operator=vnpt", "technology=5G"], as_of=once.as_of), stating
    )
    assert (other.operators, other.technologies) == (("vnpt",), ("5G",))
