"""Many row changes in few statements: the hot path of the writer, of `rebuild` and `generate`.

A database driver gives the interpreter's lock away once per statement. Under load the loop's
thread takes it each time, so a row per statement makes a batch wait once per row; SQLAlchemy's
own executemany sends a row per statement on SQLite. Sizes are powers of two: few different
texts, which the driver keeps prepared.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Table

from controller.store.change import Change

MOST_PARAMETERS = 16_000
"""SQLite takes 32,766 in one statement, PostgreSQL 65,535."""

Value = str | int | bytes | None


def write_changes(connection: Connection, changes: Iterable[Change]) -> None:
    """Write row changes: what happens to one row within them goes to the database as one.

    A change that names its rows by other columns than the primary key comes after all that
    were before it in its table.
    """
    tables: dict[str, _Rows] = {}
    for change in changes:
        rows = tables.get(change.table.name)
        if rows is None:
            rows = tables[change.table.name] = _Rows(change.table)
        if not rows.take(change):
            rows.write(connection)
            rows.change_some(connection, change)
    for rows in tables.values():
        rows.write(connection)


class _Rows:
    """The changed rows of one table, by primary key."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._keys = tuple(column.name for column in table.primary_key)
        self._names = set(self._keys)
        self._new: dict[tuple[Any, ...], dict[str, Any]] = {}
        self._twice: list[dict[str, Any]] = []
        self._changed: dict[tuple[Any, ...], dict[str, Any]] = {}

    def take(self, change: Change) -> bool:
        """Merge a change into what is known of its row; False when it names no single row."""
        if change.key and change.key.keys() != self._names:
            return False
        source = change.key or change.values
        key = tuple([source[name] for name in self._keys])
        row = self._new.get(key)
        if not change.key:
            if row is None:
                self._new[key] = dict(change.values)
            else:
                self._twice.append(change.values)  # for the database to refuse
        elif row is not None:
            row.update(change.values)
        else:
            self._changed.setdefault(key, {}).update(change.values)
        return True

    def write(self, connection: Connection) -> None:
        """Insert the new rows and update the old ones, those of the same columns together."""
        shapes: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
        for row in (*self._new.values(), *self._twice):
            shapes.setdefault(tuple(row), []).append(tuple(row.values()))
        for names, rows in shapes.items():
            insert_rows(connection, self._table, names, rows)
        shapes = {}
        for key, row in self._changed.items():
            shapes.setdefault(tuple(row), []).append((*row.values(), *key))
        for names, rows in shapes.items():
            text = _update_text(self._table.name, names, self._keys, _mark(connection))
            connection.exec_driver_sql(text, rows)
        self._new, self._changed, self._twice = {}, {}, []

    def change_some(self, connection: Connection, change: Change) -> None:
        """Update the rows that a change names by other columns."""
        names, keys = tuple(change.values), tuple(change.key)
        text = _update_text(self._table.name, names, keys, _mark(connection))
        values = (*change.values.values(), *change.key.values())
        connection.exec_driver_sql(text, values)


def insert_rows(
    connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Value]]
) -> None:
    """Insert rows, each the values of `columns` as the driver takes them; the same on both.

    Raises what the database raises, `IntegrityError` above all.
    """
    mark = _mark(connection)
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


def _mark(connection: Connection) -> str:
    return "?" if connection.dialect.paramstyle == "qmark" else "%s"


@lru_cache(maxsize=512)
def _text(table: str, columns: tuple[str, ...], size: int, mark: str) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    row = "(" + ", ".join([mark] * len(columns)) + ")"
    return f'INSERT INTO "{table}" ({names}) VALUES ' + ", ".join([row] * size)


@lru_cache(maxsize=512)
def _update_text(table: str, columns: tuple[str, ...], keys: tuple[str, ...], mark: str) -> str:
    values = ", ".join(f'"{name}" = {mark}' for name in columns)
    where = " AND ".join(f'"{name}" = {mark}' for name in keys)
    return f'UPDATE "{table}" SET {values} WHERE {where}'
