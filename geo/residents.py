"""Shares of people as bounds: what a grid counts, weighed by how many people the area has."""

import geopandas as gpd
import pandas as pd

from geo.bounds import bounds


def weighed(areas: gpd.GeoDataFrame, counted: pd.DataFrame, else_share: pd.DataFrame | None = None) -> pd.DataFrame:
    """Bounds of the share of people, 0..1, per area, the weight being its own `people`.

    `counted` has `low`, `high` and `all`, people by a grid. Where the grid shows nobody, or the area has no exact
    shape, `else_share` (columns low and high) is taken, else anything is possible. The weight is missing where nobody
    says how many live there: a grid without people is no proof of that.
    """
    exact = areas["shape"] == "exact" if "shape" in areas else areas.geometry.notna()
    known = exact & (counted["all"] > 0)
    everybody = areas["people"].astype(float)
    counted_only = areas["people_source"] == "grid" if "people_source" in areas else everybody.isna()
    weight = everybody.fillna(counted["all"].where(known)).mask(counted_only & ~known)
    ends = {}
    for end, least in (("low", 0.0), ("high", 1.0)):
        other = pd.Series(least, index=areas.index) if else_share is None else else_share[end].fillna(least)
        ends[end] = (counted[end] / counted["all"].where(known)).clip(0, 1).fillna(other)
    frame = bounds(ends["low"] * weight, weight, ends["high"] * weight, weight)
    open_weight = weight.isna()
    return frame.assign(**{end: frame[end].mask(open_weight, ends[end]) for end in ("low", "high")})
