"""Events from claim to decision. No free text and no position is in them, only salted hashes: both can be erased.

`role` is the role that somebody acted in. A challenge is named by the number of the event that opened it.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.events.payload import Payload, Sha256

Service = Literal["mobile", "fibre", "wifi"]
Count = Annotated[int, Field(ge=0)]
ClaimId = Annotated[str, Field(pattern=r"^[0-9]{1,19}\.[0-9]{1,6}$")]


class Told(BaseModel):
    """What somebody wrote or showed beside a step: HMAC-SHA-256 of it under the server's salt."""

    model_config = Payload.model_config
    role: str
    note: Sha256 | None = None
    position: Sha256 | None = None
    photos: tuple[Sha256, ...] = ()


class FilingMade(Payload, kind="filing_made"):
    """An operator said what it serves. The rows are kept in the workspace under their hash; `rejected` were left out.

    Each is a claim `<event>.<row>` that replaces the operator's earlier one of the same village, service, technology.
    """

    role: str
    operator: str
    source: Literal["rows", "datasets"]
    rows: Count
    rejected: Count
    rows_sha256: Sha256


class ClaimWithdrawn(Payload, kind="claim_withdrawn"):
    """An operator took back some claims of a filing, or all (no rows named). `about` is the filing."""

    role: str
    filing: int
    rows: tuple[int, ...] = ()


class VillageVerified(Told, Payload, kind="village_verified"):
    """A commune looked whether a village is connected; `operator` and `technology` are "" for whichever."""

    village: str
    service: Service
    operator: str
    technology: str
    connected: Literal["yes", "no", "unsure"]
    seen_on: date
    download_mbps: float | None
    signal_dbm: float | None


class EvidenceErased(Payload, kind="evidence_erased"):
    """Note, position and photos of the event `about` were erased; what it says otherwise stands."""

    erased: int
    why: Literal["person_asked", "shows_persons", "wrong_place", "law"]


class ChallengeOpened(Told, Payload, kind="challenge_opened"):
    """A commune disputes a claim; the operator has until the end of `answer_by`, in Vietnam."""

    claim: ClaimId
    village: str
    service: Service
    technology: str
    claimed: bool
    reason: str
    days: int | None
    evidence: tuple[int, ...]
    answer_by: date


class ChallengeAnswered(Told, Payload, kind="challenge_answered"):
    """The operator concedes, contests, or says by the end of which quarter it will serve."""

    challenge: int
    answer: Literal["concede", "contest", "plan"]
    quarter: str | None
    evidence: tuple[int, ...]


class ChallengeDecided(Told, Payload, kind="challenge_decided"):
    """The province decides: the challenge is upheld (the claim is false) or rejected (the claim stands).

    `served` is what that says of the village, missing where the reason leaves it open. `replaces` is the decision of
    the same case that no longer counts. `reopen_until` is the last day on which the party that lost may reopen.
    """

    challenge: int
    verdict: Literal["uphold", "reject"]
    village: str
    service: Service
    technology: str
    served: bool | None
    on: date
    replaces: int | None
    reopen_until: date


class ChallengeWithdrawn(Told, Payload, kind="challenge_withdrawn"):
    """The commune no longer disputes the claim."""

    challenge: int


class ChallengeReopened(Told, Payload, kind="challenge_reopened"):
    """A decided or withdrawn case goes on: to the operator until `answer_by`, or (missing) to the province at once."""

    challenge: int
    evidence: tuple[int, ...]
    answer_by: date | None
