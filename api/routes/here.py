"""What routes ask for: the newest run as the public may see it, and the workspace it lies in."""

from typing import Annotated

from fastapi import Depends, Request

from api.people.access import ANYONE, Person
from api.public import Public, Shelf


def shelf(request: Request) -> Shelf:
    """The shelf of this service."""
    found: Shelf = request.app.state.shelf
    return found


def latest(request: Request) -> Public:
    """The newest run; `Problem` where there is none yet."""
    return shelf(request).latest()


def mine(request: Request, person: Annotated[Person, Depends(ANYONE)]) -> Public:
    """The run as the person who asks may see it; `Problem` where there is none yet."""
    return shelf(request).seen_by(person)


def shown(request: Request, person: Annotated[Person, Depends(ANYONE)]) -> Public:
    """What pages of tables show this person."""
    return shown_to(shelf(request), person)


def shown_to(kept: Shelf, person: Person) -> Public:
    """What pages of tables show: to planners the newest run as they see it, to everybody else what is published."""
    return kept.seen_by(person) if person.role == "planner" else kept.latest()


async def _at_once(request: Request) -> Shelf:
    return shelf(request)  # a plain function would cost a thread at every request


OnShelf = Annotated[Shelf, Depends(_at_once)]
Latest = Annotated[Public, Depends(latest)]
Mine = Annotated[Public, Depends(mine)]
Shown = Annotated[Public, Depends(shown)]
