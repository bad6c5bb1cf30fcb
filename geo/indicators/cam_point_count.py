"""Camera installation points."""

import geopandas as gpd
import pandas as pd

from geo.indicator import indicator
from geo.measure import count_inside


@indicator(
    vi="Số điểm lắp đặt camera đang hoạt động",
    en="Working camera installation points",
    group="camera",
    unit="points",
    raised_by=("camera",),
    levels=("village", "commune"),
)
def cam_point_count(areas: gpd.GeoDataFrame, camera: gpd.GeoDataFrame) -> pd.Series:
    """Working installation points in each area, whatever the number of cameras at each."""
    return count_inside(areas, camera)
