"""What holds for every request, before any route: which hosts, which methods, which headers, and no traceback out."""

import re
from collections.abc import Callable, Iterable

from anyio.to_thread import run_sync
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Problem

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; "
    "frame-ancestors 'self'; base-uri 'none'; form-action 'self'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class Guard:
    """ASGI middleware: only `hosts`, only GET and HEAD, security headers on all answers; `failed` answers faults."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str], failed: Callable[[Request, Exception], Response]) -> None:
        self.app, self.hosts, self.failed = app, frozenset(hosts), failed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may pass."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        sender = Sender(send, head=scope["method"] == "HEAD")
        refused = self._refused(scope)
        try:
            if refused is not None:
                raise refused
            await self.app({**scope, "method": "GET"}, receive, sender)
        except Exception as error:
            if sender.started:
                raise
            answer = await run_sync(self.failed, Request({**scope, "app": scope.get("app")}), error)
            await answer(scope, receive, sender)

    def _refused(self, scope: Scope) -> Problem | None:
        host = re.sub(r":\d+$", "", Headers(scope=scope).get("host", "")).lower()
        if host not in self.hosts:
            return Problem("bad_host")
        allow = {"allow": "GET, HEAD"}
        return None if scope["method"] in ("GET", "HEAD") else Problem("not_allowed", headers=allow)


class Sender:
    """Adds the headers that are not set, and leaves the content away where only the head was asked for."""

    def __init__(self, send: Send, *, head: bool) -> None:
        self.send, self.head, self.started = send, head, False

    async def __call__(self, message: Message) -> None:
        """Send one part of an answer."""
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(raw=list(message["headers"]))
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            message = {**message, "headers": headers.raw}
        elif message["type"] == "http.response.body" and self.head:
            message = {**message, "body": b""}
        await self.send(message)
