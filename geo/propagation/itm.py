"""The Irregular Terrain Model (Longley-Rice 1.2.2), point to point, computed by the package itmlogic.

One path after the other: some hundreds a second. For many paths use `diffraction_p526`.
"""

import math
from typing import Annotated, Any

import numpy as np
from itmlogic.misc.qerfi import qerfi
from itmlogic.preparatory_subroutines.qlrpfl import qlrpfl
from itmlogic.preparatory_subroutines.qlrps import qlrps
from itmlogic.statistics.avar import avar

from geo.indicator import Parameter
from geo.profiles import Numbers
from geo.propagation.diffraction_p526 import CONDUCTIVITY, PERMITTIVITY, POLARISATION
from geo.radio_model import Paths, radio_model

DB_PER_NEPER = 8.685890  # the model's own rounding
LEAST_M, LEAST_MHZ, MOST_MHZ, LOWEST_M, HIGHEST_M = 1000.0, 20.0, 20_000.0, 0.5, 3000.0  # outside: "results invalid"
CLIMATE = Parameter(
    "Khí hậu: 1 xích đạo, 2, 3 cận nhiệt đới (lục địa, biển), 4 sa mạc, 5 ôn đới lục địa, 6, 7 ôn đới biển",
    "Climate: 1 equatorial, 2, 3 subtropical (continental, maritime), 4 desert, 5 continental, 6, 7 maritime",
    low=1,
    high=7,
)
REFRACTIVITY = Parameter(
    "Chỉ số khúc xạ bề mặt quy về mực nước biển", "Surface refractivity at sea level", "N", 250, 400
)
TIMES = Parameter("Phần thời gian không vượt quá giá trị", "Share of the time in which it is not exceeded", "%", 1, 99)
TRUST = Parameter("Phần tình huống không vượt quá giá trị", "Share of situations in which it holds", "%", 1, 99)


@radio_model(
    vi="Mô hình địa hình không đều ITM (Longley-Rice)",
    en="Irregular Terrain Model (Longley-Rice)",
    source="Hufford: The ITS Irregular Terrain Model, version 1.2.2, the Algorithm; itmlogic 1.2 (JOSS 5, 2266, 2020)",
)
def itm(  # noqa: PLR0913  what the model asks for
    paths: Paths,
    *,
    climate: Annotated[int, CLIMATE] = 3,
    refractivity: Annotated[float, REFRACTIVITY] = 370.0,
    permittivity: Annotated[float, PERMITTIVITY] = 15.0,
    conductivity: Annotated[float, CONDUCTIVITY] = 0.005,
    polarisation: Annotated[str, POLARISATION] = "vertical",
    reliability: Annotated[float, TIMES] = 50.0,
    confidence: Annotated[float, TRUST] = 50.0,
) -> Numbers:
    """Loss by the Irregular Terrain Model, dB; NaN below 1 km and outside the model's frequencies and heights.

    The Earth's effective radius follows from `refractivity`. The way back is the way there: itmlogic reads the ground
    before the second antenna where it should read that below it, so both directions are computed and averaged.
    """
    ground = {"eps": permittivity, "sgm": conductivity, "ipol": int(polarisation == "vertical")}
    air = {"klim": int(climate), "ens0": refractivity}
    share = qerfi([reliability / 100])[0], qerfi([confidence / 100])[0]
    lost = np.full(len(paths), np.nan)
    for at in np.flatnonzero(_held(paths)):
        both = (paths[at : at + 1], paths[at : at + 1].back())
        lost[at] = np.mean([_one_db(one, ground | air, share) for one in both])
    return lost


def _held(paths: Paths) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """(n,) whether the model holds for a path, and everything it reads is known."""
    heights = np.stack([paths.from_m, paths.to_m])
    high = ((heights >= LOWEST_M) & (heights <= HIGHEST_M)).all(axis=0)  # a missing height is neither
    heard = (paths.mhz >= LEAST_MHZ) & (paths.mhz <= MOST_MHZ)
    return np.asarray(high & heard & (paths.profiles.metres >= LEAST_M) & paths.profiles.known)


def _one_db(path: Paths, constants: dict[str, Any], share: tuple[float, float]) -> float:
    """The loss of one path in one direction."""
    wave, curve, refracted, impedance = qlrps(
        float(path.mhz[0]), 0, constants["ens0"], constants["ipol"], constants["eps"], constants["sgm"]
    )
    heights, metres = path.profiles.ground[0].tolist(), float(path.profiles.metres[0])
    told = constants | {
        "hg": [float(path.from_m[0]), float(path.to_m[0])], "wn": wave, "gme": curve, "ens": refracted,
        "zgnd": impedance, "pfl": [len(heights) - 1, metres / (len(heights) - 1), *heights],
        "lvar": 5, "kwx": 0, "klimx": 0, "mdvarx": 11,
    }  # fmt: skip
    told = qlrpfl(told)
    beyond, _ = avar(share[0], 0, share[1], told)
    return DB_PER_NEPER * math.log(2 * wave * metres) + float(beyond)
