"""Rows that follow from roads, as rows of a layer: who provided the roads, and as of when."""

import geopandas as gpd
import pandas as pd


def signed(points: gpd.GeoDataFrame, road: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """`points` with id, provider, date and dataset of the roads (the oldest date), and `derived`."""
    xy = points.geometry.get_coordinates().round().astype("int64").astype(str)
    said = {name: "; ".join(sorted(set(road[name].dropna().astype(str)))) or None for name in ("provider", "dataset")}
    empty = pd.Series(None, index=points.index, dtype="str")
    return points.assign(
        id=(xy["x"] + "-" + xy["y"]).to_numpy(),
        village_named=empty,
        name=points["name"].astype("str"),
        provider=said["provider"],
        dataset=said["dataset"],
        as_of=pd.to_datetime(road["as_of"]).min(),
        derived=True,
    ).reset_index(drop=True)
