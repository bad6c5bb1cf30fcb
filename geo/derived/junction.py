"""Junctions of main roads, from the roads, where nobody sent them."""

import geopandas as gpd
import pandas as pd

from geo.derive import derive
from geo.road_network import junctions
from geo.road_source import signed


@derive(makes="junction", needs=("road",))
def junction(
    communes: gpd.GeoDataFrame,
    villages: gpd.GeoDataFrame | None,
    road: gpd.GeoDataFrame,
) -> gpd.GeoDataFrame:
    """Layer rows of `geo.road_network.junctions`; where they lie is decided when they are placed."""
    found = junctions(road)
    return signed(found.assign(commune_named=pd.Series(None, found.index, dtype="str")), road)
