"""Files in: bytes → columns → working CRS → check → units named. One way for every file, whoever sends it."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
from pyproj import CRS
from pyproj.exceptions import CRSError as UnknownCRS

from geo.check import MESSAGES, checked, places_once, sender_rows
from geo.columns import ReadOptions, Sheet, renamed
from geo.crs import STORE, to_work
from geo.layer import Layer
from geo.names import fold
from geo.notices import Notice
from geo.points import with_points
from geo.read_grid import read_grid
from geo.read_table import read_csv, read_spreadsheet
from geo.read_vector import (
    read_flatgeobuf,
    read_geojson,
    read_geopackage,
    read_geoparquet,
    read_kml,
    read_zipped_shapefile,
)
from geo.units import Units, resolve
from geo.unusable import unusable

__all__ = ["ReadOptions", "Reading", "read_grid", "read_layer", "read_parquet", "read_rows"]

READERS: dict[str, Callable[[Path, str], Sheet]] = {
    ".csv": lambda path, _: read_csv(path),
    ".tsv": lambda path, _: read_csv(path),
    ".txt": lambda path, _: read_csv(path),
    ".xlsx": read_spreadsheet,
    ".xls": read_spreadsheet,
    ".gpkg": read_geopackage,
    ".geojson": lambda path, _: read_geojson(path),
    ".json": lambda path, _: read_geojson(path),
    ".zip": read_zipped_shapefile,
    ".kml": read_kml,
    ".fgb": read_flatgeobuf,
    ".parquet": lambda path, _: read_geoparquet(path),
}


class Reading(NamedTuple):
    """What a file gave: the layer frame, its rows as the sender counts them, the rejected rows, and all findings.

    `rejected` has an index `row` and columns `commune_named`, `village_named` (missing where the row names none that
    is known) and those of `operator`, `technology` that the layer has: what the rejects leave unsurveyed.
    """

    frame: pd.DataFrame
    rows: pd.Index
    rejected: pd.DataFrame
    notices: list[Notice]


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
    frame, notices = renamed(sheet, layer, options)
    if layer.geometry != "none":
        frame, found = placed(frame, sheet, layer, options, working(areas, options))
        notices += found
    done, bad, found = checked(frame, layer)
    notices += places_once(found, notices, len(done))
    done, found = operators_known(done, layer, options.operators)
    notices += found
    done, found = resolve(done, layer, areas)
    notices += found
    bad |= done.index.isin([n.row for n in notices if n.severity == "error" and n.row])
    facts = [n for n in ("commune_named", "village_named", "operator", "technology") if n in done]
    good = done[~bad].reset_index(drop=True)
    good = good.assign(
        provider=pd.Series(provider or "", index=good.index, dtype="str"),
        as_of=pd.Series(pd.Timestamp(as_of) if as_of else pd.NaT, index=good.index, dtype="datetime64[us]"),
    )
    return Reading(good, done.index[~bad], pd.DataFrame(done.loc[bad, facts]), in_order(notices))


def read_sheet(path: Path, sublayer: str) -> Sheet:
    """The file's table by its extension; `InputError` where that is unknown or the file does not exist."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise unusable(
            "{file}: this kind of file is not read; send one of {known}", file=path.name, known=" ".join(READERS)
        )
    if not path.is_file():
        raise unusable("{file} does not exist", file=path)
    return reader(path, sublayer)


def working(areas: Units | None, options: ReadOptions) -> CRS:
    """The working CRS: what the options say, else that of the areas; `InputError` without either."""
    crs = options.work or (areas.communes.crs if areas is not None else None)
    if crs is None:
        raise unusable("no working CRS is known; give one, for example EPSG:5897")
    return crs


def placed(
    frame: pd.DataFrame, sheet: Sheet, layer: Layer, options: ReadOptions, work: CRS
) -> tuple[gpd.GeoDataFrame, list[Notice]]:
    """The rows with geometry in the working CRS, from shapes or coordinates; `InputError` where no CRS is known."""
    said = named_crs(options.crs)
    if sheet.shapes is None:
        points, notices = with_points(frame, layer, said or STORE)
        return to_work(points, work), notices
    shapes = sheet.shapes.reindex(frame.index)
    if shapes.crs is None and said is None:
        raise unusable("the file does not say its CRS; give it with --crs, for example --crs EPSG:5897")
    if shapes.crs is not None and said is not None and not shapes.crs.equals(said, ignore_axis_order=True):
        raise unusable("the file says CRS {file}, --crs says {said}", file=shapes.crs.to_string(), said=options.crs)
    shapes = shapes if shapes.crs is not None else shapes.set_crs(said)
    return to_work(gpd.GeoDataFrame(frame, geometry=shapes), work), []


def named_crs(name: str) -> CRS | None:
    """The CRS of that name, None for ""; `InputError` where it does not exist."""
    try:
        return CRS.from_user_input(name) if name else None
    except UnknownCRS as error:
        raise unusable("unknown CRS {name}; give an EPSG code such as EPSG:5897", name=name) from error


def operators_known(done: pd.DataFrame, layer: Layer, operators: tuple[str, ...]) -> tuple[pd.DataFrame, list[Notice]]:
    """The rows with operators by their code, compared folded; others are a finding. No operators given: as they are."""
    if not operators or "operator" not in layer.names:
        return done, []
    codes = {fold(code): code for code in operators}
    given = done["operator"]
    known = given.map(lambda v: codes.get(fold(v)), na_action="ignore").astype("str")
    unknown = given[given.notna() & known.isna()]
    values = ("allowed", ", ".join(operators))
    message = MESSAGES["unknown_operator"]
    found = [
        Notice("unknown_operator", "error", message, row, "", "operator", v, (values, ("value", v)))
        for row, v in zip(sender_rows(unknown.index), unknown, strict=True)
    ]
    return done.assign(operator=known), found


def in_order(notices: list[Notice]) -> list[Notice]:
    """By row, the whole file first."""
    return sorted(notices, key=lambda n: n.row)


def read_parquet(path: Path) -> pd.DataFrame:
    """A frame that `geo.write.write_parquet` wrote: a GeoDataFrame where it has geometry."""
    has_shapes = b"geo" in (pq.read_schema(path).metadata or {})
    return gpd.read_parquet(path) if has_shapes else pd.read_parquet(path)
