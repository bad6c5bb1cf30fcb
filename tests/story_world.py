"""The world of the whole story: one published assessment, people of each side, the service and its worker.

Commune 00001 holds v1 (100 people) and v2 (200), commune 00002 holds v3 (700). The operator alfa, the only one, has sent
a 4G map, open to everybody and complete everywhere. It covers the centres of v2 and v3 and a strip of v1, of which nobody
sent the centre.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import people
from listening import listening
from served import VINTAGE, announce, empty_workspace, fill, layer_file, senders
from shapely import Point

from api.assessing import Asked, make_run
from api.claims.states import local_day
from api.opening import Sent
from api.settings import Settings
from api.work.working import start_worker
from api.workspace import Workspace, open_workspace
from geo.layer import LAYERS

RULES = "th-178-2025"
CENTRES = {"v2": Point(105.875, 20.05), "v3": Point(105.95, 20.05)}
NAMES = {"v1": "Thôn Đông", "v2": "{{7*7}}", "v3": "=1+1"}
TECHNOLOGIES = ("3G", "4G", "5G")
WHO = ("operator_alfa", "commune_1", "planner")
BEFORE = timedelta(days=30)  # the assessment that is published when the story begins


class Story(NamedTuple):
    """Where the service listens, what it serves, and the assessment that is published when the story begins."""

    origin: str
    workspace: Workspace
    before: str


def template(folder: Path) -> tuple[Path, str]:
    """The closed workspace, and its one published assessment."""
    made = empty_workspace(folder / "workspace")
    day = local_day(datetime.now(UTC)) - BEFORE
    drawn = [point.buffer(0.03) for point in CENTRES.values()]  # that of v2 reaches 500 m into v1
    both = len(drawn)
    centres = layer_file(folder, "own-centres", list(CENTRES.values()), id=list(CENTRES), village_code=list(CENTRES))
    coverage = layer_file(
        folder, "coverage", drawn, id=list(CENTRES), operator=["alfa"] * both, technology=["4G"] * both
    )
    map_4g = Sent(
        coverage, LAYERS["coverage"], "alfa", day, "all", VINTAGE, published=True, operators=("alfa",),
        technologies=TECHNOLOGIES,
    )  # fmt: skip
    fill(made, [*senders(folder)[:2], Sent(centres, LAYERS["village_centre"], "Sở", day, "none", VINTAGE), map_4g])
    for name in WHO:
        people.make_person(made, name, people.POSTS[name], password=people.PASSWORD)
    run = make_run(made, Asked(RULES, day), lambda _: None).run
    announce(made, run)
    made.close()
    return made.path, run


@contextmanager
def told(template_of: tuple[Path, str], folder: Path) -> Iterator[Story]:
    """An own copy of the workspace, served, with a worker beside it."""
    path, run = template_of
    shutil.copytree(path, folder / "workspace")
    settings = Settings(actor="test")
    workspace = open_workspace(folder / "workspace", settings)
    worker = start_worker(workspace.path, settings)
    try:
        with listening(workspace.path) as origin:
            yield Story(origin, workspace, run)
    finally:
        worker.terminate()
        worker.wait(30)
        worker.stdin.close()
        workspace.close()
