"""Free space: nothing stands in the way, nothing is reflected. No signal is stronger for long."""

import numpy as np

from geo.profiles import Numbers
from geo.radio_model import Paths, radio_model


@radio_model(
    vi="Không gian tự do",
    en="Free space",
    source="ITU-R P.525-4 (08/2019), eq. 4: 20 log10(4 pi d / wavelength)",
    terrain=False,
)
def free_space(paths: Paths) -> Numbers:
    """Loss in free space, dB: the least that is possible over the distance."""
    return 20 * np.log10(4 * np.pi * paths.metres / paths.wavelength_m)
