"""Signal maps from a GeoTIFF: dBm, or classes of a legend; what a cell without value means is stated, never guessed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import yaml
from pydantic import ValidationError
from pyproj import CRS

from geo.check import checked
from geo.columns import Pairs, check_names
from geo.layer import LAYERS, Layer
from geo.legend import Legend, Levels
from geo.measure import Grid
from geo.notices import Notice
from geo.operator_names import operator_named, read_as, unknown_operator
from geo.read_grid import band_of, check_range, opened, to_grid
from geo.resources import shipped
from geo.signal import SignalMap
from geo.unusable import unusable

Empty = Literal["no-signal", "not-computed"]
MEANINGS: dict[str, Empty] = {"no-signal": "no-signal", "not-computed": "not-computed"}
QUANTITY = {"2G": "rxlev", "3G": "rscp", "4G": "rsrp", "5G": "ss_rsrp"}
WEAKEST_DBM, STRONGEST_DBM = -160.0, -20.0
NO_MEANING = (
    "{file}: say what a cell without value means: --nodata no-signal (computed: there is no signal) or "
    "--nodata not-computed (nothing is known there); a cell value that means it may follow, such as no-signal:-9999"
)
OUT_OF_RANGE = (
    "{file} holds {found}; levels lie in {low}…{high} dBm. If it means no value, say --nodata no-signal:{found} or "
    "not-computed:{found}; if the cells hold classes, say --set legend=NAME"
)
POSITIVE = (
    "{file} holds positive levels ({low} to {high}); received levels in dBm are negative. If the minus sign was lost, "
    "send -{high} instead of {high}; if these are report values (RSRP 0–97), convert them to dBm first"
)
NOT_STATED = "say which “{column}” the file is about: --set {name}=…"
WRONG_QUANTITY = "{quantity} is not measured in {technology}; expected is {expected}"
NO_LEGEND = "there is no legend “{value}”; known are: {known}"
NOT_FOR = "legend “{value}” is for {expected}, not for {quantity} of {technology}; send the level in dBm"


@dataclass(frozen=True, slots=True)
class Statement:
    """What holds for a whole signal file: the layer's columns, and what a cell without value means."""

    operator: str
    technology: str
    quantity: str
    empty: Empty
    legend: str = ""
    nodata: float | None = None
    provider: str = ""
    as_of: date = date.min
    dataset: str = ""


def stated_of_file(
    layer: Layer, pairs: Pairs, operators: tuple[str, ...] = ()
) -> tuple[dict[str, str], tuple[Notice, ...]]:
    """The columns of a raster layer as its sender states them for the whole file, checked like the cells of a row.

    `pairs` are `(column, value)`, `operators` the codes that the operator may be (empty: any). Raise `InputError` where
    a column does not exist.
    """
    check_names(pairs, layer.columns)
    given = dict(pairs)
    row = pd.DataFrame({c.name: [given.get(c.name)] for c in layer.columns}, index=[1], dtype=object)
    done = checked(row, layer)
    columns = {c.name: c for c in layer.columns}
    found = [
        Notice(
            "not_stated",
            "error",
            NOT_STATED,
            0,
            "",
            n.column,
            values=(("column", columns[n.column].vi), ("name", n.column)),
        )
        if n.code == "empty"
        else Notice(n.code, n.severity, n.message, 0, "", n.column, n.value, n.values)
        for n in done.notices
    ]
    said = {str(name): str(value) for name, value in done.frame.iloc[0].dropna().items()}
    if operators and "operator" in said:
        named = operator_named(said["operator"], operators)
        if not named.code:
            found.append(unknown_operator(said["operator"], named.near, operators))
        elif not named.exact:
            found.append(read_as(said["operator"], named.code))
        said["operator"] = named.code or said["operator"]
    return said, tuple(found)


def consistent(said: Mapping[str, str]) -> tuple[dict[str, str], tuple[Notice, ...]]:
    """What is said of a signal file with its quantity filled in, and findings about quantity and legend."""
    technology = said.get("technology", "")
    expected = QUANTITY.get(technology, "")
    quantity = said.get("quantity", expected)
    if not expected:
        return dict(said), ()  # without a technology there is a finding already
    found = []
    if quantity != expected:
        words = {"quantity": _shown("quantity", quantity), "expected": _shown("quantity", expected)}
        found.append(_error("quantity_wrong", WRONG_QUANTITY, "quantity", quantity, technology=technology, **words))
    name = said.get("legend", "")
    if name and name not in legends():
        found.append(_error("legend_unknown", NO_LEGEND, "legend", name, known=", ".join(legends())))
    elif name and quantity not in read_legend(name).quantities:
        fits = ", ".join(_shown("quantity", q) for q in read_legend(name).quantities)
        words = {"quantity": _shown("quantity", quantity), "technology": technology, "expected": fits}
        found.append(_error("legend_not_for", NOT_FOR, "legend", name, **words))
    return {**said, "quantity": quantity}, tuple(found)


def read_signal(path: Path, stated: Statement, *, work: CRS) -> SignalMap:
    """The signal map of a GeoTIFF in the working CRS; one in another CRS is warped to the nearest cell.

    Where it was warped `uncertainty_m` says how far a value may have moved. Beyond the edge of the file nothing was
    computed: those cells hold no signal, and what the operator states to be complete decides whether that counts.
    Raise `InputError` for levels that cannot be dBm, unknown classes, and as `geo.read_grid.opened`.
    """
    with opened(path) as file:
        values = band_of(file, stated.nodata)
        legend = read_legend(stated.legend) if stated.legend else None
        if legend is None:
            _check_sign(values, path)
            check_range(values, (WEAKEST_DBM, STRONGEST_DBM), OUT_OF_RANGE, path)
        else:
            _check_classes(values, legend, path)
        nothing = float("-inf") if legend is None else 0.0
        if stated.empty == "no-signal":
            values[np.isnan(values)] = nothing
        placed = to_grid(file, values, work, outside=nothing, how="nearest")
    low, high = (placed.values, placed.values) if legend is None else _levels(placed.values, legend)
    grids = [Grid(levels, placed.bounds, work) for levels in (low, high)]
    return SignalMap(
        stated.operator, stated.technology, stated.quantity, grids[0], grids[0] if low is high else grids[1],
        stated.provider, stated.as_of, stated.dataset, placed.moved_m,
    )  # fmt: skip


def legends() -> tuple[str, ...]:
    """Names of the shipped class legends."""
    return tuple(sorted(f.name.removesuffix(".yaml") for f in shipped("legends").iterdir() if f.name.endswith(".yaml")))


def read_legend(name: str) -> Legend:
    """A shipped class legend; `InputError` where there is none of that name or it is damaged."""
    if name not in legends():
        raise unusable(NO_LEGEND, value=name, known=", ".join(legends()))
    try:
        return Legend.model_validate(yaml.safe_load(shipped("legends", f"{name}.yaml").read_text(encoding="utf-8")))
    except (ValidationError, yaml.YAMLError) as error:
        raise unusable("{file} cannot be read: {why}", file=f"{name}.yaml", why=error) from error


def _check_sign(values: Levels, path: Path) -> None:
    """Raise `InputError` where every known level is above zero: nothing is guessed from such numbers."""
    known = values[~np.isnan(values)]
    if known.size and known.min() >= 0 and 0 < known.max() <= -WEAKEST_DBM:
        said = {"low": f"{known.min():g}", "high": f"{known.max():g}"}
        raise unusable(POSITIVE, code="signal_positive", file=path.name, **said)


def _levels(classes: Levels, legend: Legend) -> tuple[Levels, Levels]:
    """Lowest and highest dBm of each cell; class 0 is "no signal" here, as no legend may use it."""
    low, high = legend.levels(classes)
    silent = classes == 0
    low[silent] = high[silent] = float("-inf")
    return low, high


def _check_classes(values: Levels, legend: Legend, path: Path) -> None:
    strange = ~np.isin(values, np.array(legend.numbers, dtype=np.float32)) & ~np.isnan(values)
    if strange.any():
        raise unusable(
            "{file} holds {found}, which is no class of legend {legend} ({known}); if it means no value, say --nodata "
            "no-signal:{found} or not-computed:{found}",
            file=path.name,
            found=f"{values[strange][0]:g}",
            legend=legend.id,
            known=", ".join(map(str, legend.numbers)),
        )


def _error(code: str, message: str, column: str, value: str, **said: str) -> Notice:
    """A finding about what is said of the whole file."""
    return Notice(code, "error", message, 0, "", column, value, (("value", value), *said.items()))


def _shown(column: str, code: str) -> str:
    """A choice as people read it, the same in both languages."""
    return {c.code: c.vi for c in LAYERS["signal"].column(column).choices}[code]
