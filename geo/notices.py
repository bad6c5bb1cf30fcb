"""What is wrong with an input, one row per finding, so that its owner can repair it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from geo.words import Lang, say

Severity = Literal["error", "warning", "info"]
COLUMNS = ["code", "severity", "row", "sender_id", "column", "value", "message"]


@dataclass(frozen=True, slots=True)
class Notice:
    """One finding.

    `code` is stable and documented in docs/notices.md. `row` is the row as the sender counts it (the first data row
    of a sheet with one header row is 2), 0 for the whole file. `message` is an English sentence with
    `{placeholders}` for `values`, the key of its translation: what was found, what was expected, how to repair it.
    """

    code: str
    severity: Severity
    message: str
    row: int = 0
    sender_id: str = ""
    column: str = ""
    value: str = ""
    values: tuple[tuple[str, str], ...] = ()

    def text(self, lang: Lang = "vi") -> str:
        """The message in one language."""
        return say(self.message, lang, **dict(self.values))


def table(notices: Iterable[Notice], lang: Lang | None = None) -> pd.DataFrame:
    """Notices as a frame with `COLUMNS`, one row each; without `lang` the message is "Vietnamese / English"."""
    rows = [
        (
            n.code,
            n.severity,
            n.row,
            n.sender_id,
            n.column,
            n.value,
            n.text(lang) if lang else f"{n.text()} / {n.text('en')}",
        )
        for n in notices
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def errors(notices: Iterable[Notice]) -> list[Notice]:
    """Those that reject a row or the file."""
    return [n for n in notices if n.severity == "error"]
