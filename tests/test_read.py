"""Files in: each format gives the same frame, each row its sender's number, and nothing is opened as anything else."""

import json
import shutil
from datetime import date, datetime
from zipfile import ZipFile

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import rasterio
from affine import Affine
from pyproj import CRS
from shapely import Point, box

import geo.layers  # noqa: F401 registers them
from geo.areas import communes_frame
from geo.columns import matched
from geo.errors import InputError
from geo.layer import LAYERS, Column
from geo.read import ReadOptions, read_grid, read_layer, read_rows
from geo.units import Units

WORK = CRS.from_epsg(5897)
OPTIONS = ReadOptions(work=WORK)
CENTRE = LAYERS["village_centre"]


def csv(tmp_path, *lines, name="a.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes("\n".join(lines).encode(encoding))
    return path


def xlsx(tmp_path, *rows, sheet="Trang 1"):
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    return tmp_path / "a.xlsx"


def read(path, layer="village_centre", areas=None, **options):
    return read_rows(path, LAYERS[layer], areas=areas, options=ReadOptions(**{"work": WORK, **options}))


def found(reading, severity="error"):
    return [(n.row, n.code) for n in reading.notices if n.severity == severity]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_csv_is_read_with_any_separator_with_or_without_bom(tmp_path, separator, encoding):
    lines = (["Mã", "Tên", "lon", "lat"], ["01", "Nhà văn hóa", "105.1", "19.8"])
    path = csv(tmp_path, *(separator.join(line) for line in lines), encoding=encoding)
    frame, notices = read_layer(path, CENTRE, areas=None, provider="Sở", as_of=date(2026, 10, 1), options=OPTIONS)
    assert frame[["id", "name", "provider"]].to_numpy().tolist() == [["01", "Nhà văn hóa", "Sở"]]
    assert frame["as_of"].tolist() == [pd.Timestamp(2026, 10, 1)]
    assert frame["as_of"].dtype == "datetime64[us]"
    assert frame.crs == WORK
    assert frame.to_crs(4326).geometry.iloc[0].distance(Point(105.1, 19.8)) < 1e-7  # 1 cm
    assert not notices


def test_rows_are_counted_as_the_sender_sees_them(tmp_path):
    path = csv(tmp_path, "id,name,lon,lat", "a,A,105,19", "", 'b,"B', 'two lines",x,19', ",,,", "c,C,y,19")
    reading = read(path)
    assert found(reading) == [(4, "not_a_number"), (6, "not_a_number")]
    assert reading.frame["id"].tolist() == ["a"]
    assert reading.frame.index.tolist() == [0]
    assert list(reading.rows) == [2]


def test_a_header_only_file_is_no_rows(tmp_path):
    reading = read(csv(tmp_path, "id,name,lon,lat"))
    assert len(reading.frame) == 0
    assert not reading.notices
    assert isinstance(reading.frame, gpd.GeoDataFrame)


@pytest.mark.parametrize(
    ("lines", "encoding", "said"),
    [
        ([""], "utf-8", "empty"),
        (["id,name", 'a,"open'], "utf-8", "CSV"),
        (["foo,bar", "1,2"], "utf-8", "foo, bar"),
    ],
)
def test_a_csv_that_cannot_be_used_is_one_clear_error(tmp_path, lines, encoding, said):
    with pytest.raises(InputError, match=said):
        read(csv(tmp_path, *lines, encoding=encoding))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_csv_may_be_utf16(tmp_path, encoding):
    reading = read(csv(tmp_path, "id,name,lon,lat", "a,Hoằng Phú,105,19", encoding=encoding))
    assert reading.frame["name"].tolist() == ["Hoằng Phú"]


def test_a_row_with_more_cells_than_the_header_is_rejected(tmp_path):
    reading = read(csv(tmp_path, "id,name,lon,lat", "a,Thôn 1, cũ,105,19", "b,B,105,19,"))
    assert (2, "row_too_long") in found(reading)
    assert reading.frame["id"].tolist() == ["b"]


def test_a_spreadsheet_gives_every_cell_as_it_stands(tmp_path):
    rows = [
        ["Mã", "Mã xã", "Nhà mạng", "Độ cao cột (m)", "Dùng chung", "Ngày kiểm tra", "Kinh độ", "Vĩ độ"],
        ["007", 15991, "vnpt", "1.234,5", "có", datetime(2026, 10, 1), 105.5, "19,75"],
        ["008", "15991", "vnpt", 42.5, True, "2/10/2026", "105,5", 19.75],
    ]
    reading = read(xlsx(tmp_path, *rows), "bts")
    assert found(reading) == [(2, "out_of_range")]  # a mast of 1234.5 m
    row = reading.frame.iloc[0]
    assert [row["id"], row["commune_code"], row["height_m"], bool(row["shared"])] == ["008", "15991", 42.5, True]
    assert row["status_date"] == pd.Timestamp(2026, 10, 2)


def test_a_sheet_is_chosen_by_name_and_leading_blank_rows_are_counted(tmp_path):
    path = xlsx(tmp_path, [None], [None], ["id", "lon", "lat"], ["a", 105, "?"], sheet="Số liệu")
    assert found(read(path, sublayer="Số liệu")) == [(4, "not_a_number")]
    with pytest.raises(InputError, match="Số liệu"):
        read(path, sublayer="Khác")


def test_headers_are_known_in_vietnamese_english_and_without_diacritics(tmp_path):
    for header in ("ten_tram", "TÊN TRẠM", "Ten tram", "name", "Name"):
        path = csv(tmp_path, f"operator,{header},kinh_do,Vĩ độ", "vnpt,Trạm A,105,19")
        assert read(path, "bts").frame["name"].tolist() == ["Trạm A"]


def test_our_own_name_wins_and_two_other_headers_for_one_column_are_an_error(tmp_path):
    own = read(csv(tmp_path, "code,name,fullName", "1,Hạc Thành,Phường Hạc Thành"), "commune")
    assert own.frame["name"].tolist() == ["Hạc Thành"]
    assert found(own, "info") == [(0, "column_ignored")]
    two = read(csv(tmp_path, "ma_xa,Mã xã,name", "1,2,Hạc Thành"), "commune")
    assert found(two) == [(0, "two_headers")]
    assert "“ma_xa”, “Mã xã”" in two.notices[0].text("vi")


def test_a_header_that_is_our_own_name_of_one_column_is_no_other_name_of_another():
    known = (Column("a", "text", "Một", "One", also=("b",)), Column("b", "text", "Hai", "Two"))
    assert matched(("b",), known, ()) == ({"b": 0}, [])
    assert matched(("b", "Một"), known, ()) == ({"b": 0, "a": 1}, [])


def test_options_rename_leave_out_set_and_filter(tmp_path):
    path = csv(tmp_path, "ID,Tower,kind,type,lon,lat", "1,T1,mast,3G,105,19", "1,T2,pole,4G,105,19", "1,T3,mast,,1,9")
    reading = read(
        path,
        "bts",
        rename=(("name", "tower"), ("id", "")),
        set_to=(("operator", "vnpt"), ("technology", "5G")),
        where=(("KIND", "mast"),),
    )
    assert reading.frame[["id", "name", "operator", "technology"]].to_numpy().tolist() == [
        ["2", "T1", "vnpt", "3G"],
        ["4", "T3", "vnpt", "5G"],
    ]


@pytest.mark.parametrize(
    "options", [{"rename": (("nosuch", "id"),)}, {"rename": (("id", "nosuch"),)}, {"set_to": (("nosuch", "1"),)}]
)
def test_an_option_that_names_what_is_not_there_is_an_error(tmp_path, options):
    with pytest.raises(InputError, match="nosuch"):
        read(csv(tmp_path, "id,lon,lat", "a,105,19"), **options)


def test_coordinates_may_be_projected_if_the_crs_is_given(tmp_path):
    path = csv(tmp_path, "id,x,y", "a,500000,2200000", "b,500000,")
    reading = read(path, crs="EPSG:5897")
    assert reading.frame.geometry.tolist() == [Point(500000, 2200000)]
    assert found(reading) == [(3, "coordinate_incomplete")]
    with pytest.raises(InputError, match="--crs") as caught:
        read(path)
    assert caught.value.code == "crs_unknown"


def test_operators_are_known_by_their_code_and_others_are_refused(tmp_path):
    path = csv(tmp_path, "operator,lon,lat", "VNPT,105,19", "itel,105,19")
    reading = read(path, "bts", operators=("viettel", "vnpt"))
    assert reading.frame["operator"].tolist() == ["vnpt"]
    assert found(reading) == [(3, "unknown_operator")]
    assert read(path, "bts").frame["operator"].tolist() == ["VNPT", "itel"]


def test_rejected_rows_still_say_whom_they_leave_unsurveyed(tmp_path):
    communes = gpd.GeoDataFrame({"name": ["Xã K"]}, index=["k"], geometry=[None], crs=WORK)
    path = csv(tmp_path, "operator,type,xa,lon,lat", "vnpt,4G,Xã K,x,19", "vnpt,4G,Xã Q,105,19", "vnpt,4G,,105,19")
    reading = read(path, "bts", Units(communes, None, "2025-07-01"), work=None)
    assert found(reading) == [(2, "not_a_number"), (3, "unknown_commune")]
    assert reading.rejected.index.tolist() == [2, 3]
    assert reading.rejected["commune_named"].fillna("").tolist() == ["k", ""]
    assert reading.rejected[["operator", "technology"]].to_numpy().tolist() == [["vnpt", "4G"]] * 2
    assert reading.frame["commune_named"].isna().tolist() == [True]


FORMATS = {"gpkg": "GPKG", "fgb": "FlatGeobuf", "geojson": "GeoJSON", "kml": "KML"}


@pytest.mark.parametrize("extension", [*FORMATS, "zip", "parquet"])
def test_every_vector_format_gives_the_same_places_and_names(tmp_path, extension):
    source = gpd.GeoDataFrame({"Name": ["Hóa", "Lộc"]}, geometry=[Point(105.1, 19.8), Point(105.2, 19.9)], crs=4326)
    path = tmp_path / f"a.{extension}"
    if extension == "parquet":
        source.to_parquet(path)
    elif extension == "zip":
        source.to_file(tmp_path / "a.shp")
        with ZipFile(path, "w") as archive:
            for part in sorted(tmp_path.glob("a.[!z]*")):
                archive.write(part, part.name)
    else:
        source.to_file(path, driver=FORMATS[extension])
    reading = read(path)
    assert list(reading.rows) == [1, 2]
    places = reading.frame.set_index("name").geometry.sort_index()  # FlatGeobuf has its own order
    assert places.index.tolist() == ["Hóa", "Lộc"]
    assert places.distance(source.to_crs(WORK).set_index("Name").geometry).max() < 0.01
    assert not found(reading)


def test_a_geopackage_layer_is_chosen_by_name(tmp_path):
    path = tmp_path / "a.gpkg"
    for name, x in (("one", 105.1), ("two", 105.2)):
        gpd.GeoDataFrame({"name": [name]}, geometry=[Point(x, 19)], crs=4326).to_file(path, layer=name)
    assert read(path, sublayer="two").frame["name"].tolist() == ["two"]
    with pytest.raises(InputError, match="one, two"):
        read(path)
    with pytest.raises(InputError, match="three"):
        read(path, sublayer="three")


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_file_without_crs_is_refused_until_the_crs_is_said(tmp_path):
    path = tmp_path / "a.fgb"
    gpd.GeoDataFrame({"name": ["a"]}, geometry=[Point(500000, 2200000)]).to_file(path, driver="FlatGeobuf")
    with pytest.raises(InputError, match="--crs"):
        read(path)
    assert read(path, crs="EPSG:5897").frame.geometry.tolist() == [Point(500000, 2200000)]


def test_a_crs_that_contradicts_the_file_or_does_not_exist_is_refused(tmp_path):
    path = tmp_path / "a.gpkg"
    gpd.GeoDataFrame({"name": ["a"]}, geometry=[Point(105, 19)], crs=4326).to_file(path)
    for crs in ("EPSG:5897", "EPSG:1"):
        with pytest.raises(InputError, match=crs):
            read(path, crs=crs)


def geojson(tmp_path, **members):
    feature = {"type": "Feature", "properties": {"Name": "a", "n": {"b": 1}}, "geometry": None}
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature], **members}))
    return path


def named(name):
    return {"type": "name", "properties": {"name": name}}


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4326"])
def test_a_geojson_may_say_that_it_is_wgs84(tmp_path, name):
    assert found(read(geojson(tmp_path, crs=named(name)))) == [(0, "no_geometry")]


@pytest.mark.parametrize("crs", [named("EPSG:5897"), {"type": "link", "properties": {"href": "http://x"}}, "EPSG:1"])
def test_a_geojson_that_says_another_crs_is_refused(tmp_path, crs):
    with pytest.raises(InputError, match="WGS 84"):
        read(geojson(tmp_path, crs=crs))


VRT = (
    '<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>secret.csv</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
)
FEATURES = json.dumps(
    {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"name": "a"}, "geometry": {"type": "Point", "coordinates": [105, 19]}}
        ],
    }
)
DISGUISED = [
    ("a.geojson", VRT),
    ("a.geojson", '{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read secret.csv"}'),
    ("a.geojson", "[" * 100_000),
    *((f"a.{extension}", FEATURES) for extension in ("gpkg", "fgb", "kml", "zip", "parquet", "xlsx")),
    ("a.gpkg", VRT),
    ("a.gpkg", "SQLite format 3\0" + "\0" * 80),
    ("a.fgb", VRT),
    ("a.kml", VRT),
    ("a.kml", '<!DOCTYPE kml [<!ENTITY x SYSTEM "secret.csv">]><kml>&x;</kml>'),
    ("a.zip", VRT),
    ("a.parquet", VRT),
    ("a.xlsx", VRT),
    ("a.vrt", VRT),
]


@pytest.mark.parametrize(("name", "content"), DISGUISED)
def test_a_file_is_opened_only_as_what_its_name_and_first_bytes_say(tmp_path, name, content):
    (tmp_path / "secret.csv").write_text("name,lon,lat\nsecret,105,19\n")
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError):
        read(tmp_path / name)


def test_a_file_that_does_not_exist_or_of_unknown_kind_is_an_error_in_both_languages(tmp_path):
    with pytest.raises(InputError, match=r"không có tệp .* / .*does not exist"):
        read(tmp_path / "none.csv")
    (tmp_path / "a.docx").write_bytes(b"PK")
    with pytest.raises(InputError, match=r"\.gpkg"):
        read(tmp_path / "a.docx")


def tif(tmp_path, values, crs="EPSG:5897", **options):
    path = tmp_path / "a.tif"
    height, width = values.shape
    profile = {"driver": "GTiff", "height": height, "width": width, "count": 1, "dtype": "float64", "crs": crs}
    transform = Affine(100, 0, 500000, 0, -100, 2200300)
    with rasterio.open(path, "w", **{**profile, "transform": transform, **options}) as file:
        file.write(values, 1)
    return path


def test_a_grid_has_its_cells_bounds_and_crs_and_nothing_where_the_file_has_no_data(tmp_path):
    grid = read_grid(tif(tmp_path, np.array([[1.0, -1], [3, 4], [5, 6]]), nodata=-1), work=WORK)
    assert grid.bounds == (500000, 2200000, 500200, 2200300)
    assert grid.crs == WORK
    np.testing.assert_array_equal(grid.values, [[1, np.nan], [3, 4], [5, 6]])


def test_no_data_that_the_file_does_not_say_is_refused_until_it_is_said(tmp_path):
    path = tif(tmp_path, np.array([[1.0, -99999]]))
    with pytest.raises(InputError, match="--nodata -99999"):
        read_grid(path, work=WORK)
    np.testing.assert_array_equal(read_grid(path, work=WORK, nodata=-99999).values, [[1, np.nan]])


@pytest.mark.parametrize(("crs", "said"), [("EPSG:4326", "gdalwarp -t_srs EPSG:5897 -r sum"), (None, "CRS")])
def test_a_grid_of_another_crs_is_refused_with_the_way_to_convert_it(tmp_path, crs, said):
    with pytest.raises(InputError, match=said):
        read_grid(tif(tmp_path, np.ones((2, 2)), crs=crs), work=WORK)


def test_what_is_no_geotiff_is_refused(tmp_path):
    shutil.copy(csv(tmp_path, "<VRTDataset/>"), tmp_path / "b.tif")
    with pytest.raises(InputError, match="GeoTIFF"):
        read_grid(tmp_path / "b.tif", work=WORK)


def test_the_real_communes_are_147_xa_and_19_phuong(shared):
    options = {"sublayer": "communes_2025", "rename": (("code", "code"), ("name", "fullName"))}
    reading = read(shared / "thanhhoa" / "th_boundaries.gpkg", "commune", **options)
    assert not found(reading)
    communes = communes_frame(reading.frame)
    assert communes["kind"].value_counts().to_dict() == {"xa": 147, "phuong": 19}
    assert communes["area_official_km2"].sum() == pytest.approx(11114.78, abs=0.01)


def test_the_real_towers_and_cameras_are_chosen_by_what_they_are(shared):
    path = shared / "thanhhoa" / "th_osm_poi_hotosm_ODbL.gpkg"
    counts = {}
    for what, layer in (("mast", "bts"), ("tower", "bts"), ("surveillance", "camera")):
        options = {"where": (("man_made", what),), "rename": (("id", "osm_id"),)}
        constants = (("operator", "chưa rõ"),) if layer == "bts" else ()
        counts[what] = len(read(path, layer, set_to=constants, **options).frame)
    assert counts == {"mast": 14, "tower": 4, "surveillance": 9}


def test_the_100_sites_and_770_coverage_polygons_of_ibiza_are_read_whole(shared):
    folder, work = shared / "telecom_itu" / "ibiza_esp", CRS.from_epsg(25831)
    sites = read(folder / "cell-sites.csv", "bts", set_to=(("operator", "x"),), work=work)
    assert len(sites.frame) == 100
    assert set(sites.frame["technology"]) == {"2G", "3G", "4G"}
    constants = (("operator", "x"), ("technology", "4G"))
    cover = read(folder / "mobile-coverage.gpkg", "coverage", set_to=constants, rename=(("id", ""),), work=work)
    assert len(cover.frame) == 770
    assert not found(sites) + found(cover)


def test_features_are_counted_from_one_and_an_invalid_one_is_refused(tmp_path):
    bow = "POLYGON((105 19, 105.1 19.1, 105.1 19, 105 19.1, 105 19))"
    shapes = gpd.GeoSeries([box(105, 19, 105.1, 19.1), gpd.GeoSeries.from_wkt([bow])[0]], crs=4326)
    path = tmp_path / "a.gpkg"
    gpd.GeoDataFrame({"name": ["a", "b"]}, geometry=shapes).to_file(path)
    reading = read(path, "cluster")
    assert found(reading) == [(2, "geometry_invalid")]
    assert reading.frame["name"].tolist() == ["a"]


def test_an_empty_point_is_a_row_without_place(tmp_path):
    path = tmp_path / "a.gpkg"
    gpd.GeoDataFrame({"name": ["a", "b"]}, geometry=[Point(), Point(105, 19)], crs=4326).to_file(path)
    reading = read(path)
    assert (reading.frame["name"].tolist(), found(reading)) == (["b"], [(1, "geometry_missing")])


def test_a_row_number_does_not_stand_for_an_id_that_another_row_has(tmp_path):
    reading = read(csv(tmp_path, "id,name,lon,lat", "3,A,105,19", ",B,105.1,19", "2,C,105.2,19"))
    assert reading.frame["id"].tolist() == ["3", "#3", "2"]


def test_where_takes_names_that_differ_in_the_place_of_the_tone_and_says_how_many_rows(tmp_path):
    path = csv(tmp_path, "name,huyen,lon,lat", "A,Hoằng Hóa,105,19", "B,Hoằng Hoá,105,19", "C,Nga Sơn,x,19")
    reading = read(path, where=(("huyen", "Hoằng Hóa"),))
    assert reading.frame["name"].tolist() == ["A", "B"]
    assert found(reading) == []
    assert "2 of 3" in next(n for n in reading.notices if n.code == "rows_chosen").text("en")


def test_a_moment_with_a_zone_is_the_day_in_vietnam(tmp_path):
    path = csv(
        tmp_path,
        "id,operator,ngay,lon,lat",
        "a,vnpt,2025-12-31T17:00:00Z,105,19",
        "b,vnpt,2025-12-31T16:59:00+00:00,105,19",
    )
    assert read(path, "bts").frame["status_date"].dt.date.tolist() == [date(2026, 1, 1), date(2025, 12, 31)]


def test_dates_that_a_program_may_have_half_exchanged_are_a_warning(tmp_path):
    days = [datetime(2025, 3, 4), datetime(2025, 11, 2), "25/04/2025", "13/05/2025"]
    rows = [[f"T{i}", "vnpt", day, 105.5, 19.5] for i, day in enumerate(days)]
    reading = read(xlsx(tmp_path, ["Mã", "Nhà mạng", "Ngày kiểm tra", "Kinh độ", "Vĩ độ"], *rows), "bts")
    assert (0, "date_half_turned") in found(reading, "warning")
    reading = read(xlsx(tmp_path, ["Mã", "Nhà mạng", "Ngày kiểm tra", "Kinh độ", "Vĩ độ"], *rows[:2]), "bts")
    assert (0, "date_half_turned") not in found(reading, "warning")
