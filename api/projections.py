"""Tables that follow from events: each is made again from the events and compared with what stands there."""

from datetime import date
from pathlib import Path
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.claims import replay
from api.people import accounts
from api.tables.accounts import Account


def differing(session: Session, root: Path) -> list[str]:
    """Names of the tables that are not what their events say; `root` is the folder of the workspace."""
    made, kept = replay.replayed(session, root), replay.kept(session)
    claims = [name for name in kept if made[name] != kept[name]]
    said = {account: (post, disabled) for account, (post, disabled) in accounts.replayed(session).items()}
    stand = {one.id: (_post(one), one.disabled) for one in session.scalars(select(Account))}
    return claims + ["account"] * (said != stand)


def _post(one: Account) -> accounts.Post:
    vintage = date.fromisoformat(one.vintage) if one.vintage else None
    return accounts.Post(cast(Any, one.role), one.commune, one.operator, vintage)
