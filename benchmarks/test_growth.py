"""How the time grows from one province to four: exponent log(t4 / t1) / log(4), 1 where four times the data take four
times the time. Measured by the processor, one after the other in each round, after a warm-up; medians.
"""

import math
import time
from collections.abc import Callable
from statistics import median

import pytest

from benchmarks import fourfold, illustration, province
from benchmarks.test_assess import forget_peak, megabytes
from geo import zonal
from geo.assess import assess
from geo.measure import cover, covered_share, people
from geo.place import containing

pytestmark = pytest.mark.benchmark(timer=time.process_time)
MANY = 4
MOST = 1.1  # the exponent that four provinces may reach
SMOKE_CELLS, CELLS = 100, 1050  # cells along a side of the square; full: 100 m


@pytest.fixture
def grows(benchmark, size):
    """Time `work` on one and on four provinces' inputs, note times, exponent and memory beyond the inputs."""

    def compare(work: Callable, one: tuple, four: tuple, rounds: int):
        alone: list[float] = []
        memory: list[float] = []  # held before, at most while one province is worked on, held before four
        if rounds > 1:
            work(*one)  # a warm-up

        def first():
            forget_peak()
            held = megabytes("VmRSS")
            begin = time.process_time()
            work(*one)
            alone.append(time.process_time() - begin)
            memory[:] = held, megabytes("VmHWM"), megabytes("VmRSS")
            forget_peak()
            return four, {}

        found = benchmark.pedantic(work, setup=first, rounds=rounds)
        if not benchmark.enabled:
            return found
        seconds = median(alone), benchmark.stats.stats.median
        exponent = math.log(seconds[1] / max(seconds[0], 1e-6)) / math.log(MANY)
        benchmark.extra_info |= {"one_s": round(seconds[0], 3), "four_s": round(seconds[1], 3)}
        benchmark.extra_info |= {"exponent": round(exponent, 3)}
        benchmark.extra_info |= {"one_mb": memory[1] - memory[0], "four_mb": megabytes("VmHWM") - memory[2]}
        print(f"\n{benchmark.name}: {benchmark.extra_info}")  # noqa: T201  for the reader of -s
        assert exponent <= MOST or not size.judged
        return found

    return compare


@pytest.fixture(scope="module")
def villages(size):
    return {n: province.side_by_side(lambda seed: province.villages(size.villages, seed), n) for n in (1, MANY)}


def test_points_in_polygons(grows, size, villages):
    points = {n: province.side_by_side(lambda seed: province.points(size.points, seed), n) for n in (1, MANY)}
    found = grows(containing, (points[1], villages[1]), (points[MANY], villages[MANY]), 3 * size.rounds)
    assert found.notna().mean() > 0.95
    assert found.astype("str").str[-1].nunique() == MANY


def covered(villages, coverage):
    return covered_share(villages, cover(coverage.copy()))  # a copy: the union of a frame is kept


def test_covered_share(grows, size, villages):
    coverage = {n: province.side_by_side(lambda seed: province.coverage(size.vertices, seed), n) for n in (1, MANY)}
    found = grows(covered, (villages[1], coverage[1]), (villages[MANY], coverage[MANY]), min(size.rounds, 2))
    assert 0 < found.mean() < 1 and len(found) == len(villages[MANY])


def counted(villages, grid):
    zonal._kept.clear()  # fractions of cells are kept for the next question of the same areas
    return people(villages, grid)


def test_people_of_a_grid(grows, size, villages):
    side = CELLS if size.judged else SMOKE_CELLS
    grids = {n: province.population(side, n) for n in (1, MANY)}
    found = grows(counted, (villages[1], grids[1]), (villages[MANY], grids[MANY]), size.rounds)
    assert found.sum() == pytest.approx(grids[MANY].values.sum(), rel=1e-3)  # crooked edges leave slivers of the square


def assessed(data, rules, count):
    zonal._kept.clear()
    return assess(fourfold.times(data, count), rules, illustration.AS_OF)


def test_assess(grows, size):
    """Once, as it takes minutes; copying the province is part of the time, a hundredth of it."""
    data = illustration.data(whole=size.judged)
    rules = illustration.criteria() if size.judged else illustration.only("mob_village_not_blank", "nearest_bts_m")
    found = grows(assessed, (data, rules, 1), (data, rules, MANY), rounds=1)
    units = found[found["level"] != "province"]
    named = units["area_id"].str.partition("~")
    each = units.assign(unit=named[0]).groupby(["unit", "level", "criterion", "operator", "technology"])
    assert (each.size() == MANY).all()
    # a copy lies elsewhere on the ellipsoid: 299.9 m in one may be 300.1 m in another
    assert (each["status"].nunique() == 1).mean() > 0.9999
