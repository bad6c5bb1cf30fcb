"""The illustrative province: `demo`."""

import sys
from pathlib import Path
from shutil import which
from typing import Annotated, Any

import typer
from rich.panel import Panel
from rich.text import Text

from api.command import Answer, Shared, command, plain
from api.illustration import make_demo, make_demo_plan
from api.rendering import NAME

app = typer.Typer()


def program() -> str:
    """How the user calls this program again: by its name where that is found, else by its path."""
    if Path(sys.argv[0]).name == "__main__.py":
        return f"{relative(Path(sys.executable))} -m api"
    found = which("hatangso")
    return "hatangso" if found and Path(found).samefile(sys.argv[0]) else relative(Path(sys.argv[0]))


def relative(path: Path) -> str:
    """The path as seen from the current folder, where it lies below it."""
    path = path.absolute()
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


@command(app, "demo")
def demo(
    shared: Shared,
    out: Annotated[
        Path, typer.Option(metavar="FOLDER", help="New or empty folder for workspace, map and files.")
    ] = Path("hatangso-demo"),
    seed: Annotated[int, typer.Option(help="Another number makes another province.")] = 1,
    serve: Annotated[
        bool, typer.Option("--serve", help="Serve it then, with an account of every role to try.")
    ] = False,
    port: Annotated[int, typer.Option(help="Port to serve on.")] = 8000,
    plan: Annotated[
        bool, typer.Option("--plan", help="Make an investment plan too; takes a few minutes more.")
    ] = False,
) -> Answer:
    """Make an illustrative province, assess it, and draw and write everything."""
    with shared.progress() as tell:
        made = make_demo(out, seed, shared.spoken, tell)
        planned = make_demo_plan(out, made, shared.spoken, tell) if plan else None
    command_line = f'{program()} serve --workspace "{made.workspace}"'
    data: dict[str, Any] = {
        "workspace": str(made.workspace),
        "run": made.run,
        "files": [str(f) for f in made.files],
        "serve": command_line,
    }
    if planned is not None:
        data |= {"plan": planned.plan, "plan_files": [str(f) for f in planned.files]}
    titles = {f"{NAME}.html": "Gap map", f"{NAME}.xlsx": "Workbook", f"{NAME}.gpkg": "GeoPackage for QGIS"}
    lines = [plain(f"{shared.say(titles[path.name])}: {path}") for path in made.files if path.name in titles]
    if planned is not None:
        lines += [plain(f"{shared.say('Map of the plan')}: {planned.files[0]}"),
                  plain(f"{shared.say('Workbook of the plan')}: {planned.files[1]}")]  # fmt: skip
    rest = ", ".join(path.name for path in made.files if path.name not in titles)
    lines.append(plain(shared.say("Also: {names}", names=rest)))
    lines += [plain(""), plain(f"{shared.say('To browse it')}: {command_line}")]
    box = Panel(Text("\n").join(lines), title=plain(shared.say("Illustrative province, not official figures")))
    if serve:
        _serve(shared, made.workspace, port)
    return Answer(data, (box,))


def _serve(shared: Shared, path: Path, port: int) -> None:
    """Serve the province until stopped, with an account of every role."""
    from api.operation import serving  # noqa: PLC0415  the web framework takes a second to load
    from api.people.trying import make_trials  # noqa: PLC0415
    from api.settings import Settings  # noqa: PLC0415
    from api.workspace import open_workspace  # noqa: PLC0415

    workspace = open_workspace(path, Settings())
    make_trials(workspace)
    workspace.close()
    address = f"http://127.0.0.1:{port}/trai-nghiem"
    typer.echo(shared.say("To sign in as any role: open {address}", address=address), err=True)
    serving.serve(path, serving.Served(port=port))
