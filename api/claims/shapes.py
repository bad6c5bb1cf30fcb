"""Shapes of the answers about claims, for the OpenAPI document."""

from typing import Any

from pydantic import BaseModel


class Done(BaseModel):
    """The event that a write made, its hash in the chain, and when (UTC)."""

    event: int
    hash: str
    at: str


class Verified(Done):
    """A verification that was recorded, and how many others are about the same thing on the same day."""

    beside: int


class LeftOut(BaseModel):
    """A row that was not taken: its number as sent, from 1, and what to do."""

    row: int
    parameter: str
    found: str | None
    code: str
    message: str
    message_en: str


class FilingDone(Done):
    """A filing; its claims are `<event>.<row>`."""

    taken: int
    rejected: int
    rejected_rows: list[LeftOut]


class FilingTableDone(FilingDone):
    """A filing of a table; `remarks` are rows that were taken otherwise than written, and how."""

    remarks: list[LeftOut]


class CaseDone(Done):
    """A step in a case, and the state that it is in now."""

    challenge: int
    state: str


class Decisions(BaseModel):
    """Decisions taken at once, in the order of the cases sent."""

    decisions: list[CaseDone]


class FilingShown(BaseModel):
    """A filing."""

    id: int
    vintage: str
    operator: str
    role: str
    source: str
    rows: int
    rejected: int
    rows_sha256: str
    filed_at: str


class OneFiling(FilingShown):
    """A filing, and how many of its claims are current, superseded, withdrawn."""

    claims: dict[str, int]


class ClaimShown(BaseModel):
    """A claim with its newest case, if any. `row` is its number in its filing."""

    id: str
    filing: int
    row: int
    vintage: str
    commune: str
    village: str
    operator: str
    service: str
    technology: str
    served: bool
    max_mbps: float | None
    state: str
    ended_by: int | None
    challenge: int | None
    challenge_state: str | None


class Place(BaseModel):
    """Degrees, WGS 84."""

    longitude: float
    latitude: float


class VerificationShown(BaseModel):
    """What was seen in a village, with what is written and shown, unless erased."""

    id: int
    vintage: str
    commune: str
    village: str
    operator: str
    service: str
    technology: str
    role: str
    connected: str
    seen_on: str
    download_mbps: float | None
    signal_dbm: float | None
    verified_at: str
    erased_by: int | None
    note: str
    position: Place | None
    photos: list[str]


class CaseShown(BaseModel):
    """A case. `until` is the last day of the term that runs, `days_left` 0 on it and negative once it is over."""

    id: int
    claim: str
    vintage: str
    commune: str
    village: str
    operator: str
    service: str
    technology: str
    claimed: bool
    reason: str
    reason_text: str
    days: int | None
    state: str
    state_text: str
    answer_by: str | None
    quarter: str | None
    decision: int | None
    served: bool | None
    reopen_until: str | None
    until: str | None
    days_left: int | None
    opened_at: str
    last: int


class NextStep(BaseModel):
    """What the asker may do now, and what has to be sent with it."""

    step: str
    text: str
    needs: list[str]


class OneCase(CaseShown):
    """A case with its events, its evidence and the next steps; `own_report`: the asker may not decide it."""

    history: list[dict[str, Any]]
    evidence: list[VerificationShown]
    own_report: bool
    next: list[NextStep]


class Part(BaseModel):
    """A part of a list; `next` is the address of the next part, null at the end."""

    total: int
    limit: int
    offset: int
    next: str | None


class Filings(Part):
    """Filings, newest first."""

    items: list[FilingShown]


class Claims(Part):
    """Claims in the order they were filed."""

    items: list[ClaimShown]


class Verifications(Part):
    """Verifications, newest first."""

    items: list[VerificationShown]


class Cases(Part):
    """Cases, the nearest deadline first, decided ones last."""

    items: list[CaseShown]


class Term(BaseModel):
    """How many wait until a day."""

    until: str
    days_left: int
    count: int


class Task(BaseModel):
    """Something that waits: `answer`, `decide`, `reopen`, `verify` or `remarks`."""

    task: str
    count: int
    deadlines: list[Term]


class Waiting(BaseModel):
    """What waits for the asker."""

    items: list[Task]
