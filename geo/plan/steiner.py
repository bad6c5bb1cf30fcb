"""Light trees that join given places of a graph: exact for few of them, else an approximation made better by exchange.

Mehlhorn, "A faster approximation algorithm for the Steiner problem in graphs", 1988 (rustworkx); Dreyfus and Wagner,
"The Steiner problem in graphs", 1971; exchange of key paths: Uchoa and Werneck, "Fast local search for the Steiner
problem in graphs", 2010.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import rustworkx as rx
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
EXACT = 8  # so many places are joined exactly: 2^(EXACT - 1) searches
EXACT_NODES = 20_000
SAME = 1e-9
NOBODY = -9999  # of scipy: no predecessor


@dataclass(frozen=True)
class Graph:
    """`count` nodes and edges (a, b) of positive weight, no two between the same nodes; `edge` finds them by nodes."""

    count: int
    a: Places
    b: Places
    weight: Numbers
    matrix: csr_array
    edge: dict[tuple[int, int], int]


def graph(count: int, a: Places, b: Places, weight: Numbers) -> Graph:
    """The graph. Raise `ValueError` for edges that are loops, doubled, or not of positive weight."""
    pairs = list(zip(np.minimum(a, b).tolist(), np.maximum(a, b).tolist(), strict=True))
    edge = {pair: at for at, pair in enumerate(pairs)}
    if len(edge) < len(pairs) or (a == b).any() or not (weight > 0).all():
        raise ValueError("edges must join two nodes once, with a positive weight")
    both = (np.concatenate([weight, weight]), (np.concatenate([a, b]), np.concatenate([b, a])))
    return Graph(count, a, b, weight, csr_array(coo_array(both, shape=(count, count))), edge)


def steiner(known: Graph, terminals: Collection[int], *, rounds: int = 5) -> tuple[list[int], bool]:
    """Positions of the edges of a light tree that joins the terminals, and whether it is proved the lightest.

    All terminals must be connected. `rounds`: how often all key paths are looked at again.
    """
    ends = sorted(set(terminals))
    if len(ends) < 2:
        return [], True
    if len(ends) <= EXACT and known.count <= EXACT_NODES:
        return sorted(_exact(known, ends)), True
    tree = min((_mehlhorn(known, ends), _closure(known, ends)), key=lambda t: (_weight(known, t), sorted(t)))
    for _ in range(rounds):
        better = _exchanged(known, tree, frozenset(ends))
        better = _inserted(known, better, frozenset(ends)) if known.count <= 500 else better
        if _weight(known, better) >= _weight(known, tree) - SAME:
            break
        tree = better
    return sorted(tree), False


def _weight(known: Graph, tree: Collection[int]) -> float:
    return float(known.weight[list(tree)].sum())


def _mehlhorn(known: Graph, ends: list[int]) -> set[int]:
    made = rx.PyGraph(multigraph=False)
    made.add_nodes_from(range(known.count))
    made.add_edges_from(list(zip(known.a.tolist(), known.b.tolist(), range(len(known.a)), strict=True)))
    found = rx.steiner_tree(made, ends, lambda at: float(known.weight[at]))
    return _pruned(known, set(found.edges()), frozenset(ends))


def _closure(known: Graph, ends: list[int]) -> set[int]:
    """By the shortest paths between all terminals (Kou, Markowsky and Berman 1981); their spanning tree, pruned."""
    far, before = dijkstra(known.matrix, directed=False, indices=ends, return_predecessors=True)
    joined, away = {0}, far[:, ends]
    nearest, reach = np.zeros(len(ends), dtype=int), away[0].copy()
    used: set[int] = set()
    while len(joined) < len(ends):
        reach[list(joined)] = np.inf
        new = int(reach.argmin())
        used |= set(_path(known, before[nearest[new]], ends[new]))
        joined.add(new)
        nearest = np.where(away[new] < reach, new, nearest)
        reach = np.minimum(reach, away[new])
    nodes = {int(n) for at in used for n in (known.a[at], known.b[at])}
    return _pruned(known, _spanning(known, nodes), frozenset(ends))


def _path(known: Graph, before: Places, end: int) -> Iterator[int]:
    """Edges from `end` back to where the search began."""
    while before[end] != NOBODY:
        nxt = int(before[end])
        yield known.edge[min(end, nxt), max(end, nxt)]
        end = nxt


def _spanning(known: Graph, nodes: set[int]) -> set[int]:
    """The lightest spanning tree (or forest) of the edges between these nodes."""
    inside = np.zeros(known.count, dtype=bool)
    inside[list(nodes)] = True
    edges = np.flatnonzero(inside[known.a] & inside[known.b])
    parent = {n: n for n in nodes}
    kept: set[int] = set()
    for at in edges[np.argsort(known.weight[edges], kind="stable")].tolist():
        one, other = _root(parent, int(known.a[at])), _root(parent, int(known.b[at]))
        if one != other:
            parent[one] = other
            kept.add(at)
    return kept


def _root(parent: dict[int, int], node: int) -> int:
    while parent[node] != node:
        parent[node] = node = parent[parent[node]]
    return node


def _neighbours(known: Graph, tree: Collection[int]) -> dict[int, set[int]]:
    """Edges of the tree by node."""
    found: dict[int, set[int]] = {}
    for at in sorted(tree):
        found.setdefault(int(known.a[at]), set()).add(at)
        found.setdefault(int(known.b[at]), set()).add(at)
    return found


def _other(known: Graph, at: int, node: int) -> int:
    return int(known.b[at]) if int(known.a[at]) == node else int(known.a[at])


def _pruned(known: Graph, tree: set[int], ends: frozenset[int]) -> set[int]:
    """The tree without branches that end nowhere."""
    around, kept = _neighbours(known, tree), set(tree)
    loose = [n for n, own in around.items() if len(own) == 1 and n not in ends]
    while loose:
        node = loose.pop()
        if len(around[node]) != 1:
            continue
        at = around[node].pop()
        kept.discard(at)
        beyond = _other(known, at, node)
        around[beyond].discard(at)
        if len(around[beyond]) == 1 and beyond not in ends:
            loose.append(beyond)
    return kept


def _key_paths(known: Graph, tree: set[int], ends: frozenset[int]) -> list[list[int]]:
    """Edges of each path of the tree whose inner nodes are no terminals and have no branch, heaviest path first."""
    around = _neighbours(known, tree)
    found, seen = list[list[int]](), set[int]()
    for key in sorted(n for n, own in around.items() if n in ends or len(own) > 2):
        for first in sorted(around[key]):
            path, node, at = list[int](), key, first
            while first not in seen:
                path.append(at)
                node = _other(known, at, node)
                if node in ends or len(around[node]) != 2:
                    seen |= set(path)
                    found.append(path)
                    break
                at = next(e for e in around[node] if e != at)
    return sorted(found, key=lambda p: (-_weight(known, p), p))


def _exchanged(known: Graph, tree: set[int], ends: frozenset[int]) -> set[int]:
    """The tree with each key path replaced where a lighter way joins the two parts that it joins."""
    current = set(tree)
    for path in _key_paths(known, current, ends):
        around = _neighbours(known, current)
        inner = [n for n in _nodes(known, path) if sum(at in around.get(n, ()) for at in path) == 2]
        if not current.issuperset(path) or any(len(around[n]) != 2 for n in inner):
            continue  # an earlier exchange took it, or joined another way to it
        part = _part(known, around, set(path), next(n for n in _nodes(known, path) if n not in inner))
        rest = {n for n in around if n not in part and n not in inner}
        way = _lighter(known, part, rest, _weight(known, path))
        if way is not None:
            current = current - set(path) | set(way)
    return _pruned(known, current, ends)


def _nodes(known: Graph, path: list[int]) -> list[int]:
    return sorted({int(n) for at in path for n in (known.a[at], known.b[at])})


def _part(known: Graph, around: dict[int, set[int]], without: set[int], start: int) -> set[int]:
    found, waiting = {start}, [start]
    while waiting:
        node = waiting.pop()
        for at in around[node] - without:
            beyond = _other(known, at, node)
            if beyond not in found:
                found.add(beyond)
                waiting.append(beyond)
    return found


def _lighter(known: Graph, part: set[int], rest: set[int], weight: float) -> list[int] | None:
    """The lightest way between the two parts if it is lighter than that."""
    starts, goals = sorted((sorted(part), sorted(rest)), key=len)
    far, before, _ = dijkstra(
        known.matrix, directed=False, indices=starts, return_predecessors=True, min_only=True, limit=weight
    )
    goal = goals[int(np.argmin(far[goals]))]
    return list(_path(known, before, goal)) if far[goal] < weight - SAME else None


def _inserted(known: Graph, tree: set[int], ends: frozenset[int]) -> set[int]:
    """The tree after taking each node in or out that makes it lighter; for small graphs."""
    current = set(tree)
    for node in range(known.count):
        nodes = {int(n) for at in current for n in (known.a[at], known.b[at])}
        if node in ends:
            continue
        tried = nodes ^ {node}
        spanning = _spanning(known, tried)
        if len(spanning) == len(tried) - 1:
            pruned = _pruned(known, spanning, ends)
            if _weight(known, pruned) < _weight(known, current) - SAME:
                current = pruned
    return current


def _exact(known: Graph, ends: list[int]) -> set[int]:
    """The lightest tree by dynamic programming over sets of terminals."""
    *others, root = ends
    size, count = 1 << len(others), known.count
    best, before = np.full((size, count), np.inf), np.full((size, count), NOBODY, dtype=np.intp)
    split = np.zeros((size, count), dtype=np.intp)
    for at, end in enumerate(others):
        best[1 << at], before[1 << at] = dijkstra(known.matrix, directed=False, indices=end, return_predecessors=True)
    for mask in (m for m in range(1, size) if m & (m - 1)):
        sub = (mask - 1) & mask
        while sub > mask // 2:
            both = best[sub] + best[mask ^ sub]
            nearer = both < best[mask]
            best[mask][nearer], split[mask][nearer] = both[nearer], sub
            sub = (sub - 1) & mask
        best[mask], before[mask] = _spread(known, best[mask])
    return _backtracked(known, before, split, (size - 1, root))


def _spread(known: Graph, start: Numbers) -> tuple[Numbers, Places]:
    """Distances where each node may be begun at with a cost; predecessors as of scipy."""
    ready = np.flatnonzero(np.isfinite(start))
    origin = known.count
    edges = known.matrix.tocoo()
    row = np.concatenate([edges.coords[0], np.full(len(ready), origin)])
    column = np.concatenate([edges.coords[1], ready])
    weight = np.concatenate([edges.data, start[ready] + 1])  # 1 more, as a weight of 0 is no edge
    whole = csr_array(coo_array((weight, (row, column)), shape=(origin + 1, origin + 1)))
    far, before = dijkstra(whole, directed=True, indices=origin, return_predecessors=True)
    return far[:-1] - 1, np.where(before[:-1] == origin, NOBODY, before[:-1])


def _backtracked(known: Graph, before: Places, split: Places, goal: tuple[int, int]) -> set[int]:
    used, waiting = set[int](), [goal]
    while waiting:
        mask, node = waiting.pop()
        while before[mask, node] != NOBODY:
            nxt = int(before[mask, node])
            used.add(known.edge[min(node, nxt), max(node, nxt)])
            node = nxt
        sub = int(split[mask, node])
        if sub:
            waiting += [(sub, node), (mask ^ sub, node)]
    return used
