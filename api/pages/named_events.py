"""Events that results name: everybody reads their numbers, and what they are who may see them."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, select

from api.ledger import Event
from api.people.access import Person
from api.people.visible import own
from api.row_security import reading_as
from api.workspace import Workspace
from geo.words import Lang, say
from maps import style

KINDS = {"challenge_decided": "decision of the province", "village_verified": "what the commune saw on the spot"}


class Named(NamedTuple):
    """An event: its number, and what it is and of which day, "" where that may not be told."""

    number: int
    what: str = ""
    day: str = ""


def named_events(workspace: Workspace, person: Person, numbers: Iterable[int], lang: Lang) -> Mapping[int, Named]:
    """Number → event, each as the person may know it."""
    found = {number: Named(number) for number in numbers}
    if not found or person.role == "public":
        return found
    mine = own(person).clause(cast("ColumnElement[Any]", Event.commune), cast("ColumnElement[Any]", Event.operator))
    query = select(Event.id, Event.kind, Event.at).where(Event.id.in_(found), Event.kind.in_(KINDS), mine)
    with reading_as(workspace.engine, person) as session:
        for number, kind, at in session.execute(query):
            found[number] = Named(number, say(KINDS[kind], lang), style.day(at[:10], lang))
    return found
