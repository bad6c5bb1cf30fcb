"""Results into the province's PostGIS: `publish-postgis`."""

from typing import Annotated

import typer

from api.command import Answer, Shared, command, plain
from api.publication.postgis import publish_postgis
from api.rendering import run_named

app = typer.Typer()


@command(app, "publish-postgis")
def publish(
    shared: Shared,
    url: Annotated[str, typer.Argument(metavar="URL", help="postgresql://USER@HOST/DATABASE, with PostGIS in it.")],
    run: Annotated[str, typer.Option(help="Its id, at least the first 6 characters; else the newest.")] = "",
    schema: Annotated[str, typer.Option(help="Schema of the views that always show this run.")] = "hatangso",
) -> Answer:
    """Write a run into PostGIS, each role seeing there what it sees here."""
    with shared.opened() as workspace, shared.progress() as tell:
        done = publish_postgis(workspace, run_named(workspace, run), url, schema, tell)
    said = shared.say(
        "Run {run}: {rows} rows in {tables} tables of schema {schema}.",
        run=done.run[:12], rows=sum(done.rows.values()), tables=len(done.rows), schema=done.schema,
    )  # fmt: skip
    data = {"run": done.run, "schema": done.schema, "tables": dict(done.rows), "again": done.again}
    return Answer(data, (plain(said, "green"),))
