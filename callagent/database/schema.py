"""The schema of the records database: which version it has, and how an older one is brought up to date.

The steps from version to version are Alembic's, in `migrations/versions/`. Databases of 0.1 tell no version; the first
step takes them as they are.
"""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, inspect, text

VERSIONS: Final = ("0001", "0002", "0003", "0004", "0005", "0006")
"""Every version that is known here, oldest first."""

_VERSION_TABLE = "alembic_version"
_MIGRATIONS = Path(__file__).with_name("migrations")

_LOCK: Final = 0x63616C6C
"""What processes that bring one PostgreSQL database up to date lock, one after the other."""


class UnknownSchema(Exception):
    """The database has a schema that is not known here; the message is one line."""


def bring_up_to_date(engine: Engine) -> None:
    """Make the schema the newest one. Several processes may do so at once; nothing that is there is lost.

    Raises:
        UnknownSchema: a newer version of callagent has written the database.
        SQLAlchemyError: it cannot be done.
    """
    with engine.connect() as connection:
        if check_version(connection) == VERSIONS[-1]:
            return
    with engine.connect() as connection:
        _lock(connection)
        current = check_version(connection)
        if current != VERSIONS[-1]:
            _migrate(connection, current)
        connection.commit()


def check_version(connection: Connection) -> str | None:
    """Return the version of the schema; None where the database tells none.

    Raises:
        UnknownSchema: it is none of those that are known here.
    """
    if not inspect(connection).has_table(_VERSION_TABLE):
        return None
    version: str | None = connection.scalar(text(f"SELECT version_num FROM {_VERSION_TABLE}"))
    if version is not None and version not in VERSIONS:
        raise UnknownSchema(f"has schema {version}, of a newer callagent than this one, which knows {VERSIONS[-1]}")
    return version


def _lock(connection: Connection) -> None:
    """Wait until no other process changes the schema, and keep others from it until the end of the transaction."""
    match connection.dialect.name:
        case "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        case "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))


def _migrate(connection: Connection, current: str | None) -> None:
    # Few processes need it: a database is brought up to date once.
    from alembic.migration import MigrationContext
    from alembic.operations import Operations
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(_MIGRATIONS))
    context = MigrationContext.configure(connection)
    steps = list(scripts.iterate_revisions(VERSIONS[-1], current or "base"))
    with Operations.context(context):
        for step in reversed(steps):
            step.module.upgrade()
            context.stamp(scripts, step.revision)
