"""What is found out about calls when they are over."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision: str | None = "0004"

SEQ = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the table, and the columns of calls that lists show."""
    op.create_table(
        "call_analyses",
        sa.Column("call", SEQ, primary_key=True, autoincrement=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("due", sa.DateTime, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("taken", sa.DateTime),
        sa.Column("done", sa.DateTime),
        sa.Column("error", sa.String(300), nullable=False),
        sa.Column("model", sa.String(100), nullable=False),
        sa.Column("pii_summary", sa.Text, nullable=False),
        sa.Column("pii_fields", sa.JSON, nullable=False),
        sa.Column("pii_score", sa.JSON, nullable=False),
        sa.Column("score", sa.Double),
        sa.Column("usage", sa.JSON, nullable=False),
        sa.Column("edition", sa.Integer, nullable=False),
    )
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "ix_call_analyses_waiting", "call_analyses", ["due"], sqlite_where=waiting, postgresql_where=waiting
    )
    op.add_column("calls", sa.Column("analysis", sa.String(10), nullable=False, server_default=""))
    op.add_column("calls", sa.Column("pii_summary", sa.Text, nullable=False, server_default=""))
    op.add_column("calls", sa.Column("score", sa.Double))
    op.create_index("ix_calls_score", "calls", ["score"])
