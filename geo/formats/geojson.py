"""GeoJSON (RFC 7946): WGS 84, each feature a row; what is broken in one feature is told of that row."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.columns import Sheet
from geo.crs import STORE
from geo.format import Format, file_format
from geo.formats.features import refuse_large, refuse_many, refuse_wide
from geo.geojson_shapes import DEPTHS, REASONS, why_unread
from geo.inspect_json import inspect_json
from geo.limits import Limits
from geo.notices import Notice
from geo.ofds_rows import fibre_rows, is_ofds
from geo.unusable import unusable

WGS84_NAMES = re.compile(r"(urn:ogc:def:crs:)?(OGC:[\d.]*:?CRS84|EPSG:[\d.]*:?4326)", re.IGNORECASE)
MESSAGES = {
    "feature_broken": "the feature is no object of type Feature with properties; it was not read",
    "outside_degrees": "the shape lies at {value}, but GeoJSON is longitude and latitude in degrees; export it again "
    "as WGS 84, or send a GeoPackage that says its CRS",
    "bbox_wrong": "the bounding box (bbox) that the file says does not fit the shape; it was not used",
    "ring_direction": "{n} rings run the wrong way round (RFC 7946 wants outer rings counter-clockwise, holes "
    "clockwise); they were read all the same",
}


def read(path: Path, sublayer: str, limits: Limits) -> Sheet:
    """The features, with a finding for each that cannot be read."""
    if sublayer:
        raise unusable("{file} has only one table; leave --sublayer away", code="sublayer_unknown", file=path.name)
    content = loaded(path)
    if is_ofds(content):
        rows_of_network = fibre_rows(content)
        refuse_many(len(rows_of_network.cells), path, limits)
        return replace(rows_of_network, format="ofds")
    if content.get("crs") is not None:
        check_wgs84(content["crs"], path)
    found = feature_list(content, path)
    refuse_many(len(found), path, limits)
    rows = pd.RangeIndex(1, len(found) + 1, name="row")
    broken = [not is_feature(f) for f in found]
    whole: list[dict[str, Any]] = [{} if bad else f for f, bad in zip(found, broken, strict=True)]
    shapes, notices = shapes_of([f.get("geometry") for f in whole], rows)
    refuse_large(gpd.GeoDataFrame(geometry=shapes), path, limits)
    notices += [
        Notice("feature_broken", "error", MESSAGES["feature_broken"], r) for r, b in zip(rows, broken, strict=True) if b
    ]
    notices += boxes([content, *whole] if content["type"] == "FeatureCollection" else whole, shapes)
    facts = [{k: plain(v) for k, v in (f.get("properties") or {}).items()} for f in whole]
    if any("id" in f for f in whole) and not any("id" in fact for fact in facts):
        facts = [{"id": plain(f.get("id")), **fact} for f, fact in zip(whole, facts, strict=True)]
    headers = tuple(dict.fromkeys(k for fact in facts for k in fact))
    refuse_wide(len(headers), path, limits)
    cells = pd.DataFrame([[fact.get(h) for h in headers] for fact in facts], index=rows, columns=range(len(headers)))
    return Sheet(headers, cells.astype(object), shapes, tuple(notices), format="geojson")


def loaded(path: Path) -> dict[str, Any]:
    """The JSON object of the file; `InputError` where it is none."""
    try:
        content = json.loads(path.read_bytes().decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise unusable(
            "{file} is not JSON from line {line}, column {column} on; it may be cut short: export it again",
            code="format_not_sound",
            file=path.name,
            line=error.lineno,
            column=error.colno,
        ) from error
    except (ValueError, RecursionError) as error:  # not UTF-8, or nested without end
        raise unusable("{file} cannot be read: {why}", code="format_not_sound", file=path.name, why=error) from error
    if not isinstance(content, dict):
        raise not_geojson(path, type(content).__name__)
    return content


def check_wgs84(crs: Any, path: Path) -> None:  # noqa: ANN401 # JSON holds anything
    """Raise `InputError` unless the `crs` member of before RFC 7946 names WGS 84."""
    said = crs.get("properties", {}).get("name", "") if isinstance(crs, dict) and crs.get("type") == "name" else crs
    if not isinstance(said, str) or not WGS84_NAMES.fullmatch(said):
        raise unusable(
            "{file} says CRS {crs}, but GeoJSON is WGS 84 (longitude, latitude); convert it or send a GeoPackage",
            code="crs_conflict",
            file=path.name,
            crs=str(said)[:80],
        )


def feature_list(content: dict[str, Any], path: Path) -> list[Any]:
    """The features of a collection; a feature or a geometry alone is one."""
    kind = content.get("type")
    if kind == "FeatureCollection" and isinstance(content.get("features"), list):
        return list(content["features"])
    if kind == "Feature":
        return [content]
    if kind in DEPTHS or kind == "GeometryCollection":
        return [{"type": "Feature", "geometry": content, "properties": None}]
    raise not_geojson(path, str(kind or ", ".join(content))[:40])


def not_geojson(path: Path, found: str) -> Exception:
    """The error for JSON that is not GeoJSON."""
    return unusable(
        "{file} is not GeoJSON: a FeatureCollection with a list of features is expected, found is {found}",
        code="format_not_sound",
        file=path.name,
        found=found,
    )


def is_feature(found: Any) -> bool:  # noqa: ANN401 # JSON holds anything
    """Whether it is an object of type Feature whose properties are an object or null."""
    if not isinstance(found, dict) or found.get("type") != "Feature":
        return False
    return "geometry" in found and "properties" in found and isinstance(found["properties"], dict | None)


def shapes_of(geometries: list[Any], rows: pd.RangeIndex) -> tuple[gpd.GeoSeries, list[Notice]]:
    """The shapes, missing where there is none or it cannot be read, and what is wrong with them."""
    texts = [json.dumps(g) if g is not None else None for g in geometries]
    shapes = shapely.from_geojson(texts, on_invalid="ignore")
    notices = []
    for row, given, shape in zip(rows, geometries, shapes, strict=True):
        if given is not None and shape is None:
            notices.append(Notice("geometry_unreadable", "error", REASONS[why_unread(given)], row))
    bounds = shapely.bounds(shapes)
    out = (np.abs(bounds[:, [0, 2]]) > 180).any(axis=1) | (np.abs(bounds[:, [1, 3]]) > 90).any(axis=1)
    for at in out.nonzero()[0]:
        values = (("value", f"{bounds[at, 0]:.6g}, {bounds[at, 1]:.6g}"),)
        notices.append(Notice("outside_degrees", "error", MESSAGES["outside_degrees"], int(rows[at]), values=values))
    parts = shapely.get_parts(shapes)
    rings = shapely.get_exterior_ring(parts[shapely.get_type_id(parts) == 3])
    holes = shapely.get_rings(parts[shapely.get_type_id(parts) == 3])
    wrong = int((~shapely.is_ccw(rings)).sum()) + int(shapely.is_ccw(holes).sum()) - int(shapely.is_ccw(rings).sum())
    if wrong:
        notices.append(Notice("ring_direction", "info", MESSAGES["ring_direction"], values=(("n", str(wrong)),)))
    return gpd.GeoSeries(shapes, index=rows, crs=STORE), notices


def boxes(objects: list[dict[str, Any]], shapes: gpd.GeoSeries) -> list[Notice]:
    """A warning for each bounding box that is none or does not fit; of the collection (row 0) and of each feature."""
    whole = len(objects) > len(shapes)
    if shapes.empty:
        return []
    bounds = shapely.bounds(shapes.to_numpy())
    if whole:
        bounds = np.vstack([shapely.total_bounds(shapes.to_numpy()), bounds])
    rows = [0, *shapes.index] if whole else list(shapes.index)
    notices = []
    for row, found, real in zip(rows, objects, bounds, strict=True):
        geometry = found.get("geometry")
        said = found.get("bbox", geometry.get("bbox") if isinstance(geometry, dict) else None)
        if said is not None and not box_fits(said, real):
            notices.append(Notice("bbox_wrong", "warning", MESSAGES["bbox_wrong"], int(row), value=str(said)[:80]))
    return notices


def box_fits(said: Any, real: "np.ndarray[Any, np.dtype[np.float64]]") -> bool:  # noqa: ANN401 # JSON holds anything
    """Whether a `bbox` is four or six numbers that are the bounds of the shape, within a hundred thousandth degree."""
    if not isinstance(said, list) or len(said) not in (4, 6) or not all(isinstance(n, int | float) for n in said):
        return False
    half = len(said) // 2
    flat = [said[0], said[1], said[half], said[half + 1]]
    return bool(np.isnan(real).all() or np.allclose(flat, real, rtol=0, atol=1e-5))


def plain(value: Any) -> object:  # noqa: ANN401 # JSON holds anything
    """A JSON value as a cell; nested ones as their text."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def fits(head: bytes) -> bool:
    """An object of JSON."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


file_format(Format("geojson", "GeoJSON", (".geojson", ".json"), fits, inspect_json, read))
