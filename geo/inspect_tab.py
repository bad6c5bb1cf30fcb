"""Look through a MapInfo TAB, whose few lines can point to other files: only a native table of its own is read."""

import re
from pathlib import Path

from geo.inspect_dbf import check_dbf
from geo.limits import Limits
from geo.unusable import unusable

LARGEST = 1_000_000
# A line starts with what MapInfo's readers skip, never with \s*: over line ends, blank lines would take hours.
LINKS = re.compile(
    r"^[ \t(),;]*(create[\s(),;]+view|open[\s(),;]+table|raster|registertable|begin_?seamless|select\b)|"
    r'IsSeamless"?\s{0,9}=\s{0,9}"?TRUE',
    re.IGNORECASE | re.MULTILINE,
)
TYPE = re.compile(r"^[ \t(),;]*type[\s(),;]+\"?([a-z_]+)", re.IGNORECASE | re.MULTILINE)
FILE = re.compile(
    r'^[ \t(),;]*(?:file|description|open[\s(),;]+table)[\s(),;]+"?([^"\n]*)"?', re.IGNORECASE | re.MULTILINE
)
OWN = ("native", "dbf")


def inspect_tab(path: Path, limits: Limits, *, content: bytes | None = None) -> None:
    """Raise `InputError` for a table that shows other files, or lacks its own.

    `content` is of a .tab inside an archive: the files beside it are then not looked for.
    """
    said = path.read_bytes() if content is None else content
    if len(said) > LARGEST or b"\0" in said:
        raise unusable("{file} is not a sound MapInfo table; export it again", code="format_not_sound", file=path.name)
    text = said.decode("latin-1").replace("\r", "\n")
    kinds = [k.lower() for k in TYPE.findall(text)]
    elsewhere = [f for f in FILE.findall(text) if re.search(r"[/\\:]|\.\.", f)]
    if LINKS.search(text) or elsewhere or not set(kinds) <= {*OWN, *FIELD_TYPES}:
        raise unusable(
            "{file} only points to other tables or files ({found}); save a copy of the table itself and send that",
            code="link_forbidden",
            file=path.name,
            found=(elsewhere or kinds or ["view"])[0][:60],
        )
    if content is None:
        check_beside(path, limits)


FIELD_TYPES = ("char", "integer", "smallint", "decimal", "float", "date", "logical", "time", "datetime", "largeint")


def check_beside(path: Path, limits: Limits) -> None:
    """Raise `InputError` unless the table's data file stands beside it, as long as it says."""
    data = next((p for p in (path.with_suffix(".dat"), path.with_suffix(".dbf")) if p.is_file()), None)
    if data is None:
        raise unusable(
            "{file} came without its .dat; send .tab, .dat, .map and .id together, best in one ZIP",
            code="sidecar_wrong",
            file=path.name,
        )
    check_dbf(data, path, limits)
