"""Rasters from a GeoTIFF, opened as nothing else: the population grid and the terrain."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
import rasterio
from pyproj import CRS
from rasterio.errors import RasterioError
from rasterio.windows import Window

from geo.crs import Warped, warped
from geo.measure import Grid
from geo.unusable import unusable

MAX_CELLS = 100_000_000
BLOCK_CELLS = 4_000_000  # read at a time, so that a large raster is in memory once, as 32-bit numbers
TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
NO_HEIGHT = "{file} holds {found} m; heights lie in {low}…{high} m. If it means no data, say --nodata {found}"
LOWEST_M, HIGHEST_M = -500.0, 9000.0  # the shore of the Dead Sea, the top of Everest


def read_grid(path: Path, *, work: CRS, nodata: float | None = None) -> Grid:
    """The one band of a GeoTIFF as people per cell, NaN where the file has no data.

    The grid must be in the working CRS: people cannot be resampled without blurring who lives where, so another CRS is
    refused with the command that converts and keeps the sum. `nodata` is for files that do not say it.
    Raise `InputError` also for a file without CRS, a rotated one, several bands, or negative people.
    """
    with opened(path) as file:
        check_crs(file, work, path)
        band = file.read(1, masked=True)
        bounds = tuple(file.bounds)
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


def read_terrain(path: Path, *, work: CRS, nodata: float | None = None) -> Grid:
    """The one band of a GeoTIFF as metres above sea level, NaN where unknown; another CRS is resampled (bilinear).

    Raise `InputError` as `read_grid`, and for heights that the earth has not.
    """
    with opened(path) as file:
        values = band_of(file, nodata)
        check_range(values, (LOWEST_M, HIGHEST_M), NO_HEIGHT, path)
        placed = to_grid(file, values, work, outside=float("nan"), how="bilinear")
    return Grid(placed.values, placed.bounds, work)


@contextmanager
def opened(path: Path) -> Iterator[rasterio.DatasetReader]:
    """The raster, one north-up band with a CRS and not too large; `InputError` otherwise or where it cannot be read."""
    with path.open("rb") as stream:
        sound = stream.read(4) in TIFF
    if path.suffix.lower() not in (".tif", ".tiff") or not sound:
        raise unusable(
            "{file} is not a {format}, as its name says", code="format_mismatch", file=path.name, format="GeoTIFF"
        )
    try:
        with rasterio.open(path, driver="GTiff") as file:
            check_raster(file, path)
            yield file
    except RasterioError as error:
        raise unusable("{file} cannot be read: {why}", file=path.name, why=error) from error


def check_raster(file: rasterio.DatasetReader, path: Path) -> None:
    """Raise `InputError` unless the raster says its CRS, is one north-up band and not too large."""
    if file.crs is None:
        raise unusable("{file} does not say its CRS; set it, for example with gdal_edit -a_srs", file=path.name)
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


def check_crs(file: rasterio.DatasetReader, work: CRS, path: Path) -> None:
    """Raise `InputError` unless the raster is in the working CRS."""
    if crs_of(file) != work:
        target = ":".join(work.to_authority() or ("EPSG", "…"))
        raise unusable(
            "{file} is in {found}, the workspace in {work}; convert it, keeping the sum: "
            "gdalwarp -t_srs {work} -r sum {file} converted.tif",
            file=path.name,
            found=file.crs.to_string(),
            work=target,
        )


def crs_of(file: rasterio.DatasetReader) -> CRS:
    """The CRS that the raster says."""
    return CRS.from_user_input(file.crs.to_wkt())


def band_of(file: rasterio.DatasetReader, nodata: float | None) -> npt.NDArray[np.float32]:
    """The band with its scale and offset applied; NaN where the file has no value, or holds `nodata`."""
    found = np.empty((file.height, file.width), dtype=np.float32)
    scale, offset = file.scales[0], file.offsets[0]
    rows = max(1, BLOCK_CELLS // file.width)
    for top in range(0, file.height, rows):
        window = Window(0, top, file.width, min(rows, file.height - top))
        block = file.read(1, window=window, masked=True)
        empty = np.ma.getmaskarray(block) | ((block.data == nodata) if nodata is not None else False)
        part = found[top : top + rows]
        part[:] = block.data if (scale, offset) == (1, 0) else block.data * scale + offset
        part[empty] = np.nan
    return found


def check_range(values: npt.NDArray[np.float32], limits: tuple[float, float], message: str, path: Path) -> None:
    """Raise `InputError` with the value that lies farthest outside the limits; the message says `{found}`."""
    low, high = limits
    known = ~np.isnan(values)
    if not known.any():
        return
    least, most = (
        float(np.min(values, initial=np.inf, where=known)),
        float(np.max(values, initial=-np.inf, where=known)),
    )
    if least < low or most > high:
        found = least if low - least > most - high else most
        raise unusable(message, file=path.name, found=f"{found:g}", low=f"{low:g}", high=f"{high:g}")


def to_grid(
    file: rasterio.DatasetReader, values: npt.NDArray[np.float32], work: CRS, *, outside: float, how: str
) -> Warped:
    """The values in the working CRS, as they are where the file is in it already."""
    source = crs_of(file)
    if source == work:
        return Warped(values, tuple(file.bounds), 0.0)
    return warped(
        values, file.transform, source, work, outside=outside, how="nearest" if how == "nearest" else "bilinear"
    )
