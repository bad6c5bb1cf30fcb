"""Look through a MapInfo MIF: what its lines announce must be within the limits, and its .mid beside it."""

import re
from pathlib import Path

from geo.inspect_excess import beyond
from geo.limits import Limits
from geo.unusable import unusable

# Blanks, never \s: it would run over line ends, and a file of blank lines would take hours.
COLUMNS = re.compile(rb"^[ \t]*columns[ \t]+(\d{1,9})[ \t\r]*$", re.IGNORECASE | re.MULTILINE)
DATA = re.compile(rb"^[ \t]*data[ \t\r]*$", re.IGNORECASE | re.MULTILINE)
OBJECTS = re.compile(
    rb"^[ \t]*(?:point|line|pline|region|arc|text|rect|roundrect|ellipse|multipoint|collection|none)\b",
    re.IGNORECASE | re.MULTILINE,
)
COUNTS = re.compile(
    rb"^[ \t]*(?:(?:pline|region|multipoint|collection)[ \t]+(?:multiple[ \t]+)?)?(\d+)[ \t\r]*$",
    re.IGNORECASE | re.MULTILINE,
)


def inspect_mif(path: Path, limits: Limits) -> None:
    """Raise `InputError` for what is damaged or beyond the limits."""
    content = path.read_bytes()
    columns, data = COLUMNS.search(content), DATA.search(content)
    if b"\0" in content or columns is None or data is None:
        raise unusable(
            "{file} is not a sound MapInfo MIF (no Columns or Data line); export it again",
            code="format_not_sound",
            file=path.name,
        )
    if int(columns[1]) > limits.columns:
        raise beyond(path, limits.columns, "too_many_columns")
    if any(len(n) > 9 or int(n) > limits.vertices for n in COUNTS.findall(content, data.end())):
        raise beyond(path, limits.vertices, "too_many_vertices")
    if sum(1 for _ in OBJECTS.finditer(content, data.end())) > limits.features:
        raise beyond(path, limits.features, "too_many_features")
    if int(columns[1]) and not path.with_suffix(".mid").is_file():
        raise unusable(
            "{file} came without its .mid, which holds the columns; send both, best in one ZIP",
            code="sidecar_wrong",
            file=path.name,
        )
