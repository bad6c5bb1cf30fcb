"""What a run's vector tiles are made of: units with the status of every criterion, and the open layers."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from api.pages.told import combined, headings, statuses
from api.public import Public, from_view
from api.rendering import View
from geo.audience import layers_for
from geo.errors import GeoError
from geo.layer import LAYERS
from geo.words import Lang
from maps.vector_styles import Coloured, Part, Unit, attribute
from maps.vector_tiles import TileLayer

UNITS: dict[Unit, tuple[str, int]] = {"communes": ("commune", 5), "villages": ("village", 7)}  # level, first zoom
FACTS = {"communes": ("name", "former_district", "shape"), "villages": ("name", "commune")}
OPEN_FROM = 9  # first zoom of open layers
MOST = 100_000  # rows of an open layer that tiles take; a larger one is queried
ENDS: tuple[Part, ...] = ("low", "high")
NAMED_UNITS = ("commune_code", "commune_name", "village_code", "village_name")


def tile_layers(seen: View) -> list[TileLayer]:
    """The layers, in the order of drawing. `GeoError` for a view of anybody but the public."""
    public = from_view(seen)
    units = [
        TileLayer(unit, LAYERS[level].en, _units(public, unit, level), first, shared=True)
        for unit, (level, first) in UNITS.items()
    ]
    given = layers_for("public", seen.data.layers, seen.full_run)
    return units + [
        TileLayer(name, LAYERS[name].en, _rows(name, frame), OPEN_FROM)
        for name, frame in sorted(given.items())
        if is_open(name) and isinstance(frame, gpd.GeoDataFrame) and 0 < len(frame) <= MOST
    ]


def is_open(name: str) -> bool:
    """Whether a layer may be tiled: one that anybody sees whole."""
    return name in LAYERS and LAYERS[name].sensitivity == "C1" and not LAYERS[name].unit


def coloured(public: Public, lang: Lang) -> list[Coloured]:
    """The criteria that a style can show, in their order."""
    found = {unit: {h.key: h.title for h in headings(public, level, lang)} for unit, (level, _) in UNITS.items()}
    titles = {key: title for each in found.values() for key, title in each.items()}
    return [Coloured(key, title, tuple(u for u in found if key in found[u])) for key, title in titles.items()]


def _units(public: Public, unit: Unit, level: str) -> gpd.GeoDataFrame:
    areas, said = public.units(level), statuses(public, level)
    if not areas.index.is_unique:
        raise GeoError(f"ids of {unit} are not unique")
    facts: dict[str, Any] = {"id": areas.index.astype(str)}
    facts |= {name: areas[name].to_numpy() for name in FACTS[unit] if name in areas}
    ends = {part: _ends(public, level, part).reindex(said.index) for part in ENDS}
    for key in said.columns:
        facts[attribute(key)] = said[key].to_numpy()
        facts |= {attribute(key, part): ends[part][key].to_numpy() for part in ENDS}
    return gpd.GeoDataFrame(facts, geometry=areas.geometry.array, crs=areas.crs)


def _ends(public: Public, level: str, part: Part) -> pd.DataFrame:
    """One end of the values by unit and key of criterion; missing where it has no limit, as in features."""
    rows = combined(public, level, "vi").drop_duplicates(["area_id", "key"])
    wide = rows.set_index(["area_id", "key"])[part].astype("float64").unstack("key")
    return wide.where(np.isfinite(wide))


def _rows(name: str, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    declared = [c.name for c in LAYERS[name].columns if c.name in frame and c.name not in (*NAMED_UNITS, "id")]
    placed = [column for column in ("commune", "village") if column in frame]
    rows = frame[[*declared, *placed, frame.geometry.name]].reset_index(drop=True)
    rows.insert(0, "id", _ids(frame).to_numpy())
    return rows


def _ids(frame: pd.DataFrame) -> pd.Series:
    """The senders' ids; the number of the row where there is none, or where it was seen before."""
    numbers = pd.Series([f"#{n}" for n in range(1, len(frame) + 1)], index=frame.index, dtype=object)
    if "id" not in frame:
        return numbers
    given = frame["id"].astype(object)
    return given.where(given.notna() & ~given.duplicated(), numbers)
