"""Files out: whole or not at all, equal bytes for equal frames, nothing that a spreadsheet would run."""

import json
import os
import stat
from itertools import pairwise

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
from pyproj import CRS
from shapely import Point, Polygon

import geo.layers  # noqa: F401 registers them
from geo.layer import LAYERS
from geo.read import ReadOptions, read_parquet, read_rows
from geo.write import (
    READ_ONLY,
    atomic,
    neutral,
    parquet_bytes,
    write_csv,
    write_geojson,
    write_json,
    write_parquet,
    write_template_xlsx,
)

WORK = CRS.from_epsg(5897)
FORMED = [layer for layer in LAYERS.values() if layer.geometry != "raster"]


@pytest.fixture
def frame() -> gpd.GeoDataFrame:
    facts = {
        "name": pd.Series(["Thôn Hóa", "=1+1", None], dtype="str"),
        "value": [1.5, float("inf"), float("nan")],
        "count": pd.array([1, None, -3], dtype="Int64"),
        "yes": pd.array([True, None, False], dtype="boolean"),
        "day": pd.to_datetime(["2026-10-01", None, "2026-10-02"]).astype("datetime64[us]"),
    }
    return gpd.GeoDataFrame(facts, geometry=[Point(500000, 2200000), None, Point(500100, 2200000)], crs=WORK)


def test_a_file_appears_only_when_it_is_whole(tmp_path):
    path = tmp_path / "folder" / "a.txt"
    with pytest.raises(RuntimeError, match="half"), atomic(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError("half")
    assert list(path.parent.iterdir()) == []


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(RuntimeError, match="half"), atomic(path) as temporary:
        temporary.write_text("new")
        raise RuntimeError("half")
    assert path.read_text() == "old"


def test_the_temporary_name_keeps_the_suffix_and_the_mode_is_set(tmp_path):
    with atomic(tmp_path / "a.gpkg", mode=READ_ONLY) as temporary:
        assert temporary.suffix == ".gpkg"
        temporary.write_bytes(b"x")
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "a.gpkg").stat().st_mode) == 0o444
    assert [p.name for p in tmp_path.iterdir()] == ["a.gpkg"]


def test_equal_frames_give_equal_bytes_however_they_came_about(frame):
    parts = pd.concat([frame.iloc[:1], frame.iloc[1:]])
    assert parquet_bytes(frame) == parquet_bytes(parts) == parquet_bytes(frame.copy())
    texts = [str(i * 2654435761 % 10**12) * 5 for i in range(50_000)]  # enough for several pages
    plain = pd.DataFrame({"name": pd.Series(texts, dtype="str")})
    parts = pd.concat([plain.iloc[:7], plain.iloc[7:1500], plain.iloc[1500:]])
    assert parquet_bytes(plain) == parquet_bytes(parts)


def test_a_frame_comes_back_from_parquet_as_it_was(frame, tmp_path):
    write_parquet(frame, tmp_path / "a.parquet", provenance={"run": "r"})
    back = read_parquet(tmp_path / "a.parquet")
    assert back.drop(columns="geometry").equals(frame.drop(columns="geometry"))
    assert back.dtypes.equals(frame.dtypes)
    assert back.crs == frame.crs
    assert back.geometry.geom_equals(frame.geometry, align=False).tolist() == [True, False, True]  # None equals nothing
    write_parquet(pd.DataFrame({"a": [1]}), tmp_path / "b.parquet")
    assert not isinstance(read_parquet(tmp_path / "b.parquet"), gpd.GeoDataFrame)


@pytest.mark.parametrize("text", ["=1+1", "+x", "-x", "@x", "\tx", "\rx", " =1", "＝1", "-1+1"])
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(text):
    assert neutral(text) == "'" + text


@pytest.mark.parametrize("value", ["Thôn 1", "", "-5", "+84", -5.5, None, "a=b"])
def test_everything_else_stays_as_it_is(value):
    assert neutral(value) is value


def test_a_csv_is_neutral_in_cells_and_headers_and_says_where_it_came_from(frame, tmp_path):
    write_csv(frame.rename(columns={"yes": "=yes"}), tmp_path / "a.csv", provenance={"run": "=r"})
    text = (tmp_path / "a.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    assert text.decode("utf-8-sig").split("\r\n")[:3] == [
        "name,value,count,'=yes,day,run",
        "Thôn Hóa,1.5,1,True,2026-10-01,'=r",
        "'=1+1,,,,,'=r",
    ]


def test_geojson_is_wgs84_with_null_for_what_is_not_finite_and_its_provenance(frame, tmp_path):
    write_geojson(frame, tmp_path / "a.geojson", provenance={"run": "r", "share": np.float64("nan")})
    content = json.loads((tmp_path / "a.geojson").read_text(encoding="utf-8"))
    assert content["provenance"] == {"run": "r", "share": None}
    first, second, _ = content["features"]
    assert first["properties"] == {"name": "Thôn Hóa", "value": 1.5, "count": 1, "yes": True, "day": "2026-10-01"}
    assert second["properties"] == {"name": "=1+1", "value": None, "count": None, "yes": None, "day": None}
    assert second["geometry"] is None
    x, y = first["geometry"]["coordinates"]
    assert x == pytest.approx(105.0, abs=0.01)  # the central meridian of EPSG:5897 is 105° east
    assert round(x, 7) == x and round(y, 7) == y


def test_polygons_of_geojson_run_anticlockwise(tmp_path):
    clockwise = Polygon([(105, 19), (105, 20), (106, 20), (106, 19)])
    write_geojson(gpd.GeoDataFrame(geometry=[clockwise], crs=4326), tmp_path / "a.geojson")
    ring = json.loads((tmp_path / "a.geojson").read_text())["features"][0]["geometry"]["coordinates"][0]
    assert sum((b[0] - a[0]) * (b[1] + a[1]) for a, b in pairwise(ring)) < 0


def test_json_keeps_vietnamese_and_has_null_for_what_is_not_finite(tmp_path):
    write_json({"tên": "Hoằng Phú", "low": float("inf"), "days": {pd.Timestamp(2026, 1, 2)}}, tmp_path / "a.json")
    text = (tmp_path / "a.json").read_text(encoding="utf-8")
    assert "Hoằng Phú" in text
    assert json.loads(text) == {"tên": "Hoằng Phú", "low": None, "days": ["2026-01-02"]}


@pytest.mark.parametrize("layer", FORMED, ids=lambda x: x.name)
def test_the_empty_form_of_a_layer_is_read_back_as_no_rows_without_a_finding(layer, tmp_path):
    write_template_xlsx(layer, tmp_path / "form.xlsx")
    reading = read_rows(tmp_path / "form.xlsx", layer, areas=None, options=ReadOptions(work=WORK))
    assert len(reading.frame) == 0
    assert not reading.notices
    assert set(layer.names) <= set(reading.frame.columns)


def test_a_form_has_vietnamese_headers_pick_lists_and_a_guide(tmp_path):
    write_template_xlsx(LAYERS["wifi"], tmp_path / "form.xlsx")
    book = openpyxl.load_workbook(tmp_path / "form.xlsx")
    rows, guide, lists = book.worksheets
    assert [c.value for c in rows[1]][:3] == ["Mã", "Mã xã", "Tên xã"]
    assert rows.max_row == 1
    assert guide.max_row == len(LAYERS["wifi"].columns) + 3  # its header, and two coordinates
    assert len(rows.data_validations.dataValidation) == lists.max_column == 4  # place, free, backhaul, status
