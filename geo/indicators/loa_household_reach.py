"""Households within reach of working loudspeakers."""

from typing import Annotated

import geopandas as gpd
import pandas as pd

from geo.household import households_reached, share_within
from geo.indicator import Parameter, indicator

Service = Annotated[float, Parameter("Tầm nghe của loa", "Reach of a loudspeaker", unit="m", low=0, high=5000)]


@indicator(
    vi="Tỷ lệ hộ trong tầm nghe loa",
    en="Households within loudspeaker reach",
    group="truyen_thanh",
    unit="share",
    most=1,
    raised_by=("loudspeaker",),
    reference=("cluster",),
    of="households",
    reach="radius",
    radius="loa_service_radius_m",
    not_applicable=("thôn không có hộ dân", "nobody lives in the village"),
)
def loa_household_reach(
    areas: gpd.GeoDataFrame,
    cluster: gpd.GeoDataFrame,
    loudspeaker: gpd.GeoDataFrame,
    *,
    loa_service_radius_m: Service = 300,
) -> pd.DataFrame:
    """Share of households within `loa_service_radius_m` of a working cluster with a speaker, 0..1; a planning aid.

    No text asks for it: Tân Thành lacked reach after its merger to 90 km² (2025). A loudspeaker counts across the
    border of its village; one without position may reach the households of the village that it names.
    """
    speaking = loudspeaker[loudspeaker["speakers"].fillna(1) > 0]
    return households_reached(areas, cluster, share_within(cluster, speaking, loa_service_radius_m))
