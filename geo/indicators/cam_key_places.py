"""Tỷ lệ vị trí trọng yếu có camera an ninh hoạt động: declared by the commune with evidence."""

import geopandas as gpd
import pandas as pd

from geo.bounds import ratio
from geo.indicator import indicator


@indicator(
    vi="Tỷ lệ vị trí trọng yếu có camera an ninh hoạt động",
    en="Key places having a working security camera",
    group="camera",
    unit="share",
    most=1,
    of="key_places",
    levels=("commune",),
)
def cam_key_places(areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Not measurable without a layer of key places; key places with a camera / key places, as declared."""
    nothing = pd.Series(float("nan"), index=areas.index)
    return ratio(nothing, nothing)
