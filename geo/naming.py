"""Units looked up by the names that people give them: with or without the word for their kind, tone marks anywhere."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

import pandas as pd

from geo.boundaries import VINTAGES, units
from geo.names import Named, commune_name, village_name

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
Taken = Callable[[str], Named]


@dataclass(frozen=True, slots=True)
class Names:
    """Units of one level: name as shown, unit above ("" for communes), former commune, and the ids of each code.

    `bare` are ids by unit above and bare name; `kinds` the words that may stand before a unit's name (none: any).
    """

    titles: Mapping[str, str]
    within: Mapping[str, str]
    former: Mapping[str, str]
    codes: Mapping[str, list[str]]
    bare: Mapping[tuple[str, str], list[str]]
    kinds: Mapping[str, frozenset[str]]
    taken: Taken

    def find(self, above: str, name: str) -> list[str]:
        """Ids of the units of that name; a kind that the name says must fit."""
        said = self.taken(name)
        return [i for i in self.bare.get((above, said.bare), []) if self.kind_fits(i, said.kind)]

    def called(self, unit: str, name: str) -> bool:
        """Whether the unit bears that name."""
        return unit in self.find(self.within[unit], name)

    def kind_fits(self, unit: str, kind: str) -> bool:
        """Whether the word for a kind ("" = none said) may stand before the unit's name."""
        return not kind or not self.kinds[unit] or kind in self.kinds[unit]

    def was_in(self, unit: str, former: str) -> bool:
        """Whether the village lay in that former commune."""
        return commune_name(self.former.get(unit, "")).bare == commune_name(former).bare


def named_communes(communes: pd.DataFrame) -> Names:
    """The communes by code and name."""
    return names(communes, commune_name, {})


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
    bare = grouped(((within.get(i, ""), p.bare), i) for i, p in parts.items())
    above = {i: within.get(i, "") for i in titles}
    return Names(titles, above, text(frame, "former_commune"), codes, bare, kinds, taken)


def text(frame: pd.DataFrame, column: str) -> dict[str, str]:
    """Unit id → what the column says, without the units of which it says nothing."""
    return {str(i): str(v) for i, v in frame[column].dropna().items()} if column in frame else {}


def grouped(pairs: Iterable[tuple[Key, str]]) -> dict[Key, list[str]]:
    """Key → ids, in their order."""
    found: dict[Key, list[str]] = {}
    for key, unit in pairs:
        found.setdefault(key, []).append(unit)
    return found


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
