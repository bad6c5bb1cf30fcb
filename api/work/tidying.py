"""What nobody needs any more, removed: uploads that were read long ago, files without a row, old jobs."""

import shutil
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, select

from api.database import reading, writing
from api.tables.intake import Job, Photo, Upload
from api.work import jobs, photos
from api.work.uploads import path_of
from api.workspace import Workspace

KEPT = timedelta(days=30)  # uploads, and jobs with their files, from when they came or ended
GRACE_S = 3600.0  # a file without a row may be that of a request at work


def tidy(workspace: Workspace) -> dict[str, int]:
    """Remove what is over; how many of each."""
    before = datetime.now(UTC) - KEPT
    return {
        "uploads": _uploads(workspace, before),
        "files": _left(workspace),
        "photos": _photos(workspace),
        "jobs": _jobs(workspace, before),
    }


def _uploads(workspace: Workspace, before: datetime) -> int:
    text = before.isoformat(timespec="microseconds").replace("+00:00", "Z")
    with writing(workspace.engine) as session:
        waiting = select(Job.id).where(Job.state.in_(("queued", "running")), Job.asked.contains(Upload.id))
        rows = list(session.scalars(select(Upload).where(Upload.at < text, ~waiting.exists())))
        session.execute(delete(Upload).where(Upload.id.in_([row.id for row in rows])))
        paths = [path_of(workspace.path, row) for row in rows]
    for path in paths:
        path.unlink(missing_ok=True)
    return len(paths)


def _left(workspace: Workspace) -> int:
    """Files in quarantine of requests that were never finished."""
    old = [p for p in _files(workspace.path / "quarantine") if _is_old(p)]
    with reading(workspace.engine) as session:
        known = {path_of(workspace.path, row) for row in session.scalars(select(Upload))} if old else set()
    gone = [path for path in old if path not in known]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def _photos(workspace: Workspace) -> int:
    """Photos without a row: of a request that was never finished, or erased while the machine stopped."""
    old = {p.name[:64] for p in _files(workspace.path / "evidence") if _is_old(p)}
    with reading(workspace.engine) as session:
        known = set(session.scalars(select(Photo.sha256))) if old else set()
    return sum(photos.remove_files(workspace, digest) for digest in sorted(old - known))


def _jobs(workspace: Workspace, before: datetime) -> int:
    with writing(workspace.engine) as session:
        gone = jobs.forget_before(session, before)
        known = set(session.scalars(select(Job.id)))
    folder = workspace.path / "jobs"
    left = (
        [f for f in folder.iterdir() if f.name not in known and (f.name in gone or _is_old(f))]
        if folder.is_dir()
        else []
    )
    for one in left:
        remove_folder(one)
    return len(gone)


def remove_folder(folder: Path) -> None:
    """Remove a folder and what is in it, where it is there."""
    shutil.rmtree(folder, ignore_errors=True)


def _files(folder: Path) -> Iterable[Path]:
    return [p for p in folder.iterdir() if p.is_file()] if folder.is_dir() else []


def _is_old(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime > GRACE_S
    except FileNotFoundError:
        return False
