"""The one state machine of challenges, as data: who may do which step from where to where, with what, until when.

Nothing here reads a clock or a database. A case that waits for its operator is `expired` once the day of its deadline
has ended in Vietnam; that state is never stored. docs/claims.md is checked against these tables.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Literal, get_args

from api.events.claims import Service
from api.people.access import Role

Until = Literal["", "answer", "reopening"]
Need = Literal["reason", "evidence", "note", "quarter"]
VIETNAM = timezone(timedelta(hours=7))  # no daylight saving since 1975
SERVICES: tuple[Service, ...] = get_args(Service)
TECHNOLOGIES: Mapping[str, tuple[str, ...]] = {"mobile": ("2G", "3G", "4G", "5G"), "fibre": ("",), "wifi": ("",)}
ANSWERS = {"concede": "conceded", "contest": "contested", "plan": "planned"}
LIVE = ("open", "expired", "conceded", "contested", "planned")
DECIDED = ("upheld", "rejected")
FOR_PROVINCE = ("expired", "conceded", "contested", "planned")

STATES: Mapping[str, str] = {
    "open": "waits for the operator's answer",
    "expired": "the operator did not answer in time; waits for the province",
    "conceded": "the operator concedes; waits for the province",
    "contested": "the operator contests; waits for the province",
    "planned": "the operator plans to serve; waits for the province",
    "upheld": "upheld: the claim is false",
    "rejected": "rejected: the claim stands",
    "withdrawn": "withdrawn by the commune",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One arrow. `by` is empty for the clock, `before` for the step that opens a case; `text` is a key of `geo.words`.

    `until` names the deadline that bounds it: of the answer (already in the state `expired`) or of reopening.
    """

    name: str
    by: tuple[Role, ...]
    before: tuple[str, ...]
    after: str
    text: str
    needs: tuple[Need, ...] = ()
    until: Until = ""


STEPS: tuple[Step, ...] = (
    Step("challenge", ("commune", "planner"), (), "open", "challenge a claim", ("reason", "evidence")),
    Step("concede", ("operator",), ("open",), "conceded", "concede", until="answer"),
    Step("contest", ("operator",), ("open",), "contested", "contest with evidence", ("note",), "answer"),
    Step("plan", ("operator",), ("open",), "planned", "plan to serve by a quarter", ("quarter",), "answer"),
    Step("expire", (), ("open",), "expired", "the deadline passes without an answer"),
    Step("uphold", ("planner",), (*FOR_PROVINCE, *DECIDED), "upheld", "uphold the challenge", ("note",)),
    Step("reject", ("planner",), (*FOR_PROVINCE, *DECIDED), "rejected", "reject the challenge", ("note",)),
    Step("withdraw", ("commune",), LIVE, "withdrawn", "withdraw the challenge"),
    Step("reopen", ("commune",), ("rejected",), "open", "reopen with new evidence", ("evidence",), "reopening"),
    Step("reopen", ("operator",), ("upheld",), "contested", "reopen with new evidence", ("note",), "reopening"),
    Step("reopen", ("planner",), (*DECIDED, "withdrawn"), "open", "reopen by the province", ("note",)),
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a claim is disputed. `text` is a key of `geo.words`.

    `against` is what the claim says; where `denies`, upholding the challenge says the opposite of it, else it leaves
    open whether the village is served. A reason without `evidence` needs no verification, but then a note.
    """

    text: str
    services: tuple[Service, ...] = SERVICES
    against: bool = True
    denies: bool = True
    evidence: bool = True
    note: bool = False
    days: bool = False


REASONS: Mapping[str, Reason] = {
    "no_signal_at_centre": Reason("no signal at the village centre", ("mobile",)),
    "signal_in_part": Reason("signal in a part of the village only", ("mobile",), denies=False),
    "too_slow": Reason("slower than claimed", denies=False),
    "connection_refused": Reason("households that asked were not connected", ("fibre",)),
    "not_built": Reason("not built yet"),
    "wrong_village": Reason("the equipment stands in another village", evidence=False, note=True),
    "broken": Reason("equipment has been broken for days", denies=False, days=True),
    "too_expensive": Reason(
        "the price asked is not the published one", ("fibre",), denies=False, evidence=False, note=True
    ),
    "served_after_all": Reason("the village is served although the operator says it is not", against=False),
    "other": Reason("another reason, told in the note", denies=False, note=True),
}


def local_day(now: datetime) -> date:
    """The day in Vietnam at a moment (aware)."""
    return now.astimezone(VIETNAM).date()


def state_on(stored: str, answer_by: date | None, today: date) -> str:
    """The state on a day: an open case is expired from the day after its deadline on."""
    return "expired" if stored == "open" and answer_by is not None and today > answer_by else stored


def step_of(name: str, role: str) -> Step | None:
    """The step of that name that a role may take at all."""
    return next((step for step in STEPS if step.name == name and role in step.by), None)


def may(step: Step, state: str, reopen_until: date | None, today: date) -> str:
    """Empty where the step is legal now, else the problem code that says why not."""
    if state not in step.before:
        return "too_late" if step.until == "answer" and state == "expired" else "wrong_state"
    late = step.until == "reopening" and (reopen_until is None or today > reopen_until)
    return "too_late" if late else ""


def next_steps(role: str, state: str, reopen_until: date | None, today: date) -> list[Step]:
    """What somebody of a role may do in a case now."""
    return [step for step in STEPS if role in step.by and step.before and not may(step, state, reopen_until, today)]


def quarter_end(quarter: str) -> date:
    """Last day of a quarter written `2027Q1`."""
    year, number = int(quarter[:4]), int(quarter[5])
    after = date(year + number // 4, number % 4 * 3 + 1, 1)
    return after - timedelta(days=1)


def served_by(verdict: str, reason: str, claimed: bool) -> bool | None:
    """What a verdict says of the village: rejected as claimed, upheld the opposite where the reason denies it."""
    if verdict == "reject":
        return claimed
    return not claimed if REASONS[reason].denies else None
