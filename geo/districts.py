"""The former district that a row names: it narrows the search for a commune, and never decides alone."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from geo.names import Named, district_name, has_marks, i_key, letters_key, name_and_parent
from geo.naming import Names, districts_in


class Meant(NamedTuple):
    """The former districts that a row's words can mean; none where it names none, or one that is not known.

    `said` are its words ("" = none), `respelt` whether they are spelt otherwise than the district, `may_be_province`
    whether they may as well be the name of the province, as a city often lends it ("Hoằng Tiến, Thanh Hóa").
    """

    said: str = ""
    districts: frozenset[Named] = frozenset()
    respelt: bool = False
    may_be_province: bool = False


def known_districts(lists: Iterable[Names]) -> frozenset[Named]:
    """The districts in which the communes of the lists lie."""
    return frozenset(d for names in lists for place in set(names.lies_in.values()) for d in districts_in(place))


def meant_district(said: str, known: Collection[Named]) -> Meant:
    """Those of the known districts that are meant: as written, else with i for y, else by letters and tones.

    Words for a province, and any words where no district is known, mean nothing.
    """
    words = name_and_parent(said)[0].strip() if said.strip() else ""
    taken = district_name(words) if words else None
    if taken is None or not known or taken.kind == "tinh":
        return Meant()
    of_kind = [d for d in known if not taken.kind or not d.kind or d.kind == taken.kind]
    exact = frozenset(d for d in of_kind if d.bare == taken.bare)
    if exact:
        return Meant(words, exact, may_be_province=not taken.kind and all(d.kind == "thanh_pho" for d in exact))
    return Meant(words, respelt_district(taken, of_kind), respelt=True)


def respelt_district(taken: Named, known: Iterable[Named]) -> frozenset[Named]:
    """The one district that is spelt nearly so; none where there is not exactly one."""
    spelt = {d for d in known if i_key(d.bare) == i_key(taken.bare)}
    nearly = {d for d in known if letters_key(d.bare) == letters_key(taken.bare)} if has_marks(taken.bare) else set()
    found = spelt or nearly
    return frozenset(found) if len(found) == 1 else frozenset()
