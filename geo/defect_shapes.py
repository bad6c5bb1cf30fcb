"""Defects of single shapes: none, not a polygon, nowhere on earth, invalid, drawn twice; and codes given twice."""

import re
from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.boundary_set import polygons
from geo.defect import Defect

WHY = re.compile(r"^([^\[]+)\[(\S+) (\S+)\]$")
POLYGONS = (3, 6)


def usable(frame: gpd.GeoDataFrame) -> np.ndarray:
    """Which rows have a polygon, of finite coordinates that exist on earth."""
    shapes = frame.geometry.to_numpy()
    here: np.ndarray = np.isin(shapely.get_type_id(shapes), POLYGONS) & ~shapely.is_empty(shapes)
    fine: np.ndarray = here & _finite(shapes) & ~_impossible(frame)
    return fine


def sound(frame: gpd.GeoDataFrame) -> np.ndarray:
    """The shapes made valid for measuring only, an empty polygon where `usable` says no."""
    shapes: np.ndarray = np.where(usable(frame), frame.geometry.to_numpy(), shapely.Polygon())
    bad = ~shapely.is_valid(shapes)
    shapes[bad] = polygons(shapely.make_valid(shapes[bad], method="structure", keep_collapsed=False))
    return shapes


def shape_defects(frame: gpd.GeoDataFrame) -> Iterator[Defect]:
    """`shape_missing`, `shape_not_polygon`, `position_impossible`, `ring_invalid`, one for each unit."""
    shapes = frame.geometry.to_numpy()
    fine = usable(frame)
    for place in np.flatnonzero(~fine):
        shape = shapes[place]
        if shape is None or shape.is_empty:
            yield Defect("shape_missing", "error", (int(place),))
        elif shape.geom_type not in ("Polygon", "MultiPolygon"):
            yield Defect("shape_not_polygon", "error", (int(place),), shape, values=(("type", shape.geom_type),))
        else:
            yield Defect("position_impossible", "error", (int(place),), values=(("box", _box(shape)),))
    invalid = np.flatnonzero(fine & ~shapely.is_valid(shapes))
    for place, reason in zip(invalid, shapely.is_valid_reason(shapes[invalid]), strict=True):
        found = WHY.match(reason)
        why, point = (found[1], shapely.Point(float(found[2]), float(found[3]))) if found else (reason, None)
        yield Defect("ring_invalid", "error", (int(place),), point, values=(("why", why),))


def repeated_shapes(frame: gpd.GeoDataFrame, shapes: np.ndarray, area_m2: np.ndarray) -> Iterator[Defect]:
    """`shape_repeated`: units that have exactly the same shape, which is counted once for each."""
    there = np.flatnonzero(~shapely.is_empty(shapes))
    bytes_of = pd.Series(shapely.to_wkb(shapely.normalize(shapes[there])), index=there)
    for _, group in bytes_of.groupby(bytes_of, sort=False):
        if len(group) > 1:
            units = tuple(int(u) for u in group.index)
            people = frame["people"].iloc[list(units)].dropna()
            many = (float(people.min()), float(people.max())) if len(people) else (float("nan"), float("nan"))
            yield Defect("shape_repeated", "error", units, shapes[units[0]], float(area_m2[units[0]]), people=many)


def repeated_codes(frame: gpd.GeoDataFrame) -> Iterator[Defect]:
    """`code_repeated`: a code that several rows have."""
    given = pd.Series(frame["code"].to_numpy())
    for code, group in given[given != ""].groupby(given, sort=False):
        if len(group) > 1:
            units = tuple(int(u) for u in group.index)
            where = frame.geometry.iloc[units[-1]]
            yield Defect("code_repeated", "error", units, _polygon_or_none(where), values=(("code", str(code)),))


def _polygon_or_none(shape: shapely.Geometry | None) -> shapely.Geometry | None:
    return shape if isinstance(shape, shapely.Polygon | shapely.MultiPolygon) else None


def _finite(shapes: np.ndarray) -> np.ndarray:
    known: np.ndarray = np.isfinite(shapely.bounds(shapes)).all(axis=1)
    return known


def _impossible(frame: gpd.GeoDataFrame) -> np.ndarray:
    """Degrees beyond 180 or 90, or a shape that spans half the earth, as one that crosses the 180th meridian does."""
    if frame.crs is None or not frame.crs.is_geographic:
        return np.zeros(len(frame), dtype=bool)
    west, south, east, north = shapely.bounds(frame.geometry.to_numpy()).T
    with np.errstate(invalid="ignore"):
        beyond: np.ndarray = (west < -180) | (east > 180) | (south < -90) | (north > 90) | (east - west > 180)
    return beyond


def _box(shape: shapely.Geometry) -> str:
    return ", ".join(f"{v:.6g}" for v in shape.bounds)
