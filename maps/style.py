"""Colours, patterns, legends, Vietnamese labels and number formats: the only place for them.

The page's script formats numbers by the same rules (maps/static/format.js); a test compares the two.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

import numpy as np
import pandas as pd

from geo.threshold import number as threshold_number
from geo.words import Lang, say

Pattern = Literal["solid", "dots", "hatch", "rings"]
MAX_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Look:
    """How one status is drawn; `label` is an English key of `geo.words`, `mark` stands for it in plain text."""

    colour: str
    ink: str
    pattern: Pattern
    label: str
    mark: str


# Blue and orange differ in lightness too, so they stay apart without colour vision and in black-and-white print.
STATUS: dict[str, Look] = {
    "pass": Look("#7fb3dc", "#0b4a7d", "solid", "status: pass", "✓"),
    "fail": Look("#c8500a", "#ffffff", "dots", "status: fail", "✗"),
    "unknown": Look("#e2e2e2", "#6f6f6f", "hatch", "status: unknown", "?"),
    "not_applicable": Look("#f7f7f4", "#b5b5ad", "rings", "status: not applicable", "–"),
    "shown": Look("#4b8d80", "#ffffff", "solid", "status: shown", "•"),
}
PAPER: tuple[str, str, Pattern] = ("#fbfaf7", "", "solid")  # under everything
GROUND: tuple[str, str, Pattern] = ("#ebe1c6", "", "solid")  # land in a commune that no village's border covers
RAMP = ("#f1eef6", "#c4cbe0", "#8fa6c9", "#4f78a8", "#1d4a7c")  # light to dark, for values that nobody judges
DISTANCE_BREAKS_M = (1000.0, 3000.0, 5000.0)  # the classes that the public sees
POINT_COLOURS = ("#7a3b8f", "#00695c", "#a3195b", "#5d4037", "#37474f")  # of layers, in turn; none is a status's
# Kinds of investment differ in figure as well as colour: figures are those of QGIS's simple markers.
KIND_LOOK: dict[str, tuple[str, str]] = {
    "fibre": ("#00695c", "circle"), "mobile": ("#7a3b8f", "triangle"), "wifi": ("#1d4a7c", "square"),
    "camera": ("#37474f", "pentagon"), "loudspeaker": ("#a3195b", "diamond"), "electricity": ("#8a5a00", "star"),
}  # fmt: skip
OTHER_KIND = ("#5d4037", "cross")
SIDE = {
    "a": "#b8500a",
    "b": "#1d5fa8",
    "year": "#7a3b8f",
    "same": "#6f6f6f",
}  # only in A, only in B, another year, same
LEVEL = {"village": "level: village", "commune": "level: commune", "province": "level: province"}
COMBINED = {"any": "at least one operator", "each": "every operator"}
BASIS = {
    "verdict": "basis: verdict",
    "measured": "basis: measured",
    "map": "basis: operator's map",
    "predicted": "basis: predicted",
    "declared": "basis: declared",
    "weighted": "basis: weighted",
    "villages": "basis: from villages",
    "communes": "basis: from communes",
}
PEOPLE = {"register": "people: register", "villages": "people: villages", "grid": "people: grid"}
GROUP = {
    "phu_song": "group: mobile coverage",
    "bang_rong_co_dinh": "group: fixed broadband",
    "wifi": "group: public Wi-Fi",
    "chat_luong": "group: quality of service",
    "ha_tang_thu_dong": "group: passive infrastructure",
    "camera": "group: security cameras",
    "truyen_thanh": "group: loudspeakers",
    "ha_tang_cong_so": "group: commune office",
    "khoang_cach": "group: distances",
    "xa_hoi_so": "group: digital society",
    "dieu_kien": "group: conditions",
}
LEAST_LEVEL = (
    "Where operators send maps of levels, at least {levels} counts as covered. 4G and 5G: not from any regulation."
)
NOT_CHECKED = "not checked against the primary text"


@dataclass(frozen=True, slots=True)
class Unit:
    """How values of a unit read: a share (0..1, shown in per cent), yes/no, or a number with a suffix."""

    kind: Literal["share", "yesno", "number"]
    suffix_vi: str = ""
    suffix_en: str = ""


def unit(name: str) -> Unit:
    """How the unit called `name` in results is shown."""
    if name in ("share", "%"):
        return Unit("share")
    if name in ("yes/no", "yesno", "bool"):
        return Unit("yesno")
    return Unit("number", say(name, "vi") if name else "", name)


def level(code: str, lang: Lang = "vi") -> str:
    """The label of a level: village, commune or province."""
    return both(LEVEL[code])[0 if lang == "vi" else 1]


def least_level(min_dbm: Mapping[str, float], lang: Lang = "vi") -> str:
    """From which received level on a map of levels counts as coverage, as a sentence; `min_dbm` per technology."""
    levels = ", ".join(f"{technology} {number(dbm, lang)} dBm" for technology, dbm in min_dbm.items())
    return say(LEAST_LEVEL, lang, levels=levels)


def number(value: float, lang: Lang = "vi", decimals: int | None = None) -> str:
    """`1.234,5` in Vietnamese, `1,234.5` in English; without `decimals` as many as `rounded` keeps."""
    if not math.isfinite(value):
        return "∞" if value > 0 else "–∞" if value < 0 else ""
    text = f"{_half_up(value, _places(value) if decimals is None else decimals):,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    text = "0" if text == "-0" else text
    return text if lang == "en" else text.translate(str.maketrans(",.", ".,"))


def value(amount: float, unit_name: str, lang: Lang = "vi", limit: float | None = None) -> str:
    """One value without suffix; never rounded onto 0, 1 or the threshold `limit` where it is not that."""
    how = unit(unit_name)
    if math.isinf(amount):
        return number(amount, lang)
    if how.kind == "yesno":
        return say("yes" if amount >= 0.5 else "no", lang)
    scale = 100 if how.kind == "share" else 1
    return number(amount * scale, lang, _places(amount * scale, _avoided(scale, limit)))


def rounded(amount: float, unit_name: str = "", limit: float | None = None) -> float:
    """A value as exact as `value` shows it."""
    scale = 100 if unit(unit_name).kind == "share" else 1
    return float(_half_up(amount * scale, _places(amount * scale, _avoided(scale, limit))) / scale)


def _avoided(scale: int, limit: float | None) -> list[float]:
    """What a value must not be rounded onto: 0, the whole of a share, the threshold."""
    return [0.0, *([100.0] if scale == 100 else []), *([limit * scale] if limit is not None else [])]


def _places(amount: float, avoided: Iterable[float] = ()) -> int:
    """Decimals shown: none from 1000, one from 10, else two (one per cent only), more near what is avoided."""
    listed = list(avoided)
    places = 0 if abs(amount) >= 1000 else 1 if abs(amount) >= 10 or 100.0 in listed else 2
    while places < MAX_DECIMALS and any(1e-7 < abs(amount - x) < 0.5 * 10**-places for x in listed):
        places += 1
    return places


def _half_up(amount: float, places: int) -> Decimal:
    return Decimal(amount).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def interval(
    low: float | None, high: float | None, unit_name: str, lang: Lang = "vi", limit: float | None = None
) -> str:
    """A value as it reads: `62–71 %`, `≥ 12`, `có`, `chưa rõ`. Missing: "". `limit` is the threshold, if any."""
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return ""
    how = unit(unit_name)
    tail = {"share": " %" if lang == "vi" else "%", "yesno": ""}.get(how.kind, _suffix(how, lang))
    if low == math.inf:
        return _plain("value: none anywhere", lang)
    ends = [value(end, unit_name, lang, limit) for end in (low, high)]
    if low == high or (ends[0] == ends[1] and how.kind != "yesno"):
        return ends[0] + tail
    if how.kind == "yesno" or (low <= 0 and (high == math.inf or (how.kind == "share" and high >= 1))):
        return _plain("value: not known", lang)
    shown = f"≥ {ends[0]}" if high == math.inf else f"≤ {ends[1]}" if low <= 0 and unit_name == "m" else "–".join(ends)
    return shown + tail


def _suffix(how: Unit, lang: Lang) -> str:
    suffix = how.suffix_vi if lang == "vi" else how.suffix_en
    return f" {suffix}" if suffix else ""


def limit(threshold: str) -> float | None:
    """The number of a threshold as results write it (`≥ 80 %`, `2/3`); None where there is none."""
    bare = threshold.lstrip("≥≤ ").strip()
    if not bare:
        return None
    try:
        return float(threshold_number({"True": "1", "False": "0"}.get(bare, bare)))
    except ValueError:
        return None


def threshold(text: str, unit_name: str, lang: Lang = "vi") -> str:
    """A threshold as it reads: `≥ 80 %`, `≥ 2/3`, `có` for a yes/no; text that is no number stays as it is."""
    amount = limit(text)
    sign = text[:1] if text[:1] in "≥≤" else ""
    if amount is None:
        return text
    if unit(unit_name).kind == "yesno":
        return _plain("threshold: must be yes" if amount >= 0.5 else "threshold: must be no", lang)
    shown = text.lstrip("≥≤ ") if "/" in text else interval(amount, amount, unit_name, lang)
    return f"{sign} {shown}".strip()


def day(when: object, lang: Lang = "vi") -> str:
    """`21/11/2026` in Vietnamese, `2026-11-21` in English, "" for a missing date."""
    iso = iso_day(when)
    return "/".join(reversed(iso.split("-"))) if lang == "vi" else iso


def iso_day(when: object) -> str:
    """`2026-11-21` of a date, a timestamp or ISO text, "" for a missing one; other text stays as it is."""
    if isinstance(when, (datetime, date)) and not pd.isna(when):
        return when.strftime("%Y-%m-%d")
    text = "" if when is None or pd.isna(when) else str(when)  # type: ignore[call-overload]  # scalars only
    return text[:10] if text[4:5] == "-" else text


def status(name: str, lang: Lang = "vi") -> str:
    """The label of a status."""
    return _plain(STATUS[name].label, lang)


def basis(name: str, lang: Lang = "vi") -> str:
    """What a value rests on; an unknown code stays as it is."""
    return _plain(BASIS[name], lang) if name in BASIS else name


def people_source(codes: str, lang: Lang = "vi") -> str:
    """Where a number of people comes from; several codes are joined with commas."""
    return ", ".join(_plain(PEOPLE[code], lang) if code in PEOPLE else code for code in codes.split(",") if code)


def operator(code: str, lang: Lang = "vi") -> str:
    """The label of an operator column: combined rows in words, an operator by its code."""
    return say(COMBINED[code], lang) if code in COMBINED else code


def _plain(key: str, lang: Lang) -> str:
    """A label of ours; the part before the colon only keeps the key apart from the same words elsewhere."""
    return key.partition(": ")[2] if lang == "en" and ": " in key else say(key, lang)


def both(key: str) -> list[str]:
    """A text in Vietnamese and English."""
    return [_plain(key, "vi"), _plain(key, "en")]


def breaks(values: Iterable[float], unit_name: str) -> list[float]:
    """Upper edges of at most five classes for values that nobody judges; every class but the last is `low ≤ x < edge`.

    Distances given only in the public classes keep those; other edges are quintiles rounded to two digits.
    """
    found = np.array([v for v in values if math.isfinite(v)], dtype=float)
    if unit_name == "m" and set(found) <= {0.0, *DISTANCE_BREAKS_M}:
        return list(DISTANCE_BREAKS_M)
    if len(found) == 0 or unit(unit_name).kind == "yesno":
        return []
    quintiles = np.quantile(found, [0.2, 0.4, 0.6, 0.8])
    edges = sorted({float(f"{q:.2g}") for q in quintiles})
    return [e for e in edges if found.min() < e <= found.max()]


def page_style() -> dict[str, object]:
    """What the page's script needs of all this."""
    looks = {name: [s.colour, s.ink, s.pattern, both(s.label), s.mark] for name, s in STATUS.items()}
    return {
        "status": looks,
        "ramp": RAMP,
        "paper": PAPER,
        "ground": GROUND,
        "yes": both("yes"),
        "no": both("no"),
        "open": both("value: not known"),
        "nowhere": both("value: none anywhere"),
        "unchecked": both(NOT_CHECKED),
        "any": both(COMBINED["any"]),
        "each": both(COMBINED["each"]),
        "unsure": both("class not certain"),
    }
