"""The GeoPackage as GDAL and QGIS see it."""

import sqlite3
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree as Xml

import export_world as world
import pyogrio
import pytest

from maps import style
from maps.geopackage import geopackage
from maps.tables import unit_table


def write(path: Path, names=None, run=world.RUN, results=None, shapes=True) -> Path:
    villages = world.villages(names) if names else world.villages()
    communes = world.communes(names[:2]) if names else world.communes()
    villages = villages if shapes else villages.assign(geometry=None).set_geometry("geometry", crs=world.CRS)
    units = (villages, communes)
    results = world.results() if results is None else results
    tables = [unit_table(results, world.criteria(), units, level) for level in ("village", "commune")]
    geopackage(path, (villages, tables[0]), (communes, tables[1]), run, centres=world.centres())
    return path


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    return write(tmp_path_factory.mktemp("gpkg") / "so.gpkg", run=world.run(watermark="MINH HỌA"))


def ask(path: Path, sql: str) -> list[tuple]:
    with closing(sqlite3.connect(path)) as store:
        return store.execute(sql).fetchall()


def test_layers_have_the_working_crs_and_their_geometry(package):
    found = {name: kind for name, kind in pyogrio.list_layers(package)}
    assert {n: found[n] for n in ("xa", "thon", "thon_tam", "nguon")} == {
        "xa": "MultiPolygon", "thon": "MultiPolygon", "thon_tam": "Point", "nguon": None
    }  # fmt: skip
    assert pyogrio.read_info(package, layer="thon")["crs"] == world.CRS


def test_a_village_without_geometry_keeps_its_row(package):
    frame = pyogrio.read_dataframe(package, layer="thon").set_index("ma_thon")
    assert list(frame.index) == ["a", "b", "c", "d"]
    assert frame.geometry["d"] is None
    assert frame.loc["d", "cap_quang_m_tu"] == 9000


def test_values_and_statuses_are_those_of_the_table(package):
    frame = pyogrio.read_dataframe(package, layer="xa").set_index("ma_xa")
    assert (frame.loc["00001", "phu_song_tu"], frame.loc["00001", "phu_song_ket_qua"]) == (0.5, "chưa đạt")


def test_what_is_not_known_is_null(package):
    assert ask(package, "SELECT phu_song_tu, phu_song_den FROM thon WHERE ma_thon = 'c'") == [(None, None)]


def test_fields_have_plain_names_and_vietnamese_aliases(package):
    aliases = dict(ask(package, "SELECT column_name, title FROM gpkg_data_columns WHERE table_name = 'thon'"))
    fields = set(pyogrio.read_info(package, layer="thon")["fields"])
    assert set(aliases) == fields
    assert all(name.isascii() for name in fields)
    assert aliases["ten_thon"] == "Thôn, bản, khu phố"


def test_every_criterion_has_a_style_and_one_is_the_default(package):
    found = ask(package, "SELECT f_table_name, description, useAsDefault FROM layer_styles")
    assert {row[:2] for row in found if row[0] == "thon"} == {("thon", c.id) for c in world.criteria().criteria}
    for layer in ("xa", "thon", "thon_tam"):
        assert [row[2] for row in found if row[0] == layer].count(1) == 1


def test_a_layer_without_any_shape_has_no_style(tmp_path):
    path = write(tmp_path / "no.gpkg", shapes=False)
    assert ask(path, "SELECT count(*) FROM layer_styles WHERE f_table_name = 'thon'") == [(0,)]
    assert len(pyogrio.read_dataframe(path, layer="thon")) == 4


@pytest.mark.parametrize("layer", ["xa", "thon", "thon_tam"])
def test_a_style_colours_every_status_by_an_existing_field(package, layer):
    for (text,) in ask(package, f"SELECT styleQML FROM layer_styles WHERE f_table_name = '{layer}'"):  # noqa: S608  our own name
        root = Xml.fromstring(text.split("\n", 1)[1])  # noqa: S314  our own text
        renderer = root.find("renderer-v2")
        words = {c.get("value"): c.get("symbol") for c in renderer.iter("category")}
        assert words == {style.status(code): str(at) for at, code in enumerate(style.STATUS)}
        assert renderer.get("attr") in pyogrio.read_info(package, layer=layer)["fields"]
        assert {s.get("name") for s in renderer.find("symbols")} == set(words.values())


def test_unknown_is_hatched(package):
    (text,) = ask(package, "SELECT styleQML FROM layer_styles WHERE f_table_name = 'thon' LIMIT 1")[0]
    symbols = Xml.fromstring(text.split("\n", 1)[1]).find("renderer-v2/symbols")  # noqa: S314  our own text
    at = list(style.STATUS).index("unknown")
    assert "LinePatternFill" in {layer.get("class") for layer in symbols[at].iter("layer")}


def test_the_package_says_where_its_numbers_come_from(package):
    said = dict(ask(package, "SELECT muc, noi_dung FROM nguon"))
    assert (said["id"], said["watermark"], said["as_of"]) == (world.RUN.id, "MINH HỌA", "2026-10-01")
    assert "a" * 64 in said["source: coverage"]
    notes = ask(package, "SELECT description FROM gpkg_contents WHERE table_name IN ('xa', 'thon')")
    assert all("MINH HỌA" in note and world.RUN.id in note for (note,) in notes)


def test_two_datasets_of_one_layer_are_both_told(tmp_path):
    run = world.run(sources=(world.RUN.sources[0], world.RUN.sources[0]))
    path = write(tmp_path / "two.gpkg", run=run)
    assert ask(path, "SELECT count(*) FROM nguon WHERE muc = 'source: coverage'") == [(2,)]


def test_our_own_tables_are_registered(package):
    assert ask(package, "SELECT data_type FROM gpkg_contents WHERE table_name = 'layer_styles'") == [("attributes",)]
    assert ("gpkg_schema",) in ask(package, "SELECT extension_name FROM gpkg_extensions")
    assert ask(package, "PRAGMA integrity_check") == [("ok",)]


def test_equal_content_gives_equal_tables(tmp_path):
    dumps = []
    for name in ("one.gpkg", "two.gpkg"):
        with closing(sqlite3.connect(write(tmp_path / name))) as store:
            tables = [t for (t,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
            dumps.append({t: store.execute(f'SELECT * FROM "{t}"').fetchall() for t in tables if "rtree" not in t})  # noqa: S608
    assert dumps[0] == dumps[1]


@pytest.mark.parametrize("payload", world.PAYLOADS)
def test_payload_names_are_kept_as_they_are_and_break_no_style(tmp_path, payload):
    results = world.results().assign(source=payload, basis=payload)
    run = world.run(criteria_title_vi=payload, notes=(payload,))
    path = write(tmp_path / "p.gpkg", names=(payload,) * 4, run=run, results=results)
    assert set(ask(path, "SELECT ten_thon, ten_xa, phu_song_nguon FROM thon")) == {(payload,) * 3}
    for (text,) in ask(path, "SELECT styleQML FROM layer_styles"):
        assert payload not in text
