"""Publishing: `publish RUN`, `publish list`, `publish withdraw`; links: `share new`, `share list`, `share revoke`."""

from typing import Annotated, Any

import typer

from api.command import FINDINGS, OK, Answer, Columns, Shared, SpokenGroup, command, plain
from api.commands.imports import option
from api.database import reading, writing
from api.errors import WorkspaceError
from api.publication import sharing
from api.publication.published_files import damaged, is_kept, manifest
from api.publication.publishing import files_ready, public_runs, publish, withdraw
from api.rendering import run_named

app = typer.Typer()
STATES = {"open": "still opens", "ended": "has ended", "revoked": "was revoked"}
Run = Annotated[str, typer.Argument(metavar="RUN", help="Id of a run, at least its first 6 characters.")]


class PublishGroup(SpokenGroup):
    """A group whose first word may also be the id of a run."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401
        """Put the name of the command that publishes in front of an id."""
        if args and args[0] != "--help" and not any(word in self.commands for word in args):
            args = ["run", *args]
        parsed: list[str] = super().parse_args(ctx, args)
        return parsed


publishing = typer.Typer(
    name="publish", cls=PublishGroup, help="Publish runs: publish RUN; list them; take them back.", no_args_is_help=True
)
app.add_typer(publishing)
shares = typer.Typer(name="share", cls=SpokenGroup, help="Links to the public view of one run.", no_args_is_help=True)
app.add_typer(shares)


@command(publishing, "run")
def publish_(shared: Shared, run: Run) -> Answer:
    """Publish a run: make its files for the public, then say so in the ledger."""
    with shared.opened() as workspace, shared.progress() as tell:
        made = publish(workspace, run, tell, actor=workspace.actor)
    note = "Run {id} was published before." if made.again else "Published run {id}."
    size = shared.say("{files} files, {size} MB, in {folder}", files=made.files, size=f"{made.bytes / 1e6:.1f}",
                      folder=made.folder)  # fmt: skip
    data = {"run": made.run, "again": made.again, "files": made.files, "bytes": made.bytes, "folder": str(made.folder),
            "files_sha256": made.files_sha256, "event": made.event.id}  # fmt: skip
    return Answer(data, (plain(shared.say(note, id=made.run[:12]), "green"), plain(size)))


@command(publishing, "list")
def list_(shared: Shared) -> Answer:
    """List what the public sees, the newest publication first, and whether its files are whole."""
    with shared.opened() as workspace:
        found = [_about(workspace.path, run) for run in public_runs(workspace)]
    rows = [(i["run"][:12], i["criteria"], i["as_of"], shared.say(i["files"])) for i in found]
    table = Columns(("run id", "criteria set", "judged for", "published files"), rows).table(shared.spoken)
    broken = any(i["files"] == "changed or missing" for i in found)
    return Answer({"publications": found}, (table,), FINDINGS if broken else OK)


def _about(root: Any, run: str) -> dict[str, Any]:  # noqa: ANN401
    if not is_kept(root, run):
        return {"run": run, "criteria": "", "as_of": "", "files": "no files", "damaged": []}
    listing, wrong = manifest(root, run), damaged(root, run)
    state = "changed or missing" if wrong else "whole"
    return {"run": run, "criteria": listing.criteria, "as_of": listing.as_of, "files": state, "damaged": wrong}


@command(publishing, "withdraw")
def withdraw_(shared: Shared, run: Run, why: Annotated[str, option(help="Why; it stands in the ledger.")]) -> Answer:
    """Take a run back from the public; the one published before it speaks again."""
    with shared.opened() as workspace:
        named = run_named(workspace, run)
        event = withdraw(workspace, named, why, actor=workspace.actor)
    said = shared.say("Run {id} is no longer published.", id=named[:12])
    return Answer({"run": named, "event": event.id}, (plain(said, "green"),))


@command(shares, "new")
def new(
    shared: Shared,
    run: Run,
    days: Annotated[int, typer.Option(min=1, max=sharing.LONGEST_DAYS, help="For how many days it opens.")] = 14,
) -> Answer:
    """Make a link to the public view of a run, published or not."""
    with shared.opened() as workspace, shared.progress() as tell:
        named = run_named(workspace, run)
        files_ready(workspace, named, tell)
        with writing(workspace.engine) as session:
            link, _ = sharing.make(session, sharing.Wish(named, days), sharing.Author(workspace.actor))
            data = {"id": link.id, "run": named, "ends_at": link.ends_at}
        path = f"/s/{sharing.token(workspace, data['id'])}/"
    said = shared.say("Opens until {day}, behind the address of your server:", day=data["ends_at"][:10])
    return Answer({**data, "path": path}, (plain(said), plain(path)))


@command(shares, "list")
def list_shares(shared: Shared) -> Answer:
    """List the links, the newest first, and how often they were opened."""
    found: list[dict[str, Any]]
    with shared.opened() as workspace, reading(workspace.engine) as session:
        found = [
            {"id": s.id, "run": s.run, "made_by": s.made_by, "made_at": s.made_at, "ends_at": s.ends_at,
             "state": sharing.state(s), "uses": s.uses}
            for s in sharing.links(session)
        ]  # fmt: skip
    rows = [(i["id"], i["run"][:12], i["ends_at"][:10], shared.say(STATES[i["state"]]), i["uses"]) for i in found]
    table = Columns(("link", "run id", "ends on", "state", "opened"), rows).table(shared.spoken)
    return Answer({"shares": found}, (table,))


@command(shares, "revoke")
def revoke(shared: Shared, link: Annotated[str, typer.Argument(metavar="LINK", help="Id of a link.")]) -> Answer:
    """Revoke a link: from now on it opens nothing."""
    with shared.opened() as workspace, writing(workspace.engine) as session:
        event = sharing.revoke(session, link, sharing.Author(workspace.actor))
        if event is None:
            raise WorkspaceError(f"there is no open share link {link!r}")
        number = event.id
    return Answer({"id": link, "event": number}, (plain(shared.say("The link opens nothing any more."), "green"),))
