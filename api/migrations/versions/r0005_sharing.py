"""Share links."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

TIME = sa.String(27)


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "share_link",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("run", sa.String(64), nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("ends_at", TIME, nullable=False),
        sa.Column("revoked_at", TIME),
        sa.Column("event", sa.BigInteger, nullable=False),
        sa.Column("uses", sa.Integer, nullable=False),
    )
