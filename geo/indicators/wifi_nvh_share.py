"""Cultural houses (nhà văn hóa) with free Wi-Fi."""

from typing import Annotated

import geopandas as gpd
import pandas as pd

from geo.bounds import ratio, span
from geo.indicator import Parameter, indicator
from geo.measure import nearest_m

Match = Annotated[
    float,
    Parameter(
        "Bán kính ghép Wi-Fi với nhà văn hóa",
        "Distance at which Wi-Fi serves a cultural house",
        unit="m",
        low=0,
        high=1000,
    ),
]


@indicator(
    vi="Tỷ lệ nhà văn hóa thôn có Wi-Fi miễn phí",
    en="Village cultural houses with free Wi-Fi",
    group="wifi",
    unit="share",
    most=1,
    raised_by=("wifi",),
    weighed_by=("village_centre",),
    of="cultural_houses",
    reach="radius",
    radius="nvh_match_radius_m",
    not_applicable=("thôn không có nhà văn hóa", "the village has no cultural house"),
)
def wifi_nvh_share(
    areas: gpd.GeoDataFrame,
    village_centre: gpd.GeoDataFrame,
    wifi: gpd.GeoDataFrame,
    *,
    nvh_match_radius_m: Match = 100,
) -> pd.DataFrame:
    """Cultural houses with working free Wi-Fi / cultural houses (not villages: Quảng Nam counts 1,093 of 1,240).

    A point within `nvh_match_radius_m` serves the house; a row "at the cultural house" of a village without a point
    serves one house of that village.
    """
    houses = village_centre[village_centre["kind"].fillna("cultural_house") == "cultural_house"]
    near = nearest_m(houses, wifi)["distance_m"] <= nvh_match_radius_m
    located = near.groupby(houses["village"]).sum().reindex(areas.index, fill_value=0)
    named = wifi[wifi.geometry.isna() & (wifi["place"] == "cultural_house")]
    by_name = named["village"].value_counts().reindex(areas.index, fill_value=0)
    all_houses = houses["village"].value_counts().reindex(areas.index, fill_value=0).astype(float)
    # a row without a place may be the very point found near the house
    surely, possibly = located.where(located >= 1, by_name.clip(upper=1)), located + by_name
    low, high = (ratio(n.clip(upper=all_houses).astype(float), all_houses) for n in (surely, possibly))
    return span(low, high)
