"""Tables that people read: O(1) row changes per event, in the event's own transaction."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Connection, and_, bindparam, update

from controller.domain.events import StoredEvent
from controller.store import case_rows, counter_rows, hall_rows, ticket_rows
from controller.store.bulk import insert_rows
from controller.store.change import Change

VERSION = 2

STEPS: dict[type, Callable[[Any, StoredEvent], list[Change]]] = {
    **ticket_rows.STEPS,
    **counter_rows.STEPS,
    **case_rows.STEPS,
    **hall_rows.STEPS,
}


def changes(stored: StoredEvent) -> list[Change]:
    """Return the row changes of an event."""
    step = STEPS.get(type(stored.event))
    return step(stored.event, stored) if step is not None else []


def project(connection: Connection, events: Iterable[StoredEvent]) -> None:
    """Write the row changes of events, neighbours of one shape in one statement."""
    per_table: dict[str, list[Change]] = {}
    for stored in events:
        for change in changes(stored):
            per_table.setdefault(change.table.name, []).append(change)
    for rows in per_table.values():
        start = 0
        for index in range(1, len(rows) + 1):
            if index == len(rows) or rows[index].shape != rows[start].shape:
                _write(connection, rows[start:index])
                start = index


def _write(connection: Connection, rows: list[Change]) -> None:
    first = rows[0]
    if not first.key:
        names = tuple(first.values)
        insert_rows(connection, first.table, names, [tuple(row.values.values()) for row in rows])
        return
    where = and_(*(first.table.c[name] == bindparam(f"key_{name}") for name in first.key))
    values: dict[str, Any] = {name: bindparam(f"set_{name}") for name in first.values}
    parameters = [
        {f"key_{name}": value for name, value in row.key.items()}
        | {f"set_{name}": value for name, value in row.values.items()}
        for row in rows
    ]
    connection.execute(update(first.table).where(where).values(values), parameters)
