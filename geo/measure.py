"""The few spatial measurements that every indicator is made of.

Each takes `areas` (polygons, unique index of area ids, metric CRS; a geometry may be missing) and returns one value
per area, in their order, missing where the geometry is. A second engine needs only these names.
"""

import geopandas as gpd
import pandas as pd

from geo.cover import Cover, circle_share, cover, covered_share
from geo.errors import InputError
from geo.nearest import nearest_m
from geo.zonal import Grid, covered_people, people, people_where

__all__ = [
    "Cover",
    "Grid",
    "circle_share",
    "count_inside",
    "cover",
    "covered_people",
    "covered_share",
    "nearest_m",
    "people",
    "people_where",
]


def count_inside(areas: gpd.GeoDataFrame, placed: pd.DataFrame, weight: pd.Series | None = None) -> pd.Series:
    """Number of placed rows in each area, or the sum of their `weight`; 0 where there is none.

    `placed` has been through `geo.place.place`; its column named as the index of `areas` (village, commune) says
    where each row lies. `weight` has the index of `placed`; a missing weight makes its area's sum missing.
    """
    level = areas.index.name
    if level not in placed:
        raise InputError(f"count_inside takes rows placed by {level!r}, got columns {list(placed.columns)}")
    each = pd.Series(1.0, index=placed.index) if weight is None else weight.astype(float)
    sums = each.groupby(placed[level]).sum(skipna=False)
    return sums.reindex(areas.index, fill_value=0.0).astype(float)
