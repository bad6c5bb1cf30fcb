"""Key places of communes as one table, and the share of them that something holds for.

Places of which it is not known whether they count (a kind or a road class that nobody said) are kept apart: they may
or may not be part of the whole.
"""

from collections.abc import Collection

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.bounds import bounds

COLUMNS = ["commune", "counts", "geometry"]  # counts: surely part of the whole; False: perhaps


def of_kinds(key_place: gpd.GeoDataFrame, kinds: Collection[str]) -> gpd.GeoDataFrame:
    """Key places of some kinds; those without kind perhaps count."""
    wanted = key_place["kind"].isna() | key_place["kind"].isin(list(kinds))
    return key_place.assign(counts=key_place["kind"].notna())[wanted][COLUMNS]


def on_main_roads(points: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Junctions or crossings of roads that matter; derived ones of which the class is not known perhaps count."""
    main = points["main"].astype("boolean")
    derived = (points["derived"] if "derived" in points else pd.Series(False, points.index)).astype("boolean")
    counts = main.fillna(~derived.fillna(False)).astype(bool)
    return points.assign(counts=counts)[counts | main.isna()][COLUMNS]


def cultural_houses(village_centre: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Cultural houses; a village centre of unsaid kind is one."""
    houses = village_centre["kind"].fillna("cultural_house") == "cultural_house"
    return village_centre.assign(counts=True)[houses][COLUMNS]


def together(*parts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """All places in one frame with an index of its own."""
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), geometry="geometry", crs=parts[0].crs)


def share_holding(areas: pd.DataFrame, places: gpd.GeoDataFrame, holds: pd.DataFrame) -> pd.DataFrame:
    """Bounds of places for which something holds / places, per commune of `areas`; none there: does not apply.

    `holds` has `surely` and `possibly` with the index of `places`. A place that perhaps counts is left out where that
    lowers (low end: it surely holds) or raises the share (high end: it surely does not), so the share of any choice of
    them lies between both ends, and the share of several communes between the ends of their sums.
    """
    counts, surely, possibly = places["counts"], holds["surely"], holds["possibly"]
    columns = {
        "num_low": counts & surely,
        "den_low": counts | ~surely,
        "num_high": possibly,
        "den_high": counts | possibly,
    }
    each = pd.DataFrame(columns, index=places.index).astype(float)
    sums = each.groupby(places["commune"]).sum().reindex(areas.index, fill_value=0.0)
    return bounds(sums["num_low"], sums["den_low"], sums["num_high"], sums["den_high"])


def unknown_weight(areas: pd.DataFrame) -> pd.DataFrame:
    """Bounds of a share whose places are not known: 0..1 of an unknown number."""
    nothing = pd.Series(np.nan, index=areas.index)
    frame = bounds(nothing, nothing, nothing, nothing)
    return frame.assign(low=0.0, high=1.0)
