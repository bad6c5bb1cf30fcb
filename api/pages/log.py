"""The event log as the auditor reads it: filters, pages, one event in words, and whether the chain holds."""

import json
from typing import Annotated, Any

import pandas as pd
from pydantic import Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.audit import Audit, chain
from api.event_log import Asked, as_item, found, matched
from api.ledger import Event
from api.pages.actors import actor_words
from api.pages.asked import Spoken
from api.pages.event_words import kind_words
from api.pages.moments import moment
from api.people.access import Person
from api.said import retold
from api.workspace import Workspace
from geo.words import Lang

PAGE, MOST = 50, 10_000  # rows of a page, and of a file


class Log(Spoken):
    """Which events are listed."""

    kind: Annotated[str, Field(max_length=64, pattern="^[a-z_]*$")] = ""
    account: Annotated[str, Field(max_length=64, pattern="^[0-9A-Za-z._/-]*$")] = ""
    subject: Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    since: Annotated[str, Field(pattern=r"^(\d{4}-\d{2}-\d{2})?$")] = ""
    before: Annotated[int, Field(ge=0, le=2**62)] = 0
    kiem: Annotated[str, Field(pattern="^(|1)$")] = ""

    def wanted(self, limit: int) -> Asked:
        """The same as `api.event_log` asks it."""
        return Asked(self.kind, self.account, self.subject, self.since, limit)


def shown(session: Session, person: Person, asked: Log) -> dict[str, Any]:
    """What the template `log.html` needs besides the state of the chain."""
    wanted = asked.wanted(PAGE)
    events = found(session, wanted, asked.before or None)
    kinds = session.execute(select(Event.kind, func.count()).group_by(Event.kind)).all()
    last = events[-1].id if len(events) == PAGE and events[-1].id > 1 else 0
    return {
        "asked": asked, "total": matched(session, wanted), "next": last,
        "rows": [one(session, event, person, asked.lang) for event in events],
        "kinds": sorted(((kind, kind_words(kind, asked.lang), n) for kind, n in kinds), key=lambda k: k[1]),
    }  # fmt: skip


def one(session: Session, event: Event, person: Person, lang: Lang) -> dict[str, Any]:
    """An event in words; what it says stands there as the ledger has it."""
    item = as_item(event)
    said = [(name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
            for name, value in item["payload"].items() if value not in (None, "", [], {})]  # fmt: skip
    about = actor_words(session, event.subject, person, lang) if event.subject.startswith("account/") else ""
    return item | {
        "words": kind_words(event.kind, lang), "when": moment(event.at, lang), "said": said,
        "about_words": about if about != event.subject else "",
        "who": actor_words(session, event.actor, person, lang),
    }  # fmt: skip


def state(workspace: Workspace, lang: Lang) -> dict[str, Any]:
    """Whether the chain of events holds, and what does not."""
    done: Audit = chain(workspace)
    broken = [(place, retold(text, lang)) for place, text in done.broken]
    return {"events": done.events, "head": done.head, "broken": broken}


def as_frame(session: Session, asked: Log) -> pd.DataFrame:
    """The events that fit, newest first, to take away: the columns of the ledger, payloads as JSON without secrets."""
    items = [as_item(event) for event in found(session, asked.wanted(MOST), asked.before or None)]
    rows = [item | {"payload": json.dumps(item["payload"], ensure_ascii=False)} for item in items]
    return pd.DataFrame(rows, columns=[*(c.name for c in Event.__table__.columns if c.name not in
                                         ("payload", "idempotency_key")), "payload"])  # fmt: skip
