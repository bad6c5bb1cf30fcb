"""The text of a file's bytes where the file may not say its encoding. Never guesses among single-byte encodings."""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE
from dataclasses import dataclass

from geo.unusable import unusable

BOMS = {  # UTF-32 first: its mark starts as that of UTF-16
    BOM_UTF32_LE: "utf-32-le", BOM_UTF32_BE: "utf-32-be", BOM_UTF8: "utf-8", BOM_UTF16_LE: "utf-16-le",
    BOM_UTF16_BE: "utf-16-be",
}  # fmt: skip
SAMPLE = 65_536
LATIN = re.compile("[\t\n\r -~\u00a0-\u024f\u0300-\u036f\u1e00-\u1eff\u2000-\u20ff]")
LATIN_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text. `legacy` is "latin-1" where each byte became one character, for `geo.mended`, else "".

    `how` says what decided: "mark" (a BOM), "zeros" (UTF-16 without one), "valid" (sound UTF-8) or "bytes".
    """

    text: str
    legacy: str
    how: str


def decoded(content: bytes) -> Decoded:
    """The text of `content`, lossless; raise `InputError` where it is damaged Unicode or no text at all."""
    for mark, encoding in BOMS.items():
        if content.startswith(mark):
            return Decoded(strict(content[len(mark) :], encoding), "", "mark")
    if wide := utf16(content[:SAMPLE]):
        return Decoded(strict(content, wide), "", "zeros")
    if b"\0" in content:
        raise unusable(
            "byte {at} is 0, which no text has; save the table as “CSV UTF-8” and send it again",
            code="not_text",
            at=content.index(b"\0"),
        )
    try:
        return Decoded(content.decode("utf-8"), "", "valid")
    except UnicodeDecodeError:
        return Decoded(content.decode("latin-1"), "latin-1", "bytes")


def strict(content: bytes, encoding: str) -> str:
    """The text in the encoding that the file shows; `InputError` where the bytes are not of it."""
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise unusable(
            "the file says it is {encoding}, but byte {at} does not fit: "
            "it is damaged or cut off; save it again as “CSV UTF-8”",
            code="text_damaged",
            encoding=encoding.upper(),
            at=error.start,
        ) from error


def utf16(sample: bytes) -> str:
    """Which UTF-16 without a mark the bytes are, "" for none: the one in which nearly all is Latin."""
    if b"\0" not in sample:
        return ""
    for encoding in ("utf-16-le", "utf-16-be"):
        said = sample[: len(sample) // 2 * 2].decode(encoding, "replace")
        if len(LATIN.findall(said)) >= LATIN_SHARE * max(len(said), 1):
            return encoding
    return ""
