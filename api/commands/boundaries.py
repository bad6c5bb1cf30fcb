"""Boundary vintages: `boundaries list`, `boundaries approximate`."""

from datetime import datetime
from typing import Annotated

import typer

from api.command import Answer, Columns, ListGroup, Shared, command, plain
from api.commands.imports import outcome
from api.commands.workspace import about
from api.current import slots
from api.shaping import approximate_vintage
from geo.boundaries import VINTAGES

app = typer.Typer()
boundaries = typer.Typer(name="boundaries", cls=ListGroup, help="Boundary vintages: which units there were, and when.")
app.add_typer(boundaries)


@command(boundaries, "list")
def list_vintages(shared: Shared) -> Answer:
    """List the vintages that come with the product, and the units that the workspace has."""
    with shared.opened() as workspace:
        units = [s.kept.dataset for s in slots(workspace).values() if s.kept.dataset.layer in ("commune", "village")]
    items = [
        {"vintage": v.id, "first": v.first, "last": v.last, "communes": v.communes,
         "current": {u.slot: u.rows for u in units if str(u.vintage) == v.id}}
        for v in VINTAGES.values()
    ]  # fmt: skip
    other = {str(u.vintage) for u in units} - set(VINTAGES)
    items += [{"vintage": v, "first": v, "last": None, "communes": None,
               "current": {u.slot: u.rows for u in units if str(u.vintage) == v}} for v in sorted(other)]  # fmt: skip
    rows = [(i["vintage"], i["first"], i["last"] or "…", i["communes"] or "–", _current(i["current"])) for i in items]
    table = Columns(("boundary vintage", "first day", "last day", "number of communes", "in this workspace"), rows)
    return Answer({"vintages": items}, (table.table(shared.spoken),))


def _current(found: object) -> str:
    return ", ".join(f"{slot}: {rows}" for slot, rows in found.items()) if isinstance(found, dict) and found else "–"


@command(boundaries, "approximate")
def approximate(
    shared: Shared,
    vintage: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="Which shipped vintage.")],
) -> Answer:
    """Make approximate communes from codes, points and official areas, for drawing until real boundaries come."""
    with shared.opened() as workspace, shared.progress() as tell:
        found = approximate_vintage(workspace, vintage.date(), tell)
    warning = plain(
        shared.say("The shapes are approximate: for drawing and search only; no point gets its commune from them."),
        "yellow",
    )
    data = {"dataset": about(found.kept) if found.kept else None, "again": found.again, "rows": found.rows}
    return Answer(data, (*outcome(shared, found, importing=True), warning))
