"""Fibre to villages without it: the lightest tree from what stands, its routes, what they cost and who needs which.

A trunk that several villages share is one route, built and paid for once.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from geo.plan.costs import FREE, CostSet, Range
from geo.plan.network import Network
from geo.plan.steiner import NOBODY, graph, steiner

Places = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Tree:
    """`edges` of the network that the villages need, standing cables included; `weight` of what is new.

    `parent`: for each node that is reached the edge towards a source. `unreachable`: `why` by village: `no_place`,
    `far` (from every road and cable), `no_source` (in its part of the network). `proved`: no lighter tree exists.
    """

    edges: Places
    parent: dict[int, int]
    sources: dict[int, str]
    villages: dict[int, str]
    unreachable: pd.Series
    weight: float
    proved: bool


def fibre_tree(network: Network, sources: Collection[str], villages: Collection[str], *, rounds: int = 5) -> Tree:
    """A light tree that joins the villages to the sources, each to any of them; standing cables are free."""
    why = {v: network.apart[v] for v in villages if v in network.apart}
    begin = {network.at[s]: s for s in sorted(sources, reverse=True) if s in network.at}
    ends = {network.at[v]: v for v in sorted(villages, reverse=True) if v in network.at}
    count, edges = len(network.xy), network.edges
    a, b = edges["a"].to_numpy(dtype=np.intp), edges["b"].to_numpy(dtype=np.intp)
    _, island = connected_components(_matrix(count, a, b, np.ones(len(a))), directed=False)
    lit = set(island[list(begin)].tolist())
    why |= {v: "no_source" for v in villages if v in network.at and island[network.at[v]] not in lit}
    reached = {n: v for n, v in ends.items() if island[n] in lit}
    new, proved = _lightest(network, list(begin), list(reached), rounds)
    used = edges["existing"].to_numpy(dtype=bool).copy()
    used[new] = True
    parent = _parents(network, used, list(begin))
    own = sorted({e for n in reached for e in _upwards(network, parent, n)})
    unreachable = pd.Series(why, dtype=object, name="why").sort_index()
    weight = float(edges["weight"].to_numpy()[new].sum())
    return Tree(np.array(own, dtype=np.intp), parent, begin, reached, unreachable, weight, proved)


def _matrix(count: int, a: Places, b: Places, weight: npt.NDArray[np.float64]) -> csr_array:
    return csr_array(coo_array((weight, (a, b)), shape=(count, count)))


def _lightest(network: Network, begin: list[int], ends: list[int], rounds: int) -> tuple[Places, bool]:
    """New edges of a Steiner tree after all that is free, and all sources, are one node each."""
    edges, count = network.edges, len(network.xy)
    a, b = edges["a"].to_numpy(dtype=np.intp), edges["b"].to_numpy(dtype=np.intp)
    weight = edges["weight"].to_numpy(dtype=float)
    free = weight <= 0
    joined = np.array([begin[:1] * len(begin), begin], dtype=np.intp)
    links = np.hstack([np.vstack([a[free], b[free]]), joined])
    _, label = connected_components(_matrix(count, links[0], links[1], np.ones(links.shape[1])), directed=False)
    table = pd.DataFrame({
        "low": np.minimum(label[a], label[b]), "high": np.maximum(label[a], label[b]), "weight": weight,
        "edge": np.arange(len(a)),
    })  # fmt: skip
    table = table[table["low"] != table["high"]].sort_values(["low", "high", "weight", "edge"])
    table = table.drop_duplicates(["low", "high"])
    terminals = {int(label[n]) for n in [*begin[:1], *ends]}
    known = graph(
        int(label.max()) + 1 if count else 0,
        table["low"].to_numpy(), table["high"].to_numpy(), table["weight"].to_numpy(),
    )  # fmt: skip
    islands = _by_island(known.matrix, terminals)
    found = [steiner(known, own, rounds=rounds) for own in islands]
    chosen = [at for tree, _ in found for at in tree]
    return table["edge"].to_numpy()[chosen].astype(np.intp), all(proved for _, proved in found)


def _by_island(matrix: csr_array, terminals: set[int]) -> list[list[int]]:
    """Terminals by part of the graph. All sources are one node, so this is one list unless there are none."""
    if not terminals:
        return []
    _, island = connected_components(matrix, directed=False)
    found: dict[int, list[int]] = {}
    for node in sorted(terminals):
        found.setdefault(int(island[node]), []).append(node)
    return list(found.values())


def _parents(network: Network, used: Flags, begin: list[int]) -> dict[int, int]:
    """For each node the edge towards the nearest source along the edges in use."""
    edges, count = network.edges[used], len(network.xy)
    if not begin:
        return {}
    a, b = edges["a"].to_numpy(dtype=np.intp), edges["b"].to_numpy(dtype=np.intp)
    matrix = _matrix(count, a, b, np.maximum(edges["length_m"].to_numpy(dtype=float), 1e-6))
    _, before, _ = dijkstra(matrix, directed=False, indices=sorted(begin), return_predecessors=True, min_only=True)
    at = {(min(x, y), max(x, y)): int(e) for x, y, e in zip(a.tolist(), b.tolist(), edges.index, strict=True)}
    return {int(n): at[min(n, int(p)), max(n, int(p))] for n, p in enumerate(before) if p != NOBODY}


def _upwards(network: Network, parent: dict[int, int], node: int) -> list[int]:
    """Edges from a node to its source."""
    found, a, b = list[int](), network.edges["a"].to_numpy(), network.edges["b"].to_numpy()
    while node in parent:
        found.append(parent[node])
        node = int(b[parent[node]] if a[parent[node]] == node else a[parent[node]])
    return found


def routes(network: Network, tree: Tree, costs: CostSet, *, laid: str = "pole") -> gpd.GeoDataFrame:
    """The tree as routes between sources, villages and branchings, sources first, by id (`f1`, `f2` …).

    Columns: `from, to` (ids of places, else `n<node>`), `upstream` (the route before it, "" at a source), `existing`,
    `length_m` (on the ellipsoid), `terrain` (of most of its length), `crossings`, `basis` (`straight` where any of it
    is), `villages` (how many it serves, those beyond it included), `low, likely, high` (đồng to build), `yearly` (đồng,
    likeliest), `laid`. Where the terrain is not known the range goes from plain to mountain.
    """
    edges, rows, shapes = network.edges, list[dict[str, Any]](), list[shapely.LineString]()
    below = _served(network, tree)
    for first, chain in _chains(network, tree, below):
        own = edges.loc[chain]
        cost, yearly = _cost(own, costs, laid)
        rows.append({
            "start": first, "end": _far_end(own, first), "existing": bool(own["existing"].all()),
            "length_m": float(own["length_m"].sum()), "crossings": int(own["crossings"].sum()),
            "terrain": own.groupby("terrain")["length_m"].sum().idxmax(),
            "basis": "straight" if (own["basis"] == "straight").any() else str(own["basis"].iloc[0]),
            "villages": below[_far_end(own, first)], "low": cost.low, "likely": cost.likely, "high": cost.high,
            "yearly": yearly, "laid": laid,
        })  # fmt: skip
        shapes.append(_drawn(own, first))
    return _named(network, tree, rows, shapes)


def _served(network: Network, tree: Tree) -> dict[int, int]:
    """How many villages each node serves, itself included."""
    a, b = network.edges["a"].to_numpy(), network.edges["b"].to_numpy()
    found: dict[int, int] = {}
    for village in tree.villages:
        node = village
        found[node] = found.get(node, 0) + 1
        for edge in _upwards(network, tree.parent, village):
            node = int(b[edge] if a[edge] == node else a[edge])
            found[node] = found.get(node, 0) + 1
    return found


def _chains(network: Network, tree: Tree, below: dict[int, int]) -> list[tuple[int, list[int]]]:
    """(node, edges from there on) of every route, those nearer to a source first."""
    a, b, stands = (network.edges[name].to_numpy() for name in ("a", "b", "existing"))
    down: dict[int, list[tuple[int, int]]] = {}
    for edge in tree.edges.tolist():
        child = int(a[edge]) if tree.parent.get(int(a[edge])) == edge else int(b[edge])
        down.setdefault(int(b[edge] if child == a[edge] else a[edge]), []).append((edge, child))
    found, waiting = list[tuple[int, list[int]]](), sorted(n for n in tree.sources if n in down)
    while waiting:
        start = waiting.pop(0)
        for edge, child in down[start]:
            chain, node = [edge], child
            while len(nxt := down.get(node, [])) == 1 and node not in tree.villages and node not in tree.sources:
                if stands[nxt[0][0]] != stands[edge]:
                    break
                chain.append(nxt[0][0])
                node = nxt[0][1]
            found.append((start, chain))
            if node in down:
                waiting.append(node)
    return found


def _far_end(own: gpd.GeoDataFrame, first: int) -> int:
    node = first
    for a, b in zip(own["a"], own["b"], strict=True):
        node = int(b) if a == node else int(a)
    return node


def _drawn(own: gpd.GeoDataFrame, first: int) -> shapely.LineString:
    """One line from `first` on."""
    node, parts = first, list[npt.NDArray[np.float64]]()
    for a, b, shape in zip(own["a"], own["b"], own.geometry, strict=True):
        xy = shapely.get_coordinates(shape)
        parts.append(xy if a == node else xy[::-1])
        node = int(b) if a == node else int(a)
    return shapely.LineString(np.vstack(parts))


def _cost(own: gpd.GeoDataFrame, costs: CostSet, laid: str) -> tuple[Range, int]:
    """What building a route costs, and its likely running in a year; nothing where it stands."""
    if own["existing"].all():
        return FREE, 0
    crossing = costs.costs["fibre_crossing"]
    total, yearly = crossing.build.times(float(own["crossings"].sum())), 0.0
    for terrain, metres in own.groupby("terrain")["length_m"].sum().items():
        known = [costs.costs[f"fibre_{laid}_{t}"] for t in ("plain", "hill", "mountain") if terrain in (t, "unknown")]
        build = Range(low=known[0].build.low, likely=known[len(known) // 2].build.likely, high=known[-1].build.high)
        total = total.plus(build.times(float(metres) / 1000))
        yearly += known[len(known) // 2].yearly.likely * float(metres) / 1000
    return total, round(yearly)


def _named(
    network: Network, tree: Tree, rows: list[dict[str, Any]], shapes: list[shapely.LineString]
) -> gpd.GeoDataFrame:
    names = {**tree.villages, **tree.sources}
    ids = [f"f{n + 1}" for n in range(len(rows))]
    into = {row["end"]: i for i, row in zip(ids, rows, strict=True)}
    made = [
        {"from": names.get(r["start"], f"n{r['start']}"), "to": names.get(r["end"], f"n{r['end']}"),
         "upstream": into.get(r["start"], "")} | {k: v for k, v in r.items() if k not in ("start", "end")}
        for r in rows
    ]  # fmt: skip
    columns = ["from", "to", "upstream", "existing", "length_m", "crossings", "terrain", "basis", "villages"]
    columns += ["low", "likely", "high", "yearly", "laid"]
    frame = pd.DataFrame(made, index=pd.Index(ids, name="route", dtype="str"), columns=columns)
    return gpd.GeoDataFrame(
        frame, geometry=gpd.GeoSeries(shapes, frame.index, network.edges.crs), crs=network.edges.crs
    )
