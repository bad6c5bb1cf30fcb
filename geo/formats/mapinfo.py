"""MapInfo: TAB (with its .dat, .map, .id beside it) and MIF (with its .mid)."""

from dataclasses import replace
from pathlib import Path

from geo.columns import Sheet
from geo.format import Format, file_format
from geo.formats.features import features
from geo.inspect_mif import inspect_mif
from geo.inspect_tab import inspect_tab
from geo.limits import Limits


def read(path: Path, sublayer: str, limits: Limits) -> Sheet:
    """The features; text whose encoding the file does not say comes as one character for each byte."""
    try:
        sheet, legacy = features(str(path), path, sublayer, limits), ""
    except UnicodeDecodeError:
        sheet, legacy = features(str(path), path, sublayer, limits, encoding="ISO-8859-1"), "latin-1"
    return replace(sheet, format="mapinfo", legacy=legacy)


file_format(Format("tab", "MapInfo TAB", (".tab",), lambda h: h.lstrip()[:6].lower() == b"!table", inspect_tab, read))
file_format(
    Format(
        "mif",
        "MapInfo MIF",
        (".mif",),
        lambda h: h.lstrip()[:7].lower() == b"version" and b"delimiter" in h.lower(),
        inspect_mif,
        read,
    )
)
