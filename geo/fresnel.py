"""Fresnel clearance along profiles: how much of the first Fresnel zone is free of ground, and the lines of a plot.

60 % of the first Fresnel radius free is what radio planners call clear: the loss is then that of free space (ITU-R
P.530; P.526 §2, §4). Only the ground counts, raised by the Earth's curve; trees and houses only as `Profiles.raised`.
"""

import numpy as np
import pandas as pd

from geo.knife_edge import above_line
from geo.profiles import Numbers
from geo.radio_model import Paths
from geo.sight import EARTH_RADIUS_M, GRAZING_M, STANDARD_K

CLEAR = 0.6
COLUMNS = ["clearance", "share", "at_m", "over_m"]


def fresnel_radius_m(first_m: Numbers, second_m: Numbers, wavelength_m: Numbers) -> Numbers:
    """Radius of the first Fresnel zone that far from either end, metres (ITU-R P.526-15 §2.1)."""
    return np.asarray(np.sqrt(wavelength_m * first_m * second_m / (first_m + second_m)))


def clearances(over: Paths, *, k: float = STANDARD_K) -> pd.DataFrame:
    """Per path `share`: the least height of the line over the ground as a share of the first Fresnel radius there.

    `at_m` says where, metres from the first end, `over_m` by how much the ground stands above the line there (below it
    negative). `clearance`: `clear` from 0.6, `partial` from 0, `blocked` below, `unknown`. As in `geo.sight`, unknown
    ground proves nothing clear, known ground above the line blocks all the same, and without both ends all is missing.
    """
    profiles, inner = over.profiles, slice(1, -1)
    parts, metres = profiles.parts[inner], over.metres[:, None]
    high = above_line(profiles.ground[:, inner], parts, over.tops, _bulge_m(over, k))
    radius = fresnel_radius_m(metres * parts, metres * (1 - parts), over.wavelength_m[:, None])
    share = -high / radius
    seen = np.where(np.isnan(share), np.inf, share)
    worst = seen.argmin(axis=1) if len(over) else np.empty(0, dtype=int)
    rows = np.arange(len(over))
    least = seen[rows, worst]
    told = np.isfinite(least)
    whole = profiles.known & told
    blocked = (high > GRAZING_M).any(axis=1)
    clear = np.select([blocked, whole & (least >= CLEAR), whole], ["blocked", "clear", "partial"], "unknown")
    found = {"share": least, "at_m": profiles.metres * parts[worst], "over_m": high[rows, worst]}
    return pd.DataFrame({"clearance": clear, **{n: np.where(told, v, np.nan) for n, v in found.items()}})[COLUMNS]


def profile_lines(over: Paths, row: int = 0, *, k: float = STANDARD_K) -> pd.DataFrame:
    """What a plot of one path shows, a row per sample: `at_m`, `ground_m`, `curved_m`, `line_m`, `radius_m`.

    `ground_m` is above the sea, `curved_m` the same raised by the Earth's curve, `line_m` the straight line between
    the antennas, `radius_m` of the first Fresnel zone.
    """
    parts, metres = over.profiles.parts, float(over.metres[row])
    ground, (first, second) = over.profiles.ground[row], (float(top[row]) for top in over.tops)
    return pd.DataFrame({
        "at_m": parts * metres, "ground_m": ground,
        "curved_m": ground + 4 * parts * (1 - parts) * _bulge_m(over, k)[row],
        "line_m": first * (1 - parts) + second * parts,
        "radius_m": fresnel_radius_m(metres * parts, metres * (1 - parts), over.wavelength_m[row]),
    })  # fmt: skip


def _bulge_m(over: Paths, k: float) -> Numbers:
    """(n,) what the Earth's curve adds half way (as `geo.sight.obstruction`)."""
    return np.asarray(over.metres**2 / (8 * k * EARTH_RADIUS_M))
