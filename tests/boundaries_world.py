"""Boundary sets for tests: toy squares, and the real files as the reader gives them."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import Polygon, box

from geo.boundary_set import boundary_set
from geo.columns import Sheet

WEST, SOUTH = 500_000.0, 2_200_000.0
THANH_HOA = "thanhhoa/th_boundaries.gpkg"


def square(west: float, south: float, east: float, north: float) -> Polygon:
    """A box, in metres from the south-west corner of the toy world (EPSG:5897)."""
    return box(WEST + west, SOUTH + south, WEST + east, SOUTH + north)


def units(*shapes, crs="EPSG:5897", **columns) -> gpd.GeoDataFrame:
    """A set as of `boundary_set`: codes a, b, c …, rows 1, 2, 3 …; other columns as given."""
    n = len(shapes)
    blank = {
        "people": np.nan,
        "area_official_km2": np.nan,
        "west": np.nan,
        "south": np.nan,
        "east": np.nan,
        "north": np.nan,
    }
    codes = {"code": list("abcdefgh"[:n]), "name": [f"Xã {c}" for c in "ABCDEFGH"[:n]], "parent": [""] * n}
    rows = pd.RangeIndex(1, n + 1, name="row")
    facts = pd.DataFrame(codes | {k: [v] * n for k, v in blank.items()} | columns, index=rows)
    return gpd.GeoDataFrame(facts, geometry=list(shapes), crs=crs)


def real(path: Path, layer: str | None = None, rename=()) -> gpd.GeoDataFrame:
    """A layer of a real file as a set."""
    frame = gpd.read_file(path, layer=layer) if layer else gpd.read_file(path)
    return boundary_set(sheet_of(frame), rename)[0]


def sheet_of(frame: gpd.GeoDataFrame) -> Sheet:
    """A frame as the sheet that its file gives."""
    counted = frame.set_axis(pd.RangeIndex(1, len(frame) + 1, name="row"))
    facts = pd.DataFrame(counted.drop(columns="geometry"))
    cells = facts.set_axis(range(facts.shape[1]), axis=1)
    return Sheet(tuple(str(c) for c in facts.columns), cells, counted.geometry)
