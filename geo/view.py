"""What cameras see: whether a place lies within the radius, the range and the angle of one of them.

Distances and bearings are on the ellipsoid, from true north. A compass shows magnetic north, in Thanh Hóa one to two
degrees west of it; that is not corrected, as senders do not say which of the two they mean. Nothing is known of walls
and trees: a watched place is one that a camera is turned to.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.crs import same
from geo.direction import FULL, Sector, sectors
from geo.geodesic import bearing_and_metres
from geo.nearest import SLACK_M, STRETCH

Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]

AT_M = 2.0  # nearer than positions are known, a bearing means nothing
WIDEST = 180.0  # no lens that looks one way sees what is behind it
EDGE = 1e-6  # degrees by which rounding may move the edge of a sector


def watched(places: gpd.GeoDataFrame, cameras: gpd.GeoDataFrame, radius_m: float | pd.Series) -> pd.DataFrame:
    """Columns `surely`, `possibly` (bool) with the index of `places`: whether a camera within `radius_m` watches each.

    `radius_m` may differ by place. A camera's own `range_m` shortens it. What a camera looks at:

    * `ptz`, and `dome` without direction: everywhere. A dome with a direction surely looks there, possibly everywhere
    * a range of directions, or a bearing with `view_degrees` round it: surely there, surely nowhere else
    * a bearing alone: possibly within 90 degrees of it, surely not behind. No direction: possibly anywhere
    * a point with more `cameras` than directions: possibly also anywhere
    * a place less than 2 m away is where the camera hangs: watched whatever its direction

    A camera without position possibly watches every place of the commune it names. Raise `CRSError`.
    """
    same(places, cameras)
    spots = shapely.point_on_surface(cameras.geometry.to_numpy())
    at, by, metres, bearing = _pairs(places, spots, radius_m)
    views = _views(cameras)
    reach = np.minimum(_radius(places, radius_m)[at], views.range_m[by])
    near = metres <= reach
    here = near & (metres < AT_M)
    inside, maybe = _towards(views, by, bearing)
    seen = here | (near & (views.everywhere[by] | inside))
    guessed = seen | (near & (views.perhaps[by] | maybe))
    surely, possibly = (np.isin(np.arange(len(places)), at[held]) for held in (seen, guessed))
    unlocated = _beside_unlocated(places, cameras)
    return pd.DataFrame({"surely": surely, "possibly": possibly | unlocated}, index=places.index)


@dataclass(frozen=True, slots=True)
class _Views:
    """Per camera its range and whether it looks everywhere, surely or perhaps; per sector its camera and the angles.

    `certain`: the sector was said with its width; otherwise it is the widest it may be.
    """

    range_m: Numbers
    everywhere: Flags
    perhaps: Flags
    camera: npt.NDArray[np.intp]
    start: Numbers
    width: Numbers
    certain: Flags


def _views(cameras: gpd.GeoDataFrame) -> _Views:
    kind = _column(cameras, "kind").to_numpy(dtype=object)
    range_m = _column(cameras, "range_m").fillna(np.inf).to_numpy(dtype=np.float64)
    listed = [sectors(cell) for cell in _column(cameras, "direction")]
    said = np.array([len(found) for found in listed], dtype=np.intp)
    more = _column(cameras, "cameras").astype(float).fillna(1.0).to_numpy() > said
    camera = np.repeat(np.arange(len(cameras)), said)
    flat: list[Sector] = [sector for found in listed for sector in found]
    start, width = np.array(flat, dtype=float).reshape(-1, 2).T
    angle = _column(cameras, "view_degrees").astype(float).to_numpy()[camera]
    single = np.isnan(width)
    wide = np.where(single, np.where(np.isnan(angle), WIDEST, angle), width)
    from_ = np.where(single, start - wide / 2, start)
    everywhere = (kind == "ptz") | ((kind == "dome") & (said == 0))
    return _Views(range_m, everywhere, more | (kind == "dome"), camera, from_, wide, ~single | ~np.isnan(angle))


def _towards(views: _Views, by: npt.NDArray[np.intp], bearing: Numbers) -> tuple[Flags, Flags]:
    """Per pair, whether some sector of the camera holds the bearing: surely, and possibly."""
    count = np.bincount(views.camera, minlength=len(views.range_m))
    first = np.cumsum(count) - count
    pair = np.repeat(np.arange(len(by)), count[by])
    nth = np.arange(len(pair)) - np.repeat(np.cumsum(count[by]) - count[by], count[by])
    sector = first[by[pair]] + nth
    past = np.mod(bearing[pair] - views.start[sector] + EDGE, FULL)
    holds = past <= views.width[sector] + 2 * EDGE
    surely, possibly = np.zeros(len(by), dtype=bool), np.zeros(len(by), dtype=bool)
    surely[pair[holds & views.certain[sector]]] = True
    possibly[pair[holds]] = True
    return surely, possibly


def _pairs(
    places: gpd.GeoDataFrame, spots: npt.NDArray[np.object_], radius_m: float | pd.Series
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], Numbers, Numbers]:
    """Place, camera, metres and bearing from camera to place, of all that may lie within the radius."""
    known = np.flatnonzero(~shapely.is_missing(places.geometry.to_numpy()))
    tree = shapely.STRtree(spots)
    shapes, reach = places.geometry.to_numpy()[known], _radius(places, radius_m)[known] * STRETCH + SLACK_M
    at, by = tree.query(shapes, predicate="dwithin", distance=reach) if len(known) else np.empty((2, 0), dtype=np.intp)
    xy = [shapely.get_coordinates(rows).reshape(-1, 2) for rows in (spots[by], shapely.point_on_surface(shapes[at]))]
    bearing, metres = bearing_and_metres(xy[0], xy[1], places.crs)
    return known[at], by, metres, bearing


def _radius(places: gpd.GeoDataFrame, radius_m: float | pd.Series) -> Numbers:
    each = radius_m.reindex(places.index) if isinstance(radius_m, pd.Series) else pd.Series(radius_m, places.index)
    return np.asarray(each, dtype=np.float64)


def _beside_unlocated(places: gpd.GeoDataFrame, cameras: gpd.GeoDataFrame) -> Flags:
    blind = cameras[cameras.geometry.isna()]
    if "commune" not in places or "commune" not in blind:
        return np.full(len(places), len(blind) > 0)
    named: Flags = places["commune"].isin(list(blind["commune"].dropna())).to_numpy(dtype=bool)
    return named


def _column(cameras: gpd.GeoDataFrame, name: str) -> pd.Series:
    """A column that rows kept before it existed do not have."""
    return cameras[name] if name in cameras else pd.Series(np.nan, index=cameras.index)
