"""Tables of communes and villages: which rows are asked for, in which order, and how many each filter would leave."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pandas as pd

from api.pages.asked import Spoken, Units
from api.pages.drawing import STATUSES, link
from api.pages.told import Heading, cell, combined, headings, judging, records, statuses
from api.problems import unknown
from api.public import Public
from geo.names import fold, sort_key
from geo.words import Lang
from maps.tables import Table, unit_table

PAGE = 50
MOST_FIRST = ("people", "fail", "unknown")  # what is of interest where there is much of it
WORST_FIRST = ("fail", "unknown", "pass", "shown", "not_applicable")


@dataclass(frozen=True)
class Chosen:
    """Rows of a table by id, all pages, and for each filter how many rows each of its values would leave."""

    ids: pd.Index
    by_status: Mapping[str, int]
    by_district: Mapping[str, int]
    by_commune: Mapping[str, int]


@dataclass(frozen=True)
class Part:
    """One page of a list: its number, how many there are, the places of its first and last row, and of how many."""

    page: int
    pages: int
    first: int
    last: int
    total: int


def part(total: int, page: int, size: int = PAGE) -> Part:
    """The page asked for, or the last one."""
    pages = max(1, -(-total // size))
    page = min(page, pages)
    return Part(page, pages, min(total, (page - 1) * size + 1), min(total, page * size), total)


@lru_cache(maxsize=8)
def facts(seen: Public, level: str) -> pd.DataFrame:
    """What a table says of a unit besides results; `found` is folded for search, `place` its alphabetical place."""
    units = seen.units(level)
    home = pd.Series(units.index, index=units.index) if level == "commune" else units["commune"]
    named = pd.DataFrame({
        "name": units["name"], "commune": home, "commune_name": home.map(seen.communes["name"]),
        "district": home.map(seen.communes["former_district"]).fillna(""), "people": units["people"],
        "households": units["households"],
    })  # fmt: skip
    words = named["name"].fillna("") + " " + (named["commune_name"].fillna("") + " " if level == "village" else "")
    order = sorted(range(len(named)), key=lambda n: (sort_key(str(named["name"].iloc[n])), str(named.index[n])))
    place = pd.Series(range(len(order)), index=named.index[order]).reindex(named.index)
    return named.assign(found=[fold(w + str(i)) for w, i in zip(words, named.index, strict=True)], place=place)


def choose(seen: Public, level: str, asked: Units) -> Chosen:
    """The rows that fit all filters, in order. `Problem` for a criterion that the level does not have."""
    known, said = facts(seen, level), statuses(seen, level)
    keys = list(said.columns)
    if asked.criterion and asked.criterion not in keys:
        raise unknown("criterion", asked.criterion, keys)
    of = said[[asked.criterion]] if asked.criterion else said
    matches = pd.DataFrame({
        "q": searched(known["found"], asked.q),
        "district": known["district"].eq(asked.district) | (asked.district == ""),
        "commune": known["commune"].eq(asked.commune) | (asked.commune == ""),
        "status": (of == asked.status).any(axis=1) | (asked.status == ""),
    })  # fmt: skip
    without = {name: matches.drop(columns=name).all(axis=1) for name in ("status", "district", "commune")}
    return Chosen(
        _ordered(seen, level, known[matches.all(axis=1)], asked),
        {s: int(((of == s).any(axis=1) & without["status"]).sum()) for s in STATUSES},
        counts(known.loc[without["district"], "district"]),
        counts(known.loc[without["commune"], "commune"]),
    )


def searched(folded: pd.Series, q: str) -> "pd.Series[bool]":
    """Whether each text holds every word of the search, whatever the diacritics."""
    fits = pd.Series(True, index=folded.index)
    for word in fold(q).split():
        fits &= folded.str.contains(word, regex=False)
    return fits


def counts(values: pd.Series) -> dict[str, int]:
    """How often each value stands there, in alphabetical order."""
    found = values[values.ne("")].value_counts()
    return {str(v): int(found[v]) for v in sorted(found.index, key=lambda v: sort_key(str(v)))}


def _ordered(seen: Public, level: str, rows: pd.DataFrame, asked: Units) -> pd.Index:
    up = (asked.sort not in MOST_FIRST) != bool(asked.reverse)
    keyed = rows.assign(key=_key(seen, level, rows, asked))
    return keyed.sort_values(["key", "place"], ascending=[up, True], na_position="last").index


def _key(seen: Public, level: str, rows: pd.DataFrame, asked: Units) -> pd.Series:
    """What the rows are sorted by."""
    if asked.sort in ("fail", "unknown"):
        return (statuses(seen, level).loc[rows.index] == asked.sort).sum(axis=1)
    if asked.sort in ("commune", "district"):
        return alphabetical(rows["commune_name" if asked.sort == "commune" else "district"])
    if asked.sort == "people":
        return rows["people"]
    if asked.criterion and asked.sort == "value":
        return combined(seen, level, "vi").query("key == @asked.criterion").set_index("area_id")["low"]
    if asked.criterion and asked.sort == "status":
        return statuses(seen, level)[asked.criterion].map({s: n for n, s in enumerate(WORST_FIRST)})
    return rows["place"]


def alphabetical(values: pd.Series) -> pd.Series:
    """The place of each text in the Vietnamese alphabet, among these."""
    order = sorted({str(v) for v in values.dropna()}, key=sort_key)
    return values.map({text: place for place, text in enumerate(order)})


def shown(seen: Public, level: str, asked: Units) -> dict[str, Any]:
    """What the template `units.html` needs."""
    chosen = choose(seen, level, asked)
    at = part(len(chosen.ids), asked.page)
    ids = chosen.ids[at.first - 1 : at.last] if at.total else chosen.ids
    said, known = statuses(seen, level).loc[ids], facts(seen, level).loc[ids]
    heads = judging(seen, level, asked.lang)
    cells = _cells(seen, level, asked.criterion, ids, asked.lang) if asked.criterion else {}
    rows = [
        {"id": i, **fact, "marks": marked(heads, said.loc[i]), "cell": cells.get(i)}
        for i, fact in zip(ids, records(known), strict=True)
    ]  # fmt: skip
    path = "/thon" if level == "village" else "/xa"
    names = seen.communes["name"]
    communes = [(c, names.get(c, c), n) for c, n in chosen.by_commune.items()]
    communes.sort(key=lambda one: sort_key(str(one[1])))
    return {
        "level": level, "asked": asked, "part": at, "rows": rows, "headings": headings(seen, level, asked.lang),
        "judging": heads, "chosen": chosen,
        "communes": communes, "base": path, "files": taken_away(path, asked), "up": asked.sort not in MOST_FIRST,
        "here": lambda **new: link(path, asked.said(**new)),
    }  # fmt: skip


def tallied(seen: Public, level: str) -> list[dict[str, Any]]:
    """Every unit by name, with how many criteria have each status there."""
    said = statuses(seen, level)
    counted = pd.DataFrame({status: (said == status).sum(axis=1) for status in STATUSES})
    known = facts(seen, level).sort_values("place")
    return [
        {"id": i, **fact, "tally": tally}
        for i, fact, tally in zip(known.index, records(known), records(counted.loc[known.index]), strict=True)
    ]


def taken_away(path: str, asked: Spoken) -> list[tuple[str, str]]:
    """The files of what a table shows, all pages: form and address."""
    return [(form, link(f"{path}.{form.lower()}", asked.said(page=1))) for form in ("CSV", "XLSX")]


def marked(heads: tuple[Heading, ...], said: "pd.Series[str]") -> list[tuple[Heading, str]]:
    """Each of the criteria that a unit has a result of, with its status; `said` by key."""
    return [(h, said[h.key]) for h in heads if isinstance(said[h.key], str)]


def _cells(seen: Public, level: str, key: str, ids: pd.Index, lang: Lang) -> dict[str, Any]:
    rows = combined(seen, level, lang)
    rows = rows[rows["key"].eq(key) & rows["area_id"].isin(ids)]
    return {row["area_id"]: cell(row, lang) for row in records(rows)}


def as_table(seen: Public, level: str, asked: Units) -> Table:
    """The rows that a table shows, all pages, with every column of the criterion chosen, else of all."""
    chosen = choose(seen, level, asked)
    whole = wide(seen, level, asked.lang)
    fields = tuple(f for f in whole.fields if not f.criterion or asked.criterion in ("", f.criterion))
    return Table(whole.frame.loc[chosen.ids, [f.name for f in fields]], fields)


@lru_cache(maxsize=8)
def wide(seen: Public, level: str, lang: Lang) -> Table:
    """The table of all units."""
    return unit_table(seen.results, seen.criteria, (seen.villages, seen.communes), level, lang)  # type: ignore[arg-type]  # two levels
