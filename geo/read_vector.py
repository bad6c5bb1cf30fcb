"""Features from GeoPackage, GeoJSON, zipped Shapefile, KML, FlatGeobuf and GeoParquet.

A file is opened only as what its name and its first bytes say; GDAL never chooses among its drivers by content.
"""

import json
import re
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from geo.columns import Sheet
from geo.crs import STORE
from geo.unusable import unusable

WGS84_NAMES = re.compile(r"(urn:ogc:def:crs:)?(OGC:[\d.]*:?CRS84|EPSG:[\d.]*:?4326)", re.IGNORECASE)
ROOT = re.compile(rb"^\s*(<\?xml[^>]*\?>\s*)?(<!--.*?-->\s*)*<kml[\s>]", re.DOTALL)
SQLITE, GEOPACKAGE_IDS = b"SQLite format 3\x00", (b"GPKG", b"GP10", b"GP11")


def read_geopackage(path: Path, sublayer: str) -> Sheet:
    """A layer of a GeoPackage."""
    head = start(path, 72)
    if not head.startswith(SQLITE) or head[68:72] not in GEOPACKAGE_IDS:
        raise not_a(path, "GeoPackage")
    return features(str(path), path, sublayer)


def read_flatgeobuf(path: Path, sublayer: str) -> Sheet:
    """The layer of a FlatGeobuf file."""
    if start(path, 4) != b"fgb\x03":
        raise not_a(path, "FlatGeobuf")
    return features(str(path), path, sublayer)


def read_kml(path: Path, sublayer: str) -> Sheet:
    """A folder of a KML file; coordinates are WGS 84 by standard."""
    content = path.read_bytes()
    if not ROOT.match(content.removeprefix(b"\xef\xbb\xbf")) or b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise not_a(path, "KML")
    return features(str(path), path, sublayer)


def read_zipped_shapefile(path: Path, sublayer: str) -> Sheet:
    """The Shapefile inside a ZIP, by the name of its .shp where there are several."""
    try:
        with ZipFile(path) as archive:
            names = [n for n in archive.namelist() if n.lower().endswith(".shp")]
            chosen = [n for n in names if not sublayer or Path(n).stem == sublayer]
            if len(chosen) != 1:
                raise which(path, sublayer, [Path(n).stem for n in names])
            with archive.open(chosen[0]) as shape:
                sound = shape.read(4) == b"\x00\x00\x27\x0a"
    except BadZipFile as error:
        raise not_a(path, "ZIP") from error
    if not sound:
        raise not_a(path, "Shapefile")
    return features(f"/vsizip/{path.resolve()}/{chosen[0]}", path, "")


def features(source: str, path: Path, sublayer: str) -> Sheet:
    """The features of one layer of a source whose format is already sure."""
    try:
        names = [str(n) for n in pyogrio.list_layers(source)[:, 0]]
        chosen = [n for n in names if n == sublayer] if sublayer else names
        if len(chosen) != 1:
            raise which(path, sublayer, names)
        frame = pyogrio.read_dataframe(source, layer=chosen[0])
    except (DataSourceError, DataLayerError) as error:
        raise unusable("{file} cannot be read: {why}", file=path.name, why=error) from error
    return from_frame(frame)


def from_frame(frame: pd.DataFrame) -> Sheet:
    """A sheet of a frame whose rows are counted from 1; without geometry it is a plain table."""
    counted = frame.set_axis(pd.RangeIndex(1, len(frame) + 1, name="row"))
    shapes = counted.geometry if isinstance(counted, gpd.GeoDataFrame) else None
    facts = pd.DataFrame(counted.drop(columns=shapes.name) if shapes is not None else counted)
    return Sheet(tuple(str(c) for c in facts.columns), facts.set_axis(range(facts.shape[1]), axis=1), shapes)


def read_geoparquet(path: Path) -> Sheet:
    """The features of a GeoParquet file."""
    if start(path, 4) != b"PAR1":
        raise not_a(path, "GeoParquet")
    try:
        return from_frame(gpd.read_parquet(path))
    except (ValueError, OSError) as error:  # no geo metadata, or cut short
        raise unusable("{file} cannot be read: {why}", file=path.name, why=error) from error


def read_geojson(path: Path) -> Sheet:
    """The features of a GeoJSON file, WGS 84 by standard; one that says another CRS is refused."""
    try:
        content = json.loads(path.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:  # not UTF-8, not JSON, or nested without end
        raise unusable("{file} cannot be read: {why}", file=path.name, why=error) from error
    found = content.get("features") if isinstance(content, dict) else None
    if not isinstance(found, list) or content.get("type") != "FeatureCollection":
        raise not_a(path, "GeoJSON FeatureCollection")
    if (crs := content.get("crs")) is not None:
        check_wgs84(crs, path)
    if not all(isinstance(f, dict) and f.get("type") == "Feature" for f in found):
        raise not_a(path, "GeoJSON FeatureCollection")
    rows = pd.RangeIndex(1, len(found) + 1, name="row")
    facts = [{k: plain(v) for k, v in (f.get("properties") or {}).items()} for f in found]
    headers = tuple(dict.fromkeys(k for fact in facts for k in fact))
    cells = pd.DataFrame([[fact.get(h) for h in headers] for fact in facts], index=rows, columns=range(len(headers)))
    texts = [json.dumps(f["geometry"]) if f.get("geometry") else None for f in found]
    shapes = shapely.from_geojson(texts, on_invalid="ignore")
    return Sheet(headers, cells.astype(object), gpd.GeoSeries(shapes, index=rows, crs=STORE))


def plain(value: Any) -> object:  # noqa: ANN401 # JSON holds anything
    """A JSON value as a cell; nested ones as their text."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def check_wgs84(crs: Any, path: Path) -> None:  # noqa: ANN401 # JSON holds anything
    """Raise `InputError` unless the old `crs` member names WGS 84; a link is never followed."""
    said = crs.get("properties", {}).get("name", "") if isinstance(crs, dict) and crs.get("type") == "name" else crs
    if not isinstance(said, str) or not WGS84_NAMES.fullmatch(said):
        raise unusable(
            "{file} says CRS {crs}, but GeoJSON is WGS 84 (longitude, latitude); convert it or send a GeoPackage",
            file=path.name,
            crs=str(said)[:80],
        )


def start(path: Path, count: int) -> bytes:
    """The first bytes of the file."""
    with path.open("rb") as stream:
        return stream.read(count)


def not_a(path: Path, format_name: str) -> Exception:
    """The error for a file that is not what its name says."""
    return unusable("{file} is not a {format}, as its name says", file=path.name, format=format_name)


def which(path: Path, sublayer: str, names: list[str]) -> Exception:
    """The error for a file with no layer, several, or another than the one asked for."""
    if sublayer:
        return unusable(
            "{file} has no layer {layer}; it has {found}", file=path.name, layer=sublayer, found=", ".join(names)
        )
    return unusable("{file} has layers {found}; choose one with --sublayer", file=path.name, found=", ".join(names))
