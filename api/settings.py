"""What the environment may set: one class, one prefix."""

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from geo.words import Lang


class Settings(BaseSettings):
    """Settings from `HATANGSO_*` variables.

    `workspace` is the folder to work in; without it the current folder or the nearest above it that is a workspace.
    `database_url` puts the ledger into PostgreSQL; without it the ledger is a SQLite file in the workspace.
    `actor` is who the ledger says did it; without it the name of the logged-in user.
    """

    model_config = SettingsConfigDict(env_prefix="HATANGSO_", env_ignore_empty=True, frozen=True, extra="ignore")

    workspace: Path | None = None
    database_url: SecretStr | None = None
    actor: str = ""
    lang: Lang = "vi"
