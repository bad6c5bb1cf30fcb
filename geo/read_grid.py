"""The population grid from a GeoTIFF, opened as nothing else."""

from pathlib import Path

import numpy as np
import rasterio
from pyproj import CRS
from rasterio.errors import RasterioError

from geo.measure import Grid
from geo.read_vector import not_a, start
from geo.unusable import unusable

MAX_CELLS = 100_000_000
TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def read_grid(path: Path, *, work: CRS, nodata: float | None = None) -> Grid:
    """The one band of a GeoTIFF as people per cell, NaN where the file has no data.

    The grid must be in the working CRS: people cannot be resampled without blurring who lives where, so another CRS is
    refused with the command that converts and keeps the sum. `nodata` is for files that do not say it.
    Raise `InputError` also for a file without CRS, a rotated one, several bands, or negative people.
    """
    if path.suffix.lower() not in (".tif", ".tiff") or start(path, 4) not in TIFF:
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
