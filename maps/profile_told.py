"""A profile between two places in words, as a table, as JSON and as a drawing."""

from pathlib import Path
from typing import Any

import pandas as pd

from geo.fresnel import CLEAR
from geo.profile_between import Between
from geo.radio_model import MODELS
from geo.words import Lang, say
from geo.write import write_bytes, write_json
from maps import style
from maps.profile_figure import profile_svg

NAME = "mat-cat"
BASIS = "predicted"
CLEARANCE = {
    "clear": "Clear: at least 60 % of the first Fresnel zone is free; least {share} % of its radius, {at} km from the "
    "first.",
    "partial": "In sight, but the ground reaches into the first Fresnel zone: only {share} % of its radius is free "
    "{at} km from the first; 60 % are needed.",
    "blocked": "Not in sight: the ground rises {over} m above the line of sight, {at} km from the first.",
    "unknown": "Not known: the terrain layer has gaps on the way.",
}
ESTIMATE = "Losses are predicted, an estimate and no measurement; levels are between aerials without gain, median."
HEADINGS = ("Radio model", "Loss (dB)", "Level (dBm)")


def title(found: Between, lang: Lang = "vi") -> str:
    """Both ends with the heights of their aerials."""
    ends = [f"{e.name} ({style.number(e.height_m, lang, 1)} m)" for e in (found.first, found.second)]
    return f"{ends[0]} → {ends[1]}, {style.number(found.mhz, lang, 0)} MHz"


def sentences(found: Between, lang: Lang = "vi") -> list[str]:
    """How far, which way, whether the way is free, and what the losses are."""
    worst, km = found.clearance, style.number(found.metres / 1000, lang, 2)
    told = {"share": style.number(100 * worst["share"], lang, 0), "at": style.number(worst["at_m"] / 1000, lang, 1),
            "over": style.number(worst["over_m"], lang, 1)}  # fmt: skip
    way = say("{title}: {km} km, bearing {bearing}° from true north.", lang, title=title(found, lang), km=km,
              bearing=style.number(found.bearing_deg, lang, 1))  # fmt: skip
    return [way, say(CLEARANCE[worst["clearance"]], lang, **told), say(ESTIMATE, lang)]


def cells(found: Between, lang: Lang = "vi") -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Headings and a row per radio model; what a model does not hold for is said."""
    rows = []
    for name, loss, level in found.losses.itertuples(index=False, name=None):
        missing = say("does not hold here", lang)
        said = [missing, ""] if pd.isna(loss) else [style.number(loss, lang, 1), style.number(level, lang, 1)]
        rows.append((str(getattr(MODELS[name], lang)), *said))
    return HEADINGS, rows


def profile_data(found: Between) -> dict[str, Any]:
    """Everything as JSON: ends, clearance, losses, and the lines of the drawing."""
    ends = [{"name": e.name, "height_m": e.height_m} for e in (found.first, found.second)]
    return {
        "ends": ends, "mhz": found.mhz, "metres": found.metres, "bearing_deg": found.bearing_deg,
        "terrain_known": found.known, "clearance": found.clearance.to_dict(), "clear_share": CLEAR, "basis": BASIS,
        "losses": [row | {"source": MODELS[row["model"]].source} for row in found.losses.to_dict("records")],
        "profile": found.lines.to_dict("list"),
    }  # fmt: skip


def write_profile(folder: Path, found: Between, lang: Lang = "vi") -> list[Path]:
    """`mat-cat.svg` and `mat-cat.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    drawing, data = folder / f"{NAME}.svg", folder / f"{NAME}.json"
    write_bytes(profile_svg(found.lines, title(found, lang), lang).encode(), drawing)
    write_json(profile_data(found), data)
    return [drawing, data]
