"""Share links: planners make, list and revoke them; whoever has one sees the public view of its run."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse

from api.answers import answer_json
from api.database import reading
from api.people.access import ANYONE, Allow, Person
from api.problem_codes import responses
from api.problems import Problem
from api.publication import sharing
from api.publication.published_answers import published_file
from api.publication.publishing import files_ready
from api.rendering import NAME
from api.routes.here import OnShelf
from api.routes.publications import FILES
from api.store import run_kept
from api.tables.sharing import ShareLink
from api.workspace import Workspace
from api.writing import OPENAPI, Reply, once, told

router = APIRouter(tags=["share links"])
Planner = Annotated[Person, Depends(Allow("planner"))]
LinkId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
UNKEPT = {"cache-control": "private, no-store", "referrer-policy": "no-referrer", "x-robots-tag": "noindex, nofollow"}


class Wanted(BaseModel):
    """A link to a run, by its whole id, for so many days."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    run: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    days: Annotated[int, Field(ge=1, le=sharing.LONGEST_DAYS)] = 14


@router.get("/api/v1/shares", responses=responses(401, 403))
def shares(request: Request, kept: OnShelf, person: Planner) -> Response:
    """All links, the newest first, without their secret parts."""
    with reading(kept.workspace().engine) as session:
        return answer_json(request, {"shares": [about(link) for link in sharing.links(session)]})


@router.post("/api/v1/shares", status_code=201, openapi_extra=OPENAPI, responses=responses(400, 401, 403, 404))
def make_share(request: Request, kept: OnShelf, person: Planner, body: Wanted) -> Response:
    """Make a link; the run's public files are made first where they are not there yet."""
    workspace = kept.workspace()
    if not run_kept(workspace.path, body.run):
        raise Problem("not_found")
    files_ready(workspace, body.run, lambda _: None)
    sharing.token(workspace, "")  # the key has to be there before the only writer begins

    def do(session: Session) -> Reply:
        wish, author = sharing.Wish(body.run, body.days), sharing.Author(person.actor, request.state.id)
        link, event = sharing.make(session, wish, author)
        return Reply(201, {**about(link), "path": address(workspace, link.id), **told(event)})

    return once(request, workspace, person, body, do)


@router.delete("/api/v1/shares/{link}", openapi_extra=OPENAPI, responses=responses(400, 401, 403, 404))
def revoke_share(request: Request, kept: OnShelf, person: Planner, link: LinkId) -> Response:
    """Revoke a link; from the next request on it opens nothing."""

    def do(session: Session) -> Reply:
        event = sharing.revoke(session, link, sharing.Author(person.actor, request.state.id))
        if event is None:
            raise Problem("not_found")
        return Reply(200, {"id": link, **told(event)})

    return once(request, kept.workspace(), person, "", do)


@router.get("/s/{token}/", dependencies=[Depends(ANYONE)], responses={307: {}, **responses(404)}, status_code=307)
def open_share(kept: OnShelf, token: str) -> Response:
    """The map of a shared run."""
    workspace = kept.workspace()
    link = opened(workspace, token)
    sharing.count_use(workspace, link.id)
    return RedirectResponse(f"/s/{token}/vi/map/{NAME}.html", headers=UNKEPT)


@router.get("/s/{token}/{path:path}", dependencies=[Depends(ANYONE)], responses=FILES)
def shared_file(request: Request, kept: OnShelf, token: str, path: str) -> Response:
    """One public file of a shared run: the same as it would be published."""
    workspace = kept.workspace()
    return published_file(request, workspace.path, opened(workspace, token).run, path, UNKEPT)


def opened(workspace: Workspace, token: str) -> ShareLink:
    """The link of that token. `Problem`, the same for every reason, where it opens nothing."""
    link = sharing.opened(workspace, token)
    if link is None:
        raise Problem("not_found", headers=UNKEPT)
    return link


def address(workspace: Workspace, link: str) -> str:
    """Where a link is opened, without the host."""
    return f"/s/{sharing.token(workspace, link)}/"


def about(link: ShareLink) -> dict[str, Any]:
    """What is told of a link."""
    told = {name: getattr(link, name) for name in ("id", "run", "made_by", "made_at", "ends_at", "revoked_at", "uses")}
    return {**told, "state": sharing.state(link)}
