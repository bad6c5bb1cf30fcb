"""Where each unit is and how large, from its point and its official area or box: what approximate shapes start from."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from geo.crs import STORE, to_work
from geo.errors import InputError

BOX = ["west", "south", "east", "north"]
EDGE = ["minx", "miny", "maxx", "maxy"]
FILL = 0.6  # share of its box that a commune fills, where no area is given


def unit_points(units: pd.DataFrame, crs: CRS) -> pd.DataFrame:
    """Columns `x, y, radius, area` in metres (area missing where not known), index unit ids.

    `units`: `lon, lat` (degrees, WGS 84), optional box `BOX` (degrees) and `area_official_km2`. `InputError` for a
    missing point, a repeated id or no unit at all.
    """
    if not len(units) or not units.index.is_unique or units[["lon", "lat"]].isna().any(axis=None):
        raise InputError("approximate shapes need at least one unit, unique ids, and lon and lat for each")
    at = to_work(gpd.GeoDataFrame(geometry=gpd.points_from_xy(units["lon"], units["lat"], crs=STORE)), crs).geometry
    found = pd.DataFrame({"x": at.x.to_numpy(), "y": at.y.to_numpy()}, index=units.index)
    area = units["area_official_km2"] * 1e6 if "area_official_km2" in units else pd.Series(np.nan, index=units.index)
    if set(BOX) <= set(units.columns):
        box = projected(units[BOX], crs)
        area = area.fillna(FILL * (box["maxx"] - box["minx"]) * (box["maxy"] - box["miny"]))
    return found.assign(area=area, radius=np.sqrt(area / np.pi).fillna(_half_gap(found)))


def projected(boxes: pd.DataFrame, crs: CRS) -> pd.DataFrame:
    """Boxes in degrees as columns `EDGE` in metres, same index."""
    frame = gpd.GeoDataFrame(geometry=shapely.box(*boxes.to_numpy().T), index=boxes.index, crs=STORE)
    return pd.DataFrame(to_work(frame, crs).bounds)


def _half_gap(points: pd.DataFrame) -> float:
    """Half the median distance to the nearest other point, metres; 1 km for a single one."""
    if len(points) < 2:
        return 1000.0
    at = shapely.points(points["x"], points["y"])
    _, distance = shapely.STRtree(at).query_nearest(at, exclusive=True, all_matches=False, return_distance=True)
    return max(float(np.median(distance)) / 2, 1.0)
