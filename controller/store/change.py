"""What an event changes in the tables that people read: single rows, found by their key."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table

from controller.domain.events import StoredEvent
from controller.store.schema import tickets


@dataclass(frozen=True)
class Change:
    """One row to insert (`key` empty) or to update (`key` names the row)."""

    table: Table
    key: dict[str, Any]
    values: dict[str, Any]

    @property
    def shape(self) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
        """Changes of one shape go to the database together."""
        return (self.table.name, tuple(self.key), tuple(self.values))


def ticket_change(stored: StoredEvent, **values: Any) -> Change:
    """Return the change of the row of the ticket that an event is about."""
    return Change(tickets, {"hall": stored.hall, "id": stored.event.subject}, values)


def new_row(table: Table, stored: StoredEvent, **values: Any) -> Change:
    """Return a new row that carries the event's place in the log."""
    return Change(table, {}, {"hall": stored.hall, "seq": stored.seq, **values})


def command_of(stored: StoredEvent) -> int:
    """Return the seq of the first event of the same command, by which an undo finds a row."""
    return stored.seq - stored.part
