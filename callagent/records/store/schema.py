"""The tables of a database as this version knows them: made where there are none, completed where an earlier one did.

A column that is added to a table needs a `server_default`: rows that are there already get it, and an earlier version
of callagent, which does not know the column, can go on writing rows.
"""

from sqlalchemy import Column, Engine, Table, inspect, text
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.schema import CreateColumn

from callagent.records.store.tables import Base


def bring_up_to_date(engine: Engine) -> None:
    """Makes the tables and columns that are missing. Several processes may do so at once.

    Raises:
        SQLAlchemyError: it cannot be done.
    """
    _make_tables(engine)
    for table in Base.metadata.sorted_tables:
        for column in _missing(engine, table):
            try:
                _add(engine, table, column)
            except (OperationalError, ProgrammingError):
                if column in _missing(engine, table):
                    raise


def _make_tables(engine: Engine) -> None:
    for _ in Base.metadata.sorted_tables:  # for each of them another process may have been faster
        try:
            Base.metadata.create_all(engine)
        except (OperationalError, ProgrammingError):
            continue
        return
    Base.metadata.create_all(engine)


def _missing(engine: Engine, table: Table) -> list[Column[object]]:
    there = {column["name"] for column in inspect(engine).get_columns(table.name)}
    return [column for column in table.columns if column.name not in there]


def _add(engine: Engine, table: Table, column: Column[object]) -> None:
    name = engine.dialect.identifier_preparer.format_table(table)
    definition = CreateColumn(column).compile(dialect=engine.dialect)
    with engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE {name} ADD COLUMN {definition}"))
