"""Pages of investment plans: the list, a new one, one in one view, two side by side."""

import tempfile
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field
from sqlalchemy import select

from api.answers import answer, answer_csv, as_download
from api.database import reading
from api.pages import job, plan_compare, plan_form, plans
from api.pages.asked import Spoken
from api.pages.drawing import draw, link
from api.pages.plan_compare import Compared
from api.pages.plans import Plan, Plans
from api.people.access import Person
from api.plan_items import TwoQuery
from api.plans import plan_about, plan_kept
from api.plans_seen import plans_for, seen_plan
from api.plans_shared import shared_plans
from api.publication.published_files import MEDIA
from api.routes.here import OnShelf
from api.routes.plans import PlanId, Planner, Reader, note_items, two_plans
from api.tables.intake import Job
from api.work import jobs
from api.workspace import Workspace
from geo.words import Lang
from maps.workbook import table_workbook

router = APIRouter(prefix="/ke-hoach", include_in_schema=False)
ASKED = Query()
TITLES = ("Items", "Items of the investment plan")


class New(Spoken):
    """A plan whose wish is the start of a new one."""

    tu: Annotated[str, Field(pattern="^([0-9a-f]{64})?$")] = ""


@router.get("")
def plans_page(request: Request, kept: OnShelf, person: Reader, asked: Annotated[Plans, ASKED]) -> Response:
    """Plans of which the person sees anything, newest first; those being made."""
    workspace = kept.workspace()
    values = plans.listed(plans_for(workspace, person, asked.lang), asked)
    return draw(request, "plans.html", asked.lang, values | {"jobs": _at_work(workspace, person, asked.lang)})


def _at_work(workspace: Workspace, person: Person, lang: Lang) -> list[dict[str, object]]:
    """Plans that wait or are being made."""
    query = select(Job).where(jobs.seen(person), Job.kind == "plan", Job.state.in_(("queued", "running")))
    with reading(workspace.engine) as session:
        return [job.brief(session, row, person, lang) for row in session.scalars(query.order_by(Job.at))]


@router.get("/moi")
def new_plan_page(request: Request, kept: OnShelf, person: Planner, asked: Annotated[New, ASKED]) -> Response:
    """The form of a new plan."""
    workspace = kept.workspace()
    start = plan_about(workspace.path, asked.tu) if asked.tu and plan_kept(workspace.path, asked.tu) else None
    given = plan_form.as_given(start, asked.lang) if start else {}
    return draw(request, "plan_form.html", asked.lang, plan_form.shown(workspace, asked.lang, given, {}))


@router.get("/so-sanh")
def comparison_page(request: Request, kept: OnShelf, person: Planner, asked: Annotated[Compared, ASKED]) -> Response:
    """Two plans side by side; the form that asks for them where they are not named."""
    workspace = kept.workspace()
    found = plans_for(workspace, person, asked.lang)
    values = {
        "asked": asked, "choices": plans.listed(found, Plans(lang=asked.lang))["choices"], "two": None,
        "here": lambda **new: link(plan_compare.PATH, asked.said(**new)),
    }  # fmt: skip
    if asked.a and asked.b and asked.a != asked.b:
        a, b = two_plans(workspace, person, TwoQuery(a=asked.a, b=asked.b, lang=asked.lang))
        values["two"] = plan_compare.shown(a, b, asked)
    return draw(request, "plan_compare.html", asked.lang, values)


@router.get("/{plan}")
def plan_page(request: Request, kept: OnShelf, person: Reader, plan: PlanId, asked: Annotated[Plan, ASKED]) -> Response:
    """One plan in one view."""
    workspace = kept.workspace()
    seen = seen_plan(workspace, person, plan, asked.lang)
    with reading(workspace.engine) as session:
        shared = plan in shared_plans(session)
    values = plans.shown(seen, person.operator, asked) | {"shared": shared}
    note_items(request, workspace, person, seen, values["shown_rows"])
    return draw(request, "plan.html", asked.lang, values)


@router.get("/{plan}/hang-muc.csv")
def items_csv(request: Request, kept: OnShelf, person: Reader, plan: PlanId, asked: Annotated[Plan, ASKED]) -> Response:
    """The items that the page shows, all pages."""
    seen = seen_plan(kept.workspace(), person, plan, asked.lang)
    note_items(request, kept.workspace(), person, seen, plans.chosen(seen, asked))
    table = plans.as_table(seen, asked)
    return answer_csv(request, table.plain(asked.lang), f"hang-muc-{plan[:8]}.csv", seen.content.run)


@router.get("/{plan}/hang-muc.xlsx")
def items_workbook(
    request: Request, kept: OnShelf, person: Reader, plan: PlanId, asked: Annotated[Plan, ASKED]
) -> Response:
    """The same rows as a workbook."""
    seen = seen_plan(kept.workspace(), person, plan, asked.lang)
    note_items(request, kept.workspace(), person, seen, plans.chosen(seen, asked))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.xlsx"
        table_workbook(path, TITLES, plans.as_table(seen, asked), seen.content.run, asked.lang)
        content = path.read_bytes()
    return answer(request, content, MEDIA[".xlsx"], headers=as_download(f"hang-muc-{plan[:8]}.xlsx"))
