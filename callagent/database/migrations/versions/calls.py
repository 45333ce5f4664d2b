"""Calls, what was said and decided in them, and their journals.

Words that were said are found by FTS5 in SQLite and by an index over `to_tsvector` in PostgreSQL; another database
looks at each text.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"

SEQ = sa.BigInteger().with_variant(sa.Integer, "sqlite")
"""When the call began, in microseconds since 1970; in SQLite the rowid."""

SCANNED = (
    *("seq", "ending", "direction", "profile", "seconds", "errors"),
    *("lost_turns", "response_max_s", "yield_max_s"),
)
"""What lists of calls choose by, besides the number: read in the order of `seq` without the rows themselves."""

FULL_TEXT = {
    "sqlite": (
        "CREATE VIRTUAL TABLE call_words USING fts5 (pii_text, content='call_texts', content_rowid='seq')",
        "CREATE TRIGGER call_texts_added AFTER INSERT ON call_texts BEGIN "
        "INSERT INTO call_words (rowid, pii_text) VALUES (new.seq, new.pii_text); END",
        "CREATE TRIGGER call_texts_removed AFTER DELETE ON call_texts BEGIN "
        "INSERT INTO call_words (call_words, rowid, pii_text) VALUES ('delete', old.seq, old.pii_text); END",
        "CREATE TRIGGER call_texts_changed AFTER UPDATE ON call_texts BEGIN "
        "INSERT INTO call_words (call_words, rowid, pii_text) VALUES ('delete', old.seq, old.pii_text); "
        "INSERT INTO call_words (rowid, pii_text) VALUES (new.seq, new.pii_text); END",
    ),
    "postgresql": (
        "CREATE INDEX ix_call_texts_words ON call_texts USING gin (to_tsvector('simple'::regconfig, pii_text))",
    ),
}


def upgrade() -> None:
    """Make the tables."""
    op.create_table("calls", *_who(), *_when(), *_figures())
    op.create_index("ix_calls_id", "calls", ["id"], unique=True, postgresql_ops={"id": "varchar_pattern_ops"})
    op.create_index("ix_calls_pii_number", "calls", ["pii_number", "seq"])
    op.create_index("ix_calls_scan", "calls", SCANNED)
    for column in ("ending", "profile", "seconds", "errors", "lost_turns", "response_max_s", "yield_max_s"):
        op.create_index(f"ix_calls_{column}", "calls", [column])
    few = sa.text("state <> 'ended'")
    op.create_index("ix_calls_not_ended", "calls", ["seq", "state"], sqlite_where=few, postgresql_where=few)
    _lines(
        "call_turns",
        [
            _text("role", 20),
            _long("pii_text"),
            sa.Column("interrupted", sa.Boolean, nullable=False),
            sa.Column("metrics", sa.JSON, nullable=False),
        ],
    )
    _lines(
        "call_decisions",
        [
            _text("decision", 20),
            _text("rule", 60),
            sa.Column("reaction_ms", sa.Double),
            _long("pii_heard"),
            sa.Column("pii_overlap", sa.JSON, nullable=False),
        ],
    )
    _lines(
        "call_tools",
        [
            _text("tool_call", 100),
            _text("name", 200),
            sa.Column("pii_arguments", sa.JSON, nullable=False),
            _text("status", 40),
            _long("pii_result"),
            sa.Column("seconds", sa.Double),
        ],
    )
    _lines("call_notes", [_text("kind", 20), _long("pii_text")])
    op.create_table(
        "call_packets",
        sa.Column("call", SEQ, primary_key=True, autoincrement=False),
        sa.Column("first", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("pii_lines", sa.LargeBinary, nullable=False),
    )
    op.create_table("call_texts", sa.Column("seq", SEQ, primary_key=True, autoincrement=False), _long("pii_text"))
    for statement in FULL_TEXT.get(op.get_bind().dialect.name, ()):
        op.execute(statement)


def _lines(name: str, columns: list[sa.Column[object]]) -> None:
    """Make a table of the lines of one kind."""
    op.create_table(
        name,
        sa.Column("call", SEQ, primary_key=True, autoincrement=False),
        sa.Column("line", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.Double, nullable=False),
        *columns,
    )


def _who() -> list[sa.Column[object]]:
    sizes = {"id": 100, "room": 255, "direction": 10, "pii_number": 100, "pii_own_number": 100, "country": 10}
    sizes |= {"trunk": 100, "rule": 100, "pii_sip_call_id": 255, "attempt": 40, "profile": 255, "profile_source": 40}
    sizes |= {"profile_hash": 64, "agent": 100, "made_by": 100, "host": 255}
    return [sa.Column("seq", SEQ, primary_key=True, autoincrement=False), *(_text(*each) for each in sizes.items())]


def _when() -> list[sa.Column[object]]:
    instants = ("offered", "ringing", "answered", "first_audio", "ended")
    return [
        sa.Column("started", sa.DateTime, nullable=False),
        *(sa.Column(name, sa.DateTime) for name in instants),
        sa.Column("seen", sa.DateTime, nullable=False),
        sa.Column("seconds", sa.Double),
        *(_text(*each) for each in (("state", 10), ("ending", 30), ("ended_by", 10), ("because", 100))),
        _long("pii_error"),
    ]


def _figures() -> list[sa.Column[object]]:
    counts = ("lines", "turns", "tools", "errors", "interruptions", "talked_through", "lost_turns")
    seconds = ("response_p50_s", "response_p95_s", "response_max_s", "yield_mean_s", "yield_max_s")
    return [
        *(sa.Column(name, sa.Integer, nullable=False) for name in counts),
        *(sa.Column(name, sa.Double) for name in seconds),
        *(sa.Column(name, sa.JSON, nullable=False) for name in ("panel", "usage")),
        sa.Column("cost", sa.Double),
    ]


def _text(name: str, length: int) -> sa.Column[object]:
    return sa.Column(name, sa.String(length), nullable=False)


def _long(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Text, nullable=False)
