"""Errors over HTTP: problem documents (RFC 9457) for programs, a page for people, one table from error to status."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.errors import LedgerError, WorkspaceError
from api.problem_codes import MEDIA, TITLES
from geo.errors import GeoError, InputError
from geo.words import say


class Wrong(BaseModel):
    """One parameter that cannot be used, and what it may be."""

    parameter: str
    found: str | None = None
    allowed: list[str] = []


class Document(BaseModel):
    """A problem document; `code` is stable, `title` is Vietnamese, `title_en` English."""

    type: str
    title: str
    title_en: str
    status: int
    code: str
    detail: str | None = None
    detail_en: str | None = None
    errors: list[Wrong] = []
    log: str | None = None
    request: str | None = None


def schemas() -> dict[str, Any]:
    """JSON schemas of a problem document, by name, for the OpenAPI document."""
    made = Document.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**made.pop("$defs"), "Document": made}


@dataclass
class Problem(Exception):
    """Stops a request: a code of `TITLES`, the parameters at fault, the number of its entry in the log if any.

    `detail` is an English sentence (a key of `geo.words`) with `values` in it: what was wrong, where, how to mend it.
    """

    code: str
    errors: tuple[Wrong, ...] = ()
    log: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    detail: str = ""
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def status(self) -> int:
        """The HTTP status."""
        return TITLES[self.code][0]

    @property
    def document(self) -> dict[str, Any]:
        """What is sent to programs."""
        title = TITLES[self.code][1]
        named = {"title": say(title, "vi"), "title_en": title, "status": self.status, "code": self.code}
        found = {"errors": [e.model_dump() for e in self.errors]} if self.errors else {}
        log = {"log": self.log} if self.log else {}
        return {"type": f"urn:hatangso:problem:{self.code}", **named, **self._told(), **found, **log}

    def _told(self) -> dict[str, str]:
        if not self.detail:
            return {}
        return {
            "detail": say(self.detail, "vi", **self.values),
            "detail_en": self.detail.format(**self.values) if self.values else self.detail,
        }


def as_response(problem: Problem, request: str = "") -> Response:
    """The problem document as a response that nobody keeps; `request` is the number under which the log knows it."""
    document = {**problem.document, **({"request": request} if request else {})}
    said = {**problem.headers, "cache-control": "no-store"}
    if problem.status == 401:
        said.setdefault("www-authenticate", 'Bearer realm="hatangso"')  # Basic would open a browser's own prompt
    return Response(json.dumps(document, ensure_ascii=False).encode(), problem.status, said, media_type=MEDIA)


def unknown(parameter: str, found: str, allowed: list[str]) -> Problem:
    """The problem of a value that is none of those allowed."""
    return Problem("bad_parameter", (Wrong(parameter=parameter, found=found[:100], allowed=allowed),))


def from_validation(error: RequestValidationError, allowed: list[str]) -> Problem:
    """The problem of parameters that do not fit; one that does not exist is told those that do."""
    return Problem("bad_parameter", tuple(_wrong(one, allowed) for one in error.errors()))


def _wrong(one: Mapping[str, Any], allowed: list[str]) -> Wrong:
    name = str(one["loc"][-1])
    context = one.get("ctx") or {}
    if one["type"] == "extra_forbidden":
        return Wrong(parameter=name, allowed=allowed)
    limits = [f"{sign} {context[key]}" for key, sign in LIMITS.items() if key in context]
    said = [part.strip("'") for part in str(context.get("expected", "")).replace(" or ", ", ").split(", ") if part]
    found = None if one["loc"][0] == "body" else str(one.get("input"))[:100]  # a body may hold a password
    return Wrong(parameter=name, found=found, allowed=said or limits or [one["type"]])


LIMITS = {"ge": "≥", "le": "≤", "max_length": "length ≤", "pattern": "pattern"}


def from_error(error: Exception) -> Problem | None:
    """The problem that stands for an expected error; none for an unforeseen one, which has to be written to the log."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, HTTPException):
        code = {405: "not_allowed", 404: "not_found", 400: "bad_body", 413: "too_large"}.get(
            error.status_code, "bad_parameter"
        )
        return Problem(code, headers=error.headers or {})
    return Problem("bad_parameter") if isinstance(error, InputError) else None


def code_of(error: Exception) -> str:
    """The code of an error whose text stays in the log: it may hold paths."""
    if isinstance(error, WorkspaceError | LedgerError):
        return "no_workspace"
    return "damaged" if isinstance(error, GeoError) else "internal"
