"""Passwords that people choose: what they must be, how they are kept, and comparing one in the same time for all."""

import unicodedata
from functools import cache
from threading import BoundedSemaphore

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from api.errors import AccountError

LEAST, MOST = 12, 256  # characters
DIFFERENT = 5
# OWASP Password Storage Cheat Sheet (2024): argon2id with at least 19 MiB, two passes, one lane
MEMORY_KIB, PASSES = 19_456, 2
AT_ONCE = BoundedSemaphore(4)  # so that many sign-ins at a time do not fill the memory


def check_password(password: str, login: str) -> None:
    """`AccountError` naming the rule that a new password breaks. Nothing is asked of its letters and digits."""
    plain = composed(password)
    if len(plain) < LEAST:
        raise AccountError(
            "the password has {found} characters, at least {least} are needed", found=len(plain), least=LEAST
        )
    if len(plain) > MOST:
        raise AccountError(
            "the password has {found} characters, at most {most} are allowed", found=len(plain), most=MOST
        )
    if login.casefold() in plain.casefold() and len(plain) < 2 * len(login):
        raise AccountError("the password is little more than the login; choose another")
    if len(set(plain.casefold())) < DIFFERENT:
        raise AccountError(
            "the password repeats too few characters; use at least {least} different ones", least=DIFFERENT
        )


def hashed(password: str) -> str:
    """An argon2id hash with its own salt."""
    with AT_ONCE:
        return _hasher().hash(composed(password))


def matches(password: str, kept: str | None) -> tuple[bool, str | None]:
    """Whether it is the password, and a better hash to keep instead if there is one.

    Where nothing is kept (no such account, no password) the same work is done, so that time tells nothing.
    """
    with AT_ONCE:
        right, better = _hasher().verify_and_update(composed(password)[: MOST + 1], kept or _dummy())
    return right and kept is not None, better if kept is not None else None


def composed(password: str) -> str:
    """Vietnamese letters are typed in two ways that look the same; one of them."""
    return unicodedata.normalize("NFC", password)


@cache
def _hasher() -> PasswordHash:
    return PasswordHash((Argon2Hasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=1),))


@cache
def _dummy() -> str:
    return _hasher().hash("no account has this")
