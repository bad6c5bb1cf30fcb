"""Look through a CSV as bytes: no zero bytes (but in UTF-16), not too many rows and columns, no endless value."""

import re
from pathlib import Path

from geo.inspect_excess import beyond
from geo.limits import Limits
from geo.unusable import unusable

SEPARATORS = (b",", b";", b"\t", b"|")
UTF16 = (b"\xff\xfe", b"\xfe\xff")
LINES = 50  # whose columns are counted


def inspect_text(path: Path, limits: Limits) -> None:
    """Raise `InputError` for what is no text or beyond the limits."""
    content = path.read_bytes()
    head = content[:400]
    wide = head.startswith(UTF16) or head[1::2].count(0) > len(head) // 4 or head[0::2].count(0) > len(head) // 4
    if b"\0" in content and not wide:
        raise unusable(
            "{file} holds zero bytes and is no text; save it as “CSV UTF-8”", code="format_not_sound", file=path.name
        )
    if wide:
        content = content.replace(b"\0", b"")  # enough for counting
    if content.count(b"\n") > limits.features or content.count(b"\r") > limits.features:
        raise beyond(path, limits.features, "too_many_rows")
    if max((line.count(s) for line in content.split(b"\n", LINES)[:LINES] for s in SEPARATORS), default=0) > (
        2 * limits.columns  # separators may stand in quoted values; the reader counts exactly
    ):
        raise beyond(path, limits.columns, "too_many_columns")
    # from the start of a value only: searched from each of its bytes, one long value would take minutes
    if re.search(rb"(?<![^,;\t|\r\n])[^,;\t|\r\n]{%d}" % (4 * limits.value), content):  # bytes, not characters
        raise beyond(path, limits.value, "value_too_long")
