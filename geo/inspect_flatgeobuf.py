"""Look through a FlatGeobuf: its header and the lengths of its features must add up to the file.

Header fields as in `header.fbs` of flatgeobuf 3: 7 columns, 8 features_count, 9 index_node_size.
"""

import struct
from pathlib import Path

from geo.inspect_excess import beyond
from geo.limits import Limits
from geo.unusable import unusable

MAGIC, LARGEST_HEADER = b"fgb\x03fgb", 10_000_000
COLUMNS, COUNT, NODE_SIZE = 7, 8, 9


def inspect_flatgeobuf(path: Path, limits: Limits) -> None:
    """Raise `InputError` for what is damaged or beyond the limits."""
    content = path.read_bytes()
    try:
        header = 12 + length_at(content, 8)
        if not content.startswith(MAGIC) or header > min(len(content), LARGEST_HEADER):
            raise struct.error("header")
        columns = vector_length(content, field(content, COLUMNS))
        count = number(content, field(content, COUNT), "<Q", 0)
        node = number(content, field(content, NODE_SIZE), "<H", 16)
        if columns > limits.columns:
            raise beyond(path, limits.columns, "too_many_columns")
        if count > limits.features:
            raise beyond(path, limits.features, "too_many_features")
        check_features(content, header + index_size(count, node), count)
    except struct.error as error:
        raise unusable(
            "{file} is not a sound FlatGeobuf ({why}); export it again",
            code="format_not_sound",
            file=path.name,
            why=str(error)[:60],
        ) from error


def length_at(content: bytes, at: int) -> int:
    """The unsigned 32-bit number at a place; `struct.error` beyond the end."""
    return int(struct.unpack_from("<I", content, at)[0])


def field(content: bytes, number: int) -> int:
    """Where a field of the header's table stands, 0 where it is not given."""
    root = 12 + length_at(content, 12)
    table = root - struct.unpack_from("<i", content, root)[0]
    size = struct.unpack_from("<H", content, max(table, 0))[0]
    if 4 + 2 * number >= size:
        return 0
    offset = struct.unpack_from("<H", content, table + 4 + 2 * number)[0]
    return root + offset if offset else 0


def number(content: bytes, at: int, kind: str, missing: int) -> int:
    """The number of a field."""
    return int(struct.unpack_from(kind, content, at)[0]) if at else missing


def vector_length(content: bytes, at: int) -> int:
    """How many entries a field that is a vector has."""
    return length_at(content, at + length_at(content, at)) if at else 0


def index_size(count: int, node: int) -> int:
    """Bytes of the packed R-tree of that many features, 0 without one."""
    if node < 2 or not count:
        return 0
    total, level = count, -(-count // node)
    while level > 1:
        total += level
        level = -(-level // node)
    return 40 * (total + 1)  # the root stands above even a single feature


def check_features(content: bytes, at: int, count: int) -> None:
    """Raise `struct.error` unless features follow each other to the end, `count` of them where that is said."""
    found = 0
    while at < len(content):
        at += 4 + length_at(content, at)
        found += 1
    if at != len(content) or (count and found != count):
        raise struct.error(f"{found}/{count}")
