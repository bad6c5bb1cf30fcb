"""Layers that follow from other layers, where nobody sent them: crossings from roads, clusters from buildings.

One file per derived layer in `geo/derived/`. What is derived is marked in its rows (`derived`), and is as complete as
the layer it was made from.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

Made = Callable[..., gpd.GeoDataFrame]


@dataclass(frozen=True, slots=True)
class Derived:
    """How a layer is made: `function(communes, villages, *needed)`, `villages` None where none are known.

    It is made where at least one of `needs` was imported; those that were not are given as None. With `fills` it adds
    rows to what was imported, which is its last argument (None where nothing was); else what was imported stands.
    """

    makes: str
    needs: tuple[str, ...]
    fills: bool
    function: Made


DERIVED: dict[str, Derived] = {}


def derive(*, makes: str, needs: tuple[str, ...], fills: bool = False) -> Callable[[Made], Made]:
    """Register a function as the maker of a layer; `ValueError` where the layer has one."""

    def register(function: Made) -> Made:
        if makes in DERIVED:
            raise ValueError(f"layer {makes!r} is already derived")
        DERIVED[makes] = Derived(makes, needs, fills, function)
        return function

    return register


def with_derived(
    communes: gpd.GeoDataFrame,
    villages: gpd.GeoDataFrame | None,
    layers: Mapping[str, Any],
    completeness: pd.DataFrame,
) -> tuple[dict[str, Any], pd.DataFrame]:
    """The layers with those that follow from them, and the completeness of both."""
    found, stated = dict(layers), [completeness]
    for known in DERIVED.values():
        given = [layers.get(name) for name in known.needs]
        if all(rows is None for rows in given) or (known.makes in layers and not known.fills):
            continue
        own = [layers.get(known.makes)] if known.fills else []
        found[known.makes] = known.function(communes, villages, *given, *own)
        for name in known.needs:
            if name in layers:
                rows = completeness[completeness["layer"] == name]
                stated.append(rows.assign(layer=known.makes, operator="", technology=""))
    return found, pd.concat(stated, ignore_index=True)
