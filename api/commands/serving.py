"""The service on this machine: `serve`."""

from importlib import import_module
from typing import Annotated

import typer

from api.command import Answer, Shared, command, plain

app = typer.Typer()


@command(app, "serve")
def serve(
    shared: Shared, port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1.")] = 8000
) -> Answer:
    """Serve the newest run on this machine: pages, map, tables, data."""
    with shared.opened() as workspace:
        path = workspace.path
    if not shared.as_json:
        typer.echo(shared.say("Open http://127.0.0.1:{port} in a browser; end with Ctrl+C.", port=port))
    # the service brings the web server along, which no other command needs
    import_module("api.app").serve(path, port)
    return Answer({"workspace": str(path), "port": port}, (plain(shared.say("The service has ended.")),))
