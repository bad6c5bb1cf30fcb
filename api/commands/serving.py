"""The service on this machine: `serve`."""

import sys
from typing import Annotated

import typer

from api.command import Answer, Shared, command, plain
from api.workspace import Workspace

app = typer.Typer()
HOST = "Address to listen on; others than this computer need HATANGSO_HOSTS."


@command(app, "serve")
def serve(
    shared: Shared,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    host: Annotated[str, typer.Option(help=HOST)] = "127.0.0.1",
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that answer.")] = 1,
    worker: Annotated[bool, typer.Option(help="Whether to run the jobs (imports, assessments) as well.")] = True,
) -> Answer:
    """Serve the newest run on this machine: pages, map, tables, data."""
    from api.operation import serving  # noqa: PLC0415  the web framework takes a second to load, for this command only
    from api.operation.mail import mail_server  # noqa: PLC0415
    from api.settings import Settings  # noqa: PLC0415

    serving.check_reach(host, Settings())
    mail_server(Settings())  # what is wrong with it is said here, not by the worker
    with shared.opened() as workspace:  # a missing workspace is said here, not in the browser
        path = workspace.path
        _first_admin(shared, workspace)
    if not shared.as_json:
        typer.echo(shared.say("Open http://{host}:{port} in a browser; end with Ctrl+C.", host=host, port=port))
    serving.serve(path, serving.Served(host, port, workers), worker=worker)
    return Answer({"workspace": str(path), "port": port}, (plain(shared.say("The service has ended.")),))


def _first_admin(shared: Shared, workspace: Workspace) -> None:
    """Make the first admin with whoever sits at the terminal; without one, say how."""
    from api.people.accounts import Person, first_admin, has_admin  # noqa: PLC0415

    if has_admin(workspace) or shared.as_json:
        return
    if not sys.stdin.isatty():
        said = shared.say(
            "Nobody can sign in yet. Make the first admin with: hatangso users first-admin LOGIN --name NAME"
        )
        typer.echo(said, err=True)
        return
    typer.echo(shared.say("Nobody can sign in yet. Make the first admin now, or leave the login empty."), err=True)
    login = typer.prompt(shared.say("Login of the first admin"), default="", show_default=False, err=True)
    if not login:
        return
    name = typer.prompt(shared.say("Name of the first admin"), default=login, err=True)
    password = typer.prompt(
        shared.say("Password of the first admin"),
        hide_input=True,
        confirmation_prompt=shared.say("Once more"),
        err=True,
    )
    first_admin(workspace, Person(login, name), password)
