"""How steep the ground along lines is, in the three classes by which building is priced."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.grid import Grid
from geo.sight import elevation as height

STEP_M = 100.0
HILL, MOUNTAIN = 0.03, 0.10  # mean slope along the line from which it is hilly or mountainous: assumptions (D)


def terrain_class(lines: gpd.GeoSeries, elevation: Grid | None) -> pd.Series:
    """`plain`, `hill` or `mountain` by the mean slope along each line; `unknown` where its heights are not known.

    Heights are taken at both ends and about every 100 m between them.
    """
    if elevation is None or not len(lines):
        return pd.Series("unknown", index=lines.index, dtype=object)
    shapes = lines.to_numpy()
    count = np.maximum(np.ceil(shapely.length(shapes) / STEP_M).astype(np.intp), 1) + 1
    owner = np.repeat(np.arange(len(shapes)), count)
    nth = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    points = shapely.line_interpolate_point(shapes[owner], nth / (count[owner] - 1), normalized=True)
    heights = height(gpd.GeoSeries(points, crs=lines.crs), elevation).to_numpy()
    climbs = np.abs(np.diff(heights))[owner[1:] == owner[:-1]]
    climbed = np.bincount(owner[1:][owner[1:] == owner[:-1]], weights=climbs, minlength=len(shapes))
    slope = climbed / np.maximum(shapely.length(shapes), 1e-9)
    named = np.select([np.isnan(slope), slope < HILL, slope < MOUNTAIN], ["unknown", "plain", "hill"], "mountain")
    return pd.Series(named.astype(object), index=lines.index)
