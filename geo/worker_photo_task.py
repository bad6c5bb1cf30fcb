"""A photo decoded and encoded anew. Runs only in the throw-away process of `geo.worker_process`, inside all walls."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from geo.limits import Limits
from geo.unusable import unusable

KINDS = ("JPEG", "PNG", "WEBP")
LONGEST, SMALL = 2048, 320  # pixels of the longer side
QUALITY, SMALL_QUALITY = 85, 75
DETAILS, PLACE = 0x8769, 0x8825  # the parts of EXIF: camera, position
TAKEN, OFFSET = 0x9003, 0x9011  # DateTimeOriginal, OffsetTimeOriginal
HERE = timezone(timedelta(hours=7))  # Vietnam: what a camera means that names no offset
NOT_SOUND = "{file} is damaged ({why}); take it from the camera again and send it as JPEG"
TOO_LARGE = "{file} has {found} pixels; at most {most} are read; make it smaller"

Image.preinit()


def photo(path: Path, limits: Limits, options: Mapping[str, Any], named: Callable[[str], str]) -> tuple[str, bytes]:
    """What the camera said as one JSON line, then the photo and its small copy as JPEG without anything beside."""
    Image.MAX_IMAGE_PIXELS = limits.pixels
    try:
        with Image.open(path, formats=KINDS) as found:
            if found.width * found.height > limits.pixels:
                raise unusable(
                    TOO_LARGE, code="photo_too_large", file=path.name, found=found.width * found.height,
                    most=limits.pixels,
                )  # fmt: skip
            said = camera_said(found)
            image = drawn(found)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise unusable(TOO_LARGE, code="photo_too_large", file=path.name, found="?", most=limits.pixels) from error
    except (OSError, SyntaxError, ValueError, UnidentifiedImageError) as error:
        raise unusable(NOT_SOUND, code="photo_not_sound", file=path.name, why=named(str(error))[:100]) from error
    whole = encoded(image, LONGEST, QUALITY)
    image.thumbnail((LONGEST, LONGEST))
    head = {**said, "width": image.width, "height": image.height, "whole": len(whole)}
    return "photo", json.dumps(head).encode() + b"\n" + whole + encoded(image, SMALL, SMALL_QUALITY)


def drawn(found: Image.Image) -> Image.Image:
    """The picture as it is to be looked at: turned as the camera was held, on white where it is transparent."""
    found.draft("RGB", (2 * LONGEST, 2 * LONGEST))  # a JPEG is decoded at half its size or less where that is enough
    turned = ImageOps.exif_transpose(found)
    if turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info:
        clear = turned.convert("RGBA")
        white = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(white, clear).convert("RGB")
    return turned.convert("RGB")


def encoded(image: Image.Image, longest: int, quality: int) -> bytes:
    """The picture as a JPEG of at most that size, made of its pixels only."""
    plain = Image.new("RGB", image.size)
    plain.paste(image)
    plain.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    out = BytesIO()
    plain.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def camera_said(found: Image.Image) -> dict[str, Any]:
    """When (UTC) and where (degrees, WGS 84) it was taken; missing where the camera did not say it soundly."""
    try:
        exif = found.getexif()
        details, place = exif.get_ifd(DETAILS), exif.get_ifd(PLACE)
    except Exception:  # a camera that writes nonsense beside a good picture
        return {"taken_at": None, "lon": None, "lat": None}
    lat, lon = degrees(place.get(2), place.get(1), "S", 90), degrees(place.get(4), place.get(3), "W", 180)
    both = lat is not None and lon is not None and (lat, lon) != (0, 0)
    return {"taken_at": moment(details), "lon": lon if both else None, "lat": lat if both else None}


def degrees(parts: Any, side: Any, negative: str, most: int) -> float | None:  # noqa: ANN401  whatever the file says
    """Degrees, minutes and seconds as one number; none where they are not."""
    try:
        whole, minutes, seconds = (float(p) for p in parts)
        value = whole + minutes / 60 + seconds / 3600
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    if not 0 <= value <= most:
        return None
    return round(-value if str(side).strip("\0 ").upper() == negative else value, 7)


def moment(details: Mapping[int, Any]) -> str | None:
    """When the picture was taken, UTC; the camera's own offset from it where it names one."""
    try:
        local = datetime.strptime(str(details.get(TAKEN)).strip("\0 "), "%Y:%m:%d %H:%M:%S")
    except ValueError:
        return None
    try:
        zone = datetime.strptime(str(details.get(OFFSET)).strip("\0 "), "%z").tzinfo or HERE
    except ValueError:
        zone = HERE
    try:
        at = local.replace(tzinfo=zone).astimezone(UTC)
    except OverflowError:
        return None
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z") if 1990 <= at.year <= 2100 else None
