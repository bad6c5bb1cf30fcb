"""Fibre routes: never longer than networkx's trees, the lightest on small graphs, a shared trunk counted once."""

from itertools import combinations

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import plan_world
import pytest
from conftest import SOUTH, WEST, WORK, often, spot
from shapely import LineString

from geo.geodesic import length_m
from geo.layer import LAYERS
from geo.measure import Grid
from geo.ofds import network_package
from geo.ofds_check import ofds_findings
from geo.plan.fibre import fibre_tree, routes
from geo.plan.fibre_items import fibre_items
from geo.plan.fibre_layer import planned_fibre
from geo.plan.network import Laying, road_network, straight_network
from geo.plan.steiner import graph, steiner
from geo.read import ReadOptions, read_rows
from geo.read_costs import load_costs
from geo.write_ofds import write_ofds_geojson


def network(seed: int, count: int, spare: int):
    """Random points joined by a random tree and by `spare` edges more, by distance or by chance."""
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 100, (count, 2))
    pairs = {(int(rng.integers(0, n)), n) for n in range(1, count)}
    pairs |= {tuple(sorted(map(int, rng.choice(count, 2, replace=False)))) for _ in range(spare)}
    a, b = np.array(sorted(pairs)).T
    known = graph(count, a, b, np.hypot(*(xy[a] - xy[b]).T) + rng.uniform(0.1, 20, len(a)))
    return known, rng.choice(count, size=rng.integers(3, count // 2), replace=False).tolist()


def as_networkx(known):
    made = nx.Graph()
    made.add_weighted_edges_from(zip(known.a.tolist(), known.b.tolist(), known.weight.tolist(), strict=True))
    return made


def lightest(known, terminals):
    """By trying every set of further nodes."""
    whole, best = as_networkx(known), np.inf
    others = [n for n in range(known.count) if n not in terminals]
    for size in range(len(others) + 1):
        for more in combinations(others, size):
            part = whole.subgraph([*terminals, *more])
            if nx.is_connected(part):
                best = min(best, nx.minimum_spanning_tree(part).size("weight"))
    return best


def joins(known, tree, terminals) -> bool:
    made = nx.Graph([(int(known.a[e]), int(known.b[e])) for e in tree])
    return nx.is_tree(made) and set(terminals) <= set(made)


def test_trees_are_never_longer_than_those_of_networkx():
    for seed in range(often("random_trees")):
        known, terminals = network(seed, 60, 120)
        tree, _ = steiner(known, terminals)
        rivals = [
            nx.algorithms.approximation.steiner_tree(as_networkx(known), terminals, method=m).size("weight")
            for m in ("mehlhorn", "kou")
        ]
        assert joins(known, tree, terminals), seed
        assert known.weight[tree].sum() <= min(rivals) + 1e-9, seed


@pytest.mark.parametrize("seed", range(5))
def test_small_trees_are_the_lightest(seed):
    known, terminals = network(seed, 10, 12)
    tree, proved = steiner(known, terminals)
    assert proved and known.weight[tree].sum() == pytest.approx(lightest(known, terminals))


def test_many_places_are_joined_by_exchange_as_lightly_as_exactly(monkeypatch):
    known, terminals = network(3, 40, 60)
    exact = known.weight[steiner(known, terminals[:7])[0]].sum()
    monkeypatch.setattr("geo.plan.steiner.EXACT", 2)
    tree, proved = steiner(known, terminals[:7])
    assert not proved and exact <= known.weight[tree].sum() <= 1.05 * exact


def lines(*ends) -> gpd.GeoDataFrame:
    shapes = [LineString([spot(*a), spot(*b)]) for a, b in ends]
    return gpd.GeoDataFrame(geometry=shapes, crs=WORK)


def places(**at) -> gpd.GeoSeries:
    return gpd.GeoSeries([p and spot(*p) for p in at.values()], index=list(at), crs=WORK)


# A trunk of 1000 m from the node, then a fork of 300 m to each of two villages.
FORK = lines(((0, 0), (1000, 0)), ((1000, 0), (1000, 300)), ((1000, 0.5), (1000, -300)))
ENDS = places(node=(0, 0), a=(1000, 300), b=(1000, -300))
COSTS = load_costs("thanh-hoa-2026")


def metres(shape) -> float:
    return float(length_m(np.array([shape]), WORK)[0])


def test_a_shared_trunk_is_built_once():
    made = road_network(FORK, ENDS)
    found = routes(made, fibre_tree(made, ["node"], ["a", "b"]), COSTS)
    assert list(found["villages"]) == [2, 1, 1]
    assert list(found["upstream"]) == ["", "f1", "f1"]
    assert found["length_m"].to_numpy() == pytest.approx([metres(s) for s in found.geometry])
    assert found["length_m"].sum() == pytest.approx(metres(FORK.union_all()), abs=1.5)
    per_km = COSTS.costs["fibre_pole_hill"].build.likely  # the terrain is not known: between plain and mountain
    assert found["likely"].sum() == pytest.approx(per_km * found["length_m"].sum() / 1000, abs=3)
    assert found["low"].sum() == pytest.approx(
        COSTS.costs["fibre_pole_plain"].build.low * found["length_m"].sum() / 1000, abs=3
    )


def test_routes_are_items_that_need_the_trunk():
    made = road_network(FORK, ENDS)
    found = fibre_items(routes(made, fibre_tree(made, ["node"], ["a", "b"]), COSTS), pd.Series({"a": "k", "b": "l"}))
    assert set(found.needs.itertuples(index=False, name=None)) == {("f2", "f1"), ("f3", "f1")}
    assert set(found.arrives.index) == {"a", "b"} and found.items.loc["f1", "commune"] in ("k", "l")


def test_standing_cable_costs_nothing_and_is_passed_over():
    cable = lines(((0, 0), (1000, 0))).assign(id="c")
    made = road_network(FORK, ENDS, cables=cable)
    found = routes(made, fibre_tree(made, ["node"], ["a", "b"]), COSTS)
    assert list(found["existing"]) == [True, False, False] and found.loc["f1", "high"] == 0
    items = fibre_items(found, pd.Series({"a": "k", "b": "l"}))
    assert items.needs.empty and len(items.items) == 2


def test_a_cable_beside_a_road_is_left_at_its_bend():
    """Cable 10 m beside the trunk with a bend near the fork: 10 m from the node to it, 10 m to the road, 300 m to the village."""
    cable = gpd.GeoDataFrame(
        {"id": ["c"]}, geometry=[LineString([spot(0, 10), spot(1000, 10), spot(1500, 10)])], crs=WORK
    )
    made = road_network(FORK, ENDS, cables=cable)
    found = routes(made, fibre_tree(made, ["node"], ["b"]), COSTS)
    assert found[~found["existing"]]["length_m"].sum() == pytest.approx(10 + 10 + 300, abs=1.5)


def test_villages_that_cannot_be_reached_are_told_with_the_reason():
    apart = pd.concat([FORK, lines(((5000, 5000), (6000, 5000)))], ignore_index=True)
    made = road_network(apart, places(node=(0, 0), a=(1000, 300), c=(5500, 5000), d=(0, 9000), e=None))
    tree = fibre_tree(made, ["node"], ["a", "c", "d", "e"])
    assert dict(tree.unreachable) == {"c": "no_source", "d": "far", "e": "no_place"}
    assert list(routes(made, tree, COSTS)["to"]) == ["a"]


def test_no_source_and_no_village_are_answers():
    made = road_network(FORK, ENDS)
    assert routes(made, fibre_tree(made, ["node"], []), COSTS).empty
    nothing = fibre_tree(made, [], ["a", "b"])
    assert dict(nothing.unreachable) == {"a": "no_source", "b": "no_source"} and not len(nothing.edges)


def test_a_river_is_worth_a_way_round():
    """Straight 1000 m over a river, or 1400 m round it: 500 m for the crossing turn it."""
    roads = lines(((0, 0), (1000, 0)), ((0, 0), (0, 200)), ((0, 200), (1000, 200)), ((1000, 200), (1000, 0)))
    river = gpd.GeoSeries([LineString([spot(500, -50), spot(500, 50)])], crs=WORK)
    ends = places(node=(0, 0), a=(1000, 0))
    for penalty, crossed in ((300.0, 1), (500.0, 0)):
        made = road_network(roads, ends, barriers=river, laying=Laying(crossing_m=penalty))
        assert routes(made, fibre_tree(made, ["node"], ["a"]), COSTS)["crossings"].sum() == crossed


def test_without_roads_lines_are_straight_and_say_so():
    made = straight_network(places(node=(0, 0), a=(1000, 0), b=(2000, 0)))
    found = routes(made, fibre_tree(made, ["node"], ["a", "b"]), COSTS)
    assert list(found["to"]) == ["a", "b"] and set(found["basis"]) == {"straight"}


def test_terrain_is_read_from_the_slope():
    """Cells of 100 m that rise by 5 m each to the north: 5 % there, level along the rows."""
    heights = Grid(
        np.repeat(np.arange(50.0, 0, -5)[:, None], 10, axis=1), (WEST, SOUTH, WEST + 1000, SOUTH + 1000), WORK
    )
    made = road_network(
        lines(((100, 500), (900, 500)), ((500, 500), (500, 900))), places(a=(100, 500)), elevation=heights
    )
    by = made.edges.assign(steep=made.edges.geometry.bounds["maxy"] > SOUTH + 501)
    assert set(by[by["steep"]]["terrain"]) == {"hill"} and set(by[~by["steep"]]["terrain"]) == {"plain"}


def test_planned_fibre_is_sound_open_fibre_data_and_our_own_reader_reads_it_back(tmp_path):
    """The plan by hand: routes s1 of 50 m and s2 of 100 m, and an access node at the end of each."""
    items = plan_world.plan().items
    items.loc[["fibre/s1", "fibre/s2"], "village"] = ["a", "b"]  # the villages in which they arrive
    layer = planned_fibre(items)
    package, notices = network_package(layer, name="Kế hoạch")
    assert not notices and ofds_findings(package) == []
    spans = {s["id"]: s for s in package["networks"][0]["spans"]}
    assert (spans["fibre/s1"]["end"], spans["fibre/s2"]["start"], spans["fibre/s2"]["end"]) == (
        "fibre/a", "fibre/a", "fibre/b",
    )  # fmt: skip
    write_ofds_geojson(layer, tmp_path, name="Kế hoạch")
    read = [read_rows(tmp_path / f"{n}.geojson", LAYERS["fibre"], areas=None, options=ReadOptions(work=WORK, set_to=(("operator", "vnpt"),)))
            for n in ("nodes", "spans")]  # fmt: skip
    assert [r.frame["id"].tolist() for r in read] == [["fibre/a", "fibre/b"], ["fibre/s1", "fibre/s2"]]
    assert {s for r in read for s in r.frame["status"]} == {"planned"}
    assert read[1].frame["underground"].tolist() == [False, True]
    assert read[1].frame.length.round(1).tolist() == [round(h, 1) for h in items.loc[["fibre/s1", "fibre/s2"]].length]
