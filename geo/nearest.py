"""Metres to the nearest of some features, searched in the plane and measured on the ellipsoid."""

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS, Transformer

from geo.crs import same

Shapes = npt.NDArray[np.object_]
Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]

STRETCH = 1.001  # a map projection stretches one direction of a neighbourhood more than another by less than this
SLACK_M = 0.01


def nearest_m(points: gpd.GeoDataFrame, targets: gpd.GeoDataFrame) -> pd.DataFrame:
    """Metres on the ellipsoid to the nearest target, and its index label; both missing where there is none.

    Columns `distance_m`, `target`, with the index of `points`. Targets are points, lines or polygons; inside a
    polygon the distance is 0. Of equally near targets the one whose label sorts first. Raise `CRSError`.
    """
    same(points, targets)
    found = pd.DataFrame({"distance_m": np.nan, "target": None}, index=points.index)
    found["target"] = found["target"].astype(targets.index.dtype if targets.index.dtype == "str" else object)
    from_, to = points.geometry.to_numpy(), targets.geometry.to_numpy()
    asked = np.flatnonzero(~shapely.is_missing(from_) & ~shapely.is_empty(from_))
    pieces, owner = _pieces(to)
    if not len(asked) or not len(pieces):
        return found
    at, metres, target = _nearest(from_[asked], pieces, owner, points.crs)
    rank = np.argsort(np.argsort(targets.index.to_numpy(), kind="stable"), kind="stable")
    best = np.lexsort((rank[target], metres, at))
    first = best[np.unique(at[best], return_index=True)[1]]
    rows = asked[at[first]]
    found.iloc[rows, 0] = metres[first]
    found.iloc[rows, 1] = targets.index.to_numpy()[target[first]]
    return found


def _nearest(points: Shapes, pieces: Shapes, owner: Places, crs: CRS) -> tuple[Places, Numbers, Places]:
    """Every target that may be the nearest: place of the point, metres on the ellipsoid, place of the target."""
    tree = shapely.STRtree(pieces)
    (at, _), plane = tree.query_nearest(points, return_distance=True, all_matches=False)
    reach = np.zeros(len(points))
    reach[at] = plane * STRETCH + SLACK_M
    at, piece = tree.query(points, predicate="dwithin", distance=reach)
    lines = shapely.shortest_line(points[at], pieces[piece])
    metres = _ellipsoidal(lines, crs)
    return at, metres, owner[piece]


def _pieces(targets: Shapes) -> tuple[Shapes, Places]:
    """Points, two-point segments of lines and polygons as they are, with the place of the target each belongs to."""
    parts, owner = shapely.get_parts(targets, return_index=True)
    lines = shapely.get_dimensions(parts) == 1
    xy, line = shapely.get_coordinates(parts[lines], return_index=True)
    same_line = line[1:] == line[:-1]
    segments = shapely.linestrings(np.stack([xy[:-1][same_line], xy[1:][same_line]], axis=1))
    rest = ~lines & ~shapely.is_empty(parts)
    pieces = np.concatenate([parts[rest], segments])
    return pieces, np.concatenate([owner[rest], owner[lines][line[:-1][same_line]]])


def _ellipsoidal(lines: Shapes, crs: CRS) -> Numbers:
    """Length on the ellipsoid of `crs` between the two ends of each line."""
    if not len(lines):
        return np.empty(0)
    xy = shapely.get_coordinates(lines).reshape(-1, 4)
    to_degrees = Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)  # same datum: nothing is shifted
    west, south = to_degrees.transform(xy[:, 0], xy[:, 1])
    east, north = to_degrees.transform(xy[:, 2], xy[:, 3])
    geod = crs.get_geod()
    if geod is None:
        raise ValueError(f"{crs.name} has no ellipsoid")
    return np.asarray(geod.inv(west, south, east, north)[2], dtype=float)
