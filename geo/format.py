"""What a file format is: how it is recognised by its first bytes, looked through before its library sees it, and read.

Declarations only, one file per format in `geo/formats/`. Everything here runs in the throw-away worker (`geo.worker`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from geo.columns import Sheet
from geo.limits import Limits


@dataclass(frozen=True, slots=True)
class Format:
    """A format. `suffixes` are the extensions that it may have, with the dot, in lower case.

    `fits` tells by the first 4096 bytes whether a file is of it. `inspect` raises `InputError` for what is hostile or
    damaged, reading as little as it can and never by the library that reads the format. `read` gives the table of the
    named sublayer ("" = the only one) within the limits.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    fits: Callable[[bytes], bool]
    inspect: Callable[[Path, Limits], None]
    read: Callable[[Path, str, Limits], Sheet]


FORMATS: dict[str, Format] = {}


def file_format(spec: Format) -> Format:
    """Register a format; `ValueError` where the name is taken."""
    if spec.name in FORMATS:
        raise ValueError(f"format {spec.name!r} is already registered")
    FORMATS[spec.name] = spec
    return spec


def suffixes() -> tuple[str, ...]:
    """Every extension that a format may have."""
    return tuple(dict.fromkeys(s for spec in FORMATS.values() for s in spec.suffixes))
