"""Files from outside, streamed to quarantine with a cap and a quota. Nothing of them is read by this process."""

import hashlib
import os
import re
import secrets
import unicodedata
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path
from threading import Lock
from time import monotonic

import anyio
from anyio.to_thread import run_sync
from fastapi import Request
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.requests import ClientDisconnect

import geo.formats  # noqa: F401  registers every format
from api.people.access import Person
from api.problems import Problem, unknown
from api.tables.intake import Photo, Upload
from api.writing import now
from geo.format import FORMATS
from geo.limits import MB, UPLOAD
from geo.worker import RASTERS
from geo.write import write_bytes

QUOTA = 5000 * MB  # bytes that a commune, an operator or any other account may have here at a time
AT_ONCE, EACH, SLOWEST_S = 32, 6, 900.0  # bodies on their way, of one account, and how long one may take
PACE, PATIENCE_S = 8_000, 30.0  # bytes a second that a body must reach on the whole, once it had this long
BLOCK = 1 << 20
FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
SUFFIXES = tuple(dict.fromkeys([*(s for f in FORMATS.values() for s in f.suffixes), *RASTERS]))
NO_ROOM = "Your files here would have {found} bytes together; at most {most} are kept. Delete uploads that are done."
TOO_MANY = "You already have {most} files on their way; wait until one has arrived."


@dataclass(slots=True)
class Arrived:
    """A body on disk under a name of our own, not yet anybody's; it is gone when `received` ends unless moved."""

    path: Path
    bytes: int = 0
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    @property
    def sha256(self) -> str:
        """SHA-256 of what was sent."""
        return self.digest.hexdigest()


class Doors:
    """Who has bodies on their way into this process: some in all, few of one account, so that nobody bars the rest."""

    def __init__(self) -> None:
        self._lock, self._inside = Lock(), Counter[str]()

    @contextmanager
    def entered(self, account: str) -> Iterator[None]:
        """A place for one body. `Problem` where there is none."""
        with self._lock:
            if self._inside[account] >= EACH:
                raise Problem("busy", detail=TOO_MANY, values={"most": EACH}, headers={"retry-after": "5"})
            if self._inside.total() >= AT_ONCE:
                raise Problem("busy", headers={"retry-after": "5"})
            self._inside[account] += 1
        try:
            yield
        finally:
            with self._lock:
                self._inside[account] -= 1
                self._inside += Counter()  # forgets those who have none


doors = Doors()


@asynccontextmanager
async def received(request: Request, root: Path, person: Person, most: int) -> AsyncIterator[Arrived]:
    """The body of a request, written and fsynced while it arrives.

    `Problem` beyond `most` bytes, where it comes too slowly, or where too many are on their way.
    """
    with doors.entered(person.account):
        async with _arrived(request, root, most) as arrived:
            yield arrived


@asynccontextmanager
async def _arrived(request: Request, root: Path, most: int) -> AsyncIterator[Arrived]:
    arrived = Arrived(root / "quarantine" / f".{secrets.token_hex(16)}.part")
    try:
        with anyio.fail_after(SLOWEST_S):
            await _streamed(request, arrived, most)
        yield arrived
    except TimeoutError as error:
        raise Problem("too_slow") from error
    except ClientDisconnect as error:
        raise Problem("bad_body") from error
    finally:
        arrived.path.unlink(missing_ok=True)


async def _streamed(request: Request, arrived: Arrived, most: int) -> None:
    began = monotonic()
    await run_sync(made_folder, arrived.path.parent)
    with arrived.path.open("xb", buffering=0) as stream:
        held = bytearray()
        async for part in request.stream():
            arrived.bytes += len(part)
            if arrived.bytes > most:
                raise Problem("too_large", detail="At most {most} bytes are taken.", values={"most": most})
            if arrived.bytes < PACE * (monotonic() - began - PATIENCE_S):
                raise TimeoutError
            held += part
            if len(held) >= BLOCK:
                await run_sync(_written, stream, arrived, bytes(held))
                held.clear()
        await run_sync(_written, stream, arrived, bytes(held))
        await run_sync(os.fsync, stream.fileno())
    if arrived.bytes == 0:
        raise Problem("bad_body", detail="The body is empty; send the bytes of the file as the body of the request.")


def _written(stream: FileIO, arrived: Arrived, part: bytes) -> None:
    arrived.digest.update(part)
    view = memoryview(part)
    while view:
        view = view[stream.write(view) :]  # a raw file may take a part only


def arrived(root: Path, content: bytes) -> Arrived:
    """Bytes made by this process, as if they had been sent."""
    made = Arrived(root / "quarantine" / f".{secrets.token_hex(16)}.part", len(content), hashlib.sha256(content))
    made_folder(made.path.parent)
    write_bytes(content, made.path)
    return made


def moved(arrived: Arrived, to: Path) -> None:
    """Give the bytes their lasting name, on disk when this returns."""
    arrived.path.replace(to)
    on_disk(to.parent)


def on_disk(folder: Path) -> None:
    """Have the names in a folder on disk when this returns; Windows cannot, and does so by itself."""
    if os.name == "posix":
        place = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(place)
        finally:
            os.close(place)


def made_folder(folder: Path) -> None:
    """The folder is there, and its name on disk."""
    if not folder.is_dir():
        folder.mkdir(exist_ok=True)
        on_disk(folder.parent)


def harmless(name: str) -> str:
    """The sender's name of a file without folders, controls and signs that a file system may not have.

    `Problem` where its ending is of no file that is read.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    stem, dot, end = FORBIDDEN.sub("_", last).rpartition(".")
    suffix = f".{end.lower().strip()}"
    if not dot or suffix not in SUFFIXES:
        raise unknown("name", name, list(SUFFIXES))
    plain = "".join(c for c in stem if c.isprintable()).strip(" .")[:80]
    return f"{plain or 'file'}{suffix}"


def largest(name: str) -> int:
    """Bytes that a file of that name may have."""
    return UPLOAD.raster if name.endswith(RASTERS) else UPLOAD.packed


def whose(person: Person) -> str:
    """Whom a person's files count for."""
    if person.commune is not None:
        return f"commune/{person.vintage}/{person.commune}"
    return f"operator/{person.operator}" if person.operator else f"account/{person.account}"


def check_room(session: Session, person: Person, more: int) -> None:
    """`Problem` where the files of a person's side would be more than its quota."""
    side = whose(person)
    kept = sum(
        int(session.scalar(select(func.coalesce(func.sum(table.bytes), 0)).where(table.whose == side)) or 0)
        for table in (Upload, Photo)
    )
    if kept + more > QUOTA:
        raise Problem("quota_full", detail=NO_ROOM, values={"found": kept + more, "most": QUOTA})


def path_of(root: Path, upload: Upload) -> Path:
    """Where its bytes are."""
    return root / "quarantine" / f"{upload.id}{upload.suffix}"


def keep(session: Session, root: Path, person: Person, name: str, arrived: Arrived) -> Upload:
    """Move what arrived to its place, then write its row."""
    check_room(session, person, arrived.bytes)
    suffix = Path(name).suffix
    made = Upload(
        id=secrets.token_hex(16), account=person.account, whose=whose(person), name=name, suffix=suffix,
        sha256=arrived.sha256, bytes=arrived.bytes, at=now(),
    )  # fmt: skip
    moved(arrived, path_of(root, made))
    session.add(made)
    return made


def own(session: Session, person: Person, upload: str) -> Upload:
    """An upload of this account; `Problem` where there is none, or it is somebody else's."""
    found = session.get(Upload, upload)
    if found is None or found.account != person.account or found.whose != whose(person):
        raise Problem("not_found")
    return found
