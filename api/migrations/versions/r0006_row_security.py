"""Row-level security on PostgreSQL: the reading role and what it sees; nothing on SQLite.

`hatangso upgrade` makes them again each time (`api.row_security.secure`), so that a role granted later takes effect.
"""

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Nothing here: the role belongs to the cluster, and `api.database.upgrade` makes it after the last revision."""
