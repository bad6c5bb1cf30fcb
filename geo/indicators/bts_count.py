"""Base stations."""

import geopandas as gpd
import pandas as pd

from geo.indicator import indicator
from geo.measure import count_inside


@indicator(
    vi="Số trạm BTS đang hoạt động",
    en="Working base stations",
    group="phu_song",
    unit="points",
    raised_by=("bts",),
    levels=("village", "commune"),
)
def bts_count(areas: gpd.GeoDataFrame, bts: gpd.GeoDataFrame) -> pd.Series:
    """Working stations in each area, of whatever technology."""
    return count_inside(areas, bts)
