"""What the environment may set: one class, one prefix."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from geo.words import Lang


class Settings(BaseSettings):
    """Settings from `HATANGSO_*` variables.

    `workspace` is the folder to work in; without it the current folder or the nearest above it that is a workspace.
    `database_url` puts the ledger into PostgreSQL; without it the ledger is a SQLite file in the workspace.
    `answer_days` is how long an operator has for an answer, `reopen_days` how long a decided case may be reopened.
    `actor` is who the ledger says did it; without it the name of the logged-in user.
    A session ends `session_idle_minutes` after the last request and `session_hours` after signing in.
    `oidc_issuer`, `oidc_client_id` and `oidc_client_secret` name the province's single sign-on (docs/accounts.md).
    `hosts` are the names under which other computers ask for the service, `proxies` the addresses of the proxies whose
    word on the asker and on https is taken; both with commas. `smtp_url` is the mail server by which people are told
    what waits (`smtp://`, `smtp+starttls://` or `smtps://`, with user and password if it asks for them), `smtp_from`
    the address they come from, `site` the address of the service that stands in them.
    `log` is the file for one line a request, else stderr.
    """

    model_config = SettingsConfigDict(env_prefix="HATANGSO_", env_ignore_empty=True, frozen=True, extra="ignore")

    workspace: Path | None = None
    database_url: SecretStr | None = None
    actor: str = ""
    session_idle_minutes: Annotated[int, Field(ge=1, le=1440)] = 30
    session_hours: Annotated[int, Field(ge=1, le=168)] = 12
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr | None = None
    hosts: str = ""
    proxies: str = ""
    smtp_url: SecretStr | None = None
    smtp_from: str = ""
    site: str = ""
    log: Path | None = None
    lang: Lang = "vi"
    answer_days: int = Field(default=30, ge=1, le=366)
    reopen_days: int = Field(default=30, ge=1, le=366)
