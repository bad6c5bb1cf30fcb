"""What is sent to and answered by the routes of accounts, sessions and app passwords."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.events.accounts import Role
from api.people.app_passwords import DAYS, LABEL, MOST_DAYS
from api.people.passwords import MOST
from api.queries import WHOLE

Short = Annotated[str, Field(min_length=1, max_length=100)]
Secret = Annotated[str, Field(min_length=1, max_length=4 * MOST)]
Code = Annotated[str, Field(pattern="^[0-9]{6}$", description="The six digits that the phone shows.")]
Identity = Annotated[
    str, Field(pattern="^(sub|email):.{1,200}$", description="`sub:` and the subject, or `email:` and the address.")
]
EMAIL = r"^$|^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]{0,188}[A-Za-z0-9])?$"
Offset = Annotated[int, Field(ge=0, le=1_000_000), WHOLE]
Limit = Annotated[int, Field(ge=1, le=1000), WHOLE]


class Sent(BaseModel):
    """A body; a field that is not here is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SigningIn(Sent):
    """A login, its password, and the code of the second factor where the account has one."""

    login: Short
    password: Secret
    totp: Code | Literal[""] = ""


class OneCode(Sent):
    """A code of the second factor."""

    code: Code


class NewPassword(Sent):
    """The present password and the one to take its place."""

    present: Secret
    new: Secret


class Present(Sent):
    """The present password; empty for an account that signs in elsewhere."""

    password: Annotated[str, Field(max_length=4 * MOST)] = ""


class Removal(Present):
    """The present password and a code of the factor to be removed."""

    code: Code


class Email(Sent):
    """Where to be told by mail what waits; "" for nowhere."""

    email: Annotated[str, Field(pattern=EMAIL)] = ""


class AccountWish(Sent):
    """A new account; `identity` links it to the single sign-on, then it has no password."""

    login: Short
    name: Short
    role: Role
    commune: Short | None = None
    operator: Short | None = None
    identity: Identity | None = None


class AccountChange(Sent):
    """What is to change; what is not named stays. `role` brings its own scope along. `identity` "" unlinks."""

    name: Short | None = None
    role: Role | None = None
    commune: Short | None = None
    operator: Short | None = None
    disabled: bool | None = None
    identity: Identity | Literal[""] | None = None


class AppPasswordWish(Sent):
    """What an app password is for, and for how many days."""

    label: Annotated[str, Field(min_length=1, max_length=LABEL)]
    days: Annotated[int, Field(ge=1, le=MOST_DAYS)] = DAYS


class Part(Sent):
    """A part of a list."""

    limit: Limit = 100
    offset: Offset = 0


class AccountPart(Part):
    """A part of the accounts, of one role."""

    role: Role | None = None


class Me(BaseModel):
    """The person in this session. `unfinished` has to be done before the role counts: `password`, `second_factor`."""

    account: str
    login: str
    name: str
    role: str
    commune: str | None
    vintage: str | None
    operator: str | None
    via: str
    strong: bool
    csrf: str
    unfinished: list[str]
    email: str
    limits: dict[str, dict[str, int]]


class Started(BaseModel):
    """A session that was begun; `csrf` goes into the header X-CSRF-Token of every write."""

    csrf: str
    unfinished: list[str]


class Told(BaseModel):
    """The event that a write made."""

    event: int
    hash: str
    at: str


class Done(Told):
    """A change of an account."""

    account: str


class FirstPassword(Done):
    """A password that its owner must change at the first sign-in.

    Missing where the account signs in elsewhere, or where the request is sent again more than an hour later.
    """

    first_password: str | None = None


class Factor(BaseModel):
    """The secret of a second factor, as text and as the address that a phone reads as a QR code.

    Both are null where the request is sent again more than an hour later.
    """

    secret: str | None
    uri: str | None


class AppPasswordMade(Told):
    """A new app password. `secret` is told to nobody else; null where the request is sent again after an hour."""

    id: str
    label: str
    ends_at: str
    secret: str | None


class AppPasswordShown(BaseModel):
    """An app password, without its secret."""

    id: str
    account: str
    label: str
    made_at: str
    ends_at: str
    revoked_at: str | None


class AppPasswords(BaseModel):
    """A part of the app passwords."""

    items: list[AppPasswordShown]
    total: int


class AccountShown(BaseModel):
    """An account, without secrets."""

    id: str
    login: str
    name: str
    role: str
    commune: str | None
    vintage: str | None
    operator: str | None
    disabled: bool
    second_factor: bool
    identity: str | None
    made_at: str


class Accounts(BaseModel):
    """A part of the accounts, by login."""

    items: list[AccountShown]
    total: int
