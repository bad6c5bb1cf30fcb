"""One radio path between two named places: its line of sight, its Fresnel clearance, its loss by every model."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

import geo.propagation  # noqa: F401  registers them all
from geo.errors import InputError
from geo.fresnel import clearances, profile_lines
from geo.geodesic import bearing_and_metres
from geo.grid import Grid
from geo.profiles import LEAST_SAMPLES, MOST_SAMPLES, cell_m, sampled
from geo.radio_model import MODELS, Paths, paths

NEAREST_M, FARTHEST_M = 10.0, 200_000.0
LOSSES = ["model", "loss_db", "level_dbm"]
TOO_NEAR = "the two places are {metres:.0f} m apart; expected are at least 10 m and at most 200 km"
OUTSIDE = "{name} lies outside the terrain layer; give a place inside it, or import terrain that reaches so far"


@dataclass(frozen=True, slots=True)
class End:
    """One end: what it is called, its point in the working CRS, the height of its aerial above the ground."""

    name: str
    point: shapely.Point
    height_m: float


@dataclass(frozen=True)
class Between:
    """A profile with what follows from it.

    `metres` on the ellipsoid, `bearing_deg` from the first to the second; `clearance`: a row of
    `geo.fresnel.clearances` (with `radius_m` of the first Fresnel zone there); `losses`: a row per radio model,
    `LOSSES`, missing where it does not hold; `lines`: `geo.fresnel.profile_lines`. `known`: whether all ground is.
    """

    first: End
    second: End
    mhz: float
    metres: float
    bearing_deg: float
    clearance: pd.Series
    losses: pd.DataFrame
    lines: pd.DataFrame
    known: bool


def between(first: End, second: End, terrain: Grid, mhz: float, *, eirp_dbm: float, clutter_m: float = 0.0) -> Between:
    """The path from one end to the other over the terrain, at `mhz`.

    `level_dbm` of a model is `eirp_dbm` less its loss, between aerials without gain. `clutter_m`: trees and houses on
    the ground between (`Profiles.raised`), for the losses only. `InputError` where an end is outside the terrain, the
    places are too near or too far, or a height or frequency is not above 0.
    """
    start, stop = (np.array([[end.point.x, end.point.y]]) for end in (first, second))
    west, south, east, north = terrain.bounds
    for end in (first, second):
        if not (west <= end.point.x <= east and south <= end.point.y <= north):
            raise InputError(OUTSIDE.format(name=end.name))
    bearing, metres = bearing_and_metres(start, stop, terrain.crs)
    if not NEAREST_M <= metres[0] <= FARTHEST_M:
        raise InputError(TOO_NEAR.format(metres=metres[0]))
    halves = math.ceil(float(np.hypot(*(stop - start)[0])) / cell_m(terrain))
    samples = min(max(2 * halves + 1, LEAST_SAMPLES), MOST_SAMPLES)  # half a cell apart: no top between two of them
    over = paths(sampled(start, stop, terrain, samples), mhz, first.height_m, second.height_m)
    lines = profile_lines(over)
    worst = clearances(over).iloc[0]
    radius = np.interp(worst["at_m"], lines["at_m"], lines["radius_m"]) if pd.notna(worst["at_m"]) else np.nan
    clear = pd.concat([worst, pd.Series({"radius_m": radius})])
    return Between(
        first, second, mhz, float(metres[0]), float(bearing[0]) % 360, clear,
        _losses(over, eirp_dbm, clutter_m), lines, bool(over.profiles.known[0]),
    )  # fmt: skip


def _losses(over: Paths, eirp_dbm: float, clutter_m: float) -> pd.DataFrame:
    rows = []
    for name in sorted(MODELS):
        lost = float(MODELS[name].loss_db(over, clutter_m=clutter_m)[0])
        rows.append((name, lost, eirp_dbm - lost))
    return pd.DataFrame(rows, columns=LOSSES)
