"""The service on this machine: `serve`."""

from typing import Annotated

import typer
import uvicorn

from api.app import create_app
from api.command import Answer, Shared, command, plain
from api.settings import Settings

app = typer.Typer()
HOST = "127.0.0.1"


@command(app, "serve")
def serve(
    shared: Shared, port: Annotated[int, typer.Option(min=1, max=65535, help="Port on 127.0.0.1.")] = 8000
) -> Answer:
    """Serve the newest run on this machine: pages, map, tables, data."""
    with shared.opened() as workspace:  # a missing workspace is said here, not in the browser
        path = workspace.path
    if not shared.as_json:
        typer.echo(shared.say("Open http://127.0.0.1:{port} in a browser; end with Ctrl+C.", port=port))
    uvicorn.run(create_app(Settings(workspace=path)), host=HOST, port=port, log_level="warning")
    return Answer({"workspace": str(path), "port": port}, (plain(shared.say("The service has ended.")),))
