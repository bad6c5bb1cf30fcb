"""Distance from a village's centre to the nearest base station."""

import geopandas as gpd
import pandas as pd

from geo.centre import nearest_from_centre
from geo.indicator import indicator


@indicator(
    vi="Khoảng cách tới trạm BTS gần nhất",
    en="Distance to the nearest base station",
    group="khoang_cach",
    unit="m",
    lowered_by=("bts",),
    reference=("village_centre",),
    of="villages",
    reach="nearest",
)
def nearest_bts_m(areas: gpd.GeoDataFrame, village_centre: gpd.GeoDataFrame, bts: gpd.GeoDataFrame) -> pd.Series:
    """Metres on the ellipsoid to the nearest station; `inf` where there is none, missing without a centre."""
    return nearest_from_centre(areas, village_centre, bts)
