"""Terrain profiles: heights of the ground at equal steps along straight lines, many lines at once.

A line is straight in the working CRS, which differs from the great circle by less than a cell over the tens of
kilometres that mobile radio reaches. Ground that is not known stays NaN.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from geo.errors import InputError
from geo.grid import Grid

Numbers: TypeAlias = npt.NDArray[np.float64]
Places: TypeAlias = npt.NDArray[np.intp]

LEAST_SAMPLES, MOST_SAMPLES = 9, 2049
BLOCK = 50_000  # samples worked on at once, so that they stay in the processor's cache


@dataclass(frozen=True, slots=True)
class Profiles:
    """`metres` (n,) between the ends; `ground` (n, m) metres above the sea at m equal steps from first to second end.

    m is 3 or more. NaN where the ground is not known.
    """

    metres: Numbers
    ground: Numbers

    def __post_init__(self) -> None:
        """Refuse arrays that do not belong together."""
        if self.ground.ndim != 2 or self.ground.shape[0] != len(self.metres) or self.ground.shape[1] < 3:
            raise InputError(f"profiles take (n,) and (n, 3 or more), got {self.metres.shape} and {self.ground.shape}")

    def __len__(self) -> int:
        """How many there are."""
        return len(self.metres)

    @property
    def parts(self) -> Numbers:
        """(m,) how far along the line each sample lies, 0..1."""
        return np.linspace(0.0, 1.0, self.ground.shape[1])

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        """(n,) whether all of the ground is known."""
        return np.asarray(~np.isnan(self.ground).any(axis=1))

    def __getitem__(self, rows: slice | Places) -> "Profiles":
        """Some of them."""
        return Profiles(self.metres[rows], self.ground[rows])

    def back(self) -> "Profiles":
        """The same lines from second to first end."""
        return replace(self, ground=self.ground[:, ::-1])

    def raised(self, clutter_m: Numbers | float) -> "Profiles":
        """With trees or houses `clutter_m` high, one number or (n,), on all of the ground but the two ends.

        As ITU-R P.1812 adds its representative clutter height to a profile.
        """
        inner = self.ground[:, 1:-1] + np.reshape(np.asarray(clutter_m, dtype=float), (-1, 1))
        return replace(self, ground=np.hstack([self.ground[:, :1], inner, self.ground[:, -1:]]))


def cell_m(terrain: Grid) -> float:
    """The shorter side of a cell."""
    return float(min(terrain.cell))


def sampled(start: Numbers, end: Numbers, terrain: Grid, samples: int) -> Profiles:
    """Profiles between each `start` and its `end`, both (n, 2) in the CRS of `terrain`, by `samples` heights each."""
    start, end = np.asarray(start, dtype=float), np.asarray(end, dtype=float)
    part, ground = np.linspace(0.0, 1.0, samples), np.empty((len(start), samples))
    for rows in blocks(len(start), samples):
        x, y = (a[rows, None] + (b[rows, None] - a[rows, None]) * part for a, b in zip(start.T, end.T, strict=True))
        ground[rows] = _well_inside(x, y, terrain)
        lost = np.isnan(ground[rows])
        if lost.any():
            ground[rows][lost] = ground_at(x[lost], y[lost], terrain)
    return Profiles(np.hypot(*(end - start).T), ground)


def blocks(count: int, samples: int, most: int = BLOCK) -> Iterator[slice]:
    """Rows of `samples` numbers in parts of at most `most` numbers: small enough to be worked on quickly."""
    step = max(most // max(samples, 1), 1)
    yield from (slice(first, min(first + step, count)) for first in range(0, count, step))


def alike(metres: Numbers, terrain: Grid) -> Iterator[tuple[Places, int]]:
    """Lines that take equally many samples, at most a cell apart where `MOST_SAMPLES` reach: their places, how many.

    The number of samples grows by halves (9, 13, 19, ...), so that short lines are not sampled as densely as long ones.
    """
    needed = np.clip(np.ceil(np.nan_to_num(metres) / cell_m(terrain)) + 1, LEAST_SAMPLES, MOST_SAMPLES)
    steps = [LEAST_SAMPLES]
    while steps[-1] < MOST_SAMPLES:
        steps.append(min(int(steps[-1] * 1.5), MOST_SAMPLES))
    chosen = np.searchsorted(steps, needed)
    for step in np.unique(chosen):
        yield np.flatnonzero(chosen == step), steps[step]


def ground_at(x: Numbers, y: Numbers, terrain: Grid) -> Numbers:
    """Heights at points, between four cell centres by their distances; NaN outside the grid or where not known.

    In the outer half of a border cell as at its centre. A cell without weight may be unknown.
    """
    west, south, east, north = terrain.bounds
    rows, columns = terrain.values.shape
    inside = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    across = np.clip((np.where(inside, x, west) - west) * (columns / (east - west)) - 0.5, 0, columns - 1)
    down = np.clip((north - np.where(inside, y, north)) * (rows / (north - south)) - 0.5, 0, rows - 1)
    column, row = across.astype(np.int32), down.astype(np.int32)  # neither is negative
    right, below = across - column, down - row
    first = row * columns + column
    aside, under = column < columns - 1, np.where(row < rows - 1, np.int32(columns), np.int32(0))
    flat = np.ascontiguousarray(terrain.values).ravel()
    upper = _between(flat.take(first), flat.take(first + aside), right)
    lower = _between(flat.take(first + under), flat.take(first + under + aside), right)
    found = _between(upper, lower, below)
    found[~inside] = np.nan
    return found


def _well_inside(x: Numbers, y: Numbers, terrain: Grid) -> Numbers:
    """`ground_at` where all four cells around are known and every line lies among them; NaN elsewhere. Three times
    as fast, as nothing is asked of single points.
    """
    west, _, _, north = terrain.bounds
    wide, high = terrain.cell
    columns, across, down = terrain.values.shape[1], (x - west) * (1 / wide), (north - y) * (1 / high)
    across -= 0.5
    down -= 0.5
    corners = (across[:, [0, -1]], columns - 1), (down[:, [0, -1]], terrain.values.shape[0] - 1)
    if not all((ends >= 0).all() and (ends < most).all() for ends, most in corners):  # NaN is neither
        return np.full(x.shape, np.nan)
    column, row = across.astype(np.intp), down.astype(np.intp)
    across -= column
    down -= row
    row *= columns
    row += column
    flat = np.ascontiguousarray(terrain.values).ravel()
    found = _mixed(flat.take(row), flat.take(row + 1), across)
    row += columns
    return _mixed(found, _mixed(flat.take(row), flat.take(row + 1), across), down)


def _mixed(a: Numbers, b: Numbers, weight: Numbers) -> Numbers:
    """`a` at weight 0, `b` at 1, in double precision."""
    step = b - a
    found = step * weight
    found += a
    return found


def _between(a: Numbers, b: Numbers, weight: Numbers) -> Numbers:
    """`a` at weight 0, `b` at 1; what has no weight may be NaN."""
    mixed = _mixed(a, b, weight)
    lost = np.flatnonzero(np.isnan(mixed))
    if len(lost):
        mixed[lost] = np.select([weight[lost] == 0, weight[lost] == 1], [a[lost], b[lost]], np.nan)
    return np.asarray(mixed, dtype=np.float64)
