"""From a site with azimuth, beam width and range to the sector that it serves.

Azimuths are degrees clockwise from true north, the beam width lies half on each side, ranges are metres on the
ellipsoid: no grid north, meridian convergence or scale of a projection comes in. A compass shows magnetic north, one
to two degrees west of it in Thanh Hóa; that is not corrected, as senders do not say which they mean.
"""

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.geodesic import ahead
from geo.layer import Layer
from geo.notices import Notice
from geo.row_notices import rows_of

Shapes = npt.NDArray[np.object_]
Numbers = npt.NDArray[np.float64]

STEP = 2.0  # degrees between two points of the arc: the area is 0.02 % short of the true sector
FULL = 360.0
DRAWN = "{count} points were turned into sectors, by azimuth from true north, beam width and range"
INCOMPLETE = (
    "a point covers nothing by itself and {missing} is missing; give azimuth, beam width (360: all round) and range, "
    "or the covered area as a polygon"
)


def with_sectors(frame: gpd.GeoDataFrame, layer: Layer) -> tuple[gpd.GeoDataFrame, list[Notice]]:
    """The frame with each point turned into its sector, one notice of how many, and an error where something lacks.

    Reads `azimuth_deg` (missing is fine where the beam goes all round), `beam_width_deg`, `range_m`. Rows without
    geometry or with an area stay as they are.
    """
    shapes = frame.geometry.to_numpy().copy()
    spots = np.flatnonzero(shapely.get_type_id(shapes) == shapely.GeometryType.POINT)
    facts = pd.DataFrame({c: _column(frame, c) for c in ("azimuth_deg", "beam_width_deg", "range_m")}).iloc[spots]
    facts["azimuth_deg"] = facts["azimuth_deg"].mask(facts["beam_width_deg"] == FULL, 0.0)
    lacking = facts.isna().to_numpy()
    sound = ~lacking.any(axis=1)
    titles = {c.name: c.vi for c in layer.columns}
    rows = rows_of(frame, layer)
    notices = [
        rows.notice(
            "sector_incomplete", "error", INCOMPLETE, spots[n],
            missing=", ".join(f"“{titles[c]}”" for c, gone in zip(facts.columns, lacking[n], strict=True) if gone),
        )
        for n in np.flatnonzero(~sound)
    ]  # fmt: skip
    if not sound.any():
        return frame, notices
    azimuth, beam, metres = facts[sound].to_numpy(dtype=float).T
    shapes[spots[sound]] = sectors(gpd.GeoSeries(shapes[spots[sound]], crs=frame.crs), azimuth, beam, metres)
    count = str(int(sound.sum()))
    notices.append(Notice("sectors_drawn", "info", DRAWN, values=(("count", count),)))
    return frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs)), notices


def sectors(points: gpd.GeoSeries, azimuth: Numbers, beam: Numbers, range_m: Numbers) -> Shapes:
    """A polygon per point: from it out to the arc, or a whole disc where the beam is 360. Raise where no CRS is set.

    An arc may run across north; its points stand at most `STEP` degrees apart.
    """
    disc = beam >= FULL
    steps = np.maximum(2, np.ceil(beam / STEP)).astype(np.intp)
    owner = np.repeat(np.arange(len(beam)), steps + 1)
    nth = np.arange(len(owner)) - np.repeat(np.cumsum(steps + 1) - (steps + 1), steps + 1)
    bearing = (azimuth - beam / 2)[owner] + nth * (beam / steps)[owner]
    centre = shapely.get_coordinates(points.to_numpy())
    arc = ahead(centre[owner], np.mod(bearing, FULL), range_m[owner], points.crs)
    narrow = np.flatnonzero(~disc)  # these start and end at the site; a disc ends where it starts
    last = np.flatnonzero((nth == steps[owner]) & disc[owner])
    arc[last] = arc[last - steps[owner[last]]]
    who = np.concatenate([narrow, owner, narrow])
    order = np.argsort(who, kind="stable")
    rings = shapely.linearrings(np.concatenate([centre[narrow], arc, centre[narrow]])[order], indices=who[order])
    return np.asarray(shapely.polygons(rings), dtype=object)


def _column(frame: gpd.GeoDataFrame, name: str) -> pd.Series:
    """A column that rows kept before it existed do not have."""
    return frame[name].astype(float) if name in frame else pd.Series(np.nan, index=frame.index)
