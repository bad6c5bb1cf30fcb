"""Accounts and what they sign in with, limits, receipts of writes, keys of the server."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TIME = sa.String(27)


def upgrade() -> None:
    """Create the tables."""
    _accounts()
    _limits_and_sign_on()
    op.create_table(
        "receipt",
        sa.Column("account", sa.String(32), primary_key=True),
        sa.Column("key", sa.String(128), primary_key=True),
        sa.Column("request", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("at", TIME, nullable=False),
    )
    op.create_table(
        "server_key",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("value", sa.String(64), nullable=False),
    )


def _accounts() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("login", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("commune", sa.Text),
        sa.Column("vintage", sa.String(10)),
        sa.Column("operator", sa.Text),
        sa.Column("password", sa.Text),
        sa.Column("first_until", TIME),
        sa.Column("totp", sa.Text),
        sa.Column("totp_step", sa.BigInteger),
        sa.Column("oidc", sa.Text, unique=True),
        sa.Column("disabled", sa.Boolean, nullable=False),
        sa.Column("made_at", TIME, nullable=False),
    )
    op.create_table(
        "signed_in",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("account", sa.String(32), sa.ForeignKey("account.id"), nullable=False, index=True),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("strong", sa.Boolean, nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.Column("ends_at", TIME, nullable=False),
    )
    op.create_table(
        "app_password",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("account", sa.String(32), sa.ForeignKey("account.id"), nullable=False, index=True),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False, unique=True),
        sa.Column("strong", sa.Boolean, nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("ends_at", TIME, nullable=False),
        sa.Column("revoked_at", TIME),
    )


def _limits_and_sign_on() -> None:
    op.create_table(
        "bucket",
        sa.Column("who", sa.Text, primary_key=True),
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("level", sa.Float, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_table(
        "single_sign_on",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("browser", sa.String(64), nullable=False),
        sa.Column("nonce", sa.String(64), nullable=False),
        sa.Column("verifier", sa.String(128), nullable=False),
        sa.Column("back", sa.Text, nullable=False),
        sa.Column("ends_at", TIME, nullable=False),
    )
