"""A drawing (SVG) of the way between two antennas: ground, Earth's curve, line of sight, 60 % of the Fresnel zone."""

from html import escape

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.fresnel import CLEAR
from geo.words import Lang, say
from maps import style

WIDE, HIGH, LEFT, TOP, RIGHT, BOTTOM = 960, 420, 70, 56, 20, 62
EARTH, GROUND, RAY, ZONE, INK = "#d8cfb8", "#8a6d3b", "#0b4a7d", "#7fb3dc", "#333333"
TICKS = 5
Numbers = npt.NDArray[np.float64]


def profile_svg(lines: pd.DataFrame, title: str, lang: Lang = "vi") -> str:
    """The drawing of `geo.fresnel.profile_lines` as the text of an SVG file; ground that is not known is left open.

    Under the ground lies the Earth's curve, so that the line of sight is straight. Needs nothing from outside.
    """
    at, ground, line, zone = (lines[name].to_numpy(dtype=float) for name in ("at_m", "curved_m", "line_m", "radius_m"))
    bulge = (lines["curved_m"] - lines["ground_m"]).interpolate().fillna(0.0).to_numpy(dtype=float)
    known = np.concatenate([ground[np.isfinite(ground)], (line + CLEAR * zone)[np.isfinite(line)]])
    if not len(known):
        known = np.array([0.0, 1.0])
    low, high = float(known.min()), float(known.max())
    low, high = low - 0.08 * (high - low) - 1, high + 0.05 * (high - low) + 1
    x = LEFT + at / max(float(at[-1]), 1.0) * (WIDE - LEFT - RIGHT)

    def y(metres: Numbers) -> Numbers:
        return HIGH - BOTTOM - (metres - low) / (high - low) * (HIGH - TOP - BOTTOM)

    floor = np.full(len(x), float(HIGH - BOTTOM))
    parts = [
        *(_area(x[run], y(ground[run]), floor[run], GROUND) for run in _runs(ground)),
        _area(x, np.minimum(y(low + bulge), floor), floor, EARTH),
        *([] if np.isnan(line).any() else _sight(x, y(line), y(line + CLEAR * zone), y(line - CLEAR * zone))),
        *_axes(at, (low, high), lang), _legend(lang),
    ]  # fmt: skip
    name = escape(title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" width="{WIDE}" height="{HIGH}" '
        f'role="img" font-family="sans-serif" font-size="12" fill="{INK}"><title>{name}</title>'
        f'<rect width="{WIDE}" height="{HIGH}" fill="#ffffff"/>'
        f'<text x="{LEFT}" y="22" font-size="15" font-weight="bold">{name}</text>{"".join(parts)}</svg>'
    )


def _runs(values: Numbers) -> list[slice]:
    """Stretches of known values, of two or more."""
    known = np.concatenate([[False], np.isfinite(values), [False]])
    edges = np.flatnonzero(np.diff(known.astype(int))).reshape(-1, 2)
    return [slice(int(a), int(b)) for a, b in edges if b - a > 1]


def _points(x: Numbers, y: Numbers) -> str:
    return " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))


def _area(x: Numbers, upper: Numbers, lower: Numbers, colour: str, opacity: float = 1) -> str:
    around = _points(np.concatenate([x, x[::-1]]), np.concatenate([upper, lower[::-1]]))
    return f'<polygon points="{around}" fill="{colour}" fill-opacity="{opacity:g}"/>'


def _sight(x: Numbers, line: Numbers, above: Numbers, below: Numbers) -> list[str]:
    drawn = f'<polyline points="{_points(x, line)}" fill="none" stroke="{RAY}" stroke-width="2"/>'
    ends = [f'<circle cx="{x[at]:.1f}" cy="{line[at]:.1f}" r="4" fill="{RAY}"/>' for at in (0, -1)]
    return [_area(x, above, below, ZONE, 0.45), drawn, *ends]


def _axes(at: Numbers, heights: tuple[float, float], lang: Lang) -> list[str]:
    """Kilometres below, metres above the sea at the left."""
    found = []
    for part in np.linspace(0, 1, TICKS):
        x, y = LEFT + part * (WIDE - LEFT - RIGHT), HIGH - BOTTOM - part * (HIGH - TOP - BOTTOM)
        km, metres = float(at[-1]) * part / 1000, heights[0] + part * (heights[1] - heights[0])
        found.append(
            f'<text x="{x:.0f}" y="{HIGH - BOTTOM + 16}" text-anchor="middle">{style.number(km, lang, 1)}</text>'
        )
        found.append(f'<text x="{LEFT - 8}" y="{y + 4:.0f}" text-anchor="end">{style.number(metres, lang, 0)}</text>')
        found.append(f'<path d="M{LEFT} {y:.1f}H{WIDE - RIGHT}" stroke="#cccccc" stroke-width="0.6"/>')
    said = escape(say("km from the first antenna; heights in metres above the sea", lang))
    return [*found, f'<text x="{WIDE - RIGHT}" y="{HIGH - BOTTOM + 32}" text-anchor="end">{said}</text>']


def _legend(lang: Lang) -> str:
    words = ((RAY, "Line of sight"), (ZONE, "60 % of the first Fresnel zone"), (GROUND, "Ground"),
             (EARTH, "Curve of the Earth"))  # fmt: skip
    marks = [
        f'<rect x="{LEFT + 220 * n}" y="{HIGH - 18}" width="14" height="10" fill="{colour}"/>'
        f'<text x="{LEFT + 220 * n + 20}" y="{HIGH - 9}">{escape(say(text, lang))}</text>'
        for n, (colour, text) in enumerate(words)
    ]
    return "".join(marks)
