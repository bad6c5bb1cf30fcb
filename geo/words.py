"""Sentences for people, Vietnamese first, from gettext catalogues; the English text is the key."""

from functools import cache
from typing import Literal

from babel.messages.pofile import read_po

from geo.resources import shipped

Lang = Literal["vi", "en"]


@cache
def catalogue(lang: Lang) -> dict[str, str]:
    """English text → text in `lang`, from all of `data/locale/<lang>/`; two translations of one text: `ValueError`."""
    found: dict[str, str] = {}
    folder = shipped("locale", lang)
    for file in sorted(folder.iterdir(), key=lambda f: f.name) if folder.is_dir() else []:
        if not file.name.endswith(".po"):
            continue
        with file.open("rb") as stream:
            for message in read_po(stream, locale=lang):
                key, said = str(message.id), str(message.string or "")
                if found.get(key, said) != said:
                    raise ValueError(f"{file.name}: {key!r} is translated in two ways")
                found |= {key: said} if key and said else {}
    return found


def say(text: str, lang: Lang = "vi", **values: object) -> str:
    """`text` in `lang` with its `{placeholders}` filled; English where no translation exists."""
    said = text if lang == "en" else catalogue(lang).get(text, text)
    return said.format(**values) if values else said
