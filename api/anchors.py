"""Heads of the chain, noted outside the database in the moment after each commit: a tail cut off there shows here.

One line for each transaction in `ledger.heads` of the workspace: number and hash of its last event. The file only
grows; a crash between commit and note leaves out a line, which is no alarm, as a head noted later covers it.
"""

import logging
import os
import re
from dataclasses import dataclass
from pathlib import Path

from geo.write import write_bytes

FILE = "ledger.heads"
START = (0, "0" * 64)
LINE = re.compile(r"(\d{1,18}) ([0-9a-f]{64})")
TORN = re.compile(r"(\d{1,18}( [0-9a-f]{0,64})?)?\x00*")  # what a loss of power may leave of a line
Head = tuple[int, str]

log = logging.getLogger("hatangso.ledger")


@dataclass(frozen=True, slots=True)
class Anchors:
    """The heads that were noted, by number of the event; and lines that nobody of ours wrote."""

    heads: tuple[Head, ...]
    strange: tuple[int, ...] = ()


def begin(file: Path, newest: Head = START) -> None:
    """Start the file where there is none, with the newest event of now. It is readable by its owner only."""
    if not file.exists():
        write_bytes(_line(newest), file, mode=0o600)


def note(file: Path, newest: Head) -> None:
    """Append a head, on disk before this returns. What stops it goes to the log: the event is committed already."""
    try:
        place = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            # one write of few bytes: lines of several processes never mix; a torn line before it is closed first
            os.write(place, (b"" if _whole(place) else b"\n") + _line(newest))
            os.fsync(place)
        finally:
            os.close(place)
    except OSError as error:
        log.warning("the head of event %d could not be noted: %s", newest[0], error.strerror)


def noted(file: Path) -> Anchors | None:
    """What was noted; none where the file is gone."""
    try:
        lines = file.read_bytes().decode("latin-1").split("\n")
    except FileNotFoundError:
        return None
    found = [(number, LINE.fullmatch(line), line) for number, line in enumerate(lines, start=1)]
    heads = tuple((int(known[1]), known[2]) for _, known, _ in found if known)
    return Anchors(heads, tuple(n for n, known, line in found if not known and not TORN.fullmatch(line)))


def _line(head: Head) -> bytes:
    return f"{head[0]} {head[1]}\n".encode()


def _whole(place: int) -> bool:
    size = os.lseek(place, 0, os.SEEK_END)
    if size == 0:
        return True
    os.lseek(place, size - 1, os.SEEK_SET)
    return os.read(place, 1) == b"\n"
