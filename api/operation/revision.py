"""Whether the ledger under a running service is still the one that this version knows."""

import logging
from threading import Event, Thread

from api.database import check_revision
from api.errors import LedgerError, WorkspaceError
from api.public import Shelf

EVERY = 30.0  # seconds

log = logging.getLogger("hatangso.ledger")


def watch(shelf: Shelf, every: float = EVERY) -> Event:
    """Look at the ledger's revision from time to time and say in the log what is wrong; set the result to end it."""
    stop = Event()
    Thread(target=_look, args=(shelf, every, stop), daemon=True, name="revision").start()
    return stop


def wrong(shelf: Shelf) -> str:
    """Why this version cannot work with the ledger; "" where it can."""
    try:
        check_revision(shelf.workspace().engine, thorough=False)
    except (LedgerError, WorkspaceError) as error:
        return str(error)
    return ""


def _look(shelf: Shelf, every: float, stop: Event) -> None:
    said = ""
    while not stop.wait(every):
        found = wrong(shelf)
        if found and found != said:
            log.warning("%s", found)
        said = found
