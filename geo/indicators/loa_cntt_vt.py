"""Whether a commune has public address that uses telecommunication networks."""

import geopandas as gpd
import pandas as pd

from geo.bounds import bounds
from geo.indicator import indicator
from geo.reason import code, encode


@indicator(
    vi="Xã có đài truyền thanh ứng dụng CNTT-VT",
    en="Commune has IT-based public address",
    group="truyen_thanh",
    unit="yes/no",
    most=1,
    raised_by=("loudspeaker",),
    levels=("commune",),
)
def loa_cntt_vt(areas: gpd.GeoDataFrame, loudspeaker: gpd.GeoDataFrame) -> pd.DataFrame:
    """1 where a cluster with a speaker works over telecommunication networks; wired and FM ones do not count.

    TT 39/2020/TT-BTTTT, articles 1 and 3. A cluster that does not say its technology possibly is one.
    """
    speaking = loudspeaker[loudspeaker["speakers"].fillna(1) > 0]
    surely = speaking[speaking["technology"] == "ict"]
    possibly = speaking[speaking["technology"].isin(["ict"]) | speaking["technology"].isna()]
    low, high, any_ = (
        pd.Series(areas.index.isin(rows["commune"]), areas.index).astype(float) for rows in (surely, possibly, speaking)
    )
    one = pd.Series(1.0, index=areas.index)
    why = (any_ > high).map({True: encode([code("wired_or_fm")]), False: ""})
    return bounds(low, one, high, one).assign(why=why)
