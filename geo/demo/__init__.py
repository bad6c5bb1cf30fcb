"""The illustrative province: everything a user would import, generated from a seed without reading any of it.

Codes, names, official areas and the total of people are real; everything else is invented, and everything made from it
carries `WATERMARK`.
"""

from functools import cache

import geopandas as gpd
import pandas as pd

from geo.demo import declared, equipment, fixed, ground, homes, levels, mobile, places, tested, units
from geo.demo.dataset import EVERYWHERE, Complete, DemoLayer
from geo.demo.mobile import OPERATORS
from geo.demo.world import VINTAGE, world
from geo.measure import Grid

__all__ = [
    "CRS_NAME",
    "EVERYWHERE",
    "OPERATORS",
    "VINTAGE",
    "WATERMARK",
    "Complete",
    "DemoLayer",
    "demo",
    "demo_layers",
]

WATERMARK = "ILLUSTRATION - not official figures"
CRS_NAME = "EPSG:5897"


@cache
def demo_layers(seed: int = 1) -> tuple[DemoLayer, ...]:
    """The datasets of the demo in the order in which they can be imported: units first, one per sender.

    The same for the same seed. Frames are shared between callers: do not change them.
    """
    made = world(seed)
    return (
        units.commune(made),
        units.village(made),
        units.village_centre(made),
        units.cluster(made),
        units.population(made),
        homes.address(made),
        homes.building(made),
        ground.terrain(made),
        ground.road(made),
        places.key_place(made),
        *mobile.coverage(made),
        levels.signal(made),
        *mobile.bts(made),
        *fixed.fibre(made),
        fixed.household_internet(made),
        equipment.wifi(made),
        equipment.camera(made),
        equipment.loudspeaker(made),
        places.support_point(made),
        tested.measurement(made),
        declared.declared_item(made),
    )


def demo(seed: int = 1) -> dict[str, pd.DataFrame | Grid]:
    """One frame (or grid) per layer, the datasets of all senders below each other."""
    found: dict[str, list[pd.DataFrame]] = {}
    grids: dict[str, Grid] = {}
    for item in demo_layers(seed):
        if isinstance(item.frame_or_grid, Grid):
            grids[item.layer] = item.frame_or_grid
        else:
            found.setdefault(item.layer, []).append(item.frame_or_grid)
    return {**grids, **{layer: _below(frames) for layer, frames in found.items()}}


def _below(frames: list[pd.DataFrame]) -> pd.DataFrame:
    joined = pd.concat(frames, ignore_index=True)
    first = frames[0]
    return (
        gpd.GeoDataFrame(joined, geometry="geometry", crs=first.crs) if isinstance(first, gpd.GeoDataFrame) else joined
    )
