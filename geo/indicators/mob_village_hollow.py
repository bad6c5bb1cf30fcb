"""Whether a covered village has a residential cluster without signal: hollow (lõm sóng)."""

from typing import Annotated

import geopandas as gpd
import pandas as pd

from geo.bounds import bounds
from geo.centre import PARTLY, centre_covered
from geo.household import DERIVED, is_derived
from geo.indicator import Parameter, indicator
from geo.indicators.mob_village_not_blank import Radius
from geo.measure import cover, covered_share
from geo.reason import code, encode

BOTH = encode([code("centre_partly_covered"), code("derived_clusters")])
Share = Annotated[
    float,
    Parameter(
        "Tỷ lệ hộ của cụm phải được phủ", "Share of a cluster that must be covered", low=0, high=1, confidence="C"
    ),
]
Households = Annotated[
    float, Parameter("Số hộ tối thiểu của cụm", "Fewest households of a cluster", unit="households", low=1, high=1000)
]
DerivedHouseholds = Annotated[
    float,
    Parameter(
        "Số hộ tối thiểu của cụm suy ra từ nhà hoặc địa chỉ",
        "Fewest households of a cluster derived from buildings or addresses",
        unit="households",
        low=1,
        high=1000,
    ),
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
def mob_village_hollow(  # noqa: PLR0913  three layers and four parameters of the definition
    areas: gpd.GeoDataFrame,
    village_centre: gpd.GeoDataFrame,
    cluster: gpd.GeoDataFrame,
    coverage: gpd.GeoDataFrame,
    *,
    centre_radius_m: Radius = 100,
    cluster_share_min: Share = 1.0,
    cluster_min_households: Households = 1,
    derived_min_households: DerivedHouseholds = 10,
) -> pd.DataFrame:
    """1 where the centre is covered and some cluster is not; does not apply where the centre is not covered.

    Tuyên Quang counts 182 of 3,711 = 3,802 − 91 blank villages. A cluster without a household number has at least one.
    Derived clusters prove hollow only where one of at least `derived_min_households` is wholly uncovered, and not
    hollow only where all are wholly covered.
    """
    reached = cover(coverage)
    centre = centre_covered(areas, village_centre, reached, centre_radius_m)
    share, derived, households = covered_share(cluster, reached), is_derived(cluster), cluster["households"]
    bad = share < cluster_share_min
    large = households.fillna(1) >= cluster_min_households
    surely = (bad & large).mask(derived, (share == 0) & (households >= derived_min_households))
    possibly = (bad & (large | households.isna())).mask(derived, share < 1)
    sure, may = (rows.groupby(cluster["village"]).any() for rows in (surely, possibly))
    hollow = sure.reindex(areas.index, fill_value=False)
    can_be_hollow = may.reindex(areas.index, fill_value=False) | ~areas.index.isin(cluster["village"])
    found = _states(centre["num_low"] == 1, centre["num_high"] == 1, hollow, can_be_hollow)
    from_houses = areas.index.isin(cluster.loc[derived, "village"].dropna()) & (found["den_high"] > 0)
    why = centre["why"].replace({"": DERIVED, PARTLY: BOTH}).where(from_houses, centre["why"])
    return found.assign(why=why)


def _states(covered: pd.Series, can_cover: pd.Series, hollow: pd.Series, can_hollow: pd.Series) -> pd.DataFrame:
    """Bounds from what centre and clusters may be: the low end counts a fine village, the high end a hollow one."""
    num_low, den_low = covered & hollow, can_cover & (covered | ~hollow)
    num_high, den_high = can_cover & can_hollow, can_cover & (covered | can_hollow)
    return bounds(*(end.astype(float) for end in (num_low, den_low, num_high, den_high)))
