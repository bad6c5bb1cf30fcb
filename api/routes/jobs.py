"""Jobs: what is being done for somebody, how far it is, what came of it."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncIterator
from typing import Annotated, Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.responses import FileResponse, StreamingResponse
from starlette.types import Receive, Scope, Send

from api.answers import answer_json, as_download
from api.database import reading
from api.people.access import SIGNED_IN, Person, asking
from api.problem_codes import responses
from api.problems import Problem
from api.queries import Paged
from api.routes.here import OnShelf
from api.routes.uploads import PRIVATE, private
from api.tables.intake import Job
from api.work import jobs
from api.work.intake_shapes import Id, JobAbout, JobList, Notices
from api.work.job_kinds import NOTICES, notices_of
from api.work.job_process import folder_of
from api.workspace import Workspace
from api.writing import OPENAPI, Reply, once

router = APIRouter(prefix="/api/v1", tags=["jobs"])
Reader = Annotated[Person, Depends(SIGNED_IN)]
EVENTS = {200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}, **responses(401, 403, 404)}
FILE = {
    200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}},
    **responses(401, 403, 404),
}
LOOK_S, HEARTBEAT_S, LONGEST_S = 0.5, 15.0, 600.0
STREAMS, ALL_STREAMS = 4, 50  # open at once: of one account, of one process
listening: Counter[str] = Counter()
NAME = re.compile(r"[A-Za-z0-9_-]{1,60}(\.[A-Za-z0-9]{1,8}){1,2}")


@router.get("/jobs", responses={200: {"model": JobList}, **responses(401, 403)})
def all_jobs(request: Request, kept: OnShelf, person: Reader, page: Annotated[Paged, Query()]) -> Response:
    """Jobs that the asker sees, newest first."""
    mine = select(Job).where(jobs.seen(person))
    with reading(kept.workspace().engine) as session:
        total = session.scalar(select(func.count()).select_from(mine.subquery()))
        rows = session.scalars(mine.order_by(Job.at.desc(), Job.id).limit(page.limit).offset(page.offset))
        found = {"items": [jobs.as_item(row) for row in rows], "total": total}
    return private(answer_json(request, found))


@router.get("/jobs/{job}", responses={200: {"model": JobAbout}, **responses(401, 403, 404)})
def one_job(request: Request, kept: OnShelf, person: Reader, job: Id) -> Response:
    """Where a job is, and what came of it."""
    return private(answer_json(request, _state(kept.workspace(), person, job)))


@router.delete("/jobs/{job}", responses={200: {"model": JobAbout}, **responses(400, 401, 403, 404)},
               openapi_extra=OPENAPI)  # fmt: skip
def cancel(request: Request, kept: OnShelf, person: Reader, job: Id) -> Response:
    """Cancel a job, unless it has ended or is keeping its result already."""
    workspace = kept.workspace()

    def cancelled(session: Session) -> Reply:
        row = jobs.one(session, person, job)
        jobs.cancel(session, row)
        return Reply(200, jobs.as_item(row))

    return once(request, workspace, person, "", cancelled)


@router.get("/jobs/{job}/events", responses=EVENTS, response_class=StreamingResponse)
async def events(request: Request, kept: OnShelf, person: Reader, job: Id) -> Response:
    """Progress as server-sent events, until the job ends. `Last-Event-ID` goes on after the event of that number."""
    workspace = await run_sync(kept.workspace)
    await run_sync(_state, workspace, person, job)
    said = request.headers.get("last-event-id", "0")
    after = int(said) if re.fullmatch(r"\d{1,9}", said) else 0
    if listening[person.account] >= STREAMS or listening.total() >= ALL_STREAMS:
        raise Problem("too_many", headers={"retry-after": "30"})
    return Stream(person.account, _changes(request, workspace, job, after))


class Stream(StreamingResponse):
    """Events for one listener, who holds a place from now on until the answer has ended, however it ends."""

    def __init__(self, account: str, told: AsyncIterator[str]) -> None:
        super().__init__(told, media_type="text/event-stream", headers=PRIVATE)
        self.account = account
        listening[account] += 1

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, then give the place back."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            listening[self.account] -= 1


async def _changes(request: Request, workspace: Workspace, job: str, after: int) -> AsyncIterator[str]:
    """Each change of a job after number `after`; whoever asks is recognised anew each time, as for a request."""
    clock = asyncio.get_running_loop().time
    until, quiet = clock() + LONGEST_S, clock()
    yield "retry: 1000\n\n"
    while clock() < until:
        request.state.person = None
        try:
            state = await run_sync(_state, workspace, await asking(request), job)
        except Problem:
            return
        if state["seq"] > after:
            after, quiet = state["seq"], clock()
            yield f"id: {after}\nevent: job\ndata: {json.dumps(state, ensure_ascii=False)}\n\n"
        if state["state"] in jobs.ENDED:
            return
        if clock() - quiet > HEARTBEAT_S:
            quiet = clock()
            yield ": still there\n\n"
        await asyncio.sleep(LOOK_S)


@router.get("/jobs/{job}/notices", responses={200: {"model": Notices}, **responses(401, 403, 404)})
def notices(request: Request, kept: OnShelf, person: Reader, job: Id, page: Annotated[Paged, Query()]) -> Response:
    """What was found in a file, in its order."""
    workspace = kept.workspace()
    _state(workspace, person, job)
    return private(answer_json(request, notices_of(folder_of(workspace, job), page.offset, page.limit)))


@router.get("/jobs/{job}/files/{name}", responses=FILE, response_class=FileResponse)
def file(request: Request, kept: OnShelf, person: Reader, job: Id, name: str) -> Response:
    """A file that a job made."""
    workspace = kept.workspace()
    done = _state(workspace, person, job)["state"] == "done"
    path = folder_of(workspace, job) / name
    if not done or not NAME.fullmatch(name) or name == NOTICES or not path.is_file():
        raise Problem("not_found")
    headers = {**as_download(name), **PRIVATE}
    return FileResponse(path, headers=headers, media_type="application/octet-stream")


def _state(workspace: Workspace, person: Person, job: str) -> dict[str, Any]:
    with reading(workspace.engine) as session:
        return jobs.as_item(jobs.one(session, person, job))
