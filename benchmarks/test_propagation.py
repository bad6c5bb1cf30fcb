"""Profiles over terrain and their loss by P.526, beside the plain way: profile by profile, height by height."""

import math
import time
from functools import partial

import numpy as np
import pytest
from pyproj import CRS

from benchmarks import province
from geo.grid import Grid
from geo.profiles import sampled
from geo.propagation.diffraction_p526 import diffraction_p526
from geo.radio_model import paths

pytestmark = pytest.mark.benchmark(timer=time.process_time)
MHZ, MAST_M, PHONE_M, SAMPLES, RADIUS_M = 1800.0, 30.0, 1.5, 64, 4 / 3 * 6_371_000
LOOPED = 300  # profiles that the plain way takes; its time grows with their number, so it is multiplied


@pytest.fixture(scope="module")
def terrain():
    """Hills of 30 m cells."""
    cells = 3500
    rng, at = np.random.default_rng(7), np.arange(cells) / cells
    hills = sum(
        rng.uniform(20, 60) * np.outer(np.sin(f * at + rng.uniform(0, 6)), np.sin(g * at + rng.uniform(0, 6)))
        for f, g in rng.uniform(10, 300, (3, 2))
    )
    side = cells * 30.0
    return Grid(300 + hills, (0.0, 0.0, side, side), CRS(province.CRS))


@pytest.fixture(scope="module")
def ends(size):
    rng = np.random.default_rng(8)
    start = rng.uniform(10_000, 90_000, (100_000 if size.judged else 1_000, 2))
    return start, start + rng.uniform(-1500, 1500, start.shape)


def ours(terrain, start, end):
    return diffraction_p526(paths(sampled(start, end, terrain, SAMPLES), MHZ, MAST_M, PHONE_M))


def height(x: float, y: float, terrain: Grid) -> float:
    """Between four cell centres, for a point inside the grid."""
    west, _, _, north = terrain.bounds
    column, row = (x - west) / terrain.cell[0] - 0.5, (north - y) / terrain.cell[1] - 0.5
    c, r = int(column), int(row)
    right, below = column - c, row - r
    v = terrain.values
    upper = float(v[r, c]) * (1 - right) + float(v[r, c + 1]) * right
    return upper * (1 - below) + (float(v[r + 1, c]) * (1 - right) + float(v[r + 1, c + 1]) * right) * below


def edge(v: float) -> float:
    return 6.9 + 20 * math.log10(math.sqrt((v - 0.1) ** 2 + 1) + v - 0.1) if v > -0.78 else 0.0


def bullington(heights: list[float], at: list[float], tops: tuple[float, float], metres: float) -> float:
    """P.526-15 §4.5.1 as it is written."""
    wave = 299.792458 / MHZ
    raised = [h + d * (metres - d) / (2 * RADIUS_M) for h, d in zip(heights, at, strict=True)]
    slope = max((h - tops[0]) / d for h, d in zip(raised, at, strict=True))
    if slope < (tops[1] - tops[0]) / metres:
        v = max(
            (h - (tops[0] * (metres - d) + tops[1] * d) / metres) * math.sqrt(2 * metres / (wave * d * (metres - d)))
            for h, d in zip(raised, at, strict=True)
        )
    else:
        back = max((h - tops[1]) / (metres - d) for h, d in zip(raised, at, strict=True))
        far = (tops[1] - tops[0] + back * metres) / (slope + back)
        above = tops[0] + slope * far - (tops[0] * (metres - far) + tops[1] * far) / metres
        v = above * math.sqrt(2 * metres / (wave * far * (metres - far)))
    loss = edge(v)
    return loss + (1 - math.exp(-loss / 6)) * (10 + 0.02 * metres / 1000)


def smooth(heights: list[float], at: list[float], tops: tuple[float, float], metres: float) -> tuple[float, float]:
    """Heights above the smooth Earth, P.526-15 §4.5.2 as it is written; `heights` and `at` with both ends."""
    steps = [(heights[i - 1], heights[i], at[i - 1], at[i]) for i in range(1, len(at))]
    v1 = sum((d - c) * (h + g) for g, h, c, d in steps)
    v2 = sum((d - c) * (h * (2 * d + c) + g * (d + 2 * c)) for g, h, c, d in steps)
    first, second = (2 * v1 * metres - v2) / metres**2, (v2 - v1 * metres) / metres**2
    over = [
        (h - (tops[0] * (metres - d) + tops[1] * d) / metres, d) for h, d in zip(heights[1:-1], at[1:-1], strict=True)
    ]
    worst = max(h for h, _ in over)
    if worst > 0:
        a, b = max(h / d for h, d in over), max(h / (metres - d) for h, d in over)
        first, second = first - worst * a / (a + b), second - worst * b / (a + b)
    return tops[0] - min(first, heights[0]), tops[1] - min(second, heights[-1])


def first_term(metres: float, a: float, b: float, radius_km: float) -> float:
    """P.526-15 §3.1.1 as it is written, vertical waves over land."""
    conduct = 18000 * 0.003 / MHZ
    k = 0.36 * (radius_km * MHZ) ** (-1 / 3) * (21**2 + conduct**2) ** -0.25 * math.sqrt(22**2 + conduct**2)
    beta = (1 + 1.6 * k**2 + 0.67 * k**4) / (1 + 4.5 * k**2 + 1.53 * k**4)
    x = 2.188 * beta * MHZ ** (1 / 3) * radius_km ** (-2 / 3) * metres / 1000
    away = 11 + 10 * math.log10(x) - 17.6 * x if x >= 1.6 else -20 * math.log10(x) - 5.6488 * x**1.425
    total = -away
    for h in (a, b):
        y = beta * 9.575e-3 * beta * MHZ ** (2 / 3) * radius_km ** (-1 / 3) * h
        gain = 17.6 * math.sqrt(y - 1.1) - 5 * math.log10(y - 1.1) - 8 if y > 2 else 20 * math.log10(y + 0.1 * y**3)
        total -= max(gain, 2 + 20 * math.log10(k))
    return total


def round_earth(metres: float, a: float, b: float) -> float:
    """P.526-15 §3.2 as it is written."""
    km, radius = metres / 1000, RADIUS_M / 1000
    if km >= math.sqrt(2 * radius) * (math.sqrt(a / 1000) + math.sqrt(b / 1000)):
        return first_term(metres, a, b, radius)
    c, m = (a - b) / (a + b), 250 * km**2 / (radius * (a + b))
    turn = math.acos(1.5 * c * math.sqrt(3 * m / (m + 1) ** 3))
    near = km / 2 * (1 + 2 * math.sqrt((m + 1) / (3 * m)) * math.cos(math.pi / 3 + turn / 3))
    far = km - near
    clear = ((a - 500 * near**2 / radius) * far + (b - 500 * far**2 / radius) * near) / km
    needed = 17.456 * math.sqrt(near * far * 299.792458 / MHZ / km)
    if clear > needed:
        return 0.0
    loss = first_term(metres, a, b, 500 * (km / (math.sqrt(a) + math.sqrt(b))) ** 2)
    return (1 - clear / needed) * loss if loss >= 0 else 0.0


def one(terrain: Grid, start, end) -> float:
    (x, y), (u, w) = map(float, start), map(float, end)
    metres = math.hypot(u - x, w - y)
    parts = [i / (SAMPLES - 1) for i in range(SAMPLES)]
    heights, at = [height(x + (u - x) * p, y + (w - y) * p, terrain) for p in parts], [metres * p for p in parts]
    tops = heights[0] + MAST_M, heights[-1] + PHONE_M
    a, b = smooth(heights, at, tops, metres)
    rough = bullington(heights[1:-1], at[1:-1], tops, metres)
    flat = bullington([0.0] * (SAMPLES - 2), at[1:-1], (a, b), metres)
    free = 20 * math.log10(4 * math.pi * metres * MHZ / 299.792458)
    return free + rough + max(round_earth(metres, a, b) - flat, 0.0)


@pytest.mark.parametrize(("plainly", "least"), [("arrays", 50), ("numbers", 25)])
def test_diffraction_over_terrain_beside_a_loop_over_profiles(beside, size, terrain, ends, plainly, least):
    """Sampling and loss of 100,000 profiles of 64 heights; the loop takes `LOOPED` of them, its time counts for all.

    The loop works on the arrays of one profile at a time (as Py1812 does), or on single numbers by a second
    implementation that shares nothing with ours.
    """
    way = {"arrays": lambda start, end: ours(terrain, start[None], end[None])[0], "numbers": partial(one, terrain)}
    looped = [pair[:LOOPED] for pair in ends]
    found, expected, ratio = beside(
        lambda: ours(terrain, *ends), lambda: [way[plainly](*pair) for pair in zip(*looped, strict=True)]
    )
    np.testing.assert_allclose(found[:LOOPED], expected, rtol=1e-9)
    whole = ratio * len(ends[0]) / LOOPED
    print(f"{len(ends[0])} profiles: {whole:.0f} times as fast as the loop over {plainly}")  # noqa: T201  for the reader of -s
    assert size.reaches(whole, least)
