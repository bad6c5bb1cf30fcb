"""From coordinates in cells to points."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from geo.check import column_notices, read_column, row_notices, sender_ids, sender_rows
from geo.layer import Column, Layer
from geo.notices import Notice
from geo.template import COORDINATES

ALSO = {
    "lon": ("longitude", "long", "lng", "kinh do", "x", "toa do x"),
    "lat": ("latitude", "vi do", "y", "toa do y"),
}


def coordinate_columns(layer: Layer, *, degrees: bool = True) -> tuple[Column, ...]:
    """The coordinate columns of tables with the headers they are known by; none where the layer has no points."""
    if layer.geometry not in ("point", "point or polygon", "any"):
        return ()
    return tuple(
        Column(
            name=c.name,
            kind="number",
            vi=c.vi,
            en=c.en,
            unit=c.unit if degrees else "m",
            low=c.low if degrees else None,
            high=c.high if degrees else None,
            also=ALSO[c.name],
        )
        for c in COORDINATES
    )


def with_points(frame: pd.DataFrame, layer: Layer, crs: CRS) -> tuple[gpd.GeoDataFrame, list[Notice]]:
    """The rows with a point made of `lon` (east) and `lat` (north) in `crs`; missing where both cells are blank.

    A row with one coordinate, or one that cannot be read or is no longitude or latitude, has a notice and no point.
    """
    ids, notices, read = sender_ids(frame, layer), [], {}
    for column in coordinate_columns(layer, degrees=crs.is_geographic):
        values, codes = read_column(frame, column, layer)
        notices += column_notices(frame, column, codes, ids)
        read[column.name] = values.where(codes == "")
    nowhere = pd.Series(np.nan, index=frame.index)
    lon, lat = read.get("lon", nowhere), read.get("lat", nowhere)
    unread = {n.row for n in notices}
    half = (lon.isna() != lat.isna()) & ~pd.Series(sender_rows(frame.index), index=frame.index).isin(unread)
    notices += row_notices("coordinate_incomplete", half, ids, {}, "error")
    points = np.where(lon.notna() & lat.notna(), shapely.points(lon.to_numpy(), lat.to_numpy()), None)
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(points, index=frame.index, crs=crs)), notices
