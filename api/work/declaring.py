"""What a commune declares of its office: the rows that stand, those that come, and both as one file for the import."""

import csv
import io
import json
from dataclasses import dataclass
from datetime import date
from typing import Annotated

import pandas as pd
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

import geo.indicators  # noqa: F401  registers them all
from api.claims.bodies import Plain
from api.current import slots_seen
from api.people.access import Person
from api.people.visible import visible
from api.problems import Problem, Wrong
from api.store import dataset_frame
from api.tables.intake import Job
from api.work.intake_shapes import Strict
from api.work.sending import provider_of
from api.work.uploads import whose
from api.workspace import Workspace
from geo.indicator import INDICATORS, Indicator

LAYER, GROUP = "declared_item", "ha_tang_cong_so"
COLUMNS = ("commune_code", "commune_name", "village_code", "village_name", "item", "value", "of", "period", "evidence")
NAME = "khai-bao.csv"
TO_COME = "The day {day} has not come yet; today is {today}."
NOTHING = "Fill in at least one item."
WHOLE = "“{item}” needs the number and out of how many."
WAITS = "Your last declaration is still being read; wait a moment and send this one again."
NO_ITEM = "There is no item {item} of the commune's office."


class Declared(Strict):
    """One item; without a value it is left as it was. Yes is 1, no is 0; `of` is the whole of a share."""

    item: Annotated[str, Field(pattern="^[a-z0-9_]{1,60}$")]
    value: Annotated[float, Field(ge=0, le=1_000_000)] | None = None
    of: Annotated[float, Field(gt=0, le=1_000_000)] | None = None


class DeclarationBody(Strict):
    """Items as they are on a day, and the document that proves them."""

    on: date
    evidence: Annotated[Plain, Field(min_length=3, max_length=300)]
    rows: Annotated[list[Declared], Field(min_length=1, max_length=50)]


def items() -> dict[str, Indicator]:
    """What a commune declares of its office: indicators of that group which nothing else can measure."""
    return {name: one for name, one in INDICATORS.items() if one.group == GROUP and not one.layers}


def standing(workspace: Workspace, session: Session, person: Person) -> pd.DataFrame:
    """Declared rows that stand and that this person sees, with their provider."""
    scope = visible(person, LAYER)
    kept = [slot.kept.dataset for slot in slots_seen(workspace, session).values() if slot.kept.dataset.layer == LAYER]
    parts = [dataset_frame(workspace.path, one).assign(provider=one.provider, as_of=one.as_of) for one in kept]
    seen = [scope.rows(part.assign(commune=part["commune_named"])) for part in parts] if scope is not None else []
    columns = [*COLUMNS, "village_named", "provider", "as_of"]
    found = [part.reindex(columns=columns) for part in seen if len(part)]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=columns)


@dataclass(frozen=True, slots=True)
class Composed:
    """A file of everything that a commune declares: its day, and whether every item stands in it."""

    content: bytes
    as_of: date
    whole: bool


def file_of(workspace: Workspace, session: Session, person: Person, body: DeclarationBody, today: date) -> Composed:
    """Everything that the commune declares from now on, as CSV. `Problem` for what cannot be declared."""
    _check(body, today)
    if reading_now(session, person):
        raise Problem("changed_meanwhile", detail=WAITS)
    told = [one for one in body.rows if one.value is not None]
    period, about = f"{body.on:%Y%m}", {one.item for one in told}
    before = standing(workspace, session, person)
    before = before[before["provider"].eq(provider_of(person) or "")]
    again = before["item"].isin(about) & before["period"].astype(str).eq(period) & before["village_named"].isna()
    stays = before[~again]
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in stays.to_dict("records"):
        writer.writerow(["" if pd.isna(row[name]) else _plain(row[name]) for name in COLUMNS])
    for one in told:
        said = (one.item, _plain(one.value), _plain(one.of), period, body.evidence)
        writer.writerow([person.commune, "", "", "", *said])
    as_of = max([body.on, *before["as_of"]])
    return Composed(out.getvalue().encode(), as_of, set(items()) <= about | set(stays["item"]))


def _plain(value: object) -> str:
    """A number without a fraction that it does not have; any other value as text."""
    if value is None:
        return ""
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _check(body: DeclarationBody, today: date) -> None:
    if body.on > today:
        wrong = Wrong(parameter="on", found=str(body.on), allowed=[f"≤ {today}"])
        days = {"day": f"{body.on:%d/%m/%Y}", "today": f"{today:%d/%m/%Y}"}
        raise Problem("day_unfit", (wrong,), detail=TO_COME, values=days)
    if all(one.value is None for one in body.rows):
        raise Problem("evidence_needed", detail=NOTHING)
    known = items()
    for one in body.rows:
        if one.item not in known:
            raise Problem("unknown_reference", (Wrong(parameter="item", found=one.item, allowed=sorted(known)),),
                          detail=NO_ITEM, values={"item": one.item})  # fmt: skip
        if one.value is not None and known[one.item].unit == "share" and (one.of is None or one.value > one.of):
            raise Problem("rows_refused", detail=WHOLE, values={"item": known[one.item].vi})


def reading_now(session: Session, person: Person) -> bool:
    """Whether a declaration of this side waits or is being read; another one would be made without it."""
    query = select(Job.asked).where(
        Job.kind == "import", Job.scope == whose(person), Job.state.in_(("queued", "running"))
    )
    return any(json.loads(asked)["layer"] == LAYER for asked in session.scalars(query))
