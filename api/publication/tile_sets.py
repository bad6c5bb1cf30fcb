"""What OGC API Tiles says about our tiles: sets, the grid, links (OGC 20-057, 17-083r4)."""

import math
from collections.abc import Mapping
from typing import Any

from api.publication.tiles import MEDIA, TileSet

GRID = "WebMercatorQuad"
GRID_URI = f"http://www.opengis.net/def/tilematrixset/OGC/1.0/{GRID}"
CRS_URI = "http://www.opengis.net/def/crs/EPSG/0/3857"
HALF = math.pi * 6378137.0  # metres from the middle of the grid to its edge
PIXEL_M = 0.00028  # the side of a pixel that scales are told for
DEEPEST = 24
CLASSES = [
    *(
        f"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/{name}"
        for name in ("core", "tileset", "tilesets-list", "dataset-tilesets", "geodata-tilesets", "mvt")
    ),
    "http://www.opengis.net/spec/tms/2.0/conf/tilematrixset",
    "http://www.opengis.net/spec/tms/2.0/conf/json-tilematrixset",
    "http://www.opengis.net/spec/tms/2.0/conf/json-tilesetmetadata",
]


def link(address: str, rel: str, media: str, title: str, *, templated: bool = False) -> dict[str, Any]:
    """A link as OGC APIs write it."""
    return {"href": address, "rel": rel, "type": media, "title": title} | ({"templated": True} if templated else {})


def grid(origin: str) -> dict[str, Any]:
    """The tile matrix set WebMercatorQuad, zooms 0 to `DEEPEST`."""
    return {
        "id": GRID, "title": "Google Maps Compatible for the World", "uri": GRID_URI, "crs": CRS_URI,
        "orderedAxes": ["X", "Y"], "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "tileMatrices": [_matrix(zoom) for zoom in range(DEEPEST + 1)],
        "links": [link(f"{origin}/ogc/tileMatrixSets/{GRID}", "self", "application/json", GRID)],
    }  # fmt: skip


def _matrix(zoom: int) -> dict[str, Any]:
    cell = 2 * HALF / (256 * 2**zoom)
    return {
        "id": str(zoom), "scaleDenominator": cell / PIXEL_M, "cellSize": cell, "cornerOfOrigin": "topLeft",
        "pointOfOrigin": [-HALF, HALF], "tileWidth": 256, "tileHeight": 256, "matrixWidth": 2**zoom,
        "matrixHeight": 2**zoom,
    }  # fmt: skip


def tileset(base: str, title: str, layers: Mapping[str, Mapping[str, Any]], tiles: TileSet, run: str) -> dict[str, Any]:
    """The metadata of one set of tiles below the address `base`; `layers` as in the file's own metadata."""
    template = f"{base}/{GRID}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}?run={run}"
    first = min(layer["minzoom"] for layer in layers.values())
    links = [
        link(f"{base}/{GRID}", "self", "application/json", title),
        link(GRID_URI, "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme", "application/json", GRID),
        link(template, "item", MEDIA, title, templated=True),
        link(f"{base}/{GRID}?f=tilejson", "describedby", "application/json", "TileJSON"),
    ]
    west, south, east, north = tiles.box
    return {
        "title": title, "dataType": "vector", "crs": CRS_URI, "tileMatrixSetURI": GRID_URI, "links": links,
        "tileMatrixSetLimits": [_limits(zoom, tiles.box) for zoom in range(first, tiles.last + 1)],
        "boundingBox": {"lowerLeft": [west, south], "upperRight": [east, north],
                        "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"},
        "layers": [_layer(name, layer) for name, layer in layers.items()],
    }  # fmt: skip


def _layer(name: str, layer: Mapping[str, Any]) -> dict[str, Any]:
    kinds = {"Number": "number", "String": "string"}
    properties = {field: {"type": kinds[kind]} for field, kind in layer["fields"].items()}
    return {"id": name, "title": layer["description"], "dataType": "vector",
            "minTileMatrix": str(layer["minzoom"]), "maxTileMatrix": str(layer["maxzoom"]),
            "propertiesSchema": {"type": "object", "properties": properties}}  # fmt: skip


def _limits(zoom: int, box: tuple[float, float, float, float]) -> dict[str, Any]:
    west, north = _cell(zoom, box[0], box[3])
    east, south = _cell(zoom, box[2], box[1])
    return {"tileMatrix": str(zoom), "minTileRow": north, "maxTileRow": south, "minTileCol": west, "maxTileCol": east}


def _cell(zoom: int, longitude: float, latitude: float) -> tuple[int, int]:
    """Column and row of the tile that holds a place."""
    across = (longitude + 180) / 360
    down = (1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2
    most = 2**zoom - 1
    return min(int(across * 2**zoom), most), min(int(down * 2**zoom), most)


def tilejson(base: str, layers: Mapping[str, Mapping[str, Any]], tiles: TileSet, run: str) -> dict[str, Any]:
    """TileJSON 3.0 of the same set."""
    said = {name: tiles.metadata[name] for name in ("name", "description") if tiles.metadata.get(name)}
    return {
        "tilejson": "3.0.0", **said, "scheme": "xyz",
        "tiles": [f"{base}/{GRID}/{{z}}/{{y}}/{{x}}?run={run}"],
        "minzoom": min(layer["minzoom"] for layer in layers.values()), "maxzoom": tiles.last,
        "bounds": list(tiles.box), "vector_layers": list(layers.values()),
    }  # fmt: skip
