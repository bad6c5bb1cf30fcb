"""Borders as exact as a file of limited size can hold them."""

from bisect import bisect_left
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.crs import to_store
from maps.payload import packed
from maps.topology import topology

LIMIT_BYTES = 1_000_000
TOLERANCES_M = (5.0, 10.0, 20.0, 30.0, 40.0, 60.0, 80.0, 120.0, 160.0, 240.0, 320.0, 480.0)
SLACK = 200


def fitted(shapes: gpd.GeoSeries, commune_of: pd.Series, communes: gpd.GeoDataFrame, used: int) -> str:
    """A block with borders, simplified until the file is at most `LIMIT_BYTES` long, of which `used` are spent.

    All in one metric CRS; `commune_of` has the index of `shapes`. The tolerance in metres stands in the block.
    """
    room = LIMIT_BYTES - SLACK - used
    tried: dict[float, str] = {}

    def fits(tolerance: float) -> bool:  # bisect needs a key; what was tried is kept
        tried[tolerance] = packed(_shapes(shapes, commune_of, communes, tolerance))
        return len(tried[tolerance]) <= room

    at = bisect_left(TOLERANCES_M, True, hi=len(TOLERANCES_M) - 1, key=fits)
    chosen = TOLERANCES_M[at]
    if chosen not in tried:
        fits(chosen)
    return tried[chosen]


def _shapes(
    shapes: gpd.GeoSeries, commune_of: pd.Series, communes: gpd.GeoDataFrame, tolerance: float
) -> dict[str, Any]:
    return {"tolerance": tolerance, **topology(shapes, commune_of, communes.geometry, tolerance)}


def extent(communes: gpd.GeoDataFrame, shapes: gpd.GeoSeries) -> tuple[float, float, float, float]:
    """South, west, north, east in degrees; zeros where nothing has a shape."""
    every = pd.concat([communes.geometry, shapes]).dropna()
    if every.empty:
        return (0.0, 0.0, 0.0, 0.0)
    west, south, east, north = to_store(gpd.GeoDataFrame(geometry=gpd.GeoSeries(every, crs=communes.crs))).total_bounds
    return (float(south), float(west), float(north), float(east))


def in_order(villages: gpd.GeoDataFrame, communes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Villages commune by commune, which also compresses best."""
    place = pd.Series(range(len(communes)), index=communes.index)
    order = villages["commune"].map(place).fillna(len(communes))
    return villages.iloc[order.argsort(kind="stable").to_numpy()]
