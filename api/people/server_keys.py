"""Keys that only this server has, kept in its database: what is derived from them need not be stored."""

import hmac
import secrets

from pydantic import BaseModel
from sqlalchemy.orm import Session

from api.database import reading, writing
from api.ledger import canonical
from api.tables.receipts import ServerKey
from api.workspace import Workspace


def server_key(workspace: Workspace, name: str) -> bytes:
    """The key of that name, made when first asked for; not to be called inside `api.database.writing`."""
    with reading(workspace.engine) as session:
        known = _value(session, name)
    if known is None:
        with writing(workspace.engine) as session:
            known = _value(session, name)
            if known is None:
                known = secrets.token_hex(32)
                session.add(ServerKey(name=name, value=known))
    return bytes.fromhex(known)


def derived(workspace: Workspace, name: str, *parts: str) -> bytes:
    """32 bytes that only this server can derive from `parts`: the same for the same parts."""
    text = "\n".join(f"{len(part)}:{part}" for part in parts)
    return hmac.digest(server_key(workspace, name), text.encode(), "sha256")


def sealed(workspace: Workspace, body: BaseModel) -> str:
    """What `api.writing.once` keeps of a body with secrets: nobody can try passwords against it."""
    return derived(workspace, "body", canonical(body.model_dump(mode="json"))).hex()


def _value(session: Session, name: str) -> str | None:
    known = session.get(ServerKey, name)
    return known.value if known else None
