"""Geometry as its sender gave it: shapes of the file, or points from cells. Nothing is reprojected here."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError as UnknownCRS

from geo.candidates import Candidate, lost_datum, same_projection, says_vn2000, stated
from geo.cell_points import ROW_MESSAGES, with_points
from geo.check import sender_ids, sender_rows
from geo.columns import ReadOptions, Sheet
from geo.coordinates import coordinate_columns
from geo.layer import Layer
from geo.notices import Notice
from geo.unusable import unusable

__all__ = ["coordinate_columns", "named_crs", "raw_shapes", "with_points"]

DATUM_LOST = (
    "the file says WGS 84 with the projection of {candidate}; MapInfo files lose the datum VN-2000 like this, and then "
    "everything lies about 220 m off. If the coordinates are VN-2000, give --crs {epsg}; if they are not, ignore this"
)
DATUM_SAID = "the file says WGS 84, --crs {said} has the same projection with its own datum and was used"
STATED = "the heading of the table says {found}; so the coordinates were read as {candidate}. If not, say so with --crs"


def raw_shapes(
    frame: pd.DataFrame, sheet: Sheet, layer: Layer, options: ReadOptions
) -> tuple[gpd.GeoDataFrame, list[Notice]]:
    """The rows with geometry in the numbers of the file: x as the sender heads it, y the other.

    The CRS is what `options` or the file say, EPSG:4326 for degrees in cells unless they are the wrong way round, else
    None. Raise `InputError`: `crs_conflict` where file and `options` contradict each other, `crs_not_known`.
    """
    said = named_crs(options.crs)
    if sheet.shapes is None:
        points, notices = with_points(frame, layer, said)
        if said is not None:
            return points, notices
        crs, found = as_headed(points, (*sheet.headers, *(c for row in sheet.above for c in row if isinstance(c, str))))
        return points.set_crs(crs, allow_override=True), [*notices, *found]
    shapes = sheet.shapes.reindex(frame.index)
    crs, found = agreed(shapes.crs, said, options.crs)
    array = shapes.to_numpy()
    shapes = gpd.GeoSeries(np.where(shapely.is_empty(array), None, array), index=frame.index, crs=crs)
    return gpd.GeoDataFrame(frame, geometry=shapes), [*found, *null_island(shapes, sender_ids(frame, layer))]


def as_headed(points: gpd.GeoDataFrame, headings: tuple[str, ...]) -> tuple[CRS | None, list[Notice]]:
    """The CRS of points from cells, after what the headings say of it: a stated zone of VN-2000 holds for metres.

    Degrees under a heading that says VN-2000 are not taken for WGS 84 but have no CRS, so that it must be found.
    """
    claim, bounds = stated(headings), np.abs(points.total_bounds)
    if not says_vn2000(headings) or np.isnan(bounds).any():
        return points.crs, []
    if bounds.max() <= 180:
        return None, []
    if claim is None or points.crs is not None:
        return points.crs, []
    values = (("found", claim.text), ("candidate", claim.name))
    return claim.crs, [Notice("crs_stated", "warning", STATED, values=values)]


def named_crs(name: str) -> CRS | None:
    """The CRS of that name, None for ""; `InputError` where it does not exist."""
    try:
        return CRS.from_user_input(name) if name else None
    except UnknownCRS as error:
        message = "unknown CRS {name}; give an EPSG code such as EPSG:5897"
        raise unusable(message, code="crs_not_known", name=name) from error


def agreed(file: CRS | None, said: CRS | None, name: str) -> tuple[CRS | None, list[Notice]]:
    """The CRS that the file and `--crs` leave, with a notice where the file has lost its datum; or `InputError`."""
    lost = lost_datum(file) if file is not None else None
    if file is None or said is None or file.equals(said, ignore_axis_order=True):
        if file is None or lost is None:
            return file or said, []
        values = (("candidate", lost.name), ("epsg", lost.epsg))
        return file, [Notice("datum_lost", "warning", DATUM_LOST, values=values)] if said is None else []
    if lost is not None and same_projection(file, said):
        return said, [Notice("datum_replaced", "info", DATUM_SAID, values=(("said", name),))]
    message = "the file says CRS {file}, --crs says {said}; leave --crs out, or correct the CRS of the file"
    raise unusable(message, code="crs_conflict", file=Candidate(file).epsg, said=name)


def null_island(shapes: gpd.GeoSeries, ids: list[str]) -> list[Notice]:
    """An error for each point at exactly 0, 0."""
    array, rows = shapes.to_numpy(), sender_rows(shapes.index)
    zero = (shapely.get_x(array) == 0) & (shapely.get_y(array) == 0)
    message = ROW_MESSAGES["at_null_island"]
    return [Notice("at_null_island", "error", message, rows[at], ids[at]) for at in np.flatnonzero(zero)]
