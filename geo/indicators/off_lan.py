"""Mạng LAN của UBND xã đạt chuẩn (tường lửa, cân bằng tải): declared by the commune with evidence."""

import geopandas as gpd
import pandas as pd

from geo.indicator import indicator


@indicator(
    vi="Mạng LAN của UBND xã đạt chuẩn (tường lửa, cân bằng tải)",
    en="Commune office LAN to standard",
    group="ha_tang_cong_so",
    unit="yes/no",
    most=1,
    levels=("commune",),
)
def off_lan(areas: gpd.GeoDataFrame) -> pd.Series:
    """Not measurable; 1 or 0 as declared."""
    nothing = pd.Series(float("nan"), index=areas.index)
    return nothing
