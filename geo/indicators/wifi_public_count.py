"""Public Wi-Fi points."""

import geopandas as gpd
import pandas as pd

from geo.indicator import indicator
from geo.measure import count_inside


@indicator(
    vi="Số điểm Wi-Fi công cộng miễn phí đang hoạt động",
    en="Working free public Wi-Fi points",
    group="wifi",
    unit="points",
    raised_by=("wifi",),
    levels=("village", "commune"),
)
def wifi_public_count(areas: gpd.GeoDataFrame, wifi: gpd.GeoDataFrame) -> pd.Series:
    """Working free Wi-Fi points in each area."""
    return count_inside(areas, wifi)
