"""Workers, and how full they are."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision: str | None = "0005"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "workers",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("host", sa.String(500), nullable=False),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("agent", sa.String(100), nullable=False),
        sa.Column("calls", sa.Integer, nullable=False),
        sa.Column("max_calls", sa.Integer, nullable=False),
        sa.Column("refused", sa.Integer, nullable=False),
        sa.Column("draining", sa.Boolean, nullable=False),
        sa.Column("started", sa.DateTime, nullable=False),
        sa.Column("seen", sa.DateTime, nullable=False),
    )
    op.create_index("ix_workers_seen", "workers", ["seen"])
