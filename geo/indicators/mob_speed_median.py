"""Median download speed of mobile service."""

from functools import partial

import geopandas as gpd
import pandas as pd

from geo.indicator import indicator
from geo.samples import MinSamples, quantile_ends, speed


@indicator(
    vi="Tốc độ tải xuống trung vị của mạng di động",
    en="Median mobile download speed",
    group="chat_luong",
    unit="Mb/s",
    reference=("measurement",),
    unsure=("measurement",),
    levels=("village", "commune"),
)
def mob_speed_median(
    areas: gpd.GeoDataFrame, measurement: gpd.GeoDataFrame, *, min_samples: MinSamples = 30
) -> pd.DataFrame:
    """Median of the measured download speeds, Mb/s; unknown below `min_samples`.

    The middle sample, or the mean of the two middle ones. A few very fast samples do not move it, unlike the mean.
    """
    return speed(areas, measurement, partial(quantile_ends, share=0.5), min_samples)
