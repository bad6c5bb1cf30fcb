"""Where forms of pages are sent."""

from contextlib import nullcontext
from typing import Annotated

import anyio
from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse

from api.pages import plan_form
from api.pages.drawing import draw, language
from api.pages.forms import Carried, Order, Refused, after, carry, ordered
from api.people.access import ROLES, Allow, Person
from api.problems import Problem
from api.work.uploads import SLOWEST_S, Doors

router = APIRouter(include_in_schema=False)
Sender = Annotated[Person, Depends(Allow(*ROLES, by_form=True))]
SHOWN = {"app_password": "shown_password.html", "account": "shown_account.html", "factor": "shown_factor.html",
         "filing": "shown_filing.html", "share": "shown_share.html"}  # fmt: skip
AGAIN = {"plan": plan_form.again}  # forms that are shown again, with what is wrong beside their fields
UNKEPT = {"cache-control": "no-store"}
FILES = 12
TEXT = 200_000  # bytes of one field
doors = Doors()  # not those of uploads: the files of a form pass through both


@router.post("/gui/{step:path}")
async def send(request: Request, person: Sender, step: str) -> Response:
    """Carry a form to the route that it is for; then the page that the form names, or what is wrong with it."""
    if not person.account and step != "sessions":
        raise Problem("sign_in")
    limits = {"max_files": FILES, "max_fields": 2000, "max_part_size": TEXT}
    entered = doors.entered(person.account) if person.account else nullcontext()  # signing in sends no files
    with entered, anyio.fail_after(SLOWEST_S):
        async with request.form(**limits) as form:
            order = ordered(form)
            if str(form.get("_account") or person.account) != person.account:
                raise Problem("other_account")  # filled in by somebody else on the same phone
            try:
                answer = await carry(request, person, step, form, order)
            except Refused as refused:
                return await run_sync(_refused, request, order, refused.answer, typed(form))
            except Problem as problem:  # of the form itself
                return await run_sync(
                    _refused, request, order, Carried(problem.status, [], problem.document), typed(form)
                )
    return await run_sync(_done, request, order, answer)


def _by_script(request: Request) -> bool:
    return request.headers.get("accept", "").startswith("application/json")


def _done(request: Request, order: Order, answer: Carried) -> Response:
    if order.show in SHOWN:
        done = draw(request, SHOWN[order.show], language(request), {"told": answer.body, "then": order.then,
                    "origin": f"{request.url.scheme}://{request.url.netloc}"})  # fmt: skip
    else:
        where = after(order, answer)
        said = {"then": where, "beside": answer.body.get("beside", 0)}
        done = JSONResponse(said) if _by_script(request) else RedirectResponse(where, 303)
    for cookie in answer.cookies:
        done.headers.append("set-cookie", cookie)
    done.headers.update(UNKEPT)
    return done


def typed(form: FormData) -> list[tuple[str, str]]:
    """The fields of a form but its files."""
    return [(name, value) for name, value in form.multi_items() if isinstance(value, str)]


def _refused(request: Request, order: Order, answer: Carried, fields: list[tuple[str, str]]) -> Response:
    if _by_script(request):
        return JSONResponse(answer.body, answer.status, UNKEPT)
    values = {"told": answer.body, "back": order.back, "status": answer.status}
    page = (
        AGAIN[order.show](request, fields, answer.body | {"status": answer.status})
        if order.show in AGAIN
        else draw(request, "refused.html", language(request), values)
    )
    page.headers.update(UNKEPT)
    return page
