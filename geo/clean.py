"""The rows of a layer as they should have been sent: networks repaired, coverage united, units by their official names.

What is kept after an import stays as it was sent; this is for files that go out again.
"""

import geopandas as gpd
import pandas as pd

from geo.cables import cleaned_lines
from geo.coverages import dissolved
from geo.layer import Layer
from geo.notices import Notice
from geo.units import Units


def cleaned(frame: pd.DataFrame, layer: Layer, units: Units | None = None) -> tuple[pd.DataFrame, list[Notice]]:
    """The layer's own columns and geometry of a checked frame in the working CRS, and a warning for each change.

    Cables are repaired by `geo.cables.cleaned_lines`; coverage becomes one row per operator and technology. Rows that
    name a unit get its code and, where `units` are given, its name. Index 0, 1, …
    """
    shapes = isinstance(frame, gpd.GeoDataFrame) and layer.geometry != "none"
    done = _named(frame.assign(commune_named=frame["commune"]) if layer.name == "village" else frame, units)
    notices: list[Notice] = []
    if shapes and "cables" in layer.mends and len(done):
        done, notices = cleaned_lines(gpd.GeoDataFrame(done), layer)
    if shapes and "sectors" in layer.mends:
        done = dissolved(gpd.GeoDataFrame(done), layer)
    columns = [n for n in layer.names if n in done]
    kept = done[[*columns, frame.geometry.name]] if shapes else pd.DataFrame(done[columns])
    return kept.reset_index(drop=True), notices


def _named(frame: pd.DataFrame, units: Units | None) -> pd.DataFrame:
    """The frame with the codes of the units that its rows name, and their names."""
    for kind, known in (("commune", units.communes if units else None), ("village", units.villages if units else None)):
        named = f"{kind}_named"
        if named not in frame or f"{kind}_code" not in frame:
            continue
        code = frame[named].astype("str").where(frame[named].notna(), frame[f"{kind}_code"])
        frame = frame.assign(**{f"{kind}_code": code})
        if known is not None:
            name = code.map(known["name"].astype("str")).astype("str")
            frame = frame.assign(**{f"{kind}_name": name.where(name.notna(), frame[f"{kind}_name"])})
    return frame
