"""People inside areas, from a population grid, counting a cell by the part of it that lies inside."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource
from pyproj import CRS

from geo.cover import Cover, covered_parts, covered_share
from geo.crs import same


@dataclass(frozen=True, slots=True)
class Grid:
    """People per cell: `values` is (rows, columns), north up; `bounds` is west, south, east, north in `crs`.

    A NaN cell is one where nobody is known to live and counts as 0.
    """

    values: npt.NDArray[np.floating]
    bounds: tuple[float, float, float, float]
    crs: CRS


def people(areas: gpd.GeoDataFrame, grid: Grid) -> pd.Series:
    """People in each area; 0 outside the grid, missing where the area has no geometry. Raise `CRSError`."""
    same(areas, grid)
    return _sums(areas.geometry, grid)


def covered_people(areas: gpd.GeoDataFrame, cover: Cover, grid: Grid) -> pd.Series:
    """People of each area who live inside `cover`; missing where the area has no geometry. Raise `CRSError`.

    Never more than `people(areas, grid)`, and equal to it where the area is wholly covered.
    """
    same(areas, cover, grid)
    share = covered_share(areas, cover)
    everybody = people(areas, grid)
    partly = areas.geometry[(share > 0) & (share < 1)]
    inside = _sums(covered_parts(partly, cover), grid)
    found = everybody.where(share == 1, share.where(share.isna(), 0.0))
    found.loc[inside.index] = np.minimum(inside, everybody.loc[inside.index])
    return found


def _sums(shapes: gpd.GeoSeries, grid: Grid) -> pd.Series:
    """Sum of the grid by shape. exactextract refuses collections and empty shapes, so it is given single polygons."""
    parts, owner = shapely.get_parts(shapes.to_numpy(), return_index=True)
    inner, at = shapely.get_parts(parts, return_index=True)  # a collection may hold multipolygons
    owner = owner[at]
    solid = (shapely.get_type_id(inner) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(inner)
    frame = gpd.GeoDataFrame(geometry=inner[solid], crs=grid.crs)
    sums = np.zeros(len(shapes))
    if len(frame):
        source = NumPyRasterSource(np.where(np.isnan(grid.values), 0, grid.values), *grid.bounds)
        out = exact_extract(source, frame, ["sum"], output="pandas")
        np.add.at(sums, owner[solid], np.nan_to_num(np.asarray(out["sum"], dtype=float)))
    sums[shapely.is_missing(shapes.to_numpy())] = np.nan
    return pd.Series(sums, index=shapes.index)
