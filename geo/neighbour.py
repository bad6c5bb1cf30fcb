"""Whether something that is not surveyed next door could matter here."""

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.criteria import Criterion
from geo.data import Data


def open_within(data: Data, layer: str, lacking: pd.Series, frame: pd.DataFrame, criterion: Criterion) -> pd.Series:
    """Villages with a commune where `layer` is not complete within reach: the radius, or the distance found.

    `lacking` is per commune. Distances are from the village's centres, else its polygon, in the working CRS. Where an
    open commune has no exact shape, or a village no place, nothing can be excluded: True.
    """
    known = criterion.known
    open_communes = data.communes[lacking.to_numpy(dtype=bool)]
    if open_communes.empty:
        return pd.Series(False, frame.index)
    shaped = (open_communes["shape"] == "exact") & open_communes.geometry.notna()
    if not shaped.all():
        return pd.Series(True, frame.index)
    places = _places(data)
    found = open_communes.sindex.nearest(places.geometry, return_all=False, return_distance=True)
    distance = pd.Series(np.inf, index=pd.RangeIndex(len(places)))
    distance.iloc[found[0][0]] = found[1]
    nearest = distance.groupby(places["village"].to_numpy()).min().reindex(frame.index)
    reach = float(criterion.settings[known.radius]) if known.reach == "radius" else frame["high"]
    return (nearest <= reach) | nearest.isna()


def _places(data: Data) -> gpd.GeoDataFrame:
    centres = data.layers.get("village_centre")
    shapes = data.villages[["geometry"]].rename_axis("village").reset_index()
    if isinstance(centres, gpd.GeoDataFrame):
        points = centres.loc[centres["village"].notna(), ["village", "geometry"]]
        shapes = pd.concat([points, shapes[~shapes["village"].isin(points["village"])]], ignore_index=True)
    return shapes[shapes.geometry.notna()].reset_index(drop=True)
