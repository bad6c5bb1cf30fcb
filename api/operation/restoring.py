"""From a backup to a workspace again, on a machine that has nothing."""

import secrets
import shutil
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from api.anchors import FILE as HEADS
from api.anchors import Anchors, noted
from api.audit import chain_breaks
from api.database import open_engine, sqlite_url
from api.errors import WorkspaceError
from api.ledger import head
from api.operation.backups import TABLES, Manifest, checked, unpack
from api.operation.dumps import check_empty, loaded
from api.settings import Settings
from api.workspace import FILE, LEDGER


def restore(archive: Path, folder: Path, settings: Settings) -> Manifest:
    """Make the workspace of a backup in an empty or missing folder, its ledger in SQLite or where the settings say.

    The archive is read through before anything is touched; `WorkspaceError` where it is damaged, where the folder or
    the database holds something, or where the chain restored is not the one that was backed up. A database outside of
    the folder is then as empty as before.
    """
    about = checked(archive)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WorkspaceError(f"{folder} is not an empty folder")
    folder.parent.mkdir(parents=True, exist_ok=True)
    mounted = folder.exists()  # perhaps the root of a volume, which cannot be renamed
    name = f".{folder.name}.{secrets.token_hex(6)}"
    temporary = folder / name if mounted else folder.with_name(name)
    engine = _engine(temporary, settings)
    try:
        if settings.database_url is not None:
            with engine.connect() as connection:
                check_empty(connection)
        temporary.mkdir(0o700)
        unpack(archive, temporary)
        with loaded(engine, temporary / TABLES, about.revision) as connection:
            _check_chain(connection, about, noted(temporary / HEADS) or Anchors(()))
            shutil.rmtree(temporary / TABLES)
            if settings.database_url is not None:  # while its rows can still be taken back
                _place(temporary, folder, mounted=mounted)
        engine.dispose()
        if settings.database_url is None:
            _place(temporary, folder, mounted=mounted)
    finally:
        engine.dispose()
        shutil.rmtree(temporary, ignore_errors=True)
    return about


def _place(temporary: Path, folder: Path, *, mounted: bool) -> None:
    """Move what was restored to where it belongs."""
    if mounted:
        for path in sorted(temporary.iterdir(), key=lambda path: path.name == FILE):  # its settings make it one
            path.replace(folder / path.name)
    else:
        temporary.replace(folder)


def _engine(folder: Path, settings: Settings) -> Engine:
    if settings.database_url is not None:
        return open_engine(settings.database_url.get_secret_value())
    return open_engine(sqlite_url(folder.resolve() / LEDGER))


def _check_chain(connection: Connection, about: Manifest, anchors: Anchors) -> None:
    with Session(bind=connection) as session:
        if head(session) != about.head or chain_breaks(session, [text for _, text in anchors.heads]):
            raise WorkspaceError("the chain of events in this backup is broken; use an older one and tell the auditor")
