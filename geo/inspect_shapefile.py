"""Look through a loose Shapefile: its header, its index and its table must agree (ESRI Shapefile description, 1998)."""

from pathlib import Path

import numpy as np

from geo.inspect_dbf import check_dbf
from geo.inspect_excess import beyond
from geo.limits import Limits
from geo.unusable import unusable

HEADER, MAGIC, KINDS = 100, 9994, {0, 1, 3, 5, 8, 11, 13, 15, 18, 21, 23, 25, 28, 31}


def inspect_shapefile(path: Path, limits: Limits) -> None:
    """Raise `InputError` for what is damaged, beyond the limits, or does not belong together."""
    for suffix in (".dbf", ".shx"):
        if not path.with_suffix(suffix).is_file():
            raise unusable(
                "{file} came without its {suffix}; send .shp, .shx, .dbf and .prj together, best in one ZIP",
                code="sidecar_wrong",
                file=path.name,
                suffix=suffix,
            )
    size = checked_header(path, path)
    index = path.with_suffix(".shx")
    entries = (checked_header(index, path) - HEADER) // 8
    if entries > limits.features:
        raise beyond(path, limits.features, "too_many_features")
    rows = check_dbf(path.with_suffix(".dbf"), path, limits)
    if rows != entries:
        raise unusable(
            "{file} has {shapes} shapes, but its .dbf has {rows} rows; the files do not belong together",
            code="sidecar_wrong",
            file=path.name,
            shapes=entries,
            rows=rows,
        )
    with index.open("rb") as stream:
        stream.seek(HEADER)
        table = np.frombuffer(stream.read(entries * 8), dtype=">u4").reshape(-1, 2).astype(np.int64) * 2
    if len(table) and (int(table[:, 0].min()) < HEADER or int((table[:, 0] + 8 + table[:, 1]).max()) > size):
        raise unusable(
            "the index (.shx) of {file} points outside the file; the files do not belong together",
            code="sidecar_wrong",
            file=path.name,
        )


def checked_header(part: Path, path: Path) -> int:
    """The size in bytes of a .shp or .shx, which its header must say."""
    with part.open("rb") as stream:
        head = stream.read(HEADER)
    size = part.stat().st_size
    said = int.from_bytes(head[24:28], "big") * 2
    kind = int.from_bytes(head[32:36], "little")
    if (
        len(head) < HEADER
        or int.from_bytes(head[:4], "big") != MAGIC
        or kind not in KINDS
        or not HEADER <= said <= size
    ):
        raise unusable(
            "the {suffix} of {file} is cut short or damaged; send all files of the layer again, best in one ZIP",
            code="format_not_sound" if part == path else "sidecar_wrong",
            file=path.name,
            suffix=part.suffix,
        )
    return said
