"""Vietnamese text as older programs wrote it, seen as Latin-1: encoders for tests, and names to encode.

Windows-1258 and UTF-8 are Python's codecs; the rest inverts the tables of geo.legacy, which tests/test_legacy.py holds
against published samples.
"""

import csv
import unicodedata
from pathlib import Path

from geo.legacy import TCVN3, VISCII, VNI
from geo.syllables import TONES

ROOT = Path(__file__).parent.parent
TO_TCVN3 = {letter: chr(byte) for byte, letter in TCVN3.items()}
TO_VISCII = {letter: chr(byte) for byte, letter in VISCII.items()}
TO_VNI: dict[str, str] = {}
for coded, letter in VNI.items():
    if coded in (coded.lower(), coded.upper()):
        TO_VNI.setdefault(letter, coded)


def tcvn3(text):
    """A capital with a tone is its small letter in a capital font."""
    return "".join(TO_TCVN3.get(c) or TO_TCVN3.get(c.lower(), c) for c in text)


def viscii(text):
    return "".join(TO_VISCII.get(c, c) for c in text)


def vni(text):
    return "".join(TO_VNI.get(c, c) for c in text)


def cp1258(text):
    letters = "".join(c if fits_cp1258(c) else apart(c) for c in text)
    return letters.encode("cp1258").decode("latin-1")


def fits_cp1258(letter):
    try:
        return bool(letter.encode("cp1258"))
    except UnicodeEncodeError:
        return False


def apart(letter):
    """The letter, its tone behind it."""
    marks = unicodedata.normalize("NFD", letter)
    bare = "".join(c for c in marks if c not in TONES)
    return unicodedata.normalize("NFC", bare) + "".join(c for c in marks if c in TONES)


def utf8(text):
    return text.encode().decode("latin-1")


def utf8_twice(text):
    return utf8(utf8(text))


def escaped(text):
    return "".join(c if c.isascii() else f"\\u{ord(c):04x}" for c in text)


def entities(text):
    return "".join(c if c.isascii() else f"&#{ord(c)};" for c in text)


def seen_as_cp1252(text):
    """What a program shows that takes the bytes for Windows-1252; its five empty places stay control characters."""
    return "".join(bytes([ord(c)]).decode("cp1252", "ignore") or c for c in text)


WRITERS = {
    "TCVN3": tcvn3, "VNI": vni, "VISCII": viscii, "Windows-1258": cp1258, "UTF-8": utf8, "UTF-8 (2×)": utf8_twice,
}  # fmt: skip


def unit_names():
    """Official names of communes, old and new."""
    found = []
    for file in sorted((ROOT / "data" / "boundaries").glob("*/units.csv")):
        with file.open(encoding="utf-8", newline="") as stream:
            found += [row["name"] for row in csv.DictReader(stream)]
    return sorted(set(found))
