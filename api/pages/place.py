"""The page of one commune or village: every value with its interval, reason, source, date, evidence and conflict."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from api.pages.named_events import Named
from api.pages.past import History
from api.pages.told import cell, headings, judging, places, records, statuses, told
from api.pages.units import facts, marked
from api.problems import Problem
from api.public import Public
from geo.areas import area_classes
from geo.needs import COMBINED
from geo.words import Lang, say
from maps import style


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands on the page besides the run: earlier values by criterion and technology, and the events named."""

    past: History = field(default_factory=dict)
    events: Mapping[int, Named] = field(default_factory=dict)


def shown(seen: Public, level: str, area: str, lang: Lang, beside: Beside) -> dict[str, Any]:
    """What the template `place.html` needs. `Problem` where there is no such unit."""
    units = seen.units(level)
    if area not in units.index:
        raise Problem("not_found")
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in records(told(seen, lang).iloc[places(seen).get((level, area), [])]):
        rows.setdefault(row["key"], []).append(row)
    groups: dict[str, list[dict[str, Any]]] = {}
    for heading in headings(seen, level, lang):
        own = rows.get(heading.key, [])
        said = [cell(row, lang) | {"who": _who(seen, row["operator"], lang)} for row in own]
        whole = [c for c in said if c["operator"] in COMBINED]
        single = [c for c in said if c["operator"] not in COMBINED]
        entry = (
            {"heading": heading, "cell": whole[0], "also": whole[1:], "operators": single,
             "past": beside.past.get((heading.of.id, whole[0]["technology"] or ""), ()),
             "events": [beside.events[n] for n in moved_by(own) if n in beside.events]} if whole else None
        )  # fmt: skip
        groups.setdefault(heading.group, []).extend([entry] if entry else [])
    known = facts(seen, level).loc[area].to_dict()
    return {
        "level": level, "id": area, "known": known, "groups": groups, "lines": _lines(units.loc[area], level, lang),
        "villages": _villages(seen, area, lang) if level == "commune" else [],
    }  # fmt: skip


def moved_by(rows: Iterable[Mapping[str, Any]]) -> list[int]:
    """Numbers of the events that results name, in order."""
    return sorted({int(number) for row in rows for number in json.loads(row["events"] or "[]")})


def events_of(seen: Public, level: str, area: str) -> list[int]:
    """Numbers of the events that moved the results of a unit."""
    return moved_by(records(seen.results.iloc[places(seen).get((level, area), [])]))


def _who(seen: Public, operator: str, lang: Lang) -> str:
    """The name of an operator, or what a combined row is."""
    return seen.operators.get(operator) or style.operator(operator, lang)


def _lines(unit: pd.Series, level: str, lang: Lang) -> list[tuple[str, str]]:
    """What is known of the unit besides results."""
    counted = {"people": say("Number of people", lang), "households": say("Number of households", lang)}
    known = {name: unit.get(name) for name in counted}
    found = [(counted[name], style.number(n, lang, 0)) for name, n in known.items() if n is not None and pd.notna(n)]
    if level == "commune":
        area = unit.get("area_official_km2")
        found += [(say("Official area", lang), f"{style.number(area, lang)} km²")] if pd.notna(area) else []
        found += [(say("Boundaries", lang), say(SHAPE[unit["shape"]], lang))] if unit.get("shape") in SHAPE else []
        return found
    grid = unit.get("electricity")
    if pd.notna(grid):
        found.append((say("Grid electricity", lang), say("yes" if grid else "no", lang)))
    classes = area_classes(pd.Series([unit.get("area_class")], dtype=object), lang).iloc[0]
    if isinstance(classes, str):
        found.append((say("Area class", lang), classes))
    if isinstance(unit.get("former_commune"), str) and unit["former_commune"]:
        found.append((say("Former commune", lang), unit["former_commune"]))
    return found


SHAPE = {
    "exact": "border as given",
    "approximate": "approximate, for drawing and search only",
    "none": "border not known",
}


def _villages(seen: Public, commune: str, lang: Lang) -> list[dict[str, Any]]:
    known = facts(seen, "village")
    own = known[known["commune"].eq(commune)].sort_values("place")
    said, heads = statuses(seen, "village"), judging(seen, "village", lang)
    return [
        {"id": i, **fact, "marks": marked(heads, said.loc[i])} for i, fact in zip(own.index, records(own), strict=True)
    ]
