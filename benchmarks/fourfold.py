"""An assessed province several times over: copies side by side with ids of their own, nothing shared between them."""

import math
from collections.abc import Mapping
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.data import Data, Layered
from geo.measure import Grid
from geo.signal import Signals

IDS = (
    "id", "commune", "village", "commune_named", "village_named", "commune_code", "village_code", "area_id", "area",
    "dataset", "apart",
)  # fmt: skip
GAP_M = 50_000.0  # between two copies: further than any radius that an indicator looks


def times(data: Data, count: int) -> Data:
    """`count` copies of a province in a row; also one copy is new, so that nothing kept of the original is used."""
    step = _step(data)
    copies = [_moved(data, n, step) for n in range(count)]
    layers = {name: _joined([c.layers[name] for c in copies], step) for name in data.layers}
    return replace(
        data,
        communes=pd.concat([c.communes for c in copies]),
        villages=pd.concat([c.villages for c in copies]),
        layers=layers,
        completeness=pd.concat([c.completeness for c in copies], ignore_index=True).drop_duplicates(),
        observations=pd.concat([c.observations for c in copies], ignore_index=True),
    )


def _step(data: Data) -> float:
    """Metres from a copy to the next: a whole number of cells of every raster, further than all that it holds."""
    grids = _grids(data.layers)
    cells = [round(grid.cell[0], 6) for grid in grids]
    if any(cell != int(cell) for cell in cells):
        raise ValueError(f"cells must be whole metres wide, got {cells}")
    west, _, east, _ = data.communes.total_bounds
    width = max([east - west, *(grid.bounds[2] - grid.bounds[0] for grid in grids)]) + GAP_M
    unit = math.lcm(1, *(int(cell) for cell in cells))
    return math.ceil(width / unit) * unit


def _grids(layers: Mapping[str, Layered]) -> list[Grid]:
    found = [rows for rows in layers.values() if isinstance(rows, Grid)]
    return found + [m.low for rows in layers.values() if isinstance(rows, Signals) for m in rows.maps]


def _moved(data: Data, number: int, step: float) -> Data:
    return replace(
        data,
        communes=_frame(data.communes, number, step),
        villages=_frame(data.villages, number, step),
        layers={
            name: _frame(rows, number, step) if isinstance(rows, pd.DataFrame) else rows
            for name, rows in data.layers.items()
        },
        completeness=_frame(data.completeness, number, step),
        observations=_frame(data.observations, number, step),
    )


def _frame(rows: pd.DataFrame, number: int, step: float) -> pd.DataFrame:
    """The rows with ids and places of their copy; `*` stays everywhere."""
    named = {
        column: rows[column].map(lambda i: _own(i, number), na_action="ignore") for column in IDS if column in rows
    }
    own = rows.assign(**named)
    if "maybe" in rows:
        own = own.assign(maybe=[tuple(_own(i, number) for i in ids) for ids in rows["maybe"]])
    if rows.index.name in ("commune", "village"):
        own.index = pd.Index([_own(i, number) for i in rows.index], dtype=object, name=rows.index.name)
    if not isinstance(rows, gpd.GeoDataFrame):
        return own
    shapes = shapely.transform(rows.geometry.to_numpy(), lambda xy: np.add(xy, (number * step, 0.0)))  # not one by one
    return own.set_geometry(gpd.GeoSeries(shapes, index=own.index, crs=rows.crs))


def _own(name: object, number: int) -> object:
    return name if name == "*" or not number else f"{name}~{number}"


def _joined(copies: list[Layered], step: float) -> Layered:
    first = copies[0]
    if isinstance(first, Grid):
        return _row(first, len(copies), step)
    if isinstance(first, Signals):
        maps = (replace(m, low=_row(m.low, len(copies), step), high=None) for m in first.maps)
        return Signals(tuple(replace(m, high=m.low) for m in maps))
    return pd.concat(copies, ignore_index=True)


def _row(grid: Grid, count: int, step: float) -> Grid:
    """The grid several times in a row, unknown in between."""
    width, _ = grid.cell
    values = np.full((grid.values.shape[0], round(step / width) * (count - 1) + grid.values.shape[1]), np.nan)
    for number in range(count):
        start = round(step / width) * number
        values[:, start : start + grid.values.shape[1]] = grid.values
    west, south, _, north = grid.bounds
    return replace(grid, values=values, bounds=(west, south, west + values.shape[1] * width, north))
