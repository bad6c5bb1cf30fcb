"""Hệ thống thông tin của xã được phê duyệt cấp độ an toàn: declared by the commune with evidence."""

import geopandas as gpd
import pandas as pd

from geo.bounds import ratio
from geo.indicator import indicator


@indicator(
    vi="Tỷ lệ hệ thống thông tin của xã được phê duyệt cấp độ an toàn",
    en="Information systems with an approved security level",
    group="ha_tang_cong_so",
    unit="share",
    most=1,
    of="systems",
    levels=("commune",),
)
def off_security_level(areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Not measurable; systems with an approved security level / systems, as declared."""
    nothing = pd.Series(float("nan"), index=areas.index)
    return ratio(nothing, nothing)
