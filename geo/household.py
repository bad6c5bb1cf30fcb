"""Households of residential clusters within reach of something, per village or commune."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.bounds import ratio
from geo.crs import same
from geo.measure import Cover, cover, covered_share
from geo.reason import code, encode

DERIVED = encode([code("derived_clusters")])
QUARTER = 32  # segments in a quarter of a circle


def is_derived(cluster: pd.DataFrame) -> pd.Series:
    """Which clusters follow from addresses or buildings instead of being drawn by somebody."""
    if "derived" not in cluster:
        return pd.Series(False, index=cluster.index)
    return cluster["derived"].fillna(False).astype(bool)


def households_inside(areas: gpd.GeoDataFrame, cluster: gpd.GeoDataFrame, reached: Cover) -> pd.DataFrame:
    """Bounds of households inside `reached` / all households, per area, as `households_reached`."""
    return households_reached(areas, cluster, covered_share(cluster, reached))


def households_reached(areas: gpd.GeoDataFrame, cluster: gpd.GeoDataFrame, share: pd.Series) -> pd.DataFrame:
    """Bounds of households reached / all households, per area; `share` of each cluster is reached.

    `areas` are villages or communes, as its index is named. What an area has (`areas.households`) beyond its clusters
    lies anywhere. A cluster polygon partly inside counts by its area, a derived cluster by its houses. The weight is
    missing where the area's own number is: there may be more than its clusters show. `why` says where they are derived.
    """
    level = str(areas.index.name)
    known = cluster[cluster["households"].notna()]
    inside = (known["households"] * share.loc[known.index]).groupby(known[level]).sum()
    listed = known["households"].groupby(known[level]).sum().reindex(areas.index, fill_value=0.0)
    said = areas["households"].astype(float)
    everyone = said.where(said.isna() | (said >= listed), listed)
    sure = inside.reindex(areas.index, fill_value=0.0)
    rest = (everyone - listed).clip(lower=0)
    low, high = ratio(sure.where(everyone.notna()), everyone), ratio((sure + rest).where(everyone.notna()), everyone)
    derived = areas.index.isin(cluster.loc[is_derived(cluster), level].dropna())
    why = pd.Series(np.where(derived, DERIVED, ""), index=areas.index, dtype=object)
    return low.assign(high=high["high"], num_high=high["num_high"], den_high=high["den_high"], why=why)


def share_within(features: gpd.GeoDataFrame, targets: gpd.GeoDataFrame, radius_m: float) -> pd.Series:
    """Share of each feature within `radius_m` metres (in the plane) of a target, 0..1; missing without geometry.

    Points exactly, several points by their number; polygons by the area inside circles. Raise `CRSError`.
    """
    same(features, targets)
    at = targets.geometry[targets.geometry.notna()].to_numpy()
    shapes = features.geometry.to_numpy()
    flat = shapely.get_dimensions(shapes) == 0
    points, owner = shapely.get_parts(shapes[flat], return_index=True)
    near = np.zeros(len(points))
    near[shapely.STRtree(at).query(points, predicate="dwithin", distance=radius_m)[0]] = 1.0
    within = pd.Series(near).groupby(owner).mean().reindex(range(int(flat.sum())))
    found = pd.Series(np.nan, index=features.index)
    found[flat] = within.to_numpy()
    circles = gpd.GeoDataFrame(geometry=shapely.buffer(at, radius_m, quad_segs=QUARTER), crs=targets.crs)
    found[~flat] = covered_share(features[~flat], cover(circles)) if (~flat).any() else found[~flat]
    return found
