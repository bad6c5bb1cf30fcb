"""Pages of the investment list and of missing data, and the same rows as tables to take away."""

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import pandas as pd

from api.pages.asked import Listed
from api.pages.drawing import link
from api.pages.told import headings, records
from api.pages.units import alphabetical, counts, part, searched, taken_away
from api.problems import unknown
from api.public import Public
from geo.layer import LAYERS
from geo.names import fold, sort_key
from geo.needs import EVERYWHERE
from geo.words import Lang, say
from maps.lists import missing_table, needs_table
from maps.tables import Table

MOST_FIRST = ("people", "villages", "last")  # what is of interest where there is much of it


def needs_asked(seen: Public, asked: Listed) -> pd.DataFrame:
    """Rows of the investment list that fit, ranks as in the whole list."""
    needs = seen.needs
    fitting = needs[
        searched(_needs_text(seen), asked.q)
        & _is(needs["former_district"], asked.district)
        & _is(needs["commune"], asked.commune)
        & _is(needs["criterion"], asked.criterion)
        & _is(needs["status"], asked.status)
    ]
    return _sorted(fitting, asked, {"name": lambda rows: alphabetical(rows["name"]),
                                    "people": lambda rows: rows["people_high"]})  # fmt: skip


def _sorted(rows: pd.DataFrame, asked: Listed, keys: Mapping[str, Callable[[pd.DataFrame], pd.Series]]) -> pd.DataFrame:
    """The rows in the order asked for; as they are where that is not one of `keys`."""
    if asked.sort not in keys:
        return rows[::-1] if asked.reverse else rows
    order = keys[asked.sort](rows).reset_index(drop=True)
    up = (asked.sort not in MOST_FIRST) != bool(asked.reverse)
    return rows.iloc[order.sort_values(ascending=up, kind="stable", na_position="last").index]


@lru_cache(maxsize=8)
def _needs_text(seen: Public) -> pd.Series:
    needs = seen.needs
    return (needs["name"].fillna("") + " " + needs["commune_name"].fillna("") + " " + needs["village"]).map(fold)


def _is(values: pd.Series, wanted: str) -> "pd.Series[bool]":
    return values.eq(wanted) | (wanted == "")


def needs_shown(seen: Public, asked: Listed) -> dict[str, Any]:
    """What the template `needs.html` needs."""
    titles = {h.of.id: h.title for h in headings(seen, "village", asked.lang)}
    if asked.criterion and asked.criterion not in titles:
        raise unknown("criterion", asked.criterion, list(titles))
    rows = needs_asked(seen, asked)
    at = part(len(rows), asked.page)
    here = rows.iloc[at.first - 1 : at.last] if at.total else rows
    said = needs_table(here, seen.criteria, asked.lang).frame.to_dict("records")
    given = records(here)
    lines = [
        s
        | {"code": g["status"], "village": g["village"], "commune": g["commune"]}
        | {"title": titles.get(g["criterion"], ""), "near": _near(g, asked.lang)}
        for s, g in zip(said, given, strict=True)
    ]
    of_any = needs_asked(seen, asked.model_copy(update={"criterion": ""}))["criterion"]
    in_district = needs_asked(seen, asked.model_copy(update={"commune": ""}))
    names = seen.communes["name"]
    communes = [(c, names.get(c, c), n) for c, n in counts(in_district["commune"].fillna("")).items()]
    return _page(asked, "/can-dau-tu", at) | {
        "rows": lines, "titles": titles, "villages": rows["village"].nunique(),
        "by_status": rows["status"].value_counts().to_dict(),
        "by_result": needs_asked(seen, asked.model_copy(update={"status": ""}))["status"].value_counts().to_dict(),
        "by_criterion": of_any.value_counts().to_dict(),
        "districts": counts(needs_asked(seen, asked.model_copy(update={"district": ""}))["former_district"].fillna("")),
        "communes": sorted(communes, key=lambda one: sort_key(str(one[1]))),
    }  # fmt: skip


def _near(row: dict[str, Any], lang: Lang) -> list[tuple[str, str]]:
    """The distances to a node, a station and Wi-Fi, in words."""
    found = []
    for name, label in NEAR.items():
        low, high = row.get(f"{name}_low", math.nan), row.get(f"{name}_high", math.nan)
        if not (pd.isna(low) and pd.isna(high)):
            found.append((say(label, lang), distance(low, high, lang)))
    return found


NEAR = {"nearest_fibre_node_m": "fibre node", "nearest_bts_m": "mobile station", "nearest_wifi_m": "Wi-Fi point"}


def distance(low: float, high: float, lang: Lang) -> str:
    """A distance in km, as far as it is known: `1–3 km`, `< 1 km`, `> 5 km`, `chưa rõ`."""
    at_least, open_ = _km(low, lang), pd.isna(high)
    if open_:
        return f"> {at_least} km" if low > 0 else say("value: not known", lang)
    if low <= 0:
        return f"< {_km(high, lang)} km"
    return f"{at_least} km" if low == high else f"{at_least}–{_km(high, lang)} km"


def _km(metres: float, lang: Lang) -> str:
    text = f"{metres / 1000:.1f}".removesuffix(".0")
    return text.replace(".", ",") if lang == "vi" else text


def missing_asked(seen: Public, asked: Listed) -> pd.DataFrame:
    """Rows of the missing data that fit; what is missing in every commune fits each of them."""
    rows = seen.missing
    everywhere = rows["area"].eq(EVERYWHERE)
    fitting = rows[
        (searched(rows["name"].fillna("").map(fold), asked.q) | everywhere)
        & (_is(rows["former_district"], asked.district) | everywhere)
        & (_is(rows["area"], asked.commune) | everywhere)
        & _is(rows["layer"], asked.layer)
        & _is(rows["who"], asked.who)
    ]
    return _sorted(fitting, asked, {
        "name": lambda found: alphabetical(found["name"]), "layer": lambda found: found["layer"],
        "villages": lambda found: found["villages_missing"], "last": lambda found: found["as_of"],
    })  # fmt: skip


def missing_shown(seen: Public, asked: Listed) -> dict[str, Any]:
    """What the template `missing.html` needs."""
    rows = missing_asked(seen, asked)
    at = part(len(rows), asked.page)
    here = rows.iloc[at.first - 1 : at.last] if at.total else rows
    said = missing_table(here, asked.lang).frame.assign(area=here["area"], who=here["who"]).to_dict("records")
    layers = counts(missing_asked(seen, asked.model_copy(update={"layer": ""}))["layer"])
    elsewhere = missing_asked(seen, asked.model_copy(update={"district": ""}))
    everyone = missing_asked(seen, asked.model_copy(update={"who": ""}))
    roles = dict(zip(everyone["who"], missing_table(everyone, asked.lang).frame["ai_gui"], strict=True))
    return _page(asked, "/con-thieu-du-lieu", at) | {
        "rows": said, "layers": {k: (getattr(LAYERS[k], asked.lang), n) for k, n in layers.items()},
        "who": {k: (seen.operators.get(k, roles[k]), n) for k, n in counts(everyone["who"]).items()},
        "districts": counts(elsewhere["former_district"].fillna("")),
    }  # fmt: skip


def _page(asked: Listed, path: str, at: object) -> dict[str, Any]:
    return {
        "asked": asked, "part": at, "base": path, "files": taken_away(path, asked),
        "up": asked.sort not in MOST_FIRST,
        "here": lambda **new: link(path, asked.said(**new)),
    }  # fmt: skip


def needs_as_table(seen: Public, asked: Listed) -> Table:
    """Every row of the investment list that fits, to take away."""
    return needs_table(needs_asked(seen, asked), seen.criteria, asked.lang)


def missing_as_table(seen: Public, asked: Listed) -> Table:
    """Every row of the missing data that fits, to take away."""
    return missing_table(missing_asked(seen, asked), asked.lang)
