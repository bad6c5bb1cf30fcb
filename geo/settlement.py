"""Houses grouped into residential clusters: two houses are in one cluster where a chain of short gaps joins them."""

from itertools import product

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

GAP_M = 100.0  # our own: no text that defines a cluster was obtained (confidence D)
APART = 2  # houses within the gap lie at most two cells apart, as the diagonal of a cell is the gap
STEPS = [(i, j) for i, j in product(range(APART + 1), range(-APART, APART + 1)) if (i, j) > (0, 0)]

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]


def cluster_numbers(houses: gpd.GeoDataFrame, gap_m: float = GAP_M) -> pd.Series:
    """The cluster of each house, numbered from 1 within its village (column `village`), most houses first.

    `houses` are points in a metric CRS. Houses of one village with no gap wider than `gap_m` between them share a
    cluster; houses of two villages never do. The order of the rows changes nothing.
    """
    if houses.empty:
        return pd.Series(dtype="int64", index=houses.index)
    village, _ = pd.factorize(houses["village"], sort=True)
    xy = shapely.get_coordinates(houses.geometry.to_numpy())
    group = _groups(xy, village.astype(np.int64), gap_m)
    rows = pd.DataFrame({"group": group, "village": village, "x": xy[:, 0], "y": xy[:, 1]}).sort_values(["x", "y"])
    found = rows.groupby("group").agg(
        village=("village", "first"), size=("x", "size"), x=("x", "first"), y=("y", "first")
    )
    found = found.sort_values(["village", "size", "x", "y"], ascending=[True, False, True, True])
    number = found.groupby("village").cumcount() + 1
    return pd.Series(number.reindex(group).to_numpy(), index=houses.index)


def households_of(houses: pd.DataFrame, said: pd.Series, whole: pd.Series) -> pd.Series:
    """Households of each building: as given, else an equal part of what the village has left; missing where unknown.

    `houses` have `village` and `households`. `said` are the village's own households, `whole` says per village whether
    all its buildings are listed: if not, the others may hold the rest.
    """
    given, village = houses["households"].astype("float64"), houses["village"]
    silent = given.isna()
    left = (said - given.groupby(village).sum().reindex(said.index, fill_value=0.0)).clip(lower=0)
    share = left / silent.groupby(village).sum().reindex(said.index)
    return given.fillna(village.map(share.where(whole)).astype("float64"))


def _groups(xy: Numbers, unit: Places, gap_m: float) -> Places:
    """The connected group of each point, numbered from 0; points of two units are never connected.

    All points in one cell of a grid are connected, so only cells are compared: by one point of each, and all points
    only where that leaves open whether they are connected.
    """
    key, cell, width = _cells(xy, unit, gap_m)
    order = np.argsort(cell, kind="stable")
    first = order[np.searchsorted(cell[order], np.arange(len(key)))]
    one, other = _neighbours(key, width)
    away = np.hypot(*(xy[first[one]] - xy[first[other]]).T)
    near = away <= gap_m
    group = _connected(one[near], other[near], len(key))
    left = group[one] != group[other]
    shapes = shapely.multipoints(shapely.points(xy[order]), indices=cell[order])
    close = shapely.dwithin(shapes[one[left]], shapes[other[left]], gap_m)
    joined = [np.concatenate([end[near], end[left][close]]) for end in (one, other)]
    return _connected(joined[0], joined[1], len(key))[cell]


def _cells(xy: Numbers, unit: Places, gap_m: float) -> tuple[Places, Places, int]:
    """The numbers of all cells in use, sorted; the place of each point's cell among them; and how long a column is."""
    size = gap_m / np.sqrt(2) * (1 - 1e-9)
    column, row = np.floor((xy - xy.min(axis=0)) / size).astype(np.int64).T
    width = int(row.max()) + 1 + 2 * APART  # a margin, so that no neighbour lies in another column
    area = (int(column.max()) + 1 + 2 * APART) * width
    key, cell = np.unique(unit * area + column * width + row, return_inverse=True)
    return key, cell, width


def _neighbours(key: Places, width: int) -> tuple[Places, Places]:
    """Every two cells that may hold points within the gap of each other, once."""
    pairs = []
    for column, row in STEPS:
        wanted = key + column * width + row
        at = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
        here = np.flatnonzero(key[at] == wanted)
        pairs.append((here, at[here]))
    return np.concatenate([a for a, _ in pairs]), np.concatenate([b for _, b in pairs])


def _connected(one: Places, other: Places, n: int) -> Places:
    graph = coo_array((np.ones(len(one), dtype=bool), (one, other)), shape=(n, n))
    found: Places = connected_components(graph, directed=False)[1]
    return found
