"""The records database: SQLite in a file unless an URL names another one."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from callagent.database.schema import UnknownSchema, bring_up_to_date, check_version
from callagent.private_files import create_file, make_directory
from callagent.profile.paths import default_location

BUSY_TIMEOUT_S = 10.0
"""How long a write waits for another process, in seconds."""


class StoreUnavailable(Exception):
    """The database cannot be used; the message is one line."""


class Database:
    """A records database that is open. Its methods block: use a thread on an event loop.

    Args:
        location: a file or an URL; None: what the environment names, or a file in the user's state directory.

    Raises:
        StoreUnavailable: it cannot be used.
    """

    def __init__(self, location: str | None = None) -> None:
        self.location = location or default_location()
        self._engine = open_engine(self.location)
        self._sessions = sessionmaker(self._engine, expire_on_commit=False)

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Open a transaction, which an error undoes.

        Raises:
            StoreUnavailable: the database cannot be used.
        """
        try:
            with self._sessions.begin() as session:
                yield session
        except SQLAlchemyError as error:
            raise StoreUnavailable(f"records database: {first_line(error)}") from error

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Open a transaction that will write after it has read: in SQLite nobody else writes meanwhile.

        Raises:
            StoreUnavailable: the database cannot be used.
        """
        with self.session() as session:
            if self._engine.dialect.name == "sqlite":
                session.connection().exec_driver_sql("BEGIN IMMEDIATE")
            yield session

    @contextmanager
    def outside_transactions(self) -> Iterator[Connection]:
        """Open a connection on which each statement stands alone.

        Raises:
            StoreUnavailable: the database cannot be used.
        """
        try:
            with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                yield connection
        except SQLAlchemyError as error:
            raise StoreUnavailable(f"records database: {first_line(error)}") from error


def open_engine(location: str) -> Engine:
    """Open the database, and bring its tables up to date.

    An SQLite file that is made here, and what SQLite puts beside it, can be read by its owner alone.

    Args:
        location: a file, or an URL such as `postgresql+psycopg://…`.

    Raises:
        StoreUnavailable: it cannot be opened or written, or a newer version has written it.
    """
    with _one_line(location):
        if file := file_of(location):
            make_directory(file.parent)
            create_file(file)  # SQLite gives -wal and -shm the mode of the database
        engine = _engine(location)
        with ExitStack() as on_failure:
            on_failure.callback(engine.dispose)
            bring_up_to_date(engine)
            on_failure.pop_all()
        return engine


def probe(location: str) -> None:
    """Open a database that is there, ask it something and close it; make no table.

    Raises:
        StoreUnavailable: it cannot be opened.
    """
    with _one_line(location):
        engine = _engine(location)
        try:
            with engine.connect() as connection:
                connection.execute(text("SELECT 1"))
                check_version(connection)
        finally:
            engine.dispose()


def file_of(location: str) -> Path | None:
    """Return the file of an SQLite database; None for any other, for one in memory, and for what names none."""
    try:
        url = _url(location)
    except ArgumentError:
        return None
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    if not _is_sqlite_uri(url):
        return Path(str(url.database)).expanduser()
    if url.query.get("mode", "rwc") != "rwc":  # SQLite makes no file there
        return None
    return Path(unquote(urlsplit(str(url.database)).path))


def shown(location: str) -> str:
    """Return the location without its password."""
    if "://" not in location:
        return location
    try:
        return make_url(location).render_as_string(hide_password=True)
    except ArgumentError:
        return "the URL"


def _url(location: str) -> URL:
    return make_url(location) if "://" in location else make_url("sqlite://").set(database=location)


def _is_sqlite_uri(url: URL) -> bool:
    return "uri" in url.query and str(url.database).startswith("file:")


def _engine(location: str) -> Engine:
    url, file = _url(location), file_of(location)
    if file is not None and not _is_sqlite_uri(url):
        url = url.set(database=str(file))
    engine = create_engine(url, pool_pre_ping=not url.drivername.startswith("sqlite"))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    return engine


@contextmanager
def _one_line(location: str) -> Iterator[None]:
    """Turn what can go wrong with a database into StoreUnavailable, without its password."""
    try:
        yield
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise StoreUnavailable(
            f"{shown(location)} names no database that is known here: {first_line(error)}"
        ) from error
    except UnknownSchema as error:
        raise StoreUnavailable(f"the records database {shown(location)} {error}") from error
    except OSError as error:
        raise StoreUnavailable(f"cannot open the records database {shown(location)}: {error.strerror}") from error
    except SQLAlchemyError as error:
        raise StoreUnavailable(f"cannot open the records database {shown(location)}: {first_line(error)}") from error


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Several processes write: readers do not stop a writer, and a writer waits for its turn."""
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {int(BUSY_TIMEOUT_S * 1000)}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.close()


def first_line(error: Exception) -> str:
    """Return what an error says on one line: of SQLAlchemy's, what the database itself says."""
    cause = getattr(error, "orig", None) or error
    return (str(cause).splitlines() or [type(cause).__name__])[0]
