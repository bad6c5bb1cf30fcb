"""Where somebody is told by mail what waits, and on which day that was last done."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("account", sa.Column("email", sa.Text))
    op.add_column("account", sa.Column("mailed_on", sa.String(10)))
