"""Mobile networks of three operators: coverage with gaps in the mountains, and the stations it comes from."""

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.demo.dataset import EVERYWHERE, Complete, DemoLayer, form
from geo.demo.units import named
from geo.demo.world import Points, World, chance, unsurveyed

OPERATORS = {"nha-mang-a": "Nhà mạng A", "nha-mang-b": "Nhà mạng B", "nha-mang-c": "Nhà mạng C"}
TECHNOLOGIES = ("3G", "4G", "5G")
FILED_AS_LEVELS = {("nha-mang-b", "5G")}  # as a raster: geo.demo.levels
PUBLISHED = {"nha-mang-a": True, "nha-mang-b": True, "nha-mang-c": False}
NOT_FILED = {("nha-mang-c", "5G"): 20}  # communes for which an operator has said nothing of a technology
SITES = {  # share of villages with a site, by operator and region
    "nha-mang-a": {"high": 0.42, "midland": 0.45, "plain": 0.42, "coast": 0.42, "town": 0.6},
    "nha-mang-b": {"high": 0.34, "midland": 0.4, "plain": 0.38, "coast": 0.38, "town": 0.55},
    "nha-mang-c": {"high": 0.14, "midland": 0.22, "plain": 0.3, "coast": 0.3, "town": 0.45},
}
REACH_M = {
    "3G": {"high": 4300, "midland": 3600, "plain": 2600, "coast": 2600, "town": 1900},
    "4G": {"high": 3900, "midland": 3200, "plain": 2300, "coast": 2300, "town": 1600},
    "5G": {"high": 0, "midland": 0, "plain": 0, "coast": 1200, "town": 1100},
}
BLANK = {"high": 0.07, "midland": 0.03}  # villages in a dead spot of the terrain
HOLLOW = {"high": 0.07, "midland": 0.04, "plain": 0.01}  # one outer cluster in a dead spot
CORNERS = 24


def coverage(world: World) -> list[DemoLayer]:
    """One dataset per operator; Nhà mạng C says nothing of 5G for 20 communes, which is not the same as having none."""
    dark = _dead_spots(world)
    return [_filed(world, operator, dark) for operator in OPERATORS]


def bts(world: World) -> list[DemoLayer]:
    """One dataset per operator, its sites with the technologies they transmit."""
    return [_stations(world, operator) for operator in OPERATORS]


def _filed(world: World, operator: str, dark: shapely.Geometry) -> DemoLayer:
    working = sites(world, operator)
    working = working[working["status"] == "working"]
    filed = [t for t in TECHNOLOGIES if (operator, t) not in FILED_AS_LEVELS]
    parts = {t: shapely.get_parts(_reached(working, t, dark)) for t in filed}
    each = [len(parts[t]) for t in filed]
    rows = pd.DataFrame({"technology": np.repeat(filed, each), "operator": operator})
    rows = rows.assign(id=[f"{operator}-{i:04d}" for i in range(1, len(rows) + 1)])
    frame = form("coverage", rows, np.concatenate([parts[t] for t in filed]), world.crs)
    complete = tuple(Complete(operator, t, _stated(world, operator, t)) for t in filed)
    return DemoLayer("coverage", frame, _sender(operator), date(2025, 10, 31), complete, PUBLISHED[operator])


def _stated(world: World, operator: str, technology: str) -> tuple[str, ...]:
    silent = NOT_FILED.get((operator, technology), 0)
    if not silent:
        return EVERYWHERE
    return tuple(world.communes.index.difference(unsurveyed(world, f"{operator} {technology}", silent)))


def _reached(sites: pd.DataFrame, technology: str, dark: shapely.Geometry) -> shapely.Geometry:
    """Union of what each site reaches, without the dead spots; on a grid of 1 m."""
    reach: Points = np.array(sites["region"].map(REACH_M[technology]), dtype=np.float64)
    have = (reach > 0) & sites["technology"].str.contains(technology).to_numpy()
    at, rough = sites.loc[have, ["x", "y"]].to_numpy("float64"), sites.loc[have, "rough"].to_numpy("float64")
    shapes = _stars(at, reach[have], rough)
    return shapely.set_precision(shapely.difference(shapely.unary_union(shapes), dark), 1.0)


def _stars(at: Points, reach: Points, rough: Points) -> Points:
    """A polygon round each point, uneven as terrain makes it; `rough` 0..1 turns it."""
    angle = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    wave = 1 + 0.14 * np.sin(3 * angle + 7 * rough[:, None]) + 0.08 * np.sin(5 * angle + 13 * rough[:, None])
    far = reach[:, None] * wave
    found: Points = shapely.polygons(
        np.stack([at[:, :1] + far * np.cos(angle), at[:, 1:] + far * np.sin(angle)], axis=2)
    )
    return found


def sites(world: World, operator: str) -> pd.DataFrame:
    """Sites near village middles: `village, region, x, y, technology, height_m, shared, status, rough`."""
    rng = chance(world.seed, f"sites {operator}")
    places = world.villages[["region", "x", "y"]].rename_axis("village").reset_index()
    places = places[rng.random(len(places)) < places["region"].map(SITES[operator])].reset_index(drop=True)
    n = len(places)
    five = places["region"].isin(["town", "coast"]) & (rng.random(n) < places["region"].map({"town": 0.7}).fillna(0.3))
    status = rng.choice(["working", "broken", "building", ""], n, p=[0.965, 0.015, 0.01, 0.01])
    found: pd.DataFrame = places.assign(
        x=places["x"] + rng.normal(0, 60, n),
        y=places["y"] + rng.normal(0, 60, n),
        technology=np.where(five, "3G,4G,5G", np.where(rng.random(n) < 0.03, "3G", "3G,4G")),
        height_m=rng.choice([18.0, 24.0, 30.0, 36.0, 42.0, 45.0], n),
        shared=rng.random(n) < 0.2,
        status=pd.Series(status, dtype="str").replace("", None),
        rough=rng.random(n),
    )
    return found


def _dead_spots(world: World) -> shapely.Geometry:
    """Valleys that no signal reaches: round some whole villages, and round one outer cluster of others."""
    rng = chance(world.seed, "dead spots")
    villages = world.villages[world.villages["people"] > 0]
    blank = villages[rng.random(len(villages)) < villages["region"].map(BLANK).fillna(0.0)]
    outer = world.clusters[~world.clusters["main"]].drop_duplicates("village")
    outer = outer[rng.random(len(outer)) < outer["region"].map(HOLLOW).fillna(0.0)]
    whole = _stars(blank[["x", "y"]].to_numpy(), np.full(len(blank), 900.0), rng.random(len(blank)))
    part = _stars(outer[["x", "y"]].to_numpy(), np.full(len(outer), 320.0), rng.random(len(outer)))
    return shapely.unary_union(np.concatenate([whole, part]))


def _stations(world: World, operator: str) -> DemoLayer:
    found = sites(world, operator)
    letter = operator[-1].upper()
    rows = pd.concat([found.drop(columns="village"), named(world, found["village"])], axis=1)
    rows = rows.assign(
        id=[f"{letter}-TH-{i:04d}" for i in range(1, len(rows) + 1)],
        name="Trạm " + rows["village_name"],
        operator=operator,
        kind=np.where(rows["height_m"] > 20, "cột tự đứng", "cột dây co"),
        status_date=pd.Timestamp("2025-10-15"),
    )
    frame = form("bts", rows, gpd.points_from_xy(found["x"], found["y"]), world.crs)
    complete = tuple(Complete(operator, t, EVERYWHERE) for t in TECHNOLOGIES)
    return DemoLayer("bts", frame, _sender(operator), date(2025, 10, 31), complete, PUBLISHED[operator])


def _sender(operator: str) -> str:
    return f"{OPERATORS[operator]} (minh họa)"
