"""Single houses of a few communes where nobody has drawn residential clusters: addresses or buildings."""

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.demo.dataset import Complete, DemoLayer, form
from geo.demo.units import named
from geo.demo.world import World, chance, without_clusters

SPREAD_M = 90.0
POST = "Vpostcode (minh họa)"
SURVEY = "Sở Nông nghiệp và Môi trường (minh họa)"


def address(world: World) -> DemoLayer:
    """One address for every household of two communes."""
    found = _homes(world, without_clusters(world)[0])
    rows = named(world, found["village"]).assign(id=[f"VP-{i:06d}" for i in range(1, len(found) + 1)])
    frame = form("address", rows, gpd.points_from_xy(found["x"], found["y"]), world.crs)
    complete = (Complete("", "", tuple(without_clusters(world)[0])),)
    return DemoLayer("address", frame, POST, date(2025, 8, 31), complete, published=True)


def building(world: World) -> DemoLayer:
    """The outline of every house of two other communes; who lives in it is not said."""
    found = _homes(world, without_clusters(world)[1])
    rows = named(world, found["village"]).assign(id=[f"NHA-{i:06d}" for i in range(1, len(found) + 1)])
    x, y = found["x"].to_numpy(), found["y"].to_numpy()
    frame = form("building", rows, shapely.box(x - 4, y - 6, x + 4, y + 6), world.crs)
    complete = (Complete("", "", tuple(without_clusters(world)[1])),)
    return DemoLayer("building", frame, SURVEY, date(2025, 8, 31), complete, published=True)


def _homes(world: World, communes: list[str]) -> pd.DataFrame:
    """One row per household of these communes: `village, x, y`, scattered round its cluster."""
    rng = chance(world.seed, f"homes {communes}")
    clusters = world.clusters[world.clusters["commune"].isin(communes)]
    each = clusters.loc[clusters.index.repeat(clusters["households"]), ["village", "x", "y"]].reset_index(drop=True)
    far, angle = SPREAD_M * np.sqrt(rng.random(len(each))), rng.uniform(0, 2 * np.pi, len(each))
    return each.assign(x=each["x"] + far * np.cos(angle), y=each["y"] + far * np.sin(angle))
