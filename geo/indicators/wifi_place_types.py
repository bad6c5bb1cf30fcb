"""Các loại điểm bắt buộc có Wi-Fi: offices and one-stop desks, tourist sites, cultural houses."""

from typing import Annotated

import geopandas as gpd
import pandas as pd

from geo.bounds import bounds
from geo.indicator import Parameter, indicator
from geo.key_places import cultural_houses, of_kinds, share_holding, together
from geo.measure import nearest_m

KINDS = ("office", "one_stop", "tourism")

Match = Annotated[
    float,
    Parameter("Bán kính ghép Wi-Fi với điểm", "Distance at which Wi-Fi serves a place", unit="m", low=0, high=1000),
]


@indicator(
    vi="Mọi điểm bắt buộc (một cửa, trụ sở xã, nhà văn hóa, điểm du lịch) có Wi-Fi miễn phí",
    en="Every required place (one-stop desk, office, cultural house, tourist site) has free Wi-Fi",
    group="wifi",
    unit="yes/no",
    most=1,
    raised_by=("wifi",),
    weighed_by=("key_place", "village_centre"),
    reach="radius",
    radius="match_radius_m",
    levels=("commune",),
    not_applicable=("xã không có điểm nào thuộc diện phải có Wi-Fi", "the commune has no place of the required kinds"),
)
def wifi_place_types(
    areas: gpd.GeoDataFrame,
    wifi: gpd.GeoDataFrame,
    key_place: gpd.GeoDataFrame,
    village_centre: gpd.GeoDataFrame,
    *,
    match_radius_m: Match = 100,
) -> pd.DataFrame:
    """1 where working free Wi-Fi stands within the radius of every required place; a kind without place asks nothing.

    A Wi-Fi row without position may serve any place of the commune that it names.
    """
    places = together(of_kinds(key_place, KINDS), cultural_houses(village_centre))
    near = nearest_m(places, wifi)["distance_m"] <= match_radius_m
    unlocated = places["commune"].isin(list(wifi.loc[wifi.geometry.isna(), "commune"].dropna()))
    share = share_holding(areas, places, pd.DataFrame({"surely": near, "possibly": near | unlocated}))
    every = {end: (share[f"num_{end}"] == share[f"den_{end}"]) & (share[f"den_{end}"] > 0) for end in ("low", "high")}
    applies = {end: (share[f"den_{end}"] > 0).astype(float) for end in ("low", "high")}
    return bounds(every["low"].astype(float), applies["low"], every["high"].astype(float), applies["high"])
