"""The private copy of a sender's file: alone in a fresh folder, under a name that we chose."""

import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from geo.unusable import unusable

STEM, PREFIX = "layer", "hatangso-read-"
BLOCK = 1 << 20
LEFT_S = 3600.0  # a folder as old is of a program that was killed: no reading takes so long
SIDECARS = {
    ".shp": (".shx", ".dbf", ".prj", ".cpg"),
    ".tab": (".dat", ".map", ".id", ".ind"),
    ".mif": (".mid",),
}
JOURNALS = ("-wal", "-journal")  # of SQLite: what another program has not yet written into its database


@contextmanager
def private_copy(path: Path, most: int) -> Iterator[Path]:
    """The copy `layer<suffix>` with the files that belong to it, in a folder that nobody else may enter.

    The folder is removed at the end, whatever happens. `InputError` where they have more than `most` bytes together,
    even if they grow meanwhile, or where one is no plain file, leads elsewhere, or is still being written.
    """
    remove_left(Path(tempfile.gettempdir()))
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))  # mode 0700
    try:
        suffix, room = path.suffix.lower(), most
        for source in (path, *belonging(path)):
            room -= copied(source, folder / f"{STEM}{source.suffix.lower()}", path, (room, most))
        yield folder / f"{STEM}{suffix}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def copied(source: Path, to: Path, path: Path, room: tuple[int, int]) -> int:
    """Copy a plain file of at most `room[0]` bytes, of `room[1]` altogether; its size."""
    try:
        place = os.open(source, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(place, "rb", buffering=0) as given, to.open("xb") as taken:
            if not stat.S_ISREG(os.fstat(place).st_mode):
                raise OSError("no plain file")
            size = 0
            while block := given.read(BLOCK):
                size += len(block)
                if size > room[0]:
                    raise too_large(path, size + room[1] - room[0], room[1])
                taken.write(block)
            return size
    except OSError as error:
        raise unusable(
            "{file} cannot be read: it is no plain file, or may not be opened; copy it to another folder",
            code="file_missing",
            file=source.name,
        ) from error


def too_large(path: Path, size: int, most: int) -> Exception:
    """The error for a file that has, with those that belong to it, more bytes than are read."""
    return unusable(
        "{file} has {size} bytes; at most {most} are read; split it or leave out what is not needed",
        code="too_large",
        file=path.name,
        size=size,
        most=most,
    )


def belonging(path: Path) -> list[Path]:
    """The files beside `path` that a Shapefile or MapInfo file is made of, whatever the case of their suffix.

    `InputError` for one that is a link out of the folder: an unpacked archive may bring such links, and what they
    show is not its sender's.
    """
    if path.suffix.lower() == ".gpkg":
        refuse_open(path)
    wanted = SIDECARS.get(path.suffix.lower(), ())
    if not wanted:
        return []
    beside = {p.suffix.lower(): p for p in sorted(path.parent.iterdir()) if p.stem == path.stem and p.is_file()}
    found = [beside[suffix] for suffix in wanted if suffix in beside]
    homes = {path.parent.resolve(), path.resolve().parent}
    for one in found:
        if one.is_symlink() and one.resolve().parent not in homes:
            raise unusable(
                "the {suffix} beside {file} is a link to another folder; put the file itself there",
                code="link_forbidden",
                suffix=one.suffix,
                file=path.name,
            )
    return found


def refuse_open(path: Path) -> None:
    """Raise `InputError` for a database with a journal beside it that holds changes: read without, it would be old."""
    for suffix in JOURNALS:
        journal = path.with_name(path.name + suffix)
        if journal.is_file() and journal.stat().st_size:
            raise unusable(
                "{file} is still open in another program ({suffix} holds changes); close it there and send it again",
                code="sidecar_wrong",
                file=path.name,
                suffix=suffix,
            )


@cache
def remove_left(place: Path) -> None:
    """Remove, once in the life of this program, folders that programs of this user left when they were killed."""
    me = os.getuid() if hasattr(os, "getuid") else None
    for folder in place.glob(f"{PREFIX}*"):
        try:
            facts = folder.lstat()
        except OSError:
            continue
        ours = stat.S_ISDIR(facts.st_mode) and (me is None or facts.st_uid == me)
        if ours and time.time() - facts.st_mtime > LEFT_S:
            shutil.rmtree(folder, ignore_errors=True)
