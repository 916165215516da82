"""Many rows in few statements: the hot path of the writer, of `rebuild` and of `generate`.

A database driver gives the interpreter's lock away once per statement. Under load the loop's
thread takes it each time, so a row per statement makes a batch wait once per row; SQLAlchemy's
own executemany sends a row per statement on SQLite. Sizes are powers of two: few different
texts, which the driver keeps prepared.
"""

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import Connection, Table

MOST_PARAMETERS = 16_000
"""SQLite takes 32,766 in one statement, PostgreSQL 65,535."""

Value = str | int | bytes | None


def insert_rows(
    connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Value]]
) -> None:
    """Insert rows, each the values of `columns` as the driver takes them; the same on both.

    Raises what the database raises, `IntegrityError` above all.
    """
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    names = tuple(columns)
    most = MOST_PARAMETERS // len(names)
    start = 0
    while start < len(rows):
        left = min(len(rows) - start, most)
        size = 1 << (left.bit_length() - 1)
        part = rows[start : start + size]
        values = tuple(value for row in part for value in row)
        connection.exec_driver_sql(_text(table.name, names, size, mark), values)
        start += size


@lru_cache(maxsize=512)
def _text(table: str, columns: tuple[str, ...], size: int, mark: str) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    row = "(" + ", ".join([mark] * len(columns)) + ")"
    return f'INSERT INTO "{table}" ({names}) VALUES ' + ", ".join([row] * size)
