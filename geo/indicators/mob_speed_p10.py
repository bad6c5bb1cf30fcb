"""Download speed that nine in ten samples reach."""

from functools import partial

import geopandas as gpd
import pandas as pd

from geo.indicator import indicator
from geo.samples import MinSamples, quantile_ends, speed


@indicator(
    vi="Tốc độ tải xuống mà 90 % số mẫu đo đạt (p10)",
    en="Download speed reached by 90 % of samples (p10)",
    group="chat_luong",
    unit="Mb/s",
    reference=("measurement",),
    unsure=("measurement",),
    levels=("village", "commune"),
)
def mob_speed_p10(
    areas: gpd.GeoDataFrame, measurement: gpd.GeoDataFrame, *, min_samples: MinSamples = 30
) -> pd.DataFrame:
    """10th percentile of the measured download speeds, Mb/s; unknown below `min_samples`.

    Interpolated as a spreadsheet's PERCENTILE(…; 0,1): of 1, 2 … 31 Mb/s it is the fourth smallest, 4.
    """
    return speed(areas, measurement, partial(quantile_ends, share=0.1), min_samples)
