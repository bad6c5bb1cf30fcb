"""The service: one application made of the files in `api.routes`, each route with its policy."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from functools import partial
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

import api.routes
from api.command import write_log
from api.guard import Guard
from api.pages.failure import failure_page
from api.people.access import check_policies, routes_of
from api.problem_codes import responses
from api.problems import Problem, as_response, code_of, from_error, from_validation, schemas
from api.public import Shelf
from api.settings import Settings
from geo.errors import GeoError

HOSTS = ("127.0.0.1", "localhost")
ABOUT = (
    "Hạ tầng số: what digital infrastructure every village has, how sure that is, and what is missing. "
    "Numbers that are not finite are null. Errors are problem documents (RFC 9457)."
)
EXPECTED: tuple[type[Exception], ...] = (Problem, GeoError, RequestValidationError, HTTPException)
FOR_PROGRAMS = ("/api/", "/ogc", "/health", "/metrics", "/openapi.json")


def create_app(settings: Settings, *, hosts: Iterable[str] = HOSTS) -> FastAPI:
    """The application for the workspace that the settings name, answering to those host names only.

    Every file of `api.routes` with a `router` belongs to it. `RuntimeError` for a route without a policy.

    The workspace is opened by the first request, so that a missing one is a page that says what to do.
    """
    app = FastAPI(
        title="hatangso", version="1", description=ABOUT, docs_url=None, redoc_url=None, lifespan=_until_stopped,
        responses=responses(422, 503),
    )  # fmt: skip
    app.state.shelf = Shelf(settings)
    for module in _route_modules():
        app.include_router(module.router)
    check_policies(app)
    for kind in EXPECTED:
        app.add_exception_handler(kind, failed)
    app.add_middleware(Guard, hosts=tuple(hosts), failed=failed)
    app.openapi = partial(_document, app)  # type: ignore[method-assign]  # the way FastAPI documents
    return app


def _route_modules() -> list[ModuleType]:
    """The files of `api.routes` that have routes; first those with an `ORDER`, as the first that match cost least."""
    found = [import_module(f"api.routes.{one.name}") for one in iter_modules(api.routes.__path__)]
    return sorted((m for m in found if hasattr(m, "router")), key=lambda m: getattr(m, "ORDER", 9))


@asynccontextmanager
async def _until_stopped(app: FastAPI) -> AsyncIterator[None]:
    yield
    app.state.shelf.close()


def _document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document with the schemas of problems, which no route names as its model."""
    made = FastAPI.openapi(app)
    made.setdefault("components", {}).setdefault("schemas", {}).update(schemas())
    return made


def failed(request: Request, error: Exception) -> Response:
    """What is answered instead: a page where a person asks, else a problem document; faults go to the log."""
    problem = _problem(request, error)
    for_people = "text/html" in request.headers.get("accept", "") and not request.url.path.startswith(FOR_PROGRAMS)
    return failure_page(request, problem) if for_people else as_response(problem, getattr(request.state, "id", ""))


def _problem(request: Request, error: Exception) -> Problem:
    if isinstance(error, RequestValidationError):
        return from_validation(error, _allowed(request))
    if isinstance(error, HTTPException) and error.status_code == 405:
        return Problem("not_allowed", headers={"allow": ", ".join(_methods(request))})
    known = from_error(error)
    if known is not None:
        return known
    number, _ = write_log(request.app.state.shelf.settings.workspace, error)
    return Problem(code_of(error), log=number)


def _methods(request: Request) -> list[str]:
    """Methods that some route takes at this address."""
    path = request.scope["path"]
    fitting = [route for route in routes_of(request.app) if route.path_regex.match(path)]
    found = {method for route in fitting for method in route.methods or ()}
    return sorted(found | ({"HEAD"} if "GET" in found else set()))


def _allowed(request: Request) -> list[str]:
    """Names of the parameters that the route takes."""
    route = request.scope.get("route")
    dependant = getattr(route, "dependant", None)
    models = [p.field_info.annotation for p in getattr(dependant, "query_params", [])]
    return sorted(name for model in models for name in getattr(model, "model_fields", {}))
