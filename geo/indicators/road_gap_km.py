"""Đường giao thông chính chưa có sóng: kilometres of main roads outside mobile coverage."""

import geopandas as gpd
import pandas as pd

from geo.bounds import exact, span
from geo.indicator import indicator
from geo.measure import cover
from geo.road_network import length_uncovered_m, main_roads

MANY = float("inf")


@indicator(
    vi="Chiều dài đường giao thông chính chưa có sóng",
    en="Main road length without signal",
    group="phu_song",
    unit="km",
    raised_by=("road",),
    lowered_by=("coverage",),
    levels=("village", "commune"),
)
def road_gap_km(areas: gpd.GeoDataFrame, road: gpd.GeoDataFrame, coverage: gpd.GeoDataFrame) -> pd.DataFrame:
    """Kilometres on the ellipsoid of national, provincial and district roads in each area that no coverage reaches.

    Roads without class may be main ones. A road that runs along a border counts half on either side. An area without
    exact shape is not measurable.
    """
    reached, (surely, perhaps) = cover(coverage), main_roads(road)
    certain = length_uncovered_m(areas, surely, reached) / 1000
    more = length_uncovered_m(areas, perhaps, reached) / 1000
    return span(exact(certain, 0, MANY), exact(certain + more, 0, MANY))
