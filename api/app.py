"""The service: read-only, for this computer, everything as the public may see it."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from api.command import write_log
from api.guard import Guard
from api.pages.failure import failure_page
from api.problems import Document, Problem, as_response, code_of, from_error, from_validation
from api.public import Shelf
from api.routes import features, files, health, pages, results
from api.settings import Settings
from geo.errors import GeoError

HOSTS = ("127.0.0.1", "localhost")
ABOUT = "Hạ tầng số: results of the newest run, read-only, public view. Numbers that are not finite are null."
EXPECTED: tuple[type[Exception], ...] = (Problem, GeoError, RequestValidationError, HTTPException)
FOR_PROGRAMS = ("/api/", "/health", "/openapi.json")


def create_app(settings: Settings, *, hosts: Iterable[str] = HOSTS) -> FastAPI:
    """The application for the workspace that the settings name, answering to those host names only.

    The workspace is opened by the first request, so that a missing one is a page that says what to do.
    """
    app = FastAPI(
        title="hatangso", version="1", description=ABOUT, docs_url=None, redoc_url=None, lifespan=_until_stopped,
        responses={code: {"model": Document, "description": "A problem document (RFC 9457)"} for code in (422, 503)},
    )  # fmt: skip
    app.state.shelf = Shelf(settings)
    for module in (pages, files, results, features, health):
        app.include_router(module.router)
    for kind in EXPECTED:
        app.add_exception_handler(kind, failed)
    app.add_middleware(Guard, hosts=tuple(hosts), failed=failed)
    return app


@asynccontextmanager
async def _until_stopped(app: FastAPI) -> AsyncIterator[None]:
    yield
    app.state.shelf.close()


def failed(request: Request, error: Exception) -> Response:
    """What is answered instead: a page where a person asks, else a problem document; faults go to the log."""
    problem = _problem(request, error)
    for_people = "text/html" in request.headers.get("accept", "") and not request.url.path.startswith(FOR_PROGRAMS)
    return failure_page(request, problem) if for_people else as_response(problem)


def _problem(request: Request, error: Exception) -> Problem:
    if isinstance(error, RequestValidationError):
        return from_validation(error, _allowed(request))
    known = from_error(error)
    if known is not None:
        return known
    number, _ = write_log(request.app.state.shelf.settings.workspace, error)
    return Problem(code_of(error), log=number)


def _allowed(request: Request) -> list[str]:
    """Names of the parameters that the route takes."""
    route = request.scope.get("route")
    dependant = getattr(route, "dependant", None)
    models = [p.field_info.annotation for p in getattr(dependant, "query_params", [])]
    return sorted(name for model in models for name in getattr(model, "model_fields", {}))
