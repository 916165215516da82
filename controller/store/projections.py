"""Tables that people read: O(1) row changes per event, in the event's own transaction."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Connection

from controller.domain.events import StoredEvent
from controller.store import case_rows, counter_rows, device_rows, hall_rows, ticket_rows
from controller.store.bulk import write_changes
from controller.store.change import Change

VERSION = 4

STEPS: dict[type, Callable[[Any, StoredEvent], list[Change]]] = {
    **ticket_rows.STEPS,
    **counter_rows.STEPS,
    **case_rows.STEPS,
    **hall_rows.STEPS,
    **device_rows.STEPS,
}


def changes(stored: StoredEvent) -> list[Change]:
    """Return the row changes of an event."""
    step = STEPS.get(type(stored.event))
    return step(stored.event, stored) if step is not None else []


def project(connection: Connection, events: Iterable[StoredEvent]) -> None:
    """Write the row changes of events."""
    write_changes(connection, (change for stored in events for change in changes(stored)))
