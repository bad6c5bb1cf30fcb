"""Forms of pages, carried to the routes of `/api/v1` as JSON: the same policies, checks and receipts as for programs.

Fields are named as the members of the body: `position.latitude` lies in `position`, `rows.0.village` in the first of
`rows`, `photos[]` may come several times; empty ones are left away. Fields that begin with `_` speak to this module. A
form that takes something away (DELETE) has its fields in the query, as such a request has no body.
"""

import hashlib
import json
import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.types import Message

from api.people.access import Person
from api.problems import Problem

Value = str | list["Value"] | dict[str, "Value"]
BLOCK = 1 << 20
METHODS = ("POST", "PUT", "PATCH", "DELETE")
STEP = re.compile(r"/api/v1(/[a-z0-9-]{1,80}){1,6}")
PHOTOS, UPLOAD = "photos[]", "upload"
EITHER = "Choose either one answer for all or single entries of the list, not both."


@dataclass(frozen=True, slots=True)
class Order:
    """What a form asks for: `said` names the message after it is done, `show` the page of an answer told only once."""

    method: str = "POST"
    key: str = ""
    then: str = "/"
    back: str = "/"
    said: str = ""
    show: str = ""


@dataclass(slots=True)
class Carried:
    """What the route answered: status, header fields, JSON."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: dict[str, Any] = field(default_factory=dict)

    @property
    def cookies(self) -> list[str]:
        """Cookies that it sets."""
        return [value.decode("latin-1") for name, value in self.headers if name == b"set-cookie"]


class Refused(Exception):
    """A route refused; `answer` is what it said."""

    def __init__(self, answer: Carried) -> None:
        super().__init__(answer.body.get("code", ""))
        self.answer = answer


def ordered(form: FormData) -> Order:
    """The fields that speak to this module. `Problem` for a method that no form may ask for."""
    given = {name: str(form.get(f"_{name}", "")).strip() for name in Order.__slots__}
    method = given.pop("method") or "POST"
    if method not in METHODS:
        raise Problem("not_allowed")
    return Order(method, given["key"], local(given["then"]), local(given["back"]), given["said"], given["show"])


def local(address: str) -> str:
    """The address where it is one of this site, else that of the start page."""
    fits = re.fullmatch(r"/(?![/\\])[^\x00-\x20\\]*", address)
    return address if fits else "/"


def as_body(fields: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The JSON body of a form's fields."""
    found: dict[str, Any] = {}
    for name, value in fields:
        if not name.startswith("_") and value.strip():
            _put(found, name.split("."), value.strip())
    return {name: _listed(value) for name, value in found.items()}


def _put(into: dict[str, Any], path: list[str], value: str) -> None:
    first, *rest = path
    if rest:
        deeper = into.setdefault(first, {})
        if not isinstance(deeper, dict):
            raise Problem("bad_body")
        _put(deeper, rest, value)
    elif first.endswith("[]"):
        several = into.setdefault(first.removesuffix("[]"), [])
        if not isinstance(several, list):
            raise Problem("bad_body", detail=EITHER)
        several.append(value)
    elif isinstance(into.get(first), list):
        raise Problem("bad_body", detail=EITHER)
    else:
        into[first] = value


def _listed(value: "Value") -> "Value":
    """Members named by numbers as a list, in the order of the numbers."""
    if not isinstance(value, dict):
        return value
    inner = {name: _listed(one) for name, one in value.items()}
    if inner and all(name.isdigit() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner


async def carry(request: Request, person: Person, step: str, form: FormData, order: Order) -> Carried:
    """Send files first, then the body that names them. `Refused` where one of the routes refuses."""
    path = f"/api/v1/{step}"
    if not STEP.fullmatch(path):
        raise Problem("not_found")
    body = as_body((name, value) for name, value in form.multi_items() if isinstance(value, str))
    photos = [one for one in form.getlist(PHOTOS) if isinstance(one, UploadFile) and one.size]
    for photo in photos:
        sent = await _send(request, person, ("POST", "/api/v1/photos", ""), await _key(order, photo), _parts(photo))
        body.setdefault("photos", []).append(sent.body["sha256"])
    file = form.get(UPLOAD)
    if isinstance(file, UploadFile) and file.size:
        where = ("POST", "/api/v1/uploads", f"name={quote(file.filename or 'file')}")
        sent = await _send(request, person, where, await _key(order, file), _parts(file))
        body["upload"] = sent.body["upload"]
    query, content = (
        ("", json.dumps(body, ensure_ascii=False).encode())
        if order.method != "DELETE"
        else (urlencode({name: value for name, value in body.items() if isinstance(value, str)}), b"")
    )
    return await _send(request, person, (order.method, path, query), order.key, _whole(content))


async def _key(order: Order, file: UploadFile) -> str:
    """The key of one file of a form: another file that is chosen after a refusal is another write."""
    digest = hashlib.sha256((file.filename or "").encode())
    async for part in _parts(file):
        digest.update(part)
    return f"{order.key}.{digest.hexdigest()[:24]}"


async def _parts(file: UploadFile) -> AsyncIterator[bytes]:
    await file.seek(0)
    while part := await file.read(BLOCK):
        yield part


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def _send(
    request: Request, person: Person, where: tuple[str, str, str], key: str, content: AsyncIterator[bytes]
) -> Carried:
    """Ask a route of this application as if the browser had; who asks is known already."""
    method, path, query = where
    kept = [(n, v) for n, v in request.scope["headers"] if n in (b"host", b"cookie", b"user-agent", b"sec-fetch-site")]
    own = {"content-type": "application/json", "idempotency-key": key, "x-csrf-token": person.csrf}
    scope = {
        "type": "http", "asgi": request.scope.get("asgi", {"version": "3.0"}), "http_version": "1.1",
        "scheme": request.scope["scheme"],
        "method": method, "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
        "headers": [*kept, *((name.encode(), value.encode("latin-1", "replace")) for name, value in own.items())],
        "client": request.scope.get("client"), "server": request.scope.get("server"), "state": {"person": person},
        "extensions": {},
    }  # fmt: skip
    answer, said = Carried(), bytearray()

    async def receive() -> Message:
        part = await anext(content, None)
        return {"type": "http.request", "body": part or b"", "more_body": part is not None}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status, answer.headers = message["status"], list(message["headers"])
        else:
            said.extend(message.get("body", b""))

    await request.app(scope, receive, send)
    answer.body = json.loads(said) if said else {}
    if answer.status >= 400:
        raise Refused(answer)
    return answer


def after(order: Order, answer: Carried) -> str:
    """Where the browser goes next: names in braces stand for members of the answer."""
    told = {name: str(value) for name, value in answer.body.items() if isinstance(value, str | int)}
    address = re.sub(r"\{(\w+)\}", lambda found: quote(told.get(found[1], ""), safe=""), order.then)
    return f"{address}{'&' if '?' in address else '?'}said={quote(order.said)}" if order.said else address
