"""Number of speed samples."""

import geopandas as gpd
import pandas as pd

from geo.indicator import indicator
from geo.measure import count_inside


@indicator(
    vi="Số mẫu đo tốc độ di động",
    en="Mobile speed samples",
    group="chat_luong",
    unit="samples",
    raised_by=("measurement",),
    levels=("village", "commune"),
)
def mob_speed_samples(areas: gpd.GeoDataFrame, measurement: gpd.GeoDataFrame) -> pd.Series:
    """Samples with a download speed in each area."""
    return count_inside(areas, measurement[measurement["download_mbps"].notna()])
