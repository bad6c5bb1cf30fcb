"""Households subscribing to fibre: declared by the commune or its villages with evidence."""

import geopandas as gpd
import pandas as pd

from geo.bounds import ratio
from geo.indicator import indicator


@indicator(
    vi="Tỷ lệ hộ gia đình có cáp quang",
    en="Households with fibre",
    group="bang_rong_co_dinh",
    unit="share",
    most=1,
    of="households",
    levels=("village", "commune"),
)
def fix_household_fibre(areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Not measurable; households with fibre / households, as declared: those who have it, not those who could."""
    nothing = pd.Series(float("nan"), index=areas.index)
    return ratio(nothing, nothing)
