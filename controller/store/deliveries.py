"""What the platform's documents need besides the event itself."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select

from controller.store.schema import cases, events, tickets


@dataclass(frozen=True)
class VisitFacts:
    """Facts of a ticket that do not change once they are known; spans in ms.

    `cases` are its cases by number, each with code and name of its item.
    """

    items: tuple[str, ...]
    wait_ms: int | None
    handle_ms: int | None
    outcome: str | None
    test: bool = False
    cases: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def visit_facts(
    connection: Connection, hall: str, ids: Iterable[str]
) -> dict[str, VisitFacts]:
    """Return the facts of tickets by id."""
    wanted = list(ids)
    found: dict[str, dict[str, tuple[str, str]]] = {}
    query = select(cases).where(cases.c.hall == hall, cases.c.ticket.in_(wanted))
    for row in connection.execute(query):
        found.setdefault(row.ticket, {})[row.no] = (row.item, row.item_name)
    query = select(tickets).where(tickets.c.hall == hall, tickets.c.id.in_(wanted))
    return {
        row.id: VisitFacts(
            tuple(json.loads(row.items)),
            row.wait_ms,
            row.handle_ms,
            row.outcome,
            bool(row.test),
            found.get(row.id, {}),
        )
        for row in connection.execute(query)
    }


def count_events(
    connection: Connection, hall: str, span: tuple[int, int], types: Sequence[str]
) -> int:
    """Count the events of some types in a span (after, until]."""
    after, until = span
    query = select(func.count()).where(
        events.c.hall == hall,
        events.c.seq > after,
        events.c.seq <= until,
        events.c.type.in_(types),
    )
    return int(connection.execute(query).scalar_one())
