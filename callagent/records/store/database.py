"""The records database: SQLite in a file unless an URL names another one."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from callagent.records.store.tables import Base

VARIABLE = "CALLAGENT_RECORDS"
"""Environment variable with the database: a file, or an URL that SQLAlchemy understands."""

BUSY_TIMEOUT_S = 10.0
"""How long a write waits for another process, in seconds."""


class StoreUnavailable(Exception):
    """The database cannot be used; the message is one line."""


def default_location(env: Mapping[str, str] | None = None) -> str:
    """Where records go when nothing else is said: CALLAGENT_RECORDS, or a file in the user's state directory."""
    env = os.environ if env is None else env
    if given := env.get(VARIABLE):
        return given
    state = Path(env.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return str(state / "callagent" / "records.db")


def open_engine(location: str) -> Engine:
    """Opens the database and creates the tables that are missing.

    Args:
        location: a file, or an URL such as `postgresql+psycopg://…`.

    Raises:
        StoreUnavailable: it cannot be opened or written.
    """
    is_url = "://" in location
    try:
        url = make_url(location) if is_url else make_url("sqlite://").set(database=location)
        if url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:"):
            Path(str(url.database)).expanduser().parent.mkdir(parents=True, exist_ok=True)
            url = url.set(database=str(Path(str(url.database)).expanduser()))
        engine = create_engine(url, pool_pre_ping=not url.drivername.startswith("sqlite"))
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _prepare_sqlite)
        Base.metadata.create_all(engine)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise StoreUnavailable(
            f"{_safe(location)} names no database that is known here: {_first_line(error)}"
        ) from error
    except OSError as error:
        raise StoreUnavailable(f"cannot open the records database {_safe(location)}: {error.strerror}") from error
    except SQLAlchemyError as error:
        raise StoreUnavailable(f"cannot open the records database {_safe(location)}: {_first_line(error)}") from error
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Several processes write: readers do not stop a writer, and a writer waits for its turn."""
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {int(BUSY_TIMEOUT_S * 1000)}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.close()


def _safe(location: str) -> str:
    """The location without its password."""
    if "://" not in location:
        return location
    try:
        return make_url(location).render_as_string(hide_password=True)
    except ArgumentError:
        return "the URL"


def _first_line(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    return (str(cause).splitlines() or [type(cause).__name__])[0]
