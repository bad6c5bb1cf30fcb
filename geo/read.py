"""Files in: worker → text → columns → check → units named → working CRS. One way for every file, whoever sends it."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NamedTuple, cast

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq

from geo.beside import with_beside
from geo.carried_names import SPLIT, settle_splits
from geo.check import checked, places_once
from geo.columns import ReadOptions, Sheet, renamed
from geo.georeference import georeferenced
from geo.layer import Layer
from geo.limits import LOCAL, Limits
from geo.mended import mended
from geo.mended_shapes import mended_shapes
from geo.notices import Notice, errors
from geo.operator_names import operators_known
from geo.points import named_crs, raw_shapes
from geo.read_grid import read_grid
from geo.units import Units, resolve
from geo.worker import ask

__all__ = [
    "ReadOptions", "Reading", "layer_rows", "named_crs", "read_grid", "read_layer", "read_parquet", "read_rows",
    "read_sheet",
]  # fmt: skip


class Reading(NamedTuple):
    """What a file gave: the layer frame, its rows as the sender counts them, the rejected rows, and all findings.

    `rejected` has an index `row` and columns `commune_named`, `village_named` (missing where the row names none that
    is known) and those of `operator`, `technology` that the layer has: what the rejects leave unsurveyed.
    `columns` are the positions of the sender's columns by our names.
    """

    frame: pd.DataFrame
    rows: pd.Index
    rejected: pd.DataFrame
    notices: list[Notice]
    columns: dict[str, int]


def read_layer(
    path: Path,
    layer: Layer,
    *,
    areas: Units | None,
    provider: str | None = None,
    as_of: date | None = None,
    options: ReadOptions = ReadOptions(),  # noqa: B008 # frozen
) -> tuple[pd.DataFrame, list[Notice]]:
    """The layer frame of docs/architecture.md and all findings; rows with an error are left out.

    `areas` are the units that rows may name (None only while the first units are read). Geometry is in the working CRS
    (`CRSError`). Raise `InputError` where the file cannot be used at all.
    """
    reading = read_rows(path, layer, areas=areas, provider=provider, as_of=as_of, options=options)
    return reading.frame, reading.notices


def read_rows(
    path: Path,
    layer: Layer,
    *,
    areas: Units | None,
    provider: str | None = None,
    as_of: date | None = None,
    options: ReadOptions = ReadOptions(),  # noqa: B008 # frozen
) -> Reading:
    """As `read_layer`, with the rejected rows. A notice with row 0 and severity error is about the whole file."""
    sheet = read_sheet(path, options.sublayer)
    return layer_rows(sheet, layer, areas=areas, provider=provider, as_of=as_of, options=options)


def read_sheet(path: Path, sublayer: str = "", *, limits: Limits = LOCAL) -> Sheet:
    """The file's table with its text in NFC, read in a throw-away process; `InputError` where it cannot be used."""
    answer = ask("sheet", path, limits=limits, options={"sublayer": sublayer})
    sheet, notices = mended(cast(Sheet, answer.sheet))  # this task gives one or raises
    return replace(sheet, notices=(*sheet.notices, *notices))


def layer_rows(
    sheet: Sheet,
    layer: Layer,
    *,
    areas: Units | None,
    provider: str | None = None,
    as_of: date | None = None,
    options: ReadOptions = ReadOptions(),  # noqa: B008 # frozen
) -> Reading:
    """As `read_rows`, of a table that was read already."""
    frame, notices, columns = renamed(sheet, layer, options)
    if layer.geometry != "none":
        frame, found = raw_shapes(frame, sheet, layer, options)
        notices += found
    done, _, found = checked(frame, layer)
    notices += places_once(found, notices, len(done))
    done, found = operators_known(done, layer, options.operators)
    notices += found
    done, named = resolve(with_beside(done, frame, layer), layer, areas, options.vintage)
    unsound = {n.row for n in errors(notices) if n.row}
    placed, found, named = in_place(done[~done.index.isin(unsound)], layer, areas, options, named)
    notices += [*named, *found]
    good = placed[~placed.index.isin({n.row for n in errors(notices)})]
    facts = [n for n in ("commune_named", "village_named", "operator", "technology") if n in done]
    rejected = done.loc[~done.index.isin(good.index), facts]
    frame = good.reset_index(drop=True).assign(
        provider=pd.Series(provider or "", index=range(len(good)), dtype="str"),
        as_of=pd.Series(pd.Timestamp(as_of) if as_of else pd.NaT, index=range(len(good)), dtype="datetime64[us]"),
    )
    return Reading(frame, good.index, pd.DataFrame(rejected), in_order(notices), columns)


def in_place(
    done: pd.DataFrame, layer: Layer, areas: Units | None, options: ReadOptions, named: list[Notice]
) -> tuple[pd.DataFrame, list[Notice], list[Notice]]:
    """The rows in the working CRS, what was found on the way, and the findings about names that are left.

    A row that names a divided commune is settled by its place, so its finding waits for this.
    """
    if not isinstance(done, gpd.GeoDataFrame):
        return done, [], named
    elsewhere = {n.row for n in errors(named) if n.code != SPLIT}
    placed, found = georeferenced(done[~done.index.isin(elsewhere)], layer, areas, options, options.vintage)
    if areas is not None:
        placed, named = settle_splits(placed, areas.communes, named, areas.vintage)
    mended_frame, more = mended_shapes(placed, layer)
    return mended_frame, [*found, *more], named


def in_order(notices: list[Notice]) -> list[Notice]:
    """By row, the whole file first."""
    return sorted(notices, key=lambda n: n.row)


def read_parquet(path: Path) -> pd.DataFrame:
    """A frame that `geo.write.write_parquet` wrote: a GeoDataFrame where it has geometry."""
    has_shapes = b"geo" in (pq.read_schema(path).metadata or {})
    return gpd.read_parquet(path) if has_shapes else pd.read_parquet(path)
