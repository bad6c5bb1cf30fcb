"""Text as its writers meant it: encodings from before Unicode, bytes read wrongly, escapes and loose marks, into NFC.

Decided for each column (all headings together) by what its words show, never cell by cell; each change is a notice.
The place of a tone mark stays as it was written, hóa or hoá: joins ignore it (`geo.names.match_key`).
"""

from dataclasses import replace

import pandas as pd

from geo.column_text import Text, column_text
from geo.columns import Sheet
from geo.encoding import GIVEN, as_good, verdict
from geo.notices import Notice
from geo.text_notices import Column, text_notices

HEADINGS = -1  # the position of what stands in and above the heading row, decided as one column


def mended(sheet: Sheet) -> tuple[Sheet, list[Notice]]:
    """The sheet with headings and text cells in NFC Unicode, and what was changed or is in doubt.

    Cells that are no text, index and dtypes stay. `sheet.legacy` set: nothing said how the text was encoded; it is ""
    in what comes back.
    """
    given = {at: column(sheet, at) for at in (HEADINGS, *sheet.cells.columns)}
    found = [column_text(at, different(c.values), undeclared=bool(sheet.legacy)) for at, c in given.items()]
    texts = settled([text for text in found if text is not None])
    maps = {t.at: {said: new for said in t.texts if (new := t.read(said)) != said} for t in texts}
    known = maps.get(HEADINGS, {})
    headers = tuple(known.get(h, h) for h in sheet.headers)
    above = tuple(tuple(known.get(v, v) if isinstance(v, str) else v for v in row) for row in sheet.above)
    cells = sheet.cells.copy(deep=False)
    for at in [at for at, new in maps.items() if new and at != HEADINGS]:
        cells[at] = changed(cells[at], maps[at])
    titles = {at: title(headers, at) for at in given}
    notices = [n for t in texts for n in text_notices(t, maps[t.at], given[t.at], titles[t.at])]
    return replace(sheet, headers=headers, cells=cells, above=above, legacy=""), notices


def column(sheet: Sheet, at: int) -> Column:
    """Rows and cells of one column; of `HEADINGS` the headings and all above them, in the row of the headings."""
    if at == HEADINGS:
        values = [*sheet.headers, *(v for row in sheet.above for v in row)]
        return Column([sheet.header_row] * len(values), values)
    cells = sheet.cells[at]
    can_hold = pd.api.types.is_object_dtype(cells.dtype) or pd.api.types.is_string_dtype(cells.dtype)
    return Column(cells.index.tolist(), cells.tolist()) if can_hold else Column([], [])


def different(values: list[object]) -> list[str]:
    """The different texts among cells, in order."""
    return [v for v in dict.fromkeys(v for v in values if isinstance(v, str)) if v]


def title(headers: tuple[str, ...], at: int) -> str:
    """How a column is called in a message."""
    return ", ".join(headers[:3]) if at == HEADINGS else headers[at]


def settled(texts: list[Text]) -> list[Text]:
    """The columns, those too short to decide with the encoding of the whole sheet where it explains them as well."""
    whole = verdict(list(dict.fromkeys(word for t in texts for word in t.words)))
    taken = [
        replace(t, found=whole)
        if whole.clear and not t.found.clear and as_good(t.words, whole.encoding, t.found)
        else t
        for t in texts
    ]
    doubted = any(t.encoding is not GIVEN for t in taken)
    return [replace(t, doubted=doubted) for t in taken]


def changed(cells: pd.Series, known: dict[str, str]) -> pd.Series:
    """The cells with the texts in `known` replaced; index, dtype and other cells stay."""
    values = [known.get(v, v) if isinstance(v, str) else v for v in cells.tolist()]
    return pd.Series(values, index=cells.index, dtype=cells.dtype, name=cells.name)
