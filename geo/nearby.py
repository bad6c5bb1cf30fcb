"""Points so near to each other that they are one place."""

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]


def groups(xy: Numbers, within_m: float, kind: Places | None = None) -> Places:
    """Group of each point, from 0: points within `within_m` metres, of one `kind`, share it, also in chains.

    Groups are numbered in the order in which their first point stands.
    """
    if not len(xy):
        return np.empty(0, dtype=np.intp)
    tree = shapely.STRtree(shapely.points(xy))
    a, b = tree.query(tree.geometries, predicate="dwithin", distance=within_m)
    if kind is not None:
        alike = kind[a] == kind[b]
        a, b = a[alike], b[alike]
    linked = coo_array((np.ones(len(a), dtype=bool), (a, b)), shape=(len(xy), len(xy)))
    _, label = connected_components(linked, directed=False)
    _, first, place = np.unique(label, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[place]


def centres(xy: Numbers, group: Places) -> Numbers:
    """Mean point of each group, (groups, 2)."""
    count = np.bincount(group)
    return np.column_stack([np.bincount(group, weights=xy[:, axis]) / count for axis in (0, 1)])
