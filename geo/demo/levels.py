"""The 5G of one operator of the illustrative province, filed as received levels per cell and not as outlines."""

from datetime import date

import numpy as np

from geo.demo.dataset import EVERYWHERE, Complete, DemoLayer
from geo.demo.mobile import OPERATORS, PUBLISHED, sites
from geo.demo.world import World
from geo.measure import Grid

OPERATOR, TECHNOLOGY = "nha-mang-b", "5G"
CELL_M = 200.0
FAR_CELLS = 14  # nothing is computed further from a station
NEAR_DBM, NEAR_M, FALL = -60.0, 62.0, 35.0  # level at NEAR_M, falling by FALL dB for every tenfold distance


def signal(world: World) -> DemoLayer:
    """Strongest level in dBm of the operator's working stations; NaN where it says that there is no signal."""
    west, south, east, north = (np.round(world.communes.total_bounds / CELL_M) * CELL_M).tolist()
    rows, columns = int((north - south) / CELL_M), int((east - west) / CELL_M)
    values = np.full((rows, columns), np.nan)
    stations = sites(world, OPERATOR)
    stations = stations[(stations["status"] == "working") & stations["technology"].str.contains(TECHNOLOGY)]
    for x, y in stations[["x", "y"]].to_numpy():
        row, column = int((north - y) // CELL_M), int((x - west) // CELL_M)
        down = slice(max(row - FAR_CELLS, 0), row + FAR_CELLS + 1)
        right = slice(max(column - FAR_CELLS, 0), column + FAR_CELLS + 1)
        window = values[down, right]
        at_y = north - CELL_M * (np.arange(down.start, down.start + window.shape[0]) + 0.5)
        at_x = west + CELL_M * (np.arange(right.start, right.start + window.shape[1]) + 0.5)
        away = np.hypot(at_x[None, :] - x, at_y[:, None] - y).clip(NEAR_M)
        values[down, right] = np.fmax(window, NEAR_DBM - FALL * np.log10(away / NEAR_M))
    return DemoLayer(
        "signal", Grid(values, (west, south, east, north), world.crs), f"{OPERATORS[OPERATOR]} (minh họa)",
        date(2025, 10, 31), (Complete(OPERATOR, TECHNOLOGY, EVERYWHERE),), PUBLISHED[OPERATOR],
        stated=(("operator", OPERATOR), ("technology", TECHNOLOGY), ("quantity", "ss_rsrp")), empty_cells="no-signal",
    )  # fmt: skip
