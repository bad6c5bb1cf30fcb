"""FlatGeobuf."""

from dataclasses import replace
from pathlib import Path

from geo.columns import Sheet
from geo.format import Format, file_format
from geo.formats.features import features
from geo.inspect_flatgeobuf import inspect_flatgeobuf
from geo.limits import Limits


def read(path: Path, sublayer: str, limits: Limits) -> Sheet:
    """The features of the one layer."""
    return replace(features(str(path), path, sublayer, limits), format="flatgeobuf")


file_format(
    Format("flatgeobuf", "FlatGeobuf", (".fgb",), lambda head: head.startswith(b"fgb\x03"), inspect_flatgeobuf, read)
)
