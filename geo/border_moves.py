"""How far the border of each unit lies from where it lay, once faces have changed hands."""

from collections.abc import Iterable

import numpy as np
import shapely

from geo.coverage_faces import Faces, Floats, Ints
from geo.face_owners import Settled

STEP_M = 2.0  # between points of a border at which its distance is taken


def border_moves(faces: Faces, result: Settled, units: Iterable[int]) -> dict[int, tuple[float, int]]:
    """Of each of `units` that gained or lost a face: how far its border moved (m, Hausdorff), and where (a face).

    A face whose outline appears or vanishes as a whole counts with the width of the largest circle inside, as then
    nothing lies where the border was.
    """
    touched = {u for f in result.moves_m for u in faces.claims[f] ^ result.owners[f]}
    return {unit: _moved(unit, faces, result) for unit in sorted(touched.intersection(units))}


def _moved(unit: int, faces: Faces, result: Settled) -> tuple[float, int]:
    before = _border([unit in claims for claims in faces.claims], faces)
    after = _border([unit in owners for owners in result.owners], faces)
    changed = [f for f in result.moves_m if unit in faces.claims[f] ^ result.owners[f]]
    whole = {f for f in changed if _whole(f, before, after, faces)}
    furthest = max(((result.moves_m[f], f) for f in whole), default=(0.0, -1))
    aside = np.zeros(len(faces.edges), dtype=bool)
    for face in whole:
        aside[faces.edges_of[face]] = True
    for lost, kept in ((before & ~after & ~aside, after), (after & ~before & ~aside, before)):
        furthest = max(furthest, _furthest(np.flatnonzero(lost), np.flatnonzero(kept), changed, faces))
    return furthest


def _border(held: list[bool], faces: Faces) -> np.ndarray:
    """Which edges have the unit on exactly one side; the outside is nobody's."""
    inside = np.array([*held, False])
    found: np.ndarray = inside[faces.beside[:, 0]] != inside[faces.beside[:, 1]]
    return found


def _whole(face: int, before: np.ndarray, after: np.ndarray, faces: Faces) -> bool:
    edges = faces.edges_of[face]
    return bool((before[edges] & ~after[edges]).all() or (after[edges] & ~before[edges]).all())


def _furthest(lost: Ints, kept: Ints, changed: list[int], faces: Faces) -> tuple[float, int]:
    """The largest distance from the lost edges to those kept, and the changed face that has the edge."""
    if not len(lost) or not len(kept):
        return (float("inf") if len(lost) else 0.0, _face_of(int(lost[0]), changed, faces) if len(lost) else -1)
    points, edge = _along(lost, faces)
    there = shapely.linestrings(faces.edges[kept].reshape(-1, 2, 2))
    (_, _), away = shapely.STRtree(there).query_nearest(points, return_distance=True, all_matches=False)
    at = int(np.argmax(away))
    return float(away[at]), _face_of(int(edge[at]), changed, faces)


def _along(edges: Ints, faces: Faces) -> tuple[np.ndarray, Ints]:
    """Points at most `STEP_M` apart along the edges, and the edge of each."""
    lines = shapely.segmentize(shapely.linestrings(faces.edges[edges].reshape(-1, 2, 2)), STEP_M)
    corners, line = shapely.get_coordinates(lines, return_index=True)
    return shapely.points(corners), edges[line]


def _face_of(edge: int, changed: list[int], faces: Faces) -> int:
    beside: Floats | Ints = faces.beside[edge]
    return next((f for f in changed if f in beside), -1)
