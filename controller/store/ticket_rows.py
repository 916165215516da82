"""Rows of tickets from the issue to the paper, the rating and the end; rows of appointments."""

import json
from collections.abc import Callable
from typing import Any

from controller.domain.events import (
    StoredEvent,
    TicketExpired,
    TicketIssued,
    TicketPrintAsked,
    TicketPrintDropped,
    TicketPrinted,
    TicketPrintFailed,
    TicketPrintStarted,
    TicketPrintUnknown,
    TicketRated,
)
from controller.domain.queue_events import (
    DirectServingStarted,
    ServiceChanged,
    TicketBooked,
    TicketCancelled,
    TicketSplit,
)
from controller.domain.tickets import first_paper
from controller.store.change import Change, new_row, ticket_change
from controller.store.schema import appointments, ratings, tickets

DETAIL_MOST = 200


def _booked(event: TicketBooked, stored: StoredEvent) -> list[Change]:
    row = new_row(
        appointments,
        stored,
        ticket=event.ticket,
        date=event.date,
        service=event.service,
        slot_start=event.slot_start,
        slot_end=event.slot_end,
        person=event.person,
        source=event.source,
        no=event.no,
        state="BOOKED",
        booked_at=stored.at,
    )
    return [row]


def _appointment(stored: StoredEvent, **values: Any) -> Change:
    return Change(appointments, {"hall": stored.hall, "ticket": stored.event.subject}, values)


def _issued(event: TicketIssued, stored: StoredEvent) -> list[Change]:
    row = new_row(
        tickets,
        stored,
        id=event.ticket,
        date=event.date,
        number=event.number,
        service=event.service,
        state="WAITING",
        items=json.dumps(event.items),
        priority=event.priority,
        source=event.source,
        ahead=event.ahead,
        wait_low_s=event.wait_low_s,
        wait_high_s=event.wait_high_s,
        issued_at=event.issued_at,
        calls=0,
        paper=first_paper(event),
        paper_detail="",
        **_beyond_plain(event),
    )
    if event.slot is None:
        return [row]
    checked_in = _appointment(
        stored,
        state="CHECKED_IN",
        checked_in_at=event.issued_at,
        number=event.number,
        late=int(event.late),
    )
    return [row, checked_in]


def _beyond_plain(event: TicketIssued) -> dict[str, Any]:
    """Return what a plain ticket does not have; the table's defaults stand for the rest.

    So the many plain rows are of one shape and as short as can be.
    """
    values = {
        "asked": json.dumps(event.lines) if len(event.lines) > 1 else None,
        "together": int(event.together) or None,
        "clients": event.clients if event.clients != 1 else None,
        "escort": int(event.escort) or None,
        "person": event.person,
        "slot": event.slot,
        "late": int(event.late) or None,
        "test": int(event.test) or None,
    }
    return {name: value for name, value in values.items() if value is not None}


def _direct(event: DirectServingStarted, stored: StoredEvent) -> list[Change]:
    row = new_row(
        tickets,
        stored,
        id=event.ticket,
        date=event.date,
        number=event.number,
        service=event.service,
        state=event.state,
        items=json.dumps(event.items),
        source="counter",
        ahead=0,
        issued_at=event.issued_at,
        called_at=event.called_at,
        last_called_at=event.called_at,
        started_at=event.started_at,
        wait_ms=0,
        calls=event.calls,
        counter=event.counter,
        clerk=event.clerk,
        first_contact=f"clerk:{event.clerk}" if event.clerk else f"counter:{event.counter}",
        direct=1,
        paper="none",
        paper_detail="",
    )
    return [row]


def _expired(event: TicketExpired, stored: StoredEvent) -> list[Change]:
    if not event.number:
        return [_appointment(stored, state="EXPIRED", ended_at=stored.at)]
    cause = event.cause or None
    return [ticket_change(stored, state="EXPIRED", finished_at=stored.at, cause=cause)]


def _cancelled(event: TicketCancelled, stored: StoredEvent) -> list[Change]:
    if event.state == "BOOKED":
        return [_appointment(stored, state="CANCELLED", ended_at=stored.at)]
    change = ticket_change(stored, state="CANCELLED", finished_at=stored.at, cause=event.cause)
    return [change]


def _changed(event: ServiceChanged, stored: StoredEvent) -> list[Change]:
    return [ticket_change(stored, service=event.service)]


def _split(event: TicketSplit, stored: StoredEvent) -> list[Change]:
    return [ticket_change(stored, clients=event.kept)]


def _rated(event: TicketRated, stored: StoredEvent) -> list[Change]:
    row = new_row(
        ratings,
        stored,
        ticket=event.ticket,
        date=event.date,
        service=event.service,
        counter=event.counter,
        grade=event.grade,
        channel=event.channel,
        kind=event.kind,
        at=stored.at,
    )
    return [row, ticket_change(stored, rating=event.grade)]


def _paper(state: str) -> Callable[[Any, StoredEvent], list[Change]]:
    def step(event: Any, stored: StoredEvent) -> list[Change]:
        detail = event.detail[:DETAIL_MOST]
        step = {"paper": state, "paper_detail": detail, "paper_at": stored.at}
        return [ticket_change(stored, **step, paper_printer=event.printer)]

    return step


STEPS: dict[type, Callable[[Any, StoredEvent], list[Change]]] = {
    TicketBooked: _booked,
    TicketIssued: _issued,
    DirectServingStarted: _direct,
    TicketExpired: _expired,
    TicketCancelled: _cancelled,
    ServiceChanged: _changed,
    TicketSplit: _split,
    TicketRated: _rated,
    TicketPrintStarted: _paper("started"),
    TicketPrinted: _paper("printed"),
    TicketPrintUnknown: _paper("unknown"),
    TicketPrintFailed: _paper("failed"),
    TicketPrintDropped: _paper("dropped"),
    TicketPrintAsked: _paper("asked"),
}
