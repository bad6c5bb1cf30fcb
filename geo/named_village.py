"""Which village the cells of a row name: by code, else by name within the commune that the row names."""

from geo.named_commune import Found, Remark, listed
from geo.naming import Names
from geo.suggest import similar


def village_by_code(code: str, name: str, commune: str | None, villages: Names, communes: Names) -> Found:
    """The village of an id or given code, which the commune and the name must not contradict."""
    if code not in villages.codes:
        return Found(commune, code="unknown_village_code", column="village_code", words={"value": code})
    there = [v for v in villages.codes[code] if commune in (None, villages.within[v])]
    fitting = [v for v in there if not name or villages.called(v, name)]
    if len(fitting) == 1:
        return Found(villages.within[fitting[0]], fitting[0])
    if len(fitting) > 1:
        words = {"value": code, "allowed": listed(fitting, villages)}
        return Found(commune, code="village_not_unique", column="village_code", words=words)
    is_really = villages.codes[code][0]
    where = communes.titles.get(villages.within[is_really], "")
    said = ", ".join(s for s in (name, communes.titles.get(commune or "", "")) if s)
    words = {"value": code, "found": f"{villages.titles[is_really]}, {where}", "name": said}
    return Found(commune, code="village_mismatch", column="village_code", words=words)


def village_by_name(name: str, former: str, commune: Found, villages: Names, communes: Names) -> Found:
    """The village of a name within its commune; the former commune breaks ties.

    A row that names an old commune (`commune.former`) never gets a village that is known to come from another one. A
    name is corrected as that of a commune is: i for y, else the marks of letters, where one village fits.
    """
    within = commune.commune
    if within is None:
        return Found(code="village_without_commune", column="village_name", words={"value": name})
    for step in (villages.find, villages.respelt, villages.nearly):
        fitting = [v for v in step(within, name) if came_from(v, commune.former, villages)]
        if len(fitting) > 1 and former:
            fitting = [v for v in fitting if villages.was_in(v, former)]
        if len(fitting) == 1:
            return Found(within, fitting[0], remarks=corrected(name, fitting[0], villages))
        if fitting:
            words = {"value": name, "commune": communes.titles[within], "allowed": listed(fitting, villages)}
            return Found(within, code="village_not_unique", column="village_name", words=words)
    words = {"value": name, "commune": communes.titles[within]}
    there = [(villages.titles[v], villages.titles[v]) for v in villages.inside.get(within, ())]
    if like := similar(name, there):
        words["similar"] = ", ".join(f"“{n}”" for n in like)
    return Found(within, code="unknown_village", column="village_name", words=words)


def came_from(village: str, former: str, villages: Names) -> bool:
    """Whether the village may come from the old commune that a row names; any may where the row names none."""
    return not former or village not in villages.former or villages.was_in(village, former)


def corrected(said: str, village: str, villages: Names) -> tuple[Remark, ...]:
    """The warning that a name was taken for one that is spelt otherwise; none where it is as written."""
    if villages.called(village, said):
        return ()
    return (Remark("name_corrected", "village_name", {"value": said, "found": listed([village], villages)}),)
