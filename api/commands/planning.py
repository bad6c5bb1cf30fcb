"""Investment plans: `plan`, `plan compare`, `plan list`."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from api.command import Answer, Columns, ListGroup, Shared, command, plain
from api.commands.imports import option
from api.plan_options import committed, floors, known, sources, weights, years
from api.plan_options import amount as money
from api.planning import Asked, make, seen_for, the_run
from api.plans import Kept, plan_named, plans_kept, read_plan
from api.province import load_communes
from geo.plan.make import Wish
from geo.plan.problem import Budget
from geo.words import Lang
from maps.plan_words import Named, certificate_words, headline

app = typer.Typer()
plans = typer.Typer(name="plan", cls=ListGroup, help="What to build first, what it costs, who gains, how sure that is.")
app.add_typer(plans)
LISTED = 25
Out = Annotated[Path | None, typer.Option(metavar="FOLDER", help="Folder to write map, workbook and GeoPackage to.",
                                          show_default=False)]  # fmt: skip
