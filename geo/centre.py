"""What is known at the centre of a village: coverage of its surroundings, distance to the nearest equipment."""

import geopandas as gpd
import pandas as pd

from geo.bounds import bounds
from geo.measure import Cover, circle_share, nearest_m
from geo.reason import code, encode

PARTLY = encode([code("centre_partly_covered")])


def per_village(areas: gpd.GeoDataFrame, centres: gpd.GeoDataFrame, value: pd.Series, how: str) -> pd.Series:
    """`min` or `max` of a value over the centres of each village; missing where a village has none."""
    return value.groupby(centres["village"]).agg(how).reindex(areas.index)


def centre_covered(areas: gpd.GeoDataFrame, centres: gpd.GeoDataFrame, reached: Cover, radius_m: float) -> pd.DataFrame:
    """Bounds of "the centre is covered" (0/1) per village, with a column `why` where the circle is covered in part.

    The centre lies somewhere in the circle: all of it covered proves yes, none of it proves no. Of several centres
    all must be covered to prove yes. Without a centre: 0..1.
    """
    share = circle_share(centres, reached, radius_m)
    least, most = (per_village(areas, centres, share, how) for how in ("min", "max"))
    one = pd.Series(1.0, index=areas.index)
    low, high = (least >= 1).astype(float), ((most > 0) | most.isna()).astype(float)
    partly = (low < high) & most.notna()
    return bounds(low, one, high, one).assign(why=partly.map({True: PARTLY, False: ""}))


def nearest_from_centre(areas: gpd.GeoDataFrame, centres: gpd.GeoDataFrame, targets: gpd.GeoDataFrame) -> pd.Series:
    """Metres on the ellipsoid from a village's centre (the nearest of several) to the nearest target.

    `inf` where there is no target at all, missing where the village has no centre.
    """
    found = nearest_m(centres, targets)["distance_m"].fillna(float("inf"))
    return per_village(areas, centres, found, "min")
