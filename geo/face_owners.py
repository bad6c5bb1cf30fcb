"""Who gets each disputed face: one rule, the same answer every time, and nothing moved further than a tolerance."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import shapely

from geo.coverage_faces import OUTSIDE, Faces, Ints, apart_m

ROUNDS = 50  # a gap behind a gap is reached in the next round


@dataclass(frozen=True, slots=True)
class Moves:
    """How far a border would move across a face; measured once."""

    faces: Faces
    known: dict[tuple[int, int], float] = field(default_factory=dict)

    def across(self, face: int, unit: int) -> float:
        """Metres between the side of the face that is the unit's border and the side that would become it."""
        if (face, unit) not in self.known:
            self.known[face, unit] = _moved_across(face, unit, self.faces)
        return self.known[face, unit]


@dataclass(slots=True)
class Settled:
    """Owners of every face; `moves_m` of each face given away, `needs_m` of each that was left as it is.

    `needs_m` is the tolerance that it would take, infinite where no tolerance helps.
    """

    owners: list[frozenset[int]]
    moves_m: dict[int, float] = field(default_factory=dict)
    needs_m: dict[int, float] = field(default_factory=dict)


def settled(moves: Moves, tolerance_m: float, withdrawn: Mapping[int, float]) -> Settled:
    """Every overlap given to one of its claimants, every gap to one of its neighbours.

    Candidates are asked in the order of the length of border that they share with the face (then of the set), and the
    first for whom no border moves further than `tolerance_m` gets it. Gaps wider than that on average stay, as do
    faces in `withdrawn` (with the tolerance that they need) and faces that are all that a unit has.
    """
    faces = moves.faces
    found = Settled(list(faces.claims))
    only = _only_land(faces)
    disputed = [f for f, claims in enumerate(faces.claims) if len(claims) != 1]
    for _ in range(ROUNDS):
        waiting = [f for f in disputed if f not in found.moves_m]
        for face in waiting:
            if face not in withdrawn:
                _give(face, moves, found, tolerance_m, only)
        if len(waiting) == len([f for f in disputed if f not in found.moves_m]):
            break
    found.needs_m.update(withdrawn)
    return found


def _give(face: int, moves: Moves, found: Settled, tolerance_m: float, only: frozenset[int]) -> None:
    faces = moves.faces
    claims = faces.claims[face]
    order = _candidates(face, faces, found.owners)
    reach = {u: _move_m(face, u, moves) for u in order if not (claims - {u}) & only}
    fits = [u for u, move in reach.items() if move <= tolerance_m]
    if fits and (claims or faces.width_m[face] <= tolerance_m):
        found.owners[face] = frozenset({fits[0]})
        found.moves_m[face] = reach[fits[0]]
        found.needs_m.pop(face, None)
    else:
        found.needs_m[face] = min(reach.values(), default=float("inf"))


def _only_land(faces: Faces) -> frozenset[int]:
    """Units that have no face to themselves: giving one of theirs away could leave them nothing."""
    alone = {u for claims in faces.claims if len(claims) == 1 for u in claims}
    return frozenset({u for claims in faces.claims for u in claims} - alone)


def _candidates(face: int, faces: Faces, owners: list[frozenset[int]]) -> list[int]:
    """Claimants of the face, of a gap its neighbours; who shares most border with it first."""
    border = dict.fromkeys(sorted(faces.claims[face]), 0.0)
    for other, metres in zip(faces.across(face), faces.lengths[faces.edges_of[face]], strict=True):
        who = owners[other] if other != OUTSIDE else frozenset()
        if len(who) == 1:
            unit = next(iter(who))
            if not faces.claims[face] or unit in border:
                border[unit] = border.get(unit, 0.0) + float(metres)
    return sorted(border, key=lambda unit: (-border[unit], unit))


def _move_m(face: int, taker: int, moves: Moves) -> float:
    """How far a border moves where `taker` gets the face: of a gap its own, of an overlap those of the others."""
    claims = moves.faces.claims[face]
    movers = claims - {taker} if claims else frozenset({taker})
    return max(moves.across(face, unit) for unit in movers)


def _moved_across(face: int, unit: int, faces: Faces) -> float:
    """From the side of the face that was the unit's border to the side that becomes it, metres (Hausdorff).

    Where all of the face's outline appears or vanishes (an island, a hole), the width of the largest circle inside.
    """
    edges = faces.edges_of[face]
    held = faces.claims[face]
    other = np.array([a != OUTSIDE and unit in faces.claims[a] for a in faces.across(face)])
    was = ~other if unit in held else other
    if was.all() or not was.any():
        return thickness_m(edges, faces)
    return apart_m(faces.lines(edges[was]), faces.lines(edges[~was]))


def thickness_m(edges: Ints, faces: Faces) -> float:
    """Width of the largest circle inside the area that those edges close, metres."""
    area = shapely.get_parts(shapely.polygonize([faces.lines(edges)]))
    if not len(area):
        return 0.0
    return max(2 * float(shapely.length(shapely.maximum_inscribed_circle(a))) for a in area)
