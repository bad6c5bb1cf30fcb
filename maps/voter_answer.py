"""The sentences that the province writes to voters about a place without signal."""

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from geo.words import Lang, say
from maps import style

METRES_A_KM = 1000


def answer(told: str, names: tuple[pd.Series, pd.Series], lang: Lang = "vi") -> str:
    """The answer about one place, from `geo.voter_answer.facts`; `names` of villages and communes, by id.

    What is not known is said to be not known; whose plan it is and when, only where a plan says so.
    """
    known = json.loads(told)
    parts = [_signal(known, names, lang), _station(known, lang), _electricity(known, lang)]
    if known.get("quarter"):
        parts.append(say("It is planned to be covered in quarter {quarter}.", lang, quarter=known["quarter"]))
    return " ".join(parts)


def _signal(known: Mapping[str, Any], names: tuple[pd.Series, pd.Series], lang: Lang) -> str:
    technology = "/".join(str(known.get("technology", "")).split(", "))
    said = {"place": _place(known, names, lang), "technology": technology}
    if known.get("state") == "sure":
        return say("{place} has no {technology} signal.", lang, **said)
    return say("{place} possibly has no {technology} signal; it must be measured.", lang, **said)


def _place(known: Mapping[str, Any], names: tuple[pd.Series, pd.Series], lang: Lang) -> str:
    """Cluster, village, commune, and in brackets the households."""
    units = [str(of.get(known.get(level), "")) for level, of in zip(("village", "commune"), names, strict=True)]
    cluster = str(known.get("cluster", ""))
    if cluster and not cluster.casefold().startswith("cụm"):
        cluster = say("Residential cluster {cluster}", lang, cluster=cluster)
    place = ", ".join(part for part in (cluster, *units) if part)
    if "households" not in known:
        return place
    return say("{place} ({n} households)", lang, place=place, n=style.number(known["households"], lang, 0))


def _station(known: Mapping[str, Any], lang: Lang) -> str:
    if "station" not in known or "distance_m" not in known:
        return say("No working station is known.", lang)
    said = {"station": known["station"], "km": _km(known["distance_m"], lang)}
    who = style.operator(str(known["operator"]), lang) if "operator" in known else ""
    named = say("{station} of {operator}", lang, station=said["station"], operator=who) if who else said["station"]
    nearest = say("The nearest working station is {station}, {km} km away", lang, station=named, km=said["km"])
    return f"{nearest}{_sight(known, lang)}."


def _sight(known: Mapping[str, Any], lang: Lang) -> str:
    if known.get("sight") == "clear":
        return say(", and no ground stands between", lang)
    if known.get("sight") != "blocked":
        return say("; whether ground stands between is not known", lang)
    over, at = style.number(known["over_m"], lang, 0), _km(known["over_at_m"], lang)
    return say(", hidden by ground {over} m above the line of sight, {at} km from the station", lang, over=over, at=at)


def _electricity(known: Mapping[str, Any], lang: Lang) -> str:
    if "electricity" not in known:
        return say("Whether the village has grid electricity is not known.", lang)
    if known["electricity"]:
        return say("The village has grid electricity.", lang)
    return say("The village has no grid electricity.", lang)


def _km(metres: float, lang: Lang) -> str:
    return style.number(metres / METRES_A_KM, lang, 1)
