"""A backup: the database as it stood at one moment and every file that its events name, in one archive.

Layout of the TAR: first `manifest.json` (hashes of everything else, number and hash of the newest event), then
`workspace.yaml`, `ledger.heads`, the tables (`api.operation.dumps`), the files. Nothing in it is
compressed. It holds password hashes and the keys of the server: it is written for its owner only.
"""

import hashlib
import io
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from api.anchors import FILE as HEADS
from api.anchors import Anchors, noted
from api.code import code_version
from api.errors import WorkspaceError
from api.operation.dumps import dump
from api.store import file_sha256
from api.workspace import FILE, Workspace
from geo.write import atomic

MANIFEST, TABLES, FORMAT = "manifest.json", "database", 1
KEPT = ("datasets", "evidence", "filings", "jobs", "plans", "published", "quarantine", "register", "runs")
BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive holds: `files` is name → (bytes, SHA-256), of the database too."""

    workspace: str
    made_at: str
    code_version: str
    revision: str
    event: int
    head: str
    files: Mapping[str, tuple[int, str]]
    format: int = FORMAT


def backup(workspace: Workspace, target: Path) -> Manifest:
    """Write a backup while others go on writing; it is read back and compared before it gets its name.

    `WorkspaceError` where `target` exists already or a file of the workspace is missing.
    """
    if target.exists():
        raise WorkspaceError(f"{target} exists already; a backup never replaces another file")
    with tempfile.TemporaryDirectory(prefix=".backup.", dir=workspace.path) as name:
        folder = Path(name)
        dumped = dump(workspace.engine, folder / TABLES)
        _hold(workspace.path, folder)  # after the rows: a file is there before the row that names it
        (folder / HEADS).write_bytes(_heads_until(workspace.path / HEADS, dumped.event))
        files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
        found = {name: (path.stat().st_size, file_sha256(path)) for name, path in files.items()}
        about = Manifest(
            workspace.config.id, datetime.now(UTC).isoformat(timespec="seconds"), code_version(), dumped.revision,
            dumped.event, dumped.head, found,
        )  # fmt: skip
        with atomic(target, mode=0o600) as temporary:
            temporary.touch(0o600)
            _write(temporary, about, files)
            if checked(temporary) != about:
                raise WorkspaceError("the backup does not read back as it was written; check the disk")
    return about


def checked(archive: Path) -> Manifest:
    """What an archive says, after every byte of it was compared. `WorkspaceError` where it is damaged or cut off."""
    with _opened(archive) as (tar, about):
        left = dict(about.files)
        while (member := tar.next()) is not None:
            if not member.isreg() or member.name not in left:
                raise WorkspaceError(f"the backup holds {member.name!r}, which its list does not name")
            if _hash(tar, member) != left.pop(member.name)[1]:
                raise WorkspaceError(f"the backup is damaged: {member.name!r} was changed")
        if left:
            raise WorkspaceError(f"the backup is cut off: {sorted(left)[0]!r} is missing")
    return about


def unpack(archive: Path, folder: Path) -> Manifest:
    """Write the files of a checked archive into an empty folder, each on disk before this returns; its manifest."""
    with _opened(archive) as (tar, about):
        while (member := tar.next()) is not None:
            stream, path = tar.extractfile(member), folder / member.name
            if stream is None or member.name not in about.files:
                raise WorkspaceError(f"the backup holds {member.name!r}, which its list does not name")
            mode = 0o600 if member.name == HEADS else 0o644 if "/" not in member.name else 0o444
            with atomic(path, mode=mode) as temporary, temporary.open("wb") as out:
                shutil.copyfileobj(stream, out, BLOCK)
    return about


@contextmanager
def _opened(archive: Path) -> Iterator[tuple[tarfile.TarFile, Manifest]]:
    """The archive after its first member, and what that says."""
    try:
        with tarfile.open(archive, "r|") as tar:
            first = tar.next()
            stream = tar.extractfile(first) if first is not None and first.name == MANIFEST else None
            if stream is None:
                raise WorkspaceError(f"{archive} is no backup of hatangso")
            yield tar, _manifest(json.loads(stream.read()))
    except (OSError, EOFError, tarfile.TarError, ValueError, KeyError, TypeError) as error:
        raise WorkspaceError(f"{archive} cannot be read as a backup: {error}") from error


def _manifest(said: dict[str, Any]) -> Manifest:
    if said["format"] != FORMAT:
        raise WorkspaceError("the backup was made by a newer version; install that version of hatangso")
    files = {str(name): (int(size), str(sha)) for name, (size, sha) in said["files"].items()}
    for name in files:
        parts = name.split("/")
        if ".." in parts or "" in parts or "\\" in name or ":" in name or parts[0].startswith("."):
            raise WorkspaceError(f"the backup names a file outside the workspace: {name!r}")
    return Manifest(**{**said, "files": files})


def _write(archive: Path, about: Manifest, files: Mapping[str, Path]) -> None:
    text = json.dumps(asdict(about), ensure_ascii=False, indent=1).encode()
    with tarfile.open(archive, "w", format=tarfile.PAX_FORMAT) as tar:
        _add(tar, MANIFEST, io.BytesIO(text), len(text))
        for name, (size, _) in about.files.items():
            with files[name].open("rb") as stream:
                _add(tar, name, stream, size)


def _add(tar: tarfile.TarFile, name: str, stream: Any, size: int) -> None:  # noqa: ANN401  any readable
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    tar.addfile(member, stream)


def _hash(tar: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    stream, digest = tar.extractfile(member), hashlib.sha256()
    while stream is not None and (block := stream.read(BLOCK)):
        digest.update(block)
    return digest.hexdigest()


def _hold(root: Path, folder: Path) -> None:
    """Link every file that has to be kept into `folder`, so that it stays what it is even if it is replaced or erased.

    What is still being written has a name that begins with a dot.
    """
    shutil.copyfile(root / FILE, folder / FILE)
    tops = (root / name for name in KEPT)  # a backup or a file of the user may lie here too
    for path in (path for top in tops for path in top.rglob("*")):
        inside = path.relative_to(root)
        if any(part.startswith(".") for part in inside.parts):
            continue
        with suppress(FileNotFoundError):  # erased in this moment
            if path.is_file():
                (folder / inside).parent.mkdir(parents=True, exist_ok=True)
                _link(path, folder / inside)


def _link(path: Path, target: Path) -> None:
    try:
        os.link(path, target)
    except FileNotFoundError:
        raise
    except OSError:  # a file system without links
        shutil.copyfile(path, target)


def _heads_until(file: Path, event: int) -> bytes:
    """The heads noted so far, without those of events that came after the moment of the backup."""
    anchors = noted(file) or Anchors(())
    return "".join(f"{number} {text}\n" for number, text in anchors.heads if number <= event).encode()
