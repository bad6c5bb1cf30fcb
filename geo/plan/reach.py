"""How many of a village's people live within walking distance of a place, along roads and paths where known."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra

from geo.data import Data
from geo.grid import Grid
from geo.plan.network import Laying, Network, road_network

CELL_M = 50.0  # homes of one village this near together are walked to as one
AT_ONCE = 64  # houses whose ways are looked for together
COLUMNS = ["share", "basis", "way"]
Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Homes:
    """Where people live: `xy` (n, 2) metres in the working CRS, the `village` of each and its `weight` within it.

    `basis` by village: `homes` (residential clusters, so houses), `grid` (cells of a population grid); villages of
    which nothing is known are absent.
    """

    xy: Numbers
    village: npt.NDArray[np.object_]
    weight: Numbers
    basis: pd.Series


def homes(data: Data, villages: pd.Index) -> Homes:
    """Where the people of these villages live: by residential clusters, else by the population grid in their borders.

    A cluster's households are shared out over its houses; where households are not known each house counts the same.
    """
    clusters, grid = data.layers.get("cluster"), data.layers.get("population")
    found = _of_clusters(clusters, villages) if isinstance(clusters, gpd.GeoDataFrame) else _none()
    left = villages.difference(pd.Index(found["village"].unique()))
    cells = _of_grid(grid, data.villages.loc[left]) if isinstance(grid, Grid) else _none()
    both = pd.concat([found.assign(basis="homes"), cells.assign(basis="grid")], ignore_index=True)
    near = both.assign(column=both["x"] // CELL_M, row=both["y"] // CELL_M)
    merged = near.groupby(["village", "basis", "column", "row"], as_index=False).agg(
        x=("x", "mean"), y=("y", "mean"), weight=("weight", "sum")
    )
    basis = merged.drop_duplicates("village").set_index("village")["basis"]
    return Homes(merged[["x", "y"]].to_numpy(dtype=float), merged["village"].to_numpy(dtype=object),
                 merged["weight"].to_numpy(dtype=float), basis)  # fmt: skip


def _none() -> pd.DataFrame:
    return pd.DataFrame(
        {"village": pd.Series(dtype="str"), **{n: pd.Series(dtype=float) for n in ("x", "y", "weight")}}
    )


def _of_clusters(clusters: gpd.GeoDataFrame, villages: pd.Index) -> pd.DataFrame:
    own = clusters[clusters["village"].isin(villages) & clusters.geometry.notna()]
    shapes = own.geometry.where(own.geom_type.isin(["Point", "MultiPoint"]), own.geometry.representative_point())
    xy, at = shapely.get_coordinates(shapes.to_numpy(), return_index=True)
    number = np.bincount(at, minlength=len(own))
    households = own["households"].astype(float) if "households" in own else pd.Series(np.nan, index=own.index)
    unknown = households.isna().groupby(own["village"]).transform("any")
    weight = (households / number).where(~unknown, 1.0).to_numpy(dtype=float)
    village = own["village"].to_numpy(dtype=object)
    found = pd.DataFrame({"village": village[at], "x": xy[:, 0], "y": xy[:, 1], "weight": weight[at]})
    return found[found["weight"] > 0]


def _of_grid(grid: Grid, villages: gpd.GeoDataFrame) -> pd.DataFrame:
    """Centres of the cells with people in each village that has borders."""
    row, column = np.nonzero(np.nan_to_num(grid.values) > 0)
    west, _, _, north = grid.bounds
    width, tall = grid.cell
    x, y = west + (column + 0.5) * width, north - (row + 0.5) * tall
    drawn = villages[villages.geom_type.isin(["Polygon", "MultiPolygon"])]
    cell, at = shapely.STRtree(drawn.geometry.to_numpy()).query(shapely.points(x, y), predicate="intersects")
    return pd.DataFrame({"village": drawn.index.to_numpy(dtype=object)[at], "x": x[cell], "y": y[cell],
                         "weight": grid.values[row[cell], column[cell]].astype(float)})  # fmt: skip


def reach(
    places: gpd.GeoDataFrame, where: Homes, roads: gpd.GeoDataFrame | None, walk_m: float
) -> tuple[pd.DataFrame, pd.Series]:
    """Per place (column `village`) the `share` of its village's people within `walk_m`, 0..1, columns `COLUMNS`; and by
    village the share within it of any of its places (absent where nothing is known).

    `way`: `roads` where a road or path lies within `walk_m` of the place, else `straight`. To and from the road the way
    is straight. `share` is missing and `basis` "" where nobody knows where the people of the village live.
    """
    place, home, on_road = walked(places, where, roads, walk_m)
    total = pd.Series(where.weight).groupby(where.village).sum()
    reached = np.bincount(place, weights=where.weight[home], minlength=len(places))
    share = reached / places["village"].map(total).to_numpy(dtype=float)
    served = np.zeros(len(where.weight), dtype=bool)
    served[home] = True
    any_of = pd.Series(where.weight * served).groupby(where.village).sum() / total
    told = {"share": share, "basis": [str(where.basis.get(v, "")) for v in places["village"]],
            "way": np.where(on_road, "roads", "straight")}  # fmt: skip
    return pd.DataFrame(told, index=places.index), any_of


def walked(
    places: gpd.GeoDataFrame, where: Homes, roads: gpd.GeoDataFrame | None, walk_m: float
) -> tuple[Places, Places, Flags]:
    """Pairs of a place and a home of its own village within the walk; (places,) whether they are walked on roads."""
    xy = shapely.get_coordinates(places.geometry.to_numpy())
    code, _ = pd.factorize(np.concatenate([places["village"].to_numpy(dtype=object), where.village]))
    tree = shapely.STRtree(shapely.points(where.xy.reshape(-1, 2)))
    place, home = tree.query(shapely.points(xy.reshape(-1, 2)), predicate="dwithin", distance=walk_m)
    own = code[: len(xy)][place] == code[len(xy) :][home]
    place, home = place[own], home[own]
    if roads is None or not len(roads) or not len(place):
        return place, home, np.zeros(len(xy), dtype=bool)
    network = _network(places, where, roads, np.unique(home), walk_m)
    start = np.array([network.at.get(f"p{n}", -1) for n in range(len(xy))], dtype=np.intp)
    end = {int(n): network.at.get(f"h{n}", -1) for n in np.unique(home)}
    metres = _walks(network, start[place], np.array([end[int(n)] for n in home], dtype=np.intp), walk_m)
    kept = (start[place] < 0) | (metres <= walk_m)
    return place[kept], home[kept], start >= 0


def _network(places: gpd.GeoDataFrame, where: Homes, roads: gpd.GeoDataFrame, used: Places, walk_m: float) -> Network:
    """Roads about the places, with the places (`p0` …) and these homes (`h0` …) joined to them."""
    near = shapely.STRtree(places.geometry.to_numpy()).query(
        roads.geometry.to_numpy(), predicate="dwithin", distance=2 * walk_m
    )[0]
    spots = {f"p{n}": point for n, point in enumerate(places.geometry)}
    spots |= {f"h{n}": shapely.Point(where.xy[n]) for n in used.tolist()}
    at = gpd.GeoSeries(spots, crs=places.crs)
    return road_network(roads.iloc[np.unique(near)], at, laying=Laying(reach_m=walk_m))


def _walks(network: Network, start: Places, end: Places, limit: float) -> Numbers:
    """Metres along the network between the nodes of each pair, infinite beyond the limit or where one is not joined."""
    edges, count = network.edges, len(network.xy)
    metres = np.maximum(edges["length_m"].to_numpy(dtype=float), 1e-6)
    graph = csr_array(coo_array((metres, (edges["a"].to_numpy(), edges["b"].to_numpy())), shape=(count, count)))
    found = np.full(len(start), np.inf)
    begins = np.unique(start[start >= 0])
    for some in np.array_split(begins, max(1, -(-len(begins) // AT_ONCE))):
        rows = np.flatnonzero(np.isin(start, some) & (end >= 0))
        if len(rows):
            table = dijkstra(graph, directed=False, indices=some, limit=limit)
            found[rows] = table[np.searchsorted(some, start[rows]), end[rows]]
    return found
