"""Households with internet: declared by the commune or its villages with evidence."""

import geopandas as gpd
import pandas as pd

from geo.bounds import ratio
from geo.indicator import indicator


@indicator(
    vi="Tỷ lệ hộ gia đình có kết nối Internet",
    en="Households with internet of any kind",
    group="bang_rong_co_dinh",
    unit="share",
    most=1,
    of="households",
    levels=("village", "commune"),
)
def fix_household_connected(areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Not measurable; households connected / households, as declared (statistical definition: at the time observed)."""
    nothing = pd.Series(float("nan"), index=areas.index)
    return ratio(nothing, nothing)
