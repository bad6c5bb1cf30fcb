"""Files sent in: they wait in quarantine until a check or an import reads them in a throw-away process."""

from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from api.answers import answer_json
from api.database import reading
from api.people.access import Allow, Person
from api.problem_codes import responses
from api.queries import Paged
from api.routes.here import OnShelf
from api.tables.intake import Upload
from api.work.intake_shapes import Id, UploadAbout, UploadList, UploadQuery
from api.work.uploads import harmless, keep, largest, own, path_of, received
from api.writing import OPENAPI, Reply, idempotency_key, once

router = APIRouter(prefix="/api/v1/uploads", tags=["uploads"])
SENDERS = Allow("planner", "operator", "commune", "police")
Sender = Annotated[Person, Depends(SENDERS)]
CONTENT = {"type": "string", "format": "binary", "minLength": 1}
BYTES = {"content": {"application/octet-stream": {"schema": CONTENT}}, "required": True}
PRIVATE = {"cache-control": "private, no-store"}


def as_item(row: Upload) -> dict[str, object]:
    """What is told of an upload."""
    return {"upload": row.id, "name": row.name, "sha256": row.sha256, "bytes": row.bytes, "at": row.at}


@router.post(
    "",
    status_code=201,
    responses={201: {"model": UploadAbout}, **responses(400, 401, 403, 408, 413, 422, 503)},
    openapi_extra={**OPENAPI, "requestBody": BYTES},
)
async def send(request: Request, kept: OnShelf, person: Sender, asked: Annotated[UploadQuery, Query()]) -> Response:
    """Send a file as the body of the request; several files that belong together as one zip."""
    idempotency_key(request)
    name = harmless(asked.name)
    workspace = await run_sync(kept.workspace)
    async with received(request, workspace.path, person, largest(name)) as arrived:

        def kept_(session: Session) -> Reply:
            return Reply(201, as_item(keep(session, workspace.path, person, name, arrived)))

        return await run_sync(once, request, workspace, person, arrived.sha256, kept_)


@router.get("", responses={200: {"model": UploadList}, **responses(401, 403)})
def uploads(request: Request, kept: OnShelf, person: Sender, asked: Annotated[Paged, Query()]) -> Response:
    """Own uploads, newest first."""
    mine = select(Upload).where(Upload.account == person.account)
    with reading(kept.workspace().engine) as session:
        total = session.scalar(select(func.count()).select_from(mine.subquery()))
        rows = session.scalars(mine.order_by(Upload.at.desc(), Upload.id).limit(asked.limit).offset(asked.offset))
        found = {"items": [as_item(row) for row in rows], "total": total}
    return private(answer_json(request, found))


@router.get("/{upload}", responses={200: {"model": UploadAbout}, **responses(401, 403, 404)})
def one_upload(request: Request, kept: OnShelf, person: Sender, upload: Id) -> Response:
    """One of one's own uploads."""
    with reading(kept.workspace().engine) as session:
        return private(answer_json(request, as_item(own(session, person, upload))))


@router.delete(
    "/{upload}",
    responses={200: {"model": UploadAbout}, **responses(400, 401, 403, 404)},
    openapi_extra=OPENAPI,
)
def remove(request: Request, kept: OnShelf, person: Sender, upload: Id) -> Response:
    """Delete an upload; what was imported from it stays."""
    workspace = kept.workspace()

    def removed(session: Session) -> Reply:
        row = own(session, person, upload)
        session.execute(delete(Upload).where(Upload.id == upload))
        path_of(workspace.path, row).unlink(missing_ok=True)
        return Reply(200, as_item(row))

    return once(request, workspace, person, "", removed)


def private(response: Response) -> Response:
    """The answer so that nobody keeps it."""
    response.headers["cache-control"] = PRIVATE["cache-control"]
    return response
