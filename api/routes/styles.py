"""Styles of the tiles: MapLibre documents and QML for every criterion of the newest publication."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict

from api.answers import answer, answer_json
from api.people.access import ANYONE
from api.problem_codes import responses
from api.problems import Problem
from api.publication.published_now import known_runs
from api.publication.styles import mapbox, qml_text, style_list
from api.routes.tiles import RunId, origin
from geo.words import Lang
from maps.vector_styles import Unit

router = APIRouter(prefix="/ogc", tags=["styles"], dependencies=[Depends(ANYONE)])
STYLE = "application/vnd.mapbox.style+json"
QML = "application/vnd.qgis.qml"
CONFORMS = [f"http://www.opengis.net/spec/ogcapi-styles-1/0.0/conf/{name}" for name in ("core", "mapbox-styles")]
FORMS: dict[int | str, dict[str, Any]] = {200: {"content": {STYLE: {}, QML: {}}}, **responses(404)}


class OfRun(BaseModel):
    """Which run, in which language."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    run: RunId | None = None
    lang: Lang = "vi"


class Form(OfRun):
    """In which form; `units` is for QML, which styles one layer."""

    f: Literal["mapbox", "qml"] = "mapbox"
    units: Unit = "villages"


@router.get("/styles", responses=responses(404))
async def styles(request: Request, asked: Annotated[OfRun, Query()]) -> Response:
    """One style for each criterion."""
    known = await known_runs(request.app)
    run = published_run(known.runs, asked.run)
    return answer_json(request, style_list(known.root, run, asked.lang, origin(request)))


@router.get("/styles/{style}", responses=FORMS)
async def one_style(request: Request, style: str, asked: Annotated[Form, Query()]) -> Response:
    """One style: MapLibre for tiles, or QML for QGIS; both colour by the attributes `<criterion>_status`."""
    known = await known_runs(request.app)
    run = published_run(known.runs, asked.run)
    if asked.f == "mapbox":
        return answer_json(request, mapbox(known.root, run, style, asked.lang, origin(request)), media=STYLE)
    return answer(request, qml_text(known.root, run, style, asked.units, asked.lang), QML)


def published_run(runs: tuple[str, ...], asked: str | None) -> str:
    """The run asked for, else the newest. `Problem` where it is not published."""
    run = asked or next(iter(runs), "")
    if run not in runs:
        raise Problem("not_found")
    return run
