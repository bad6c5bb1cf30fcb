"""Lines cut by areas: how many metres of each run in each."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import same
from geo.geodesic import length_m


def along(areas: gpd.GeoDataFrame, lines: gpd.GeoDataFrame) -> pd.DataFrame:
    """Metres on the ellipsoid of every line in every area that it runs through: `area`, `row` (of `lines`), `metres`.

    What runs on the border of an area counts half there, as the other half is its neighbour's. Raise `CRSError`.
    """
    same(areas, lines)
    shapes, polygons = lines.geometry.to_numpy(), areas.geometry.to_numpy()
    line, area = shapely.STRtree(polygons).query(shapes, predicate="intersects")
    inside = length_m(shapely.intersection(shapes[line], polygons[area]), lines.crs)
    border = length_m(shapely.intersection(shapes[line], shapely.boundary(polygons[area])), lines.crs)
    found = pd.DataFrame(
        {"area": areas.index.to_numpy()[area], "row": lines.index.to_numpy()[line], "metres": inside - border / 2}
    )
    return found[found["metres"] > 0].reset_index(drop=True).astype({"metres": np.float64})
