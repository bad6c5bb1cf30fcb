"""GeoPackage."""

from dataclasses import replace
from pathlib import Path

from geo.columns import Sheet
from geo.format import Format, file_format
from geo.formats.features import features
from geo.inspect_geopackage import inspect_geopackage
from geo.limits import Limits

SQLITE = b"SQLite format 3\x00"


def read(path: Path, sublayer: str, limits: Limits) -> Sheet:
    """The features of a layer."""
    return replace(features(str(path), path, sublayer, limits), format="geopackage")


file_format(
    Format("geopackage", "GeoPackage", (".gpkg",), lambda head: head.startswith(SQLITE), inspect_geopackage, read)
)
