"""Ask the throw-away process what a stranger's file holds. This side never opens the file with any library.

The file is copied into a private folder; a process without network, without sight of other files and with bounds on
memory and time (`geo.confine`, docs/limits.md) reads the copy; its answer is checked as if it were hostile too.
"""

import json
import re
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import geo.formats  # noqa: F401  registers every format
from geo.columns import Sheet
from geo.errors import InputError
from geo.format import FORMATS
from geo.limits import Limits
from geo.unusable import unusable
from geo.wire import WireError, unpacked
from geo.worker_copy import private_copy, too_large
from geo.worker_start import HEAD_BYTES, exchange

RASTERS = (".tif", ".tiff")
LAYERS = frozenset({"inspect", "drivers", "network", "files", "limits"})
OUT_OF_TIME, OUT_OF_MEMORY = (-24, 152), ("memory",)  # SIGXCPU; what the process says itself


@dataclass(frozen=True, slots=True)
class Answer:
    """What a file holds: its sheet, or its raster as the bytes of a plain GeoTIFF; seconds and bytes that it took."""

    sheet: Sheet | None
    raster: bytes | None
    seconds: float
    memory: int


def ask(
    task: str,
    path: Path,
    *,
    limits: Limits,
    options: Mapping[str, str | float | None] | None = None,
    without: frozenset[str] = frozenset(),
) -> Answer:
    """What the file holds: task "sheet" gives its sheet (option `sublayer`), "raster" its band as a plain GeoTIFF.

    `without` names walls to leave out, for tests only. Raise `InputError` with the code of docs/notices.md for a file
    that cannot be used, is hostile or beyond the limits, or on which the reading process ends.
    """
    if not without <= LAYERS:
        raise ValueError(f"no walls {sorted(without - LAYERS)}")
    check_given(task, path, limits)
    started = time.monotonic()
    with private_copy(path, limits.raster if task == "raster" else limits.unpacked) as copy:
        request = {
            "task": task, "path": str(copy), "shown": path.name, "limits": asdict(limits),
            "options": dict(options or {}), "without": sorted(without),
        }  # fmt: skip
        content, report = exchange(json.dumps(request).encode(), limits, every_driver="drivers" in without)
    sheet, band = understood(content, report, path, limits)
    return Answer(sheet, band, time.monotonic() - started, int(report.get("memory", 0)))


def check_given(task: str, path: Path, limits: Limits) -> None:
    """Raise `InputError` unless the file exists, has a known ending and is not too large."""
    if not path.is_file():
        raise unusable("{file} does not exist", code="file_missing", file=path)
    known = RASTERS if task == "raster" else tuple(dict.fromkeys(s for f in FORMATS.values() for s in f.suffixes))
    if path.suffix.lower() not in known:
        raise unusable(
            "{file}: this kind of file is not read; send one of {known}",
            code="format_unknown",
            file=path.name,
            known=" ".join(known),
        )
    most, size = limits.raster if task == "raster" else limits.packed, path.stat().st_size
    if size > most:
        raise too_large(path, size, most)
    if size == 0:
        raise unusable("{file} is empty; send it again", code="file_empty", file=path.name)


def understood(
    content: bytearray, report: dict[str, Any], path: Path, limits: Limits
) -> tuple[Sheet | None, bytes | None]:
    """The sheet or raster of an answer; `InputError` where the file was refused or the process ended on it."""
    if len(content) > limits.result + HEAD_BYTES:
        raise unusable(
            "{file} gives more than {most} bytes of data; split it",
            code="too_large",
            file=path.name,
            most=limits.result,
        )
    end = content.find(b"\n", 0, HEAD_BYTES)
    if report["status"] != 0 or end < 0:
        raise ended(report, path, limits)
    try:
        head = json.loads(content[:end])
        if "refused" in head:
            raise refused(head)
        if "died" in head:
            raise ended(report | head, path, limits)
        body = memoryview(content)[end + 1 :]
        if head["size"] != len(body):
            raise WireError("cut short")
        if head["kind"] == "sheet":
            return unpacked(body, limits), None
        if bytes(body[:4]) not in (b"II*\0", b"II+\0"):
            raise WireError("not a raster")
        return None, bytes(body)
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise ended({"status": 0, "what": plain(error)}, path, limits) from error


def refused(head: dict[str, Any]) -> InputError:
    """The refusal that the process said, as an error here."""
    error = InputError(plain(head["text"]))
    code = str(head["refused"])
    error.code = code if re.fullmatch(r"[a-z][a-z0-9_]{2,40}", code) else "worker_died"
    return error


def ended(report: dict[str, Any], path: Path, limits: Limits) -> InputError:
    """Why the process ended before it answered."""
    if report.get("late") or report["status"] in OUT_OF_TIME:
        return unusable(
            "{file} was not read within {seconds} seconds; split it or simplify its shapes",
            code="worker_time",
            file=path.name,
            seconds=limits.seconds,
        )
    killed = report["status"] < 0 and report.get("memory", 0) > limits.memory // 2  # a library without memory crashes
    if killed or report.get("died") in OUT_OF_MEMORY:
        return unusable(
            "{file} needs more than {most} MB of memory to be read; split it",
            code="worker_memory",
            file=path.name,
            most=limits.memory >> 20,
        )
    return unusable(
        "{file} is damaged in a way that ends the process reading it ({what}); open it in the program it comes from "
        "and export it again",
        code="worker_died",
        file=path.name,
        what=plain(report.get("what") or report["status"])[:200],
    )


def plain(said: object) -> str:
    """Text from the other side, short and without signs that steer a terminal; its lines stay."""
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in str(said)[:4000])
