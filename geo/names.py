"""Vietnamese names: what counts as the same name, what only looks alike, and in which order names are listed.

`fold` is for search and for headers; joins use `match_key`, which keeps every diacritic.
"""

import re
import unicodedata
from functools import cache, lru_cache
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
    "huyen": ("huyện", "h."),
    "thi_xa": ("thị xã", "tx.", "tx"),
    "thanh_pho": ("thành phố", "tp.", "tp"),
    "tinh": ("tỉnh",),
}
COMMUNE_KINDS = ("xa", "phuong", "thi_tran")
DISTRICT_KINDS = ("huyen", "thi_xa", "thanh_pho", "tinh")
VILLAGE_KINDS = tuple(k for k in SPELT if k not in (*COMMUNE_KINDS, *DISTRICT_KINDS))
SEPARATORS = re.compile(r"\s*[,;(]\s*|\s+[-–—]\s+")  # between a unit and the one above it, written in one cell
# The sound i alone after consonants, which is written i or y: Quý/Quí, Mỹ/Mĩ, Lý/Lí. Not "Thúy", "Tây", "Duy".
I_OR_Y = re.compile(r"\b(qu|[bcdđghklmnprstvx]+)y(?=[\u0300\u0309\u0303\u0301\u0323]?(?:\s|$))")


UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\ufeff"))  # what web pages leave in copied text


class Named(NamedTuple):
    """A unit's name taken apart: the kind it says ("" where it says none) and the bare name, ready to compare."""

    kind: str
    bare: str


def nfc(text: str) -> str:
    """The text in NFC, with single spaces and none at the ends."""
    if text.isascii():
        return " ".join(text.split())
    return " ".join(unicodedata.normalize("NFC", text.translate(UNSEEN)).split())


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


def district_name(text: str) -> Named:
    """Kind (`huyen`, `thi_xa`, `thanh_pho`, `tinh` or "") and bare key of a former district's name."""
    return split_kind(text, DISTRICT_KINDS)


def name_and_parent(text: str) -> tuple[str, str]:
    """A cell that holds a unit and the one above it: "Hoằng Tiến (huyện Hoằng Hóa)" → both; "" where it says none.

    A province after them says nothing more and is left out.
    """
    parts = [p.strip(" ).") for p in SEPARATORS.split(nfc(text))]
    said = [p for p in parts if p and district_name(p).kind != "tinh"]
    return (said[0], said[1] if len(said) > 1 else "") if said else (text, "")


def i_key(key: str) -> str:
    """A `match_key` in which i and y are one letter where they are one sound: Quý = Quí, Mỹ = Mĩ."""
    return I_OR_Y.sub(r"\1i", key)


def letters_key(key: str) -> str:
    """A `match_key` without the marks of letters (ă â ê ô ơ ư đ), with its tones: Hoàng = Hoằng, Phú ≠ Phụ.

    For corrections that are said aloud, never for silent joins: other villages may differ by just such a mark.
    """
    marks = unicodedata.normalize("NFD", key).replace("đ", "d")
    return "".join(c for c in marks if c in TONES or not unicodedata.combining(c))


def has_marks(text: str) -> bool:
    """Whether the text has any diacritic: "Hoang Tien" has none, so its writer left out what tells names apart."""
    return not unicodedata.normalize("NFD", text.lower()).replace("đ", "d\u0335").isascii()


@lru_cache(maxsize=50_000)
def split_kind(text: str, kinds: tuple[str, ...]) -> Named:
    """Take one of `kinds` off the front, as a whole word that leaves something behind it. Remembered: names recur."""
    said = nfc(text)
    for start, kind in spellings(kinds):
        rest = said[len(start) :]
        whole = start.endswith(".") or not rest[:1].isalpha()
        if whole and same_start(said[: len(start)], start) and (bare := match_key(rest)):
            return Named(kind, bare)
    return Named("", match_key(said))


@cache
def spellings(kinds: tuple[str, ...]) -> list[tuple[str, str]]:
    """How the words for these kinds are written, the longest first."""
    return sorted(((s, kind) for kind in kinds for s in SPELT[kind]), key=lambda pair: -len(pair[0]))


def same_start(found: str, start: str) -> bool:
    """Whether the found text spells the unit word, with its dot where that is an abbreviation."""
    alike = found[:1].lower() == start[:1] and found.endswith(".") == start.endswith(".")
    return alike and match_key(found) == match_key(start)


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
