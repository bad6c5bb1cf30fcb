"""Events about errors that people report and what they remark on a place. Their words are not in them, only hashes."""

from typing import Annotated, Literal

from pydantic import Field

from api.events.claims import Told
from api.events.payload import Payload

About = Literal["error", "comment"]
Outcome = Literal["noted", "in_progress", "corrected", "declined"]


class RemarkMade(Told, Payload, kind="remark_made"):
    """Somebody reports an error, or comments, on a village or a whole commune; `criterion` is "" for no one of them."""

    level: Literal["village", "commune"]
    unit: str
    about: About
    criterion: Annotated[str, Field(max_length=100)]


class RemarkAnswered(Told, Payload, kind="remark_answered"):
    """The province answers a remark; all outcomes but `in_progress` close it."""

    remark: int
    outcome: Outcome
