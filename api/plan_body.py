"""What a plan asked for over HTTP may say: the body, which refuses unknown members. What it means: `api.plan_asked`."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

import geo.plan.kinds  # noqa: F401  registers them all
from api.work.intake_shapes import STRICT
from geo.plan.draft import KINDS

MOST_DONG = 10**15  # a million billions: what no province has
YEARS, SOURCES, FLOORS, COMMITTED, WORLDS, SECONDS = 10, 10, 400, 5000, 100, 600
DONG = r"^((VND )?[0-9][0-9.,]{0,24}(e[0-9]{1,2})?( ?[A-Za-zÀ-ỹ]{1,7}){0,2})?$"  # read by api.plan_options.amount
Text = Annotated[str, Field(max_length=30, pattern=DONG)]
Money = Annotated[int, Field(ge=0, le=MOST_DONG)] | Text  # đồng, or in words: 50 tỷ
Kind = Annotated[str, Field(max_length=20, json_schema_extra={"enum": sorted(KINDS)}, pattern="^[a-z]+$")]
Code = Annotated[str, Field(max_length=40, pattern=r"^[A-Za-z0-9_-]*$")]
Measure = Literal["villages", "people", "households", "items"]


class YearAsked(BaseModel):
    """A year in which may be built, with its own money; without it only the money for all years limits it."""

    model_config = STRICT

    year: Annotated[int, Field(ge=2020, le=2099)]
    money: Money = ""


class SourceAsked(BaseModel):
    """A source of money, and the kinds that it pays for."""

    model_config = STRICT

    name: Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f:,]+$")]
    money: Money
    kinds: Annotated[list[Kind], Field(min_length=1, max_length=20)]


class FloorAsked(BaseModel):
    """At least so much in a commune; in every commune where none is named, as far as it can be had there."""

    model_config = STRICT

    measure: Measure = "villages"
    least: Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)] = 0.0
    commune: Code = ""


class WeightsAsked(BaseModel):
    """What a person counts more in poor, minority, border, island and difficult villages; 0.5 is half as much again."""

    model_config = STRICT

    poor: Annotated[float, Field(ge=0, le=10)] = 0.0
    minority: Annotated[float, Field(ge=0, le=10)] = 0.0
    border: Annotated[float, Field(ge=0, le=10)] = 0.0
    island: Annotated[float, Field(ge=0, le=10)] = 0.0
    difficult: Annotated[float, Field(ge=0, le=10)] = 0.0


class CommittedAsked(BaseModel):
    """What will be built anyway."""

    model_config = STRICT

    kind: Kind
    village: Annotated[str, Field(min_length=1, max_length=60)]


class PlanBody(BaseModel):
    """What a plan is to be. `run`: the newest of `criteria`, else the newest of all, where it is not given.

    Money is đồng, as a number or as text such as `50 tỷ`, `50.000 triệu`, `2,5 tỷ`, `800 million`, `50e9`; what can be
    read in two ways (`50.000`) is refused. `unknown`: what a gain counts
    of which it is not sure that it is lacking. `worlds`: in how many sampled worlds the choice is made anew.
    """

    model_config = STRICT

    run: Annotated[str, Field(pattern="^([0-9a-f]{64})?$")] = ""
    criteria: Annotated[str, Field(max_length=60, pattern="^[a-z0-9-]*$")] = ""
    years: Annotated[list[YearAsked], Field(min_length=1, max_length=YEARS)]
    budget: Money = ""
    sources: Annotated[list[SourceAsked], Field(max_length=SOURCES)] = []
    floors: Annotated[list[FloorAsked], Field(max_length=FLOORS)] = []
    kinds: Annotated[list[Kind], Field(max_length=20)] = []
    weights: WeightsAsked = WeightsAsked()
    aim: Literal["people", "households", "villages"] = "people"
    unknown: Annotated[float, Field(ge=0, le=1)] = 0.0
    worlds: Annotated[int, Field(ge=0, le=WORLDS)] = 0
    seconds: Annotated[int, Field(ge=1, le=SECONDS)] = 120
    committed: Annotated[list[CommittedAsked], Field(max_length=COMMITTED)] = []
    costs: Annotated[str, Field(max_length=60, pattern="^[a-z0-9-]+$")] = "thanh-hoa-2026"
