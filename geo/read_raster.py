"""A GeoTIFF written anew: what is kept was written by us, whatever the sender's file holds besides its one band."""

from pathlib import Path

import rasterio
from rasterio.enums import MaskFlags
from rasterio.errors import RasterioError
from rasterio.io import MemoryFile
from rasterio.windows import Window

from geo.limits import Limits
from geo.read_grid import BLOCK_CELLS, check_raster
from geo.unusable import unusable

NUMBERS = ("uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64")


def rewritten(path: Path, limits: Limits) -> bytes:
    """The band of the raster as the bytes of a plain GeoTIFF: same numbers, nodata, scale, transform and CRS.

    Opened as GeoTIFF and nothing else, its header looked at before anything is read, and read by windows.
    Raise `InputError` where it is too large, not of plain numbers, or damaged.
    """
    try:
        with rasterio.open(path, driver="GTiff") as file:
            check_raster(file, path)
            check_header(file, path, limits)
            return written(file)
    except (RasterioError, ValueError) as error:
        raise unusable("{file} cannot be read: {why}", code="format_not_sound", file=path.name, why=error) from error


def check_header(file: rasterio.DatasetReader, path: Path, limits: Limits) -> None:
    """Raise `InputError` for more cells than allowed, or cells that are no plain numbers."""
    cells = file.width * file.height
    if cells > limits.pixels:
        raise unusable(
            "{file} has {cells} cells; at most {most} are read",
            code="raster_too_large",
            file=path.name,
            cells=cells,
            most=limits.pixels,
        )
    if file.dtypes[0] not in NUMBERS:
        raise unusable(
            "{file} holds cells of kind {kind}; convert it to Float32 with gdal_translate -ot Float32",
            code="format_not_sound",
            file=path.name,
            kind=file.dtypes[0],
        )


def written(file: rasterio.DatasetReader) -> bytes:
    """The band as a tiled, compressed GeoTIFF in memory."""
    profile = {
        "driver": "GTiff", "width": file.width, "height": file.height, "count": 1, "dtype": file.dtypes[0],
        "crs": file.crs, "transform": file.transform, "nodata": file.nodata, "compress": "deflate", "zlevel": 1,
        "tiled": True, "blockxsize": 256, "blockysize": 256, "bigtiff": "IF_SAFER",
    }  # fmt: skip
    rows = max(256, BLOCK_CELLS // file.width // 256 * 256)
    masked = MaskFlags.per_dataset in file.mask_flag_enums[0]
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), MemoryFile() as memory:
        with memory.open(**profile) as made:
            made.scales, made.offsets = file.scales, file.offsets
            for top in range(0, file.height, rows):
                window = Window(0, top, file.width, min(rows, file.height - top))
                made.write(file.read(1, window=window), 1, window=window)
                if masked:
                    made.write_mask(file.read_masks(1, window=window), window=window)
        return bytes(memory.getbuffer())
