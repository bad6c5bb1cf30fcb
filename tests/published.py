"""A published run of the workspace of `served`, made once for all tests that use it; it is left as it was found."""

from dataclasses import dataclass

from fastapi.testclient import TestClient
from people import make_people
from served import assess_it, filled

from api.app import create_app
from api.publication.publishing import publish
from api.settings import Settings
from api.workspace import Workspace

_made = []


@dataclass(frozen=True)
class World:
    """The workspace, the run that is its newest publication, and a client that asks for nothing packed."""

    workspace: Workspace
    run: str
    client: TestClient


def world(tmp_path_factory) -> World:
    """The published world."""
    if not _made:
        folder = tmp_path_factory.mktemp("published")
        workspace = filled(folder)
        make_people(workspace)
        run = publish(workspace, assess_it(workspace, folder), lambda _: None, actor="test").run
        app = create_app(Settings(workspace=workspace.path, actor="test"), hosts=["testserver"])
        client = TestClient(app, headers={"accept-encoding": "identity"}, raise_server_exceptions=False)
        _made.append(World(workspace, run, client))
    return _made[0]
