"""Roles and their scopes in words."""

from api.gazetteer import Gazetteer
from api.tables.accounts import Account
from api.workspace import Workspace
from geo.words import Lang, say

ROLES = {
    "public": "Visitor",
    "commune": "Commune staff",
    "operator": "Operator's staff",
    "planner": "Provincial planner",
    "police": "Police",
    "auditor": "Auditor",
    "admin": "Admin",
}


def role_words(role: str, lang: Lang) -> str:
    """A role as people call it."""
    return say(ROLES[role], lang)


def scope_words(account: Account, workspace: Workspace, places: Gazetteer, lang: Lang) -> str:
    """Which commune or operator an account acts for, by its name where that is known; "" for those of the province."""
    if account.commune:
        name = places.commune(account.vintage or "", account.commune)
        return say("commune {code}", lang, code=name) if name == account.commune else name
    return workspace.config.names.get(account.operator, account.operator) if account.operator else ""
