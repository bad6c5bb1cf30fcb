"""Frames as PostgreSQL takes them: a type and a comment for each column, and rows for COPY."""

import json
from collections.abc import Iterator, Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.write import json_value

Columns = Mapping[str, tuple[str, str]]  # column → its type, what it means
COMMENTS = {
    "geometry": "Hình học trong hệ tọa độ làm việc, mét / geometry in the working CRS, metres",
    "commune": "Mã xã, phường của danh mục hiện hành / code of the commune in this vintage",
    "village": "Mã thôn, bản, khu phố / id of the village",
    "operator": "Mã nhà mạng / code of the operator",
    "low": "Giá trị thấp nhất chắc chắn / the least that the value surely is; 0..1 for shares",
    "high": "Giá trị cao nhất có thể / the most that the value can be; missing where there is no limit",
    "status": "pass | fail | unknown | not_applicable | shown",
    "audiences": "Ai được xem dòng này / who sees the row so: public, internal, operator:CODE",
}


def columns_of(frame: pd.DataFrame, epsg: int) -> Columns:
    """Column → PostgreSQL type and comment; the index is not written."""
    return {name: (_kind(frame[name], name, epsg), COMMENTS.get(name, name)) for name in map(str, frame.columns)}


def rows_of(frame: pd.DataFrame, columns: Columns) -> Iterator[tuple[object, ...]]:
    """The rows in the order of the columns; what is missing or not finite is null."""
    return zip(*(_values(frame[name], columns[name][0]) for name in columns), strict=True)


def _kind(values: pd.Series, name: str, epsg: int) -> str:
    if isinstance(values, gpd.GeoSeries) or values.dtype == "geometry":
        return f"geometry(Geometry, {epsg})"
    if name == "audiences":
        return "text[]"
    if pd.api.types.is_bool_dtype(values.dtype):
        return "boolean"
    if pd.api.types.is_integer_dtype(values.dtype):
        return "bigint"
    if pd.api.types.is_float_dtype(values.dtype):
        return "double precision"
    return "date" if pd.api.types.is_datetime64_any_dtype(values.dtype) else "text"


def _values(values: pd.Series, kind: str) -> list[object]:
    if kind.startswith("geometry"):
        srid = int(kind.rpartition(" ")[2].rstrip(")"))
        shapes = shapely.set_srid(values.to_numpy(), srid)
        return list(shapely.to_wkb(shapes, hex=True, include_srid=True))
    missing = values.isna().to_numpy()
    if kind == "double precision":
        numbers = values.to_numpy(dtype=float, na_value=np.nan)
        return [float(v) if np.isfinite(v) else None for v in numbers]
    if kind == "date":
        return [None if gone else value.date() for value, gone in zip(values, missing, strict=True)]
    return [None if gone else _plain(value) for value, gone in zip(values, missing, strict=True)]


def _plain(value: object) -> object:
    if isinstance(value, tuple | list | dict | set | frozenset):
        return json.dumps(json_value(value), ensure_ascii=False)
    if isinstance(value, str):
        return value.replace("\x00", "")  # PostgreSQL has no such character
    return value.item() if isinstance(value, np.generic) else value if isinstance(value, bool | int) else str(value)
