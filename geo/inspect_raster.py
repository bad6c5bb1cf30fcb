"""Look through a GeoTIFF by its tags: pixels, blocks that lie inside the file, no circle of directories.

Tags as in TIFF 6.0, and BigTIFF with 8-byte offsets.
"""

import struct
from pathlib import Path
from typing import NamedTuple

from geo.limits import Limits
from geo.unusable import unusable

WIDTH, HEIGHT, BITS, PACKING, STRIPS, SAMPLES, STRIP_BYTES = 256, 257, 258, 259, 273, 277, 279
TILE_WIDTH, TILE_HEIGHT, TILES, TILE_BYTES = 322, 323, 324, 325
KNOWN = {
    1,
    5,
    7,
    8,
    32773,
    32946,
    34887,
    34925,
    50000,
    50001,
}  # of them JPEG, LERC, zstd
SIZES = {1: "B", 2: "B", 3: "H", 4: "I", 6: "b", 7: "B", 8: "h", 9: "i", 11: "f", 12: "d", 16: "Q", 17: "q", 18: "Q"}
DIRECTORIES, LARGEST_BLOCK = 64, 1 << 29


class Kind(NamedTuple):
    """How numbers are written: byte order, and the formats of offsets, of counts of tags, and of tags."""

    order: str
    offset: str
    entries: str
    tag: str


def inspect_raster(path: Path, limits: Limits) -> None:
    """Raise `InputError` for what is damaged, no GeoTIFF, or beyond the limits."""
    content = path.read_bytes()
    order = {b"II": "<", b"MM": ">"}.get(content[:2])
    if order is None:
        raise unusable(
            "{file} is not a {format}, as its name says", code="format_mismatch", file=path.name, format="GeoTIFF"
        )
    try:
        big = struct.unpack_from(order + "H", content, 2)[0] == 43
        kind = Kind(order, "Q", "Q", "HHQ8s") if big else Kind(order, "I", "H", "HHI4s")
        at, seen = struct.unpack_from(order + kind.offset, content, 8 if big else 4)[0], set[int]()
        while at:
            if at in seen or len(seen) >= DIRECTORIES:
                raise struct.error("directories")
            seen.add(at)
            tags, at = directory(content, at, kind)
            check_directory(content, tags, path, limits)
        if not seen:
            raise struct.error("no directory")
    except (struct.error, OverflowError, MemoryError) as error:
        raise unusable(
            "{file} is not a sound GeoTIFF ({why}); export it again",
            code="format_not_sound",
            file=path.name,
            why=str(error)[:60],
        ) from error


def directory(content: bytes, at: int, kind: Kind) -> tuple[dict[int, tuple[int, ...]], int]:
    """The whole numbers of the tags that matter, and where the next directory stands (0: nowhere)."""
    count = struct.unpack_from(kind.order + kind.entries, content, at)[0]
    at += struct.calcsize(kind.order + kind.entries)
    size = struct.calcsize(kind.order + kind.tag)
    if count > 4096:
        raise struct.error(f"{count} tags")
    tags = dict[int, tuple[int, ...]]()
    for n in range(count):
        number, form, values, place = struct.unpack_from(kind.order + kind.tag, content, at + n * size)
        if number in MATTER and form in SIZES:
            if number in tags:
                raise struct.error("tags")  # twice; reading a long one thousands of times would take hours
            tags[number] = numbers(content, place, (form, values), kind)[: None if number in BLOCKS else 1]
    return tags, struct.unpack_from(kind.order + kind.offset, content, at + count * size)[0]


MATTER = {WIDTH, HEIGHT, BITS, PACKING, STRIPS, SAMPLES, STRIP_BYTES, TILE_WIDTH, TILE_HEIGHT, TILES, TILE_BYTES}
BLOCKS = {STRIPS, STRIP_BYTES, TILES, TILE_BYTES}


def numbers(content: bytes, place: bytes, said: tuple[int, int], kind: Kind) -> tuple[int, ...]:
    """The values of a tag, which stand in it where they fit, else where it points."""
    form, count = said
    one = SIZES[form]
    size = struct.calcsize("<" + one) * count
    if size > len(content):
        raise struct.error(f"{count} values")
    if size <= len(place):
        return struct.unpack_from(f"{kind.order}{count}{one}", place)
    return struct.unpack_from(f"{kind.order}{count}{one}", content, struct.unpack(kind.order + kind.offset, place)[0])


def check_directory(content: bytes, tags: dict[int, tuple[int, ...]], path: Path, limits: Limits) -> None:
    """Raise `InputError` for too many pixels, `struct.error` for blocks outside the file or an unknown packing."""
    one = {number: values[0] for number, values in tags.items() if values}
    width, height = one.get(WIDTH, 0), one.get(HEIGHT, 0)
    if width * height > limits.pixels:
        raise unusable(
            "{file} has {cells} cells; at most {most} are read",
            code="raster_too_large",
            file=path.name,
            cells=width * height,
            most=limits.pixels,
        )
    if width < 1 or height < 1 or one.get(PACKING, 1) not in KNOWN or one.get(SAMPLES, 1) > 64:
        raise struct.error("size or packing")
    if one.get(TILE_WIDTH, 1) * one.get(TILE_HEIGHT, 1) * (one.get(BITS, 8) // 8 or 1) > LARGEST_BLOCK:
        raise struct.error("tile")
    places, lengths = tags.get(TILES) or tags.get(STRIPS, ()), tags.get(TILE_BYTES) or tags.get(STRIP_BYTES, ())
    if not places or (lengths and len(places) != len(lengths)):
        raise struct.error("blocks")
    if lengths and max(a + n for a, n in zip(places, lengths, strict=True)) > len(content):
        raise struct.error("cut short")
