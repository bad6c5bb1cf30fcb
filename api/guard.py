"""What holds for every request, before any route: which hosts, how large, which headers, and no traceback out."""

import re
import secrets
from collections.abc import Callable, Iterable

from anyio.to_thread import run_sync
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Problem
from geo.limits import UPLOAD

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data: blob:; script-src 'self'; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; worker-src 'self'; frame-ancestors 'self'; base-uri 'none'; "
    "form-action 'self'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(self), microphone=()",
}


BODY = 262_144  # bytes of JSON
PHOTO = 20_000_000  # bytes of a photo
FILING = 4_000_000  # bytes of a filing: a province row by row
LARGER = {"/api/v1/uploads": UPLOAD.raster, "/api/v1/photos": PHOTO, "/api/v1/filings": FILING,
          "/gui/filings": FILING, "/gui/checks": UPLOAD.raster, "/gui/imports": UPLOAD.raster,
          "/gui/verifications": 4 * PHOTO, "/gui/challenges": 4 * PHOTO}  # fmt: skip


class Guard:
    """ASGI middleware: only `hosts`, bodies within their limit, security headers on all answers, HEAD as GET.

    `failed` answers faults. Every request gets a number (`request.state.id`, header X-Request-Id).
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str], failed: Callable[[Request, Exception], Response]) -> None:
        self.app, self.hosts, self.failed = app, frozenset(hosts), failed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may pass."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        number = secrets.token_hex(8)
        head = scope["method"] == "HEAD"
        scope.setdefault("state", {})["id"] = number
        sender = Sender(send, number, head=head)
        refused = self._refused(scope)
        try:
            if refused is not None:
                raise refused
            most = largest(scope["path"])
            await self.app({**scope, "method": "GET"} if head else scope, Counted(receive, most), sender)
        except Exception as error:
            if sender.started:
                raise
            answer = await run_sync(self.failed, Request({**scope, "app": scope.get("app")}), error)
            await answer(scope, receive, sender)

    def _refused(self, scope: Scope) -> Problem | None:
        host = re.sub(r":\d+$", "", Headers(scope=scope).get("host", "")).lower()
        if host not in self.hosts:
            return Problem("bad_host")
        stated = Headers(scope=scope).get("content-length", "0")
        if not re.fullmatch(r"[0-9]{1,18}", stated):
            return Problem("bad_body")
        return Problem("too_large") if int(stated) > largest(scope["path"]) else None


def largest(path: str) -> int:
    """Bytes that a body may have at that path."""
    return next((most for start, most in LARGER.items() if path.startswith(start)), BODY)


class Counted:
    """Stops reading a body that is larger than allowed, whatever its length was stated to be."""

    def __init__(self, receive: Receive, most: int) -> None:
        self.receive, self.left = receive, most

    async def __call__(self) -> Message:
        """Receive one part of a body."""
        message = await self.receive()
        self.left -= len(message.get("body", b""))
        if self.left < 0:
            raise HTTPException(413)
        return message


class Sender:
    """Adds the headers that are not set, and leaves the content away where only the head was asked for."""

    def __init__(self, send: Send, number: str, *, head: bool) -> None:
        self.send, self.number, self.head, self.started = send, number, head, False

    async def __call__(self, message: Message) -> None:
        """Send one part of an answer."""
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(raw=list(message["headers"]))
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers["x-request-id"] = self.number
            message = {**message, "headers": headers.raw}
        elif message["type"] == "http.response.body" and self.head:
            message = {**message, "body": b""}
        await self.send(message)
