"""The start page: the state of the province by criterion, and where everything else is."""

from functools import lru_cache
from typing import Any

from api.pages.drawing import STATUSES
from api.pages.told import cell, combined, headings, records, statuses
from api.public import Public
from geo.layer import LAYERS
from geo.words import Lang
from maps import style

JUDGED = ("pass", "fail", "unknown")


@lru_cache(maxsize=8)
def shown(seen: Public, lang: Lang) -> dict[str, Any]:
    """What the template `start.html` needs: one entry per criterion, and the datasets of the run."""
    whole = {row["key"]: row for row in records(combined(seen, "province", lang))}
    levels = {level: {h.key: h for h in headings(seen, level, lang)} for level in ("province", "commune", "village")}
    every = {key: h for level in levels.values() for key, h in level.items()}
    order = {c.id: n for n, c in enumerate(seen.criteria.criteria)}
    found = [
        {
            "heading": heading,
            "cell": cell(whole[key], lang) if key in whole else None,
            "counts": [
                (level, _counts(seen, level, key, lang)) for level in ("commune", "village") if key in levels[level]
            ],
        }
        for key, heading in sorted(every.items(), key=lambda one: (order[one[1].of.id], one[0]))
    ]
    return {
        "entries": found, "sources": sources(seen, lang), "needs": seen.needs["village"].nunique(),
        "figures": figures(seen, lang),
    }  # fmt: skip


def figures(seen: Public, lang: Lang) -> dict[str, Any]:
    """The three numbers that matter most: criteria of the province by result, places with a gap, what is not known."""
    whole = combined(seen, "province", lang)["code"].value_counts()
    level = "village" if len(seen.villages) else "commune"
    said = statuses(seen, level)
    sure, open_ = (said == "fail").any(axis=1), (said == "unknown").any(axis=1)
    judged = int(said.isin(JUDGED).to_numpy().sum())
    unknown = int((said == "unknown").to_numpy().sum())
    return {
        "level": level, "whole": {status: int(whole.get(status, 0)) for status in JUDGED},
        "failing": int(sure.sum()), "may_fail": int((open_ & ~sure).sum()), "places": len(said),
        "unknown": share(unknown, judged, lang),
    }  # fmt: skip


def share(part: int, whole: int, lang: Lang) -> str:
    """A share in per cent, as officials write it; "" of nothing."""
    return style.interval(part / whole, part / whole, "share", lang) if whole else ""


def _counts(seen: Public, level: str, key: str, lang: Lang) -> list[tuple[str, int, str]]:
    """Of each status how many units have it, and for what is not known the share of those that are judged."""
    said = statuses(seen, level)[key].value_counts()
    judged = int(sum(said.get(status, 0) for status in JUDGED))
    return [
        (status, int(said[status]), share(int(said[status]), judged, lang) if status == "unknown" else "")
        for status in STATUSES
        if status in said
    ]


def sources(seen: Public, lang: Lang) -> list[dict[str, Any]]:
    """The datasets that the run used, as the public may read of them."""
    return [
        {"layer": getattr(LAYERS[s.layer], lang) if s.layer in LAYERS else s.layer, "provider": s.credit(lang),
         "day": s.as_of, "rows": s.rows if s.rows >= 0 else None, "id": s.sha256[:12]}
        for s in seen.run.sources
    ]  # fmt: skip
