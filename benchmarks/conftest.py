"""Sizes of the benchmarks, and how one of ours is compared with the plain way in the same run."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

import pytest

PATIENCE_S = 20  # a plain way that takes this long is not repeated


@dataclass(frozen=True)
class Size:
    """How much is measured, and whether ratios must be reached: at small sizes fixed costs hide them."""

    villages: int
    points: int
    vertices: int
    near: int  # points whose nearest target is asked for
    sites: int
    routes: int
    judged: bool
    rounds: int

    def reaches(self, ratio: float, least: float) -> bool:
        """Whether the ratio is good enough at this size."""
        return not self.judged or ratio >= least


SIZES = {
    "smoke": Size(
        villages=200, points=20_000, vertices=20_000, near=1_000, sites=200, routes=20, judged=False, rounds=1
    ),
    "full": Size(
        villages=4357, points=1_500_000, vertices=700_000, near=20_000, sites=5_000, routes=400, judged=True, rounds=3
    ),
}


@pytest.fixture(scope="session")
def size() -> Size:
    """`HATANGSO_BENCH=smoke|full`, smoke unless said."""
    return SIZES[os.environ.get("HATANGSO_BENCH", "smoke")]


@pytest.fixture
def beside(benchmark, size, request):
    """Measure ours (the benchmark) and the plain way, note both and their ratio, give both results and the ratio.

    Both by the `timer` of the benchmark mark.
    """
    timer = request.node.get_closest_marker("benchmark").kwargs["timer"]

    def compare(ours: Callable[[], object], plain: Callable[[], object]):
        plain_s: list[float] = []
        while len(plain_s) < size.rounds and sum(plain_s) < PATIENCE_S:
            begin = timer()
            expected = plain()
            plain_s.append(timer() - begin)
        found = benchmark.pedantic(ours, rounds=size.rounds)
        ratio = median(plain_s) / benchmark.stats.stats.median if benchmark.enabled else float("inf")
        benchmark.extra_info |= {"plain_s": round(median(plain_s), 3), "ratio": round(ratio, 2)}
        print(f"\n{benchmark.name}: plain {median(plain_s):.2f} s, ratio {ratio:.1f}")  # noqa: T201  for the reader of -s
        return found, expected, ratio

    return compare
