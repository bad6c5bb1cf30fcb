"""Whether a village has working loudspeakers."""

import geopandas as gpd
import pandas as pd

from geo.indicator import indicator
from geo.measure import count_inside


@indicator(
    vi="Thôn có hệ thống loa hoạt động thường xuyên",
    en="Village with regularly working loudspeakers",
    group="truyen_thanh",
    unit="yes/no",
    most=1,
    raised_by=("loudspeaker",),
    of="villages",
)
def loa_village_share(areas: gpd.GeoDataFrame, loudspeaker: gpd.GeoDataFrame) -> pd.Series:
    """1 where at least one cluster with a speaker works in the village (QĐ 318/QĐ-TTg, criterion 8.3)."""
    speaking = loudspeaker[loudspeaker["speakers"].fillna(1) > 0]
    return (count_inside(areas, speaking) > 0).astype(float)
