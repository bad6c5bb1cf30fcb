"""One account a role for trying the service out: in the illustrative province only, on this computer only."""

import json
import secrets
from dataclasses import asdict, dataclass

import pyotp
from fastapi import Request
from sqlalchemy import select

from api.current import slots
from api.database import writing
from api.people.accounts import SECOND_FACTOR, Author, Person, Post, make_account, set_password
from api.people.sessions import from_here, loopback
from api.store import dataset_frame
from api.tables.accounts import Account
from api.workspace import Workspace

FILE = "demo-accounts.json"
NAMES = {
    "commune": "Cán bộ xã (thử)", "operator": "Cán bộ doanh nghiệp (thử)", "planner": "Cán bộ cấp tỉnh (thử)",
    "police": "Công an (thử)", "auditor": "Kiểm tra (thử)", "admin": "Quản trị viên (thử)",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trial:
    """An account to try; its password and the secret of its second factor stand in a file of the demo's workspace."""

    role: str
    login: str
    password: str
    totp: str = ""

    @property
    def code(self) -> str:
        """The code of the second factor now; "" without one."""
        return pyotp.TOTP(self.totp).now() if self.totp else ""


def make_trials(workspace: Workspace) -> list[Trial]:
    """Accounts of every role; where their file is gone, those that are there get new passwords."""
    file = workspace.path / FILE
    if file.is_file():
        return _read(workspace)
    posts = _posts(workspace)
    made = [
        Trial(role, f"thu.{role}", secrets.token_urlsafe(15), pyotp.random_base32() if role in SECOND_FACTOR else "")
        for role in posts
    ]
    with writing(workspace.engine) as session:
        for one in made:
            by, post = Author(workspace.actor), posts[one.role]
            account = session.scalar(select(Account).where(Account.login == one.login))
            if account is None:
                who = Person(one.login, NAMES[one.role])
                account = make_account(workspace, session, who, post, by, password=one.password)
            else:
                set_password(session, account, one.password, by, by_owner=True)
            account.first_until = None
            account.totp, account.totp_step = (one.totp, 0) if one.totp else (None, None)
        file.write_text(json.dumps([asdict(one) for one in made]), encoding="utf-8")
        file.chmod(0o600)
    return made


def trials(request: Request, workspace: Workspace) -> list[Trial]:
    """The accounts to try, for somebody at this computer; none anywhere else."""
    here = loopback(request.headers.get("host", "")) and from_here(request)
    return _read(workspace) if here and (workspace.path / FILE).is_file() else []


def _read(workspace: Workspace) -> list[Trial]:
    return [Trial(**one) for one in json.loads((workspace.path / FILE).read_text(encoding="utf-8"))]


def _posts(workspace: Workspace) -> dict[str, Post]:
    """A post for each role: the commune with most villages that a phone can still list, the first operator."""
    kept = [slot.kept.dataset for slot in slots(workspace).values() if slot.kept.dataset.layer == "village"]
    villages = dataset_frame(workspace.path, kept[0])
    sizes = villages.groupby("commune").size()
    commune = str(sizes[sizes <= 20].idxmax())
    operator = sorted(workspace.config.codes)[0]
    scoped = {"commune": Post("commune", commune=commune), "operator": Post("operator", operator=operator)}
    return {role: scoped.get(role) or Post(role) for role in NAMES}  # type: ignore[arg-type]  # names of roles
