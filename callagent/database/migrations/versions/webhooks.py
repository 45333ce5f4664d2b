"""Webhooks on their way out, and who is told of calls."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision: str | None = "0003"

SEQ = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "webhooks",
        sa.Column("number", SEQ, primary_key=True, autoincrement=True),
        sa.Column("call", SEQ, nullable=False),
        *(_text(*each) for each in (("endpoint", 60), ("event", 20), ("message", 64))),
        sa.Column("pii_body", sa.Text, nullable=False),
        _text("state", 10),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("due", sa.DateTime, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("status", sa.Integer),
        _text("error", 200),
        sa.Column("taken", sa.DateTime),
        sa.Column("done", sa.DateTime),
    )
    op.create_index("ix_webhooks_message", "webhooks", ["endpoint", "message"], unique=True)
    op.create_index("ix_webhooks_call", "webhooks", ["call"])
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "ix_webhooks_waiting", "webhooks", ["endpoint", "due"], sqlite_where=waiting, postgresql_where=waiting
    )
    op.create_index("ix_webhooks_done", "webhooks", ["done"])
    op.create_table(
        "webhook_endpoints",
        sa.Column("name", sa.String(60), primary_key=True),
        sa.Column("wanted", sa.JSON, nullable=False),
        sa.Column("seen", sa.DateTime, nullable=False),
        sa.Column("gone", sa.DateTime),
    )


def _text(name: str, length: int) -> sa.Column[object]:
    return sa.Column(name, sa.String(length), nullable=False)
