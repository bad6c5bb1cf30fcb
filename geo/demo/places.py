"""Key places and digital-society support points of the illustrative province."""

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.demo.dataset import EVERYWHERE, Complete, DemoLayer, form
from geo.demo.units import named
from geo.demo.world import World, chance

ALL = (Complete("", "", EVERYWHERE),)
INTERIOR = "Sở Nội vụ (minh họa)"
SCIENCE = "Sở KH&CN (minh họa)"
MANY = {"market": 1.2, "school": 2.6, "health": 1.0, "heritage": 0.3, "tourism": 0.2, "black_spot": 0.8}
SPOKEN = {
    "office": "Trụ sở UBND", "one_stop": "Bộ phận một cửa", "market": "Chợ", "school": "Trường học",
    "health": "Trạm y tế", "heritage": "Di tích", "tourism": "Điểm du lịch", "black_spot": "Điểm đen giao thông",
}  # fmt: skip


def spots(world: World) -> pd.DataFrame:
    """Where key places are: `kind, village, commune, x, y`; an office and a one-stop shop in each commune."""
    rng = chance(world.seed, "key places")
    heads = world.villages.reset_index().groupby("commune").head(1)[["village", "commune", "x", "y"]]
    found = [
        heads.assign(kind=kind, x=heads["x"] + 350, y=heads["y"] + away)
        for kind, away in (("office", 0), ("one_stop", 25))
    ]
    clusters = world.clusters
    for kind, mean in MANY.items():
        wanted = pd.Series(rng.poisson(mean, len(world.communes)), index=world.communes.index)
        turned = clusters.iloc[rng.permutation(len(clusters))]
        some = turned[turned.groupby("commune").cumcount() < turned["commune"].map(wanted)]
        found.append(some[["village", "commune", "x", "y"]].assign(kind=kind))
    every: pd.DataFrame = pd.concat(found, ignore_index=True)
    return every.sort_values(["commune", "kind", "village"], ignore_index=True)


def key_place(world: World) -> DemoLayer:
    """Offices, markets, schools, health stations and other places that matter."""
    rng = chance(world.seed, "beside key places")
    found = spots(world)
    rows = pd.concat([found[["kind"]], named(world, found["village"])], axis=1)
    rows = rows.assign(
        id=[f"DD-{i:05d}" for i in range(1, len(rows) + 1)], name=rows["kind"].map(SPOKEN) + " " + rows["commune_name"]
    )
    at = gpd.points_from_xy(found["x"] + rng.normal(0, 8, len(found)), found["y"] + rng.normal(0, 8, len(found)))
    return DemoLayer(
        "key_place", form("key_place", rows, at, world.crs), INTERIOR, date(2025, 9, 30), ALL, published=True
    )


def support_point(world: World) -> DemoLayer:
    """A support point beside most commune offices and at some cultural houses; some without a connection."""
    rng = chance(world.seed, "support points")
    found = spots(world)
    offices = found[(found["kind"] == "one_stop") & (rng.random(len(found)) < 0.85)]
    more = world.villages.reset_index()[["village", "commune", "x", "y"]]
    found = pd.concat([offices, more[rng.random(len(more)) < 0.02]], ignore_index=True)
    n = len(found)
    rows = named(world, found["village"]).assign(
        id=[f"HT-{i:04d}" for i in range(1, n + 1)],
        equipped=pd.Series(rng.random(n) < 0.95, dtype="boolean"),
        connected=pd.Series(rng.random(n) < 0.93, dtype="boolean").mask(rng.random(n) < 0.03),
        status="working",
        status_date=pd.Timestamp("2025-10-01"),
    )  # fmt: skip
    rows = rows.assign(name="Điểm hỗ trợ " + rows["village_name"])
    at = np.asarray(gpd.points_from_xy(found["x"] + 10, found["y"] + 15), dtype="object")
    return DemoLayer(
        "support_point", form("support_point", rows, at, world.crs), SCIENCE, date(2025, 11, 15), ALL, published=True
    )
