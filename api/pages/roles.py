"""Roles and their scopes in words."""

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


def scope_words(account: Account, workspace: Workspace, lang: Lang) -> str:
    """Which commune or operator an account acts for; "" for those of the province."""
    if account.commune:
        return say("commune {code}", lang, code=account.commune)
    return workspace.config.names.get(account.operator, account.operator) if account.operator else ""
