"""Investment plans: which there are, one of them, its items and files, two side by side, and a new one as a job."""

from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Annotated, Any

import pandas as pd
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from api import plan_items
from api.answers import answer, answer_json, as_download
from api.ogc.collections_read import note_rows
from api.people.access import Allow, Person
from api.plan_asked import asked_for
from api.plan_body import PlanBody
from api.plan_drawn import compared_file, names, plan_file
from api.plan_items import Comparison, ItemQuery, PlanAbout, PlanFiles, PlanItems, PlanList, TwoQuery
from api.plans_seen import SeenPlan, plans_for, seen_plan
from api.plans_shared import say_shared
from api.problem_codes import responses
from api.problems import Problem, Wrong
from api.publication.published_files import MEDIA
from api.publication.publishing import policy
from api.queries import Asked, Paged
from api.routes.here import OnShelf
from api.routes.imports import ASKED, asked
from api.workspace import Workspace
from api.writing import OPENAPI, Reply, once, told
from maps.plan_compare import TwoPlans

router = APIRouter(prefix="/api/v1", tags=["plans"])
READERS = Allow("planner", "operator", "commune")
Reader = Annotated[Person, Depends(READERS)]
Planner = Annotated[Person, Depends(Allow("planner"))]
PlanId = Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="The whole id of a plan.")]
SEEN = responses(401, 403, 404, 422, 429, 503)
FILE = {200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}, **SEEN}
KMZ = {".kmz": "application/vnd.google-earth.kmz"}


class Sharing(BaseModel):
    """Whether operators and communes may see their part of a plan."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    shared: bool


@router.get("/plans", responses={200: {"model": PlanList}, **SEEN})
def all_plans(request: Request, kept: OnShelf, person: Reader, page: Annotated[Paged, Query()]) -> Response:
    """Plans of which the asker sees anything, newest first."""
    found = plans_for(kept.workspace(), person, page.lang)
    here = [heading(one) for one in found[page.offset : page.offset + page.limit]]
    return answer_json(request, {"items": here, "total": len(found)})


def heading(one: SeenPlan | Mapping[str, Any]) -> dict[str, Any]:
    """A plan in short, of what `plans_for` gives."""
    if isinstance(one, SeenPlan):
        return plan_items.head(one.about, whole=one.whole)
    return plan_items.head(one, whole=True)


@router.post("/plans", status_code=202, responses=ASKED, openapi_extra=OPENAPI)
def new_plan(request: Request, kept: OnShelf, person: Planner, body: PlanBody) -> Response:
    """Make a plan; the job's result names it."""
    workspace = kept.workspace()
    asked_for(workspace, body)
    return asked(request, workspace, person, "plan", body)


@router.get("/plans/{plan}", responses={200: {"model": PlanAbout}, **SEEN})
def one_plan(
    request: Request, kept: OnShelf, person: Reader, plan: PlanId, asked: Annotated[Asked, Query()]
) -> Response:
    """One plan: what it is made from, its sums and, for planners, how good it is."""
    return answer_json(request, plan_items.about(seen_plan(kept.workspace(), person, plan, asked.lang), asked.lang))


@router.put("/plans/{plan}/shared", responses=responses(400, 401, 403, 404, 409, 422, 503), openapi_extra=OPENAPI)
def share(request: Request, kept: OnShelf, person: Planner, plan: PlanId, body: Sharing) -> Response:
    """Let operators and communes see their part of a plan, or no more."""
    workspace = kept.workspace()
    seen_plan(workspace, person, plan, "vi")

    def do(session: Session) -> Reply:
        event = say_shared(session, person.actor, plan, request.state.id, shared=body.shared)
        return Reply(200, {"plan": plan, "shared": body.shared, **(told(event) if event else {})})

    return once(request, workspace, person, body, do)


@router.get("/plans/{plan}/items", responses={200: {"model": PlanItems}, **SEEN})
def items(
    request: Request, kept: OnShelf, person: Reader, plan: PlanId, asked: Annotated[ItemQuery, Query()]
) -> Response:
    """What is built, in order of year and commune."""
    seen = seen_plan(kept.workspace(), person, plan, asked.lang)
    found, here = plan_items.page(seen, request.url.path, asked)
    note_items(request, kept.workspace(), person, seen, here)
    return answer_json(request, found)


@router.get("/plans/{plan}/files", responses={200: {"model": PlanFiles}, **SEEN})
def files(request: Request, kept: OnShelf, person: Reader, plan: PlanId, asked: Annotated[Asked, Query()]) -> Response:
    """Names of the files that the asker may have: map, workbook, GeoPackage, KMZ, and a pack for each partner."""
    seen = seen_plan(kept.workspace(), person, plan, asked.lang)
    return answer_json(request, {"items": list(names(seen, person.operator))})


@router.get("/plans/{plan}/files/{name}", responses=FILE)
def file(
    request: Request, kept: OnShelf, person: Reader, plan: PlanId, name: str, asked: Annotated[Asked, Query()]
) -> Response:
    """One of them, made when it is first asked for. The map opens in the browser, everything else is taken away."""
    workspace = kept.workspace()
    seen = seen_plan(workspace, person, plan, asked.lang)
    path = plan_file(workspace, seen, person.operator, name)
    note_items(request, workspace, person, seen, seen.rows)
    return sent(request, path)


@router.get("/plan-comparisons", responses={200: {"model": Comparison}, **SEEN})
def comparison(request: Request, kept: OnShelf, person: Planner, asked: Annotated[TwoQuery, Query()]) -> Response:
    """Two plans: sums of both, which villages gain in one of them only, and why."""
    a, b = two_plans(kept.workspace(), person, asked)
    return answer_json(request, plan_items.compared(TwoPlans(a.content, b.content), (a.id, b.id), asked.lang))


@router.get("/plan-comparisons/files/{name}", responses=FILE)
def comparison_file(
    request: Request, kept: OnShelf, person: Planner, name: str, asked: Annotated[TwoQuery, Query()]
) -> Response:
    """Map, workbook or CSV of two plans: `so-sanh-ke-hoach` with .html, .xlsx or .csv."""
    workspace = kept.workspace()
    two = two_plans(workspace, person, asked)
    path = compared_file(workspace, two, name)
    note_items(request, workspace, person, two[0], pd.concat([one.rows[["operator"]] for one in two]))
    return sent(request, path)


def two_plans(workspace: Workspace, person: Person, asked: TwoQuery) -> tuple[SeenPlan, SeenPlan]:
    """Both plans. `Problem` where one is not there, or where they are in boundaries of different vintages."""
    a, b = (seen_plan(workspace, person, number, asked.lang) for number in (asked.a, asked.b))
    if a.about["vintage"] != b.about["vintage"]:
        wrong = Wrong(parameter="b", found=b.about["vintage"], allowed=[a.about["vintage"]])
        raise Problem("plan_unfit", (wrong,), detail="Only plans in the same boundaries can be compared.")
    return a, b


def note_items(request: Request, workspace: Workspace, person: Person, seen: SeenPlan, rows: pd.DataFrame) -> None:
    """Say in the ledger that items which name operators' masts are given out, as for operators' layers."""
    named = int(rows["operator"].ne("").sum())
    if named:
        asked = f"{request.url.path}?{request.url.query}"
        note_rows(workspace, person, (f"plan/{seen.id}", seen.about["run"]), (asked, request.state.id), named)


def sent(request: Request, path: FilePath) -> Response:
    """A file of a plan; a map under the policy that it states for itself."""
    media = (MEDIA | KMZ)[path.suffix]
    headers = as_download(path.name)
    if path.suffix == ".html":
        headers = {"content-security-policy": policy(path.read_text(encoding="utf-8"))}
    return answer(request, path.read_bytes(), media, headers=headers)
