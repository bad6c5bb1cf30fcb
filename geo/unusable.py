"""A file or request that cannot be used at all, said in Vietnamese and English."""

from geo.errors import InputError
from geo.words import say


def unusable(text: str, *, code: str = "unusable", **values: object) -> InputError:
    """The error for an English sentence with `{placeholders}`, its translation first; `code` as in docs/notices.md."""
    said = dict.fromkeys((say(text, "vi", **values), say(text, "en", **values)))
    error = InputError(" / ".join(said))
    error.code = code
    return error
