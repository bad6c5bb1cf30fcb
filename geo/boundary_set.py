"""A file of boundaries as a set of units: which column holds the code, the name, the people. Judges nothing.

Looser than the layers `commune` and `village`: any boundary file may be looked at before it can be imported.
"""

from collections.abc import Iterable
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.check import MESSAGES
from geo.columns import Pairs, Sheet, position
from geo.layer import LAYERS, Column
from geo.layers import commune as _commune  # noqa: F401  registers the layer
from geo.names import header_key
from geo.notices import Notice
from geo.unusable import unusable
from geo.values import as_text, is_blank

FROM_COMMUNE = ("code", "name", "people", "area_official_km2")
ALSO = {
    "code": (
        "village_code",
        "ma_thon",
        "commune_code",
        "ward_id",
        "commune_id",
        "com_id",
        "ma1",
        "district_code",
        "ma",
        "id",
    ),
    "name": (
        "village_name",
        "ten_thon",
        "thon",
        "commune_name",
        "com_name",
        "commune_vn",
        "commune",
        "ward",
        "ten",
        "district_vn",
        "district",
    ),
    "people": ("pop_2019", "pop", "so_dan"),
    "area_official_km2": ("area_km2",),
}
BOX = ("west", "south", "east", "north")
OTHERS = (
    Column("parent", "text", "Mã đơn vị cấp trên", "Parent code", also=("parent_code", "commune_code", "ma_xa")),
    *(Column(name, "number", name, name, also=(f"bbox_{name}",)) for name in BOX),
)
NUMBERS = ("people", "area_official_km2", *BOX)
UNIQUE = 0.9  # share of different values from which on a column may be the key of its rows


def known_columns() -> tuple[Column, ...]:
    """What is looked for among the headers; nothing of it is required."""
    columns = {c.name: c for c in LAYERS["commune"].columns}
    ours = [replace(columns[name], also=(*columns[name].also, *ALSO[name]), required=False) for name in FROM_COMMUNE]
    return (*ours, *OTHERS)


def boundary_set(sheet: Sheet, rename: Pairs = (), crs: object = None) -> tuple[gpd.GeoDataFrame, list[Notice]]:
    """The units of a file, index `row` as the sender counts, geometry as given and in the CRS that the file says.

    Columns `code, name, parent` (text, "" where the file says nothing), `people, area_official_km2`, and
    the box `west, south, east, north` (float, missing where nothing is said or it is no number). `crs` counts where
    the file says none. Raise `InputError` without shapes or CRS, or where `rename` names what is not there.
    """
    if sheet.shapes is None:
        raise unusable("the file has no shapes; boundaries are polygons", code="no_shapes")
    known = known_columns()
    if wrong := [ours for ours, _ in rename if ours not in {c.name for c in known}]:
        raise unusable(
            "the layer has no column {unknown}; it has {names}",
            unknown=", ".join(wrong),
            names=", ".join(c.name for c in known),
        )
    shapes = _placed(sheet.shapes, crs)
    chosen = _headers(sheet, known, rename)
    columns = {c.name: _column(sheet, chosen.get(c.name), c.name) for c in known}
    return gpd.GeoDataFrame(columns, geometry=shapes.to_numpy(), index=sheet.cells.index, crs=shapes.crs), [
        *sheet.notices,
        *_chosen(sheet, chosen),
    ]


def _headers(sheet: Sheet, known: tuple[Column, ...], rename: Pairs) -> dict[str, int]:
    """Our column name → position of the sender's: as told, else the first of our spellings that heads a column.

    A code must tell rows apart: `commune_code` of a village file is the code of the parent.
    """
    keys: dict[str, int] = {}
    for at, header in enumerate(sheet.headers):
        keys.setdefault(header_key(header), at)
    chosen = {ours: position(sheet.headers, theirs) for ours, theirs in rename if theirs}
    for column in known:
        if column.name in {ours for ours, _ in rename}:
            continue
        spelt = [header_key(s) for s in (column.name, column.vi, column.en, *column.also)]
        found = [keys[s] for s in spelt if s in keys and keys[s] not in chosen.values()]
        found = [at for at in found if column.name != "code" or at == keys.get("code") or _tells_apart(sheet.cells[at])]
        if found:
            chosen[column.name] = found[0]
    return chosen


def _tells_apart(values: pd.Series) -> bool:
    given = values[~values.map(is_blank)]
    return len(given) > 0 and given.nunique() >= UNIQUE * len(given)


def _placed(shapes: gpd.GeoSeries, crs: object) -> gpd.GeoSeries:
    if shapes.crs is None and crs is None:
        raise unusable(
            "the file does not say its CRS; give it with --crs, for example --crs EPSG:5897", code="crs_unknown"
        )
    if shapes.crs is not None and crs is not None and not shapes.crs.equals(crs, ignore_axis_order=True):
        raise unusable("the file says CRS {file}, --crs says {said}", file=shapes.crs.to_string(), said=crs)
    return shapes if shapes.crs is not None else shapes.set_crs(crs)


def _column(sheet: Sheet, at: int | None, name: str) -> pd.Series:
    """A column as text or numbers; a cell that cannot be read as a number is missing."""
    if at is None:
        blank = float("nan") if name in NUMBERS else ""
        return pd.Series(blank, index=sheet.cells.index, dtype="float64" if name in NUMBERS else "str")
    given = sheet.cells[at]
    if name in NUMBERS:
        return pd.to_numeric(given, errors="coerce").astype("float64")
    return pd.Series(["" if is_blank(v) else as_text(v) for v in given.tolist()], index=given.index, dtype="str")


def _chosen(sheet: Sheet, chosen: dict[str, int]) -> list[Notice]:
    """One notice that names the columns nothing was taken from."""
    left = ", ".join(f"“{h}”" for at, h in enumerate(sheet.headers) if at not in chosen.values() and h)
    message = MESSAGES["column_ignored"]
    return [Notice("column_ignored", "info", message, value=left, values=(("value", left),))] if left else []


def polygons(shapes: Iterable[object]) -> np.ndarray:
    """Of each shape its polygons alone, as one polygon or multipolygon; an empty polygon where it has none."""
    given = np.array(list(shapes), dtype=object)
    found = given.copy()
    for place in np.flatnonzero(~np.isin(shapely.get_type_id(given), (3, 6))):
        parts = _flat(given[place])
        found[place] = parts[0] if len(parts) == 1 else shapely.multipolygons(parts) if parts else shapely.Polygon()
    return found


def _flat(shape: object) -> list[shapely.Polygon]:
    if isinstance(shape, shapely.Polygon):
        return [] if shape.is_empty else [shape]
    return [p for part in getattr(shape, "geoms", ()) for p in _flat(part)]
