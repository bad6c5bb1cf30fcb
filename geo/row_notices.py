"""Notices about single rows of a frame, by their position in it."""

from dataclasses import dataclass

import pandas as pd

from geo.check import sender_ids, sender_rows
from geo.layer import Layer
from geo.notices import Notice, Severity


@dataclass(frozen=True, slots=True)
class Rows:
    """What the sender calls the rows of one frame, in its order: row numbers and ids."""

    numbers: list[int]
    ids: list[str]

    def notice(self, code: str, severity: Severity, message: str, at: int, **values: object) -> Notice:
        """A finding about the row at that position; `values` fill the message, `value` is what it was about."""
        said = {name: str(value) for name, value in values.items()}
        given = said.get("value", "")
        return Notice(code, severity, message, self.numbers[at], self.ids[at], "", given, tuple(said.items()))


def rows_of(frame: pd.DataFrame, layer: Layer) -> Rows:
    """The rows of a frame: an index named `row` holds the sender's numbers, else they are counted from 1."""
    return Rows(sender_rows(frame.index), sender_ids(frame, layer))
