"""How well points fit the units that their rows name: the test by which a CRS is found or doubted.

A row is a hit where it lies in its unit. Two readings are compared row by row: only rows that hit under one and miss
under the other tell them apart, and a sign test on those says whether one is surely better.
"""

from dataclasses import dataclass
from math import comb
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS

from geo.boundaries import VINTAGES, units
from geo.candidates import Candidate
from geo.crs import positions, to_work
from geo.layer import Layer
from geo.unit_points import unit_points
from geo.units import Units

SAMPLE = 1000  # rows that are tested, evenly spaced through the file
SAME_M = 1.0  # readings that put every row this near to each other are one reading
FAR_M = 5000.0  # a reading whose median row lies this far from its unit is no rival of one that hits
CENTRE_M = 100.0  # the shipped points are centroids rounded to 0.001 degrees, in about two of three communes
SHIFTS_M, SHIFT_LEVEL = (200.0, 400.0, 700.0), 0.001  # datums lie 200 to 500 m apart, scales up to 700 m
LEAST, LEAST_CENTRES = 0.85, 0.4  # share of hits that a reading needs: in shapes; by centroids at shipped points
Shapes = npt.NDArray[np.object_]
Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What says where rows lie: `rows` are places in the frame, `given` their numbers (n x 2).

    `shapes` in the working CRS `work`: the unit of each row, None for the outline of all of `outline`. A row hits
    within `slack` metres. `least` is the share of hits that a reading needs, `kind` is unit, centre or outline.
    """

    rows: npt.NDArray[np.int64]
    given: Numbers
    shapes: Shapes
    slack: Numbers
    outline: Shapes
    least: float
    work: CRS
    kind: str


class Trial(NamedTuple):
    """A reading tried on the evidence: the points it makes (working CRS) and how far each misses its unit, metres."""

    candidate: Candidate
    at: Numbers
    away: Numbers

    @property
    def hits(self) -> int:
        """Rows in their unit."""
        return int((self.away == 0).sum())

    @property
    def share(self) -> float:
        """Share of rows in their unit."""
        return self.hits / len(self.away)


def evidence(done: gpd.GeoDataFrame, layer: Layer, areas: Units | None, vintage: str, work: CRS) -> Evidence | None:
    """What the rows say about where they lie; None where they say nothing that can be tested."""
    rows = np.flatnonzero(done.geometry.notna() & ~done.geometry.is_empty)
    rows = rows[~_at_zero(done.geometry.to_numpy()[rows])]
    shapes, slack, outline, kind = _targets(done, layer, areas, vintage, work)
    tested = rows[~shapely.is_missing(shapes[rows]) | (len(outline) > 0)]
    if not len(tested):
        return None
    tested = tested[np.unique(np.linspace(0, len(tested) - 1, min(SAMPLE, len(tested))).round().astype(np.int64))]
    array = done.geometry.to_numpy()[tested]
    spots = shapely.centroid(array) if kind == "centre" else _on(array)
    if kind != "centre" and shapely.is_missing(shapes[tested]).all():
        kind = "outline"
    least = LEAST_CENTRES if kind == "centre" else LEAST
    given = np.column_stack([shapely.get_x(spots), shapely.get_y(spots)])
    return Evidence(tested, given, shapes[tested], slack[tested], outline, least, work, kind)


def _at_zero(array: Shapes) -> Flags:
    return np.asarray((shapely.get_x(array) == 0) & (shapely.get_y(array) == 0))


def _on(array: Shapes) -> Shapes:
    """A point for each shape: itself, else one on it."""
    point = shapely.get_type_id(array) == shapely.GeometryType.POINT
    return np.where(point, array, shapely.point_on_surface(array))


def _targets(
    done: gpd.GeoDataFrame, layer: Layer, areas: Units | None, vintage: str, work: CRS
) -> tuple[Shapes, Numbers, Shapes, str]:
    """For each row the shape it should lie in (None: none known) and its slack; the shapes of the outline; the kind."""
    nothing = np.full(len(done), None, dtype=object)
    none, zero = np.empty(0, dtype=object), np.zeros(len(done))
    if layer.name == "commune":
        if vintage not in VINTAGES or "code" not in done:
            return nothing, zero, none, "centre"
        known = unit_points(units(vintage), work)
        points = pd.Series(shapely.points(known["x"], known["y"]), index=known.index, dtype=object)
        return _looked_up(points, done["code"]), np.full(len(done), CENTRE_M), none, "centre"
    if areas is None or areas.communes.empty:
        return nothing, zero, none, "outline"
    communes, slack = _commune_shapes(areas, work)
    named = next((done[c] for c in ("commune_named", "commune") if c in done), None)
    commune = nothing if named is None else _looked_up(communes, named)
    margin = zero if named is None else named.map(slack).fillna(0.0).to_numpy(dtype=float)
    village = nothing
    if areas.villages is not None and "village_named" in done:
        village = _looked_up(to_work(areas.villages, work).geometry, done["village_named"])
    by_village = ~shapely.is_missing(village)
    whole = areas.communes.geometry.notna().all() and (areas.communes["shape"] == "exact").all()
    outline = to_work(areas.communes, work).geometry.to_numpy() if whole else none
    return np.where(by_village, village, commune), np.where(by_village, 0.0, margin), outline, "unit"


def _looked_up(shapes: pd.Series, ids: pd.Series) -> Shapes:
    """The shape of each id, None where there is none."""
    found = np.array(shapes.reindex(ids.astype(object).where(ids.notna(), "")).to_numpy(dtype=object))
    found[pd.isna(found)] = None
    return found


def _commune_shapes(areas: Units, work: CRS) -> tuple[pd.Series, dict[str, float]]:
    """Shape and slack of each commune: exact 0, approximate half its radius, a shipped point alone two radii."""
    frame = to_work(areas.communes, work)
    shapes = frame.geometry.astype(object)
    drawn = frame["shape"] if "shape" in frame else pd.Series("none", index=frame.index)
    slack = (np.sqrt(frame.area / np.pi) / 2).where(drawn != "exact", 0.0)
    bare = frame.index[frame.geometry.isna()]
    if len(bare) and areas.vintage in VINTAGES:
        known = unit_points(units(areas.vintage), work).reindex(bare).dropna(subset=["x"])
        shapes.loc[known.index] = shapely.points(known["x"], known["y"])
        slack.loc[known.index] = 2 * known["radius"]
    return pd.Series(shapes), {str(k): float(v) for k, v in slack.fillna(0.0).items()}


def tried(seen: Evidence, candidate: Candidate) -> Trial:
    """The reading on the evidence. What it cannot place lies infinitely far away."""
    at = positions(candidate.numbers(seen.given), candidate.crs, seen.work)
    return Trial(candidate, at, missed(seen, at))


def missed(seen: Evidence, at: Numbers) -> Numbers:
    """How far points in the working CRS (n x 2) lie from where they should, metres."""
    away = np.full(len(at), np.inf)
    usable = np.asarray(np.isfinite(at).all(axis=1))
    named = usable & ~shapely.is_missing(seen.shapes)
    spots = shapely.points(np.where(usable.reshape(-1, 1), at, 0.0))
    away[named] = np.maximum(shapely.distance(spots[named], seen.shapes[named]) - seen.slack[named], 0.0)
    if len(rest := np.flatnonzero(usable & ~named)) and len(seen.outline):
        tree = shapely.STRtree(seen.outline)
        (where, _), distance = tree.query_nearest(spots[rest], return_distance=True, all_matches=False)
        away[rest[where]] = distance
    return away


def ranked(seen: Evidence, found: list[Candidate]) -> list[Trial]:
    """All readings, the best first: most hits, then least distance; in the order given where they are alike."""
    trials = [tried(seen, candidate) for candidate in found]
    return sorted(trials, key=lambda t: (-t.hits, float(np.minimum(t.away, 1e6).sum())))


def surely_better(one: Trial, other: Trial, level: float = 0.05) -> bool:
    """Whether `one` fits surely better than `other`.

    Either `other` lies hopelessly far (its median row more than `FAR_M` from its unit, that of `one` inside), or `one`
    has at least three hits more and a one-sided sign test on the rows that tell them apart is below `level`.
    """
    if np.median(one.away) == 0 and np.median(other.away) > FAR_M:
        return True
    wins = int(((one.away == 0) & (other.away > 0)).sum())
    losses = int(((other.away == 0) & (one.away > 0)).sum())
    return wins - losses >= 3 and by_chance(wins, losses) <= level


def better_shifted(seen: Evidence, best: Trial) -> float:
    """By how many metres all rows lie off as one, 0 where no shift of `SHIFTS_M` in eight directions is surely better.

    So a reading is found out that is nearly right only because the right CRS is none of the candidates.
    """
    around = np.arange(8) * np.pi / 4
    for away in SHIFTS_M:
        for vector in np.column_stack([np.cos(around), np.sin(around)]) * away:
            moved = best.at + vector
            if surely_better(Trial(best.candidate, moved, missed(seen, moved)), best, SHIFT_LEVEL):
                return away
    return 0.0


def by_chance(wins: int, losses: int) -> float:
    """Probability of at least so many wins in a fair game: the one-sided sign test. 5 of 5 is 1 / 32."""
    rounds = wins + losses
    return float(sum(comb(rounds, k) for k in range(wins, rounds + 1)) / 2**rounds)


def same_places(one: Trial, other: Trial) -> bool:
    """Whether both readings put every row within `SAME_M` of each other."""
    return bool(np.nanmax(np.hypot(*(one.at - other.at).T), initial=0.0) <= SAME_M)
