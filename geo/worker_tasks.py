"""What the throw-away process is asked to do with a file. Runs there only, inside all walls."""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from zipfile import BadZipFile

from pyproj.exceptions import CRSError
from shapely.errors import GEOSException

import geo.formats  # noqa: F401  registers every format
from geo.columns import Sheet
from geo.format import FORMATS, Format
from geo.formats.features import refuse_many, refuse_wide
from geo.limits import Limits
from geo.notices import Notice
from geo.unusable import unusable
from geo.wire import needs_file, packed
from geo.worker_photo_task import photo

Options = Mapping[str, str | float | None]
Named = Callable[[str], str]
HEAD = 4096


def sheet(path: Path, limits: Limits, options: Options, named: Named) -> tuple[str, bytes]:
    """The sheet of the file, or of its named sublayer, packed."""
    chosen = recognised(path)
    try:
        if not options.get("uninspected"):
            chosen.inspect(path, limits)
        found = chosen.read(path, str(options.get("sublayer") or ""), limits)
    except (GEOSException, CRSError, BadZipFile, zlib.error, NotImplementedError, UnicodeDecodeError) as error:
        raise unusable("{file} cannot be read: {why}", code="format_not_sound", file=path.name, why=error) from error
    check_size(found, path, limits)
    if found.shapes is not None and needs_file(found.shapes.crs):
        raise unusable(
            "{file} has a CRS that needs a file of shifts, which is not read; export it as WGS 84",
            code="link_forbidden",
            file=path.name,
        )
    notices = tuple(reworded(n, named) for n in found.notices)
    return "sheet", packed(replace(found, notices=notices, format=found.format or chosen.name))


def raster(path: Path, limits: Limits, options: Options, named: Named) -> tuple[str, bytes]:
    """The one band of a GeoTIFF, written anew as a plain GeoTIFF."""
    from geo.inspect_raster import inspect_raster  # noqa: PLC0415  imports rasterio
    from geo.read_raster import rewritten  # noqa: PLC0415

    if not options.get("uninspected"):
        inspect_raster(path, limits)
    return "raster", rewritten(path, limits)


def recognised(path: Path) -> Format:
    """The format of the file by its content, which its name must agree with; `InputError` otherwise."""
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    if not head:
        raise unusable("{file} is empty; send it again", code="file_empty", file=path.name)
    fits = [f for f in FORMATS.values() if f.fits(head)]
    named = [f for f in fits if path.suffix in f.suffixes]
    if named:
        return named[0]
    if not fits:
        raise unusable(
            "{file}: its content is of no format that is read, whatever its name says; export it again, for example as "
            "GeoPackage or XLSX",
            code="format_unknown",
            file=path.name,
        )
    raise unusable(
        "{file} holds {found}, but its name ends in {suffix}; give it the ending {right}, or export it again",
        code="format_mismatch",
        file=path.name,
        found=" / ".join(f.title for f in fits),
        suffix=path.suffix,
        right=" / ".join(dict.fromkeys(s for f in fits for s in f.suffixes)),
    )


def check_size(sheet: Sheet, path: Path, limits: Limits) -> None:
    """Raise `InputError` where the table is beyond the limits, whatever its reader checked."""
    refuse_many(len(sheet.cells), path, limits)
    refuse_wide(len(sheet.headers), path, limits)
    for at, header in enumerate(sheet.headers):
        column = sheet.cells.iloc[:, at].tolist()
        long = next((i for i, v in enumerate(column) if isinstance(v, str) and len(v) > limits.value), None)
        if long is not None or len(header) > limits.value:
            raise unusable(
                "{file}: row {row}, column {column} holds more than {most} characters; shorten it",
                code="value_too_long",
                file=path.name,
                row=0 if long is None else sheet.cells.index[long],
                column=header[:40],
                most=limits.value,
            )
    if sheet.shapes is not None and (found := int(sheet.shapes.count_coordinates().sum())) > limits.vertices:
        raise unusable(
            "{file} has {found} vertices; at most {most} are read; simplify the shapes or split the file",
            code="too_many_vertices",
            file=path.name,
            found=found,
            most=limits.vertices,
        )


def reworded(notice: Notice, named: Named) -> Notice:
    """The notice with the sender's name of the file."""
    values = tuple((key, named(value)) for key, value in notice.values)
    return replace(notice, value=named(notice.value), values=values)


TASKS: dict[str, Callable[[Path, Limits, Options, Named], tuple[str, bytes]]] = {
    "sheet": sheet, "raster": raster, "photo": photo,
}  # fmt: skip
