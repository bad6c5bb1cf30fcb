"""Every case that somebody sees, as light rows to filter, count and order: no history, no words."""

from datetime import date

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.claims.desk import Desk, seen
from api.claims.states import LIVE, state_on
from api.claims.waiting import tasks_of
from api.tables.claims import Challenge

COLUMNS = (
    Challenge.id, Challenge.vintage, Challenge.commune, Challenge.village, Challenge.operator, Challenge.service,
    Challenge.technology, Challenge.state, Challenge.answer_by, Challenge.reopen_until,
)  # fmt: skip
NAMES = ("id", "vintage", "commune", "village", "operator", "service", "technology", "state", "until", "task", "live")


def case_rows(session: Session, desk: Desk) -> pd.DataFrame:
    """One row per case, columns `NAMES`: the state of today, the last day of the term that runs ("" where none does),
    what the case is to the asker (`answer`, `decide`, `reopen`, "") and whether it is still open.
    """
    found = session.execute(select(*COLUMNS).where(seen(desk.person, Challenge)).order_by(Challenge.id))
    rows = []
    for *names, stored, answer_by, reopen_until in found:
        state = state_on(stored, date.fromisoformat(answer_by) if answer_by else None, desk.today)
        until = answer_by if state in ("open", "expired") else reopen_until if state not in LIVE else None
        tasks = tasks_of(desk, stored, answer_by, reopen_until)
        rows.append((*names, state, until or "", tasks[0][0] if tasks else "", state in LIVE))
    return pd.DataFrame(rows, columns=list(NAMES))


def some_cases(session: Session, desk: Desk, numbers: list[int]) -> dict[int, Challenge]:
    """Those of the cases that the asker sees, by number."""
    query = select(Challenge).where(Challenge.id.in_(numbers), seen(desk.person, Challenge))
    return {case.id: case for case in session.scalars(query)}
