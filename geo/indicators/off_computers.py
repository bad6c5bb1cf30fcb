"""Tỷ lệ cán bộ, công chức được trang bị máy tính: declared by the commune with evidence."""

import geopandas as gpd
import pandas as pd

from geo.bounds import ratio
from geo.indicator import indicator


@indicator(
    vi="Tỷ lệ cán bộ, công chức được trang bị máy tính",
    en="Staff with a computer",
    group="ha_tang_cong_so",
    unit="share",
    most=1,
    of="staff",
    levels=("commune",),
)
def off_computers(areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Not measurable; staff with a computer / staff, as declared."""
    nothing = pd.Series(float("nan"), index=areas.index)
    return ratio(nothing, nothing)
