"""Fibre of two operators (served areas, nodes, cable) and what communes declare of their households."""

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import distance_matrix

from geo.demo.dataset import EVERYWHERE, Complete, DemoLayer, form
from geo.demo.mobile import OPERATORS, PUBLISHED
from geo.demo.units import named
from geo.demo.world import World, chance

FIBRE_OPERATORS = ("nha-mang-a", "nha-mang-b")
UNSERVED = {"high": 0.035, "midland": 0.012, "plain": 0.0, "coast": 0.0, "town": 0.0}  # villages without any fibre
UNSERVED_CLUSTER = {"high": 0.2, "midland": 0.1, "plain": 0.03, "coast": 0.02, "town": 0.01}  # outer clusters left out
SERVED_M = 450.0
VILLAGES_PER_NODE = 3
NOT_DECLARED = 8
DECLARED = "UBND các xã, phường (minh họa)"


def fibre(world: World) -> list[DemoLayer]:
    """One dataset per operator: a served area per village, nodes at some villages, cable between the nodes.

    Nhà mạng C has none and says so: an empty dataset that is complete everywhere.
    """
    return [_network(world, o) if o in FIBRE_OPERATORS else _no_network(world, o) for o in OPERATORS]


def _no_network(world: World, operator: str) -> DemoLayer:
    frame = form("fibre", pd.DataFrame(index=pd.RangeIndex(0)), [], world.crs)
    sender = f"{OPERATORS[operator]} (minh họa)"
    return DemoLayer(
        "fibre", frame, sender, date(2025, 10, 31), (Complete(operator, "", EVERYWHERE),), PUBLISHED[operator]
    )


def served_clusters(world: World, operator: str | None = None) -> pd.DataFrame:
    """Clusters that fibre passes: A serves nearly all villages, B about half of those; either where none is named."""
    rng = chance(world.seed, "fibre")
    villages, clusters = world.villages, world.clusters
    fibre_villages = villages.index[rng.random(len(villages)) >= villages["region"].map(UNSERVED)]
    left_out = ~clusters["main"] & (rng.random(len(clusters)) < clusters["region"].map(UNSERVED_CLUSTER))
    passed = clusters[clusters["village"].isin(fibre_villages) & ~left_out]
    both = fibre_villages[rng.random(len(fibre_villages)) < 0.5]
    only_b = fibre_villages.difference(both)[rng.random(len(fibre_villages.difference(both))) < 0.06]
    wanted = {None: fibre_villages, "nha-mang-a": fibre_villages.difference(only_b), "nha-mang-b": both.union(only_b)}
    return passed[passed["village"].isin(wanted[operator])]


def _network(world: World, operator: str) -> DemoLayer:
    served = served_clusters(world, operator)
    areas = _served_areas(world, served)
    nodes = _nodes(world, served)
    lines = _cable(world, nodes)
    parts = [("served_area", areas), ("node", nodes[["village", "geometry"]]), ("line", lines)]
    rng = chance(world.seed, f"fibre state {operator}")
    rows = pd.concat([part.assign(kind=kind) for kind, part in parts], ignore_index=True)
    rows = pd.concat([rows, named(world, rows["village"])], axis=1)
    n, letter = len(rows), operator[-1].upper()
    rows = rows.assign(
        id=[f"CQ-{letter}-{i:05d}" for i in range(1, n + 1)],
        operator=operator,
        status=pd.Series(rng.choice(["working", "building", ""], n, p=[0.99, 0.005, 0.005]), dtype="str").replace(
            "", None
        ),
        status_date=pd.Timestamp("2025-10-20"),
        underground=pd.Series(rng.random(n) < 0.12, dtype="boolean").where(rows["kind"] == "line"),
    )
    frame = form("fibre", rows, rows["geometry"], world.crs)
    sender = f"{OPERATORS[operator]} (minh họa)"
    complete = (Complete(operator, "", EVERYWHERE),)
    return DemoLayer("fibre", frame, sender, date(2025, 10, 31), complete, PUBLISHED[operator])


def _served_areas(world: World, served: pd.DataFrame) -> pd.DataFrame:
    """One area per village: 450 m round each cluster that is passed, as far as the village goes."""
    round_each = gpd.GeoSeries(gpd.points_from_xy(served["x"], served["y"])).buffer(SERVED_M, quad_segs=2)
    joined = round_each.groupby(served["village"].to_numpy()).agg(shapely.union_all)
    cell = world.villages.geometry.loc[joined.index].to_numpy()
    inside = shapely.intersection(joined.to_numpy(), cell)
    return pd.DataFrame({"village": joined.index, "geometry": inside})


def _nodes(world: World, served: pd.DataFrame) -> pd.DataFrame:
    """An access node at every third village that is served, beside its middle."""
    found = served[served["main"]].iloc[::VILLAGES_PER_NODE].reset_index(drop=True)
    return found.assign(geometry=gpd.points_from_xy(found["x"] + 40, found["y"] - 25))


def _cable(world: World, nodes: pd.DataFrame) -> pd.DataFrame:
    """The shortest tree between the nodes of each commune."""
    rows = []
    for _, group in nodes.groupby("commune"):
        at = shapely.get_coordinates(group["geometry"].to_numpy())
        tree = minimum_spanning_tree(distance_matrix(at, at)).tocoo()
        ends = np.stack([at[tree.row], at[tree.col]], axis=1)
        rows.append(
            pd.DataFrame({"village": group["village"].to_numpy()[tree.row], "geometry": shapely.linestrings(ends)})
        )
    return pd.concat(rows, ignore_index=True)


def household_internet(world: World) -> DemoLayer:
    """Households passed by fibre, with fibre and with internet, as communes declare them; eight have not."""
    rng = chance(world.seed, "household internet")
    communes = world.communes
    silent = rng.choice(communes.index, NOT_DECLARED, replace=False)
    passed = served_clusters(world).groupby("commune")["households"].sum().reindex(communes.index, fill_value=0)
    ease = communes["region"].map({"high": 0.45, "midland": 0.62, "plain": 0.74, "coast": 0.76, "town": 0.88})
    connected = (communes["households"] * ease * rng.uniform(0.9, 1.1, len(communes))).round()
    connected = connected.clip(upper=communes["households"])
    rows = communes.assign(
        households_passed=passed,
        households_fibre=np.minimum(passed, (connected * 0.93).round()),
        households_internet=connected,
        period="202511",
        evidence="Báo cáo số liệu (minh họa)",
        commune_name=communes["name"],
    )
    rows = rows[~rows.index.isin(silent)].rename_axis("commune_code").reset_index()
    rows = pd.DataFrame(rows).assign(id=[f"HGD-{i:03d}" for i in range(1, len(rows) + 1)])
    complete = (Complete("", "", tuple(rows["commune_code"])),)
    frame = form("household_internet", rows)
    return DemoLayer("household_internet", frame, DECLARED, date(2025, 11, 30), complete, published=True)
