"""A GeoPackage that opens in QGIS ready to read: communes and villages with results, a style per criterion, sources."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import geopandas as gpd
import pandas as pd
import pyogrio

from geo.provenance import Run
from geo.words import Lang, say
from geo.write import atomic, json_value
from maps.qml import Shape, qml
from maps.tables import Field, Table, provenance

GEOMETRY = "geom"
KIND: dict[Shape, Literal["MultiPolygon", "Point", "MultiLineString"]] = {
    "fill": "MultiPolygon", "marker": "Point", "line": "MultiLineString",
}  # fmt: skip
EXTENSION = ("gpkg_schema", "http://www.geopackage.org/spec121/#extension_schema", "read-write")
SCHEMA = """
CREATE TABLE IF NOT EXISTS gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL,
  definition TEXT NOT NULL, scope TEXT NOT NULL, CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE IF NOT EXISTS gpkg_data_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT,
  title TEXT, description TEXT, mime_type TEXT, constraint_name TEXT,
  CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name), CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE IF NOT EXISTS gpkg_data_column_constraints (constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL,
  value TEXT, min NUMERIC, min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));
CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT, f_table_schema TEXT,
  f_table_name TEXT, f_geometry_column TEXT, styleName TEXT, styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN,
  description TEXT, owner TEXT, ui TEXT, update_time DATETIME);
"""
STYLE = """
INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML,
  styleSLD, useAsDefault, description, owner, ui, update_time) VALUES ('', '', ?, ?, ?, ?, '', ?, ?, '', '', ?)
"""


def geopackage(
    path: Path,
    villages: tuple[gpd.GeoDataFrame, Table],
    communes: tuple[gpd.GeoDataFrame, Table],
    run: Run,
    *,
    centres: gpd.GeoSeries | None = None,
    lang: Lang = "vi",
) -> None:
    """Write layers `xa` and `thon` in the working CRS, `thon_tam` (centre points, if given) and the table `nguon`.

    Each pair is the units, indexed by id, and their `maps.tables.unit_table`. Units without geometry are kept as rows
    without geometry. Whole or not at all; times inside are the run's.
    """
    layers: list[tuple[str, str, Shape, gpd.GeoDataFrame, Table]] = [
        ("xa", "Communes", "fill", _placed(communes[1], communes[0].geometry), communes[1]),
        ("thon", "Villages", "fill", _placed(villages[1], villages[0].geometry), villages[1]),
    ]
    if centres is not None:
        layers.append(("thon_tam", "Village centres", "marker", _placed(villages[1], centres), villages[1]))
    drawn = [
        Drawn(name, say(title, lang), shape, frame, table.fields, tuple(_styles((name, shape), table.fields, lang)))
        for name, title, shape, frame, table in layers
    ]
    write_layers(path, drawn, run, lang)


@dataclass(frozen=True)
class Drawn:
    """One layer: its name in the file, title, how it is drawn, rows, headings, styles (title, QML, description)."""

    name: str
    title: str
    shape: Shape
    frame: gpd.GeoDataFrame
    fields: tuple[Field, ...]
    styles: tuple[tuple[str, str, str], ...] = ()


def write_layers(path: Path, layers: Sequence[Drawn], run: Run, lang: Lang) -> None:
    """Those layers, the first style of each its default, and the table `nguon`; whole or not at all."""
    with atomic(path) as temporary:
        for one in layers:
            _write_layer(temporary, one.name, one.frame, one.shape, (one.title, _said(run, lang)))
        pyogrio.write_dataframe(source_table(run), temporary, layer="nguon", driver="GPKG", append=True)
        with closing(sqlite3.connect(temporary)) as store, store:
            store.executescript(SCHEMA)
            for one in layers:
                _add_aliases(store, one.name, one.fields, lang)
                if one.frame.geometry.notna().any():
                    _add_styles(store, one, run.made_at)
            _register(store, run.made_at)


def add_layer(path: Path, name: str, frame: gpd.GeoDataFrame, shape: Shape, said: tuple[str, str]) -> None:
    """One more layer of a GeoPackage that may not be there yet; `said` are its title and what is said of it."""
    _write_layer(path, name, frame, shape, said)


def register_tables(
    store: sqlite3.Connection, layers: tuple[str, ...], fields: tuple[Field, ...], made_at: datetime, lang: Lang
) -> None:
    """Headings for people of those layers that are there, all with the same columns; times are the run's."""
    store.executescript(SCHEMA)
    there = {name for (name,) in store.execute("SELECT table_name FROM gpkg_contents")}
    for name in layers:
        if name in there:
            _add_aliases(store, name, fields, lang)
    _register(store, made_at)


def source_table(run: Run) -> pd.DataFrame:
    """Everything `maps.tables.provenance` says, as rows `muc` (what) and `noi_dung` (JSON or text)."""
    rows: list[tuple[str, str]] = []
    for name, said in provenance(run).items():
        if name == "sources":
            rows += [(f"source: {s.layer}", _text(fact)) for s, fact in zip(run.sources, list(said), strict=True)]  # type: ignore[call-overload]  # a tuple of mappings
        else:
            rows.append((name, _text(said)))
    return pd.DataFrame(rows, columns=["muc", "noi_dung"])


def _text(said: object) -> str:
    plain = json_value(said)
    return plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)


def _said(run: Run, lang: Lang) -> str:
    title = run.criteria_title_vi if lang == "vi" else run.criteria_title_en
    watermark = f"{say(run.watermark, lang)}. " if run.watermark else ""
    return f"{watermark}{title}. run {run.id}"


def _placed(table: Table, geometry: gpd.GeoSeries) -> gpd.GeoDataFrame:
    shapes = geometry.reindex(table.frame.index)
    return gpd.GeoDataFrame(table.frame.reset_index(drop=True), geometry=shapes.array, crs=geometry.crs)


def _write_layer(path: Path, name: str, frame: gpd.GeoDataFrame, shape: Shape, said: tuple[str, str]) -> None:
    kind = KIND[shape]
    options = {"GEOMETRY_NAME": GEOMETRY, "FID": "fid", "IDENTIFIER": said[0], "DESCRIPTION": said[1]}
    version = {} if path.exists() else {"VERSION": "1.2"}  # what the GDAL of older QGIS reads without a warning
    pyogrio.write_dataframe(
        frame, path, layer=name, driver="GPKG", geometry_type=kind, promote_to_multi=shape != "marker",
        append=path.exists(), layer_options=options, dataset_options=version,
    )  # fmt: skip


def _add_aliases(store: sqlite3.Connection, layer: str, fields: tuple[Field, ...], lang: Lang) -> None:
    rows = [(layer, f.name, f.name, f.title(lang)) for f in fields]
    store.executemany("INSERT INTO gpkg_data_columns (table_name, column_name, name, title) VALUES (?, ?, ?, ?)", rows)


def _styles(layer: tuple[str, Shape], fields: tuple[Field, ...], lang: Lang) -> Iterator[tuple[str, str, str]]:
    """One style per criterion."""
    name, shape = layer
    label = "ten_xa" if name == "xa" else "ten_thon"
    for field in (f for f in fields if f.part == "ket_qua"):
        yield field.title(lang).rpartition(": ")[0], qml(field, fields, shape, label, lang), field.criterion


def _add_styles(store: sqlite3.Connection, layer: Drawn, made_at: datetime) -> None:
    for at, (title, text, description) in enumerate(layer.styles):
        store.execute(STYLE, (layer.name, GEOMETRY, title, text, at == 0, description, _moment(made_at)))


def _register(store: sqlite3.Connection, made_at: datetime) -> None:
    """Announce our own tables, and replace the hour of writing by that of the run."""
    extension = "INSERT OR IGNORE INTO gpkg_extensions VALUES (?, NULL, ?, ?, ?)"
    for table in ("gpkg_data_columns", "gpkg_data_column_constraints"):
        store.execute(extension, (table, *EXTENSION))
    contents = "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('layer_styles', 'attributes', ?)"
    store.execute(contents, ("layer_styles",))
    store.execute("UPDATE gpkg_contents SET last_change = ?", (_moment(made_at),))


def _moment(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%S.000Z")
