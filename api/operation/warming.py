"""Reading the newest run before somebody asks for it: for a province that takes seconds, which nobody should wait."""

import logging
from threading import Event, Thread

from api.people.access import PUBLIC
from api.problems import Problem
from api.public import Shelf
from geo.errors import GeoError

EVERY = 5.0  # seconds

log = logging.getLogger("hatangso.warming")


def keep_warm(shelf: Shelf, every: float = EVERY) -> Event:
    """Hold what the public sees of the newest run, now and whenever there is a newer one; set the result to end it."""
    stop = Event()
    Thread(target=_look, args=(shelf, every, stop), daemon=True, name="warming").start()
    return stop


def _look(shelf: Shelf, every: float, stop: Event) -> None:
    while True:
        try:
            run = shelf.latest().run.id
            shelf.offer(PUBLIC)
            shelf.live(run, PUBLIC)
        except (Problem, GeoError) as error:  # who asks next is told so
            log.debug("nothing to hold: %s", error)
        except Exception:  # a fault here must not end the thread: requests meet it too, and answer it
            log.exception("the newest run could not be read")
        if stop.wait(every):
            return
