"""What is sent to file, verify, challenge, answer, decide, withdraw, reopen. Texts: NFC, no control characters."""

import unicodedata
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from api.events.claims import ClaimId, Service

ROWS = 20_000
EVENT = Field(ge=1, le=2**53 - 1)  # as far as every JSON reader counts exactly
EventId = Annotated[int, EVENT]
PLAIN = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$"


def composed(text: str) -> str:
    """The text in NFC."""
    return unicodedata.normalize("NFC", text)


Plain = Annotated[str, Field(pattern=PLAIN), AfterValidator(composed)]
Name = Annotated[Plain, Field(min_length=1, max_length=100)]
Note = Annotated[Plain, Field(max_length=4000)]
Photo = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Reason = Literal[
    "no_signal_at_centre", "signal_in_part", "too_slow", "connection_refused", "not_built", "wrong_village", "broken",
    "too_expensive", "served_after_all", "other",
]  # fmt: skip


class Sent(BaseModel):
    """A body: nothing that is not named here."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class RowSent(Sent):
    """One village that is, or is not, served. `technology` for mobile service only: 2G, 3G, 4G or 5G."""

    village: Name
    service: Annotated[Plain, Field(max_length=16, description="mobile, fibre or wifi")]
    technology: Annotated[Plain, Field(max_length=16)] = ""
    served: bool
    max_mbps: Annotated[float, Field(gt=0, le=100_000)] | None = None


class FilingBody(Sent):
    """What an operator serves. `operator` is needed only where somebody else files on its behalf.

    Without `accept_good_rows` one bad row stops all of them.
    """

    rows: Annotated[list[RowSent], Field(min_length=1, max_length=ROWS)]
    operator: Name | None = None
    accept_good_rows: bool = False


class DerivedFilingBody(Sent):
    """A filing made of the operator's current coverage (by technology) and fibre datasets."""

    operator: Name | None = None


class FilingTableBody(Sent):
    """What an operator serves as a table: pasted text, or an upload (CSV or workbook), one of the two.

    Columns: village (code, or name and commune), service, technology, served, max_mbps; headings in Vietnamese too.
    """

    table: Annotated[Plain, Field(max_length=200_000)] | None = None
    upload: Annotated[str, Field(pattern="^[0-9a-f]{32}$")] | None = None
    operator: Name | None = None
    accept_good_rows: bool = False


class ClaimWithdrawal(Sent):
    """Rows of a filing that are taken back; none named: all of them.

    `chosen` says that rows were picked from a list, so that none named takes nothing back.
    """

    rows: Annotated[list[Annotated[int, Field(ge=1, le=ROWS)]], Field(max_length=ROWS)] = []
    chosen: bool = False


class Position(Sent):
    """Degrees, WGS 84."""

    longitude: Annotated[float, Field(ge=-180, le=180)]
    latitude: Annotated[float, Field(ge=-90, le=90)]


class Telling(Sent):
    """What may be written and shown beside a step: photos by the SHA-256 that /api/v1/photos answered."""

    note: Note = ""
    photos: Annotated[list[Photo], Field(max_length=20)] = []


class VerificationBody(Telling):
    """What was seen in a village on a day. Without operator or technology: whichever serves there."""

    village: Name
    service: Service
    operator: Name | None = None
    technology: Literal["", "2G", "3G", "4G", "5G"] = ""
    connected: Literal["yes", "no", "unsure"]
    seen_on: date
    download_mbps: Annotated[float, Field(ge=0, le=100_000)] | None = None
    signal_dbm: Annotated[float, Field(ge=-160, le=0)] | None = None
    position: Position | None = None


class Evident(Telling):
    """With verifications as evidence."""

    evidence: Annotated[list[EventId], Field(max_length=50)] = []


class ChallengeBody(Evident):
    """Why a claim is disputed; `days` for equipment that has been broken so long."""

    claim: ClaimId
    reason: Reason
    days: Annotated[int, Field(ge=1, le=3650)] | None = None


class AnswerBody(Evident):
    """The operator's answer; `quarter` (2027Q1) where it plans to serve by its end."""

    answer: Literal["concede", "contest", "plan"]
    quarter: Annotated[str, Field(pattern="^20[0-9]{2}Q[1-4]$")] | None = None


class DecisionBody(Telling):
    """The province's decision, with its reasons in `note`."""

    verdict: Literal["uphold", "reject"]
    note: Annotated[Note, Field(min_length=1)]


class DecisionsBody(DecisionBody):
    """One decision for several cases: all of them, or none where one cannot be decided."""

    challenges: Annotated[list[EventId], Field(min_length=1, max_length=500)]


class WithdrawalBody(Telling):
    """The commune no longer disputes the claim."""


class ReopeningBody(Evident):
    """New evidence in a decided case."""


class ErasureBody(Sent):
    """Why note, position and photos are erased."""

    why: Literal["person_asked", "shows_persons", "wrong_place", "law"]
