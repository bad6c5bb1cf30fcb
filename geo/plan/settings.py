"""What plans assume besides unit costs: numbers with unit, source and grade, in data/planning."""

from collections.abc import Mapping
from datetime import date
from functools import cache

import yaml
from pydantic import BaseModel, ConfigDict, Field

from geo.criteria import Confidence
from geo.resources import shipped, shipped_text

STRICT = ConfigDict(extra="forbid", frozen=True)


class Setting(BaseModel):
    """One number: its unit, where it comes from, how sure it is."""

    model_config = STRICT
    value: float = Field(ge=0)
    unit: str = Field(min_length=1)
    source: str = Field(min_length=1)
    confidence: Confidence


class Settings(BaseModel):
    """A version of all of them."""

    model_config = STRICT
    id: str
    valid_from: date
    settings: dict[str, Setting] = Field(min_length=1)


@cache
def settings() -> Settings:
    """The newest shipped version; `ValueError` (pydantic) where a file is none."""
    files = sorted(file.name for file in shipped("planning").iterdir() if file.name.endswith(".yaml"))
    read = [Settings.model_validate(yaml.safe_load(shipped_text("planning", name))) for name in files]
    return max(read, key=lambda one: (one.valid_from, one.id))


def usual() -> Mapping[str, float]:
    """The numbers by name."""
    return {name: one.value for name, one in settings().settings.items()}
