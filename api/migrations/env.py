"""What Alembic runs for each command: the revisions, on the connection that the caller opened."""

from alembic import context

import api.tables  # noqa: F401  declares them all
from api.ledger import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()
