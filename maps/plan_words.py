"""What a plan builds in plain sentences: what, where, why, who gains, what it costs and in which year."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from geo.indicator import INDICATORS
from geo.plan.draft import KINDS
from geo.words import Lang, say
from maps import style
from maps.money import money_range
from maps.plan_entries import Gain, PlanContent

Entry = Mapping[str, Any]
UNCONFIRMED = "unit costs not confirmed by the province"
PREDICTED = "estimated by a model, not measured"
MOST_NAMED = 3
BUILDS = {
    ("wifi", "fibre"): "install free Wi-Fi at {place}, fed by fibre",
    ("wifi", "4g"): "install free Wi-Fi at {place}, fed by 4G",
    ("camera", "point"): "install a camera at {place}",
    ("loudspeaker", "ict"): "install an IT-based loudspeaker cluster at {place}",
    ("electricity", "line"): "extend grid electricity by {length} to {place}",
    ("mobile", "shared"): "add mobile equipment on the existing mast {station} in {place}",
    ("mobile", "macro"): "build a new mobile station{mast} in {place}",
    ("mobile", "remote"): "build a small remote mobile station{mast} in {place}",
    ("mobile", "hill"): "build a new mobile station on high ground{mast} in {place}",
    ("mobile", "own"): "build a mobile station at the site {station} that was asked for{mast} in {place}",
    ("fibre", "access"): "lay {length} of fibre{ways} to {place}",
    ("fibre", "here"): "connect {place} to the fibre that is there",
    ("fibre", "part"): "lay {length} of fibre{ways} on the way to {place}, which it reaches in {done}",
}
OTHERWISE = "build ({kind}) at {place}"
WHY = {  # surely lacking, possibly lacking
    "wifi": ("its cultural house has no free Wi-Fi", "it is not known whether its cultural house has free Wi-Fi"),
    "camera": ("no camera watches this place", "it is not certain that a camera watches this place"),
    "loudspeaker": ("the village has no working loudspeaker", "it is not known whether a loudspeaker works there"),
    "electricity": ("the village has no grid electricity", "it is not known whether the village has grid electricity"),
    "mobile": ("mobile signal is lacking there", "it is not known whether mobile signal suffices there"),
    "fibre": ("the village has no fibre", "it is not known whether the village has fibre"),
}
GAIN = {
    "wifi": "{who} can use it", "camera": "{who} live around it (people of the commune shared out over its key places)",
    "loudspeaker": "{who} can hear it", "electricity": "{who} get electricity", "mobile": "{who} get signal",
    "fibre": "{who} get fibre to their village",
}  # fmt: skip
NOT_WALKED = " (where they live is not known, so the reach of {metres} m on foot is not counted; all are)"
WALK = {
    "roads": " ({n} of {of} people of the village live within {metres} m on foot by roads and paths)",
    "straight": " ({n} of {of} people of the village live within {metres} m in a straight line; "
    "no road is known there)",
}
WAYS = {"pole": ("on poles", "{length} on poles"), "duct": ("in ducts", "{length} in ducts")}
TERRAIN = {"plain": "terrain: plain", "hill": "terrain: hills", "mountain": "terrain: mountains"}
SMALL = ("Xã ", "Phường ", "Thị trấn ", "Đặc khu ")  # written small inside a sentence


def sentence(content: PlanContent, entry: Entry, lang: Lang = "vi") -> str:
    """The sentence about one row of `PlanContent.entries` (a mapping with its `id`)."""
    parts = {
        "year": entry["year"],
        "what": built(content, entry, lang),
        "why": why(content, entry, lang),
        "gain": gain(content, entry, lang),
        "cost": cost(content, entry, lang),
    }
    text = "In {year}: {what}, because {why}; {gain}; {cost}."
    return say(text if parts["gain"] else "In {year}: {what}, because {why}; {cost}.", lang, **parts)


def sentences(content: PlanContent, lang: Lang = "vi") -> list[str]:
    """A sentence for each of the entries, in their order."""
    return [sentence(content, entry, lang) for entry in listed(content)]


def listed(content: PlanContent) -> list[dict[str, Any]]:
    """The entries as mappings, each with its `id`."""
    rows = pd.DataFrame(content.entries.drop(columns="geometry"))
    records: list[dict[Any, Any]] = rows.to_dict("records")
    return [{"id": str(entry), **row} for entry, row in zip(rows.index, records, strict=True)]


def kind(name: str, lang: Lang = "vi") -> str:
    """The title of a kind of investment, or of an indicator, which old plans list as unsolved; else as it is."""
    known = KINDS.get(name) or INDICATORS.get(name)
    return name if known is None else str(getattr(known, lang))


def built(content: PlanContent, entry: Entry, lang: Lang = "vi") -> str:
    """What is built where, and by whom where an operator is named."""
    said, form = entry["said"] or {}, str(entry["form"])
    if entry["kind"] == "fibre" and "done" in said:
        form = "part" if said["done"] != entry["year"] else "access" if said["metres"] else "here"
    text = BUILDS.get((str(entry["kind"]), form), OTHERWISE)
    told = say(
        text, lang, place=place(content, entry, lang), kind=kind(entry["kind"], lang), done=said.get("done", ""),
        length=_length(said.get("metres"), lang), ways=_ways(said, lang), mast=_mast(said, lang),
        station=_station(content, said, lang),
    )  # fmt: skip
    operator = str(entry["operator"])
    told += say(", by {operator}", lang, operator=content.operator(operator)) if operator else ""
    shared = [name for name in said.get("shared", []) if name]
    return told + (
        say("; the route is shared with {villages}", lang, villages=named(content, shared, lang)) if shared else ""
    )


def place(content: PlanContent, entry: Entry, lang: Lang = "vi") -> str:
    """Where it stands: its own name, the village, the commune in brackets."""
    said, village = entry["said"] or {}, content.village_names.get(entry["village"], "")
    own = str(said.get("house") or said.get("place") or "")
    if entry["kind"] == "wifi" and not own:
        own = say("the cultural house", lang)
    if entry["kind"] == "camera" and not own:
        own = say("a key place", lang)
    at = own if village and village.casefold() in own.casefold() else " ".join(filter(None, (own, village)))
    commune = content.commune_names.get(entry["commune"], "")
    small = commune[:1].lower() + commune[1:] if commune.startswith(SMALL) and lang == "vi" else commune
    return f"{at} ({small})" if at and small else at or small or say("a place not named", lang)


def why(content: PlanContent, entry: Entry, lang: Lang = "vi") -> str:
    """What is lacking there, or what could not be without it."""
    gains = content.gains_of.get(entry["id"])
    if gains is not None and entry["kind"] in WHY:
        sure, possible = WHY[entry["kind"]]
        return say(sure if any(one.sure for one in gains) else possible, lang)
    wanting = content.wanting.get(entry["id"], [])
    if wanting:
        rows = content.entries.loc[wanting[:MOST_NAMED]]
        pairs = zip(rows["kind"], rows["village"].map(content.village_names).fillna(""), strict=True)
        told = [f"{kind(name, lang)} {village}".strip() for name, village in pairs]
        return say("it is needed for: {what}", lang, what=", ".join(told) + _more(len(wanting), lang))
    done = (entry["said"] or {}).get("done", entry["year"])
    if done != entry["year"]:
        return say("the route is built in stages", lang)
    return say("together with other items it brings what is told of those", lang)


def gain(content: PlanContent, entry: Entry, lang: Lang = "vi") -> str:
    """Who gains by it; "" where the gain is told of another item."""
    gains = content.gains_of.get(entry["id"])
    if gains is None:
        return ""
    areas = list(dict.fromkeys(one.area for one in gains))
    other = [area for area in areas if area in content.villages.index and area != entry["village"]]
    people = _people(content, gains, lang)
    if people and other:
        people = say("{who} in {villages}", lang, who=people, villages=named(content, areas, lang))
    if not people:
        return say("nobody lives there now", lang)
    told = say(GAIN.get(entry["kind"], "{who} gain"), lang, who=people) + walk(entry, lang)
    return f"{told} ({say(PREDICTED, lang)})" if entry["basis"] == "predicted" else told


def walk(entry: Entry, lang: Lang = "vi") -> str:
    """How many of the village can walk to it, along what; that it is not known; "" of what nobody walks to."""
    said = entry["said"] or {}
    if "walk_m" not in said:
        return ""
    metres = style.number(said["walk_m"], lang, 0)
    if said.get("reach") is None:
        return say(NOT_WALKED, lang, metres=metres)
    told = {"n": style.number(said["reach"], lang, 0), "of": style.number(said["of"], lang, 0), "metres": metres}
    return say(WALK[said["way"]], lang, **told)


def cost(content: PlanContent, entry: Entry, lang: Lang = "vi") -> str:
    """What it costs to build and per year, and that nobody confirmed that."""
    once = money_range(entry["low"], entry["high"], lang) or say("cost not known", lang)
    yearly = money_range(entry["yearly_low"], entry["yearly_high"], lang) if entry["yearly_high"] else ""
    told = say("{once}, running {yearly} a year", lang, once=once, yearly=yearly) if yearly else once
    return told if content.confirmed else f"{told} ({say(UNCONFIRMED, lang)})"


def named(content: PlanContent, villages: list[str], lang: Lang = "vi") -> str:
    """Names of the first villages, and how many more there are."""
    return ", ".join(content.village_names.get(v, v) for v in villages[:MOST_NAMED]) + _more(len(villages), lang)


def _more(count: int, lang: Lang) -> str:
    return say(" and {n} more", lang, n=count - MOST_NAMED) if count > MOST_NAMED else ""


def _people(content: PlanContent, gains: Sequence[Gain], lang: Lang) -> str:
    """`412 people`, with what is only possible told apart; "" where it is known that nobody lives there."""
    first, more = (_counted(content, [one for one in gains if one.sure is sure], lang) for sure in (True, False))
    if first and more:
        return say("{sure}, possibly {more} more", lang, sure=first, more=more)
    return first or (say("possibly {n}", lang, n=more) if more else "")


def _counted(content: PlanContent, gains: Sequence[Gain], lang: Lang) -> str:
    """People of these gains, and how many villages there are of which they are not known."""
    unknown = len({one.area for one in gains} & content.uncounted)
    total = round(sum(one.people for one in gains))
    parts = [say("{n} people", lang, n=style.number(total, lang, 0))] if total else []
    parts += [say("{n} village(s) whose people are not known", lang, n=unknown)] if unknown else []
    return say(" and ", lang).join(parts)


def _length(metres: object, lang: Lang) -> str:
    """Kilometres, below one metres; of a route the sum of its parts."""
    given: Any = sum(metres.values()) if isinstance(metres, Mapping) else metres
    if given is None or not math.isfinite(given):
        return ""
    return f"{style.number(given / 1000, lang, 1)} km" if given >= 1000 else f"{style.number(given, lang, 0)} m"


def _ways(said: Entry, lang: Lang) -> str:
    """How a route is laid, and over which terrain; in brackets."""
    metres = said.get("metres")
    if not isinstance(metres, Mapping):
        return ""
    several = len(metres) > 1
    laid = [say(WAYS[f][several], lang, length=_length(m, lang)) for f, m in metres.items() if f in WAYS]
    over = [style.both(TERRAIN[t])[lang == "en"] for t in said.get("terrain", []) if t in TERRAIN]
    told = [*laid, *([", ".join(over)] if over else [])]
    return f" ({'; '.join(told)})" if told else ""


def _mast(said: Entry, lang: Lang) -> str:
    return (
        say(", mast {height} m high,", lang, height=style.number(said["height_m"], lang))
        if said.get("height_m")
        else ""
    )


def _station(content: PlanContent, said: Entry, lang: Lang) -> str:
    owner = content.operator(str(said.get("operator") or ""))
    station = str(said.get("station") or "")
    return say("{station} of {operator}", lang, station=station, operator=owner) if owner else station
