"""The tables of claims made again from the events alone, to compare with those that are kept."""

from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from api.claims.projection import KINDS, project
from api.ledger import Base, Event
from api.tables.claims import Challenge, Cited, Claim, Filing, Verification
from api.tables.remarks import Remark

TABLES = (Filing, Claim, Verification, Challenge, Cited, Remark)
Rows = dict[str, list[dict[str, Any]]]


def replayed(session: Session, root: Path) -> Rows:
    """Rows of each table as the events say, in the order of their keys; `root` is the folder of the workspace."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    try:
        Base.metadata.create_all(engine, [table.metadata.tables[table.__tablename__] for table in TABLES])
        with Session(engine) as made:
            for event in session.scalars(select(Event).where(Event.kind.in_(KINDS)).order_by(Event.id)):
                project(made, event, root)
                made.flush()
            return kept(made)
    finally:
        engine.dispose()


def kept(session: Session) -> Rows:
    """Rows of each table as they are kept, in the order of their keys."""
    return {table.__tablename__: _rows(session, table) for table in TABLES}


def _rows(session: Session, table: type[Base]) -> list[dict[str, Any]]:
    columns = table.__table__.columns
    keys = [column.name for column in table.__table__.primary_key]
    rows = [dict(row._mapping) for row in session.execute(select(*columns))]
    return sorted(rows, key=lambda row: [row[key] for key in keys])
