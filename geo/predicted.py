"""Predicted signal: what places would receive from sites that stand or are only thought of.

Everything here is an estimate of rank "predicted" (`geo.observe.RANKS`): tables of pairs, never a coverage layer, so
that it cannot be taken for what was measured or what an operator declares.
"""

from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

import geo.propagation  # noqa: F401  registers them all
from geo.crs import same
from geo.geodesic import bearing_and_metres
from geo.grid import Grid
from geo.profiles import Numbers, Places, alike, blocks, sampled
from geo.radio_model import known_model, paths
from geo.radios import Radio

BASIS = "predicted"
MODEL = "diffraction_p526"
REACH_M = 15_000.0  # farther than phones are served from in these hills
AT_ONCE = 4_000_000  # samples of profiles that fit into memory
FULL, BEHIND_DB = 360.0, 30.0
STATES = ("reached", "unknown", "not_reached")
COLUMNS = ["site", "place", "distance_m", "loss_db", "level_dbm", "state", "model", "basis"]


@dataclass(frozen=True, slots=True)
class How:
    """How to predict: by which model and its settings, how far, and how high what stands on the ground is."""

    model: str = MODEL
    reach_m: float = REACH_M
    clutter_m: float = 0.0
    settings: dict[str, Any] = field(default_factory=dict)


def levels(
    sites: gpd.GeoDataFrame, places: gpd.GeoDataFrame, terrain: Grid, radio: Radio, how: How | None = None
) -> pd.DataFrame:
    """One row per site and place within reach, columns `COLUMNS`; `site` and `place` are labels of the two indexes.

    `sites` are points with `height_m` of the aerial above the ground; they may have `azimuth_deg` (from true north) and
    `beam_width_deg` (without either a site sends all round) and `eirp_dbm` (else that of `radio`). `places` are points.
    `level_dbm` = EIRP - pattern - loss + gain of the telephone - margin, `state`: at least `radio.least_dbm`. Where
    the ground or a height is not known, loss and level are missing, the state unknown. Raise `CRSError`, `InputError`.
    """
    how = how or How()
    same(sites, places, terrain)
    spot, to = _xy(sites), _xy(places)
    at, by = _pairs(spot, to, how.reach_m)
    height = sites["height_m"].to_numpy(dtype=float)
    loss = losses_db((spot[at], to[by]), height[at], radio, terrain, how)
    bearing, metres = bearing_and_metres(spot[at], to[by], sites.crs)
    sent = _column(sites, "eirp_dbm", radio.eirp_dbm.value)[at] - _pattern_db(sites, at, bearing)
    level = sent - loss + radio.phone_gain_db.value - radio.margin_db.value
    state = np.select([np.isnan(level), level >= radio.least_dbm.value], ["unknown", "reached"], "not_reached")
    told = {"distance_m": metres, "loss_db": loss, "level_dbm": level, "state": state}
    labels = {"site": sites.index.to_numpy()[at], "place": places.index.to_numpy()[by]}
    return pd.DataFrame({**labels, **told}).assign(model=how.model, basis=BASIS)[COLUMNS]


def losses_db(ends: tuple[Numbers, Numbers], height_m: Numbers, radio: Radio, terrain: Grid, how: How) -> Numbers:
    """Path loss (n,), dB, from each start to its end, both (n, 2) in the CRS of the terrain; NaN where not known."""
    model, (start, end) = known_model(how.model), ends
    lost = np.full(len(start), np.nan)
    for rows, samples in alike(np.hypot(*(end - start).T), terrain):
        for some in blocks(len(rows), samples, AT_ONCE):
            at = rows[some]
            over = paths(
                sampled(start[at], end[at], terrain, samples), radio.mhz.value, height_m[at], radio.phone_m.value
            )
            lost[at] = model.loss_db(over, clutter_m=how.clutter_m, **how.settings)
    return lost


def _xy(points: gpd.GeoDataFrame) -> Numbers:
    shapes = points.geometry.to_numpy()
    return np.column_stack([shapely.get_x(shapes), shapely.get_y(shapes)])


def _pairs(sites: Numbers, places: Numbers, reach_m: float) -> tuple[Places, Places]:
    """Places of site and place of every pair within reach; points without coordinates have none."""
    given = [np.flatnonzero(np.isfinite(xy).all(axis=1)) for xy in (sites, places)]
    if not all(map(len, given)):
        return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp)
    tree = shapely.STRtree(shapely.points(places[given[1]]))
    at, by = tree.query(shapely.points(sites[given[0]]), predicate="dwithin", distance=reach_m)
    order = np.lexsort((by, at))
    return given[0][at[order]], given[1][by[order]]


def _column(sites: gpd.GeoDataFrame, name: str, otherwise: float) -> Numbers:
    found = sites[name].astype(float) if name in sites else pd.Series(np.nan, index=sites.index)
    return np.asarray(found.fillna(otherwise), dtype=float)


def _pattern_db(sites: gpd.GeoDataFrame, at: Places, bearing: Numbers) -> Numbers:
    """What a sector sends less beside its axis: 12 (angle / width)² dB, at most `BEHIND_DB` (3GPP TR 36.814, A.2.1)."""
    axis, width = (_column(sites, name, np.nan)[at] for name in ("azimuth_deg", "beam_width_deg"))
    off = np.abs((bearing - axis + FULL / 2) % FULL - FULL / 2)
    less = np.minimum(12 * (off / width) ** 2, BEHIND_DB)
    return np.where(np.isnan(less) | (width >= FULL), 0.0, less)
