"""Where a number came from: the datasets, rules and code of one run, as every output records it."""

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Source:
    """One dataset that a run used. `sha256` is of the stored dataset; `file` is the sender's file name."""

    layer: str
    provider: str
    as_of: date
    sha256: str
    rows: int
    file: str = ""
    file_sha256: str = ""
    published: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """What a set of results was made from. `watermark` is an English key of `geo.words`, "" for none."""

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
