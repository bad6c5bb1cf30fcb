"""Households of residential clusters inside a cover, per village."""

import geopandas as gpd
import pandas as pd

from geo.bounds import ratio
from geo.measure import Cover, covered_share


def households_inside(areas: gpd.GeoDataFrame, cluster: gpd.GeoDataFrame, reached: Cover) -> pd.DataFrame:
    """Bounds of households inside `reached` / all households, per village.

    What the village has (`areas.households`) beyond its clusters lies anywhere. A cluster polygon partly inside counts
    by its area. The weight is missing where the village's own number is: there may be more than its clusters show.
    """
    known = cluster[cluster["households"].notna()]
    inside = (known["households"] * covered_share(known, reached)).groupby(known["village"]).sum()
    listed = known["households"].groupby(known["village"]).sum().reindex(areas.index, fill_value=0.0)
    said = areas["households"].astype(float)
    everyone = said.where(said.isna() | (said >= listed), listed)
    sure = inside.reindex(areas.index, fill_value=0.0)
    rest = (everyone - listed).clip(lower=0)
    low, high = ratio(sure.where(everyone.notna()), everyone), ratio((sure + rest).where(everyone.notna()), everyone)
    return low.assign(high=high["high"], num_high=high["num_high"], den_high=high["den_high"])
