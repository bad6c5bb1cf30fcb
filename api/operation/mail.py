"""Mails by the mail server that the settings name. Nothing is sent where they name none."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit

from api.errors import WorkspaceError
from api.settings import Settings

PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
PATIENCE_S = 30.0
EXPECTED = (
    "HATANGSO_SMTP_URL is an address such as smtp+starttls://user:password@mail.example.vn:587 (or smtp://, smtps://), "
    "HATANGSO_SMTP_FROM the sender's e-mail address, HATANGSO_SITE the address of the service, https://…"
)


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server, the sender, and the address of the service that mails lead to. `kind` is a key of `PORTS`."""

    kind: str
    host: str
    port: int
    sender: str
    site: str
    user: str = ""
    password: str = field(default="", repr=False)


def mail_server(settings: Settings) -> MailServer | None:
    """The mail server of the settings; none where none is named. `WorkspaceError` where they cannot be meant."""
    if settings.smtp_url is None:
        return None
    url = urlsplit(settings.smtp_url.get_secret_value())
    site = settings.site.rstrip("/")
    try:
        port = url.port or PORTS[url.scheme]
    except (KeyError, ValueError):
        raise WorkspaceError(EXPECTED) from None
    if not url.hostname or "@" not in settings.smtp_from or urlsplit(site).scheme not in ("https", "http"):
        raise WorkspaceError(EXPECTED)
    user, password = unquote(url.username or ""), unquote(url.password or "")
    return MailServer(url.scheme, url.hostname, port, settings.smtp_from, site, user, password)


@contextmanager
def connected(server: MailServer) -> Iterator[smtplib.SMTP]:
    """A connection to the mail server, encrypted unless its address says `smtp://`.

    `OSError` (`smtplib.SMTPException` is one) where it cannot be had.
    """
    context = ssl.create_default_context()
    if server.kind == "smtps":
        opened: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=PATIENCE_S, context=context)
    else:
        opened = smtplib.SMTP(server.host, server.port, timeout=PATIENCE_S)
    with opened:
        if server.kind == "smtp+starttls":
            opened.starttls(context=context)
        if server.user:
            opened.login(server.user, server.password)
        yield opened


def letter(server: MailServer, to: str, subject: str, text: str) -> EmailMessage:
    """A mail of plain text that asks for no automatic answers."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = server.sender, to, subject
    made["Date"], made["Message-ID"] = formatdate(), make_msgid(domain=server.sender.rpartition("@")[2])
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(text)
    return made
