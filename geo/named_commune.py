"""Which commune the cells of a row name, in the workspace's vintage or, through the crosswalk, in the one before it.

In this order: code (with the vintage that the name or the file says), exact name within the former district that the
row names, i for y, and last a name whose letters and tones agree but not the marks of its letters ("Hoàng Tiến, Hoàng
Hóa"): only within a district that is named, only where one spelling fits, only if no commune bears the name as
written, and always with a warning. A name without any diacritic is never taken; likeness is only suggested.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

from geo.carried_names import SPLIT, Old, carried_words, split_words
from geo.districts import Meant, known_districts, meant_district
from geo.names import Named, name_and_parent
from geo.naming import Names, other_vintage
from geo.suggest import similar

NO_WORDS: Mapping[str, str] = MappingProxyType({})
CELLS = ("commune_code", "commune_name", "former_district")
STEPS = ("find", "respelt", "nearly")  # of Names, the surest first


OLDER = "name_also_older"


class Remark(NamedTuple):
    """A warning about a row whose unit was found nevertheless: its code, column and words."""

    code: str
    column: str
    words: Mapping[str, str]


class Found(NamedTuple):
    """What one combination of cells names, and what is wrong with it: code of the finding, column, words.

    `former` is the old commune that the row names (as shown), "" where it names one of the workspace's vintage.
    """

    commune: str | None = None
    village: str | None = None
    code: str = ""
    column: str = ""
    words: Mapping[str, str] = NO_WORDS
    remarks: tuple[Remark, ...] = ()
    former: str = ""


@dataclass(frozen=True, eq=False)
class Known:
    """The units by every way in which a row may name them; `villages` None where there is no list.

    `old` is the vintage before the workspace's, None where none is bridged; `file` the vintage that the file's codes
    and names are said to be of, "" where nothing is said.
    """

    communes: Names
    villages: Names | None
    vintage: str
    old: Old | None = None
    file: str = ""

    @property
    def file_is_old(self) -> bool:
        """Whether the file says that it names units of the older vintage."""
        return self.old is not None and self.file == self.old.vintage

    @cached_property
    def lists(self) -> tuple[Names, ...]:
        """The communes that names may mean, those of the workspace first, unless the file says that it is older."""
        old = (self.old.names,) if self.old is not None else ()
        return old if self.file_is_old else (self.communes, *old)

    @cached_property
    def districts(self) -> frozenset[Named]:
        """The former districts that rows may name."""
        return known_districts(self.lists)


class Asked(NamedTuple):
    """The cells of a row that say its commune."""

    code: str
    name: str
    district: str

    @property
    def column(self) -> str:
        """The column that decides."""
        return "commune_code" if self.code else "commune_name"


def which_commune(cells: Mapping[str, str], known: Known) -> Found:
    """The commune of a code, which the name must not contradict, else of a name within its former district."""
    asked = Asked(*(cells.get(n, "") for n in CELLS))
    if asked.code:
        return by_code(asked, known)
    return by_name(asked, known) if asked.name else Found()


def by_code(asked: Asked, known: Known) -> Found:
    """The commune of a code: the name says of which vintage it is, without a name the file does, else the workspace."""
    code, old = asked.code, known.old
    here, was = code in known.communes.titles, old is not None and code in old.names.titles
    if not asked.name and known.file_is_old and was:
        return carried(code, asked, known)
    if not asked.name and here and not known.file_is_old:
        return Found(code)
    for names in known.lists:
        remarks = agreeing(names, code, asked.name) if asked.name and code in names.titles else None
        if remarks is not None:
            found = Found(code) if names is known.communes else carried(code, asked, known)
            return found._replace(remarks=(*remarks, *found.remarks))
    if asked.name and (here or was):
        titles = next(names.titles for names in (*known.lists, known.communes) if code in names.titles)
        words = {"value": code, "found": titles[code], "name": asked.name}
        return Found(code="commune_mismatch", column="commune_code", words=words)
    return stranger("unknown_commune_code", "commune_code", code, known)


def agreeing(names: Names, code: str, said: str) -> tuple[Remark, ...] | None:
    """The warnings with which a name agrees with its code (none: as written); None where it is another name."""
    for name in dict.fromkeys((said, name_and_parent(said)[0])):
        if names.called(code, name):
            return ()
        if code in (*names.respelt("", name), *names.nearly("", name)):
            return (corrected(said, code, names),)
    return None


def by_name(asked: Asked, known: Known) -> Found:
    """The commune of a name: as written here, as written before, then with a spelling that is corrected aloud."""
    whole = any(names.find("", asked.name) for names in known.lists)
    name, in_cell = (asked.name, "") if whole else name_and_parent(asked.name)
    meant = meant_district(asked.district or in_cell, known.districts)
    for step in STEPS:
        for names in known.lists:
            if inside := fitting(step, name, names, meant, known):
                return chosen(inside, names, asked._replace(name=name), meant, known)
    for names in known.lists:
        if elsewhere := names.find("", name):
            words = {"value": name, "found": listed(elsewhere, names), "name": meant.said}
            return Found(code="district_mismatch", column="commune_name", words=words)
    return stranger("unknown_commune", "commune_name", asked.name, known, meant)


def fitting(step: str, name: str, names: Names, meant: Meant, known: Known) -> list[str]:
    """The communes of a list that a step finds within the district that is meant; anywhere where none is.

    Marks are corrected only within a district, where one spelling fits and no commune of any list has the name.
    """
    found: list[str] = getattr(names, step)("", name)
    inside = [i for i in found if not meant.districts or names.in_district(i, meant.districts)]
    if step != "nearly":
        return inside or (found if meant.may_be_province else [])
    if not meant.districts or any(one.find("", name) for one in known.lists) or other_vintage(name, ""):
        return []
    near = {n.spelling(i) for n in known.lists for i in n.nearly("", name) if n.in_district(i, meant.districts)}
    return inside if len(near) == 1 else []


def chosen(fitting: list[str], names: Names, asked: Asked, meant: Meant, known: Known) -> Found:
    """The one commune that fits, carried where it is an old one; several are refused with their districts."""
    if len(fitting) > 1:
        words = {"value": asked.name, "allowed": listed(fitting, names)}
        return Found(code="commune_not_unique", column="commune_name", words=words)
    unit, remarks = fitting[0], unknown_district(meant)
    if not names.called(unit, asked.name) or (meant.respelt and meant.districts):
        remarks += (corrected(", ".join(s for s in (asked.name, meant.said) if s), unit, names),)
    if names is known.communes:
        return Found(unit, remarks=(*remarks, *also_older(unit, asked, meant, known)))
    found = carried(unit, asked, known)
    return found._replace(remarks=(*remarks, *found.remarks))


def carried(unit: str, asked: Asked, known: Known) -> Found:
    """The successor of an old commune; of a divided one that of the village that the row names, else a finding."""
    old, value = known.old, asked.code or asked.name
    parts = [p for p in old.successors.get(unit, ()) if p in known.communes.titles] if old else []
    if old is None or not parts:
        return stranger("unknown_commune", asked.column, value, known)
    title = old.names.titles[unit]
    if len(parts) > 1:
        words = split_words(value, unit, old, parts, known.communes)
        return Found(code=SPLIT, column=asked.column, words=words, former=title)
    words = carried_words(value, unit, old, parts[0], known.communes, known.vintage)
    return Found(parts[0], remarks=(Remark("commune_carried", asked.column, words),), former=title)


def settled_by_village(split: Found, village: str, known: Known) -> Found:
    """A row of a divided commune with the part in which the register has its village, as one of that old commune.

    It stays as it is where the row names no village, or where none or several are known to come from there.
    """
    villages, parts = known.villages, split.words["parts"].split()
    if villages is None or not village:
        return split
    there = [p for p in parts for v in villages.find(p, village) if villages.was_in(v, split.former)]
    if len(there) != 1:
        return split
    found = {"found": f"{known.communes.titles[there[0]]} ({there[0]})", "since": known.vintage}
    words = {n: split.words[n] for n in ("value", "old", "when")} | found
    remarks = (*split.remarks, Remark("commune_carried", split.column, words))
    return Found(there[0], remarks=remarks, former=split.former)


def also_older(unit: str, asked: Asked, meant: Meant, known: Known) -> tuple[Remark, ...]:
    """A warning where a name without vintage was also that of an older commune with more or other successors.

    So Xã Lam Sơn, once in three districts, and Phường Đông Sơn of the city, now another place under that name.

    It is kept only in files that name old communes in other rows (`only_in_old_files`).
    """
    old = known.old
    if old is None or known.file or not any(unit in parts for parts in old.successors.values()):
        return ()
    there = [
        i for i in old.names.find("", asked.name) if not meant.districts or old.names.in_district(i, meant.districts)
    ]
    others = [i for i in there if old.successors.get(i) != (unit,)]
    if not others:
        return ()
    words = {"value": asked.name, "found": listed([unit], known.communes), "when": old.vintage}
    return (Remark(OLDER, "commune_name", {**words, "district": meant.said, "allowed": listed(others, old.names)}),)


def only_in_old_files(answers: Mapping[tuple[str, ...], Found]) -> dict[tuple[str, ...], Found]:
    """The answers, without `name_also_older` where nothing in the file names an old commune or its district."""
    if any(found.former for found in answers.values()):
        return dict(answers)
    return {
        cells: found._replace(remarks=tuple(r for r in found.remarks if r.code != OLDER or r.words.get("district")))
        for cells, found in answers.items()
    }


def unknown_district(meant: Meant) -> tuple[Remark, ...]:
    """A warning where the row names a district that no list knows, so that it narrows nothing."""
    if not meant.said or meant.districts:
        return ()
    return (Remark("district_not_known", "former_district", {"value": meant.said}),)


def corrected(said: str, unit: str, names: Names) -> Remark:
    """The warning that a name was taken for one that is spelt otherwise."""
    return Remark("name_corrected", "commune_name", {"value": said, "found": listed([unit], names)})


def stranger(code: str, column: str, value: str, known: Known, meant: Meant | None = None) -> Found:
    """The finding for a commune that this vintage has not: where another vintage has it, say so; else what is like."""
    vintage = known.file if known.file_is_old else known.vintage
    if other := other_vintage(value, vintage):
        words = {"value": value, "other": other[1], "when": other[0], "vintage": vintage}
        if column == "commune_code" and known.old is not None and known.old.vintage == other[0]:
            words["file"] = other[0]
        return Found(code="commune_of_other_vintage", column=column, words=words)
    words = {"value": value, "vintage": vintage}
    if code == "unknown_commune" and (like := likely(value, known, meant or Meant())):
        words["similar"] = ", ".join(f"“{n}”" for n in like)
    return Found(code=code, column=column, words=words)


def likely(value: str, known: Known, meant: Meant) -> list[str]:
    """Communes whose names are like the value, within the district that the row names, else anywhere; for a message."""
    name = known.communes.taken(name_and_parent(value)[0]).bare
    units = [(names, i) for names in known.lists for i in names.titles]
    inside = [(n, i) for n, i in units if meant.districts and n.in_district(i, meant.districts)]
    for some in (inside, units):
        once = {n.spelling(i): n.titles[i] for n, i in reversed(some)}  # as the workspace has it, where several do
        if like := similar(name, [(shown, spelt) for spelt, shown in once.items()]):
            return like
    return []


def listed(ids: Iterable[str], names: Names) -> str:
    """Ids with their names, communes with their former district, for a message."""
    return ", ".join(f"{i} ({', '.join(s for s in (names.titles[i], names.lies_in.get(i, '')) if s)})" for i in ids)
