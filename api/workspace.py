"""A workspace: the folder with its settings, and the ledger that belongs to it."""

import getpass
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from sqlalchemy import Engine, select

from api.anchors import FILE as HEADS
from api.anchors import START, begin
from api.database import at_least, check_revision, open_engine, reading, sqlite_url, upgrade, writing
from api.errors import LedgerError, WorkspaceError
from api.ledger import Workspace as Owner
from api.ledger import last_event
from api.settings import Settings
from geo.crs import working_crs
from geo.write import write_bytes

FILE = "workspace.yaml"
LEDGER = "ledger.sqlite"
RESERVED = ("any", "each")  # the combined rows of results
STRICT = ConfigDict(extra="forbid", frozen=True)


class Operator(BaseModel):
    """An operator: the code that files and criteria use, and the name that people read."""

    model_config = STRICT
    code: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")
    name: str

    @field_validator("code")
    @classmethod
    def _free(cls, code: str) -> str:
        if code in RESERVED:
            raise ValueError(f"{code!r} is the name of a combined row and cannot be an operator")
        return code


class Config(BaseModel):
    """What `workspace.yaml` says. `watermark` is printed on everything that leaves the workspace, "" for none."""

    model_config = STRICT
    id: str = Field(pattern="^[0-9a-f]{32}$")
    crs: str
    operators: tuple[Operator, ...] = ()
    province: str = ""
    watermark: str = ""

    @field_validator("operators")
    @classmethod
    def _once(cls, operators: tuple[Operator, ...]) -> tuple[Operator, ...]:
        codes = [o.code for o in operators]
        if len(set(codes)) < len(codes):
            raise ValueError(f"operator codes are used twice: {codes}")
        return operators

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of the operators."""
        return tuple(o.code for o in self.operators)

    @property
    def names(self) -> Mapping[str, str]:
        """Code of each operator → its name."""
        return {o.code: o.name for o in self.operators}


@dataclass(frozen=True, slots=True)
class Workspace:
    """An open workspace. `actor` is who the ledger says did what is done through it."""

    path: Path
    config: Config
    engine: Engine
    actor: str

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()


def make_config(crs: str, operators: Mapping[str, str], *, province: str = "", watermark: str = "") -> Config:
    """Settings of a new workspace. `CRSError` for a CRS not in metres, `WorkspaceError` for a bad operator code."""
    working_crs(crs)
    try:
        return Config(
            id=secrets.token_hex(16),
            crs=crs,
            operators=tuple(Operator(code=code, name=name) for code, name in operators.items()),
            province=province,
            watermark=watermark,
        )
    except ValidationError as error:
        raise WorkspaceError(_first(error)) from error


def make_workspace(path: Path, config: Config, settings: Settings) -> Workspace:
    """A new workspace in an empty or missing folder. `WorkspaceError` where there is one or other files lie there."""
    if (path / FILE).exists():
        raise WorkspaceError(f"there is a workspace in {path} already")
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise WorkspaceError(f"{path} is not an empty folder")
    path.mkdir(parents=True, exist_ok=True)
    engine = _engine(path, settings)
    try:
        upgrade(engine)
        _claim(engine, config.id)
        begin(path / HEADS)
    except BaseException:
        engine.dispose()
        raise
    text = yaml.safe_dump(config.model_dump(mode="json"), allow_unicode=True, sort_keys=False)
    write_bytes(text.encode(), path / FILE)  # last: a folder without it is no workspace yet
    return Workspace(path, config, engine, _actor(settings))


def open_workspace(path: Path | None, settings: Settings) -> Workspace:
    """The workspace in `path`, else the one the settings name, else the current folder or the nearest above it."""
    folder = find_folder(path, settings)
    config = read_config(folder)
    engine = _engine(folder, settings)
    try:
        check_revision(engine)
        _check_owner(engine, config.id)
    except BaseException:
        engine.dispose()
        raise
    return Workspace(folder, config, engine, _actor(settings))


def upgrade_workspace(path: Path | None, settings: Settings) -> Path:
    """Bring the ledger of a workspace to the newest revision; its folder."""
    folder = find_folder(path, settings)
    config = read_config(folder)
    engine = _engine(folder, settings)
    try:
        unanchored = not at_least(engine, "0006")  # of today's ledgers a missing file of heads is a finding
        upgrade(engine)
        _claim(engine, config.id)
        if unanchored:
            with reading(engine) as session:
                last = last_event(session)
            begin(folder / HEADS, (last.id, last.hash) if last else START)
    finally:
        engine.dispose()
    return folder


def find_folder(path: Path | None, settings: Settings) -> Path:
    """Where the workspace is; `WorkspaceError` saying what to do where there is none."""
    named = path or settings.workspace
    if named is not None:
        if not (named / FILE).is_file():
            raise WorkspaceError(f"there is no workspace in {named}; make one with: hatangso init")
        return named.resolve()
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / FILE).is_file():
            return folder
    raise WorkspaceError("this folder is not in a workspace; make one with: hatangso init, or name it with --workspace")


def read_config(folder: Path) -> Config:
    """What `workspace.yaml` in that folder says; `WorkspaceError` naming what is wrong with it."""
    try:
        config = Config.model_validate(yaml.safe_load((folder / FILE).read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise WorkspaceError(f"{FILE} cannot be read: {error}") from error
    except ValidationError as error:
        raise WorkspaceError(f"{FILE}: {_first(error)}") from error
    working_crs(config.crs)
    return config


def _first(error: ValidationError) -> str:
    found = error.errors(include_url=False)[0]
    return f"{'.'.join(str(step) for step in found['loc'])}: {found['msg']}"


def _engine(folder: Path, settings: Settings) -> Engine:
    if settings.database_url is not None:
        engine = open_engine(settings.database_url.get_secret_value())
    else:
        engine = open_engine(sqlite_url(folder.resolve() / LEDGER))
    engine.update_execution_options(heads=folder.resolve() / HEADS)  # `writing` notes the chain's head there
    return engine


def _actor(settings: Settings) -> str:
    if settings.actor:
        return settings.actor
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no such user in a container
        return "unknown"


def _claim(engine: Engine, workspace: str) -> None:
    """Make the database this workspace's own; `LedgerError` where it is another's."""
    with writing(engine) as session:
        owner = session.scalar(select(Owner.id))
        if owner is None:
            session.add(Owner(id=workspace))
        elif owner != workspace:
            raise LedgerError("the database belongs to another workspace; check HATANGSO_DATABASE_URL")


def _check_owner(engine: Engine, workspace: str) -> None:
    with reading(engine) as session:
        if session.scalar(select(Owner.id)) != workspace:
            raise LedgerError("the database belongs to another workspace; check HATANGSO_DATABASE_URL")
