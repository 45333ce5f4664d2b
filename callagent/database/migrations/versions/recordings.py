"""Recordings of calls: where each is kept, and what is known of it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision: str | None = "0002"


def upgrade() -> None:
    """Add the columns; calls that are there have no recording."""
    op.add_column("calls", sa.Column("recording_location", sa.Text, nullable=False, server_default=""))
    op.add_column("calls", sa.Column("recording", sa.JSON, nullable=False, server_default="{}"))
