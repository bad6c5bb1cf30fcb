"""The second factor: codes of six digits that an app on a phone makes every 30 seconds (TOTP, RFC 6238)."""

import base64
import time
from hmac import compare_digest

import pyotp
from sqlalchemy.orm import Session

from api.events.accounts import CredentialChanged
from api.people.accounts import Author, revoke_all, say
from api.problems import Problem
from api.tables.accounts import Account

ISSUER = "Ha tang so"
SECONDS = 30
EARLIER_OR_LATER = 1  # steps that a phone's clock may be wrong


def as_secret(key: bytes) -> str:
    """The secret of 160 bits for a phone."""
    return base64.b32encode(key[:20]).decode()


def uri(login: str, secret: str) -> str:
    """What a phone reads as a QR code."""
    return pyotp.TOTP(secret, interval=SECONDS).provisioning_uri(name=login, issuer_name=ISSUER)


def begin(one: Account, secret: str) -> None:
    """Keep a secret that counts once its first code was right. `Problem` where a factor counts already."""
    if one.totp_step is not None:
        raise Problem("bad_account", detail="this account has a second factor; remove it first")
    one.totp = secret


def use(session: Session, one: Account, code: str, author: Author) -> None:
    """Take a code, once. The first right one makes the factor count. `Problem` for a wrong or used one."""
    step = _step(one, code)
    if step is None:
        raise Problem("second_factor")
    first, one.totp_step = one.totp_step is None, step
    if first:
        say(session, one, CredentialChanged(account=one.id, what="factor_set"), author)


def remove(session: Session, one: Account, author: Author) -> None:
    """Take the factor from an account and end all that was signed in by it."""
    if one.totp is None:
        return
    one.totp, one.totp_step = None, None
    revoke_all(session, one)
    say(session, one, CredentialChanged(account=one.id, what="factor_removed"), author)


def _step(one: Account, code: str) -> int | None:
    """The time step whose code this is, of those that were not used yet."""
    if one.totp is None:
        return None
    made, now = pyotp.TOTP(one.totp, interval=SECONDS), int(time.time()) // SECONDS
    steps = range(now - EARLIER_OR_LATER, now + EARLIER_OR_LATER + 1)
    said = code.strip().encode()
    right = [step for step in steps if compare_digest(made.generate_otp(step).encode(), said)]
    unused = [step for step in right if step > (one.totp_step if one.totp_step is not None else -1)]
    return unused[0] if unused else None
