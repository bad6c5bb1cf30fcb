"""How much waits for whoever looks at a page."""

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request

from api.claims.counter import desk_of
from api.claims.waiting import DECIDING, waiting
from api.people.access import Person
from api.problems import Problem
from api.row_security import reading_as
from geo.errors import GeoError


def waits_for(request: Request, me: Person) -> int:
    """The number of things that wait for this person; 0 for roles that decide nothing, and where it cannot be told."""
    if me.role not in DECIDING:
        return 0
    try:
        desk = desk_of(request, me)
        with reading_as(desk.workspace.engine, me) as session:
            return sum(task["count"] for task in waiting(session, desk))
    except (Problem, GeoError, SQLAlchemyError):  # the page itself says what is wrong
        return 0
