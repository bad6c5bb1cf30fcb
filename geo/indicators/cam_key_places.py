"""Tỷ lệ vị trí trọng yếu có camera an ninh hoạt động: measured from the maps, or declared with evidence."""

from typing import Annotated

import geopandas as gpd
import pandas as pd

from geo import reason
from geo.indicator import Parameter, indicator
from geo.key_places import cultural_houses, of_kinds, on_main_roads, share_holding, together, unknown_weight
from geo.view import watched

# Where communes put cameras: offices, markets, school gates, heritage, bridges and landings, black spots (DOMAIN 5).
KINDS = ("office", "one_stop", "market", "school", "heritage", "station", "bridge", "black_spot")

Radius = Annotated[
    float,
    Parameter("Khoảng cách camera giám sát được vị trí", "Distance at which a camera watches a place", "m", 1, 100),
]
BorderRadius = Annotated[
    float,
    Parameter(
        "Khoảng cách camera giám sát được điểm giáp ranh",
        "Distance at which a camera watches a crossing",
        "m",
        100,
        1000,
    ),
]
Junctions = Annotated[
    float,
    Parameter("Tính nút giao đường chính (1 có, 0 không)", "Junctions of main roads count (1 yes, 0 no)", "", 0, 1),
]
Crossings = Annotated[
    float, Parameter("Tính điểm giáp ranh (1 có, 0 không)", "Border crossings count (1 yes, 0 no)", "", 0, 1)
]
Houses = Annotated[
    float, Parameter("Tính nhà văn hóa thôn (1 có, 0 không)", "Village cultural houses count (1 yes, 0 no)", "", 0, 1)
]


def _counted(key_place: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return of_kinds(key_place, KINDS)


TABLES = (_counted, on_main_roads, on_main_roads, cultural_houses)  # of the layers, in the order they are given


@indicator(
    vi="Tỷ lệ vị trí trọng yếu có camera an ninh hoạt động",
    en="Key places having a working security camera",
    group="camera",
    unit="share",
    most=1,
    raised_by=("camera",),
    weighed_by=("key_place", "junction", "border_crossing", "village_centre"),
    of="key_places",
    reach="radius",
    radius="border_radius_m",
    levels=("commune",),
    not_applicable=("xã không có vị trí trọng yếu", "the commune has no key place"),
)
def cam_key_places(  # noqa: PLR0913  what may be a key place, and what a decision may set
    areas: gpd.GeoDataFrame,
    camera: gpd.GeoDataFrame,
    key_place: gpd.GeoDataFrame | None = None,
    junction: gpd.GeoDataFrame | None = None,
    border_crossing: gpd.GeoDataFrame | None = None,
    village_centre: gpd.GeoDataFrame | None = None,
    *,
    radius_m: Radius = 50,
    border_radius_m: BorderRadius = 100,
    count_junctions: Junctions = 1,
    count_border_crossings: Crossings = 1,
    count_cultural_houses: Houses = 1,
) -> pd.DataFrame:
    """Key places that a working camera watches / key places.

    These are offices, one-stop desks, markets, schools, heritage, stations, bridges and black spots, and, where the
    decision counts them, junctions of main roads, border crossings and cultural houses. Where the layer of a counted
    kind was never given, the number of key places is not known and neither is the share. `radius_m` is at most, and
    `border_radius_m` at least 100, so that the latter is how far a camera of a neighbour may matter.
    """
    asked = {
        "key_place": (key_place, 1.0),
        "junction": (junction, count_junctions),
        "border_crossing": (border_crossing, count_border_crossings),
        "village_centre": (village_centre, count_cultural_houses),
    }
    lacking = [name for name, (rows, counted) in asked.items() if counted and rows is None]
    if lacking:
        return unknown_weight(areas).assign(why=reason.encode([reason.code("layer_absent", layer=lacking[0])]))
    chosen = [
        table(rows).assign(reach_m=border_radius_m if name == "border_crossing" else radius_m)
        for (name, (rows, counted)), table in zip(asked.items(), TABLES, strict=True)
        if counted and rows is not None
    ]
    places = together(*chosen)
    return share_holding(areas, places, watched(places, camera, places["reach_m"]))
