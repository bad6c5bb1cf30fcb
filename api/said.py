"""Finished English sentences in Vietnamese: errors arrive as text, so the catalogue is searched by pattern."""

import re
from functools import cache

from geo.words import Lang, catalogue, say

PLACEHOLDER = re.compile(r"\{(\w+)[^{}]*\}")


def retold(sentence: str, lang: Lang = "vi") -> str:
    """The sentence of an error in `lang`, whatever values stand in it; the sentence itself where none is translated."""
    for at in re.finditer(" / ", sentence):  # some errors say both already
        vietnamese, english = sentence[: at.start()], sentence[at.end() :]
        if vietnamese != english and retold(english, "vi") == vietnamese:
            return vietnamese if lang == "vi" else english
    if lang == "en":
        return sentence
    if sentence in catalogue(lang):
        return say(sentence, lang)
    for pattern, translation in patterns(lang):
        found = pattern.fullmatch(sentence)
        if found:
            return translation.format_map(found.groupdict())
    return sentence


@cache
def patterns(lang: Lang) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Every translated sentence with `{placeholders}`, as a pattern; the ones with most fixed text first."""
    given = [(english, said) for english, said in catalogue(lang).items() if PLACEHOLDER.search(english)]
    given.sort(key=lambda pair: -len(PLACEHOLDER.sub("", pair[0])))
    return tuple((re.compile(_pattern(english), re.DOTALL), said) for english, said in given)


def _pattern(english: str) -> str:
    parts, named = [], set[str]()
    for place, part in enumerate(PLACEHOLDER.split(english)):
        if place % 2 == 0:
            parts.append(re.escape(part))
        else:
            parts.append(f"(?P={part})" if part in named else f"(?P<{part}>.+?)")
            named.add(part)
    return "".join(parts)
