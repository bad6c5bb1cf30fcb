"""Errors of the workspace and the ledger; like every `GeoError` they carry a sentence for people."""

from geo.errors import GeoError


class WorkspaceError(GeoError):
    """There is no workspace here, it is damaged, or what was asked for is not in it."""


class LedgerError(GeoError):
    """The database is no ledger for us (older, newer, another workspace's), or an entry contradicts an earlier one."""


class UnstatedError(GeoError):
    """Something that is never guessed was not said: a date, a provider, for which areas a file is complete."""


class AccountError(GeoError):
    """An account cannot be made, changed or used as was asked. `text` is a key of `geo.words` with `values` in it."""

    def __init__(self, text: str, **values: object) -> None:
        super().__init__(text.format(**values))
        self.text, self.values = text, values
