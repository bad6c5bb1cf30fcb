"""Vector tiles (MVT in one PMTiles file) of public layers, written by GDAL zoom by zoom. Knows no results.

Web Mercator tiles of 4096 units. Borders of `shared` layers are simplified together, so neighbours stay neighbours.
"""

import gzip
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pmtiles.reader import MmapSource, all_tiles
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from geo.crs import to_store

UNITS = 4096  # a tile is so many units wide
SHALLOWEST, DEEPEST = 12, 14  # between these the deepest zoom is chosen
ACROSS = 64  # units that the smallest area has to be wide at the deepest zoom
ROOMY = {"MAX_SIZE": 50_000_000, "MAX_FEATURES": 10_000_000}  # bytes, features: GDAL would leave features out instead


@dataclass(frozen=True, slots=True)
class TileLayer:
    """A layer of the tiles: plain columns (text, numbers, yes/no), `id` differing in all rows, any CRS.

    It is drawn from zoom `least` on.
    `shared` says that it is polygons with common borders. Features without geometry are in no tile.
    """

    name: str
    title: str
    frame: gpd.GeoDataFrame
    least: int
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Tiled:
    """What was written: first and last zoom, number of tiles, and per layer how many features have a place."""

    first: int
    last: int
    tiles: int
    features: Mapping[str, int]


def write_tiles(path: Path, layers: Sequence[TileLayer], about: Mapping[str, str]) -> Tiled:
    """Write `layers` to `path`; `about` (name, description, attribution …) goes into its metadata.

    At the last zoom nothing is simplified and every feature is there, as a point where its area is too broken to
    draw. `ValueError` where no feature has a place.
    """
    placed = [_placed(layer) for layer in layers]
    placed = [layer for layer in placed if len(layer.frame)]
    if not placed:
        raise ValueError("no feature has a geometry: there is nothing to make tiles of")
    last = deepest(layer.frame for layer in placed if layer.shared)
    tiles: dict[int, list[bytes]] = {}
    with TemporaryDirectory(dir=path.parent, prefix=".tiles-") as folder:
        for layer in placed:
            for zoom in range(layer.least, last + 1):
                part = Path(folder, f"{layer.name}-{zoom}.pmtiles")
                _write_zoom(part, layer.name, _eased(layer, zoom) if zoom < last else layer.frame, zoom)
                if zoom == last:
                    part = _complete(part, layer, zoom)
                _collect(part, tiles)
    bounds = np.array([layer.frame.total_bounds for layer in placed])
    box = (*bounds[:, :2].min(axis=0).tolist(), *bounds[:, 2:].max(axis=0).tolist())
    first = min(layer.least for layer in placed)
    _join(path, tiles, _header(box, first, last), {**about, "vector_layers": [_told(each, last) for each in placed]})
    return Tiled(first, last, len(tiles), {layer.name: len(layer.frame) for layer in placed})


def deepest(frames: Iterable[gpd.GeoDataFrame]) -> int:
    """The first zoom at which the smallest polygon (lon/lat) is `ACROSS` units wide, within the zooms allowed."""
    sides = [np.sqrt(shapely.area(frame.geometry.array)) for frame in frames]
    known = np.concatenate([side[side > 0] for side in sides]) if sides else np.array([])
    fine = (z for z in range(SHALLOWEST, DEEPEST) if len(known) == 0 or ACROSS * unit_degrees(z) <= known.min())
    return next(fine, DEEPEST)


def unit_degrees(zoom: int) -> float:
    """Width of one unit of a tile, in degrees of longitude."""
    return 360.0 / float(2**zoom) / UNITS


def _placed(layer: TileLayer) -> TileLayer:
    there = layer.frame[layer.frame.geometry.notna() & ~layer.frame.geometry.is_empty]
    stored = to_store(there)
    plain = {name: _plain(stored[name]) for name in stored.columns if name != stored.geometry.name}
    shapes = shapely.make_valid(stored.geometry.array, method="structure", keep_collapsed=False)
    frame = gpd.GeoDataFrame(plain, geometry=shapes, crs=stored.crs)
    return TileLayer(layer.name, layer.title, frame, layer.least, layer.shared)


def _plain(values: pd.Series) -> np.ndarray:
    """Values as tiles can hold them: numbers stay numbers, yes/no becomes 1 and 0, days are ISO text."""
    if pd.api.types.is_datetime64_any_dtype(values):
        values = values.dt.strftime("%Y-%m-%d")
    if pd.api.types.is_bool_dtype(values) or pd.api.types.is_numeric_dtype(values):
        return values.astype("float64").to_numpy()
    text: np.ndarray = values.astype(object).where(values.notna(), None).map(_text).to_numpy(dtype=object)
    return text


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _write_zoom(path: Path, name: str, frame: gpd.GeoDataFrame, zoom: int) -> None:
    pyogrio.write_dataframe(
        frame, path, layer=name, driver="PMTiles", geometry_type="Unknown",
        dataset_options={"MINZOOM": zoom, "MAXZOOM": zoom, "EXTENT": UNITS, "NAME": name, **ROOMY},
    )  # fmt: skip


def _complete(path: Path, layer: TileLayer, zoom: int) -> Path:
    """The file, written once more with points for features that GDAL left out because of their shape."""
    found = pyogrio.read_dataframe(path, layer=layer.name, columns=["id"], read_geometry=False)
    lost = ~layer.frame["id"].isin(found["id"])
    if not lost.any():
        return path
    again = path.with_name(f"{layer.name}-complete.pmtiles")
    shapes = layer.frame.geometry.where(~lost, layer.frame.geometry.representative_point())
    _write_zoom(again, layer.name, layer.frame.set_geometry(shapes), zoom)
    return again


def _eased(layer: TileLayer, zoom: int) -> gpd.GeoDataFrame:
    """The layer with its common borders as coarse as the units of that zoom."""
    shapes = layer.frame.geometry
    return layer.frame.set_geometry(_simplified(shapes, unit_degrees(zoom))) if layer.shared else layer.frame


def _simplified(shapes: gpd.GeoSeries, tolerance: float) -> gpd.GeoSeries:
    areas = shapes.geom_type.isin(["Polygon", "MultiPolygon"])
    if not areas.any():
        return shapes
    return shapes.where(~areas, shapes[areas].simplify_coverage(tolerance).reindex(shapes.index))


def _collect(path: Path, tiles: dict[int, list[bytes]]) -> None:
    with path.open("rb") as stream:
        if path.stat().st_size == 0:
            return
        for (zoom, x, y), content in all_tiles(MmapSource(stream)):  # type: ignore[no-untyped-call]  # pmtiles has no types
            tiles.setdefault(zxy_to_tileid(zoom, x, y), []).append(gzip.decompress(content))


def _join(path: Path, tiles: Mapping[int, list[bytes]], header: dict[str, object], about: dict[str, object]) -> None:
    """One file; layers of one tile stand one after the other, as the format allows."""
    with path.open("wb") as stream:
        writer = Writer(stream)  # type: ignore[no-untyped-call]  # pmtiles has no types
        for number in sorted(tiles):
            writer.write_tile(number, gzip.compress(b"".join(tiles[number]), 9, mtime=0))  # type: ignore[no-untyped-call]  # pmtiles has no types
        writer.finalize(header, about)  # type: ignore[no-untyped-call]  # pmtiles has no types


def _header(box: tuple[float, ...], first: int, last: int) -> dict[str, object]:
    west, south, east, north = (round(degrees * 1e7) for degrees in box)
    widest = max(box[2] - box[0], box[3] - box[1], 1e-6)
    return {
        "tile_type": TileType.MVT, "tile_compression": Compression.GZIP,
        "min_lon_e7": west, "min_lat_e7": south, "max_lon_e7": east, "max_lat_e7": north,
        "center_lon_e7": (west + east) // 2, "center_lat_e7": (south + north) // 2,
        "center_zoom": min(max(math.floor(math.log2(360 / widest)), first), last),
    }  # fmt: skip


def _told(layer: TileLayer, last: int) -> dict[str, object]:
    """The entry of a layer in the metadata, as TileJSON 3.0 has it."""
    columns = [name for name in layer.frame.columns if name != layer.frame.geometry.name]
    fields = {name: "Number" if layer.frame[name].dtype == "float64" else "String" for name in columns}
    return {"id": layer.name, "description": layer.title, "fields": fields, "minzoom": layer.least, "maxzoom": last}
