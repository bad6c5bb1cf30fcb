"""CSV: any separator, any encoding; every cell as text."""

import csv
from dataclasses import replace
from io import StringIO
from pathlib import Path

from geo.columns import Sheet
from geo.format import Format, file_format
from geo.inspect_excess import beyond
from geo.inspect_text import inspect_text
from geo.limits import Limits
from geo.table_rows import tabular
from geo.text_bytes import decoded
from geo.unusable import unusable

SEPARATORS = ",;\t|"
SAMPLE = 20  # lines by which the separator is told
UTF16 = (b"\xff\xfe", b"\xfe\xff")
BINARY = (b"PK\x03\x04", b"SQLite format 3", b"fgb\x03", b"PAR1", b"\xd0\xcf\x11\xe0", b"II*\0", b"MM\0*", b"II+\0",
          b"MM\0+", b"\x00\x00\x27\x0a", b"\x89PNG", b"%PDF", b"\xff\xd8\xff", b"\x1f\x8b")  # fmt: skip


def fits(head: bytes) -> bool:
    """Text that does not start like JSON, XML or a MapInfo file."""
    said = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    wide = head.startswith(UTF16) or head[1:40:2].count(0) > 10 or head[0:40:2].count(0) > 10
    marked = said[:1] in (b"{", b"[", b"<") or said[:6].lower() == b"!table" or head.startswith(BINARY)
    if said[:7].lower() == b"version" and b"delimiter" in said[:400].lower():
        return False
    return wide or not (marked or b"\0" in head)


def read(path: Path, sublayer: str, limits: Limits) -> Sheet:
    """The table of a CSV, cells as text; `legacy` says when its encoding is decided later, column by column."""
    if sublayer:
        raise unusable("{file} has only one table; leave --sublayer away", code="sublayer_unknown", file=path.name)
    text = decoded(path.read_bytes())
    rows = parsed(text.text, path)
    if len(rows) > limits.features:
        raise beyond(path, limits.features, "too_many_rows")
    return replace(tabular(rows, path.name), format="csv", legacy=text.legacy)


def parsed(text: str, path: Path) -> list[list[str]]:
    """The rows of the text, divided by the sign that divides most lines alike."""
    lines = [line for line in text.split("\n", SAMPLE)[:SAMPLE] if line.strip()]
    separator = max(SEPARATORS, key=lambda s: sum(line.count(s) > 0 for line in lines) * 1000 + text[:2000].count(s))
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        return list(reader)
    except csv.Error as error:
        raise unusable(
            "{file} is not a sound CSV: in line {line} a quotation mark is not closed, or stands inside a text; close "
            "it, or write it twice",
            code="format_not_sound",
            file=path.name,
            line=reader.line_num,
        ) from error


file_format(Format("csv", "CSV", (".csv", ".tsv", ".txt"), fits, inspect_text, read))
