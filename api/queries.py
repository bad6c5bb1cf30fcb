"""What programs may ask of `/api/v1`: parameters with their limits; one that is not here is refused."""

import re
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from geo.words import Lang

MOST = 10_000
Text = Annotated[str, Field(max_length=100)]


def _digits(value: object) -> object:
    """Refuse what is a whole number by chance only, such as `+0.0`."""
    if isinstance(value, str) and re.fullmatch("-?[0-9]{1,20}", value) is None:
        raise PydanticCustomError("int_parsing", "whole numbers are written in digits")
    return value


WHOLE = BeforeValidator(_digits)
Limit = Annotated[int, Field(ge=1, le=MOST, description="How many items at most."), WHOLE]
Offset = Annotated[int, Field(ge=0, le=10_000_000, description="How many items to pass over."), WHOLE]


class Asked(BaseModel):
    """The language of words in an answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    lang: Lang = "vi"


class Paged(Asked):
    """A part of a list."""

    limit: Limit = 100
    offset: Offset = 0


class ResultQuery(Paged):
    """Filters of results. `area` is the id of one unit; `commune` means it and its villages."""

    level: Literal["village", "commune", "province"] | None = None
    criterion: Text | None = None
    status: Literal["pass", "fail", "unknown", "not_applicable", "shown"] | None = None
    area: Text | None = None
    commune: Text | None = None
    operator: Annotated[Text | None, Field(description="`any` or `each` for combined rows, or a code.")] = None


class NeedsQuery(Paged):
    """Filters of the investment list."""

    commune: Text | None = None
    former_district: Text | None = None
    criterion: Text | None = None
    status: Literal["fail", "unknown"] | None = None


class MissingQuery(Paged):
    """Filters of the missing data. What is missing in every commune has area `*`."""

    area: Text | None = None
    layer: Text | None = None
    who: Text | None = None


class CommuneFeatures(Asked):
    """Communes are few and come all at once."""

    former_district: Text | None = None


class VillageFeatures(Asked):
    """Filters and part of the villages."""

    commune: Text | None = None
    limit: Limit = MOST
    offset: Offset = 0
