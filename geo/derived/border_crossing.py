"""Road crossings of commune borders, from roads and exact communes, where nobody sent them."""

import geopandas as gpd

from geo.derive import derive
from geo.road_network import border_crossings
from geo.road_source import signed


@derive(makes="border_crossing", needs=("road",))
def border_crossing(
    communes: gpd.GeoDataFrame,
    villages: gpd.GeoDataFrame | None,
    road: gpd.GeoDataFrame,
) -> gpd.GeoDataFrame:
    """Layer rows of `geo.road_network.border_crossings`; each names its commune."""
    return signed(border_crossings(road, communes).rename(columns={"commune": "commune_named"}), road)
