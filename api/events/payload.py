"""What one kind of event says: a name, and the fields of its payload. The registry of all kinds."""

from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

KINDS: dict[str, type["Payload"]] = {}

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Payload(BaseModel):
    """What one kind of event says. Subclasses name their kind: `class Filed(Payload, kind="filed")`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: ClassVar[str] = ""

    def __init_subclass__(cls, kind: str) -> None:
        """Register the kind; `ValueError` where the name is taken."""
        super().__init_subclass__()
        if kind in KINDS:
            raise ValueError(f"event kind {kind!r} is already registered")
        cls.kind = kind
        KINDS[kind] = cls
