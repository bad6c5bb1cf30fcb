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
    decided_by=("fibre",),
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
    """1 where the centre or a cluster lies in a served area, or has a node or cable within `near_m`.

    Else 0 where the centre is known, missing where it is not: then it may be reached all the same.
    """
    nodes_and_cables = fibre[~fibre.geom_type.isin(["Polygon", "MultiPolygon"])]
    reached = []
    for place in [village_centre] if cluster is None else [village_centre, cluster]:
        close = nearest_m(place, nodes_and_cables)["distance_m"] <= near_m
        inside = covered_share(place, cover(fibre)) > 0
        reached.append((close | inside).groupby(place["village"]).any())
    found = pd.concat(reached).groupby(level=0).any().reindex(areas.index, fill_value=False).astype(float)
    return found.where((found == 1) | areas.index.isin(village_centre["village"]))
