"""Photos as evidence."""

from typing import Annotated, Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.orm import Session

from api.answers import answer_json
from api.guard import PHOTO
from api.people.access import SIGNED_IN, Allow, Person
from api.problem_codes import responses
from api.problems import Problem
from api.routes.here import OnShelf
from api.routes.uploads import CONTENT, PRIVATE, private
from api.row_security import reading_as
from api.tables.intake import Photo
from api.work.intake_shapes import Erased, Erasing, Id, PhotoAbout, PhotoId, PhotoMade
from api.work.photos import as_item, encoded, erase, keep, keep_files, one, path_of, remove_files
from api.work.uploads import Arrived, received
from api.workspace import Workspace
from api.writing import OPENAPI, Reply, idempotency_key, once, told

router = APIRouter(prefix="/api/v1/photos", tags=["photos"])
Sender = Annotated[Person, Depends(Allow("planner", "operator", "commune"))]
Reader = Annotated[Person, Depends(SIGNED_IN)]
Eraser = Annotated[Person, Depends(Allow("planner", "admin"))]
JPEG = "image/jpeg"
PICTURE: dict[int | str, dict[str, Any]] = {
    200: {"content": {JPEG: {"schema": {"type": "string", "format": "binary"}}}}
}
SENT = {"content": {name: {"schema": CONTENT}
                    for name in (JPEG, "image/png", "image/webp")}, "required": True}  # fmt: skip


@router.post(
    "",
    status_code=201,
    responses={201: {"model": PhotoMade}, **responses(400, 401, 403, 408, 413, 422, 503)},
    openapi_extra={**OPENAPI, "requestBody": SENT},
)
async def send(request: Request, kept: OnShelf, person: Sender) -> Response:
    """Send a photo (JPEG, PNG or WebP) as the body of the request.

    It is encoded anew, at most 2048 pixels wide and high; place and time go from it into `lon`, `lat`, `taken_at`.
    """
    idempotency_key(request)
    workspace = await run_sync(kept.workspace)
    async with received(request, workspace.path, person, PHOTO) as arrived:
        return await run_sync(_kept, request, workspace, person, arrived)


def _kept(request: Request, workspace: Workspace, person: Person, arrived: Arrived) -> Response:
    photo = encoded(arrived.path)
    keep_files(workspace.path, photo)

    def noted(session: Session) -> Reply:
        row, event = keep(session, workspace.path, person, photo, request.state.id)
        return Reply(201, as_item(row) | told(event))

    return once(request, workspace, person, arrived.sha256, noted)


@router.get("/{photo}/about", responses={200: {"model": PhotoAbout}, **responses(401, 403, 404, 410)})
def about(request: Request, kept: OnShelf, person: Reader, photo: PhotoId) -> Response:
    """What is known of a photo."""
    with reading_as(kept.workspace().engine, person) as session:
        return private(answer_json(request, as_item(one(session, person, photo))))


@router.get("/{photo}", responses={**PICTURE, **responses(401, 403, 404, 410)}, response_class=Response)
def whole(request: Request, kept: OnShelf, person: Reader, photo: PhotoId) -> Response:
    """The photo."""
    return _picture(kept.workspace(), person, photo, small=False)


@router.get("/{photo}/thumbnail", responses={**PICTURE, **responses(401, 403, 404, 410)}, response_class=Response)
def thumbnail(request: Request, kept: OnShelf, person: Reader, photo: PhotoId) -> Response:
    """The photo at 320 pixels."""
    return _picture(kept.workspace(), person, photo, small=True)


def _picture(workspace: Workspace, person: Person, photo: str, *, small: bool) -> Response:
    with reading_as(workspace.engine, person) as session:
        digest = one(session, person, photo).sha256 or ""
    try:
        content = path_of(workspace.path, digest, small=small).read_bytes()
    except FileNotFoundError:  # erased a moment ago
        raise Problem("erased") from None
    return Response(content, headers=PRIVATE, media_type=JPEG)


@router.delete(
    "/{photo}",
    responses={200: {"model": Erased}, **responses(400, 401, 403, 404, 410, 422)},
    openapi_extra=OPENAPI,
)
def erased(request: Request, kept: OnShelf, person: Eraser, photo: Id, asked: Annotated[Erasing, Query()]) -> Response:
    """Erase a photo: its files, place and time. That it was sent stays in the ledger."""
    workspace, gone = kept.workspace(), list[str]()

    def forgotten(session: Session) -> Reply:
        row = session.get(Photo, photo)
        if row is None:
            raise Problem("not_found")
        if row.erased_at is not None:
            raise Problem("erased")
        event, digest = erase(session, person, row, asked.why, request.state.id)
        gone.extend([digest] if digest else [])
        return Reply(200, {"photo": photo} | told(event))

    answer = once(request, workspace, person, "", forgotten)
    for digest in gone:
        remove_files(workspace, digest)
    return answer
