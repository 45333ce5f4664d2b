"""Attempts, refusals, the do-not-call list, lists being dialled: the tables of 0.1, and what was added to them since.

Databases of 0.1 tell no version. What is there stays; tables and columns that are missing are made.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None

ID, TEXT, NUMBER = sa.String(40), sa.String(500), sa.String(20)


def upgrade() -> None:
    """Make what is missing."""
    there = set(sa.inspect(op.get_bind()).get_table_names())
    for name, columns, indexed in _tables():
        if name not in there:
            op.create_table(name, *columns)
        else:
            _add_missing(name, columns)
        _index(name, indexed)


def _tables() -> list[tuple[str, list[sa.Column[object]], list[str]]]:
    return [
        ("attempts", _attempts(), ["number", "at"]),
        ("refusals", _refusals(), ["number"]),
        ("do_not_call", _do_not_call(), []),
        ("list_rows", _list_rows(), []),
        ("list_leases", _list_leases(), []),
    ]


def _attempts() -> list[sa.Column[object]]:
    return [
        sa.Column("id", ID, primary_key=True),
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("profile", TEXT, nullable=False),
        sa.Column("room", TEXT, nullable=False),
        sa.Column("caller_id", NUMBER, nullable=False),
        sa.Column("trunk", TEXT, nullable=False),
        sa.Column("meta", sa.JSON, nullable=False),
        sa.Column("outcome", sa.String(30), nullable=False),
        sa.Column("detail", TEXT, nullable=False),
        sa.Column("answered", sa.DateTime),
        sa.Column("ended", sa.DateTime),
    ]


def _refusals() -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("rule", ID, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("profile", TEXT, nullable=False),
    ]


def _do_not_call() -> list[sa.Column[object]]:
    return [
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("job", sa.String(100), nullable=False, server_default=""),
        sa.Column("direction", NUMBER, nullable=False, server_default=""),
        sa.Column("attestation", NUMBER, nullable=False, server_default=""),
    ]


def _list_rows() -> list[sa.Column[object]]:
    return [
        sa.Column("list", TEXT, primary_key=True),
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("state", NUMBER, nullable=False),
        sa.Column("attempt", ID, nullable=False),
        sa.Column("room", TEXT, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("outcome", sa.String(30), nullable=False),
        sa.Column("detail", TEXT, nullable=False),
        sa.Column("due", sa.DateTime),
        sa.Column("at", sa.DateTime, nullable=False),
    ]


def _list_leases() -> list[sa.Column[object]]:
    return [
        sa.Column("list", TEXT, primary_key=True),
        sa.Column("token", ID, nullable=False),
        sa.Column("host", TEXT, nullable=False),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
    ]


def _add_missing(name: str, columns: list[sa.Column[object]]) -> None:
    there = {column["name"] for column in sa.inspect(op.get_bind()).get_columns(name)}
    for column in columns:
        if column.name not in there:
            op.add_column(name, column)


def _index(name: str, columns: list[str]) -> None:
    there = {index["name"] for index in sa.inspect(op.get_bind()).get_indexes(name)}
    for column in columns:
        if f"ix_{name}_{column}" not in there:
            op.create_index(f"ix_{name}_{column}", name, [column])
