"""Remarks on pages: those on one place with the form for another, and the list of all that somebody sees."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request

from api.claims.counter import desk_of
from api.claims.remarks import ABOUT, OUTCOMES, RemarkQuery, remarks
from api.pages.roles import role_words
from api.pages.told import Heading
from api.pages.units import facts, part
from api.people.access import Person
from api.problems import Problem
from api.public import Public
from api.row_security import reading_as
from geo.words import Lang, say
from maps import style

READERS = ("operator", "commune", "planner", "auditor")
WRITERS = ("operator", "commune", "planner")
PAGE = 30


def on_place(request: Request, person: Person, seen: Public, place: tuple[str, str], lang: Lang) -> dict[str, Any]:
    """The remarks on a place that this person sees, and whether it may write one; `place` is level and id."""
    level, unit = place
    home = unit if level == "commune" else str(seen.villages["commune"].get(unit, ""))
    writes = person.role in WRITERS and (person.role != "commune" or person.commune == home)
    listed = _listed(request, person, RemarkQuery(lang=lang, unit=unit, limit=PAGE), seen) if _reads(person) else None
    return {"writes": writes, "reads": listed is not None, "items": listed["items"] if listed else []}


def every(request: Request, person: Person, seen: Public, asked: RemarkQuery) -> dict[str, Any]:
    """What the template `remarks.html` needs."""
    listed = _listed(request, person, asked, seen)
    page = asked.offset // PAGE + 1
    return {"items": listed["items"], "part": part(listed["total"], page, PAGE), "outcomes": outcomes(asked.lang)}


def outcomes(lang: Lang) -> list[tuple[str, str]]:
    """What the province may answer: code and words."""
    return [(code, say(words, lang)) for code, words in OUTCOMES.items() if code]


def criteria_of(headings: Sequence[Heading]) -> dict[str, str]:
    """Criterion → its title, each once."""
    return {h.of.id: h.title for h in reversed(headings)}


def _reads(person: Person) -> bool:
    return person.role in READERS


def _listed(request: Request, person: Person, asked: RemarkQuery, seen: Public) -> dict[str, Any]:
    desk = desk_of(request, person)
    with reading_as(desk.workspace.engine, person) as session:
        found = remarks(session, person, asked)
    titles = {c.id: c.title(asked.lang) for c in seen.criteria.criteria}
    items = [_shown(one, seen, titles, asked.lang) for one in found["items"]]
    return {"items": items, "total": found["total"]}


def _shown(one: dict[str, Any], seen: Public, titles: dict[str, str], lang: Lang) -> dict[str, Any]:
    """A remark in words."""
    known = facts(seen, one["level"]) if one["vintage"] == seen.run.vintage else None
    here = known is not None and one["unit"] in known.index
    place = known.loc[one["unit"]] if here and known is not None else None
    who = seen.operators.get(one["operator"], one["operator"]) or role_words(one["role"], lang)
    return one | {
        "name": one["unit"] if place is None else place["name"], "linked": place is not None,
        "commune_name": "" if place is None or one["level"] == "commune" else place["commune_name"],
        "title": titles.get(one["criterion"], one["criterion"]), "who": who,
        "about_text": say(ABOUT[one["kind"]], lang),
        "day": style.day(one["at"][:10], lang), "outcome_text": say(OUTCOMES[""], lang),
        "answer_day": style.day(one["answer"]["at"][:10], lang) if one["answer"] else "",
    }  # fmt: skip


def known_place(seen: Public, level: str, unit: str) -> None:
    """`Problem` where the run has no such place."""
    if unit not in seen.units(level).index:
        raise Problem("not_found")
