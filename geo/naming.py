"""Units looked up by the names that people give them: with or without the word for their kind, tone marks anywhere."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TypeVar

import pandas as pd

from geo.boundaries import VINTAGES, units
from geo.names import Named, commune_name, district_name, has_marks, i_key, letters_key, village_name

# What a kind column stands for where the name itself does not say its kind.
SPOKEN = {
    "thon": frozenset({"thon", "lang", "xom"}),
    "ban": frozenset({"ban"}),
    "khu_pho": frozenset({"khu_pho", "to_dan_pho", "pho", "tieu_khu"}),
    "xa": frozenset({"xa"}),
    "phuong": frozenset({"phuong"}),
    "thi_tran": frozenset({"thi_tran"}),
}
Key = TypeVar("Key")
Item = TypeVar("Item")
Taken = Callable[[str], Named]
Index = Mapping[tuple[str, str], list[str]]


@dataclass(frozen=True, slots=True)
class Names:
    """Units of one level: name as shown, unit above ("" for communes), former commune, and the ids of each code.

    `bare`, `spelt` and `letters` are ids by unit above and bare name: as it is, with i = y, and without the marks of
    letters. `kinds` are the words that may stand before a unit's name (none: any), `inside` the ids of each unit above,
    `lies_in` the former districts of a commune as shown, several joined with ";".
    """

    titles: Mapping[str, str]
    within: Mapping[str, str]
    former: Mapping[str, str]
    codes: Mapping[str, list[str]]
    bare: Index
    spelt: Index
    letters: Index
    kinds: Mapping[str, frozenset[str]]
    taken: Taken
    inside: Mapping[str, list[str]]
    lies_in: Mapping[str, str] = field(default_factory=dict)

    def find(self, above: str, name: str) -> list[str]:
        """Ids of the units of that name; a kind that the name says must fit."""
        said = self.taken(name)
        return [i for i in self.bare.get((above, said.bare), []) if self.kind_fits(i, said.kind)]

    def respelt(self, above: str, name: str) -> list[str]:
        """Ids of the units of that name with i for y or y for i."""
        said = self.taken(name)
        return [i for i in self.spelt.get((above, i_key(said.bare)), []) if self.kind_fits(i, said.kind)]

    def nearly(self, above: str, name: str) -> list[str]:
        """Ids of the units whose name has the same letters and tones, the marks of letters aside.

        None for a name without any diacritic: it says nothing of its tones.
        """
        said = self.taken(name)
        if not has_marks(said.bare):
            return []
        return [i for i in self.letters.get((above, letters_key(said.bare)), []) if self.kind_fits(i, said.kind)]

    def called(self, unit: str, name: str) -> bool:
        """Whether the unit bears that name."""
        return unit in self.find(self.within[unit], name)

    def kind_fits(self, unit: str, kind: str) -> bool:
        """Whether the word for a kind ("" = none said) may stand before the unit's name."""
        return not kind or not self.kinds[unit] or kind in self.kinds[unit]

    def was_in(self, unit: str, former: str) -> bool:
        """Whether the village lay in that former commune."""
        return commune_name(self.former.get(unit, "")).bare == commune_name(former).bare

    def in_district(self, unit: str, meant: Collection[Named]) -> bool:
        """Whether the commune lies in one of those former districts, or in none that is known."""
        lies_in = districts_in(self.lies_in.get(unit, ""))
        return not lies_in or any(d in meant for d in lies_in)

    def spelling(self, unit: str) -> str:
        """The bare name of a unit, ready to compare."""
        return self.taken(self.titles[unit]).bare


def named_communes(communes: pd.DataFrame) -> Names:
    """The communes by code and name."""
    return replace(names(communes, commune_name, {}), lies_in=text(communes, "former_district"))


def named_villages(villages: pd.DataFrame) -> Names:
    """The villages by id, given code, and name within their commune."""
    return names(villages, village_name, text(villages, "commune"))


def names(frame: pd.DataFrame, taken: Taken, within: Mapping[str, str]) -> Names:
    """A frame of units (index: their ids) as `Names`."""
    titles, said_kinds, given = text(frame, "name"), text(frame, "kind"), text(frame, "code")
    parts = {i: taken(title) for i, title in titles.items()}
    kinds = {
        i: frozenset({p.kind}) if p.kind else SPOKEN.get(said_kinds.get(i, ""), frozenset()) for i, p in parts.items()
    }
    codes = grouped([*((i, i) for i in titles), *((code, i) for i, code in given.items() if code != i)])
    above = {i: within.get(i, "") for i in titles}
    bare, spelt, letters = (
        grouped(((above[i], key(p.bare)), i) for i, p in parts.items()) for key in (str, i_key, letters_key)
    )
    inside = grouped((unit, i) for i, unit in above.items())
    return Names(titles, above, text(frame, "former_commune"), codes, bare, spelt, letters, kinds, taken, inside)


def text(frame: pd.DataFrame, column: str) -> dict[str, str]:
    """Unit id → what the column says, without the units of which it says nothing."""
    return {str(i): str(v) for i, v in frame[column].dropna().items()} if column in frame else {}


def grouped(pairs: Iterable[tuple[Key, Item]]) -> dict[Key, list[Item]]:
    """Key → ids, in their order."""
    found: dict[Key, list[Item]] = {}
    for key, item in pairs:
        found.setdefault(key, []).append(item)
    return found


@cache
def districts_in(said: str) -> tuple[Named, ...]:
    """The former districts of a commune, several joined with ";"."""
    return tuple(district_name(part) for part in said.split(";") if part.strip())


@cache
def shipped(vintage: str) -> Names:
    """The communes of a shipped vintage."""
    return named_communes(units(vintage))


def other_vintage(value: str, vintage: str) -> tuple[str, str] | None:
    """Another shipped vintage whose communes have that code or, once, that name: its date and the commune's name."""
    for other in VINTAGES:
        found = shipped(other)
        fitting = [value] if value in found.titles else found.find("", value)
        if other != vintage and len(fitting) == 1:
            return other, found.titles[fitting[0]]
    return None
