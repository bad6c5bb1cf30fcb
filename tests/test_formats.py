"""Each file format gives the sender's table as it stands: headings, cells, shapes, and what it could not read."""

import json
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import geopandas as gpd
import openpyxl
import pytest
from shapely import LineString, Point, box

import geo.formats  # noqa: F401  registers them
from geo.description_table import described
from geo.errors import InputError
from geo.format import FORMATS
from geo.limits import LOCAL, UPLOAD

FACTS = {"ma": ["C1", "C2"], "ten": ["Hoằng Tiến", "Hoằng Phụ"], "so": [3, 4]}
FRAME = gpd.GeoDataFrame(FACTS, geometry=[Point(105.5, 19.5), Point(105.6, 19.6)], crs=4326)


def of(path: Path):
    return next(f for f in FORMATS.values() if path.suffix in f.suffixes)


def read(path: Path, sublayer: str = "", limits=LOCAL):
    found = of(path)
    assert found.fits(path.read_bytes()[:4096])
    found.inspect(path, limits)
    return found.read(path, sublayer, limits)


def zipped(folder: Path, stem: str) -> Path:
    target = folder / "all.zip"
    with ZipFile(target, "w") as archive:
        for part in folder.glob(f"{stem}.*"):
            archive.write(part, part.name)
    return target


def written(tmp_path: Path, suffix: str) -> Path:
    path = tmp_path / f"a{suffix}"
    if suffix == ".parquet":
        FRAME.to_parquet(path)
    elif suffix == ".zip":
        FRAME.to_file(tmp_path / "a.shp", encoding="utf-8")
        path = zipped(tmp_path, "a")
    elif suffix == ".kmz":
        FRAME.to_file(tmp_path / "a.kml", driver="LIBKML")
        with ZipFile(path, "w") as archive:
            archive.write(tmp_path / "a.kml", "doc.kml")
    else:
        FRAME.to_file(path, driver={".kml": "LIBKML", ".tab": "MapInfo File", ".mif": "MapInfo File"}.get(suffix))
    return path


@pytest.mark.parametrize(
    "suffix", [".gpkg", ".geojson", ".shp", ".zip", ".kml", ".kmz", ".fgb", ".parquet", ".tab", ".mif"]
)
def test_every_format_gives_the_same_rows(tmp_path, suffix):
    sheet = read(written(tmp_path, suffix))
    assert list(sheet.cells.index) == [1, 2]
    said = {header: sheet.cells[at].tolist() for at, header in enumerate(sheet.headers)}
    assert sorted(said["ma"]) == ["C1", "C2"]  # a FlatGeobuf puts them in the order of its index
    found = {ma: (round(p.x, 6), round(p.y, 6)) for ma, p in zip(said["ma"], sheet.shapes, strict=True)}
    assert found == {"C1": (105.5, 19.5), "C2": (105.6, 19.6)}
    assert sheet.shapes.crs is not None


def test_the_text_of_a_shapefile_without_cpg_comes_byte_by_byte(tmp_path):
    FRAME.to_file(tmp_path / "a.shp", encoding="utf-8")
    (tmp_path / "a.cpg").unlink()
    sheet = read(tmp_path / "a.shp")
    assert sheet.legacy == "latin-1"
    assert sheet.cells[1].iloc[0].encode("latin-1").decode() == "Hoằng Tiến"


def test_a_shapefile_without_prj_has_no_crs(tmp_path):
    FRAME.to_file(tmp_path / "a.shp")
    (tmp_path / "a.prj").unlink()
    assert read(tmp_path / "a.shp").shapes.crs is None


def test_an_archive_of_two_shapefiles_asks_which(tmp_path):
    for name in ("a", "b"):
        FRAME.to_file(tmp_path / f"{name}.shp")
    with ZipFile(tmp_path / "x.zip", "w") as archive:
        for part in [*tmp_path.glob("a.*"), *tmp_path.glob("b.*")]:
            archive.write(part, part.name)
    with pytest.raises(InputError, match="a, b") as caught:
        read(tmp_path / "x.zip")
    assert caught.value.code == "sublayer_needed"
    assert len(read(tmp_path / "x.zip", "b").cells) == 2


KML = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>D</name>
<Folder><name>Trạm</name><Placemark><name>T1</name>
<description><![CDATA[<table><tr><td>Mã trạm</td><td>C1</td></tr><tr><td>Nhà mạng</td><td>VNPT</td></tr></table>]]></description>
<Point><coordinates>105.5,19.5,0</coordinates></Point></Placemark></Folder>
<Folder><name>Cáp</name><Placemark><name>L</name>
<LineString><coordinates>105.5,19.5 105.6,19.5</coordinates></LineString></Placemark></Folder></Document></kml>"""


def test_folders_of_a_kml_are_layers_and_its_balloons_are_columns(tmp_path):
    (tmp_path / "a.kml").write_text(KML, encoding="utf-8")
    with pytest.raises(InputError, match="Trạm, Cáp"):
        read(tmp_path / "a.kml")
    sheet = read(tmp_path / "a.kml", "Trạm")
    said = dict(zip(sheet.headers, sheet.cells.iloc[0], strict=True))
    assert {"Name": "T1", "Mã trạm": "C1", "Nhà mạng": "VNPT"}.items() <= said.items()
    assert "description" not in said
    assert isinstance(read(tmp_path / "a.kml", "Cáp").shapes.iloc[0], LineString)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<table><tr><th>Mã</th><td>C1</td></tr></table>", {"Mã": "C1"}),
        ("Mã: C1<br>Độ cao = 42 m", {"Mã": "C1", "Độ cao": "42 m"}),
        (
            "<table><tr><td>a</td><td>b</td><td>c</td></tr><tr><td>1</td><td>2</td><td>3</td></tr></table>",
            {"a": "1", "b": "2", "c": "3"},
        ),
        ("Nhà văn hóa thôn 3", {}),
        ("", {}),
    ],
)
def test_a_description_is_read_as_names_and_values(text, told):
    assert described(text) == told


def test_a_spreadsheet_tells_of_errors_merged_cells_and_other_sheets(tmp_path):
    book = openpyxl.Workbook()
    rows = book.active
    rows.title = "Số liệu"
    for row in (["DANH SÁCH"], ["Tên xã", "Tên thôn", "Số hộ"], ["Xã X", "Thôn 1", "=1/0"], [None, "Thôn 2", 5]):
        rows.append(row)
    rows.merge_cells("A3:A4")
    rows.merge_cells("A1:C1")
    book.create_sheet("Ghi chú")
    book.save(tmp_path / "a.xlsx")
    sheet = read(tmp_path / "a.xlsx")
    assert sheet.headers == ("Tên xã", "Tên thôn", "Số hộ")
    assert sheet.cells[0].tolist() == ["Xã X", "Xã X"]
    assert {(n.row, n.code) for n in sheet.notices} == {(0, "cells_merged"), (3, "formula_broken"), (0, "other_sheets")}


def test_more_rows_than_the_limit_are_refused(tmp_path):
    book = openpyxl.Workbook()
    for at in range(7):
        book.active.append([at or "Mã"])
    book.save(tmp_path / "a.xlsx")
    assert len(read(tmp_path / "a.xlsx", limits=replace(UPLOAD, rows=6)).cells) == 6
    with pytest.raises(InputError) as caught:
        read(tmp_path / "a.xlsx", limits=replace(UPLOAD, rows=5))
    assert caught.value.code == "too_many_rows"


def geojson(tmp_path, *features, **more):
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features), **more}), encoding="utf-8")
    return read(path)


def feature(kind, coordinates, **more):
    return {"type": "Feature", "properties": {}, "geometry": {"type": kind, "coordinates": coordinates}, **more}


@pytest.mark.parametrize(
    ("kind", "coordinates", "said"),
    [
        ("Polygon", [[[0, 0], [1, 0], [1, 1], [0, 2]]], "vị trí cuối"),
        ("Polygon", [[[0, 0], [1, 0]]], "bốn"),
        ("Point", [1], "hai hoặc ba số"),
        ("Point", [[1, 2]], "dấu ngoặc"),
        ("Pointt", [1, 2], "kiểu hình"),
    ],
)
def test_a_shape_that_cannot_be_read_is_told_of_its_row(tmp_path, kind, coordinates, said):
    sheet = geojson(tmp_path, feature("Point", [105, 19]), feature(kind, coordinates))
    assert [(n.row, n.code) for n in sheet.notices] == [(2, "geometry_unreadable")]
    assert said in sheet.notices[0].text("vi")


def test_a_shape_in_metres_is_no_geojson(tmp_path):
    sheet = geojson(tmp_path, feature("Point", [597229.23, 2192597.26]))
    assert [(n.row, n.code) for n in sheet.notices] == [(1, "outside_degrees")]
    assert "597229, 2.1926e+06" in sheet.notices[0].text("en")


@pytest.mark.parametrize("box_said", [[19, 105, 19, 105], [105, 19], "x", [105, 19, 0, 105, 19, "y"]])
def test_a_bounding_box_that_does_not_fit_is_told(tmp_path, box_said):
    sheet = geojson(tmp_path, feature("Point", [105, 19], bbox=box_said))
    assert [(n.row, n.code) for n in sheet.notices] == [(1, "bbox_wrong")]


@pytest.mark.parametrize("box_said", [[105, 19, 105, 19], [105, 19, 0, 105, 19, 0]])
def test_a_bounding_box_that_fits_is_silent(tmp_path, box_said):
    assert not geojson(tmp_path, feature("Point", [105, 19], bbox=box_said)).notices


def test_a_clockwise_ring_is_read_and_told_once(tmp_path):
    ring = [list(c) for c in box(105, 19, 106, 20).exterior.coords]
    clockwise = ring if not box(105, 19, 106, 20).exterior.is_ccw else ring[::-1]
    sheet = geojson(tmp_path, feature("Polygon", [clockwise]), feature("Polygon", [clockwise[::-1]]))
    assert [(n.row, n.code) for n in sheet.notices] == [(0, "ring_direction")]
    assert sheet.shapes.is_valid.all()


@pytest.mark.parametrize(
    "content", ["[1]", '{"type": "Topology"}', '{"type": "FeatureCollection", "features": {}}', "{"]
)
def test_json_that_is_no_geojson_is_refused(tmp_path, content):
    (tmp_path / "a.geojson").write_text(content)
    with pytest.raises(InputError):
        read(tmp_path / "a.geojson")


def test_a_feature_and_a_geometry_alone_are_one_row(tmp_path):
    for content in (feature("Point", [105, 19]), {"type": "Point", "coordinates": [105, 19]}):
        (tmp_path / "a.json").write_text(json.dumps(content))
        assert len(read(tmp_path / "a.json").cells) == 1


# what RFC 7946 forbids or warns of: the examples' names say what is wrong with them
STRUCTURE = {
    "feature_geometry_is_string": "geometry_unreadable",
    "feature_id_type": "",
    "feature_no_properties": "feature_broken",
    "feature_properties_is_array": "feature_broken",
    "feature_properties_is_int": "feature_broken",
    "feature_wrong_geometry_key": "feature_broken",
    "featurecollection_feature_nullfeature": "feature_broken",
    "featurecollection_features_is_object": "format_not_sound",
    "featurecollection_no_features_member": "format_not_sound",
    "featurecollection_nulltype": "format_not_sound",
    "featurecollection_type_lowercase": "format_not_sound",
    "featurecollection_unknown_type": "format_not_sound",
    "geometry_bbox_not4or6": "bbox_wrong",
    "geometry_bbox_not_list": "bbox_wrong",
    "geometry_bbox_not_numbers": "bbox_wrong",
    "geometry_coordinates_1d": "geometry_unreadable",
    "geometry_coordinates_empty_position": "geometry_unreadable",
    "geometry_coordinates_missing": "geometry_unreadable",
    "geometry_coordinates_string": "geometry_unreadable",
    "geometry_depth_deep_point": "geometry_unreadable",
    "geometry_depth_deep_polygon": "geometry_unreadable",
    "geometry_depth_shallow_linestring": "geometry_unreadable",
    "geometry_depth_shallow_multipolygon": "geometry_unreadable",
    "geometry_depth_shallow_polygon": "geometry_unreadable",
    "geometry_geometrycollection_null_geometry": "geometry_unreadable",
    "geometry_mislabeled_point": "geometry_unreadable",
    "geometry_missing_type": "format_not_sound",
    "geometry_wrong_geometry_type": "format_not_sound",
}


def told(path: Path) -> set[str]:
    try:
        sheet = read(path)
    except InputError as error:
        return {error.code}
    return {n.code for n in sheet.notices}


@pytest.mark.parametrize(("name", "code"), STRUCTURE.items())
def test_the_published_broken_structures_are_told(shared, name, code):
    found = told(shared / "geometry" / "examples" / "invalid_structure" / f"invalid_{name}.geojson")
    assert code in found if code else not found


def test_every_published_broken_structure_is_among_them(shared):
    folder = shared / "geometry" / "examples" / "invalid_structure"
    assert {p.stem.removeprefix("invalid_") for p in folder.glob("*.geojson")} == set(STRUCTURE)


def test_the_published_valid_examples_are_read_without_errors(shared):
    for path in sorted((shared / "geometry" / "examples" / "valid").glob("*.geojson")):
        sheet = read(path)
        assert not [n for n in sheet.notices if n.severity == "error"], path.name


def workbook(tmp_path, *sheets: str, order=(1, 2)) -> Path:
    """An XLSX written by hand: rows of XML per sheet, named in another order than their files."""
    path = tmp_path / "hand.xlsx"
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    named = "".join(f'<sheet name="T{n}" sheetId="{n}" r:id="rId{n}"/>' for n in order)
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{rel}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in (1, 2)
    )
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        for n in (1, 2)
    )
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default '
        'Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName='
        '"/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        f"{kinds}</Types>",
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
        f'Id="rId1" Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {space} xmlns:r="{rel}"><sheets>{named}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f"{links}</Relationships>",
    }
    parts |= {
        f"xl/worksheets/sheet{n}.xml": f"<worksheet {space}><sheetData>{s}</sheetData></worksheet>"
        for n, s in enumerate(sheets, 1)
    }
    with ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def text(cell, said):
    return f'<c r="{cell}" t="inlineStr"><is><t>{said}</t></is></c>'


HEAD = f'<row r="1">{text("A1", "Mã")}{text("B1", "Tên")}{text("C1", "Số hộ")}</row>'
GOOD = f'{HEAD}<row r="2">{text("A2", "a")}{text("B2", "A")}<c r="C2"><v>3</v></c></row>'
BROKEN = f'{HEAD}<row r="2">{text("A2", "a")}<c r="B2" s="0"/><c r="C2" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'


def test_an_error_beside_a_blank_formatted_cell_is_told_of_its_own_column(tmp_path):
    sheet = read(workbook(tmp_path, BROKEN, GOOD))
    (notice,) = [n for n in sheet.notices if n.code == "formula_broken"]
    assert (notice.row, "“Số hộ” shows #DIV/0!" in notice.text("en")) == (2, True)


def test_errors_are_told_of_the_sheet_that_is_read_whatever_its_file_is_called(tmp_path):
    path = workbook(tmp_path, GOOD, BROKEN, order=(2, 1))
    assert [n.row for n in read(path, "T2").notices if n.code == "formula_broken"] == [2]
    assert not [n for n in read(path, "T1").notices if n.code == "formula_broken"]


def test_other_documents_of_a_kmz_and_links_of_a_kml_are_told(tmp_path):
    linked = KML.replace(
        "</Document>", "<NetworkLink><Link><href>http://x/y.kml</href></Link></NetworkLink></Document>"
    )
    with ZipFile(tmp_path / "a.kmz", "w") as archive:
        archive.writestr("doc.kml", linked)
        archive.writestr("files/more.kml", KML)
    sheet = read(tmp_path / "a.kmz", "Trạm")
    assert {n.code: n.severity for n in sheet.notices} == {"other_documents": "warning", "link_not_followed": "warning"}
    assert "files/more.kml" in sheet.notices[-1].text("vi")


def test_a_table_of_another_length_than_its_shapes_is_refused(tmp_path):
    path = written(tmp_path, ".zip")
    with ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for rows in (1, 9):
        with ZipFile(tmp_path / "wrong.zip", "w") as archive:
            for name, content in parts.items():
                wrong = content[:4] + rows.to_bytes(4, "little") + content[8:]
                archive.writestr(name, wrong if name.endswith(".dbf") else content)
        with pytest.raises(InputError) as caught:
            read(tmp_path / "wrong.zip")
        assert caught.value.code == "sidecar_wrong"


def test_what_macos_adds_to_an_archive_is_no_layer(tmp_path):
    path = written(tmp_path, ".zip")
    with ZipFile(path, "a") as archive:
        archive.writestr("__MACOSX/._a.shp", b"\x00\x05\x16\x07")
    assert len(read(path).cells) == 2
