"""Layers and versions: which dataset counts in each slot, who sent it, where it is complete, what counted before."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.current import Slot, slots_seen
from api.events import DatasetCurrent
from api.ledger import Event
from api.pages.actors import actor_words
from api.pages.moments import moment
from api.people.access import Person
from api.store import Dataset, stored
from api.work.sending import POLICE, provider_of
from api.workspace import Workspace
from geo.completeness import EVERYWHERE
from geo.layer import LAYERS
from geo.names import sort_key
from geo.words import Lang, say
from maps import style

EMPTY = {
    "no-signal": "cells without value have no signal",
    "not-computed": "cells without value are not known",
}  # as `geo.read_signal` names them


def shown(workspace: Workspace, session: Session, person: Person, lang: Lang) -> dict[str, Any]:
    """What the template `datasets.html` needs: all slots for planners, for everybody else those of its own files."""
    own = provider_of(person)
    now = {n: s for n, s in slots_seen(workspace, session).items() if own in (None, s.kept.dataset.provider)}
    past: dict[str, list[Event]] = defaultdict(list)
    for event in session.scalars(select(Event).where(Event.kind == DatasetCurrent.kind).order_by(Event.id.desc())):
        said = event.said()
        if isinstance(said, DatasetCurrent) and own in (None, said.provider):
            past[event.subject].append(event)
    rows = [_slot(workspace, session, person, name, (now.get(name), past[name], lang)) for name in past]
    rows.sort(key=lambda row: (row["now"] is None, sort_key(row["layer"]), sort_key(row["provider"]), row["slot"]))
    return {"slots": rows, "planner": person.role == "planner", "filled": len(now)}


def _slot(
    workspace: Workspace, session: Session, person: Person, name: str, known: tuple[Slot | None, list[Event], Lang]
) -> dict[str, Any]:
    slot, events, lang = known
    said = events[0].said()
    if not isinstance(said, DatasetCurrent):  # by the query
        raise TypeError(type(said).__name__)
    dataset = slot.kept.dataset if slot else None
    provider = provider_words(workspace, said.provider, lang)
    of = [style.day(said.vintage, lang) if said.vintage and LAYERS[said.layer].unit else "", said.part]
    return {
        "slot": name, "layer": getattr(LAYERS[said.layer], lang), "name": said.layer, "provider": provider,
        "of": ", ".join(filter(None, of)),
        "about": ", ".join(_stated(dataset, workspace.config.names, lang)) if dataset else "",
        "now": None if slot is None else _version(slot, lang) | {"who": actor_words(session, slot.actor, person, lang)},
        "before": [_before(workspace, session, person, event, lang) for event in (events[1:] if slot else events)],
    }  # fmt: skip


def _stated(dataset: Dataset, operators: Mapping[str, str], lang: Lang) -> list[str]:
    """What the sender stated of a whole raster, in words."""
    columns = LAYERS[dataset.layer].columns
    words = {one.code: str(getattr(one, lang)) for column in columns for one in column.choices}
    words |= {code: say(text, lang) for code, text in EMPTY.items()} | dict(operators)
    return [words.get(value, value) for value in dataset.stated.values()]


def _version(slot: Slot, lang: Lang) -> dict[str, Any]:
    dataset, origin = slot.kept.dataset, slot.kept.origin
    return {
        "id": dataset.id, "as_of": style.day(dataset.as_of, lang), "rows": dataset.rows, "file": origin.file,
        "rejected": origin.rows_rejected, "complete": complete_words(dataset, lang), "since": moment(slot.since, lang),
        "published": dataset.published,
    }  # fmt: skip


def _before(workspace: Workspace, session: Session, person: Person, event: Event, lang: Lang) -> dict[str, Any]:
    """One step of the history of a slot: a dataset that counted, or that none did."""
    said = event.said()
    if not isinstance(said, DatasetCurrent):
        raise TypeError(type(said).__name__)
    found = stored(workspace.path, said.layer, said.dataset).dataset if said.dataset else None
    return {
        "id": said.dataset or "", "rows": said.rows, "as_of": style.day(found.as_of, lang) if found else "",
        "at": moment(event.at, lang), "who": actor_words(session, event.actor, person, lang),
    }  # fmt: skip


def provider_words(workspace: Workspace, provider: str, lang: Lang) -> str:
    """Who sent a file, as people call it."""
    if provider == POLICE:
        return say("Police", lang)
    if provider.startswith("xa-"):
        return say("commune {code}", lang, code=provider.removeprefix("xa-"))
    return workspace.config.names.get(provider, provider)


def complete_words(dataset: Dataset, lang: Lang) -> str:
    """Where a dataset is stated to be complete."""
    if LAYERS[dataset.layer].unit:
        return say("the list itself", lang)
    whole = {s.area for s in dataset.completeness if s.complete}
    gone = {s.area for s in dataset.completeness if not s.complete}
    if not whole:
        return say("stated nowhere", lang)
    where = say("the whole province", lang) if EVERYWHERE in whole else say("{n} units", lang, n=len(whole))
    return where + (say(", less {n} with rejected rows", lang, n=len(gone)) if gone else "")
