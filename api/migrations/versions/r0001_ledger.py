"""The event table, its guards against change, and the name of the workspace that owns the database."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

SQLITE = (
    """CREATE TRIGGER event_no_update BEFORE UPDATE ON event
       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    """CREATE TRIGGER event_no_delete BEFORE DELETE ON event
       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    # REPLACE deletes the row in its way without asking the trigger above
    """CREATE TRIGGER event_no_replace BEFORE INSERT ON event
       WHEN EXISTS (SELECT 1 FROM event WHERE id = NEW.id OR hash = NEW.hash OR previous_hash = NEW.previous_hash
                    OR idempotency_key = NEW.idempotency_key)
       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
)
POSTGRESQL = (
    """CREATE FUNCTION event_refuse_change() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$""",
    """CREATE TRIGGER event_no_change BEFORE UPDATE OR DELETE ON event
       FOR EACH ROW EXECUTE FUNCTION event_refuse_change()""",
    """CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON event
       FOR EACH STATEMENT EXECUTE FUNCTION event_refuse_change()""",
)


def upgrade() -> None:
    """Create both tables and the guards of the database at hand."""
    op.create_table("workspace", sa.Column("id", sa.String(32), primary_key=True))
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("vintage", sa.String(10)),
        sa.Column("commune", sa.Text),
        sa.Column("operator", sa.Text),
        sa.Column("about", sa.BigInteger, sa.ForeignKey("event.id")),
        sa.Column("request_id", sa.Text),
        sa.Column("idempotency_key", sa.Text, unique=True),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("previous_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("hash", sa.String(64), nullable=False, unique=True),
    )
    op.create_index("event_by_subject", "event", ["kind", "subject", "id"])
    op.create_index("event_by_commune", "event", ["commune", "id"])
    op.create_index("event_by_operator", "event", ["operator", "id"])
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
