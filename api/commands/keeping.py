"""Keeping the workspace safe: `backup`, `restore`."""

from pathlib import Path
from typing import Annotated

import typer

from api.command import Answer, Shared, command, plain
from api.operation.backups import Manifest, backup
from api.operation.restoring import restore
from api.settings import Settings

app = typer.Typer()
WARNING = "The backup holds password hashes and the server's keys: keep it where only administrators can read it."


@command(app, "backup")
def make(shared: Shared, file: Annotated[Path, typer.Argument(metavar="FILE.tar", help="A new file.")]) -> Answer:
    """Write database and files into one archive, while the service goes on."""
    with shared.opened() as workspace:
        about = backup(workspace, file)
    said = shared.say(
        "Backed up {files} files and {events} events to {path}. Chain head: {head}",
        files=len(about.files), events=about.event, path=file, head=about.head,
    )  # fmt: skip
    return Answer(_told(about, file), (plain(said, "green"), plain(shared.say(WARNING), "yellow")))


@command(app, "restore")
def put_back(
    shared: Shared,
    file: Annotated[Path, typer.Argument(metavar="FILE.tar", help="A backup.")],
    into: Annotated[Path, typer.Option(help="A new or empty folder.")],
) -> Answer:
    """Make the workspace of a backup again; its ledger in SQLite, or in the empty database of HATANGSO_DATABASE_URL."""
    about = restore(file, into, Settings())
    said = shared.say(
        "Restored {files} files and {events} events into {path}. Chain head: {head}",
        files=len(about.files), events=about.event, path=into, head=about.head,
    )  # fmt: skip
    step = f'hatangso audit verify --noted {about.head} --workspace "{into}"'
    return Answer(_told(about, into), (plain(said, "green"), plain(f"  {step}")))


def _told(about: Manifest, path: Path) -> dict[str, object]:
    return {
        "path": str(path), "workspace": about.workspace, "made_at": about.made_at, "files": len(about.files),
        "events": about.event, "head": about.head,
    }  # fmt: skip
