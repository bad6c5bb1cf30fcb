"""Columns that any file may have to say which commune it means: read, used to find the commune, and not kept."""

from typing import TypeVar

import pandas as pd

from geo.layer import Column, Layer
from geo.names import header_key
from geo.values import as_text, is_blank

Frame = TypeVar("Frame", bound=pd.DataFrame)
BESIDE = (
    Column(
        "former_district",
        "text",
        "Huyện cũ",
        "Former district",
        also=("huyen", "ten_huyen", "quận/huyện", "huyện/thị xã/thành phố", "district", "district_name"),
        missing="the commune is looked up by its name alone",
        example="Huyện Hoằng Hóa",
    ),
    Column(
        "former_commune",
        "text",
        "Xã cũ",
        "Former commune",
        also=("xa_cu", "ten_xa_cu"),
        missing="breaks ties between villages of equal name",
        example="Xã Hoằng Tiến",
    ),
)


def beside_columns(layer: Layer) -> tuple[Column, ...]:
    """Those of `BESIDE` that help in this layer: it names its commune and has no column of that name itself."""
    return tuple(c for c in BESIDE if "commune_name" in layer.names and c.name not in layer.names)


def beside_headers(headers: tuple[str, ...], taken: set[int], layer: Layer) -> dict[str, int]:
    """Our name → position of the first heading of that name that is not taken; a second one is simply not read."""
    found: dict[str, int] = {}
    for column in beside_columns(layer):
        keys = {header_key(s) for s in (column.name, column.vi, column.en, *column.also)}
        at = [i for i, header in enumerate(headers) if header_key(header) in keys and i not in taken]
        found |= {column.name: at[0]} if at else {}
    return found


def with_beside(done: Frame, frame: pd.DataFrame, layer: Layer) -> Frame:
    """The checked rows with the columns of `BESIDE` that the file has, as text; rows by index."""
    given = {c.name: frame[c.name].reindex(done.index) for c in beside_columns(layer) if c.name in frame}
    text = {n: pd.Series([None if is_blank(v) else as_text(v) for v in s], done.index, "str") for n, s in given.items()}
    return done.assign(**text)


def without_beside(frame: Frame, layer: Layer) -> Frame:
    """The rows without the columns of `BESIDE`."""
    return frame.drop(columns=[c.name for c in beside_columns(layer) if c.name in frame])
