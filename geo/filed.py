"""Coverage as it was filed: outlines as they are, level maps turned into outlines by the least level of the rules."""

from collections.abc import Mapping
from dataclasses import replace

import geopandas as gpd
import pandas as pd

from geo.data import Data
from geo.signal import Signals, coverage_rows


def with_levels(data: Data, min_dbm: Mapping[str, float]) -> Data:
    """`data` with the level maps as rows of layer `coverage` too, as complete as the maps are stated to be.

    `min_dbm` is the least level per technology. Nothing changes where there are no maps.
    """
    maps = data.layers.get("signal")
    if not isinstance(maps, Signals) or not maps.maps:
        return data
    outlines = data.layers.get("coverage")
    parts = [outlines] if isinstance(outlines, gpd.GeoDataFrame) else []
    rows = pd.concat([*parts, coverage_rows(maps, min_dbm)], ignore_index=True)
    stated = data.completeness[data.completeness["layer"] == "signal"].assign(layer="coverage")
    return replace(
        data,
        layers={**data.layers, "coverage": gpd.GeoDataFrame(rows, crs=data.crs)},
        completeness=pd.concat([data.completeness, stated], ignore_index=True),
    )
