"""Extra point layers of a map: which, how encoded, and which are too large for the same file."""

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.crs import to_store
from geo.layer import LAYERS, Column
from maps import style
from maps.payload import column, short, squeezed, text

MANY = 3000  # points; a larger layer is a map of its own
STEP = 1e-5  # degrees, about a metre
PLACED = ("commune_code", "commune_name", "village_code", "village_name")  # named by the unit it lies in instead


def visible(layers: Mapping[str, Any]) -> dict[str, gpd.GeoDataFrame]:
    """The layers that consist of points, without rows that have none."""
    found = {}
    for name, frame in layers.items():
        if name in LAYERS and isinstance(frame, gpd.GeoDataFrame):
            points = frame[frame.geometry.notna() & (frame.geometry.geom_type == "Point")]
            if len(points):
                found[name] = points
    return found


def divided(
    layers: Mapping[str, gpd.GeoDataFrame],
) -> tuple[dict[str, gpd.GeoDataFrame], dict[str, gpd.GeoDataFrame]]:
    """The layers that fit into the map, and those that become files of their own."""
    near = {name: frame for name, frame in layers.items() if len(frame) <= MANY}
    return near, {name: frame for name, frame in layers.items() if name not in near}


def file_name(name: str) -> str:
    """The file of a layer that is a map of its own; the page links to it beside itself."""
    return f"gap-map-{name.replace('_', '-')}.html"


def elsewhere(name: str, frame: gpd.GeoDataFrame) -> dict[str, Any]:
    """What the map says of a layer that is in another file."""
    return {**_head(name, frame, 0), "file": file_name(name)}


def encoded(name: str, frame: gpd.GeoDataFrame, place: int = 0) -> dict[str, Any]:
    """Positions and attributes of the layer at `place` in the list; positions are steps of `STEP` degrees."""
    stored = to_store(frame).geometry
    spots = np.column_stack([np.rint(stored.x / STEP), np.rint(stored.y / STEP)]).astype(np.int64)
    steps = np.diff(spots, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    shown = [c for c in LAYERS[name].columns if c.name in frame and c.name not in PLACED]
    return {
        **_head(name, frame, place),
        "step": STEP,
        "x": steps[:, 0].tolist(),
        "y": steps[:, 1].tolist(),
        "commune": column(frame["commune"] if "commune" in frame else [""] * len(frame)),
        "columns": [_column(c, frame[c.name]) for c in shown if frame[c.name].notna().any()],
    }


def _head(name: str, frame: pd.DataFrame, place: int) -> dict[str, Any]:
    layer = LAYERS[name]
    return {
        "name": name,
        "title": [layer.vi, layer.en],
        "colour": style.POINT_COLOURS[place % len(style.POINT_COLOURS)],
        "count": len(frame),
    }


def _column(spec: Column, values: pd.Series) -> dict[str, Any]:
    """One attribute, its words in both languages."""
    title = [spec.vi, spec.en]
    if spec.kind in ("number", "integer"):
        return {"title": title, "numbers": squeezed([short(v) for v in values.astype(float)])}
    coded = column([_cell(spec, v) for v in values])
    coded["of"] = [_said(spec, v) for v in coded["of"]]
    return {"title": title, **coded}


def _cell(spec: Column, value: object) -> str:
    if spec.kind == "yesno":
        return "" if pd.isna(value) else "yes" if value else "no"  # type: ignore[call-overload]  # scalars only
    return style.iso_day(value) if spec.kind == "date" else text(value)


def _said(spec: Column, value: str) -> list[str]:
    if not value:
        return ["", ""]
    if spec.kind == "yesno":
        return style.both(value)
    if spec.kind == "date":
        return [style.day(value, "vi"), style.day(value, "en")]
    codes = {c.code: c for c in spec.choices}
    parts = value.split(",") if spec.many else [value]
    return [", ".join(getattr(codes[p], lang) if p in codes else p for p in parts) for lang in ("vi", "en")]
