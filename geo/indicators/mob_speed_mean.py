"""Mean download speed of mobile service."""

import geopandas as gpd
import pandas as pd

from geo.indicator import indicator
from geo.samples import MinSamples, mean_ends, speed


@indicator(
    vi="Tốc độ tải xuống trung bình của mạng di động",
    en="Mean mobile download speed",
    group="chat_luong",
    unit="Mb/s",
    reference=("measurement",),
    unsure=("measurement",),
    of="samples",
    levels=("village", "commune"),
)
def mob_speed_mean(
    areas: gpd.GeoDataFrame, measurement: gpd.GeoDataFrame, *, min_samples: MinSamples = 30
) -> pd.DataFrame:
    """Mean of the measured download speeds, Mb/s; unknown below `min_samples`.

    Target 40 Mb/s for 4G and 100 for 5G by 2025 (QĐ 36/QĐ-TTg, QĐ 805/QĐ-TTg); the number of samples is our own (D).
    Every sample weighs the same, so a province's mean is that of its samples.
    """
    return speed(areas, measurement, mean_ends, min_samples)
