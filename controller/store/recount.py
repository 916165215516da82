"""The main figures a second way: from the events alone, without a row of the projections.

`Tally` looks at no ticket's life; it counts beginnings and ends. `check_live` holds the rows of
those who are still in the hall against the folded state, field by field.
"""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Table, func, select

from controller.domain.events import (
    CaseAccepted,
    NoShowMarked,
    ServingFinished,
    StoredEvent,
    TicketCalled,
    TicketExpired,
    TicketIssued,
    TicketRated,
)
from controller.domain.queue_events import (
    CallUndone,
    DirectServingStarted,
    FinishUndone,
    NoShowUndone,
    TicketBooked,
    TicketCancelled,
    TicketReturned,
    TicketSplit,
)
from controller.domain.state import HallState, Ticket
from controller.store.schema import appointments, calls, cases, ratings, tickets

SHOWN = 20
ENDED = ("DONE", "NO_SHOW", "CANCELLED", "EXPIRED")
NAMES = (*ENDED, "tickets", "queued", "direct", "people", "booked", "calls", "cases", "ratings")


class Tally:
    """Counts per name, event by event.

    `queued` and `direct` are the visits of both kinds without test tickets and without direct
    receptions that were taken back; `people` are the clients of both.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._tests: set[str] = set()
        self._missed: set[str] = set()

    def take(self, stored: StoredEvent) -> None:
        """Count an event."""
        step = STEPS.get(type(stored.event))
        if step is not None:
            step(self, stored.event)

    def issued(self, event: TicketIssued) -> None:
        self.counts["tickets"] += 1
        if event.test:
            self._tests.add(event.ticket)
            return
        self.counts["queued"] += 1
        self.counts["people"] += event.clients

    def direct(self, event: DirectServingStarted) -> None:
        for name in ("tickets", "direct", "people"):
            self.counts[name] += 1

    def split(self, event: TicketSplit) -> None:
        if event.ticket not in self._tests:
            self.counts["people"] -= event.rest

    def cancelled(self, event: TicketCancelled) -> None:
        if event.state == "BOOKED":
            return
        self.counts["CANCELLED"] += 1
        if event.cause == "direct":
            self.counts["direct"] -= 1
            self.counts["people"] -= 1

    def expired(self, event: TicketExpired) -> None:
        if event.number:
            self.counts["EXPIRED"] += 1

    def missed(self, event: NoShowMarked) -> None:
        self.counts["NO_SHOW"] += 1
        self._missed.add(event.ticket)

    def found(self, event: TicketReturned | NoShowUndone) -> None:
        """A missed ticket is no longer missed; one that was parked never was."""
        if event.ticket in self._missed:
            self._missed.remove(event.ticket)
            self.counts["NO_SHOW"] -= 1


def _plus(name: str, step: int = 1) -> Callable[[Tally, Any], None]:
    def count(tally: Tally, event: Any) -> None:
        tally.counts[name] += step

    return count


STEPS: dict[type, Callable[[Tally, Any], None]] = {
    TicketIssued: Tally.issued,
    DirectServingStarted: Tally.direct,
    TicketSplit: Tally.split,
    TicketCancelled: Tally.cancelled,
    TicketExpired: Tally.expired,
    NoShowMarked: Tally.missed,
    NoShowUndone: Tally.found,
    TicketReturned: Tally.found,
    ServingFinished: _plus("DONE"),
    FinishUndone: _plus("DONE", -1),
    TicketBooked: _plus("booked"),
    TicketCalled: _plus("calls"),
    CallUndone: _plus("calls", -1),
    CaseAccepted: _plus("cases"),
    TicketRated: _plus("ratings"),
}


def check_figures(source: Connection, hall: str, tally: Tally) -> list[str]:
    """Return a sentence for each figure in which tables and events differ."""
    found = _figures(source, hall)
    return [
        f"合计不符 {name}: {found[name]} in the table, {tally.counts[name]} by the events"
        for name in NAMES
        if found[name] != tally.counts[name]
    ]


def _figures(source: Connection, hall: str) -> Counter[str]:
    found: Counter[str] = Counter()
    query = (
        select(
            tickets.c.state, tickets.c.test, tickets.c.direct, tickets.c.cause,
            func.count(), func.sum(tickets.c.clients),
        )
        .where(tickets.c.hall == hall)
        .group_by(tickets.c.state, tickets.c.test, tickets.c.direct, tickets.c.cause)
    )  # fmt: skip
    for state, test, direct, cause, count, clients in source.execute(query):
        found["tickets"] += count
        found[state] += count
        if not test and cause != "direct":
            found["direct" if direct else "queued"] += count
            found["people"] += clients
    found["booked"] = _count(source, hall, appointments)
    found["calls"] = _count(source, hall, calls, undone=0)
    found["cases"] = _count(source, hall, cases)
    found["ratings"] = _count(source, hall, ratings)
    return found


def _count(source: Connection, hall: str, table: Table, **where: int) -> int:
    query = select(func.count()).select_from(table).where(table.c.hall == hall)
    for name, value in where.items():
        query = query.where(table.c[name] == value)
    return int(source.execute(query).scalar_one())


SAME = (
    "number", "service", "state", "date", "issued_at", "called_at", "served_ms", "clients",
    "person", "first_contact",
)  # fmt: skip
FLAGS = ("together", "escort", "test", "direct")
AT_COUNTER = ("counter", "clerk", "calls", "last_called_at", "started_at", "parked_at", "reason")
BOOKED_ROW = {"state": "BOOKED"}


def live_row(ticket: Ticket) -> dict[str, Any]:
    """Return what the row of a live ticket has to tell.

    One that waits has lost what belonged to its last call (`counter_rows.WAITS`).
    """
    if ticket.state == "BOOKED":
        return BOOKED_ROW
    row = {name: getattr(ticket, name) for name in (*SAME, *AT_COUNTER)}
    if ticket.state == "WAITING":
        row |= dict.fromkeys(AT_COUNTER) | {"calls": 0}
    return row | {name: int(getattr(ticket, name)) for name in FLAGS}


def _live(row: Any) -> dict[str, Any]:
    found = {name: row[name] for name in (*SAME, *AT_COUNTER, *FLAGS)}
    return found | {"reason": row["reason"] and json.loads(row["reason"])}


def check_live(source: Connection, hall: str, state: HallState) -> list[str]:
    """Return a sentence for each live ticket whose row tells something else than the state."""
    expected = {ticket.id: live_row(ticket) for ticket in state.tickets.values()}
    alive = select(tickets).where(tickets.c.hall == hall, tickets.c.state.not_in(ENDED))
    found = {row.id: _live(row._mapping) for row in source.execute(alive)}
    booked = select(appointments.c.ticket).where(
        appointments.c.hall == hall, appointments.c.state == "BOOKED"
    )
    found |= {row.ticket: BOOKED_ROW for row in source.execute(booked)}
    wrong = [one for one in expected | found if expected.get(one) != found.get(one)]
    return [
        f"投影不符 live ticket {one}: stored {found.get(one)}, by the state {expected.get(one)}"
        for one in sorted(wrong)[:SHOWN]
    ]
