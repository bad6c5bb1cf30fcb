"""Command line, service, ledger and workspace: everything that has a user or a disk."""
