"""From coordinates in cells to points, in the sender's own numbers; what cannot be read is a finding of its row."""

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from geo.check import column_notices, row_notices, sender_ids, sender_rows
from geo.coordinates import (
    LIMITS,
    POSITION,
    Flags,
    Kind,
    Numbered,
    coordinate_columns,
    in_vietnam,
    numbered,
    pairs,
    within,
)
from geo.crs import STORE
from geo.layer import Column, Layer
from geo.notices import Notice

ROW_MESSAGES = {
    "position_unreadable": (
        "“{value}” is not a pair of coordinates; write longitude and latitude in two columns, or in one as "
        "19.80712; 105.77634"
    ),
    "row_swapped": (
        "longitude is “{lon}” and latitude is “{lat}”, other rows have them the other way round; exchange the two cells"
    ),
    "at_null_island": "the coordinates are 0 and 0, which is no place; give the real ones or leave both cells blank",
}
LETTERS_SWAPPED = (
    "in {n} rows the letters or words of the coordinates say that latitude stands under longitude; they were read by "
    "what they say. Exchange the two headings"
)
DEGREES = {"lon": (-180.0, 180.0), "lat": (-90.0, 90.0)}


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of both coordinates; `split` are rows that hold both in one cell, `bad` those whose cell is no pair."""

    lon: pd.Series
    lat: pd.Series
    split: Flags
    bad: Flags


def with_points(frame: pd.DataFrame, layer: Layer, crs: CRS | None = None) -> tuple[gpd.GeoDataFrame, list[Notice]]:
    """The rows with a point of their two numbers; missing where both cells are blank.

    Without `crs` degrees are EPSG:4326, unless every row has latitude under longitude; then, and for metres, the CRS
    stays None. A row with one coordinate, or one that cannot be read or is none, has a notice and no point.
    """
    ids, cells = sender_ids(frame, layer), _cells(frame, layer)
    kind: Kind | None = None if crs is None else "degrees" if crs.is_geographic else "metres"
    found = _ordered(numbered(cells.lon, cells.lat, kind), cells.split)
    swapped = _swapped(found)
    whole = bool(swapped.any() and swapped.sum() == (found.both & ~_zero(found)).sum())
    notices = cell_notices("position_unreadable", cells.bad, ids, {"value": cells.lon.where(~cells.bad, _given(frame))})
    notices += _number_notices(frame, layer, found, swapped, bounded=kind != "metres", turned=whole)
    notices += [] if whole else cell_notices("row_swapped", swapped, ids, {"lon": cells.lon, "lat": cells.lat})
    notices += cell_notices("at_null_island", found.both & _zero(found), ids, {"lon": cells.lon})
    rows = pd.Series(sender_rows(frame.index), index=frame.index)
    half = pd.Series(np.isnan(found.x) != np.isnan(found.y), index=frame.index) & ~rows.isin([n.row for n in notices])
    notices += row_notices("coordinate_incomplete", half, ids, {}, "error")
    usable = found.both & ~rows.isin([n.row for n in notices]).to_numpy()
    points = np.where(usable, shapely.points(found.x, found.y), None)
    theirs = crs or (STORE if found.kind == "degrees" and not whole else None)
    bare = frame.drop(columns=POSITION.name) if POSITION.name in _own(frame, layer) else frame
    shapes = gpd.GeoSeries(points, index=frame.index, crs=theirs)
    return gpd.GeoDataFrame(bare, geometry=shapes), [*notices, *_by_letters(found, cells.split)]


def cell_notices(code: str, mask: Flags, ids: list[str], texts: dict[str, pd.Series]) -> list[Notice]:
    """An error for each row of the mask, about its coordinates. `texts` fill its message."""
    found = []
    for at in np.flatnonzero(mask):
        values = tuple((name, str(cells.iloc[at])[:80]) for name, cells in texts.items())
        row = sender_rows(next(iter(texts.values())).index)[at]
        found.append(
            Notice(code, "error", ROW_MESSAGES[code], row, ids[at], "lon", dict(values).get("value", ""), values)
        )
    return found


def _own(frame: pd.DataFrame, layer: Layer) -> list[str]:
    """Which coordinate columns the frame has that are not columns of the layer itself."""
    return [c.name for c in coordinate_columns(layer) if c.name in frame and c.name not in layer.names]


def _given(frame: pd.DataFrame) -> pd.Series:
    return frame[POSITION.name] if POSITION.name in frame else pd.Series(None, index=frame.index, dtype=object)


def _cells(frame: pd.DataFrame, layer: Layer) -> Cells:
    own = _own(frame, layer)
    nothing = pd.Series(None, index=frame.index, dtype=object)
    lon, lat = (frame[n].astype(object) if n in own else nothing for n in ("lon", "lat"))
    if POSITION.name not in own:
        return Cells(lon, lat, np.zeros(len(frame), dtype=bool), np.zeros(len(frame), dtype=bool))
    alone = np.asarray(lon.isna() & lat.isna())
    first, second, bad = pairs(_given(frame).astype(object).where(alone))
    return Cells(lon.where(~alone, first), lat.where(~alone, second), alone, bad)


def _ordered(found: Numbered, split: Flags) -> Numbered:
    """Pairs of degrees from one cell in the order longitude, latitude: in Vietnam they cannot be confused."""
    turn = split & _swapped(found)
    return replace(found, x=np.where(turn, found.y, found.x), y=np.where(turn, found.x, found.y))


def _swapped(found: Numbered) -> Flags:
    """Degrees that lie in Vietnam only if exchanged."""
    return in_vietnam(found.y, found.x) & (found.kind == "degrees")


def _zero(found: Numbered) -> Flags:
    return np.asarray((found.x == 0) & (found.y == 0))


def _by_letters(found: Numbered, split: Flags) -> list[Notice]:
    """A warning where the cells of two columns say themselves that they stand under the wrong heading."""
    n = int((found.exchanged & ~split).sum())
    return [Notice("axes_swapped", "warning", LETTERS_SWAPPED, values=(("n", str(n)),))] if n else []


def _number_notices(
    frame: pd.DataFrame, layer: Layer, found: Numbered, swapped: Flags, *, bounded: bool, turned: bool
) -> list[Notice]:
    """Findings of single numbers: unreadable, or beyond what degrees or metres in Vietnam can be (`bounded`)."""
    columns = [c for c in coordinate_columns(layer) if c.name in DEGREES]
    ids, notices = sender_ids(frame, layer), []
    for column, values, codes in zip(columns, (found.x, found.y), (found.x_code, found.y_code), strict=False):
        limited = _limited(column, found.kind)
        fits = within(values, limited.low or 0.0, limited.high or 0.0) | np.isnan(values)
        beyond = ~fits & ~swapped & ~_zero(found) & (bounded and not turned)
        said = codes.mask(pd.Series(beyond, index=codes.index) & (codes == ""), "out_of_range")
        shown = frame if column.name in frame else frame.assign(**{column.name: _given(frame)})
        notices += column_notices(shown, limited, said.where(said != "coordinate_incomplete", ""), ids)
    return notices


def _limited(column: Column, kind: Kind) -> Column:
    """The column with the unit and the range that its numbers have."""
    low, high = DEGREES[column.name] if kind == "degrees" else LIMITS[kind]
    return replace(column, unit="°" if kind == "degrees" else "m", low=low, high=high)
