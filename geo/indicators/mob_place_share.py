"""Địa điểm ưu tiên có sóng: places that QĐ 1132/QĐ-TTg (2024) names for 5G first, inside mobile coverage."""

import geopandas as gpd
import pandas as pd

from geo.indicator import indicator
from geo.key_places import of_kinds, share_holding
from geo.measure import cover, covered_share

# Public administration, heritage and tourism, health, universities, industrial zones, stations; schools with them.
KINDS = ("office", "one_stop", "heritage", "tourism", "health", "university", "school", "industrial", "station")


@indicator(
    vi="Tỷ lệ địa điểm ưu tiên (công sở, di tích, du lịch, y tế, trường học, khu công nghiệp, bến, ga) có sóng",
    en="Priority places (offices, heritage, tourism, health, schools, industry, stations) inside mobile coverage",
    group="phu_song",
    unit="share",
    most=1,
    raised_by=("coverage",),
    weighed_by=("key_place",),
    of="key_places",
    levels=("commune",),
    not_applicable=("xã không có địa điểm ưu tiên", "the commune has no priority place"),
)
def mob_place_share(areas: gpd.GeoDataFrame, key_place: gpd.GeoDataFrame, coverage: gpd.GeoDataFrame) -> pd.DataFrame:
    """Priority places inside coverage / priority places; the point of the place decides."""
    places = of_kinds(key_place, KINDS)
    inside = covered_share(places, cover(coverage)) == 1
    return share_holding(areas, places, pd.DataFrame({"surely": inside, "possibly": inside}))
