"""One mail a day to everybody who gave an address and for whom something waits: what, how much, until when."""

import smtplib
from collections.abc import Callable
from datetime import datetime
from typing import Any, cast, get_args

from sqlalchemy import or_, select, update

from api.claims.desk import Desk, Terms
from api.claims.states import VIETNAM
from api.claims.waiting import DECIDING, waiting
from api.database import reading, writing
from api.operation.mail import MailServer, connected, letter
from api.pages.claim_words import TASKS
from api.people.access import Person, Role
from api.problems import Problem
from api.row_security import reading_as
from api.tables.accounts import Account
from api.workspace import Workspace
from geo.words import Lang, say
from maps import style

HOURS = range(7, 18)  # in Vietnam; nobody is written to at night


def mail(
    workspace: Workspace,
    server: MailServer,
    now: datetime,
    failed: Callable[[Exception], object],
    terms: Terms | None = None,
) -> int:
    """Send today's mails that were not sent yet; how many were. `failed` is told of each that the server refused.

    A mail is written down before it is sent, so that two workers never send it twice; where the machine stops in
    between, the next one comes a day later. `OSError` where the mail server cannot be reached: nothing was sent then.
    """
    there = now.astimezone(VIETNAM)
    if there.hour not in HOURS:
        return 0
    day, sent = there.date().isoformat(), 0
    wanted = [(one, tasks) for one in _asked_for(workspace, day) if (tasks := _tasks(workspace, one, now, terms))]
    if not wanted:
        return 0
    with connected(server) as connection:
        for one, tasks in wanted:
            if not _taken(workspace, one, day):
                continue
            try:
                connection.send_message(_written(server, one, tasks))
            except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:  # others may be taken
                failed(error)
            else:
                sent += 1
    return sent


def _taken(workspace: Workspace, one: Account, day: str) -> bool:
    """Whether it is this worker that sends somebody's mail of a day."""
    with writing(workspace.engine) as session:
        free = or_(Account.mailed_on.is_(None), Account.mailed_on != day)
        found = session.scalar(select(Account.id).where(Account.id == one.id, free))
        session.execute(update(Account).where(Account.id == one.id).values(mailed_on=day))
    return found is not None


def _asked_for(workspace: Workspace, day: str) -> list[Account]:
    """Accounts that want a mail and had none on that day."""
    query = select(Account).where(
        Account.email.is_not(None), Account.disabled.is_(False), Account.role.in_(DECIDING),
        or_(Account.mailed_on.is_(None), Account.mailed_on != day),
    ).order_by(Account.login)  # fmt: skip
    with reading(workspace.engine) as session:
        found = list(session.scalars(query))
        session.expunge_all()
    return found


def _tasks(workspace: Workspace, one: Account, now: datetime, terms: Terms | None) -> list[dict[str, Any]]:
    """What waits for somebody; nothing where there are no units to ask about yet."""
    person = Person(
        cast(Role, one.role), one.id, one.login, one.name, commune=one.commune, vintage=one.vintage,
        operator=one.operator,
    )  # fmt: skip
    desk = Desk(workspace, person, now, person.actor, terms or Terms())
    try:
        with reading_as(workspace.engine, person) as session:
            return waiting(session, desk)
    except Problem:
        return []


def _written(server: MailServer, one: Account, tasks: list[dict[str, Any]]) -> Any:  # noqa: ANN401  a mail
    count = sum(task["count"] for task in tasks)
    parts = [_text(server, one, tasks, lang) for lang in get_args(Lang)]
    subject = say("[Digital infrastructure] {n} things wait for you", "vi", n=style.number(count, "vi", 0))
    return letter(server, one.email or "", subject, "\n\n--\n\n".join(parts))


def _text(server: MailServer, one: Account, tasks: list[dict[str, Any]], lang: Lang) -> str:
    lines = [f"- {_line(task, lang)}" for task in tasks]
    query = "" if lang == "vi" else "?lang=en"
    return "\n".join([
        say("To {name},", lang, name=one.name), "", say("This waits for you:", lang), *lines, "",
        say("Open the list: {address}", lang, address=f"{server.site}/viec{query}"), "",
        say("This mail comes at most once a day, and only if something waits. End it here: {address}", lang,
            address=f"{server.site}/tai-khoan{query}"),
    ])  # fmt: skip


def _line(task: dict[str, Any], lang: Lang) -> str:
    said = f"{say(TASKS[task['task']], lang)}: {style.number(task['count'], lang, 0)}"
    first = next((term["until"] for term in task["deadlines"]), None)
    return said if first is None else f"{said} ({say('first deadline {day}', lang, day=style.day(first, lang))})"
