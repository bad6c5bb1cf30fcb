"""Whether fibre reaches a village."""

from typing import Annotated

import geopandas as gpd
import pandas as pd

from geo.indicator import Parameter, indicator
from geo.measure import cover, covered_share, nearest_m

Near = Annotated[
    float,
    Parameter(
        "Khoảng cách tới điểm truy nhập hoặc tuyến cáp",
        "Distance to an access node or cable",
        unit="m",
        low=0,
        high=5000,
    ),
]


@indicator(
    vi="Thôn được phủ băng rộng cố định (cáp quang)",
    en="Village reached by fibre",
    group="bang_rong_co_dinh",
    unit="yes/no",
    most=1,
    raised_by=("fibre",),
    reference=("village_centre", "cluster"),
    of="villages",
    reach="radius",
    radius="near_m",
)
def fix_village_fibre(
    areas: gpd.GeoDataFrame,
    village_centre: gpd.GeoDataFrame,
    fibre: gpd.GeoDataFrame,
    cluster: gpd.GeoDataFrame | None = None,
    *,
    near_m: Near = 300,
) -> pd.Series:
    """1 where the centre lies in a served area, or a node or cable is within `near_m` of the centre or a cluster.

    Missing where the village has neither centre nor cluster.
    """
    nodes_and_cables = fibre[~fibre.geom_type.isin(["Polygon", "MultiPolygon"])]
    places = [village_centre] if cluster is None else [village_centre, cluster]
    served = covered_share(village_centre, cover(fibre)) > 0
    reached = [served.groupby(village_centre["village"]).any()]
    for place in places:
        close = nearest_m(place, nodes_and_cables)["distance_m"] <= near_m
        reached.append(close.groupby(place["village"]).any())
    return pd.concat(reached).groupby(level=0).any().astype(float).reindex(areas.index)
