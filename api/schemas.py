"""Shapes of JSON answers, for the OpenAPI document only; the answers are written straight from frames."""

from datetime import date
from typing import Any

from pydantic import BaseModel


class Reason(BaseModel):
    """Why a value is open or fails: a code of `geo.reason` and its values."""

    code: str


class Witness(BaseModel):
    """What another source says that did not decide."""

    low: float | None
    high: float | None
    basis: str
    as_of: str
    source: str


class Result(BaseModel):
    """One result. Shares are 0..1. A null end is unknown, or without limit where `unbounded` names it."""

    area_id: str
    level: str
    vintage: str
    criterion: str
    operator: str
    technology: str
    low: float | None
    high: float | None
    num_low: float | None
    num_high: float | None
    den_low: float | None
    den_high: float | None
    unit: str
    threshold: str
    status: str
    gap_low: float | None
    gap_high: float | None
    people_low: float | None
    people_high: float | None
    people_source: str | None
    basis: str | None
    as_of: date | None
    source: str | None
    others: list[Witness]
    conflict: bool
    reason: str
    reason_codes: list[Reason]
    events: list[int]
    unbounded: list[str]


class RunAbout(BaseModel):
    """A run: by which rules, on which day, in which boundaries."""

    id: str
    as_of: date
    vintage: str
    made_at: str
    code_version: str


class ListPage(BaseModel):
    """A part of a list; `next` is the address of the next part, null at the end."""

    items: list[dict[str, Any]]
    total: int
    limit: int
    offset: int
    next: str | None
    run: RunAbout


class ResultPage(ListPage):
    """A part of the results."""

    items: list[Result]  # type: ignore[assignment]  # narrower than in a list


class RunList(BaseModel):
    """Runs, newest first."""

    items: list[RunAbout]
    total: int
