"""Pages of files that are sent in: the form, the jobs, the layers and their versions."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from api.answers import answer, as_download
from api.database import reading
from api.pages import datasets, intake
from api.pages import job as jobs_told
from api.pages.asked import Spoken
from api.pages.drawing import draw, link
from api.people.access import SIGNED_IN, Person
from api.problems import Problem
from api.routes.here import OnShelf
from api.routes.uploads import Sender
from api.work.intake_shapes import Id
from api.work.sending import layers_of, provider_of
from geo.layer import LAYERS
from geo.write import write_template_xlsx

router = APIRouter(include_in_schema=False)
Member = Annotated[Person, Depends(SIGNED_IN)]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
UNKEPT = {"cache-control": "private, no-store"}


class Sending(Spoken):
    """Which layer is to be sent, and which jobs are listed."""

    lop: Annotated[str, Field(max_length=40)] = ""
    ai: Annotated[str, Field(pattern="^(|all)$")] = ""
    page: Annotated[int, Field(ge=1, le=100_000)] = 1


class Paged(Spoken):
    """A page of findings."""

    page: Annotated[int, Field(ge=1, le=100_000)] = 1


@router.get("/du-lieu")
def sending_page(request: Request, kept: OnShelf, person: Sender, asked: Annotated[Sending, Query()]) -> Response:
    """The form to send a file, and the jobs."""
    workspace = kept.workspace()
    with reading(workspace.engine) as session:
        everybody = asked.ai == "all" and person.role == "planner"
        rows = jobs_told.listed(session, person, asked.lang, page=asked.page, everybody=everybody)
    own = datasets.provider_words(workspace, provider_of(person) or "", asked.lang)
    values = intake.shown(workspace, person, asked.lop, asked.lang) | rows
    values |= {"own_name": own, "asked": asked, "here": lambda **new: link("/du-lieu", asked.said(**new))}
    return draw(request, "intake.html", asked.lang, values)


@router.get("/du-lieu/mau/{layer}.xlsx")
def template_file(request: Request, person: Sender, layer: str) -> Response:
    """The empty sheet of a layer that the asker may send."""
    if layer not in layers_of(person) or LAYERS[layer].geometry == "raster":
        raise Problem("not_found")
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{layer}.xlsx"
        write_template_xlsx(LAYERS[layer], path)
        return answer(request, path.read_bytes(), XLSX, headers=as_download(f"mau-{layer}.xlsx"))


@router.get("/du-lieu/lop")
def layers_page(request: Request, kept: OnShelf, person: Sender, asked: Annotated[Spoken, Query()]) -> Response:
    """Which datasets count, and those before them."""
    workspace = kept.workspace()
    with reading(workspace.engine) as session:
        values = datasets.shown(workspace, session, person, asked.lang)
    return draw(request, "datasets.html", asked.lang, values)


@router.get("/du-lieu/viec/{job}")
def job_page(request: Request, kept: OnShelf, person: Member, job: Id, asked: Annotated[Paged, Query()]) -> Response:
    """One job: how far it is, what was found, what came of it."""
    workspace, path = kept.workspace(), f"/du-lieu/viec/{job}"
    with reading(workspace.engine) as session:
        values = jobs_told.shown(workspace, session, person, job, (asked.page, asked.lang))
    values |= {"path_of_job": path, "here": lambda **new: link(path, asked.said(**new))}
    page = draw(request, "job.html", asked.lang, values)
    page.headers.update(UNKEPT)
    return page
