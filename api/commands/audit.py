"""The log of events, and whether anything was changed behind its back: `audit`."""

from pathlib import Path
from typing import Annotated

import typer

from api.audit import audit, parsed_receipt
from api.command import FINDINGS, Answer, Columns, ListGroup, Shared, command, plain
from api.database import reading
from api.event_log import Asked, as_item, found

app = typer.Typer()
ledger = typer.Typer(name="audit", cls=ListGroup, help="Whether anything was changed behind the ledger's back.")
app.add_typer(ledger)


@command(ledger, "verify")
def verify(
    shared: Shared,
    head: Annotated[
        list[str] | None,
        typer.Option("--head", "--noted", help="A chain head noted earlier, to be found again.", show_default=False),
    ] = None,
    receipt: Annotated[
        list[str] | None,
        typer.Option(help="A receipt as the service gave it: NUMBER:HASH, or its JSON file.", show_default=False),
    ] = None,
) -> Answer:
    """Check the chain of events and every dataset and run that it names."""
    receipts = [parsed_receipt(_text(given)) for given in receipt or []]
    with shared.opened() as workspace:
        done = audit(workspace, head or [], receipts)
    data = {"events": done.events, "head": done.head, "broken": [{"where": w, "what": t} for w, t in done.broken]}
    if not done.broken:
        said = shared.say("{events} events, all unchanged. Chain head: {head}", events=done.events, head=done.head)
        return Answer(data, (plain(said, "green"),))
    table = Columns(("where", "what is wrong"), [(where, shared.retold(text)) for where, text in done.broken])
    return Answer(data, (table.table(shared.spoken),), FINDINGS)


@command(ledger, "show")
def show(shared: Shared, asked: Asked) -> Answer:
    """Show the newest events, the latest first."""
    with shared.opened() as workspace, reading(workspace.engine) as session:
        items = [as_item(event) for event in found(session, asked)]
    rows = [(i["id"], i["at"][:19], i["kind"], i["actor"], i["subject"], i["hash"][:12]) for i in items]
    table = Columns(
        ("event number", "written at", "kind of event", "written by", "what it is about", "hash of the event"), rows
    )
    return Answer({"events": items}, (table.table(shared.spoken) if items else plain(shared.say("No such event.")),))


def _text(given: str) -> str:
    path = Path(given)
    return path.read_text(encoding="utf-8") if given.endswith(".json") and path.is_file() else given
