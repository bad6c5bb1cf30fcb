"""Cameras, several of which may share an installation point."""

import geopandas as gpd
import pandas as pd

from geo.bounds import exact, span
from geo.indicator import indicator
from geo.measure import count_inside

MANY = float("inf")  # a row without a number has at least one


@indicator(
    vi="Số mắt camera đang hoạt động",
    en="Working cameras",
    group="camera",
    unit="cameras",
    raised_by=("camera",),
    levels=("village", "commune"),
)
def cam_count(areas: gpd.GeoDataFrame, camera: gpd.GeoDataFrame) -> pd.DataFrame:
    """Working cameras in each area; a point without a number has at least one."""
    low, high = (count_inside(areas, camera, camera["cameras"].astype(float).fillna(n)) for n in (1.0, MANY))
    return span(exact(low, 0, MANY), exact(high, 0, MANY))
