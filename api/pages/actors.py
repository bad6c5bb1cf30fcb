"""Who did something, as events name it, in words."""

from sqlalchemy.orm import Session

from api.pages.roles import role_words
from api.people.access import Person
from api.tables.accounts import Account
from geo.words import Lang, say

NAMED_TO = ("planner", "auditor", "admin")  # who reads names of others; everybody else reads the role


def actor_words(session: Session, actor: str, me: Person, lang: Lang) -> str:
    """Who that is: the reader itself, the name and role of an account, or what the command line was told."""
    if actor == me.actor:
        return say("you", lang)
    account = session.get(Account, actor.removeprefix("account/")) if actor.startswith("account/") else None
    if account is None:
        return say("the command line of the service", lang) if not actor.startswith("account/") else actor
    role = role_words(account.role, lang)
    return f"{account.name} ({role})" if me.role in NAMED_TO and account.name else role
