"""Kinds of events in the ledger. A kind is one declaration here: a name, and the fields of its payload."""

from datetime import date
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


class DatasetCurrent(Payload, kind="dataset_current"):
    """A dataset became the current one of its slot; `dataset` is missing where the slot was emptied.

    The slot is (layer, vintage, part) for units and (layer, provider, part) for everything else.
    """

    layer: str
    provider: str
    part: str
    vintage: date | None
    dataset: Sha256 | None
    replaces: Sha256 | None
    rows: Annotated[int, Field(ge=0)]


class RunMade(Payload, kind="run_made"):
    """Results were made from the datasets and rules that are current or named."""

    run: Sha256
    criteria: str
    criteria_sha256: Sha256
    as_of: date
    vintage: date
    datasets: tuple[Sha256, ...]
    results_sha256: Sha256
    code_version: str
