"""Filings, claims and verifications on the command line: `filings`, `claims`, `verify`."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

from api.claims import reading, verifying
from api.claims.bodies import FilingBody, VerificationBody
from api.claims.counter import event_told, filed_told
from api.claims.derived import derive, file_datasets
from api.claims.filing import file_rows
from api.claims.seat import PARTIES, As, Most, Note, listed, seated, sent
from api.command import Answer, ListGroup, Shared, UsageError, command, plain
from api.queries import Paged

app = typer.Typer()
filings = typer.Typer(name="filings", cls=ListGroup, help="What operators filed.")
app.add_typer(filings)


@dataclass(frozen=True, slots=True)
class Looked:
    """What was seen, where, when."""

    village: Annotated[str, typer.Argument(help="Id of the village.")]
    service: Annotated[str, typer.Option(help="mobile, fibre or wifi.")]
    connected: Annotated[str, typer.Option(help="yes, no or unsure.")]
    seen_on: Annotated[str, typer.Option(help="Day on which it was seen.")]
    operator: Annotated[str | None, typer.Option(help="Operator; none: whichever serves there.")] = None
    technology: Annotated[str, typer.Option(help="2G, 3G, 4G or 5G; none: whichever.")] = ""
    download_mbps: Annotated[float | None, typer.Option(help="Download speed, Mbit/s.")] = None
    signal_dbm: Annotated[float | None, typer.Option(help="Signal, dBm.")] = None
    note: Note = ""


@command(filings, "list")
def list_filings(shared: Shared, login: As, most: Most = 100) -> Answer:
    """List filings, newest first."""
    with seated(shared, login, *PARTIES) as seat:
        found = seat.read(lambda session, desk: reading.filings(session, desk, Paged(limit=most)))
    names = {
        "id": "filing", "operator": "operator", "vintage": "vintage", "rows": "claims", "rejected": "rejected",
        "filed_at": "filed at",
    }  # fmt: skip
    return listed(shared, found, names)


@command(filings, "add")
def add_filing(
    shared: Shared,
    login: As,
    file: Annotated[
        Path | None,
        typer.Argument(help="A JSON file as POST /api/v1/filings takes it; none: from the current maps."),
    ] = None,
    operator: Annotated[str | None, typer.Option(help="Operator; none: whichever serves there.")] = None,
    accept_good_rows: Annotated[bool, typer.Option("--accept-good-rows", help="Take the good rows alone.")] = False,
) -> Answer:
    """File what an operator serves, from a JSON file, or from its current maps."""
    body = _filing(file) if file else None
    good = accept_good_rows or (body is not None and body.accept_good_rows)
    with seated(shared, login, "operator", "planner") as seat:
        if body is not None:
            rows, whose = body.rows, operator or body.operator
            filed = seat.write(lambda session, desk: file_rows(session, desk, whose, rows, accept_good_rows=good))
        else:
            derived = seat.read(lambda _, desk: derive(desk, operator))
            filed = seat.write(lambda session, desk: file_datasets(session, desk, derived))
    told = filed_told(filed)
    text = "Filing {number}: {taken} rows taken, {rejected} left out."
    said = shared.say(text, number=told["event"], taken=told["taken"], rejected=told["rejected"])
    return Answer(told, (plain(said, "green"), *(plain(shared.retold(row.message_en)) for row in filed.wrong)))


def _filing(file: Path) -> FilingBody:
    try:
        return FilingBody.model_validate_json(file.read_bytes())
    except (OSError, ValueError) as error:
        why = str(error).splitlines()[0]
        raise UsageError(f"{file} cannot be read as a filing: {why}") from error


@command(app, "claims")
def list_claims(
    shared: Shared,
    login: As,
    village: Annotated[str | None, typer.Option(help="Id of the village.")] = None,
    operator: Annotated[str | None, typer.Option(help="Operator; none: whichever serves there.")] = None,
    service: Annotated[str | None, typer.Option(help="mobile, fibre or wifi.")] = None,
    most: Most = 100,
) -> Answer:
    """List claims that count."""
    given = {"village": village, "operator": operator, "service": service, "limit": most}
    asked = sent(reading.ClaimQuery, given)
    with seated(shared, login, *PARTIES) as seat:
        found = seat.read(lambda session, desk: reading.claims(session, desk, asked))
    names = {
        "id": "claim", "village": "village", "operator": "operator", "service": "service", "technology": "technology",
        "served": "claimed as served", "challenge_state": "case",
    }  # fmt: skip
    return listed(shared, found, names)


@command(app, "verify")
def verify(shared: Shared, login: As, looked: Looked) -> Answer:
    """Record what was seen in a village."""
    body = sent(VerificationBody, asdict(looked))
    with seated(shared, login, "commune", "planner") as seat:
        told = event_told(seat.write(lambda session, desk: verifying.verify(session, desk, body)))
    return Answer(told, (plain(shared.say("Recorded as verification {number}.", number=told["event"]), "green"),))
