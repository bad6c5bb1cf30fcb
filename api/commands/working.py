"""The worker of the service: `work`."""

import os
import signal
import sys
import threading
from typing import Annotated

import typer

from api.command import Answer, Shared, command, plain
from api.errors import WorkspaceError

app = typer.Typer()


@command(app, "work")
def work(
    shared: Shared,
    tidy: Annotated[bool, typer.Option("--tidy", help="Only remove what is over, then end.")] = False,
    drain: Annotated[bool, typer.Option("--drain", help="End when no job waits.")] = False,
    mails: Annotated[bool, typer.Option("--mails", help="Only send today's mails of what waits, then end.")] = False,
    attached: Annotated[bool, typer.Option("--attached", help="End when standard input is closed.")] = False,
) -> Answer:
    """Do the jobs of the service: imports, assessments, exports. Needed beside serve; serve starts one by itself."""
    from api.work.tidying import tidy as tidied  # noqa: PLC0415  the rest takes seconds to load, for this command only
    from api.work.working import Worker, states  # noqa: PLC0415

    with shared.opened() as workspace:
        if tidy:
            gone = tidied(workspace)
            text = "Removed {uploads} uploads, {files} other files, {photos} photos without a record, {jobs} jobs."
            return Answer(gone, (plain(shared.say(text, **gone)),))
        worker = Worker(workspace)
        if mails:
            if worker.mail_server is None:
                raise WorkspaceError("no mail server is set")
            sent = worker.mail()
            return Answer({"mails": sent}, (plain(shared.say("Sent {n} mails.", n=sent)),))
        if attached:
            threading.Thread(target=_until_closed, daemon=True).start()
        worker.drain() if drain else worker.run()
        found = states(workspace)
    return Answer({"jobs": found}, (plain(shared.say("The worker has ended.")),))


def _until_closed() -> None:
    while os.read(sys.stdin.fileno(), 4096):  # not through sys.stdin, whose lock the interpreter wants when it ends
        pass
    os.kill(os.getpid(), signal.SIGTERM)
