"""Whether a village is reached by mobile broadband: not blank (trắng sóng)."""

from typing import Annotated

import geopandas as gpd
import pandas as pd

from geo.centre import centre_covered
from geo.indicator import Parameter, indicator
from geo.measure import cover

Radius = Annotated[
    float, Parameter("Bán kính quanh trung tâm thôn", "Radius round the village centre", unit="m", low=0, high=2000)
]


@indicator(
    vi="Thôn được phủ sóng di động băng rộng (không trắng sóng)",
    en="Village centre has mobile broadband (not blank)",
    group="phu_song",
    unit="yes/no",
    most=1,
    raised_by=("coverage",),
    reference=("village_centre",),
    decided_by=("mobile",),
    of="villages",
    reach="radius",
    radius="centre_radius_m",
)
def mob_village_not_blank(
    areas: gpd.GeoDataFrame,
    village_centre: gpd.GeoDataFrame,
    coverage: gpd.GeoDataFrame,
    *,
    centre_radius_m: Radius = 100,
) -> pd.DataFrame:
    """1 where the whole circle round the centre is covered, 0 where none of it is, open between or without centre.

    Definition as applied in Tuyên Quang, 01/2026 (CV 1603/BTTTT-CVT not obtained); the radius is our own (D).
    """
    return centre_covered(areas, village_centre, cover(coverage), centre_radius_m)
