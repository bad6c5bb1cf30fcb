"""The illustrative province as data to assess, whole or some communes spread over it, without a workspace."""

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.areas import communes_frame, villages_frame
from geo.criteria import CriteriaSet, joined, load_criteria
from geo.data import COMPLETENESS, Data, build
from geo.demo import OPERATORS, VINTAGE, DemoLayer, demo_layers
from geo.layer import LAYERS
from geo.measure import Grid
from geo.signal import SignalMap, Signals
from geo.units import Units, resolve

AS_OF = date(2025, 12, 31)
MADE_AT = datetime(2026, 1, 1, tzinfo=UTC)
SOME = 4  # communes of the small size


def criteria() -> CriteriaSet:
    """What `hatangso demo` judges by."""
    return joined(load_criteria("th-1829-2023"), load_criteria("planning"))


def only(*names: str) -> CriteriaSet:
    """Some of its criteria."""
    whole = criteria()
    return whole.model_copy(update={"criteria": tuple(c for c in whole.criteria if c.id in names)})


@cache
def data(whole: bool) -> Data:
    """The province of seed 1, or `SOME` of its communes with what names them or touches them."""
    layers = demo_layers()
    units = _units(layers)
    if not whole:
        communes = units.communes.iloc[:: len(units.communes) // SOME][:SOME]
        units = replace(
            units, communes=communes, villages=units.villages[units.villages["commune"].isin(communes.index)]
        )
    parts: dict[str, list[pd.DataFrame]] = {}
    grids = {item.layer: _raster(item) for item in layers if isinstance(item.frame_or_grid, Grid)}
    for item in layers:
        if not LAYERS[item.layer].unit and item.layer not in grids:
            parts.setdefault(item.layer, []).append(_rows(item, units, whole))
    frames = {name: pd.concat(rows, ignore_index=True) for name, rows in parts.items()}
    return build(
        units.communes, units.villages, {**frames, **grids}, vintage=VINTAGE, completeness=_completeness(layers, units),
        operators=tuple(OPERATORS),
    )  # fmt: skip


def _raster(item: DemoLayer) -> Grid | Signals:
    """A grid as it is; received levels as the one map of its operator."""
    if not item.stated:
        return item.frame_or_grid
    said = dict(item.stated)
    levels = replace(item.frame_or_grid, values=np.nan_to_num(item.frame_or_grid.values, nan=-np.inf))
    return Signals((SignalMap(**said, low=levels, high=levels, provider=item.provider, as_of=item.as_of),))


def _units(layers: tuple[DemoLayer, ...]) -> Units:
    of = {item.layer: item.frame_or_grid for item in layers}
    communes = communes_frame(of["commune"]).assign(shape="approximate")
    named, _ = resolve(of["village"], LAYERS["village"], Units(communes, None, VINTAGE))
    return Units(communes, villages_frame(named.assign(village=named["code"]))[0], VINTAGE)


def _rows(item: DemoLayer, units: Units, whole: bool) -> pd.DataFrame:
    """A layer's rows with the units that they name and what every dataset adds."""
    frame = item.frame_or_grid
    if not whole and "commune_code" in frame and frame["commune_code"].notna().any():
        frame = frame[frame["commune_code"].isin(units.communes.index)]
    elif not whole and isinstance(frame, gpd.GeoDataFrame):
        frame = frame[frame.intersects(units.communes.union_all())]
    named, _ = resolve(frame.reset_index(drop=True), LAYERS[item.layer], units)
    as_of = pd.Series(pd.Timestamp(item.as_of)).astype("datetime64[us]")[0]
    return named.assign(provider=item.provider, as_of=as_of, dataset=f"{item.layer} {item.provider}", vintage=VINTAGE)


def _completeness(layers: tuple[DemoLayer, ...], units: Units) -> pd.DataFrame:
    known = {"*", *units.communes.index, *units.villages.index}
    rows = [
        (item.layer, c.operator, c.technology, area, True, item.as_of, item.provider)
        for item in layers
        for c in item.complete
        for area in c.areas
        if area in known
    ]
    return pd.DataFrame(rows, columns=COMPLETENESS)
