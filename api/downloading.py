"""One file from the web into a folder: http and https only, within limits, whole or not at all.

Only `hatangso boundaries fetch` calls this; nothing else in the product asks the network for anything.
"""

import hashlib
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urljoin, urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

from geo.unusable import unusable

SCHEMES = ("http", "https")
BLOCK = 65_536
MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What a download may take: bytes (ten times an upload's 50 MB), seconds of silence, seconds in all."""

    bytes: int = 500 * MB
    silent_s: float = 30.0
    whole_s: float = 1800.0


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A file that came whole: where it lies, the address that sent it in the end, its SHA-256 and size."""

    path: Path
    url: str
    sha256: str
    bytes: int


def download(url: str, target: Path, tell: Callable[[int], None], *, limits: Limits = LIMITS) -> Downloaded:
    """The file at `url`, written to `target`; `tell` hears the bytes so far.

    `InputError` where it cannot be had: another scheme, nobody answers, an error status, a redirect that is not from
    https to https, too large, too slow, cut short. Then `target` does not exist.
    """
    checked_address(url)
    try:
        return _stream(url, target, tell, limits)
    except HTTPError as error:
        status = f"{error.code} {error.reason}".strip()
        error.close()
        raise unusable("{url} answered {status}", url=url, status=status) from error
    except (URLError, HTTPException, TimeoutError, ssl.SSLError, OSError) as error:
        why = getattr(error, "reason", None) or error
        raise unusable("{url} cannot be reached: {why}", url=url, why=str(why) or type(why).__name__) from error


def checked_address(url: str) -> None:
    """Refuse what is no http or https address."""
    try:
        parts = urlsplit(url)
        fine = parts.scheme in SCHEMES and bool(parts.hostname) and not any(c.isspace() for c in url)
        fine = fine and (parts.port is None or parts.port > 0)
    except ValueError:  # a port that is no number, a broken IPv6 address
        fine = False
    if not fine:
        raise unusable("{url} is not an http or https address", url=url)


def _stream(url: str, target: Path, tell: Callable[[int], None], limits: Limits) -> Downloaded:
    end = time.monotonic() + limits.whole_s
    # as it is: no packing that we would have to undo
    asked = Request(url, headers={"Accept-Encoding": "identity", "User-Agent": "hatangso"})  # noqa: S310  checked before
    try:
        with _opener().open(asked, timeout=limits.silent_s) as answer:
            _fits(answer.headers, answer.url, limits)
            digest, got = hashlib.sha256(), 0
            with target.open("xb") as file:
                while block := answer.read1(BLOCK):
                    got += len(block)
                    if got > limits.bytes:
                        raise _too_large(url, limits)
                    if time.monotonic() > end:
                        raise unusable("{url} takes longer than {n} minutes", url=url, n=round(limits.whole_s / 60))
                    digest.update(block)
                    file.write(block)
                    tell(got)
            _whole(answer.headers, got, url)
            return Downloaded(target, answer.url, digest.hexdigest(), got)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _opener() -> OpenerDirector:
    """What opens http and https, through the proxy of the environment, and nothing else: no file, ftp or data."""
    opener = OpenerDirector()
    handlers = (ProxyHandler(), HTTPHandler(), HTTPSHandler(context=ssl.create_default_context()),
                HTTPDefaultErrorHandler(), HTTPErrorProcessor(), _Redirects())  # fmt: skip
    for handler in handlers:
        opener.add_handler(handler)
    return opener


class _Redirects(HTTPRedirectHandler):
    """Follows from https to https only, a few times."""

    max_redirections = 5
    max_repeats = 2

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        """The next request; `InputError` where the way leaves https."""
        target = urljoin(req.full_url, newurl)
        if urlsplit(req.full_url).scheme != "https" or urlsplit(target).scheme != "https":
            raise _astray(req.full_url, target)
        return super().redirect_request(req, fp, code, msg, headers, target)

    def http_error_302(self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage) -> Any:  # noqa: ANN401  as its base
        """As the base, which refuses other schemes without saying where they lead."""
        target = urljoin(req.full_url, headers.get("location") or headers.get("uri") or "")
        if urlsplit(target).scheme not in SCHEMES:
            raise _astray(req.full_url, target)
        return super().http_error_302(req, fp, code, msg, headers)

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


def _astray(url: str, target: str) -> Exception:
    return unusable(
        "{url} sends on to {target}; only https addresses that lead to https are followed", url=url, target=target
    )


def _fits(headers: HTTPMessage, url: str, limits: Limits) -> None:
    said = headers.get("Content-Length", "")
    if said.isdigit() and int(said) > limits.bytes:
        raise _too_large(url, limits)
    if headers.get("Content-Encoding", "identity").lower() != "identity":
        raise unusable("{url} sends the file packed, although asked not to", url=url)


def _whole(headers: HTTPMessage, got: int, url: str) -> None:
    said = headers.get("Content-Length", "")
    if said.isdigit() and int(said) != got:
        raise unusable("{url} sent {got} of {said} bytes; the file is cut short", url=url, got=got, said=said)
    if not got:
        raise unusable("{url} sent an empty file", url=url)


def _too_large(url: str, limits: Limits) -> Exception:
    return unusable("{url} sends more than {n} MB", url=url, n=limits.bytes // MB)
