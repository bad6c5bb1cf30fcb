"""Villages without grid electricity."""

import geopandas as gpd
import pandas as pd

from geo.indicator import indicator


@indicator(
    vi="Thôn chưa có điện lưới",
    en="Village without grid electricity",
    group="dieu_kien",
    unit="yes/no",
    most=1,
    of="villages",
    register=("electricity",),
)
def village_power(areas: gpd.GeoDataFrame) -> pd.Series:
    """1 where the register says that the village has no grid electricity, 0 where it has; missing where it is silent.

    Decides who pays and when: electricity first, then telecom (QĐ 2269/QĐ-TTg asks only for electrified villages).
    """
    has: pd.Series = areas["electricity"].astype("float64")
    return 1 - has
