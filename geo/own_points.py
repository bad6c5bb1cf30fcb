"""The user's own points that name their commune: read with every problem named, and made to bid for cells.

More points, more bids: a cell goes rather to the commune whose point is near it, where none is near nothing changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS
from scipy.spatial import cKDTree

from geo.boundaries import units
from geo.errors import InputError
from geo.georeference import working
from geo.layer import LAYERS
from geo.notices import Notice
from geo.partition import Floats
from geo.read import Reading, ReadOptions, in_order, read_rows
from geo.unit_points import unit_points
from geo.units import Units

LAYER = "village_centre"  # points with names of commune and village; any village-like point fits
FAR_RADII = 5.0  # measured on the 166 communes: no border is further than 4.75 radii from the commune's point
POINT = 1.3  # an own point bids this at the distance where the next own point is expected
FEW = 4.0  # that many points weigh as much as what boxes and areas say
OTHER = 1.0  # added at most where another unit's point is nearer
EXPECTED = 0.5  # radii: somewhere this near a unit may well have a place that the points leave out
NOT_NAMED = "the point does not say its commune; give the code or the name"
TOO_FAR = "the point lies {away} km from {commune}, further than a place of that commune can be; it was not used"
NOT_ASKED = ("villages_not_known", "column_ignored")  # only the commune and the place are read


@dataclass(frozen=True, slots=True)
class OwnPoints:
    """Trees over points in metres: those of each unit, and all of them."""

    of: Mapping[str, cKDTree]
    every: cKDTree

    def edges(self, unit: str, radius: float) -> Floats:
        """Rows `minx, miny, maxx, maxy` of what the points of a unit bid for; none where it has no points."""
        if unit not in self.of:
            return np.empty((0, 4))
        at, reach = self.of[unit].data, 2 * _spacing(radius, self.of[unit].n)
        return np.concatenate([at.min(axis=0) - reach, at.max(axis=0) + reach])[None, :]

    def bid(self, unit: str, radius: float, cost: Floats, cells: Floats) -> Floats:
        """`cost` of a unit for cells (their centres, metres, last axis x and y) as its own and others' points move it.

        Own points lower it towards 0 at the point; where a point of another unit is nearer it rises by up to `OTHER`.
        A unit is never taken to be further than `EXPECTED` radii, so that one without points keeps its land.
        """
        nearest = self.every.query(cells)[0]
        expected = np.full(cost.shape, EXPECTED * radius)
        if unit in self.of:
            tree = self.of[unit]
            away = tree.query(cells)[0]
            cost = np.minimum(cost, POINT * (1 + FEW / tree.n) * away / _spacing(radius, tree.n))
            expected = np.minimum(expected, away)
        moved: Floats = cost + OTHER * np.maximum(expected - nearest, 0) / (expected + nearest + 1)
        return moved


def own_points(points: gpd.GeoDataFrame, ids: pd.Index) -> OwnPoints | None:
    """Points with a column `unit`, ready to bid; None where there are none. `InputError` for a unit not in `ids`."""
    if unknown := set(points["unit"]) - set(ids):
        raise InputError(f"points name units that are not given: {sorted(unknown)[:5]}")
    if not len(points):
        return None
    at = np.column_stack([points.geometry.x, points.geometry.y])
    rows = points.groupby(points["unit"].to_numpy()).indices
    return OwnPoints({str(unit): cKDTree(at[i]) for unit, i in rows.items()}, cKDTree(at))


def read_points(path: Path, vintage: str, options: ReadOptions) -> Reading:
    """Points of a file that names the commune of each: `frame` with `unit` and geometry in `options.work`.

    Read as layer `village_centre` and answered row by row: a commune that this vintage has not or that can be several,
    a place missing or no point, a commune not named (error), a place too far from its commune (a warning; left out).
    """
    known = units(vintage)
    work = working(None, options)
    at = unit_points(known, work)
    read = read_rows(path, LAYERS[LAYER], areas=Units(_bare(known, at, work), None, vintage), options=options)
    named = read.frame["commune_named"].notna()
    found = [n for n in read.notices if n.code not in NOT_ASKED] + [
        Notice("commune_not_named", "error", NOT_NAMED, int(row), column="commune_name") for row in read.rows[~named]
    ]
    lost = read.frame.loc[~named, ["commune_named", "village_named"]].set_axis(read.rows[~named])
    frame, rows = read.frame[named].rename(columns={"commune_named": "unit"}), read.rows[named]
    there = at.reindex(frame["unit"])
    away = np.hypot(frame.geometry.x - there["x"].to_numpy(), frame.geometry.y - there["y"].to_numpy())
    far = (away > FAR_RADII * np.maximum(there["radius"].to_numpy(), at["radius"].median())).to_numpy()
    for row, metres, unit in zip(rows[far], away[far], frame.loc[far, "unit"], strict=True):
        words = (("away", f"{metres / 1000:.0f}"), ("commune", str(known.loc[unit, "name"])))
        found.append(Notice("point_too_far", "warning", TOO_FAR, int(row), column="commune_name", values=words))
    kept = frame.loc[~far, ["unit", "geometry"]]
    return Reading(kept, rows[~far], pd.concat([read.rejected, lost]), in_order(found), read.columns)


def _bare(known: pd.DataFrame, at: pd.DataFrame, work: CRS) -> gpd.GeoDataFrame:
    """The shipped units as communes that rows may name."""
    places = gpd.points_from_xy(at["x"], at["y"], crs=work)
    return gpd.GeoDataFrame(known[["name", "kind", "former_district"]].assign(shape="none"), geometry=places)


def _spacing(radius: float, count: int) -> float:
    return radius / float(np.sqrt(count))
