"""The desk on the command line: in the role and scope of a named account, by the hands of the user of the computer."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar, cast

import typer
from pydantic import BaseModel, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.claims.counter import terms
from api.claims.desk import Desk
from api.command import Answer, Columns, Shared, UsageError, plain
from api.database import reading, writing
from api.errors import LedgerError
from api.people.access import Person, Role
from api.problems import Problem
from api.settings import Settings
from api.tables.accounts import Account
from api.workspace import Workspace
from geo.errors import GeoError

PARTIES: tuple[Role, ...] = ("operator", "commune", "planner", "auditor")
Body = TypeVar("Body", bound=BaseModel)
Found = TypeVar("Found")
As = Annotated[str, typer.Option("--as", help="Login of the account whose role and scope this is done in.")]
Note = Annotated[str, typer.Option(help="Note.")]
Most = Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")]


class Refused(GeoError):
    """A step that cannot be taken; `code` is the problem code."""

    def __init__(self, problem: Problem) -> None:
        told = problem.document
        lines = [told["title_en"], told.get("detail_en", "")]
        named = [getattr(one, "message_en", None) or _named(one.parameter, one.found) for one in problem.errors]
        super().__init__("\n".join(filter(None, [*lines, *named])))
        self.code = problem.code


@dataclass(frozen=True, slots=True)
class Seat:
    """A desk on the command line: `write` takes a step, `read` looks something up. Refusals are `Refused`."""

    desk: Desk

    def write(self, do: Callable[[Session, Desk], Found]) -> Found:
        """Run `do` as the only writer."""
        with _refusals(), writing(self.desk.workspace.engine) as session:
            return do(session, self.desk)

    def read(self, find: Callable[[Session, Desk], Found]) -> Found:
        """What `find` gives."""
        with _refusals(), reading(self.desk.workspace.engine) as session:
            return find(session, self.desk)


@contextmanager
def seated(shared: Shared, login: str, *roles: Role) -> Iterator[Seat]:
    """The desk of an account. `LedgerError` for one that is not there, is disabled, or has none of the roles."""
    with shared.opened() as workspace:
        person = _person(workspace, login)
        if person.role not in roles:
            raise LedgerError(f"The role {person.role} may not do this; the roles that may: {', '.join(roles)}.")
        yield Seat(
            Desk(workspace, person, datetime.now(UTC), f"{workspace.actor} for {person.actor}", terms(Settings()))
        )


def sent(kind: type[Body], given: Mapping[str, Any]) -> Body:
    """A body of what was typed; `UsageError` naming what cannot be used."""
    try:
        return kind.model_validate({name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        column = ".".join(map(str, first["loc"]))
        raise UsageError(f"{column} cannot be used: {first['msg']}") from error


def listed(shared: Shared, found: dict[str, Any], columns: Mapping[str, str]) -> Answer:
    """A part of a list: name in each item → heading."""
    rows = [tuple("" if item[name] is None else item[name] for name in columns) for item in found["items"]]
    table = Columns(tuple(columns.values()), rows)
    return Answer(found, (table.table(shared.spoken) if rows else plain(shared.say("Nothing here.")),))


def _person(workspace: Workspace, login: str) -> Person:
    with reading(workspace.engine) as session:
        found = session.scalar(select(Account).where(Account.login == login))
        if found is None:
            raise LedgerError(f"No account has the login {login!r}; see: hatangso users")
        if found.disabled:
            raise LedgerError(f"The account {login!r} is disabled.")
        return Person(
            role=cast(Role, found.role), account=found.id, login=login,
            commune=found.commune, vintage=found.vintage, operator=found.operator,
        )  # fmt: skip


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except Problem as problem:
        raise Refused(problem) from problem


def _named(parameter: str, found: str | None) -> str:
    return parameter if found is None else f"{parameter}: {found}"
