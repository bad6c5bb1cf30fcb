"""Vietnamese names: what counts as the same name, what only looks alike, and in which order names are listed.

`fold` is for search and for headers; joins use `match_key`, which keeps every diacritic.
"""

import re
import unicodedata
from typing import NamedTuple

TONES = "\u0300\u0309\u0303\u0301\u0323"  # huyền, hỏi, ngã, sắc, nặng: the order of dictionaries
ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
SPELT: dict[str, tuple[str, ...]] = {
    "xa": ("xã", "x."),
    "phuong": ("phường", "p."),
    "thi_tran": ("thị trấn", "tt.", "tt"),
    "thon": ("thôn", "th."),
    "ban": ("bản",),
    "khu_pho": ("khu phố", "kp.", "kp"),
    "to_dan_pho": ("tổ dân phố", "tdp.", "tdp"),
    "tieu_khu": ("tiểu khu", "tk.", "tk"),
    "lang": ("làng",),
    "xom": ("xóm",),
    "pho": ("phố",),
}
COMMUNE_KINDS = ("xa", "phuong", "thi_tran")
VILLAGE_KINDS = tuple(k for k in SPELT if k not in COMMUNE_KINDS)


class Named(NamedTuple):
    """A unit's name taken apart: the kind it says ("" where it says none) and the bare name, ready to compare."""

    kind: str
    bare: str


def nfc(text: str) -> str:
    """The text in NFC, with single spaces and none at the ends."""
    return " ".join((text if text.isascii() else unicodedata.normalize("NFC", text)).split())


def fold(text: str) -> str:
    """Lower case without diacritics, `_` as space. For search and headers only: Hoằng Phú and Hoằng Phụ fold alike."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))
    return " ".join(bare.replace("đ", "d").replace("_", " ").split())


def header_key(text: str) -> str:
    """`fold` with every sign as a space, so that "Độ cao cột (m)" is "do cao cot m"."""
    return " ".join(re.findall(r"[^\W_]+", fold(text)))


def match_key(text: str) -> str:
    """Lower case in which only the place of the tone mark inside a word is ignored: Hoá = Hóa, Phú ≠ Phụ.

    Signs between words do not count, and neither do zeros before a number: "Thôn 03" = "thôn 3".
    """
    words = re.findall(r"\w+", unicodedata.normalize("NFC", text).lower())
    return " ".join(word.lstrip("0") or "0" if word.isdecimal() else tone_last(word) for word in words)


def tone_last(word: str) -> str:
    """The word with its tone marks moved behind its letters."""
    marks = unicodedata.normalize("NFD", word)
    letters = unicodedata.normalize("NFC", "".join(c for c in marks if c not in TONES))
    return letters + "".join(c for c in marks if c in TONES)


def commune_name(text: str) -> Named:
    """Kind (`xa`, `phuong`, `thi_tran` or "") and bare key of a commune's name: "X. Hoằng Tiến" → xa, hoằng tiến."""
    return split_kind(text, COMMUNE_KINDS)


def village_name(text: str) -> Named:
    """Kind (`thon`, `ban`, `khu_pho` … or "") and bare key of a village's name: Thôn 3 and Khu phố 3 stay apart."""
    return split_kind(text, VILLAGE_KINDS)


def split_kind(text: str, kinds: tuple[str, ...]) -> Named:
    """Take one of `kinds` off the front, as a whole word that leaves something behind it."""
    said = nfc(text)
    spelt = sorted(((s, kind) for kind in kinds for s in SPELT[kind]), key=lambda pair: -len(pair[0]))
    for start, kind in spelt:
        rest = said[len(start) :]
        whole = start.endswith(".") or not rest[:1].isalpha()
        if whole and match_key(rest) and same_start(said[: len(start)], start):
            return Named(kind, match_key(rest))
    return Named("", match_key(said))


def same_start(found: str, start: str) -> bool:
    """Whether the found text spells the unit word, with its dot where that is an abbreviation."""
    return found.endswith(".") == start.endswith(".") and match_key(found) == match_key(start)


def sort_key(text: str) -> tuple[tuple[tuple[int, ...], ...], tuple[tuple[int, ...], ...]]:
    """Vietnamese dictionary order: letters word by word (a ă â … d đ …), then tones; numbers by value."""
    words = re.findall(r"\d+|[^\W\d_]+", unicodedata.normalize("NFC", text).lower())
    return tuple(letter_ranks(w) for w in words), tuple(tone_ranks(w) for w in words)


def letter_ranks(word: str) -> tuple[int, ...]:
    """Places of the letters in the alphabet; numbers come before letters."""
    if word.isdecimal():
        return (-1, int(word))
    marks = unicodedata.normalize("NFD", word)
    letters = unicodedata.normalize("NFC", "".join(c for c in marks if c not in TONES))
    return tuple(ALPHABET.find(c) if c in ALPHABET else len(ALPHABET) + ord(c) for c in letters)


def tone_ranks(word: str) -> tuple[int, ...]:
    """Places of the word's tone marks in dictionary order; none comes first."""
    return tuple(TONES.index(c) for c in unicodedata.normalize("NFD", word) if c in TONES)
