"""Times as people in Vietnam read them, and sizes of files."""

from datetime import datetime

from api.claims.states import VIETNAM
from geo.words import Lang
from maps import style

KB = 1000


def moment(at: str | None, lang: Lang) -> str:
    """`08:15 21/11/2026` of an ISO time in UTC, by the clock in Vietnam; "" for none."""
    if not at:
        return ""
    there = datetime.fromisoformat(at).astimezone(VIETNAM)
    return f"{there:%H:%M} {style.day(there.date(), lang)}"


def size(count: float, lang: Lang) -> str:
    """`12 kB`, `3,4 MB`."""
    for unit in ("B", "kB", "MB"):
        if count < KB:
            return f"{style.number(count, lang, 0 if count >= 10 or unit == 'B' else 1)} {unit}"
        count /= KB
    return f"{style.number(count, lang, 1)} GB"
