"""Money as officials write it: 18–25 triệu đồng, 850 triệu–1,2 tỷ đồng. The page's script has the same rules."""

import math

from geo.words import Lang
from maps import style

UNITS = ((1e9, 0.9995e9, "tỷ", "billion"), (1e6, 1e5, "triệu", "million"))  # size, from which amount on, words


def money(amount: float, lang: Lang = "vi") -> str:
    """One amount of đồng; "" where it is not known."""
    return money_range(amount, amount, lang)


def money_range(low: float, high: float, lang: Lang = "vi") -> str:
    """Two amounts of đồng as a range, one where both read alike; "" where one is not known."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return ""
    first, last = _said(low, lang), _said(high, lang)
    if low and first[1] != last[1]:
        return f"{_whole(first, lang)}–{' '.join(filter(None, last))}" if lang == "en" else _mixed(first, last)
    return _whole(("–".join(dict.fromkeys((first[0], last[0]))), last[1]), lang)


def _mixed(first: tuple[str, str], last: tuple[str, str]) -> str:
    start = " ".join(first) if first[1] else f"{first[0]} đồng"
    return f"{start}–{_whole(last, 'vi')}"


def _whole(one: tuple[str, str], lang: Lang) -> str:
    said = " ".join(filter(None, one))
    return f"{said} đồng" if lang == "vi" else f"VND {said}"


def _said(amount: float, lang: Lang) -> tuple[str, str]:
    """The number and its unit."""
    for size, least, vi, en in UNITS:
        if abs(amount) >= least:
            scaled = amount / size
            places = 0 if abs(scaled) >= 100 else 1 if abs(scaled) >= 10 else 2
            return style.number(scaled, lang, places), vi if lang == "vi" else en
    return style.number(amount, lang, 0), ""
