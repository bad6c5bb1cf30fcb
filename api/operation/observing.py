"""Around the whole application: each request is counted and leaves one line in the log, whatever became of it."""

import re
from time import perf_counter
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.operation.logs import REQUESTS
from api.operation.metrics import answered
from api.people.access import routes_of

UNKNOWN = "(none)"  # no route: never what was asked for, so that nobody fills the log or the metrics with names
NONE = re.compile("(?!)")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Observed:
    """ASGI application that counts and logs the requests of another, after they were answered."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and note how it ended; 0 is the status of a request whose asker went away before the answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        sent, started = Sent(send), perf_counter()
        try:
            await self.app(scope, receive, sent)
        finally:
            _note(scope, sent, perf_counter() - started)


class Sent:
    """Counts what is sent."""

    def __init__(self, send: Send) -> None:
        self.send, self.status, self.bytes = send, 0, 0

    async def __call__(self, message: Message) -> None:
        """Send one part of an answer."""
        if message["type"] == "http.response.start":
            self.status = int(message["status"])
        self.bytes += len(message.get("body", b""))
        await self.send(message)


def _note(scope: Scope, sent: Sent, seconds: float) -> None:
    method, route = scope["method"] if scope["method"] in METHODS else "(other)", _route(scope)
    answered(method, route, sent.status, seconds)
    state: dict[str, Any] = scope.get("state", {})
    fields = {
        "request": state.get("id", ""), "account": getattr(state.get("person"), "account", ""), "method": method,
        "route": route, "status": sent.status, "ms": round(1000 * seconds, 1), "bytes": sent.bytes,
    }  # fmt: skip
    REQUESTS.info("request", extra={"fields": fields})


def _route(scope: Scope) -> str:
    """The template of the route; for a HEAD, which is passed on as a GET, it has to be looked for."""
    found = scope.get("route")
    if found is None and scope["method"] == "HEAD" and "app" in scope:
        fitting = (r for r in routes_of(scope["app"]) if getattr(r, "path_regex", NONE).match(scope["path"]))
        found = next(fitting, None)
    return str(getattr(found, "path", UNKNOWN))
