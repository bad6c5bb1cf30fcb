"""Distance from a village's centre to the nearest working free Wi-Fi point."""

import geopandas as gpd
import pandas as pd

from geo.centre import nearest_from_centre
from geo.indicator import indicator


@indicator(
    vi="Khoảng cách tới điểm Wi-Fi công cộng gần nhất",
    en="Distance to the nearest public Wi-Fi",
    group="khoang_cach",
    unit="m",
    lowered_by=("wifi",),
    reference=("village_centre",),
    of="villages",
    reach="nearest",
)
def nearest_wifi_m(areas: gpd.GeoDataFrame, village_centre: gpd.GeoDataFrame, wifi: gpd.GeoDataFrame) -> pd.Series:
    """Metres on the ellipsoid to the nearest point; `inf` where there is none, missing without a centre."""
    return nearest_from_centre(areas, village_centre, wifi)
