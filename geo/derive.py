"""Layers that follow from other layers, where nobody sent them: crossings from roads, clusters from buildings.

One file per derived layer in `geo/derived/`. What is derived is marked in its rows (`derived`), and is as complete as
the layer it was made from.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

Made = Callable[..., Any]  # rows of the layer; of a layer that it `fills` also completeness rows


@dataclass(frozen=True, slots=True)
class Derived:
    """How a layer is made: `function(communes, villages, *needed)`, `villages` None where none are known.

    It is made where at least one of `needs` was imported; those that were not are given as None, as are those of
    `beside`, which it only uses. With `fills` it adds rows to what was imported: after the layers it is given what was
    imported (None where nothing was) and all completeness rows, and returns the rows of both and where, besides what
    was stated, they are complete now. Without, what was imported stands.
    """

    makes: str
    needs: tuple[str, ...]
    fills: bool
    function: Made
    beside: tuple[str, ...] = ()


DERIVED: dict[str, Derived] = {}


def derive(
    *, makes: str, needs: tuple[str, ...], fills: bool = False, beside: tuple[str, ...] = ()
) -> Callable[[Made], Made]:
    """Register a function as the maker of a layer; `ValueError` where the layer has one."""

    def register(function: Made) -> Made:
        if makes in DERIVED:
            raise ValueError(f"layer {makes!r} is already derived")
        DERIVED[makes] = Derived(makes, needs, fills, function, beside)
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
        given += [layers.get(name) for name in known.beside]
        if known.fills:
            filled, complete = known.function(communes, villages, *given, layers.get(known.makes), completeness)
            found[known.makes] = filled
            stated.append(complete)
            continue
        found[known.makes] = known.function(communes, villages, *given)
        for name in known.needs:
            if name in layers:
                rows = completeness[completeness["layer"] == name]
                stated.append(rows.assign(layer=known.makes, operator="", technology=""))
    return found, pd.concat(stated, ignore_index=True)
