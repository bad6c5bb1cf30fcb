"""A clean fibre layer as files of the Open Fibre Data Standard: a JSON package, or GeoJSON of nodes and of spans."""

from datetime import date
from pathlib import Path

import geopandas as gpd

from geo.notices import Notice
from geo.ofds import network_package, ofds_features
from geo.write import write_json


def write_ofds(frame: gpd.GeoDataFrame, path: Path, *, name: str, as_of: date | None = None) -> list[Notice]:
    """Write the network package; say what of the frame it cannot hold. `name` is that of the network."""
    package, notices = network_package(frame, name=name, as_of=as_of)
    write_json(package, path)
    return notices


def write_ofds_geojson(frame: gpd.GeoDataFrame, folder: Path, *, name: str, as_of: date | None = None) -> list[Notice]:
    """Write `nodes.geojson` and `spans.geojson` into the folder, as the standard names them; as `write_ofds`."""
    package, notices = network_package(frame, name=name, as_of=as_of)
    for file, features in zip(("nodes.geojson", "spans.geojson"), ofds_features(package), strict=True):
        write_json(features, folder / file)
    return notices
