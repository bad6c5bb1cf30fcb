"""From what is asked to rows: filters, order and pages over the rows and columns that one person sees."""

import numpy as np

from api.ogc.collections import Collection, Flags, Rows
from api.ogc.features_asked import SERVED, Wanted
from api.ogc.filters import Filter
from api.ogc.filters_space import fitting


def matched(seen: Collection, asked: Wanted) -> Rows:
    """Rows of the table that fit, in the order asked for. `Problem` 400 for a filter that cannot be used."""
    kept = _kept(seen, asked)
    places: Rows = np.arange(len(seen.rows)) if kept is None else np.flatnonzero(kept)
    if asked.sort:
        places = places[_order(seen, asked, places)]
    found: Rows = seen.rows[places]
    return found


def _kept(seen: Collection, asked: Wanted) -> Flags | None:
    """Which of the rows that are seen fit; None for all."""
    masks = []
    if asked.box is not None:
        masks.append(_of_shapes(seen, fitting(seen, "s_intersects", asked.box)))
    if asked.between is not None and seen.table.day in seen.names:
        masks.append(_of_days(seen, asked))
    masks += [_equal(seen, name, value) for name, value in asked.equal]
    if asked.tree is not None:
        masks.append(Filter(seen, SERVED[asked.filter_crs]).mask(asked.tree))
    return np.logical_and.reduce(masks) if masks else None


def _of_shapes(seen: Collection, shapes: Flags) -> Flags:
    if not len(shapes):
        return np.zeros(len(seen.rows), dtype=bool)
    return np.asarray(shapes[seen.at] & (seen.at >= 0))


def _of_days(seen: Collection, asked: Wanted) -> Flags:
    """Rows of a day between both ends; what has no day does not fit."""
    day = seen.table.columns[seen.table.day].values[seen.rows]
    low, high = asked.between or (None, None)
    fits = ~np.isnat(day)
    fits &= True if low is None else day >= low
    fits &= True if high is None else day <= high
    return np.asarray(fits)


def _equal(seen: Collection, name: str, value: object) -> Flags:
    return np.asarray(seen.table.columns[name].values[seen.rows] == value, dtype=bool)


def _order(seen: Collection, asked: Wanted, places: Rows) -> Rows:
    """Positions in order: the first column asked for decides first; what is missing comes last either way."""
    keys = []
    for name, falling in reversed(asked.sort):
        place = seen.table.columns[name].places[seen.rows[places]]
        keys.append(np.where(np.isnan(place), np.inf, -place if falling else place))
    return np.lexsort(keys)
