"""Errors reported and remarks on places."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

TIME = sa.String(27)


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "remark",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("vintage", sa.String(10), nullable=False),
        sa.Column("commune", sa.Text, nullable=False),
        sa.Column("level", sa.String(8), nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("about", sa.String(8), nullable=False),
        sa.Column("criterion", sa.Text, nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("operator", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("answer", sa.BigInteger),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("answered_at", TIME),
        sa.Column("erased_by", sa.BigInteger),
    )
    op.create_index("remark_by_commune", "remark", ["commune", "id"])
    op.create_index("remark_by_unit", "remark", ["unit", "id"])
