"""Phòng họp trực tuyến tại xã và nhà văn hóa thôn: declared by the commune with evidence."""

import geopandas as gpd
import pandas as pd

from geo.indicator import indicator


@indicator(
    vi="Số phòng họp trực tuyến tại xã và nhà văn hóa thôn",
    en="Online meeting rooms of the commune and its cultural houses",
    group="ha_tang_cong_so",
    unit="rooms",
    levels=("commune",),
)
def off_meeting_room(areas: gpd.GeoDataFrame) -> pd.Series:
    """Not measurable; number of rooms, as declared (Định Hưng, Yên Định: 2 at the office, 4 at village houses)."""
    nothing = pd.Series(float("nan"), index=areas.index)
    return nothing
