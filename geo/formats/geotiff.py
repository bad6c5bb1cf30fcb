"""GeoTIFF: rasters have their own way in (`geo.read_grid`); a raster sent as a layer of rows is told so."""

from pathlib import Path

from geo.columns import Sheet
from geo.format import Format, file_format
from geo.inspect_raster import inspect_raster
from geo.limits import Limits
from geo.unusable import unusable

TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def read(path: Path, sublayer: str, limits: Limits) -> Sheet:
    """A raster has no rows: always `InputError`."""
    del sublayer, limits
    raise unusable(
        "{file} is a raster; only the layers population, terrain and signal take one",
        code="format_mismatch",
        file=path.name,
    )


file_format(Format("geotiff", "GeoTIFF", (".tif", ".tiff"), lambda h: h.startswith(TIFF), inspect_raster, read))
