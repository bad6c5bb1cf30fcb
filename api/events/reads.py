"""Events about reading what is not open: who read how many rows of which collection."""

from typing import Annotated, Literal

from pydantic import Field

from api.events.payload import Payload, Sha256


class RestrictedRead(Payload, kind="restricted_read"):
    """Rows of a layer of class C3 or C4 were given out; `query_sha256` is the hash of what was asked."""

    collection: str
    sensitivity: Literal["C3", "C4"]
    run: Sha256
    query_sha256: Sha256
    rows: Annotated[int, Field(ge=0)]
