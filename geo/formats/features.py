"""Features through GDAL, from a source whose format is already sure: the shape and the facts of every row.

GDAL never chooses among its drivers by content; the worker has only those of the formats that are read.
"""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from geo.columns import Sheet
from geo.inspect_excess import beyond
from geo.limits import Limits
from geo.unusable import unusable


def features(source: str, path: Path, sublayer: str, limits: Limits, *, encoding: str | None = None) -> Sheet:
    """The features of one layer of a source: the named one, else the only one that has features.

    `encoding` is of text whose encoding the file does not say. `InputError` for several layers, code `sublayer_needed`.
    """
    try:
        name = one_of(source, path, sublayer)
        info = pyogrio.read_info(source, layer=name, force_feature_count=True, encoding=encoding)
        refuse_many(int(info["features"]), path, limits)
        refuse_wide(len(info["fields"]), path, limits)
        frame = pyogrio.read_dataframe(source, layer=name, encoding=encoding)
    except (DataSourceError, DataLayerError, RuntimeError) as error:
        raise unusable("{file} cannot be read: {why}", code="format_not_sound", file=path.name, why=error) from error
    refuse_large(frame, path, limits)
    return from_frame(frame)


def one_of(source: str, path: Path, sublayer: str) -> str:
    """The layer to read."""
    names = [str(n) for n in pyogrio.list_layers(source)[:, 0]]
    if sublayer and sublayer not in names:
        raise which(path, sublayer, names)
    if sublayer or len(names) == 1:
        return sublayer or names[0]
    held = [n for n in names if pyogrio.read_info(source, layer=n, force_feature_count=True)["features"]]
    if len(held) != 1:
        raise which(path, sublayer, names)
    return held[0]


def which(path: Path, sublayer: str, names: list[str]) -> Exception:
    """The error for a layer that is not there, or is not named though there are several."""
    values = {"file": path.name, "found": ", ".join(names) or "–"}
    if sublayer:
        text = "{file} has no layer {sheet}; it has {found}"
        return unusable(text, code="sublayer_unknown", sheet=sublayer, **values)
    return unusable("{file} has {found}; say which with --sublayer", code="sublayer_needed", **values)


def refuse_many(count: int, path: Path, limits: Limits) -> None:
    """Raise `InputError` for more features than are read."""
    if count > limits.features:
        raise beyond(path, limits.features, "too_many_features")


def refuse_wide(columns: int, path: Path, limits: Limits) -> None:
    """Raise `InputError` for more columns than are read."""
    if columns > limits.columns:
        raise beyond(path, limits.columns, "too_many_columns")


def refuse_large(frame: pd.DataFrame, path: Path, limits: Limits) -> None:
    """Raise `InputError` for more vertices than are read."""
    if isinstance(frame, gpd.GeoDataFrame) and int(frame.geometry.count_coordinates().sum()) > limits.vertices:
        raise beyond(path, limits.vertices, "too_many_vertices")


def from_frame(frame: pd.DataFrame) -> Sheet:
    """A sheet of a frame whose rows are counted from 1; without geometry it is a plain table."""
    counted = frame.set_axis(pd.RangeIndex(1, len(frame) + 1, name="row"))
    shapes = counted.geometry if isinstance(counted, gpd.GeoDataFrame) else None
    facts = pd.DataFrame(counted.drop(columns=shapes.name) if shapes is not None else counted)
    return Sheet(tuple(str(c) for c in facts.columns), facts.set_axis(range(facts.shape[1]), axis=1), shapes)
