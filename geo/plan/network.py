"""The graph along which cable can be laid: roads cut where they meet, cables that stand, ways to villages and nodes.

Without roads: straight lines between neighbouring places, which `basis` says. Planar metres of the working CRS decide
what meets; lengths are metres on the ellipsoid.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.spatial import Delaunay

from geo.crs import same
from geo.geodesic import length_m
from geo.grid import Grid
from geo.nearby import centres, groups
from geo.plan.terrain import terrain_class
from geo.road_network import TOUCH_M, meetings, single_lines

Shapes = npt.NDArray[np.object_]
Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
SAME_M = 0.01


@dataclass(frozen=True, slots=True)
class Laying:
    """How ways are weighed, in metres of easy ground; every figure is an assumption of engineering (D).

    `factor` by terrain; `crossing_m` for each barrier crossed; villages and nodes farther than `reach_m` from every
    road and cable are not joined; cables join roads within `handover_m` of their bends and ends.
    """

    factor: Mapping[str, float] = field(
        default_factory=lambda: {"plain": 1.0, "hill": 1.3, "mountain": 2.0, "unknown": 1.0}
    )
    crossing_m: float = 500.0
    reach_m: float = 2_000.0
    handover_m: float = 30.0


@dataclass(frozen=True)
class Network:
    """Nodes `xy` (n, 2) and edges `a, b, length_m, terrain, crossings, existing, basis, weight`, geometry from a to b.

    `at`: the node of each place that was joined; `apart`: why another was not (`no_place`, `far`). `basis` of an edge:
    `road`, `cable` or `straight`. An existing cable weighs nothing.
    """

    xy: Numbers
    edges: gpd.GeoDataFrame
    at: dict[str, int]
    apart: dict[str, str]


def road_network(
    roads: gpd.GeoDataFrame,
    places: gpd.GeoSeries,
    *,
    cables: gpd.GeoDataFrame | None = None,
    barriers: gpd.GeoSeries | None = None,
    elevation: Grid | None = None,
    laying: Laying | None = None,
) -> Network:
    """The network along roads and standing cables that joins `places` (points by id, villages and nodes alike).

    Roads meet where they cross, touch or end within 1 m of one another. Each place is joined straight to the nearest
    road and to the nearest cable; a cable beside a road joins it at every bend.
    """
    how = laying or Laying()
    same(*(f for f in (roads, places, cables, barriers, elevation) if f is not None))
    lines = single_lines(roads.assign(existing=False))
    if cables is not None:
        lines = pd.concat([lines, single_lines(cables.assign(existing=True))], ignore_index=True)
    shapes, existing = lines.geometry.to_numpy(), lines["existing"].to_numpy(dtype=bool)
    xy, line = meetings(shapes) if len(shapes) else (np.empty((0, 2)), np.empty(0, dtype=np.intp))
    here = places[places.notna() & ~places.is_empty]
    bends, cable = shapely.get_coordinates(shapes[existing], return_index=True)
    ways = _ways(shapes, existing, here, bends, how)
    cut = _cut(
        shapes,
        np.concatenate([line, ways["line"], np.flatnonzero(existing)[cable]]),
        np.vstack([xy, ways[["x", "y"]].to_numpy(dtype=float), bends]),
    )
    straight = ways[~ways["touches"]]
    drawn = np.concatenate([cut[0], _straight(straight[["px", "py"]].to_numpy(), straight[["x", "y"]].to_numpy())])
    stands = np.concatenate([existing[cut[1]], np.zeros(len(straight), dtype=bool)])
    basis = np.where(stands, "cable", np.repeat(["road", "straight"], [len(cut[0]), len(straight)]))
    made = _network(drawn, stands, basis, here, roads.crs, (how, barriers, elevation))
    joined = set(ways["place"]) - {""}
    apart = {str(p): "no_place" for p in places.index.difference(here.index)}
    apart |= {str(p): "far" for p in here.index if str(p) not in joined}
    return Network(made.xy, made.edges, {p: n for p, n in made.at.items() if p not in apart}, apart)


def straight_network(
    places: gpd.GeoSeries,
    *,
    cables: gpd.GeoDataFrame | None = None,
    barriers: gpd.GeoSeries | None = None,
    elevation: Grid | None = None,
    laying: Laying | None = None,
) -> Network:
    """Where no roads are known: straight lines between neighbouring places, weighed by terrain, and standing cables.

    Neighbours by Delaunay's triangulation, which contains the shortest tree between the places. Cables are joined at
    their bends and ends.
    """
    how = laying or Laying()
    same(*(f for f in (places, cables, barriers, elevation) if f is not None))
    here = places[places.notna() & ~places.is_empty]
    own = single_lines(cables).geometry.to_numpy() if cables is not None else np.empty(0, dtype=object)
    bends, owner = shapely.get_coordinates(own, return_index=True)
    joined = owner[1:] == owner[:-1]
    xy = np.unique(np.vstack([shapely.get_coordinates(here.to_numpy()), bends]), axis=0)
    a, b = _neighbours(xy)
    drawn = np.concatenate([_straight(bends[:-1][joined], bends[1:][joined]), _straight(xy[a], xy[b])])
    stands = np.repeat([True, False], [int(joined.sum()), len(a)])
    made = _network(drawn, stands, np.where(stands, "cable", "straight"), here, places.crs, (how, barriers, elevation))
    return Network(made.xy, made.edges, made.at, {str(p): "no_place" for p in places.index.difference(here.index)})


def _ends(lines: Shapes) -> Numbers:
    ends: Numbers = shapely.get_coordinates(shapely.get_point(np.repeat(lines, 2), np.tile([0, -1], len(lines))))
    return ends


def _ways(
    shapes: Shapes, existing: npt.NDArray[np.bool_], here: gpd.GeoSeries, bends: Numbers, how: Laying
) -> pd.DataFrame:
    """Ways from places to roads and cables, from cables to roads: `place, px, py, line, x, y, touches`.

    `place` is "" for a bend or end of a cable. `touches`: so near that no way is needed.
    """
    spots = shapely.get_coordinates(here.to_numpy())
    found = []
    for kind in (False, True):
        lines = np.flatnonzero(existing == kind)
        asked = [(spots, [str(p) for p in here.index], how.reach_m)]
        if not kind:
            asked.append((bends, [""] * len(bends), how.handover_m))
        for xy, names, reach in asked:
            tree = shapely.STRtree(shapes[lines])
            one, near = tree.query_nearest(shapely.points(xy.reshape(-1, 2)), max_distance=reach, all_matches=False)
            line = lines[near]
            point = shapely.points(xy[one])
            foot = shapely.get_coordinates(
                shapely.line_interpolate_point(shapes[line], shapely.line_locate_point(shapes[line], point))
            )
            away = np.hypot(*(foot - xy[one]).T)
            found.append(pd.DataFrame({
                "place": np.array(names, dtype=object)[one], "px": xy[one, 0], "py": xy[one, 1], "line": line,
                "x": foot[:, 0], "y": foot[:, 1], "touches": away <= TOUCH_M,
            }))  # fmt: skip
    return pd.concat(found, ignore_index=True)


def _cut(shapes: Shapes, line: Places, xy: Numbers) -> tuple[Shapes, Places]:
    """The lines cut at points on or beside them, and the line of each piece."""
    along = shapely.line_locate_point(shapes[line], shapely.points(xy.reshape(-1, 2)))
    whole = shapely.length(shapes)
    number = np.arange(len(shapes))
    at = pd.DataFrame({
        "line": np.concatenate([line, number, number]), "s": np.concatenate([along, np.zeros(len(shapes)), whole])
    }).sort_values(["line", "s"], ignore_index=True)  # fmt: skip
    kept = at[(at["line"] != at["line"].shift()) | (at["s"] - at["s"].shift() > SAME_M)]
    nxt = kept.shift(-1)
    pieces = kept[kept["line"] == nxt["line"]].assign(end=nxt["s"])
    owner = pieces["line"].to_numpy(dtype=np.intp)
    drawn = [shapely.ops.substring(shapes[o], s, e) for o, s, e in zip(owner, pieces["s"], pieces["end"], strict=True)]
    return np.array(drawn, dtype=object), owner


def _straight(start: Numbers, end: Numbers) -> Shapes:
    pairs = np.stack([start.reshape(-1, 2), end.reshape(-1, 2)], axis=1)
    return np.asarray(shapely.linestrings(pairs), dtype=object).reshape(-1)


def _neighbours(xy: Numbers) -> tuple[Places, Places]:
    """Pairs of points that are joined: all of few, else those of a triangulation."""
    if len(xy) <= 12:
        a, b = np.triu_indices(len(xy), 1)
        return a, b
    corners = Delaunay(xy - xy.mean(axis=0), qhull_options="QJ Qbb").simplices
    pairs = np.sort(corners[:, [[0, 1], [1, 2], [0, 2]]].reshape(-1, 2), axis=1)
    a, b = np.unique(pairs, axis=0).T
    return a.astype(np.intp), b.astype(np.intp)


def _network(
    drawn: Shapes,
    stands: npt.NDArray[np.bool_],
    basis: npt.NDArray[np.str_],
    here: gpd.GeoSeries,
    crs: object,
    weighing: tuple[Laying, gpd.GeoSeries | None, Grid | None],
) -> Network:
    how, barriers, elevation = weighing
    xy = np.vstack([_ends(drawn).reshape(-1, 2), shapely.get_coordinates(here.to_numpy()).reshape(-1, 2)])
    node = groups(xy, TOUCH_M)
    a, b = node[: 2 * len(drawn)].reshape(-1, 2).T
    edges = gpd.GeoDataFrame(
        {"a": a, "b": b, "existing": stands, "basis": basis.astype(object)}, geometry=list(drawn), crs=crs
    )
    edges = edges[edges["a"] != edges["b"]].reset_index(drop=True)
    edges["length_m"] = length_m(edges.geometry.to_numpy(), edges.crs)
    edges["terrain"] = terrain_class(edges.geometry, elevation)
    edges["crossings"] = _crossings(edges.geometry, barriers)
    heavy = edges["length_m"] * edges["terrain"].map(how.factor).astype(float) + how.crossing_m * edges["crossings"]
    edges["weight"] = heavy.where(~edges["existing"], 0.0)
    low, high = np.minimum(edges["a"], edges["b"]), np.maximum(edges["a"], edges["b"])
    edges = edges.assign(low=low, high=high).sort_values(["low", "high", "weight", "length_m"])
    edges = edges.drop_duplicates(["low", "high"]).drop(columns=["low", "high"]).reset_index(drop=True)
    at = {str(p): int(n) for p, n in zip(here.index, node[2 * len(drawn) :], strict=True)}
    return Network(centres(xy, node) if len(xy) else np.empty((0, 2)), edges, at, {})


def _crossings(lines: gpd.GeoSeries, barriers: gpd.GeoSeries | None) -> Places:
    """How many barriers (rivers, railways …) each line crosses."""
    if barriers is None or not len(barriers):
        return np.zeros(len(lines), dtype=np.intp)
    line, _ = shapely.STRtree(barriers.to_numpy()).query(lines.to_numpy(), predicate="crosses")
    return np.bincount(line, minlength=len(lines))
