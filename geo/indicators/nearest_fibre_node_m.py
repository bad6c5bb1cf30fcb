"""Distance from a village's centre to the nearest fibre access node."""

import geopandas as gpd
import pandas as pd

from geo.centre import nearest_from_centre
from geo.indicator import indicator


@indicator(
    vi="Khoảng cách tới điểm truy nhập cáp quang gần nhất",
    en="Distance to the nearest fibre access node",
    group="khoang_cach",
    unit="m",
    lowered_by=("fibre",),
    reference=("village_centre",),
    of="villages",
    reach="nearest",
)
def nearest_fibre_node_m(
    areas: gpd.GeoDataFrame, village_centre: gpd.GeoDataFrame, fibre: gpd.GeoDataFrame
) -> pd.Series:
    """Metres on the ellipsoid to the nearest node; `inf` where there is none, missing without a centre."""
    return nearest_from_centre(areas, village_centre, fibre[fibre["kind"] == "node"])
