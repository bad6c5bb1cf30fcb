"""Events about share links. The link itself is not in the ledger: without the server's key nobody can make it."""

from typing import Annotated

from pydantic import Field

from api.events.payload import Payload, Sha256

LinkId = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
Time = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")]


class ShareMade(Payload, kind="share_made"):
    """Whoever has the link sees the public view of that run until `ends_at` (UTC)."""

    link: LinkId
    run: Sha256
    ends_at: Time


class ShareRevoked(Payload, kind="share_revoked"):
    """The link opens nothing any more."""

    link: LinkId
