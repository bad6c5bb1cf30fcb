"""Sites that mobile operators share."""

import geopandas as gpd
import pandas as pd

from geo.indicator import indicator
from geo.sharing import ShareRadius, shared_sites


@indicator(
    vi="Tỷ lệ vị trí trạm BTS dùng chung",
    en="Shared base station sites",
    group="ha_tang_thu_dong",
    unit="share",
    most=1,
    weighed_by=("bts",),
    unsure=("bts",),
    of="sites",
    levels=("commune",),
    not_applicable=("xã không có trạm BTS", "the commune has no base station"),
)
def bts_sharing(areas: gpd.GeoDataFrame, bts: gpd.GeoDataFrame, *, share_radius_m: ShareRadius = 30) -> pd.DataFrame:
    """Sites of several operators / sites, 0..1 (Lào Cai asks for 20 %, Xuân Trúc for 25 %).

    Stations of one id, or within `share_radius_m` of each other, are one site; the radius is our own (D).
    """
    return shared_sites(areas.index, bts, share_radius_m)
