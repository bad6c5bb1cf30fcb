"""UBND xã kết nối mạng truyền số liệu chuyên dùng: declared by the commune with evidence."""

import geopandas as gpd
import pandas as pd

from geo.indicator import indicator


@indicator(
    vi="UBND xã kết nối mạng truyền số liệu chuyên dùng",
    en="Commune on the dedicated state network",
    group="ha_tang_cong_so",
    unit="yes/no",
    most=1,
    levels=("commune",),
)
def off_tslcd(areas: gpd.GeoDataFrame) -> pd.Series:
    """Not measurable; 1 or 0 as declared."""
    nothing = pd.Series(float("nan"), index=areas.index)
    return nothing
