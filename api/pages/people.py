"""Accounts as the admin sees them: a list to search, and one account with all that may be done to it."""

from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.gazetteer import Gazetteer, gazetteer
from api.pages.asked import Spoken, Text
from api.pages.moments import moment
from api.pages.roles import ROLES, role_words, scope_words
from api.pages.units import part
from api.people import app_passwords
from api.people.access import SIGNED_IN, Role
from api.people.limiting import LIMITS
from api.problems import Problem
from api.tables.accounts import Account, SignedIn
from api.workspace import Workspace
from geo.names import fold
from geo.words import Lang, say
from maps import style

PAGE = 50


class People(Spoken):
    """Search, role and state of the accounts that are listed."""

    q: Text = ""
    role: Role | Literal[""] = ""
    state: Literal["", "on", "off", "first"] = ""
    page: Annotated[int, Field(ge=1, le=100_000)] = 1


def listed(workspace: Workspace, session: Session, asked: People) -> dict[str, Any]:
    """What the template `people.html` needs."""
    everybody = list(session.scalars(select(Account).order_by(Account.login)))
    places = gazetteer(workspace)
    found = [one for one in everybody if _fits(one, scope_words(one, workspace, places, asked.lang), asked)]
    by_role = {role: sum(one.role == role for one in everybody) for role in roles()}
    at = part(len(found), asked.page, PAGE)
    here = found[at.first - 1 : at.last] if at.total else []
    return {
        "rows": [brief(one, workspace, places, asked.lang) for one in here], "part": at, "by_role": by_role,
        "role_titles": role_titles(asked.lang), "choices": choices(workspace, places), "limits": limits(asked.lang),
        "asked": asked,
    }  # fmt: skip


def roles() -> list[Role]:
    """The roles that an account may have."""
    return [role for role in ROLES if role in SIGNED_IN.roles]


def role_titles(lang: Lang) -> dict[str, str]:
    """Role → what people call it."""
    return {role: role_words(role, lang) for role in roles()}


def _fits(one: Account, scope: str, asked: People) -> bool:
    text = fold(f"{one.login} {one.name} {scope} {one.commune or ''} {one.operator or ''}")
    state = {"on": not one.disabled, "off": one.disabled, "first": one.first_until is not None, "": True}
    return all(word in text for word in fold(asked.q).split()) and asked.role in ("", one.role) and state[asked.state]


def brief(one: Account, workspace: Workspace, places: Gazetteer, lang: Lang) -> dict[str, Any]:
    """An account in one line, without secrets."""
    return {
        "id": one.id, "login": one.login, "name": one.name, "role": one.role, "role_words": role_words(one.role, lang),
        "commune": one.commune or "", "vintage": style.day(one.vintage, lang), "operator": one.operator or "",
        "scope": scope_words(one, workspace, places, lang),
        "disabled": one.disabled, "factor": one.totp_step is not None, "identity": one.oidc or "",
        "first": moment(one.first_until, lang), "made_at": moment(one.made_at, lang),
    }  # fmt: skip


def choices(workspace: Workspace, places: Gazetteer) -> dict[str, list[tuple[str, str]]]:
    """Communes and operators that an account may be for."""
    return {"communes": places.communes(), "operators": list(workspace.config.names.items())}


def limits(lang: Lang) -> list[str]:
    """What one person or address may do at once, in words."""
    return [
        say(one.told, lang, most=style.number(one.most, lang, 0), more=style.number(one.more, lang, 0),
            seconds=style.number(one.seconds, lang, 0))
        for one in LIMITS.values()
    ]  # fmt: skip


def shown(workspace: Workspace, session: Session, wanted: str, lang: Lang) -> dict[str, Any]:
    """What the template `person.html` needs. `Problem` where there is no such account."""
    one = session.get(Account, wanted)
    if one is None:
        raise Problem("not_found")
    passwords = [
        {"id": p.id, "label": p.label, "made_at": moment(p.made_at, lang), "ends_at": moment(p.ends_at, lang)}
        for p in app_passwords.alive(session, one)
    ]
    places = gazetteer(workspace)
    sessions = len(list(session.scalars(select(SignedIn.id).where(SignedIn.account == one.id))))
    return {
        "one": brief(one, workspace, places, lang), "passwords": passwords, "sessions": sessions,
        "role_titles": role_titles(lang), "choices": choices(workspace, places),
    }  # fmt: skip
