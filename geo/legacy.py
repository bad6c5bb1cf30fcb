"""Vietnamese encodings from before Unicode, undone on text whose bytes were read as Latin-1 or Windows-1252.

Tables: TCVN 5712:1993 VN3 (the .Vn fonts), VNI for Windows, VISCII (RFC 1456), Windows-1258. Says what a text would be
in each; which one it was is decided in `geo.encoding`. Tone marks stay where their writer put them (hóa and hoá are
both kept: joins ignore the difference, `geo.names.match_key`).
"""

import re
import unicodedata
from collections.abc import Callable
from html import unescape
from typing import NamedTuple

from geo.syllables import TONES, is_syllable

UNKNOWN = "\ufffd"
SIGNS = {b: c for b in range(0x80, 0xA0) if (c := bytes([b]).decode("cp1252", "replace")) != UNKNOWN}
BYTES = {ord(c): b for b, c in SIGNS.items()}

# Bytes A1-FE in order, "·" where VN3 has no letter. AD, which Latin-1 takes for a soft hyphen, is ư.
TCVN3 = {
    0xA1 + at: letter
    for at, letter in enumerate(
        "ĂÂÊÔƠƯĐăâêôơưđ······àảãáạ·ằẳẵắ·······ặầẩẫấậè·ẻẽéẹềểễếệìỉ···ĩíịò·ỏõóọồổỗốộờởỡớợù·ủũúụừửữứựỳỷỹýỵ"
    )
    if letter != "·"
}
VISCII = {0x02: "Ẳ", 0x05: "Ẵ", 0x06: "Ẫ", 0x14: "Ỷ", 0x19: "Ỹ", 0x1E: "Ỵ"} | {
    0x80 + at: letter
    for at, letter in enumerate(
        "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐ"
        "ỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲ"
        "Õắằặấầẩậẽẹếềểễệố"
        "ồổỗỠƠộờởịỰỨỪỬơớƯ"
        "ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳ"
        "ĐứÒÓÔạỷừửÙÚỹỵÝỡư"
        "àáâãảăữẫèéêẻìíĩỉ"
        "đựòóôõỏọụùúũủýợỮ"
    )
}
DOUBLED = {  # as other converters write a capital with a tone: A and a small á
    unicodedata.normalize("NFC", "".join(c for c in unicodedata.normalize("NFD", small.upper()) if c not in TONES))
    + small: small.upper()
    for small in TCVN3.values()
    if set(unicodedata.normalize("NFD", small)) & set(TONES)
}
TONED = {doubled[1] for doubled in DOUBLED}
DOUBLE = re.compile("|".join(DOUBLED))
VNI_MARKS = {
    "a": dict(zip("øùûõïâàáåãäêèéúüë", "àáảãạâầấẩẫậăằắẳẵặ", strict=True)),
    "e": dict(zip("øùûõïâàáåãä", "èéẻẽẹêềếểễệ", strict=True)),
    "o": dict(zip("øùûõïâàáåãä", "òóỏõọôồốổỗộ", strict=True)),
    "u": dict(zip("øùûõï", "ùúủũụ", strict=True)),
    "y": dict(zip("øùûõ", "ỳýỷỹ", strict=True)),
    "ô": dict(zip("øùûõï", "ờớởỡợ", strict=True)),
    "ö": dict(zip("øùûõï", "ừứửữự", strict=True)),
}
VNI_PAIRS = {base + mark: letter for base, marks in VNI_MARKS.items() for mark, letter in marks.items()}
VNI_LETTERS = dict(zip("ôöñæìíóòî", "ơưđỉìíĩịỵ", strict=True))
VNI = (
    VNI_PAIRS
    | VNI_LETTERS
    | {(pair[0].upper() + pair[1]): letter.upper() for pair, letter in VNI_PAIRS.items()}
    | {coded.upper(): letter.upper() for coded, letter in (VNI_PAIRS | VNI_LETTERS).items()}
)
VNI_LETTER = re.compile("|".join(sorted(VNI, key=len, reverse=True)))
VNI_TEXT = re.compile(rf"(?:{VNI_LETTER.pattern}|[\x00-\xbf\xd7\xf7])*")
WORD = re.compile(r"[^\W\d_]+")
ESCAPE = re.compile(r"\\{1,2}u([0-9a-fA-F]{4})|&(?:#\d{2,6}|#[xX][0-9a-fA-F]{2,5}|[A-Za-z]{3,8});")
TRIMMED = re.compile(rb"(\xc3|\xc6|\xe1[\xba\xbb])(?= )")  # its byte A0, a hard space, has become a plain one
BARRED = re.compile(rb"\xc4(?:\?|(?=[^\x80-\xbf]))")  # the byte 90 of Đ, which Windows-1252 has not, was dropped


class Encoding(NamedTuple):
    """A way in which text was encoded. `decode` gives the text in NFC, None where it cannot have been encoded so."""

    name: str
    decode: Callable[[str], str | None]


def nfc(text: str) -> str:
    """The text in NFC, with its spaces as they are."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def single_bytes(text: str) -> str | None:
    """The bytes that were read as Latin-1 or Windows-1252, each as the character of its number; None for any other."""
    raw = text.translate(BYTES)
    return raw if not raw or max(raw) <= "\xff" else None


def from_tcvn3(text: str) -> str | None:
    """TCVN3; its capitals with a tone are small letters in a capital font, which their neighbours give away."""
    raw = single_bytes(text)
    if raw is None or any(c >= "\xc0" and ord(c) not in TCVN3 for c in raw):
        return None
    return capitals(raw.translate(SIGNS | TCVN3))


def capitals(text: str) -> str:
    """The text with capitals where its other words show them: "QUAN HOá" is QUAN HOÁ, "Xã Thiết ống" Xã Thiết Ống."""
    joined = DOUBLE.sub(lambda found: DOUBLED[found[0]], text)
    words = WORD.findall(joined)
    if any(sum(c.isupper() for c in w) > 1 and is_syllable(w.upper()) for w in words):
        plain = [c for c in joined if c.isascii() and c.isalpha()]
        return joined.upper() if all(c.isupper() for c in plain) else joined
    others = [w for w in words if w[0] not in TONED]
    if len(others) < 2 or not all(w[0].isupper() for w in others):  # one word may just begin a sentence
        return joined
    return WORD.sub(lambda found: found[0][0].upper() + found[0][1:], joined)


def from_vni(text: str) -> str | None:
    """VNI for Windows, in which a mark follows its letter."""
    raw = single_bytes(text)
    if raw is None or not VNI_TEXT.fullmatch(raw):
        return None
    return VNI_LETTER.sub(lambda found: VNI[found[0]], raw).translate(SIGNS)


def from_viscii(text: str) -> str | None:
    """VISCII, which uses every byte and six control characters."""
    raw = single_bytes(text)
    return None if raw is None else raw.translate(VISCII)


def from_cp1258(text: str) -> str | None:
    """Windows-1258, in which a tone follows its letter."""
    raw = single_bytes(text)
    try:
        return None if raw is None else nfc(raw.encode("latin-1").decode("cp1258"))
    except UnicodeDecodeError:
        return None


def from_utf8(text: str) -> str | None:
    """UTF-8 that was read byte by byte; a letter whose bytes did not all arrive is U+FFFD."""
    raw = single_bytes(text)
    if raw is None or raw.isascii():
        return None if raw is None else text
    said = BARRED.sub(b"\xc4\x90", TRIMMED.sub(b"\\1\xa0", raw.encode("latin-1")))
    read = nfc(said.decode("utf-8", "replace"))
    whole = sum(not c.isascii() and c != UNKNOWN for c in read)
    return read if read.count(UNKNOWN) <= whole else None


def from_utf8_twice(text: str) -> str | None:
    """UTF-8 that was read byte by byte, written as UTF-8 and read byte by byte again."""
    once = from_utf8(text)
    return None if once is None or UNKNOWN in once else from_utf8(once)


def from_eth(text: str) -> str:
    """Text in which Đ was typed as the Icelandic Ð, which looks the same."""
    return nfc(text.replace("Ð", "Đ").replace("ð", "đ"))


def unescaped(text: str) -> str:
    r"""The text with the escapes of letters (`\u00f3`, `&#7885;`, `&ocirc;`) as letters; signs such as &lt; stay."""
    return ESCAPE.sub(letter_of, text)


def letter_of(found: re.Match[str]) -> str:
    """The letter or mark that an escape stands for, else the escape as it is."""
    said = chr(int(found[1], 16)) if found[1] else unescape(found[0])
    known = len(said) == 1 and said >= "\xa0" and unicodedata.category(said)[0] not in "CZ"
    return said if known or said == "\xad" else found[0]


ENCODINGS = (
    Encoding("TCVN3", from_tcvn3),
    Encoding("VNI", from_vni),
    Encoding("VISCII", from_viscii),
    Encoding("Windows-1258", from_cp1258),
    Encoding("UTF-8", from_utf8),
    Encoding("UTF-8 (2×)", from_utf8_twice),
    Encoding("Ð = Đ", from_eth),
)
