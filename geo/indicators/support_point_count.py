"""Digital-society support points."""

import geopandas as gpd
import pandas as pd

from geo.indicator import indicator
from geo.measure import count_inside


@indicator(
    vi="Số Điểm hỗ trợ xã hội số đang hoạt động",
    en="Working digital-society support points",
    group="xa_hoi_so",
    unit="points",
    raised_by=("support_point",),
    levels=("village", "commune"),
)
def support_point_count(areas: gpd.GeoDataFrame, support_point: gpd.GeoDataFrame) -> pd.Series:
    """Working points with equipment and connection in each area (NĐ 224/2026/NĐ-CP art. 78, which fixes no number)."""
    return count_inside(areas, support_point)
