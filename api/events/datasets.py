"""Events about datasets: which one is current."""

from datetime import date
from typing import Annotated

from pydantic import Field

from api.events.payload import Payload, Sha256


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
