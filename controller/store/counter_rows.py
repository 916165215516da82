"""Rows of tickets that counters call, serve, put aside, hand on or take back.

A ticket that waits again gets the row of one that waits: what belongs to its last call is taken
off. So an undone call leaves the row that stood before it, and no row change needs to read.
"""

import json
from collections.abc import Callable
from typing import Any

from controller.domain.events import (
    NoShowMarked,
    ServingFinished,
    ServingStarted,
    StoredEvent,
    TicketCalled,
    TicketRecalled,
)
from controller.domain.queue_events import (
    CallUndone,
    CompletionUndone,
    FinishUndone,
    NoShowUndone,
    ParkUndone,
    ServiceCompleted,
    StartUndone,
    TicketParked,
    TicketReturned,
    TicketTransferred,
    TicketUnparked,
    TransferUndone,
    UndoEvent,
)
from controller.store import case_rows
from controller.store.change import Change, command_of, new_row, ticket_change
from controller.store.schema import calls, moves

SORTED = json.JSONEncoder(ensure_ascii=False, sort_keys=True)

WAITS: dict[str, Any] = {
    "state": "WAITING",
    "counter": None,
    "clerk": None,
    "calls": 0,
    "reason": None,
    "last_called_at": None,
    "started_at": None,
    "parked_at": None,
    "park_reason": None,
    "finished_at": None,
}


def _called(event: TicketCalled, stored: StoredEvent) -> list[Change]:
    reason = SORTED.encode(event.reason)
    first = event.called_at if event.first_called_at is None else event.first_called_at
    ticket = ticket_change(
        stored,
        state="CALLED",
        service=event.service,
        called_at=first,
        last_called_at=event.called_at,
        wait_ms=max(0, first - event.issued_at),
        calls=event.call,
        counter=event.counter,
        clerk=event.clerk,
        first_contact=event.first_contact,
        reason=reason,
    )
    call = new_row(
        calls,
        stored,
        command=command_of(stored),
        ticket=event.ticket,
        number=event.number,
        service=event.service,
        counter=event.counter,
        clerk=event.clerk,
        covers=event.covers,
        issued_at=event.issued_at,
        called_at=event.called_at,
        rule=event.reason.get("rule", ""),
        reason=reason,
    )
    return [ticket, call]


def _recalled(event: TicketRecalled, stored: StoredEvent) -> list[Change]:
    return [ticket_change(stored, last_called_at=event.called_at, calls=event.call)]


def _started(event: ServingStarted, stored: StoredEvent) -> list[Change]:
    change = ticket_change(
        stored, state="SERVING", started_at=event.started_at, clerk=event.clerk
    )
    return [change]


def _finished(event: ServingFinished, stored: StoredEvent) -> list[Change]:
    change = ticket_change(
        stored,
        state="DONE",
        started_at=event.started_at,
        finished_at=event.finished_at,
        handle_ms=max(0, event.finished_at - event.started_at) + event.served_ms,
        outcome=event.outcome,
        clerk=event.clerk,
    )
    return [change]


def _no_show(event: NoShowMarked, stored: StoredEvent) -> list[Change]:
    return [ticket_change(stored, state="NO_SHOW", finished_at=stored.at, clerk=event.clerk)]


def _parked(event: TicketParked, stored: StoredEvent) -> list[Change]:
    ticket = ticket_change(
        stored,
        state="PARKED",
        parked_at=event.parked_at,
        park_reason=event.reason,
        served_ms=event.served_ms,
        started_at=None,
    )
    here = f"counter:{event.counter}"
    return [ticket, _move(stored, "parked", event.service, (here, event.reason), event.parked_at)]


def _unparked(event: TicketUnparked, stored: StoredEvent) -> list[Change]:
    change = ticket_change(
        stored,
        state="CALLED",
        counter=event.counter,
        clerk=event.clerk,
        last_called_at=event.unparked_at,
        parked_at=None,
        park_reason=None,
    )
    return [change]


def _transferred(event: TicketTransferred, stored: StoredEvent) -> list[Change]:
    waits = WAITS | {"service": event.service, "served_ms": event.served_ms}
    target = (event.to, event.reason)
    return [
        ticket_change(stored, **waits),
        _move(stored, "transferred", event.from_service, target, event.transferred_at),
    ]


def _completed(event: ServiceCompleted, stored: StoredEvent) -> list[Change]:
    waits = WAITS | {"service": event.lines[0], "served_ms": event.served_ms}
    return [
        ticket_change(stored, **waits),
        _move(stored, "completed", event.done, (event.lines[0], ""), event.finished_at),
    ]


def _move(
    stored: StoredEvent, kind: str, service: str, target: tuple[str, str], at: int
) -> Change:
    event: Any = stored.event
    return new_row(
        moves,
        stored,
        command=command_of(stored),
        ticket=event.ticket,
        number=event.number,
        kind=kind,
        service=service,
        counter=event.counter,
        clerk=event.clerk,
        to=target[0],
        reason=target[1],
        at=at,
        served_ms=event.served_ms,
    )


def _returned(event: TicketReturned, stored: StoredEvent) -> list[Change]:
    first = event.lines[0]
    service = event.service if ":" in first else first
    return [ticket_change(stored, **(WAITS | {"service": service}))]


def _undone(event: UndoEvent, stored: StoredEvent) -> list[Change]:
    """Give a row back what the step took: the facts stand in the event."""
    back = event.back
    first = back["called_at"]
    wait = None if first is None else max(0, first - event.issued_at)
    if event.state == "WAITING":
        kept = {name: back[name] for name in ("service", "first_contact", "served_ms")}
        return [ticket_change(stored, **WAITS, **kept, called_at=first, wait_ms=wait)]
    reason = back["reason"]
    values = back | {
        "state": event.state,
        "counter": event.counter,
        "started_at": event.started_at,
        "wait_ms": wait,
        "reason": reason and SORTED.encode(reason),
        "parked_at": None,
        "park_reason": None,
        "finished_at": None,
        "handle_ms": None,
        "outcome": None,
    }
    return [ticket_change(stored, **values)]


def _call_undone(event: CallUndone, stored: StoredEvent) -> list[Change]:
    key = {"hall": stored.hall, "ticket": event.ticket, "command": event.undone}
    return [*_undone(event, stored), Change(calls, key, {"undone": 1})]


def _move_undone(event: UndoEvent, stored: StoredEvent) -> list[Change]:
    key = {"hall": stored.hall, "ticket": event.ticket, "command": event.undone}
    return [*_undone(event, stored), Change(moves, key, {"undone": 1})]


def _finish_undone(event: FinishUndone, stored: StoredEvent) -> list[Change]:
    reopened = [change for no in event.cases for change in case_rows.reopened(stored, no)]
    return [*_undone(event, stored), *reopened]


def _completion_undone(event: CompletionUndone, stored: StoredEvent) -> list[Change]:
    reopened = [change for no in event.cases for change in case_rows.reopened(stored, no)]
    return [*_move_undone(event, stored), *reopened]


STEPS: dict[type, Callable[[Any, StoredEvent], list[Change]]] = {
    TicketCalled: _called,
    TicketRecalled: _recalled,
    ServingStarted: _started,
    ServingFinished: _finished,
    NoShowMarked: _no_show,
    TicketParked: _parked,
    TicketUnparked: _unparked,
    TicketTransferred: _transferred,
    ServiceCompleted: _completed,
    TicketReturned: _returned,
    CallUndone: _call_undone,
    StartUndone: _undone,
    FinishUndone: _finish_undone,
    CompletionUndone: _completion_undone,
    NoShowUndone: _undone,
    ParkUndone: _move_undone,
    TransferUndone: _move_undone,
}
