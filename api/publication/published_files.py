"""The folder of a published run: its files, the list of them, and packed copies beside those that shrink.

`published/<run>/` never changes. It exists for runs that were published or shared; the ledger says which may be seen.
"""

import gzip
import os
from functools import lru_cache
from pathlib import Path
from typing import Literal

import brotli  # type: ignore[import-untyped]  # it has no types
from pydantic import BaseModel, ConfigDict

from api.errors import WorkspaceError
from api.events import Sha256
from api.store import file_sha256, sha256

STRICT = ConfigDict(extra="forbid", frozen=True)
LIST = "manifest.json"
Coding = Literal["br", "gzip"]
SUFFIX: dict[Coding, str] = {"br": ".br", "gzip": ".gz"}
MEDIA = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".geojson": "application/geo+json",
    ".csv": "text/csv; charset=utf-8",
    ".qml": "text/xml; charset=utf-8",
    ".png": "image/png",
    ".gpkg": "application/geopackage+sqlite3",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pmtiles": "application/vnd.pmtiles",
}
SHRINKS = (".html", ".json", ".geojson", ".csv", ".qml")
SMALL = 16_000  # bytes below which packing does not pay
LARGE = 1_000_000  # bytes from which the slowest packing takes too long


class Packed(BaseModel):
    """The same content packed, in a file beside it."""

    model_config = STRICT
    coding: Coding
    bytes: int
    sha256: Sha256


class PublishedFile(BaseModel):
    """One file: its path in the folder, what it is, and its packed copies. `policy` is that of a page for itself."""

    model_config = STRICT
    path: str
    bytes: int
    sha256: Sha256
    media: str
    policy: str = ""
    packed: tuple[Packed, ...] = ()


class Manifest(BaseModel):
    """Everything that was published of a run."""

    model_config = STRICT
    format: Literal[1] = 1
    run: Sha256
    criteria: str
    as_of: str
    code_version: str
    files: tuple[PublishedFile, ...]

    def named(self, path: str) -> PublishedFile | None:
        """The file at that path, if it is one of ours."""
        return next((file for file in self.files if file.path == path), None)


def run_folder(root: Path, run: str) -> Path:
    """Where the files of a published run lie, or will."""
    return root / "published" / run


def is_kept(root: Path, run: str) -> bool:
    """Whether the folder of a run is there, whole."""
    return (run_folder(root, run) / LIST).is_file()


def manifest(root: Path, run: str) -> Manifest:
    """The list of a run's files. `WorkspaceError` where it is missing or damaged."""
    try:
        path = run_folder(root, run) / LIST
        return _manifest(path, path.stat().st_mtime_ns)
    except (OSError, ValueError) as error:
        raise WorkspaceError(f"the published files of run {run[:12]} are missing or damaged") from error


@lru_cache(maxsize=32)
def _manifest(path: Path, _: int) -> Manifest:
    return Manifest.model_validate_json(path.read_bytes())


def list_sha256(root: Path, run: str) -> str:
    """The hash of the list of files, which the ledger names."""
    return file_sha256(run_folder(root, run) / LIST)


def damaged(root: Path, run: str) -> list[str]:
    """Paths of files that are missing or were changed since they were published, packed copies too."""
    folder = run_folder(root, run)
    said = [(file.path, file.sha256) for file in manifest(root, run).files]
    said += [(f.path + SUFFIX[p.coding], p.sha256) for f in manifest(root, run).files for p in f.packed]
    return [path for path, sha in said if not (folder / path).is_file() or file_sha256(folder / path) != sha]


def listed(folder: Path, path: Path, policy: str) -> PublishedFile:
    """The entry of a file in `folder`, after its packed copies were written beside it."""
    content = path.read_bytes()
    return PublishedFile(
        path=path.relative_to(folder).as_posix(),
        bytes=len(content),
        sha256=sha256(content),
        media=MEDIA[path.suffix],
        policy=policy,
        packed=tuple(_packed(path, content)) if path.suffix in SHRINKS and len(content) >= SMALL else (),
    )


def _packed(path: Path, content: bytes) -> list[Packed]:
    large = len(content) >= LARGE  # the last few per cent would take a minute
    made: dict[Coding, bytes] = {
        "br": brotli.compress(content, quality=5 if large else 8),  # 11 takes forty times as long and is 4 % smaller
        "gzip": gzip.compress(content, 6 if large else 9, mtime=0),
    }
    smaller = {coding: packed for coding, packed in made.items() if len(packed) < len(content)}
    for coding, packed in smaller.items():
        path.with_name(path.name + SUFFIX[coding]).write_bytes(packed)
    return [Packed(coding=coding, bytes=len(packed), sha256=sha256(packed)) for coding, packed in smaller.items()]


def on_disk(folder: Path) -> None:
    """Wait until everything in the folder, and the folder itself, would survive a loss of power."""
    for path in [*folder.rglob("*"), folder]:
        if path.is_dir() and os.name != "posix":  # Windows cannot fsync a directory
            continue
        number = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
        try:
            os.fsync(number)
        finally:
            os.close(number)
