"""Ask the throw-away process for a photo encoded anew. This side never decodes it.

The photo is copied, read inside the walls of `geo.confine`, and what comes back is looked through as if it were
hostile: only the parts that a JPEG needs to be drawn, nothing beside them.
"""

import json
import math
import re
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from geo.limits import MB, UPLOAD, Limits
from geo.unusable import unusable
from geo.worker import ended, plain, refused
from geo.worker_copy import private_copy, too_large
from geo.worker_start import HEAD_BYTES, exchange

PHOTO = replace(UPLOAD, packed=20 * MB, unpacked=20 * MB, pixels=40_000_000, seconds=20, result=30 * MB)
MAGIC = {".jpg": b"\xff\xd8\xff", ".png": b"\x89PNG\r\n\x1a\n", ".webp": b"RIFF"}
HEIC = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")
NEEDED = {0xC0, 0xC2, 0xC4, 0xDA, 0xDB, 0xDD, 0xE0}  # frame, tables, scan, restart, JFIF: what `encoded` writes
LONGEST = 2048


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo encoded anew and its small copy (JPEG), and what the camera said: UTC, degrees on WGS 84."""

    whole: bytes
    small: bytes
    width: int
    height: int
    taken_at: str | None
    lon: float | None
    lat: float | None


def reencoded(path: Path, *, shown: str = "photo", limits: Limits = PHOTO) -> Photo:
    """The photo in the file, which messages call `shown`. `InputError` where it is no photo that is taken."""
    size, named = path.stat().st_size, path.with_name(shown)
    if size > limits.packed:
        raise too_large(named, size, limits.packed)
    with path.open("rb") as stream:
        suffix = kind(stream.read(32), named)
    with private_copy(path, limits.unpacked) as copy:
        alone = copy.rename(copy.with_suffix(suffix))
        request = {
            "task": "photo", "path": str(alone), "shown": shown, "limits": asdict(limits), "options": {},
            "without": [],
        }  # fmt: skip
        content, report = exchange(json.dumps(request).encode(), limits, every_driver=False)
    return understood(bytes(content), report, named, limits)


def kind(head: bytes, path: Path) -> str:
    """The ending that fits the first bytes; `InputError` where they are of no photo that is taken."""
    if head[4:8] == b"ftyp" and head[8:12] in HEIC:
        raise unusable(
            "{file} is a HEIC photo, which most programs cannot show; set the camera to JPEG (on an iPhone: Settings, "
            "Camera, Formats, Most Compatible) or save it as JPEG and send it again",
            code="photo_heic",
            file=path.name,
        )
    for suffix, magic in MAGIC.items():
        if head.startswith(magic) and (suffix != ".webp" or head[8:12] == b"WEBP"):
            return suffix
    raise unusable("{file} is no JPEG, PNG or WebP photo; send the photo itself", code="photo_kind", file=path.name)


def understood(content: bytes, report: dict[str, Any], path: Path, limits: Limits) -> Photo:
    """The photo of an answer; `InputError` where it was refused or the process ended on it."""
    end = content.find(b"\n", 0, HEAD_BYTES)
    if report["status"] != 0 or end < 0 or len(content) > limits.result:
        raise ended(report, path, limits)
    try:
        head = json.loads(content[:end])
        if "refused" in head:
            raise refused(head)
        if "died" in head:
            raise ended(report | head, path, limits)
        return checked(content[end + 1 :])
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise ended({"status": 0, "what": plain(error)}, path, limits) from error


def checked(body: bytes) -> Photo:
    """The photo that `geo.worker_photo_task` packed; `ValueError` where anything about it is not as it writes it."""
    end = body.index(b"\n", 0, HEAD_BYTES)
    said = json.loads(body[:end])
    whole, small = body[end + 1 :][: said["whole"]], body[end + 1 + said["whole"] :]
    for jpeg in (whole, small):
        only_picture(jpeg)
    width, height = int(said["width"]), int(said["height"])
    if not (0 < width <= LONGEST and 0 < height <= LONGEST):
        raise ValueError("size")
    taken = said["taken_at"]
    if taken is not None and not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", taken):
        raise ValueError("time")
    return Photo(whole, small, width, height, taken, number(said["lon"], 180), number(said["lat"], 90))


def number(value: object, most: int) -> float | None:
    """Degrees within bounds; `ValueError` for anything else but a missing value."""
    if value is None:
        return None
    if not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > most:
        raise ValueError("degrees")
    return float(value)


def only_picture(jpeg: bytes) -> None:
    """`ValueError` for a JPEG with any segment besides those needed to draw it: no EXIF, no comment, nothing behind.

    Source of the segments: ITU-T T.81, annex B.
    """
    if jpeg[:2] != b"\xff\xd8" or jpeg[-2:] != b"\xff\xd9":
        raise ValueError("no JPEG")
    at = 2
    while at < len(jpeg) - 2:
        if jpeg[at] != 0xFF or jpeg[at + 1] not in NEEDED:
            raise ValueError("segment")
        length, scan = int.from_bytes(jpeg[at + 2 : at + 4], "big"), jpeg[at + 1] == 0xDA
        if jpeg[at + 1] == 0xE0 and (length != 16 or jpeg[at + 4 : at + 9] != b"JFIF\0"):
            raise ValueError("segment")
        at += 2 + max(length, 2)
        if scan:
            at = next_marker(jpeg, at)
    if at != len(jpeg) - 2:
        raise ValueError("trailing")


def next_marker(jpeg: bytes, at: int) -> int:
    """Where the coded picture that begins at `at` ends."""
    while (at := jpeg.find(b"\xff", at)) >= 0 and (jpeg[at + 1] == 0 or 0xD0 <= jpeg[at + 1] <= 0xD7):
        at += 2
    return at if at >= 0 else len(jpeg)
