"""Distance from a village's centre to the nearest digital-society support point."""

import geopandas as gpd
import pandas as pd

from geo.centre import nearest_from_centre
from geo.indicator import indicator


@indicator(
    vi="Khoảng cách tới Điểm hỗ trợ xã hội số gần nhất",
    en="Distance to the nearest digital-society support point",
    group="khoang_cach",
    unit="m",
    lowered_by=("support_point",),
    reference=("village_centre",),
    of="villages",
    reach="nearest",
)
def nearest_support_point_m(
    areas: gpd.GeoDataFrame, village_centre: gpd.GeoDataFrame, support_point: gpd.GeoDataFrame
) -> pd.Series:
    """Metres on the ellipsoid to the nearest point that works; `inf` where there is none, missing without a centre."""
    return nearest_from_centre(areas, village_centre, support_point)
