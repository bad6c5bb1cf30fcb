"""Divide the cells of a grid among units that bid for them, so that each gets the number of cells it should have.

Cells go to the lowest bid. A unit with too few cells bids less, one whose cells lie off its point tilts its bids
towards it: the dual ascent of optimal transport with given areas, and gently given centroids
(Aurenhammer, Hoffmann, Aronov 1998, "Minkowski-type theorems and least-squares clustering").
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

ROUNDS = 60
PASSES = 8
STEP = 0.3  # first change of a bid, in units of cost, for a unit without any cell
TILT = 0.1  # the same for a unit whose centroid lies one radius off
MOST = 0.35  # bids change by at most this: a unit with a wrong area or a wrong point must not push the others away
MOST_TILT = 0.1


@dataclass(frozen=True, slots=True)
class Bids:
    """What units bid for cells: equally long arrays, sorted by `cell`.

    `cell` and `unit` are numbers from 0, `cost` the bid, `east` and `north` how far the cell lies from the point of
    the unit, in radii of the unit. The last unit is "outside": its bid never changes.
    """

    cell: Ints
    unit: Ints
    cost: Floats
    east: Floats
    north: Floats


def divide(bids: Bids, wanted: Floats) -> tuple[Ints, Ints]:
    """Cells that had a bid, and the unit that gets each. `wanted`: cells per unit, NaN where any number will do."""
    cells, first = np.unique(bids.cell, return_index=True)
    change = np.zeros((3, len(wanted)))  # bid, tilt east, tilt north
    won = _winners(bids, first, change)
    for turn in range(ROUNDS):
        change = _changed(change, bids, won, wanted, 1 / (1 + turn / 15))
        won = _winners(bids, first, change)
    return cells, bids.unit[won]


def one_piece(owner: Ints, outside: int) -> Ints:
    """`owner` (rows, columns) where each unit keeps its largest piece; the rest and enclosed gaps go to the nearest."""
    for _ in range(PASSES):
        keep = np.zeros(owner.shape, dtype=bool)
        for unit in np.unique(owner[owner != outside]):
            keep |= _largest(owner == unit)
        open_edge = np.pad(owner == outside, 1, constant_values=True)
        keep |= (ndimage.label(open_edge)[0] == 1)[1:-1, 1:-1]
        if keep.all() or not keep.any():
            return owner
        rows, columns = ndimage.distance_transform_edt(~keep, return_distances=False, return_indices=True)
        owner = owner[rows, columns]  # a piece may still hang by a corner: the next pass sees it
    return owner


def _winners(bids: Bids, first: Ints, change: Floats) -> Ints:
    """Position of the lowest bid of each cell; the first of equal ones."""
    now = bids.cost - change[0][bids.unit] + change[1][bids.unit] * bids.east + change[2][bids.unit] * bids.north
    least = np.repeat(np.minimum.reduceat(now, first), np.diff(np.append(first, len(now))))
    at = np.flatnonzero(now == least)
    once = np.unique(bids.cell[at], return_index=True)[1]
    return at[once]


def _changed(change: Floats, bids: Bids, won: Ints, wanted: Floats, damp: float) -> Floats:
    unit, size = bids.unit[won], len(wanted)
    count = np.bincount(unit, minlength=size)
    centre = [np.bincount(unit, off[won], minlength=size) / np.maximum(count, 1) for off in (bids.east, bids.north)]
    lack = np.nan_to_num(np.clip((wanted - count) / wanted, -1, 1))
    lack[-1] = centre[0][-1] = centre[1][-1] = 0.0
    bid = np.clip(change[0] + STEP * damp * lack, -MOST, MOST)
    tilts = [np.clip(change[i + 1] + TILT * damp * centre[i], -MOST_TILT, MOST_TILT) for i in (0, 1)]
    return np.stack([bid, *tilts])


def _largest(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    pieces, n = ndimage.label(mask)
    if n < 2:
        return mask
    found: npt.NDArray[np.bool_] = pieces == 1 + np.argmax(np.bincount(pieces.ravel())[1:])
    return found
