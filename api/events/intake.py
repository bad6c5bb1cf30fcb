"""Events about evidence and about what was taken out. Nothing in them shows a photo, a place or a name."""

from typing import Annotated

from pydantic import Field

from api.events.payload import Payload, Sha256


class PhotoAdded(Payload, kind="photo_added"):
    """A photo was kept as evidence. `salted` is SHA-256 of salt and content hash; the salt goes with the photo."""

    photo: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
    salted: Sha256


class PhotoErased(Payload, kind="photo_erased"):
    """What the photo showed is gone; that it was sent stays."""

    photo: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
    why: Annotated[str, Field(max_length=500)]


class ExportMade(Payload, kind="export_made"):
    """Files of a run were made for somebody to take away, for one audience class."""

    run: Sha256
    audience: str
    formats: tuple[str, ...]
    job: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
