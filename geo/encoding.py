"""How the texts of one column were encoded, by evidence: the share of words that would be Vietnamese syllables.

A decision is about all texts together, never about one: single words fit several encodings ("Phó" is Phó, or Phú in
TCVN3). Of 8,000 random columns of one to four names none was read wrongly; 4 in 100 stayed open, with a notice.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from geo.legacy import ENCODINGS, ESCAPE, Encoding, nfc, unescaped
from geo.syllables import COMMON, LETTERS, ONSETS, is_syllable, toneless
from geo.syllables import LONGEST as SYLLABLE

GIVEN = Encoding("Unicode", nfc)
CANDIDATES = (GIVEN, *ENCODINGS)
LONGEST = 60  # letters of a word; a syllable read byte by byte twice has 42
WORDS = 1000  # as many different words decide
LEAST_SHARE = 0.75  # of the words must be syllables; the rest may be foreign
LEAST_LEAD = 2  # words more than in the second-best encoding …
LEAD_SHARE = 0.15  # … and this share of all words; or, with frequent words counted twice, these:
LEAST_WEIGHT, WEIGHT_SHARE, LEAST_WORDS = 2, 0.3, 2
WORD = re.compile(r"[A-Za-z\x02\x05\x06\x14\x19\x1e\x80-\U0010ffff]+")
SIGNS = re.compile(r".|[µμ][A-Za-z]|[a-z]{1,2}[²³]|[°º][CF]|[\W\d_]+")  # right as they are, in any text
QUOTES = re.compile("[“”‘’„–—…•\u00a0\u200b\ufeff]")
BROKEN = re.compile(r"[\x80-\x9f]|[^\W\d_][¡-¬®¯´-¿\xad×÷][^\W\d_]|\ufffd")
NUMBERED = {
    "xã",
    "khu",
    "thôn",
    "tổ",
    "đội",
    "bản",
    "xóm",
    "ấp",
    "phố",
    "lô",
    "nhà",
    "trạm",
    "cột",
    "điểm",
    "loại",
    "lớp",
}
FOUND_LOST = re.compile(r"[^\W\d_]\?[^\W\d_]")
WITHOUT_U = ("ơng", "ơc", "ơu")  # there is no such rime: ương, ươc, ươu have lost their ư


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the words say: the encoding that explains most, whether it is surely that one, and the next best.

    `share` and `rival_share` are of the `words` different words with other letters than a-z.
    """

    encoding: Encoding
    clear: bool
    words: int
    share: float
    rival: Encoding
    rival_share: float


def words_of(texts: Iterable[str]) -> list[str]:
    """The different words that say something of the encoding: those with other letters than a-z."""
    found = dict.fromkeys(w for text in texts for w in WORD.findall(text) if not plain(w))
    return [word for word in found if len(word) <= LONGEST and not SIGNS.fullmatch(word)]


def plain(word: str) -> bool:
    """Whether the word is the same in every encoding."""
    return word.isascii() and word.isprintable()


def verdict(words: list[str]) -> Verdict:
    """The evidence of at most `WORDS` of the words, evenly taken; encodings that read the same are one.

    Frequent words count twice where the lead of syllables alone is too small.
    """
    taken = words[:: -(-len(words) // WORDS)] if words else []
    read = {e: tuple(e.decode(word) for word in taken) for e in CANDIDATES}
    good = {e: [t for w, t in zip(taken, read[e], strict=True) if t and fits(w, t, e)] for e in CANDIDATES}
    fit = {e: len(good[e]) for e in CANDIDATES}
    weight = {e: fit[e] + sum(t.lower() in COMMON for t in good[e]) for e in CANDIDATES}
    best = max(CANDIDATES, key=lambda e: (weight[e], fit[e]))  # the first of equals: as given, then the most used
    others = [e for e in CANDIDATES if read[e] != read[best]]
    rival = max(others, key=lambda e: fit[e], default=GIVEN)
    second = max((fit[e] for e in others), default=0)
    lead, lead_weight = fit[best] - second, weight[best] - max((weight[e] for e in others), default=0)
    total = max(len(taken), 1)
    surely = lead >= max(LEAST_LEAD, LEAD_SHARE * total) or lead_weight >= max(LEAST_WEIGHT, WEIGHT_SHARE * total)
    return Verdict(
        best, fit[best] >= LEAST_SHARE * total and surely, len(taken), fit[best] / total, rival, second / total
    )


def fits(word: str, read: str | None, encoding: Encoding) -> bool:
    """Whether what the encoding makes of the word is Vietnamese, with nothing over."""
    if read is None:
        return False
    whole = QUOTES.sub(" ", read).split()
    return bool(whole) and all(is_syllable(w) or (encoding.name == "TCVN3" and lost_u(w)) for w in whole)


@lru_cache(maxsize=50_000)
def fit_in(word: str, encoding: Encoding) -> bool:
    """Whether a word of the sender reads as Vietnamese in that encoding."""
    return fits(word, encoding.decode(word), encoding)


def as_good(words: list[str], encoding: Encoding, found: Verdict) -> bool:
    """Whether the encoding explains these words as well as the best of them."""
    return sum(fit_in(w, encoding) for w in words) >= found.share * found.words > 0


def strange(word: str, *, undeclared: bool) -> bool:
    """Whether a word that is no Vietnamese as it stands may be damaged; `undeclared`: nothing says its encoding."""
    if fit_in(word, GIVEN):
        return False
    return undeclared or bool(BROKEN.search(word)) or any(fit_in(word, e) for e in ENCODINGS)


def lost_u(word: str) -> bool:
    """Whether a word from TCVN3 lacks an ư: many tools drop byte AD, for them a soft hyphen: "hớng", "Hng"."""
    return len(word) <= SYLLABLE and lacks_u(word)


@lru_cache(maxsize=50_000)
def lacks_u(word: str) -> bool:
    """As `lost_u`, remembered."""
    low = toneless(word.lower())
    onset = next(o for o in ONSETS if low.startswith(o))
    rest = low[len(onset) :]
    return rest in WITHOUT_U or (rest == "ng" and bool(onset))


def lost(text: str, encoding: Encoding) -> bool:
    """Whether letters of a text, already decoded, were lost on the way: U+FFFD, `Ho?ng`, a word without its ư."""
    if "\ufffd" in text or any(FOUND_LOST.search(w) for w in text.split() if not set(w) & set("/=&")):
        return True
    words = LETTERS.findall(text)
    return encoding.name == "TCVN3" and (any(lost_u(word) for word in words) or ends_bare(text.split()))


def ends_bare(words: list[str]) -> bool:
    """Whether a name ends in a consonant, as "Quảng C" for Quảng Cư does, and is not one of a series ("Khu C")."""
    if len(words) < 2 or words[-2].lower() in NUMBERED:
        return False
    return words[-1].lower() in ONSETS and is_syllable(words[-2])


def has_escapes(text: str) -> bool:
    """Whether the text holds letters written as escapes."""
    return bool(ESCAPE.search(text)) and unescaped(text) != text
