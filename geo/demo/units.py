"""Communes, villages, their centres, clusters and people, as the province's offices would send them."""

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.demo.dataset import EVERYWHERE, Complete, DemoLayer, form
from geo.demo.world import World, chance, without_clusters
from geo.measure import Grid

NO_POLYGON = 0.15
NO_POWER = 30
BORDER = ("Mường Lát", "Quan Hóa", "Quan Sơn", "Thường Xuân", "Lang Chánh")
CELL_M = 500.0
ALL = (Complete("", "", EVERYWHERE),)
INTERIOR = "Sở Nội vụ (minh họa)"
CULTURE = "Sở Văn hóa, Thể thao và Du lịch (minh họa)"
STATISTICS = "Thống kê tỉnh (minh họa)"


def named(world: World, villages: pd.Series) -> pd.DataFrame:
    """The four columns by which rows name their commune and village, one row per village id given."""
    found = world.villages.loc[villages]
    names = world.communes["name"].reindex(found["commune"])
    return pd.DataFrame(
        {
            "commune_code": found["commune"].to_numpy(),
            "commune_name": names.to_numpy(),
            "village_code": found.index.to_numpy(),
            "village_name": found["name"].to_numpy(),
        }
    )


def commune(world: World) -> DemoLayer:
    """The 166 communes with approximate shapes; people and households are invented but add up to the census total."""
    rows = world.communes.rename_axis("code").reset_index()
    frame = form("commune", rows, rows.geometry, world.crs)
    return DemoLayer("commune", frame, INTERIOR, date(2025, 7, 1), ALL, published=True)


def village(world: World) -> DemoLayer:
    """The village register; some villages without polygon, some in the mountains without grid electricity."""
    rng = chance(world.seed, "register")
    rows = world.villages.rename_axis("code").reset_index().rename(columns={"commune": "commune_code"})
    remote = np.flatnonzero((rows["region"] == "high") & (rows["people"] > 0))
    dark = rng.choice(remote, NO_POWER, replace=False)
    hard = rng.random(len(rows))
    area_class = pd.Series("I", index=rows.index, dtype="str")
    area_class = area_class.mask(rows["region"] == "midland", "II").mask(rows["region"] == "high", "III")
    area_class = area_class.mask((rows["region"] == "high") & (hard < 0.5), "DBKK")
    area_class = area_class.mask((rows["region"] == "midland") & (hard < 0.2), "DBKK")
    geometry = rows.geometry.mask(rng.random(len(rows)) < NO_POLYGON)
    poor = rows["region"].map({"high": 0.22, "midland": 0.09}).fillna(0.015)
    minority = rows["region"].map({"high": 0.85, "midland": 0.45}).fillna(0.0)
    border = rows["commune_code"].map(world.communes["former_district"]).str.contains("|".join(BORDER))
    area_class = area_class.mask(border & (area_class == "III") & (rng.random(len(rows)) < 0.3), "border")
    rows = rows.assign(
        poor_households=(rows["households"] * poor * rng.uniform(0.5, 1.5, len(rows))).round(),
        minority_people=(rows["people"] * minority * rng.uniform(0.6, 1.1, len(rows))).round(),
        commune_name=rows["commune_code"].map(world.communes["name"]),
        electricity=~rows.index.isin(dark),
        area_class=area_class.mask(rows["region"].isin(["plain", "coast", "town"]), None),
    )
    return DemoLayer(
        "village", form("village", rows, geometry, world.crs), INTERIOR, date(2025, 7, 1), ALL, published=True
    )


def houses(world: World) -> gpd.GeoDataFrame:
    """Cultural houses: most villages one, some none, some two; columns `id, village, region, first`, points."""
    rng = chance(world.seed, "cultural houses")
    places = world.villages[["x", "y", "region"]].rename_axis("village").reset_index()
    have = places[rng.random(len(places)) >= 0.012].assign(first=True)
    extra = world.clusters[~world.clusters["main"]].drop_duplicates("village")
    extra = extra[rng.random(len(extra)) < 0.01].assign(first=False)[["village", "x", "y", "region", "first"]]
    found = pd.concat([have, extra], ignore_index=True).sort_values(["village", "first"], ascending=[True, False])
    found = found.assign(id=[f"NVH-{i:05d}" for i in range(1, len(found) + 1)]).reset_index(drop=True)
    return gpd.GeoDataFrame(found, geometry=gpd.points_from_xy(found["x"], found["y"]), crs=world.crs)


def village_centre(world: World) -> DemoLayer:
    """Cultural houses; a few villages have none, a few have two."""
    found = houses(world)
    rows = pd.concat([found[["id"]], named(world, found["village"])], axis=1)
    rows = rows.assign(name="Nhà văn hóa " + rows["village_name"], kind="cultural_house")
    frame = form("village_centre", rows, found.geometry, world.crs)
    return DemoLayer("village_centre", frame, CULTURE, date(2025, 9, 30), ALL, published=True)


def cluster(world: World) -> DemoLayer:
    """Residential clusters whose households add up to the village's; none where single houses were given instead."""
    addresses, buildings = without_clusters(world)
    found = world.clusters[~world.clusters["commune"].isin([*addresses, *buildings])].reset_index(drop=True)
    number = found.groupby("village").cumcount() + 1
    rows = pd.concat([named(world, found["village"]), found[["households"]]], axis=1)
    rows = rows.assign(id=found["village"] + "-" + number.astype("str"), name="Cụm " + number.astype("str"))
    frame = form("cluster", rows, gpd.points_from_xy(found["x"], found["y"]), world.crs)
    drawn = tuple(world.communes.index.difference([*addresses, *buildings]))
    return DemoLayer("cluster", frame, INTERIOR, date(2025, 9, 30), (Complete("", "", drawn),), published=True)


def population(world: World) -> DemoLayer:
    """People per cell of 500 m: those of each cluster, in the cell that it lies in and the nearest ones."""
    west, south, east, north = world.communes.total_bounds
    west, north = np.floor(west / CELL_M) * CELL_M - CELL_M, np.ceil(north / CELL_M) * CELL_M + CELL_M
    rows, columns = int((north - south) / CELL_M) + 2, int((east - west) / CELL_M) + 2
    values = np.zeros((rows, columns))
    found = world.clusters
    for dx, dy, share in ((0, 0, 0.5), (150, 0, 0.125), (-150, 0, 0.125), (0, 150, 0.125), (0, -150, 0.125)):
        row = ((north - found["y"] - dy) // CELL_M).astype("int64")
        column = ((found["x"] + dx - west) // CELL_M).astype("int64")
        np.add.at(values, (row, column), found["people"] * share)
    bounds = (float(west), float(north - rows * CELL_M), float(west + columns * CELL_M), float(north))
    return DemoLayer("population", Grid(values, bounds, world.crs), STATISTICS, date(2025, 6, 30), ALL, published=True)
