"""Files in: bytes → columns → working CRS → check → units named. One way for every file, whoever sends it."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import rasterio
from pyproj import CRS
from pyproj.exceptions import CRSError as UnknownCRS
from rasterio.errors import RasterioError

from geo.check import checked, notice
from geo.columns import ReadOptions, Sheet, renamed
from geo.crs import STORE, to_work
from geo.layer import Layer
from geo.measure import Grid
from geo.names import fold
from geo.notices import Notice
from geo.points import with_points
from geo.read_table import read_csv, read_spreadsheet
from geo.read_vector import (
    not_a,
    read_flatgeobuf,
    read_geojson,
    read_geopackage,
    read_geoparquet,
    read_kml,
    read_zipped_shapefile,
    start,
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
MAX_CELLS = 100_000_000


class Reading(NamedTuple):
    """What a file gave: the layer frame, its rows as the sender counts them, the rejected rows, and all findings.

    `rejected` has an index `row` and columns `commune_named`, `village_named` (missing where the row names none that
    is known) and those of `operator`, `technology` that the layer has: what the rejects leave unsurveyed.
    """

    frame: pd.DataFrame
    rows: pd.Index
    rejected: pd.DataFrame
    notices: list[Notice]


def read_layer(  # noqa: PLR0913 # the six of the design and the options
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


def read_rows(  # noqa: PLR0913 # as read_layer
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
    notices += without_echo(found, notices)
    done, found = operators_known(done, layer, options.operators)
    notices += found
    done, found = resolve(done, layer, areas)
    notices += found
    bad |= done.index.isin([n.row for n in notices if n.severity == "error" and n.row])
    facts = [n for n in ("commune_named", "village_named", "operator", "technology") if n in done]
    good = done[~bad].reset_index(drop=True)
    own = {"provider": provider or ""} if "provider" not in layer.names else {}
    stated = pd.DataFrame({**own, "as_of": pd.Timestamp(as_of) if as_of else pd.NaT}, index=good.index)
    stated = stated.astype({**dict.fromkeys(own, "str"), "as_of": "datetime64[us]"})
    good = good.assign(**{n: stated[n] for n in stated})
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
    """The rows with geometry in the working CRS, from shapes or from coordinates; `InputError` where no CRS is known."""
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


def without_echo(found: list[Notice], said: list[Notice]) -> list[Notice]:
    """The findings without "no place on the map" for rows whose coordinates already have a finding."""
    rows = {n.row for n in said if n.column in ("lon", "lat") or n.code == "coordinate_incomplete"}
    return [n for n in found if not (n.code == "geometry_missing" and n.row in rows)]


def operators_known(done: pd.DataFrame, layer: Layer, operators: tuple[str, ...]) -> tuple[pd.DataFrame, list[Notice]]:
    """The rows with operators by their code, compared folded; others are a finding. No operators given: as they are."""
    if not operators or "operator" not in layer.names:
        return done, []
    codes = {fold(code): code for code in operators}
    given = done["operator"]
    known = given.map(lambda v: codes.get(fold(v)), na_action="ignore").astype("str")
    unknown = given[given.notna() & known.isna()]
    column, message = layer.column("operator"), "“{value}” is not an operator of this workspace; it has {allowed}"
    values = {"column": column.vi, "allowed": ", ".join(operators)}
    found = [
        Notice("unknown_operator", "error", message, row, "", "operator", v, (*values.items(), ("value", v)))
        for row, v in unknown.items()
    ]
    return done.assign(operator=known), found


def in_order(notices: list[Notice]) -> list[Notice]:
    """By row, the whole file first."""
    return sorted(notices, key=lambda n: n.row)


def read_parquet(path: Path) -> pd.DataFrame:
    """A frame that `geo.write.write_parquet` wrote: a GeoDataFrame where it has geometry."""
    has_shapes = b"geo" in (pq.read_schema(path).metadata or {})
    return gpd.read_parquet(path) if has_shapes else pd.read_parquet(path)


def read_grid(path: Path, *, work: CRS, nodata: float | None = None) -> Grid:
    """The one band of a GeoTIFF as people per cell, NaN where the file has no data.

    The grid must be in the working CRS: people cannot be resampled without blurring who lives where, so another CRS is
    refused with the command that converts and keeps the sum. `nodata` is for files that do not say it.
    Raise `InputError` also for a file without CRS, a rotated one, several bands, or negative people.
    """
    if path.suffix.lower() not in (".tif", ".tiff") or start(path, 4) not in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        raise not_a(path, "GeoTIFF")
    try:
        with rasterio.open(path, driver="GTiff") as file:
            check_grid(file, work, path)
            band = file.read(1, masked=True)
            bounds = tuple(file.bounds)
    except RasterioError as error:
        raise unusable("{file} cannot be read: {why}", file=path.name, why=error) from error
    values = band.astype("float64").filled(np.nan)
    if nodata is not None:
        values[values == nodata] = np.nan
    if not (np.isfinite(values) | np.isnan(values)).all() or (values < 0).any():
        raise unusable(
            "{file} holds {low} people in a cell; if that means no data, say --nodata {low}",
            file=path.name,
            low=f"{np.nanmin(values):g}",
        )
    return Grid(values=values, bounds=bounds, crs=work)


def check_grid(file: rasterio.DatasetReader, work: CRS, path: Path) -> None:
    """Raise `InputError` unless the raster is one north-up band in the working CRS and not too large."""
    if file.crs is None:
        raise unusable("{file} does not say its CRS; set it, for example with gdal_edit -a_srs", file=path.name)
    if CRS.from_user_input(file.crs.to_wkt()) != work:
        target = ":".join(work.to_authority() or ("EPSG", "…"))
        raise unusable(
            "{file} is in {found}, the workspace in {work}; convert it, keeping the sum: "
            "gdalwarp -t_srs {work} -r sum {file} converted.tif",
            file=path.name,
            found=file.crs.to_string(),
            work=target,
        )
    if file.count != 1 or file.transform.b or file.transform.d or file.transform.a <= 0 or file.transform.e >= 0:
        raise unusable(
            "{file} must have one band and lie north up; found {count} bands", file=path.name, count=file.count
        )
    if file.width * file.height > MAX_CELLS:
        raise unusable(
            "{file} has {cells} cells; at most {most} are read",
            file=path.name,
            cells=file.width * file.height,
            most=MAX_CELLS,
        )
