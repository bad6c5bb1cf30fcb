"""How much of a file is read: one table, two profiles. Knows no format."""

from dataclasses import dataclass, fields

MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one file may hold, and that reading it may take; beyond it the file is refused.

    `unpacked` bytes are those of all members of an archive; where that is more than `packed`, at most `ratio` times its
    own size as well. `depth` is of nested JSON, XML and geometry collections, `pixels` are of a raster.
    """

    packed: int
    raster: int
    unpacked: int
    ratio: int
    members: int
    features: int
    rows: int
    vertices: int
    columns: int
    value: int
    depth: int
    pixels: int
    seconds: int
    memory: int
    result: int


UPLOAD = Limits(
    packed=50 * MB, raster=500 * MB, unpacked=500 * MB, ratio=10, members=200, features=2_000_000, rows=100_000,
    vertices=5_000_000, columns=256, value=64_000, depth=64, pixels=100_000_000, seconds=60, memory=1 << 30,
    result=1 << 30,
)  # fmt: skip
LOCAL = Limits(
    packed=500 * MB, raster=5000 * MB, unpacked=5000 * MB, ratio=100, members=2000, features=20_000_000,
    rows=1_000_000, vertices=50_000_000, columns=2560, value=640_000, depth=64, pixels=1_000_000_000, seconds=600,
    memory=10 << 30, result=10 << 30,
)  # fmt: skip
WORDS = {
    "packed": "bytes of a file",
    "raster": "bytes of a raster",
    "unpacked": "bytes when unpacked",
    "ratio": "times its own size when unpacked",
    "members": "files in an archive",
    "features": "features, or rows of a CSV",
    "rows": "rows of a sheet",
    "vertices": "vertices",
    "columns": "columns",
    "value": "characters of one value",
    "depth": "levels of nesting",
    "pixels": "cells of a raster",
    "seconds": "seconds",
    "memory": "bytes of memory",
    "result": "bytes of what comes out",
}


def table() -> list[tuple[str, int, int]]:
    """Name of every limit, its value for files on this machine and for uploads."""
    return [(f.name, getattr(LOCAL, f.name), getattr(UPLOAD, f.name)) for f in fields(Limits)]
