"""What one imported file of the demo is: a layer's frame with who sent it, when, and for where it is complete."""

from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS

import geo.layers  # noqa: F401  registers the layers
from geo.layer import LAYERS, Column
from geo.measure import Grid

EVERYWHERE = ("*",)
DTYPES = {"number": "float64", "integer": "Int64", "yesno": "boolean", "date": "datetime64[us]"}


@dataclass(frozen=True, slots=True)
class Complete:
    """A statement that a dataset is complete: for `areas` (unit ids, or `EVERYWHERE`), operator and technology.

    `operator` and `technology` are "" for layers without them.
    """

    operator: str
    technology: str
    areas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoLayer:
    """One dataset as a sender would give it: the layer's columns in order, geometry in EPSG:5897, or a `Grid`.

    `published`: whether the sender lets results that show its own network be public. `stated` is what a raster's sender
    says of it as a whole (columns of its layer), `empty_cells` what a cell without value means.
    """

    layer: str
    frame_or_grid: pd.DataFrame | Grid
    provider: str
    as_of: date
    complete: tuple[Complete, ...]
    published: bool
    stated: tuple[tuple[str, str], ...] = ()
    empty_cells: str = ""


def form(layer: str, rows: pd.DataFrame, geometry: object = None, crs: CRS | None = None) -> pd.DataFrame:
    """`rows` with exactly the layer's columns and their dtypes; what is not given is missing.

    A GeoDataFrame where geometry is given.
    """
    found = pd.DataFrame({c.name: _typed(rows, c) for c in LAYERS[layer].columns})
    if geometry is not None:
        found = gpd.GeoDataFrame(found, geometry=np.asarray(geometry, dtype="object"), crs=crs)
    return found


def _typed(rows: pd.DataFrame, column: Column) -> pd.Series:
    """The column with its dtype, wholly missing where `rows` lacks it."""
    dtype = pd.api.types.pandas_dtype(DTYPES.get(column.kind, "str"))
    given = rows[column.name].to_numpy() if column.name in rows else np.full(len(rows), None)
    return pd.Series(given, dtype=dtype)
