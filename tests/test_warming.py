"""What the public sees of the newest run is read before anybody asks."""

import time
from datetime import date

import pytest
from served import assess_it, served

from api.operation.warming import keep_warm
from api.people.access import PUBLIC
from api.public import Shelf
from api.settings import Settings


def until(holds, seconds=60):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.full
def test_the_newest_run_is_held_and_the_next_one_too(tmp_path):
    workspace, run = served(tmp_path)
    shelf = Shelf(Settings(workspace=workspace.path))
    end = keep_warm(shelf, every=0.1)
    until(lambda: shelf.held() == run and shelf.offer_held(PUBLIC) is not None)
    second = assess_it(workspace, tmp_path, date(2025, 10, 2))
    until(lambda: shelf.held() == second)
    end.set()
    workspace.close()


def test_a_workspace_that_is_not_there_does_not_end_the_warming(tmp_path):
    shelf = Shelf(Settings(workspace=tmp_path / "workspace"))
    end = keep_warm(shelf, every=0.1)
    time.sleep(0.5)
    assert shelf.held() == ""
    workspace, run = served(tmp_path)
    until(lambda: shelf.held() == run)
    end.set()
    workspace.close()
