"""Tables that people read: O(1) row changes per event, in the event's own transaction."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, and_, bindparam, update

from controller.domain.events import (
    CaseAccepted,
    CaseFinished,
    CaseHandedOn,
    NoShowMarked,
    ServingFinished,
    ServingStarted,
    StoredEvent,
    TicketCalled,
    TicketExpired,
    TicketIssued,
    TicketPrintDropped,
    TicketPrinted,
    TicketPrintFailed,
    TicketPrintStarted,
    TicketPrintUnknown,
    TicketRated,
    TicketRecalled,
)
from controller.store.bulk import insert_rows
from controller.store.schema import case_steps, cases, ratings, tickets

VERSION = 1


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


def _ticket(stored: StoredEvent, **values: Any) -> list[Change]:
    return [Change(tickets, {"hall": stored.hall, "id": stored.event.subject}, values)]


def _issued(event: TicketIssued, stored: StoredEvent) -> list[Change]:
    row = {
        "hall": stored.hall,
        "id": event.ticket,
        "seq": stored.seq,
        "date": event.date,
        "number": event.number,
        "service": event.service,
        "state": "WAITING",
        "items": json.dumps(event.items),
        "priority": event.priority,
        "source": event.source,
        "ahead": event.ahead,
        "wait_low_s": event.wait_low_s,
        "wait_high_s": event.wait_high_s,
        "issued_at": event.issued_at,
        "calls": 0,
        "paper": "waiting",
        "paper_detail": "",
    }
    return [Change(tickets, {}, row)]


def _expired(event: TicketExpired, stored: StoredEvent) -> list[Change]:
    return _ticket(stored, state="EXPIRED", finished_at=stored.at)


def _called(event: TicketCalled, stored: StoredEvent) -> list[Change]:
    return _ticket(
        stored,
        state="CALLED",
        called_at=event.called_at,
        last_called_at=event.called_at,
        wait_ms=max(0, event.called_at - event.issued_at),
        calls=event.call,
        counter=event.counter,
        reason=json.dumps(event.reason, ensure_ascii=False, sort_keys=True),
    )


def _recalled(event: TicketRecalled, stored: StoredEvent) -> list[Change]:
    return _ticket(stored, last_called_at=event.called_at, calls=event.call)


def _started(event: ServingStarted, stored: StoredEvent) -> list[Change]:
    return _ticket(stored, state="SERVING", started_at=event.started_at)


def _finished(event: ServingFinished, stored: StoredEvent) -> list[Change]:
    return _ticket(
        stored,
        state="DONE",
        started_at=event.started_at,
        finished_at=event.finished_at,
        handle_ms=max(0, event.finished_at - event.started_at),
        outcome=event.outcome,
    )


def _no_show(event: NoShowMarked, stored: StoredEvent) -> list[Change]:
    return _ticket(stored, state="NO_SHOW", finished_at=stored.at)


def _rated(event: TicketRated, stored: StoredEvent) -> list[Change]:
    row = {
        "hall": stored.hall,
        "ticket": event.ticket,
        "seq": stored.seq,
        "date": event.date,
        "service": event.service,
        "counter": event.counter,
        "grade": event.grade,
        "channel": event.channel,
        "kind": event.kind,
        "at": stored.at,
    }
    return [Change(ratings, {}, row), *_ticket(stored, rating=event.grade)]


def _paper(state: str) -> Callable[[Any, StoredEvent], list[Change]]:
    def step(event: Any, stored: StoredEvent) -> list[Change]:
        return _ticket(stored, paper=state, paper_detail=event.detail[:200], paper_at=stored.at)

    return step


def _accepted(event: CaseAccepted, stored: StoredEvent) -> list[Change]:
    row = {
        "hall": stored.hall,
        "no": event.case,
        "seq": stored.seq,
        "date": event.date,
        "item": event.item,
        "item_name": event.item_name,
        "kind": event.kind,
        "ticket": event.ticket,
        "number": event.number,
        "counter": event.counter,
        "state": "ACCEPTED",
        "accepted_at": event.accepted_at,
    }
    return [Change(cases, {}, row), _step(stored, event.case, "ACCEPTED", event.accepted_at)]


def _case_finished(event: CaseFinished, stored: StoredEvent) -> list[Change]:
    key = {"hall": stored.hall, "no": event.case}
    values = {"state": "FINISHED", "finished_at": event.finished_at}
    return [
        Change(cases, key, values),
        _step(stored, event.case, "FINISHED", event.finished_at),
    ]


def _handed_on(event: CaseHandedOn, stored: StoredEvent) -> list[Change]:
    key = {"hall": stored.hall, "no": event.case}
    return [
        Change(cases, key, {"state": "HANDED_ON"}),
        _step(stored, event.case, "HANDED_ON", event.handed_on_at),
    ]


def _step(stored: StoredEvent, case: str, state: str, at: int) -> Change:
    row = {"hall": stored.hall, "no": case, "seq": stored.seq, "state": state, "at": at}
    return Change(case_steps, {}, row)


STEPS: dict[type, Callable[[Any, StoredEvent], list[Change]]] = {
    TicketIssued: _issued,
    TicketExpired: _expired,
    TicketCalled: _called,
    TicketRecalled: _recalled,
    ServingStarted: _started,
    ServingFinished: _finished,
    NoShowMarked: _no_show,
    TicketRated: _rated,
    TicketPrintStarted: _paper("started"),
    TicketPrinted: _paper("printed"),
    TicketPrintUnknown: _paper("unknown"),
    TicketPrintFailed: _paper("failed"),
    TicketPrintDropped: _paper("dropped"),
    CaseAccepted: _accepted,
    CaseFinished: _case_finished,
    CaseHandedOn: _handed_on,
}
