"""Challenges on the command line: `challenges list|show|open|answer|decide|withdraw|reopen`."""

from dataclasses import asdict, dataclass
from typing import Annotated

import typer

from api.claims import reading
from api.claims.bodies import AnswerBody, ChallengeBody, DecisionBody, ReopeningBody, WithdrawalBody
from api.claims.challenging import Moved, answer, challenge, decide, one_case, reopen, withdraw
from api.claims.counter import moved_told
from api.claims.seat import PARTIES, As, Most, Note, listed, seated, sent
from api.claims.states import STATES
from api.command import Answer, ListGroup, Shared, command, plain

app = typer.Typer()
cases = typer.Typer(
    name="challenges",
    cls=ListGroup,
    help="Challenges to claims: list, show, open, answer, decide, withdraw, reopen.",
)
app.add_typer(cases)
Number = Annotated[int, typer.Argument(metavar="CASE", help="Number of the case.")]
Evidence = Annotated[list[int] | None, typer.Option(help="Number of a verification; may be repeated.")]


@dataclass(frozen=True, slots=True)
class Dispute:
    """What is disputed, and why."""

    claim: Annotated[str, typer.Argument(help="Id of the claim.")]
    reason: Annotated[str, typer.Option(help="Code of the reason, see docs/claims.md.")]
    evidence: Evidence = None
    days: Annotated[int | None, typer.Option(help="Days for which equipment has been broken.")] = None
    note: Note = ""


@command(cases, "list")
def list_cases(
    shared: Shared,
    login: As,
    state: Annotated[
        str | None,
        typer.Option(help="State: open, expired, conceded, contested, planned, upheld, rejected, withdrawn."),
    ] = None,
    most: Most = 100,
) -> Answer:
    """List cases, the nearest deadline first."""
    asked = sent(reading.CaseQuery, {"state": state, "limit": most, "lang": shared.spoken})
    with seated(shared, login, *PARTIES) as seat:
        found = seat.read(lambda session, desk: reading.cases(session, desk, asked))
    names = {
        "id": "case", "village": "village", "operator": "operator", "service": "service", "reason_text": "reason",
        "state_text": "state", "until": "deadline", "days_left": "days left",
    }  # fmt: skip
    return listed(shared, found, names)


@command(cases, "show")
def show_case(shared: Shared, login: As, case: Number) -> Answer:
    """Show a case with its history and what may be done next."""
    with seated(shared, login, *PARTIES) as seat:
        told = seat.read(
            lambda session, desk: reading.one_case_told(session, desk, one_case(session, desk, case), shared.spoken)
        )
    lines = [shared.say("Case {number}: {state}.", number=case, state=told["state_text"])]
    if told["until"]:
        lines.append(shared.say("Until {until} ({days} days left).", until=told["until"], days=told["days_left"]))
    lines += [f"{step['at'][:16]}  {step['step']}  {step['note']}" for step in told["history"]]
    lines += [shared.say("What may be done next:"), *(f"  {s['step']}: {s['text']}" for s in told["next"])]
    return Answer(told, tuple(plain(line) for line in lines))


@command(cases, "open")
def open_case(shared: Shared, login: As, dispute: Dispute) -> Answer:
    """Dispute a claim."""
    body = sent(ChallengeBody, asdict(dispute))
    with seated(shared, login, "commune", "planner") as seat:
        return _moved(shared, seat.write(lambda session, desk: challenge(session, desk, body)))


@command(cases, "answer")
def answer_case(
    shared: Shared,
    login: As,
    case: Number,
    said: Annotated[str, typer.Argument(metavar="ANSWER", help="concede, contest or plan.")],
    quarter: Annotated[
        str | None, typer.Option(help="Quarter by whose end the village will be served: 2027Q1.")
    ] = None,
    note: Note = "",
) -> Answer:
    """Answer a challenge for the operator."""
    body = sent(AnswerBody, {"answer": said, "quarter": quarter, "note": note})
    with seated(shared, login, "operator") as seat:
        return _moved(shared, seat.write(lambda session, desk: answer(session, desk, case, body)))


@command(cases, "decide")
def decide_case(
    shared: Shared,
    login: As,
    case: Number,
    verdict: Annotated[str, typer.Argument(help="uphold or reject.")],
    note: Note = "",
) -> Answer:
    """Decide a case for the province."""
    body = sent(DecisionBody, {"verdict": verdict, "note": note})
    with seated(shared, login, "planner") as seat:
        return _moved(shared, seat.write(lambda session, desk: decide(session, desk, case, body)))


@command(cases, "withdraw")
def withdraw_case(shared: Shared, login: As, case: Number, note: Note = "") -> Answer:
    """Withdraw a challenge."""
    body = sent(WithdrawalBody, {"note": note})
    with seated(shared, login, "commune") as seat:
        return _moved(shared, seat.write(lambda session, desk: withdraw(session, desk, case, body)))


@command(cases, "reopen")
def reopen_case(shared: Shared, login: As, case: Number, evidence: Evidence = None, note: Note = "") -> Answer:
    """Reopen a decided case."""
    body = sent(ReopeningBody, {"evidence": evidence, "note": note})
    with seated(shared, login, "operator", "commune", "planner") as seat:
        return _moved(shared, seat.write(lambda session, desk: reopen(session, desk, case, body)))


def _moved(shared: Shared, moved: Moved) -> Answer:
    said = shared.say("Case {number}: {state}.", number=moved.challenge, state=shared.say(STATES[moved.state]))
    return Answer(moved_told(moved), (plain(said, "green"),))
