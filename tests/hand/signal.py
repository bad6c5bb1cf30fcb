"""Signal maps, terrain and the population grid: shares of people by coverage and by received level."""

from datetime import date

import numpy as np
from conftest import SOUTH, WEST, WORK, cells, rows

from geo.grid import Grid
from geo.signal import SignalMap, Signals
from hand import Case
from hand.core import located

NAN, NONE = np.nan, -np.inf


def over_k(values) -> Grid:
    """A grid whose cells tile commune k, the first row in the north; 3 x 3 cells are 100 m wide."""
    return Grid(np.asarray(values, dtype=float), (WEST, SOUTH, WEST + 300, SOUTH + 300), WORK)


def level(values, technology="4G", operator="x", **more) -> SignalMap:
    """An exact signal map over commune k."""
    grid = over_k(values)
    return SignalMap(operator, technology, "rsrp", grid, grid, "P", date(2025, 6, 1), f"{operator}{technology}", **more)


def people() -> Grid:
    """1..9 people from the north-west: villages a, b, c have 12, 15, 18."""
    return over_k(np.arange(1.0, 10).reshape(3, 3))


def layers(rng, extra: int = 0) -> dict[str, object]:
    """The rasters; `extra` adds signal maps."""
    maps = [level(rng.uniform(-130, -80, (3, 3))) for _ in range(1 + extra)]
    return {
        "signal": Signals(tuple(maps)),
        "population": people(),
        "terrain": over_k(rng.uniform(0, 500, (3, 3))),
    }


def heard(*values) -> dict[str, object]:
    return {"signal": Signals(tuple(level(v) for v in values)), "population": people()}


STRONG_NORTH = [[-90, -105, -120], [-100, -110, -120], [-110, -110, -120]]
STRONG_SOUTH = [[-120, -120, -120], [-120, -120, -120], [-90, -120, -120]]
SILENT = [[-90, -90, NONE], [NAN, NONE, NONE], [NONE, NAN, NONE]]


CASES = [
    Case("mob_signal_share", lambda: heard(STRONG_NORTH), "a", (1 + 4) / 12),
    Case("mob_signal_share", lambda: heard(STRONG_NORTH), "b", 2 / 15),
    Case("mob_signal_share", lambda: heard(STRONG_NORTH), "c", 0),
    Case("mob_signal_share", lambda: heard(STRONG_NORTH), "k", (1 + 4 + 2) / 45),
    Case("mob_signal_share", lambda: heard(STRONG_NORTH), "a", 1, settings={"min_dbm": -110}),
    Case("mob_signal_share", lambda: heard(STRONG_NORTH, STRONG_SOUTH), "a", 1),
    Case("mob_signal_share", lambda: heard(SILENT), "a", (1 / 12, (1 + 4) / 12)),
    Case("mob_signal_share", lambda: heard(SILENT), "k", ((1 + 2) / 45, (1 + 2 + 4 + 8) / 45)),
    Case("mob_signal_share", lambda: heard(SILENT), "d", (0, 1)),
    Case("mob_population_share", lambda: located(coverage=filed(cells(0, 0, 1, 1.5)), population=people()), "a", (7 + 4 / 2) / 12),
    Case("mob_population_share", lambda: located(coverage=filed(cells(0, 0, 2, 1)), population=people()), "k", (7 + 8) / 45),
    Case("mob_population_share", lambda: located(coverage=filed(cells(0, 0, 9, 1))), "b", 3 / 5),
    Case("mob_population_share", lambda: located(coverage=filed(cells(0, 0, 9, 1)), population=people()), "d", 1),
    Case("mob_population_share", lambda: {"coverage": filed(cells(0, 0, 9, 1))}, "b", (0, 1)),
]  # fmt: skip


def filed(shape):
    return rows([shape], operator="x", technology="4G")
