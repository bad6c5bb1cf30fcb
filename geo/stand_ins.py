"""Points that stand in for a place nobody surveyed: the middle of a commune, one point for many rows."""

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.boundaries import VINTAGES
from geo.boundaries import units as shipped_units
from geo.layer import Layer
from geo.notices import Notice
from geo.unit_points import unit_points
from geo.units import Units

CENTRE_M = 5.0  # a surveyed place this near to the middle of a commune is chance: 1 in a million of its area
STACK = 3  # rows on one point from which on it is noticed
SHARED = frozenset({"address", "building", "measurement"})  # many of these stand on one point by nature
LISTED = 10  # rows that a message names
AT_CENTRE = (
    "the position is the middle of {commune}, as a map gives it where the real place is not known. If nobody measured "
    "it, give the real coordinates, or leave them out and name the village"
)
STACKED = (
    "{n} rows stand on one point: rows {rows}. If they are different places, give each its own coordinates; if they "
    "are one, nothing need be done"
)


def at_centres(points: gpd.GeoDataFrame, numbers: pd.Series, layer: Layer, units: Units) -> list[Notice]:
    """Rows within `CENTRE_M` of the centroid of an exact commune, or of the shipped point of any commune.

    `points` are located rows in the working CRS, `numbers` the sender's row numbers, indexed alike.
    """
    spots = points.geometry.to_numpy()
    middles, names = _middles(units, points)
    if not len(middles) or not len(spots):
        return []
    tree = shapely.STRtree(middles)
    rows, which = tree.query_nearest(spots, max_distance=CENTRE_M, all_matches=False)
    ids = points[layer.key].astype(str).tolist()
    return [
        Notice(
            "at_commune_centroid", "warning", AT_CENTRE, int(numbers.iloc[r]), ids[r], values=(("commune", names[w]),)
        )
        for r, w in zip(rows, which, strict=True)
    ]


def _middles(units: Units, points: gpd.GeoDataFrame) -> tuple[npt.NDArray[np.object_], list[str]]:
    """The middles of the communes in the CRS of the points, and the name of the commune of each."""
    exact = units.communes[(units.communes["shape"] == "exact") & units.communes.geometry.notna()]
    spots = list(exact.geometry.centroid)
    named = [f"{name} ({code})" for code, name in exact["name"].items()]
    if units.vintage in VINTAGES and points.crs is not None:
        known = shipped_units(units.vintage)
        known = known[known.index.isin(units.communes.index)]
        if len(known):
            at = unit_points(known, points.crs)
            spots += list(shapely.points(at["x"], at["y"]))
            named += [f"{name} ({code})" for code, name in known["name"].items()]
    return np.array(spots, dtype=object), named


def stacked(points: gpd.GeoDataFrame, numbers: pd.Series, layer: Layer) -> list[Notice]:
    """One warning for each point that `STACK` rows or more share, within one operator and technology."""
    if layer.name in SHARED or not len(points):
        return []
    per = [c for c in layer.per if c in points]
    keys = pd.DataFrame({"x": points.geometry.x.round(2), "y": points.geometry.y.round(2), **points[per]})
    keys, found = keys[keys.duplicated(keep=False)], []
    for _, rows in keys.groupby(list(keys.columns), dropna=False, sort=False).groups.items():
        if len(rows) < STACK:
            continue
        told = sorted(int(n) for n in numbers.loc[rows])
        listed = ", ".join(str(n) for n in told[:LISTED]) + (", …" if len(told) > LISTED else "")
        sender = str(points.loc[rows[0], layer.key])
        found.append(
            Notice("stacked", "warning", STACKED, told[0], sender, values=(("n", str(len(told))), ("rows", listed)))
        )
    return found
