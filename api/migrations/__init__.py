"""Revisions of the ledger's schema, applied by `api.database.upgrade`."""
