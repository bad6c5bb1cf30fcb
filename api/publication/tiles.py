"""Reading vector tiles: one PMTiles file mapped into memory, its directory read once, tiles as they are stored."""

import gzip
import json
import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pmtiles.tile import deserialize_directory, deserialize_header, zxy_to_tileid

from api.problems import Problem

NAME_FIELD, LAYER_FIELD = 0x0A, 0x1A  # tags of the format: a layer in a tile, the name in a layer
MEDIA = "application/vnd.mapbox-vector-tile"


@dataclass(frozen=True, eq=False)
class TileSet:
    """Vector tiles of one run. `entries`: number of a tile → where its bytes are; `metadata` as TileJSON has it.

    `box` is west, south, east, north in degrees.
    """

    data: mmap.mmap
    entries: dict[int, tuple[int, int]]
    first: int
    last: int
    box: tuple[float, float, float, float]
    metadata: dict[str, Any]
    mark: str

    def tile(self, zoom: int, x: int, y: int) -> tuple[bytes, str] | None:
        """The tile packed with gzip and its ETag; none where nothing lies. `Problem` outside of the grid or zooms."""
        if not self.first <= zoom <= self.last or not (0 <= x < 1 << zoom and 0 <= y < 1 << zoom):
            raise Problem("no_such_tile", detail=OUTSIDE, values={"first": self.first, "last": self.last})
        where = self.entries.get(zxy_to_tileid(zoom, x, y))
        if where is None:
            return None
        start, length = where
        return self.data[start : start + length], f'"{self.mark}-{start:x}-{length:x}"'

    def layers(self) -> dict[str, dict[str, Any]]:
        """What the metadata says of each layer."""
        return {layer["id"]: layer for layer in self.metadata["vector_layers"]}


OUTSIDE = "Tiles are there from zoom {first} to {last}; row and column are below 2 to the power of the zoom."


@lru_cache(maxsize=8)
def open_tiles(path: Path, mark: str) -> TileSet:
    """The tiles in a file that never changes; `mark` begins their ETags. `OSError` where it is not there."""
    with path.open("rb") as stream:
        data = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    header = deserialize_header(data[:127])
    said = data[header["metadata_offset"] : header["metadata_offset"] + header["metadata_length"]]
    bounds = [header[name] / 1e7 for name in ("min_lon_e7", "min_lat_e7", "max_lon_e7", "max_lat_e7")]
    root = header["root_offset"], header["root_length"]
    west, south, east, north = bounds
    return TileSet(
        data, dict(_entries(data, header, *root)), header["min_zoom"], header["max_zoom"], (west, south, east, north),
        json.loads(gzip.decompress(said)), mark,
    )  # fmt: skip


def _entries(data: mmap.mmap, header: Any, start: int, length: int) -> Iterator[tuple[int, tuple[int, int]]]:  # noqa: ANN401
    """Every tile of a directory and the directories below it; a run of equal tiles is one entry for each."""
    for entry in deserialize_directory(data[start : start + length]):
        if entry.run_length == 0:
            yield from _entries(data, header, header["leaf_directory_offset"] + entry.offset, entry.length)
        for number in range(entry.tile_id, entry.tile_id + entry.run_length):
            yield number, (header["tile_data_offset"] + entry.offset, entry.length)


def only_layer(packed: bytes, name: str) -> bytes:
    """A packed tile with one of its layers; empty where the tile has nothing of it."""
    found = [part for part, layer in _parts(gzip.decompress(packed)) if layer == name]
    return gzip.compress(b"".join(found), 6, mtime=0) if found else b""


def _parts(tile: bytes) -> Iterator[tuple[bytes, str]]:
    """Each layer of a tile: its bytes, tag and length included, and its name."""
    at = 0
    while at < len(tile):
        if tile[at] != LAYER_FIELD:
            raise ValueError("this is no vector tile")
        size, start = _varint(tile, at + 1)
        yield tile[at : start + size], _name(tile[start : start + size])
        at = start + size


def _name(layer: bytes) -> str:
    """The name of a layer, which may stand anywhere among its fields."""
    at = 0
    while at < len(layer):
        tag, kind = layer[at], layer[at] & 7
        value, at = _varint(layer, at + 1)
        if tag == NAME_FIELD:
            return layer[at : at + value].decode()
        at += value if kind == 2 else 0
    return ""


def _varint(content: bytes, at: int) -> tuple[int, int]:
    """A whole number as protocol buffers write it, and where it ends."""
    value = shift = 0
    while content[at] & 0x80:
        value |= (content[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
    return value | content[at] << shift, at + 1
