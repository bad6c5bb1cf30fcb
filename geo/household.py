"""Households of residential clusters inside a cover, per village."""

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.bounds import ratio
from geo.measure import Cover, covered_share


def households_inside(areas: gpd.GeoDataFrame, cluster: gpd.GeoDataFrame, reached: Cover) -> pd.DataFrame:
    """Bounds of households inside `reached` / all households, per village.

    Households are those of the clusters; what the village has beyond them (`areas.households`) lies anywhere. A
    cluster polygon partly inside counts by its area. Missing weight where neither clusters nor village say a number.
    """
    known = cluster[cluster["households"].notna()]
    inside = (known["households"] * covered_share(known, reached)).groupby(known["village"]).sum()
    listed = known["households"].groupby(known["village"]).sum().reindex(areas.index, fill_value=0.0)
    complete = (listed > 0) & ~areas.index.isin(cluster.loc[cluster["households"].isna(), "village"])
    said = areas["households"].astype(float)
    everyone = pd.Series(np.fmax(said, listed.where(complete | said.notna())), index=areas.index)
    sure = inside.reindex(areas.index, fill_value=0.0)
    rest = (everyone - listed).clip(lower=0)
    low, high = ratio(sure.where(everyone.notna()), everyone), ratio((sure + rest).where(everyone.notna()), everyone)
    return low.assign(high=high["high"], num_high=high["num_high"], den_high=high["den_high"])
