"""A short way through some places: nearest neighbour, then 2-opt (Croes 1958) until no exchange shortens it."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
SAME_M = 1e-6


class Tour(NamedTuple):
    """`order` of the places, the first once more at the end where it is closed; `metres` between all of them."""

    order: list[int]
    metres: Numbers

    @property
    def length_m(self) -> float:
        """Metres of the whole way."""
        return float(self.metres[self.order[:-1], self.order[1:]].sum())


def tour(metres: Numbers, *, closed: bool) -> Tour:
    """A way from the first place through all others (n, n distances), back to it if `closed`."""
    if not len(metres):
        return Tour([], metres)
    order, left = [0], set(range(1, len(metres)))
    while left:
        nearest = min(left, key=lambda n: (metres[order[-1], n], n))
        order.append(nearest)
        left.discard(nearest)
    order += [0] if closed and len(order) > 1 else []
    while _shortened(order, metres, closed=closed):
        pass
    return Tour(order, metres)


def _shortened(order: list[int], metres: Numbers, *, closed: bool) -> bool:
    """Turn one stretch round where that shortens the way; say whether there was one."""
    last = len(order) - 1
    for i in range(1, last):
        for j in range(i + 1, last if closed else last + 1):
            before = metres[order[i - 1], order[i]]
            after = metres[order[i - 1], order[j]]
            if j < last:
                before += metres[order[j], order[j + 1]]
                after += metres[order[i], order[j + 1]]
            if after < before - SAME_M:
                order[i : j + 1] = order[i : j + 1][::-1]
                return True
    return False
