"""Events about accounts: who may do what, and when that changed. No names, logins or secrets: an account is its id."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from api.events.payload import Payload

AccountId = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
Role = Literal["commune", "operator", "planner", "police", "auditor", "admin"]


class AccountMade(Payload, kind="account_made"):
    """An account was made. `commune` (of `vintage`) or `operator` is the scope of those two roles."""

    account: AccountId
    role: Role
    commune: str | None
    vintage: date | None
    operator: str | None


class AccountChanged(Payload, kind="account_changed"):
    """From now on the account has this role and scope."""

    account: AccountId
    role: Role
    commune: str | None
    vintage: date | None
    operator: str | None


class AccountDisabled(Payload, kind="account_disabled"):
    """The account may no longer do anything."""

    account: AccountId


class AccountEnabled(Payload, kind="account_enabled"):
    """The account may be used again."""

    account: AccountId


class CredentialChanged(Payload, kind="credential_changed"):
    """What an account signs in with was changed.

    `what`: the password was set; the second factor began to count or was removed; the account was linked to the
    single sign-on or no longer is; it got another name; its sessions, or these and its app passwords, were ended; the
    address for mails was set or removed.
    """

    account: AccountId
    what: Literal[
        "password", "factor_set", "factor_removed", "linked", "unlinked", "renamed", "sessions_ended", "all_revoked",
        "email_set", "email_removed",
    ]  # fmt: skip


class AppPasswordMade(Payload, kind="app_password_made"):
    """An app password of the account was made; it reads until `ends_on`."""

    account: AccountId
    app_password: Annotated[str, Field(pattern="^[0-9a-f]{16}$")]
    ends_on: date


class AppPasswordRevoked(Payload, kind="app_password_revoked"):
    """An app password of the account was taken back."""

    account: AccountId
    app_password: Annotated[str, Field(pattern="^[0-9a-f]{16}$")]
