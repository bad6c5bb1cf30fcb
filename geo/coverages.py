"""Served and covered areas as operators send them: invalid ones made valid, one area per operator and technology.

Nothing is repaired silently: each repair is a warning that says by how much the area changed.
"""

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.layer import Layer
from geo.notices import Notice
from geo.row_notices import rows_of
from geo.shapes import why_invalid

Shapes = npt.NDArray[np.object_]
Numbers = npt.NDArray[np.float64]

MOST_CHANGED = 0.01  # share of the area; beyond it the outline may mean something else
MENDED = (
    "the polygon was invalid ({value}) and was made valid; its area changed by {share} % ({area} m²). Please check it, "
    "or repair the outline and send it again"
)
UNITED = "parts of the shape overlap by {area} m²; they were united, so that the place counts once"
TOO_BROKEN = (
    "the polygon is invalid: {value}; making it valid would change its area by {share} % (at most {most} % is done for "
    "you). Repair it and send it again"
)


def mended_polygons(frame: gpd.GeoDataFrame, layer: Layer) -> tuple[gpd.GeoDataFrame, list[Notice]]:
    """The frame with valid polygons, and a notice for each row that was not; one that may not be mended stays as it is.

    Areas are planar, in the frame's metric CRS. A row is mended where the area of its rings as written (a loop that
    runs the other way round subtracts, one that runs round twice counts twice) and that of its valid parts agree within
    `MOST_CHANGED`, otherwise it has an error. Parts of one row that overlap are united.
    """
    shapes = frame.geometry.to_numpy().copy()
    bad = np.flatnonzero((shapely.get_dimensions(shapes) == 2) & ~shapely.is_valid(shapes))
    if not len(bad):
        return frame, []
    parts, owner = shapely.get_parts(shapes[bad], return_index=True)
    whole, changed = _valid(parts)
    written = np.bincount(owner, weights=shapely.area(whole), minlength=len(bad))
    moved = np.bincount(owner, weights=changed, minlength=len(bad))
    rows, notices = rows_of(frame, layer), []
    for n, at in enumerate(bad.tolist()):
        reason = why_invalid(shapes[at])
        share = moved[n] / written[n] if written[n] else np.inf
        if share > MOST_CHANGED:
            words = {"value": reason, "share": _percent(share), "most": _percent(MOST_CHANGED)}
            notices.append(rows.notice("geometry_invalid", "error", TOO_BROKEN, at, **words))
            continue
        united = _polygonal(shapely.union_all(whole[owner == n]))
        twice = written[n] - shapely.area(united)
        if not shapely.is_valid(parts[owner == n]).all() or twice < 1:
            words = {"value": reason, "share": _percent(share), "area": f"{moved[n]:.0f}"}
            notices.append(rows.notice("polygon_mended", "warning", MENDED, at, **words))
        if twice >= 1:
            notices.append(rows.notice("parts_united", "warning", UNITED, at, area=f"{twice:.0f}"))
        shapes[at] = united
    return frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs)), notices


def dissolved(frame: gpd.GeoDataFrame, layer: Layer) -> gpd.GeoDataFrame:
    """One row per operator and technology with the united area of its polygons, in order of their names.

    A row with several technologies counts in each. `id` is operator-technology; what the rows say of units is left
    out, as an area lies in many. Rows without polygon are left out. Index 0, 1, …; the CRS is kept.
    """
    solid = frame[shapely.get_dimensions(frame.geometry.to_numpy()) == 2]
    each = solid.assign(technology=solid["technology"].str.split(",")).explode("technology", ignore_index=True)
    groups = each.groupby(["operator", "technology"], sort=True, dropna=False).indices
    shapes = each.geometry.to_numpy()
    facts = pd.DataFrame(list(groups), columns=["operator", "technology"], dtype="str")
    columns = {n: pd.Series(None, index=facts.index, dtype=frame[n].dtype) for n in layer.names if n in frame}
    named = facts["operator"].str.cat(facts["technology"], sep="-")
    united = [_polygonal(shapely.union_all(shapes[at])) for at in groups.values()]
    whole = pd.DataFrame(columns).assign(id=named, operator=facts["operator"], technology=facts["technology"])
    return gpd.GeoDataFrame(whole, geometry=gpd.GeoSeries(united, index=facts.index, crs=frame.crs))


def _valid(parts: Shapes) -> tuple[Shapes, Numbers]:
    """Each polygon made valid, and by how much its area differs from the area as written, m²."""
    whole = shapely.make_valid(parts, method="structure", keep_collapsed=False)
    changed: Numbers = np.abs(shapely.area(whole) - shapely.area(parts))
    return np.array([_polygonal(shape) for shape in whole], dtype=object), np.where(shapely.is_valid(parts), 0, changed)


def _polygonal(shape: shapely.Geometry) -> shapely.Geometry:
    """Its polygons, as one polygon or several; no lines and points where a border only touched."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    solid = parts[(shapely.get_dimensions(parts) == 2) & (shapely.area(parts) > 0)]
    return solid[0] if len(solid) == 1 else shapely.MultiPolygon(list(solid))


def _percent(share: float) -> str:
    """A share in percent with two digits that count."""
    return f"{100 * share:.2g}" if np.isfinite(share) else "100"
