"""Diffraction over terrain by ITU-R P.526: Bullington's edge, corrected for a round Earth ("delta-Bullington")."""

from typing import Annotated

import numpy as np

from geo.indicator import Parameter
from geo.knife_edge import above_line, bullington_db
from geo.profiles import Numbers, blocks
from geo.propagation.free_space import free_space
from geo.radio_model import Paths, radio_model
from geo.sight import EARTH_RADIUS_M, STANDARD_K
from geo.smooth_earth import Surface, effective_heights, smooth_earth_db

K = Parameter("Hệ số bán kính hiệu dụng của Trái Đất", "Effective Earth radius over the true one", "", 0.5, 10, "A")
PERMITTIVITY = Parameter("Hằng số điện môi của mặt đất", "Relative permittivity of the ground", "", 1, 100, "B")
CONDUCTIVITY = Parameter("Độ dẫn điện của mặt đất", "Conductivity of the ground", "S/m", 1e-6, 10, "B")
POLARISATION = Parameter("Phân cực: vertical hoặc horizontal", "Polarisation: vertical or horizontal")


@radio_model(
    vi="Nhiễu xạ qua địa hình (ITU-R P.526)",
    en="Diffraction over terrain (ITU-R P.526)",
    source="ITU-R P.526-15 (10/2019) §4.5.2; free space as ITU-R P.525",
)
def diffraction_p526(
    paths: Paths,
    *,
    k: Annotated[float, K] = STANDARD_K,
    permittivity: Annotated[float, PERMITTIVITY] = 22.0,
    conductivity: Annotated[float, CONDUCTIVITY] = 0.003,
    polarisation: Annotated[str, POLARISATION] = "vertical",
) -> Numbers:
    """Loss in free space and by hills and the Earth's curve, dB; half of all times and places are worse.

    Nothing of reflections, rain, or what one house hides. Held to 30 MHz and above.
    """
    surface = Surface(permittivity, conductivity, polarisation == "vertical")
    lost = [
        _delta_bullington_db(paths[rows], k * EARTH_RADIUS_M, surface)
        for rows in blocks(len(paths), paths.profiles.ground.shape[1])
    ]
    return free_space(paths) + (np.concatenate(lost) if lost else np.empty(0))


def _delta_bullington_db(paths: Paths, radius_m: float, surface: Surface) -> Numbers:
    """Diffraction loss, dB (P.526-15 §4.5.2): terrain as one edge, and what a smooth Earth costs beyond one edge."""
    inner, metres = paths.profiles.parts[1:-1], paths.metres
    bulge = metres**2 / (8 * radius_m)
    over = above_line(paths.profiles.ground[:, 1:-1], inner, paths.tops, bulge)
    rough = bullington_db(over, inner, metres, paths.wavelength_m)
    heights = effective_heights(paths.profiles, paths.tops)
    round_ = smooth_earth_db(paths, heights, radius_m, surface)
    smooth = np.zeros(len(paths))
    costs = np.flatnonzero(round_ > 0)  # elsewhere the smooth edge cannot matter
    if len(costs):
        flat = np.zeros((len(costs), len(inner)))
        level = above_line(flat, inner, (heights[0][costs], heights[1][costs]), bulge[costs])
        smooth[costs] = bullington_db(level, inner, metres[costs], paths.wavelength_m[costs])
    return np.asarray(rough + np.maximum(round_ - smooth, 0.0))
