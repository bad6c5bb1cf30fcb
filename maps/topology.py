"""TopoJSON with shared edges: shapes become whole-number arcs that neighbours use in common. Knows no results.

Polygons of one object must be drawn with the even-odd rule: a dissolved one lists its rings without telling holes.
"""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import to_store

Ints = np.ndarray
METRES_PER_DEGREE = 110_570.0
SAME_AREA = 0.01  # a commune is drawn as the union of its villages where their areas agree to this share


@dataclass(frozen=True, slots=True)
class Net:
    """The quantisation: `x = west + column * step_x`, `y = south + row * step_y`, in degrees."""

    west: float
    south: float
    step_x: float
    step_y: float

    def snap(self, lonlat: np.ndarray) -> Ints:
        """Whole-number positions, one row each."""
        scaled = (lonlat - (self.west, self.south)) / (self.step_x, self.step_y)
        found: Ints = np.rint(scaled).astype(np.int64)
        return found


def net(bounds: np.ndarray, step_m: float) -> Net:
    """A grid of `step_m` metres over rows of lon/lat bounds (west, south, east, north), missing for no shapes."""
    if np.isnan(bounds).all():
        return Net(0.0, 0.0, 1.0, 1.0)
    west, south = np.nanmin(bounds[:, :2], axis=0).tolist()
    north = float(np.nanmax(bounds[:, 3]))
    step_y = step_m / METRES_PER_DEGREE
    return Net(west, south, step_y / math.cos(math.radians((south + north) / 2)), step_y)


def topology(
    villages: gpd.GeoSeries, commune_of: pd.Series, communes: gpd.GeoSeries, tolerance_m: float
) -> dict[str, Any]:
    """TopoJSON objects `villages` and `communes`, geometries in the order given, null where there is none.

    All in one metric CRS; `commune_of` has the index of `villages`. Borders move by at most `tolerance_m` and
    stay shared. A village that would vanish becomes a point, one given as a point stays one.
    """
    tiled = _tiled(villages, commune_of, communes)
    own = communes.where(~communes.index.isin(tiled))
    small, large = (_simplified(shapes, tolerance_m) for shapes in (villages, own))
    stored = [to_store(gpd.GeoDataFrame(geometry=shapes)).geometry for shapes in (small, large)]
    grid = net(np.array([s.total_bounds for s in stored]), max(1.0, tolerance_m / 5))
    shapes = [_snapped(s, grid) for s in stored]
    arcs, refs = _arcs([ring for part in shapes for area in part for ring in area])
    numbered = iter(refs)
    drawn = [[[next(numbered) for _ in area] for area in part] for part in shapes]
    found = {
        "villages": [_geometry(rings, point) for rings, point in zip(drawn[0], _points(stored[0], grid), strict=True)],
        "communes": [_geometry(rings, None) for rings in drawn[1]],
    }
    members = pd.Series(range(len(villages))).groupby(commune_of.to_numpy()).groups
    for place, code in enumerate(communes.index):
        if code in tiled:
            rings = _dissolved([drawn[0][i] for i in members[code]], arcs)
            found["communes"][place] = _geometry(rings, None)
    return {
        "type": "Topology",
        "transform": {"scale": [grid.step_x, grid.step_y], "translate": [grid.west, grid.south]},
        "arcs": [_deltas(arc) for arc in arcs],
        "objects": {name: {"type": "GeometryCollection", "geometries": each} for name, each in found.items()},
    }


def _tiled(villages: gpd.GeoSeries, commune_of: pd.Series, communes: gpd.GeoSeries) -> set[str]:
    """Communes that their villages fill, so that the villages' edges give the border."""
    lacking = ~_is_polygon(villages)
    areas = villages.area.where(~lacking).groupby(commune_of).sum().reindex(communes.index)
    complete = ~lacking.groupby(commune_of).any().reindex(communes.index, fill_value=True)
    near = (areas - communes.area).abs() <= SAME_AREA * areas
    return set(communes.index[(complete & (near | communes.isna())).to_numpy(bool)])


def _simplified(shapes: gpd.GeoSeries, tolerance_m: float) -> gpd.GeoSeries:
    present = _is_polygon(shapes)
    simple = shapes[present].simplify_coverage(tolerance_m) if tolerance_m and present.any() else shapes[present]
    return gpd.GeoSeries(simple.reindex(shapes.index), crs=shapes.crs).where(present, shapes)


def _is_polygon(shapes: gpd.GeoSeries) -> "pd.Series[bool]":
    found: pd.Series[bool] = shapes.geom_type.isin(["Polygon", "MultiPolygon"]) & ~shapes.is_empty
    return found


def _snapped(shapes: gpd.GeoSeries, grid: Net) -> list[list[Ints]]:
    """Per area its rings as open rows of whole positions; rings that collapse are left out."""
    found: list[list[Ints]] = [[] for _ in range(len(shapes))]
    known = np.flatnonzero((shapes.notna() & ~shapes.is_empty).to_numpy())
    parts, area = shapely.get_parts(shapes.array[known], return_index=True)
    parts = shapely.orient_polygons(parts)  # neighbours then run along their shared edge in opposite directions
    rings, part = shapely.get_rings(parts, return_index=True)
    coords, ring = shapely.get_coordinates(rings, return_index=True)
    rows = np.split(grid.snap(coords), np.flatnonzero(np.diff(ring)) + 1) if len(coords) else []
    for row, owner in zip(rows, known[area[part]], strict=True):
        moved = np.any(row != np.roll(row, 1, axis=0), axis=1)
        if len(np.unique(row[moved], axis=0)) >= 3:
            found[owner].append(row[moved])
    return found


def _points(shapes: gpd.GeoSeries, grid: Net) -> list[list[int] | None]:
    inside = shapely.get_coordinates(shapes.representative_point().array, return_index=True)
    found: list[list[int] | None] = [None] * len(shapes)
    for at, owner in zip(grid.snap(inside[0]).tolist(), inside[1], strict=True):
        found[owner] = at
    return found


def _arcs(rings: list[Ints]) -> tuple[list[Ints], list[list[int]]]:
    """Arcs between junctions, each once, and per ring the arcs it is made of (`~n`: arc n backwards)."""
    if not rings:
        return [], []
    lengths = np.array([len(r) for r in rings])
    corners, ids = np.unique(np.concatenate(rings), axis=0, return_inverse=True)
    cuts = _junctions(ids.ravel(), lengths, len(corners))
    arcs: dict[tuple[int, ...], int] = {}
    refs = []
    for ring in np.split(ids.ravel(), np.cumsum(lengths)[:-1]):
        pieces = _pieces(ring, cuts)
        refs.append(
            [
                arcs[p] if p in arcs else ~arcs[p[::-1]] if p[::-1] in arcs else arcs.setdefault(p, len(arcs))
                for p in pieces
            ]
        )
    return [corners[list(arc)] for arc in arcs], refs


def _junctions(ids: Ints, lengths: Ints, count: int) -> np.ndarray:
    """Which corners have different neighbours in different rings (or twice in one): there arcs begin and end."""
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    before, after = np.arange(len(ids)) - 1, np.arange(len(ids)) + 1
    before[starts] = starts + lengths - 1
    after[starts + lengths - 1] = starts
    pair = np.minimum(ids[before], ids[after]) * count + np.maximum(ids[before], ids[after])
    order = np.argsort(ids, kind="stable")
    first = np.flatnonzero(np.diff(ids[order], prepend=-1))
    least, most = np.minimum.reduceat(pair[order], first), np.maximum.reduceat(pair[order], first)
    different: np.ndarray = least != most
    return different


def _pieces(ring: Ints, cuts: np.ndarray) -> list[tuple[int, ...]]:
    """A ring cut at its junctions; one without any starts at its smallest corner, so that equal rings match."""
    at = np.flatnonzero(cuts[ring])
    start = at[0] if len(at) else int(np.argmin(ring))
    turned = np.roll(ring, -start)
    closed = [*turned.tolist(), int(turned[0])]
    ends = [*(at - start).tolist(), len(ring)] if len(at) else [0, len(ring)]
    return [tuple(closed[a : b + 1]) for a, b in pairwise(ends)]


def _dissolved(areas: list[list[list[int]]], arcs: list[Ints]) -> list[list[int]]:
    """Rings round all of `areas`: the arcs that only one of them uses, chained end to end."""
    used: dict[int, int] = {}
    for arc in (ref for rings in areas for ring in rings for ref in ring):
        name = arc if arc >= 0 else ~arc
        if used.pop(name, None) is None:
            used[name] = arc
    leaving: dict[tuple[int, ...], list[int]] = {}
    for arc in used.values():
        leaving.setdefault(_ends(arc, arcs)[0], []).append(arc)
    rings = []
    while leaving:
        start, ring = next(iter(leaving)), []
        here: tuple[int, ...] | None = start
        while here is not None and here in leaving:
            ring.append(leaving[here].pop())
            if not leaving[here]:
                del leaving[here]
            here = _ends(ring[-1], arcs)[1]
        rings.append(ring)
    return rings


def _ends(ref: int, arcs: list[Ints]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    arc = arcs[ref if ref >= 0 else ~ref]
    first, last = tuple(arc[0].tolist()), tuple(arc[-1].tolist())
    return (first, last) if ref >= 0 else (last, first)


def _deltas(arc: Ints) -> list[list[int]]:
    steps: list[list[int]] = np.diff(arc, axis=0, prepend=[[0, 0]]).tolist()
    return steps


def _geometry(rings: list[list[int]], point: list[int] | None) -> dict[str, Any]:
    if rings:
        return {"type": "Polygon", "arcs": rings}
    return {"type": "Point", "coordinates": point} if point else {"type": None}
