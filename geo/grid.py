"""A raster of values in the working CRS, and how its cells lie."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pyproj import CRS


@dataclass(frozen=True, slots=True)
class Grid:
    """People per cell, or another quantity: `values` is (rows, columns), north up; `bounds` west, south, east, north.

    Bounds are in `crs`, metres. In a population grid a NaN cell is one where nobody is known to live, and counts as 0.
    """

    values: npt.NDArray[np.floating]
    bounds: tuple[float, float, float, float]
    crs: CRS

    @property
    def cell(self) -> tuple[float, float]:
        """Width and height of a cell, metres."""
        west, south, east, north = self.bounds
        return (east - west) / self.values.shape[1], (north - south) / self.values.shape[0]
