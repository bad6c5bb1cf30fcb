"""Filing: an operator says what it serves; each row is a claim. Taking claims back."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.claims.bodies import ClaimWithdrawal, RowSent
from api.claims.desk import Desk, Register, record, register, seen_filings
from api.claims.filed_rows import FiledRow, keep_rows
from api.claims.states import SERVICES, TECHNOLOGIES
from api.events.claims import ClaimWithdrawn, FilingMade
from api.ledger import Entry, Event
from api.problems import Problem, Wrong
from api.tables.claims import Claim, Filing
from geo.words import say

SHOWN = 1000  # bad rows that one answer names
WHY = {
    "unknown_village": "no village “{value}” in the boundaries of {vintage}; send the village's code",
    "unknown_service": "“{value}” is no service; send mobile, fibre or wifi",
    "unknown_technology": "“{value}” is no mobile technology; send 2G, 3G, 4G or 5G",
    "technology_unfit": "a technology is told of mobile service only; leave it empty",
    "row_twice": "village, service and technology stand in row {value} already; send each once",
    "speed_of_nothing": "a speed is claimed where nothing is served; leave it away",
}


class WrongRow(Wrong):
    """A row that cannot be taken: its number as sent, from 1, a code of `WHY`, and what to do."""

    row: int
    code: str
    message: str
    message_en: str


@dataclass(frozen=True, slots=True)
class Filed:
    """A filing that was made, and the rows left out."""

    event: Event
    wrong: list[WrongRow]
    taken: int


def file_rows(
    session: Session, desk: Desk, operator: str | None, rows: list[RowSent], *, accept_good_rows: bool
) -> Filed:
    """File rows. `Problem` naming every bad row unless the good ones are to be taken alone."""
    whose = filing_operator(desk, operator)
    units = register(desk.workspace, session, desk.today)
    good, wrong = checked(rows, units)
    if wrong and not (accept_good_rows and good):
        values = {"n": len(wrong), "of": len(rows)}
        detail = "{n} of {of} rows cannot be taken, so none was; mend them, or send accept_good_rows"
        raise Problem("rows_refused", tuple(wrong[:SHOWN]), detail=detail, values=values)
    return keep_filing(session, desk, whose, (units, good, wrong), "rows")


def keep_filing(
    session: Session,
    desk: Desk,
    operator: str,
    found: tuple[Register, list[FiledRow], list[WrongRow]],
    source: Literal["rows", "datasets"],
) -> Filed:
    """Keep the rows, then say so in the ledger."""
    units, good, wrong = found
    said = FilingMade(
        role=desk.person.role, operator=operator, source=source,
        rows=len(good), rejected=len(wrong), rows_sha256=keep_rows(desk.workspace.path, good),
    )  # fmt: skip
    entry = Entry(said, f"filing/{operator}", "", vintage=units.vintage, operator=operator)
    return Filed(record(session, desk, entry), wrong, len(good))


def filing_operator(desk: Desk, named: str | None) -> str:
    """The operator to file for: one's own, or the one that the province names. `Problem` for any other."""
    own = desk.person.operator if desk.person.role == "operator" else None
    if own is None and desk.person.role == "operator":
        raise Problem("not_for_you", detail="Your account belongs to no operator; ask the admin.")
    operator = own if own is not None and named in (None, own) else named if own is None else None
    if operator is None or operator not in desk.workspace.config.codes:
        found = (Wrong(parameter="operator", found=named, allowed=[own] if own else list(desk.workspace.config.codes)),)
        raise Problem("unknown_reference", found)
    return operator


def checked(
    rows: Iterable[RowSent], units: Register, numbers: Iterable[int] | None = None
) -> tuple[list[FiledRow], list[WrongRow]]:
    """Rows that can be taken, and what is wrong with the others; `numbers` as their sender counts, else from 1."""
    good: dict[tuple[str, str, str], FiledRow] = {}
    wrong: list[WrongRow] = []
    for number, row in zip(numbers or count(1), rows, strict=False):
        key = (row.village, row.service, row.technology)
        column, code, value = _fault(row, units) or ("", "", "")
        if not code and key in good:
            column, code, value = "village", "row_twice", str(good[key].row)
        if code:
            wrong.append(_wrong(number, column, code, (value, units.vintage.isoformat())))
        else:
            good[key] = FiledRow(
                number, row.village, units.home[row.village], row.service, row.technology, row.served, row.max_mbps
            )
    return list(good.values()), wrong


def _fault(row: RowSent, units: Register) -> tuple[str, str, str] | None:
    """Column, code and value of what is wrong with a row."""
    if row.village not in units.home:
        return "village", "unknown_village", row.village
    if row.service not in SERVICES:
        return "service", "unknown_service", row.service
    if row.technology not in TECHNOLOGIES[row.service]:
        code = "unknown_technology" if row.service == "mobile" else "technology_unfit"
        return "technology", code, row.technology
    if row.max_mbps is not None and not row.served:
        return "max_mbps", "speed_of_nothing", str(row.max_mbps)
    return None


def _wrong(number: int, column: str, code: str, said: tuple[str, str]) -> WrongRow:
    told = {"value": said[0][:100], "vintage": said[1]}
    text = WHY[code]
    return WrongRow(
        parameter=f"rows.{number}.{column}", found=told["value"], row=number, code=code,
        message=say(text, "vi", **told), message_en=say(text, "en", **told),
    )  # fmt: skip


def counted(wrong: Iterable[WrongRow]) -> dict[str, int]:
    """How many rows were left out for which code."""
    return dict(sorted(Counter(row.code for row in wrong).items()))


def withdraw_claims(session: Session, desk: Desk, filing: int, body: ClaimWithdrawal) -> Event:
    """Take back claims of one filing that still count. `Problem` where there is none such."""
    found = session.scalar(select(Filing).where(Filing.id == filing, seen_filings(desk.person)))
    if found is None:
        raise Problem("not_found")
    query = select(Claim.row).where(Claim.filing == filing, Claim.state == "current")
    live = set(session.scalars(query))
    if body.chosen and not body.rows:
        raise Problem("evidence_needed", (Wrong(parameter="rows"),), detail="Choose the rows first.")
    gone = sorted(set(body.rows) - live)
    if not live or gone:
        wrong = tuple(Wrong(parameter="rows", found=str(row)) for row in gone[:SHOWN])
        raise Problem("wrong_state", wrong, detail="Only claims of this filing that still count can be taken back.")
    said = ClaimWithdrawn(role=desk.person.role, filing=filing, rows=tuple(sorted(set(body.rows))))
    vintage, operator = date.fromisoformat(found.vintage), found.operator
    return record(
        session, desk, Entry(said, f"filing/{operator}", "", vintage=vintage, operator=operator, about=filing)
    )
