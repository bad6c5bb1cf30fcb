"""The service on this machine: `serve`."""

from typing import Annotated

import typer

from api.command import Answer, Shared, command, plain

app = typer.Typer()


@command(app, "serve")
def serve(
    shared: Shared, port: Annotated[int, typer.Option(min=1, max=65535, help="Port on 127.0.0.1.")] = 8000
) -> Answer:
    """Serve the newest run on this machine: pages, map, tables, data."""
    with shared.opened() as workspace:  # a missing workspace is said here, not in the browser
        path = workspace.path
    if not shared.as_json:
        typer.echo(shared.say("Open http://127.0.0.1:{port} in a browser; end with Ctrl+C.", port=port))
    from api import serving  # noqa: PLC0415  the web framework takes a second to load, for this command only

    serving.serve(path, port=port)
    return Answer({"workspace": str(path), "port": port}, (plain(shared.say("The service has ended.")),))
