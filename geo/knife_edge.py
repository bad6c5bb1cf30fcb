"""Diffraction over one sharp edge, and over terrain as one edge: ITU-R P.526-15 §4.1 and §4.5.1 (Bullington)."""

import numpy as np

from geo.profiles import Numbers

NO_LOSS_FROM = -0.78  # P.526: below it an edge costs nothing


def knife_edge_db(v: Numbers) -> Numbers:
    """Loss J(v) at a knife edge, dB (P.526-15 §4.1, eq. 31); 0 where v is -0.78 or less, NaN where it is NaN.

    v > 0: the edge stands above the line between the antennas. There within 0.13 dB of the Fresnel integrals.
    """
    shifted = np.maximum(v, NO_LOSS_FROM) - 0.1
    loss = 6.9 + 20 * np.log10(np.sqrt(shifted**2 + 1) + shifted)
    return np.where(v <= NO_LOSS_FROM, 0.0, loss)


def edge_v(over_m: Numbers, first_m: Numbers, second_m: Numbers, wavelength_m: Numbers) -> Numbers:
    """Diffraction parameter v of an edge `over_m` above the line, that far from either end (P.526-15 eq. 26)."""
    return over_m * np.sqrt(2 * (first_m + second_m) / (wavelength_m * first_m * second_m))


def above_line(ground: Numbers, parts: Numbers, tops: tuple[Numbers, Numbers], bulge_m: Numbers | float) -> Numbers:
    """(n, m) metres by which the ground stands above the line between the antennas' tops (n,); below it negative.

    `parts` (m,) 0..1 along the line; `bulge_m` (n,): what the Earth's curve adds at half way.
    """
    over = np.multiply.outer(tops[0] - tops[1], parts)
    over += ground
    over -= tops[0][:, None]
    over += np.multiply.outer(np.asarray(bulge_m, dtype=float), 4 * parts * (1 - parts))
    return np.asarray(over)


def bullington_db(over_m: Numbers, parts: Numbers, metres: Numbers, wavelength_m: Numbers) -> Numbers:
    """Loss over terrain taken as the one edge at which the horizons of both ends meet, dB (P.526-15 §4.5.1).

    `over_m` (n, m): `above_line` at `parts` (m,), without the two ends; `metres`, `wavelength_m` (n,). Slopes are taken
    from the line between the antennas, which changes nothing: both horizons turn by the same slope.
    """
    first = (over_m * (1 / parts)).max(axis=1) / metres  # steepest slope as seen from the first end, above the line
    second = (over_m * (1 / (1 - parts))).max(axis=1) / metres
    seen = (over_m * (1 / np.sqrt(parts * (1 - parts)))).max(axis=1) * np.sqrt(2 / (wavelength_m * metres))
    hidden = first > 0
    with np.errstate(invalid="ignore", divide="ignore"):
        at = metres * second / (first + second)
        v = np.where(hidden, edge_v(first * at, at, metres - at, wavelength_m), seen)
    loss = knife_edge_db(v)
    return np.asarray(loss + (1 - np.exp(-loss / 6)) * (10 + 0.02 * metres / 1000))
