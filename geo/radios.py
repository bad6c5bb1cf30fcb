"""Radio parameters per technology: frequency, what a station sends, what a telephone needs; in data/radio."""

from datetime import date
from functools import cache
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from geo.errors import InputError
from geo.resources import shipped, shipped_text

STRICT = ConfigDict(extra="forbid", frozen=True)


class Stated(BaseModel):
    """One number with how sure it is (A a regulation, B a document, D an engineering habit) and where it comes from."""

    model_config = STRICT
    value: float
    confidence: Literal["A", "B", "C", "D"]
    source: str = ""


class Radio(BaseModel):
    """One technology: `eirp_dbm` of the signal that telephones report, `least_dbm` from which it counts as reached.

    `margin_db` is taken off what is predicted before it is compared: body, houses, spread of places round the median.
    """

    model_config = STRICT
    mhz: Stated
    eirp_dbm: Stated
    least_dbm: Stated
    phone_m: Stated
    phone_gain_db: Stated
    margin_db: Stated


class Radios(BaseModel):
    """A version of the parameters."""

    model_config = STRICT
    id: str
    valid_from: date
    technologies: dict[Literal["2G", "3G", "4G", "5G"], Radio] = Field(min_length=1)

    def of(self, technology: str) -> Radio:
        """Those of one technology; `InputError` where there are none."""
        for name, known in self.technologies.items():
            if name == technology:
                return known
        raise InputError(f"no radio parameters for {technology!r} in {self.id}; known: {', '.join(self.technologies)}")


def parse_radios(text: str) -> Radios:
    """Parameters from the text of a YAML file; `ValueError` (pydantic) where it is not one."""
    return Radios.model_validate(yaml.safe_load(text))


@cache
def radios(name: str = "") -> Radios:
    """A shipped version by its name, else the newest; `InputError` where there is none of that name."""
    known = {file.name.removesuffix(".yaml"): file.name for file in shipped("radio").iterdir()}
    if name and name not in known:
        raise InputError(f"unknown radio parameters {name!r}; known: {', '.join(sorted(known))}")
    read = [parse_radios(shipped_text("radio", known[one])) for one in ([name] if name else sorted(known))]
    return max(read, key=lambda one: (one.valid_from, one.id))
