"""Loudspeaker clusters that use telecommunication networks."""

import geopandas as gpd
import pandas as pd

from geo.indicator import indicator
from geo.open_share import open_share


@indicator(
    vi="Tỷ lệ cụm loa truyền thanh ứng dụng CNTT-VT",
    en="Loudspeaker clusters that are IT-based",
    group="truyen_thanh",
    unit="share",
    most=1,
    weighed_by=("loudspeaker",),
    unsure=("loudspeaker",),
    of="clusters",
    levels=("commune",),
    not_applicable=("xã không có cụm loa đang hoạt động", "no loudspeaker cluster works in the commune"),
)
def loa_cntt_vt_share(areas: gpd.GeoDataFrame, loudspeaker: gpd.GeoDataFrame) -> pd.DataFrame:
    """IT-based clusters / working clusters, 0..1: clusters, not speakers (Hoằng Tiến 2023: 24 clusters, 29 speakers).

    A cluster that does not say its technology may be of either kind.
    """
    rows = loudspeaker[(loudspeaker["speakers"].fillna(1) > 0) & loudspeaker["commune"].notna()]
    based = (rows["technology"] == "ict").astype("boolean").mask(rows["technology"].isna())
    return open_share(areas.index, rows["commune"], based, rows["sure"], pd.Series(1.0, index=rows.index))
