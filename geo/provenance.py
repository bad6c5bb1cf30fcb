"""Where a number came from: the datasets, rules and code of one run, as every output records it."""

from dataclasses import dataclass, field
from datetime import date, datetime

from geo.words import Lang, say


@dataclass(frozen=True, slots=True)
class Source:
    """One dataset that a run used. `sha256` is of the stored dataset; `file` is the sender's file name.

    `licence` and `upstream_right` (English keys of `geo.words`) are known of what was fetched from the web only.
    """

    layer: str
    provider: str
    as_of: date
    sha256: str
    rows: int
    file: str = ""
    file_sha256: str = ""
    published: bool = False
    licence: str = ""
    upstream_right: str = ""

    def credit(self, lang: Lang) -> str:
        """Who sent it, with its licence and what is not shown of its right, where that is known."""
        known = [said for said in (self.licence, self.upstream_right) if said]
        return f"{self.provider} ({'; '.join(say(said, lang) for said in known)})" if known else self.provider


@dataclass(frozen=True, slots=True)
class Run:
    """What a set of results was made from. `watermark` is an English key of `geo.words`, "" for none.

    `events`: id and hash of each decision and verification among its evidence, as the ledger stood at `events_upto`.
    """

    id: str
    criteria_id: str
    criteria_title_vi: str
    criteria_title_en: str
    criteria_sha256: str
    verified: bool
    vintage: str
    as_of: date
    made_at: datetime
    code_version: str
    operators: tuple[str, ...] = ()
    published_operators: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    watermark: str = ""
    notes: tuple[str, ...] = field(default=())
    events: tuple[tuple[int, str], ...] = ()
    events_upto: int = 0
