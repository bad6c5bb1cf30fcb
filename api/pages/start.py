"""The start page: the state of the province by criterion, and where everything else is."""

from typing import Any

from api.pages.drawing import STATUSES
from api.pages.told import cell, combined, headings, records, statuses
from api.public import Public
from geo.layer import LAYERS
from geo.words import Lang


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
            "counts": [(level, _counts(seen, level, key)) for level in ("commune", "village") if key in levels[level]],
        }
        for key, heading in sorted(every.items(), key=lambda one: (order[one[1].of.id], one[0]))
    ]
    return {"entries": found, "sources": sources(seen, lang), "needs": seen.needs["village"].nunique()}


def _counts(seen: Public, level: str, key: str) -> list[tuple[str, int]]:
    said = statuses(seen, level)[key].value_counts()
    return [(status, int(said[status])) for status in STATUSES if status in said]


def sources(seen: Public, lang: Lang) -> list[dict[str, Any]]:
    """The datasets that the run used, as the public may read of them."""
    return [
        {"layer": getattr(LAYERS[s.layer], lang) if s.layer in LAYERS else s.layer, "provider": s.credit(lang),
         "day": s.as_of, "rows": s.rows if s.rows >= 0 else None, "id": s.sha256[:12]}
        for s in seen.run.sources
    ]  # fmt: skip
