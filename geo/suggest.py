"""What somebody may have meant: the most similar names, for messages only. Likeness never decides anything.

Names are compared without diacritics (`geo.names.fold`), as those are what senders most often lose. Source of the
measure: normalised indel distance (rapidfuzz `fuzz.ratio`), 0..100.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from rapidfuzz import fuzz, process

from geo.layer import Column
from geo.names import fold, header_key, sort_key

LEAST = 75  # below this two names of three syllables share too little to be worth a look
LEAST_HEADER = 80
SHORTEST_HEADER = 4  # "id", "ma", "so" are like everything


def similar(value: str, names: Sequence[tuple[str, str]], most: int = 3) -> list[str]:
    """Up to `most` of the names that are like the value, most similar first; equal ones in Vietnamese order.

    `names` are what is shown, and what is compared with the value; both without regard to diacritics.
    """
    keys = [folded(compared) for _, compared in names]
    found = process.extract(folded(value), keys, scorer=fuzz.ratio, limit=2 * most, score_cutoff=LEAST)
    ranked = sorted(((score, names[at][0]) for _, score, at in found), key=lambda f: (-f[0], sort_key(f[1])))
    return list(dict.fromkeys(shown for _, shown in ranked))[:most]


@lru_cache(maxsize=20_000)
def folded(name: str) -> str:
    """`fold`, remembered: the same few thousand names are compared over and over."""
    return fold(name)


def similar_column(header: str, columns: Iterable[Column]) -> Column | None:
    """The column whose names are most like a heading; None where none is like enough."""
    wanted = header_key(header)
    if len(wanted) < SHORTEST_HEADER:
        return None
    spelt = [(header_key(s), c) for c in columns for s in (c.name, c.vi, c.en, *c.also)]
    long = [(s, c) for s, c in spelt if len(s) >= SHORTEST_HEADER]
    best = process.extractOne(wanted, [s for s, _ in long], scorer=fuzz.token_sort_ratio, score_cutoff=LEAST_HEADER)
    return long[best[2]][1] if best else None
