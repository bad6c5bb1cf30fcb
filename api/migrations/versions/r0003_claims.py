"""Filings, claims, verifications and challenges, and the texts beside them that can be erased."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

DAY, TIME, WORD = sa.String(10), sa.String(27), sa.String(16)


def upgrade() -> None:
    """Create the tables."""
    _filings()
    _verifications()
    _cases()
    _texts()


def _filings() -> None:
    op.create_table(
        "filing",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("vintage", DAY, nullable=False),
        sa.Column("operator", sa.Text, nullable=False, index=True),
        sa.Column("role", WORD, nullable=False),
        sa.Column("source", WORD, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("rejected", sa.Integer, nullable=False),
        sa.Column("rows_sha256", sa.String(64), nullable=False),
        sa.Column("filed_at", TIME, nullable=False),
    )
    op.create_table(
        "claim",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("filing", sa.BigInteger, nullable=False, index=True),
        sa.Column("row", sa.Integer, nullable=False),
        sa.Column("vintage", DAY, nullable=False),
        sa.Column("commune", sa.Text, nullable=False),
        sa.Column("village", sa.Text, nullable=False, index=True),
        sa.Column("operator", sa.Text, nullable=False),
        sa.Column("service", WORD, nullable=False),
        sa.Column("technology", WORD, nullable=False),
        sa.Column("served", sa.Boolean, nullable=False),
        sa.Column("max_mbps", sa.Float),
        sa.Column("state", WORD, nullable=False),
        sa.Column("ended_by", sa.BigInteger),
    )
    op.create_index("claim_by_commune", "claim", ["commune", "filing", "row"])
    op.create_index("claim_by_operator", "claim", ["operator", "state"])


def _verifications() -> None:
    op.create_table(
        "verification",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("vintage", DAY, nullable=False),
        sa.Column("commune", sa.Text, nullable=False),
        sa.Column("village", sa.Text, nullable=False, index=True),
        sa.Column("operator", sa.Text, nullable=False),
        sa.Column("service", WORD, nullable=False),
        sa.Column("technology", WORD, nullable=False),
        sa.Column("role", WORD, nullable=False),
        sa.Column("connected", sa.String(8), nullable=False),
        sa.Column("seen_on", DAY, nullable=False),
        sa.Column("download_mbps", sa.Float),
        sa.Column("signal_dbm", sa.Float),
        sa.Column("verified_at", TIME, nullable=False),
        sa.Column("erased_by", sa.BigInteger),
    )
    op.create_index("verification_by_commune", "verification", ["commune", "id"])


def _cases() -> None:
    op.create_table(
        "challenge",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("claim", sa.String(32), nullable=False, index=True),
        sa.Column("vintage", DAY, nullable=False),
        sa.Column("commune", sa.Text, nullable=False),
        sa.Column("village", sa.Text, nullable=False, index=True),
        sa.Column("operator", sa.Text, nullable=False),
        sa.Column("service", WORD, nullable=False),
        sa.Column("technology", WORD, nullable=False),
        sa.Column("claimed", sa.Boolean, nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("days", sa.Integer),
        sa.Column("state", WORD, nullable=False),
        sa.Column("answer_by", DAY),
        sa.Column("quarter", sa.String(6)),
        sa.Column("decision", sa.BigInteger),
        sa.Column("served", sa.Boolean),
        sa.Column("reopen_until", DAY),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("last", sa.BigInteger, nullable=False),
    )
    op.create_index("challenge_by_commune", "challenge", ["commune", "id"])
    op.create_index("challenge_by_operator", "challenge", ["operator", "state"])
    op.create_index("challenge_by_state", "challenge", ["state", "answer_by"])
    op.create_table(
        "cited",
        sa.Column("challenge", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("verification", sa.BigInteger, primary_key=True, autoincrement=False, index=True),
        sa.Column("event", sa.BigInteger, nullable=False),
    )


def _texts() -> None:
    op.create_table(
        "words",
        sa.Column("event", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("note", sa.Text),
        sa.Column("longitude", sa.Float),
        sa.Column("latitude", sa.Float),
    )
    op.create_table(
        "shown",
        sa.Column("event", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("photo", sa.String(64), primary_key=True, index=True),
    )
