"""The operator-file doctor: what a layer's shapes need once they are in metres, as its declaration `mends` says."""

import geopandas as gpd
import pandas as pd

from geo.cables import line_findings, repeated_lines
from geo.coverages import mended_polygons
from geo.layer import Layer
from geo.notices import Notice
from geo.sectors import with_sectors


def mended_shapes(frame: pd.DataFrame, layer: Layer) -> tuple[pd.DataFrame, list[Notice]]:
    """The same rows, their shapes repaired where that is sure, and all findings. `frame` is in the working CRS.

    Points become sectors before polygons are made valid. Lines stay as they were sent: findings say what is wrong with
    them, and `geo.clean` repairs them in the clean export. An error rejects its row.
    """
    if not layer.mends or not isinstance(frame, gpd.GeoDataFrame) or frame.empty:
        return frame, []
    notices: list[Notice] = []
    if "sectors" in layer.mends:
        frame, found = with_sectors(frame, layer)
        notices += found
    if "polygons" in layer.mends:
        frame, found = mended_polygons(frame, layer)
        notices += found
    if "cables" in layer.mends:
        notices += line_findings(frame, layer)
    if "repeats" in layer.mends:
        notices += repeated_lines(frame, layer)
    return frame, notices
