"""What is said of a column's text: read in another encoding, joined, in doubt, or lost."""

from typing import NamedTuple

from geo.column_text import Text
from geo.encoding import GIVEN, lost
from geo.legacy import nfc
from geo.notices import Notice, Severity

ESCAPED = r"\u00f3 / &#7885;"
UNDECLARED = "Windows-1252"  # what bytes are shown as where nothing says their encoding
LISTED = 10
MESSAGES = {
    "text_converted": "“{column}”: {count} cells were read as {encoding}, such as “{before}” → “{after}”; "
    "then {share} of {words} words are Vietnamese ({rival}: {rival_share}). "
    "If this is wrong, save the file as UTF-8 and send it again",
    "text_normalised": "“{column}”: {count} cells had marks apart from their letters (NFD), such as “{after}”; "
    "they were joined (NFC)",
    "text_unclear": "“{column}”: {count} cells may not be Unicode, such as “{before}” (rows {rows}); "
    "{encoding} explains {share} of {words} words, {rival} {rival_share}, so they stay as they are: "
    "save the file as UTF-8, or correct them",
    "text_lost": "“{column}”: letters seem to be lost in {count} cells, such as “{after}” (rows {rows}), "
    "and cannot be guessed: correct these cells, or export the file again as UTF-8",
}

MISFIT = (
    "“{column}” was read as {encoding}, but {count} cells are not Vietnamese so, "
    "such as “{before}” → “{after}” (rows {rows}); correct them where they are wrong"
)


class Column(NamedTuple):
    """The cells of one column with their rows as the sender counts them."""

    rows: list[int]
    values: list[object]


def text_notices(text: Text, new: dict[str, str], cells: Column, title: str) -> list[Notice]:
    """All findings about one column; `new` are its texts that were read otherwise."""
    joined = {said for said in new if text.encoding is GIVEN and nfc(said) == new[said]}
    gone = {said for said in text.texts if lost(new.get(said, said), text.encoding)}
    odd = {said for said in text.texts if said not in gone and text.odd(said)}
    doubt = MESSAGES["text_unclear"] if text.encoding is GIVEN else MISFIT
    told: list[tuple[str, str, Severity, set[str]]] = [
        ("text_converted", MESSAGES["text_converted"], "warning", set(new) - joined),
        ("text_normalised", MESSAGES["text_normalised"], "info", joined),
        ("text_unclear", doubt, "warning", odd),
        ("text_lost", MESSAGES["text_lost"], "warning", gone),
    ]
    notices = []
    for code, message, severity, texts in told:
        if texts:
            rows = [r for r, v in zip(cells.rows, cells.values, strict=True) if isinstance(v, str) and v in texts]
            example = next(said for said in text.texts if said in texts)
            values = evidence(text) | {"column": title, "count": str(len(rows)), "rows": listed(rows)}
            values |= {"before": cut(example), "after": cut(new.get(example, example))}
            row = rows[0] if code in ("text_unclear", "text_lost") else 0
            notices.append(Notice(code, severity, message, row, "", title, cut(example), tuple(values.items())))
    return notices


def evidence(text: Text) -> dict[str, str]:
    """What the words show, for a message."""
    found = text.found
    called = {e.name: UNDECLARED if text.undeclared and e is GIVEN else e.name for e in (found.encoding, found.rival)}
    names = [ESCAPED] * text.escaped
    if not text.escaped or text.encoding is not GIVEN:
        names.append(called[found.encoding.name])
    return {
        "encoding": " + ".join(names),
        "words": str(found.words),
        "share": f"{found.share:.0%}",
        "rival": called[found.rival.name],
        "rival_share": f"{found.rival_share:.0%}",
    }


def listed(rows: list[int]) -> str:
    """The first rows of a finding, each once."""
    each = list(dict.fromkeys(rows))
    return ", ".join(str(row) for row in each[:LISTED]) + (", …" if len(each) > LISTED else "")


def cut(text: str) -> str:
    """The start of a text, for a message."""
    return text if len(text) <= 60 else text[:59] + "…"
