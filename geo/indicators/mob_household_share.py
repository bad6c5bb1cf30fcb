"""Households inside mobile coverage."""

import geopandas as gpd
import pandas as pd

from geo.household import households_inside
from geo.indicator import indicator
from geo.measure import cover


@indicator(
    vi="Tỷ lệ hộ dân trong vùng phủ sóng",
    en="Households inside mobile coverage",
    group="phu_song",
    unit="share",
    most=1,
    raised_by=("coverage",),
    reference=("cluster",),
    of="households",
    not_applicable=("thôn không có hộ dân", "nobody lives in the village"),
)
def mob_household_share(areas: gpd.GeoDataFrame, cluster: gpd.GeoDataFrame, coverage: gpd.GeoDataFrame) -> pd.DataFrame:
    """Share of households in covered clusters, 0..1; households outside any cluster may be covered or not."""
    return households_inside(areas, cluster, cover(coverage))
