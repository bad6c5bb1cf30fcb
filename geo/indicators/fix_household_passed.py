"""Households that could subscribe to fibre: passed, not necessarily connected."""

import geopandas as gpd
import pandas as pd

from geo.household import households_inside
from geo.indicator import indicator
from geo.measure import cover


@indicator(
    vi="Tỷ lệ hộ gia đình được phủ mạng cáp quang",
    en="Households passed by fibre (could subscribe)",
    group="bang_rong_co_dinh",
    unit="share",
    most=1,
    raised_by=("fibre",),
    reference=("cluster",),
    of="households",
    not_applicable=("thôn không có hộ dân", "nobody lives in the village"),
)
def fix_household_passed(areas: gpd.GeoDataFrame, cluster: gpd.GeoDataFrame, fibre: gpd.GeoDataFrame) -> pd.DataFrame:
    """Share of households in clusters inside fibre served areas, 0..1 (QĐ 411/QĐ-TTg as used by Khánh Hòa)."""
    return households_inside(areas, cluster, cover(fibre))
