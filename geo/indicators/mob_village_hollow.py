"""Whether a covered village has a residential cluster without signal: hollow (lõm sóng)."""

from typing import Annotated

import geopandas as gpd
import pandas as pd

from geo.bounds import bounds
from geo.centre import centre_covered
from geo.indicator import Parameter, indicator
from geo.indicators.mob_village_not_blank import Radius
from geo.measure import cover, covered_share

Share = Annotated[
    float,
    Parameter(
        "Tỷ lệ hộ của cụm phải được phủ", "Share of a cluster that must be covered", low=0, high=1, confidence="C"
    ),
]
Households = Annotated[
    float, Parameter("Số hộ tối thiểu của cụm", "Fewest households of a cluster", unit="households", low=1, high=1000)
]


@indicator(
    vi="Thôn lõm sóng",
    en="Signal-hollow village (centre covered, some residential cluster not)",
    group="phu_song",
    unit="yes/no",
    most=1,
    raised_by=("cluster",),
    lowered_by=("coverage",),
    reference=("village_centre",),
    weighed_by=("coverage",),
    of="villages",
    reach="radius",
    radius="centre_radius_m",
    not_applicable=("thôn trắng sóng nên không xét lõm sóng", "a blank village is not judged as hollow"),
)
def mob_village_hollow(  # noqa: PLR0913  three layers and three parameters of the definition
    areas: gpd.GeoDataFrame,
    village_centre: gpd.GeoDataFrame,
    cluster: gpd.GeoDataFrame,
    coverage: gpd.GeoDataFrame,
    *,
    centre_radius_m: Radius = 100,
    cluster_share_min: Share = 1.0,
    cluster_min_households: Households = 1,
) -> pd.DataFrame:
    """1 where the centre is covered and some cluster is not; does not apply where the centre is not covered.

    Tuyên Quang counts 182 of 3,711 = 3,802 − 91 blank villages. A cluster without a household number has at least one.
    """
    reached = cover(coverage)
    centre = centre_covered(areas, village_centre, reached, centre_radius_m)
    bad = covered_share(cluster, reached) < cluster_share_min
    large = cluster["households"].fillna(1) >= cluster_min_households
    maybe_large = large | cluster["households"].isna()
    surely, possibly = ((bad & rows).groupby(cluster["village"]).any() for rows in (large, maybe_large))
    no_cluster = ~areas.index.isin(cluster["village"])
    hollow = surely.reindex(areas.index, fill_value=False)
    can_be_hollow = possibly.reindex(areas.index, fill_value=False) | no_cluster
    return _states(centre["num_low"] == 1, centre["num_high"] == 1, hollow, can_be_hollow).assign(why=centre["why"])


def _states(covered: pd.Series, can_cover: pd.Series, hollow: pd.Series, can_hollow: pd.Series) -> pd.DataFrame:
    """Bounds from what centre and clusters may be: the low end counts a fine village, the high end a hollow one."""
    num_low, den_low = covered & hollow, can_cover & (covered | ~hollow)
    num_high, den_high = can_cover & can_hollow, can_cover & (covered | can_hollow)
    return bounds(*(end.astype(float) for end in (num_low, den_low, num_high, den_high)))
