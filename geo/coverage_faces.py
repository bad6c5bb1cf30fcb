"""A boundary set cut into faces: every line between units becomes an edge, every piece of land knows who claims it.

One claim is as it should be, two or more are an overlap, none is a gap. All lines are cut where they meet first, so
both sides of a border have the same corners, and what is put together from faces shares its borders exactly.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from geo.crs import to_work

OUTSIDE = -1
STEP_SHARE = 0.1  # of a segment: how far apart the points are at which a distance between two lines is taken

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Faces:
    """The faces of a set, in its own coordinates, and their edges in metres.

    `claims` names by position the units that hold each face. `edges` are segments (x1, y1, x2, y2) in metres and
    `beside` the faces on either side of each, `OUTSIDE` beyond the set. `area_m2` and `width_m` (2 · area / perimeter)
    are in the plane of `edges`.
    """

    shapes: npt.NDArray[np.object_]
    claims: tuple[frozenset[int], ...]
    edges: Floats
    beside: Ints
    area_m2: Floats
    width_m: Floats

    @cached_property
    def lengths(self) -> Floats:
        """Length of every edge, metres."""
        found: Floats = np.hypot(self.edges[:, 2] - self.edges[:, 0], self.edges[:, 3] - self.edges[:, 1])
        return found

    @cached_property
    def edges_of(self) -> list[Ints]:
        """Of every face its edges, by position."""
        faces = np.concatenate([self.beside[:, 0], self.beside[:, 1]])
        edges = np.tile(np.arange(len(self.beside)), 2)
        inside = faces != OUTSIDE
        faces, edges = faces[inside], edges[inside]
        order = np.argsort(faces, kind="stable")
        return np.split(edges[order], np.cumsum(np.bincount(faces, minlength=len(self.shapes)))[:-1])

    def across(self, face: int) -> Ints:
        """The face on the other side of each of its edges, in the order of `edges_of`."""
        pairs = self.beside[self.edges_of[face]]
        found: Ints = np.where(pairs[:, 0] == face, pairs[:, 1], pairs[:, 0])
        return found

    def lines(self, edges: Ints) -> shapely.MultiLineString:
        """Those edges as lines, metres."""
        return shapely.multilinestrings(shapely.linestrings(self.edges[edges].reshape(-1, 2, 2)))


def faces_of(units: gpd.GeoSeries, work: object) -> Faces:
    """The faces of valid polygons; `work` is the metric CRS that lengths are taken in. `CRSError` without CRS."""
    shapes = units.to_numpy()
    lines = shapely.union_all(shapely.boundary(shapes))
    faces = shapely.get_parts(shapely.polygonize([lines]))
    flat = to_work(gpd.GeoDataFrame(geometry=faces, crs=units.crs), work).geometry.to_numpy()  # type: ignore[arg-type]
    edges, beside = _edges(faces, flat)
    area, around = shapely.area(flat), shapely.length(flat)
    return Faces(faces, _claims(faces, shapes), edges, beside, area, 2 * area / around)


def _claims(faces: npt.NDArray[np.object_], shapes: npt.NDArray[np.object_]) -> tuple[frozenset[int], ...]:
    found: list[set[int]] = [set() for _ in faces]
    places = shapely.point_on_surface(faces)
    for face, unit in zip(*shapely.STRtree(shapes).query(places, predicate="within"), strict=True):
        found[face].add(int(unit))
    return tuple(frozenset(f) for f in found)


def _edges(faces: npt.NDArray[np.object_], flat: npt.NDArray[np.object_]) -> tuple[Floats, Ints]:
    """Every edge once, in metres, with the faces on either side."""
    rings, of_face = shapely.get_rings(faces, return_index=True)
    corners, of_ring = shapely.get_coordinates(rings, return_index=True)
    metres = shapely.get_coordinates(shapely.get_rings(flat))
    starts = np.flatnonzero(of_ring[:-1] == of_ring[1:])
    _, ids = np.unique(corners[:, 0] + 1j * corners[:, 1], return_inverse=True)
    pairs = np.sort(np.column_stack([ids[starts], ids[starts + 1]]), axis=1)
    keys = pairs[:, 0] * (int(ids.max(initial=0)) + 1) + pairs[:, 1]
    _, first, edge = np.unique(keys, return_index=True, return_inverse=True)
    face = of_face[of_ring[starts]]
    beside = np.full((len(first), 2), OUTSIDE, dtype=np.int64)
    beside[:, 0] = face[first]
    second = np.ones(len(face), dtype=bool)
    second[first] = False
    beside[edge[second], 1] = face[second]
    return np.hstack([metres[starts[first]], metres[starts[first] + 1]]), beside


def apart_m(here: shapely.Geometry, there: shapely.Geometry) -> float:
    """How far any point of either line lies from the other line at most (Hausdorff), metres."""
    return float(shapely.hausdorff_distance(here, there, densify=STEP_SHARE))


def units_of(owners: Iterable[frozenset[int]]) -> dict[int, list[int]]:
    """Of every unit its faces, by position."""
    found: dict[int, list[int]] = {}
    for face, units in enumerate(owners):
        for unit in units:
            found.setdefault(unit, []).append(face)
    return found
