"""The clean export: what is written imports again as the same rows, without a finding."""

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
from shapely import LineString, Point, Polygon
from shapely.affinity import translate

import geo.layers  # noqa: F401 registers them
from geo.boundaries import units as shipped_units
from geo.clean import cleaned
from geo.errors import InputError
from geo.layer import LAYERS
from geo.read import ReadOptions, read_rows
from geo.units import Units
from geo.write_clean import write_clean
from tests.conftest import SOUTH, WEST, WORK, cells, spot

VALUES = {
    "text": "=1+1", "number": 105.123, "integer": 3, "yesno": True, "date": pd.Timestamp("2026-04-03"),
    "period": "2026Q2",
}  # fmt: skip
SKIPPED = {"commune", "village", "village_centre", "declared_item"}  # they name units, or indicators, by rule
SHAPED = [x for x in LAYERS.values() if x.geometry not in ("none", "raster") and not x.unit]
POINTS = [x for x in SHAPED if x.geometry in ("point", "point or polygon", "any") and x.name != "coverage"]


def full(layer, shape, count=2) -> gpd.GeoDataFrame:
    """Rows of a layer with a value in each column, as the reader would give them."""
    frame = pd.DataFrame(index=range(count))
    for column in layer.columns:
        value = VALUES.get(column.kind)
        if column.kind in ("number", "integer"):
            low, high = column.low or 0, column.high or 400
            value = round(low + (high - low) / 3, 3) if column.kind == "number" else int(low + 1)
        if column.kind == "choice":
            value = column.choices[0].code
        if column.name.startswith(("commune_", "village_", "former_")):
            value = None
        dtype = {"number": "float64", "integer": "Int64", "yesno": "boolean", "date": "datetime64[us]"}
        frame[column.name] = pd.Series([value] * count, dtype=dtype.get(column.kind, "str"))
    frame[layer.key] = [f"r{n}" for n in range(1, count + 1)]
    shapes = [translate(shape, 50 * n) for n in range(count)]
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=WORK)


def shape_for(layer):
    if layer.geometry == "line":
        return LineString([(WEST, SOUTH), (WEST + 20, SOUTH + 9)])
    return cells(0, 0, 0.2, 0.2) if layer.geometry == "polygon" else spot(10, 10)


def back(path, layer):
    return read_rows(path, layer, areas=None, options=ReadOptions(work=WORK))


def assert_same(got, want, layer, metres=0.02):
    for name in layer.names:
        assert got[name].isna().tolist() == want[name].isna().tolist(), name
        assert got[name].dropna().tolist() == want[name].dropna().tolist(), name
    assert len(got) == len(want)
    assert all(a.hausdorff_distance(b) < metres for a, b in zip(got.geometry, want.geometry, strict=True))


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson"])
@pytest.mark.parametrize("layer", [x for x in SHAPED if x.name not in ("coverage", *SKIPPED)], ids=lambda x: x.name)
def test_shapes_written_clean_import_again_without_a_finding(layer, suffix, tmp_path):
    frame = full(layer, shape_for(layer))
    assert write_clean(frame, layer, tmp_path / f"out{suffix}") == []
    read = back(tmp_path / f"out{suffix}", layer)
    assert read.notices == []
    assert_same(read.frame, frame, layer)


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
@pytest.mark.parametrize("layer", [x for x in POINTS if x.name not in SKIPPED], ids=lambda x: x.name)
def test_points_written_as_a_table_import_again_without_a_finding(layer, suffix, tmp_path):
    frame = full(layer, spot(10, 10))
    assert write_clean(frame, layer, tmp_path / f"out{suffix}") == []
    read = back(tmp_path / f"out{suffix}", layer)
    assert read.notices == []
    assert_same(read.frame, frame, layer)


def test_text_of_a_sheet_is_no_formula_and_headings_are_those_of_the_form(tmp_path):
    write_clean(full(LAYERS["bts"], spot(0, 0)), LAYERS["bts"], tmp_path / "bts.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "bts.xlsx").active
    titles = [cell.value for cell in sheet[1]]
    assert "Nhà mạng" in titles and titles[-2:] == ["Kinh độ", "Vĩ độ"]
    assert all(cell.data_type in ("s", "n") for row in sheet.iter_rows() for cell in row)
    assert sheet.cell(2, 1 + titles.index("Tên trạm")).value == "'=1+1"


def test_missing_cells_stay_missing(tmp_path):
    frame = full(LAYERS["bts"], spot(0, 0))
    for name in ("height_m", "shared", "status", "status_date", "technology"):
        frame[name] = frame[name].mask([True, False])
    for suffix in (".gpkg", ".geojson", ".xlsx", ".csv"):
        write_clean(frame, LAYERS["bts"], tmp_path / f"out{suffix}")
        assert_same(back(tmp_path / f"out{suffix}", LAYERS["bts"]).frame, frame, LAYERS["bts"])


def coverage(*shapes, technology="4G") -> gpd.GeoDataFrame:
    n = len(shapes)
    facts = {c: pd.Series([None] * n, dtype="str") for c in LAYERS["coverage"].names}
    numbers = {c: pd.Series(np.nan, index=range(n)) for c in ("azimuth_deg", "beam_width_deg", "range_m")}
    said = {"id": [str(i) for i in range(n)], "operator": "vnpt", "technology": technology}
    return gpd.GeoDataFrame(pd.DataFrame(facts).assign(**numbers, **said), geometry=list(shapes), crs=WORK)


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson"])
def test_coverage_is_written_united_and_valid(suffix, tmp_path):
    layer = LAYERS["coverage"]
    frame = coverage(cells(0, 0, 2, 1), cells(1, 0, 2, 1), spot(500, 0).buffer(40))
    write_clean(frame, layer, tmp_path / f"out{suffix}")
    read = back(tmp_path / f"out{suffix}", layer)
    assert read.notices == []
    assert read.frame["id"].tolist() == ["vnpt-4G"]
    assert read.frame.geometry.area.iloc[0] == pytest.approx(3 * 100**2 + spot(0, 0).buffer(40).area, rel=1e-3)


def test_thin_coverage_stays_valid_on_the_grid_of_degrees(tmp_path):
    # teeth that end 1 mm above the base: on a grid of 1 cm some of them would cross it
    teeth = [(WEST + 7.3 * x, SOUTH + (0.001 if x % 2 else 200)) for x in range(1, 60)]
    comb = Polygon([(WEST + 7.3 * 60, SOUTH), (WEST, SOUTH), *teeth])
    assert comb.is_valid
    write_clean(coverage(comb), LAYERS["coverage"], tmp_path / "out.geojson")
    assert gpd.read_file(tmp_path / "out.geojson").geometry.is_valid.all()


def test_a_network_is_written_repaired_and_says_what_was_done(tmp_path):
    layer = LAYERS["fibre"]
    frame = full(layer, shape_for(LAYERS["road"])).assign(kind="line")
    here = [LineString([(WEST, SOUTH), (WEST + 100, SOUTH)]), LineString([(WEST + 103, SOUTH), (WEST + 200, SOUTH)])]
    frame = frame.set_geometry(here, crs=WORK)
    notices = write_clean(frame, layer, tmp_path / "out.gpkg")
    assert [(n.code, n.severity, n.row, n.sender_id) for n in notices] == [("line_joined", "warning", 1, "r1")]
    read = back(tmp_path / "out.gpkg", layer)
    assert read.notices == [] and read.frame.geometry.length.tolist() == [103, 97]


def test_fibre_is_written_in_the_open_standard(tmp_path):
    layer = LAYERS["fibre"]
    frame = full(layer, shape_for(LAYERS["road"]), 1).assign(kind="line", as_of=pd.Timestamp("2026-10-01"))
    assert write_clean(frame, layer, tmp_path / "out.json") == []
    assert '"collectionDate": "2026-10-01"' in (tmp_path / "out.json").read_text(encoding="utf-8")


def test_rows_get_the_code_and_the_official_name_of_their_unit(communes, villages):
    frame = full(LAYERS["bts"], spot(0, 0)).assign(
        commune_name="xa k", commune_named=["k", None], village_named=["b", None]
    )
    done, _ = cleaned(frame, LAYERS["bts"], Units(communes, villages, "2025-07-01"))
    assert done["commune_code"].dropna().tolist() == ["k"] and done["commune_name"].tolist() == ["Xã K", "xa k"]
    assert done["village_code"].dropna().tolist() == ["b"] and done["village_name"].dropna().tolist() == ["Thôn B"]
    assert list(done.columns) == [*LAYERS["bts"].names, "geometry"]


@pytest.mark.parametrize(("name", "file"), [("bts", "out.json"), ("fibre", "out.shp"), ("bts", "out")])
def test_other_formats_are_refused(name, file, tmp_path):
    with pytest.raises(InputError) as refused:
        write_clean(full(LAYERS[name], spot(0, 0)), LAYERS[name], tmp_path / file)
    assert refused.value.code == "clean_suffix" and not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_lines_do_not_fit_into_a_table(suffix, tmp_path):
    with pytest.raises(InputError) as refused:
        write_clean(full(LAYERS["road"], shape_for(LAYERS["road"])), LAYERS["road"], tmp_path / f"out{suffix}")
    assert refused.value.code == "clean_needs_shapes" and not list(tmp_path.iterdir())


def test_what_comes_in_is_not_changed(tmp_path):
    frame = full(LAYERS["bts"], Point(WEST, SOUTH))
    before = frame.copy(deep=True)
    write_clean(frame, LAYERS["bts"], tmp_path / "out.csv")
    pd.testing.assert_frame_equal(pd.DataFrame(frame), pd.DataFrame(before))


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".gpkg"])
def test_a_village_keeps_its_commune_where_another_bears_the_name_it_was_sent_with(tmp_path, suffix):
    known = shipped_units("2025-07-01").assign(shape="none")
    areas = Units(gpd.GeoDataFrame(known, geometry=[None] * len(known), crs=WORK), None, "2025-07-01")
    sent = tmp_path / "sent.csv"
    sent.write_text("Tên thôn,Tên xã,Huyện cũ\nThôn 1,Xã Lam Sơn,Huyện Ngọc Lặc\n", encoding="utf-8")
    options = ReadOptions(work=WORK)
    frame = read_rows(sent, LAYERS["village"], areas=areas, options=options).frame
    assert frame["commune"].tolist() == ["15124"]  # Xã Ngọc Liên; a Xã Lam Sơn of today is another commune
    write_clean(frame, LAYERS["village"], tmp_path / f"fixed{suffix}", units=areas)
    again = read_rows(tmp_path / f"fixed{suffix}", LAYERS["village"], areas=areas, options=options)
    assert again.frame["commune"].tolist() == ["15124"]
    assert not [n for n in again.notices if n.severity != "info"]
