"""Diffraction over a smooth round Earth, and the smooth Earth that fits a profile: ITU-R P.526-15 §3.1.1, §3.2, §4.5.2.

Formulas in the units of the recommendation: kilometres, megahertz, metres of height.
"""

from dataclasses import dataclass

import numpy as np

from geo.knife_edge import above_line
from geo.profiles import Numbers, Profiles
from geo.radio_model import Paths


@dataclass(frozen=True, slots=True)
class Surface:
    """How the ground conducts: relative permittivity, conductivity S/m, and whether the waves are vertical."""

    permittivity: float
    conductivity: float
    vertical: bool


def effective_heights(profiles: Profiles, tops: tuple[Numbers, Numbers]) -> tuple[Numbers, Numbers]:
    """(n,) each: heights of the antennas above the smooth Earth that fits the profile (P.526-15 §4.5.2).

    `tops`: heights of the antennas above the sea. Never less than above the ground at the end.
    """
    ground, parts, step = profiles.ground, profiles.parts, 1 / (profiles.ground.shape[1] - 1)
    ones = np.full(len(parts), 2 * step)
    ones[[0, -1]] = step
    sides = 6 * parts * step  # what a height counts in v2: h_i (2 d_i + d_i-1) + h_i (d_i + 2 d_i+1)
    sides[0], sides[-1] = step**2, (2 + parts[-2]) * step
    v1, v2 = ground @ ones, ground @ sides
    smooth = 2 * v1 - v2, v2 - v1
    over = above_line(ground[:, 1:-1], parts[1:-1], tops, 0.0)
    worst = np.maximum(over.max(axis=1), 0.0)
    first, second = np.zeros(len(over)), np.ones(len(over))
    cut = np.flatnonzero(worst > 0)
    first[cut], second[cut] = ((over[cut] * (1 / side)).max(axis=1) for side in (parts[1:-1], 1 - parts[1:-1]))
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(worst > 0, first / (first + second), 0.0)
    lowered = smooth[0] - worst * share, smooth[1] - worst * np.where(worst > 0, 1 - share, 0.0)
    return tops[0] - np.minimum(lowered[0], ground[:, 0]), tops[1] - np.minimum(lowered[1], ground[:, -1])


def smooth_earth_db(over: Paths, heights: tuple[Numbers, Numbers], radius_m: float, surface: Surface) -> Numbers:
    """Loss over a smooth Earth of that effective radius for antennas `heights` (n,) above it, dB (P.526-15 §3.2)."""
    km, radius, low = over.metres / 1000, radius_m / 1000, np.maximum(heights, 1e-3)
    first, second = low
    sight = np.sqrt(2 * radius) * (np.sqrt(first / 1000) + np.sqrt(second / 1000))
    clear, needed = _clearance(km, first, second, radius, over.wavelength_m)
    touching = 500 * (km / (np.sqrt(first) + np.sqrt(second))) ** 2  # an Earth that the line just touches
    beyond = km >= sight
    loss = _first_term_db(km, over.mhz, (first, second), np.where(beyond, radius, touching), surface)
    near = np.where((clear > needed) | (loss < 0), 0.0, (1 - clear / needed) * loss)
    return np.where(beyond, loss, near)


def _clearance(
    km: Numbers, first: Numbers, second: Numbers, radius: float, wavelength_m: Numbers
) -> tuple[Numbers, Numbers]:
    """Smallest height of the line above the Earth, and the one from which nothing is lost, metres."""
    c, m = (first - second) / (first + second), 250 * km**2 / (radius * (first + second))
    inner = np.clip(1.5 * c * np.sqrt(3 * m / (m + 1) ** 3), -1, 1)
    b = 2 * np.sqrt((m + 1) / (3 * m)) * np.cos(np.pi / 3 + np.arccos(inner) / 3)
    near = km / 2 * (1 + b)
    far = km - near
    clear = ((first - 500 * near**2 / radius) * far + (second - 500 * far**2 / radius) * near) / km
    return clear, 17.456 * np.sqrt(np.maximum(near * far, 0) * wavelength_m / km)


def _first_term_db(
    km: Numbers, mhz: Numbers, heights: tuple[Numbers, Numbers], radius: Numbers, surface: Surface
) -> Numbers:
    """Loss by the first term of the residue series, dB (P.526-15 §3.1.1); below 0 where it does not hold."""
    conduct = 18000 * surface.conductivity / mhz
    k = 0.36 * (radius * mhz) ** (-1 / 3) * ((surface.permittivity - 1) ** 2 + conduct**2) ** -0.25
    if surface.vertical:
        k = k * np.sqrt(surface.permittivity**2 + conduct**2)
    beta = (1 + 1.6 * k**2 + 0.67 * k**4) / (1 + 4.5 * k**2 + 1.53 * k**4)
    x = 2.188 * beta * mhz ** (1 / 3) * radius ** (-2 / 3) * km
    away = np.where(x >= 1.6, 11 + 10 * np.log10(x) - 17.6 * x, -20 * np.log10(x) - 5.6488 * x**1.425)
    gains = [
        _height_gain_db(beta * 9.575e-3 * beta * mhz ** (2 / 3) * radius ** (-1 / 3) * height, k) for height in heights
    ]
    return np.asarray(-away - gains[0] - gains[1])


def _height_gain_db(b: Numbers, k: Numbers) -> Numbers:
    """G(Y) with B = beta Y, dB (P.526-15 §3.1.1)."""
    high = np.maximum(b, 2) - 1.1
    gain = np.where(b > 2, 17.6 * np.sqrt(high) - 5 * np.log10(high) - 8, 20 * np.log10(b + 0.1 * b**3))
    return np.asarray(np.maximum(gain, 2 + 20 * np.log10(k)))
