"""Tỷ lệ điểm giáp ranh trên đường vào xã có camera: road crossings of the commune's border that a camera watches."""

from typing import Annotated

import geopandas as gpd
import pandas as pd

from geo.indicator import Parameter, indicator
from geo.key_places import on_main_roads, share_holding
from geo.view import watched

Radius = Annotated[
    float,
    Parameter(
        "Khoảng cách camera giám sát được điểm giáp ranh", "Distance at which a camera watches a crossing", "m", 1, 1000
    ),
]


@indicator(
    vi="Tỷ lệ điểm giáp ranh trên đường vào xã có camera",
    en="Road crossings of the commune's border watched by a camera",
    group="camera",
    unit="share",
    most=1,
    raised_by=("camera",),
    weighed_by=("border_crossing",),
    of="key_places",
    reach="radius",
    radius="border_radius_m",
    levels=("commune",),
    not_applicable=("không có đường nào qua ranh giới xã", "no road crosses the commune's border"),
)
def cam_border_crossings(
    areas: gpd.GeoDataFrame,
    camera: gpd.GeoDataFrame,
    border_crossing: gpd.GeoDataFrame,
    *,
    border_radius_m: Radius = 100,
) -> pd.DataFrame:
    """Crossings of commune roads or higher that a working camera watches / such crossings, each on both its sides."""
    places = on_main_roads(border_crossing)
    return share_holding(areas, places, watched(places, camera, border_radius_m))
