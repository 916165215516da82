"""Who is next, and the call itself: next, recall, no-show. Every call says why this ticket."""

from bisect import bisect_left
from typing import Any

from controller.domain.commands import CallNext, MarkNoShow, RecallTicket
from controller.domain.counters import finish_events, require_counter, require_ticket
from controller.domain.errors import RefusalError
from controller.domain.events import Event, NoShowMarked, TicketCalled, TicketRecalled
from controller.domain.state import Context, HallState, Ticket
from controller.domain.tickets import require_step


def call_next(state: HallState, command: CallNext, context: Context) -> list[Event]:
    """Decide `CallNext`; no event means that nobody waits for this counter."""
    counter = require_counter(state, command.counter)
    busy = state.ticket_at(command.counter)
    finishing: list[Event] = []
    if busy is not None:
        if not state.rules.finish_on_next:
            raise RefusalError("counter_busy", counter=command.counter, ticket=ticket_facts(busy))
        finishing = finish_events(state, busy, context)
    chosen = first_in_line(state, counter.services)
    if chosen is None:
        return finishing
    call = TicketCalled(
        ticket=chosen.id,
        number=chosen.number,
        service=chosen.service,
        counter=command.counter,
        area=counter.area,
        call=1,
        issued_at=chosen.issued_at,
        called_at=context.now,
        reason=why(state, chosen, counter.services, context.now),
    )
    return [*finishing, call]


def first_in_line(state: HallState, services: tuple[str, ...]) -> Ticket | None:
    """Return the ticket with the earliest effective issue time among these services."""
    heads = [line[0] for code in services if (line := state.line(code))]
    return state.tickets[min(heads)[3]] if heads else None


def why(state: HallState, chosen: Ticket, services: tuple[str, ...], now: int) -> dict[str, Any]:
    """Return the reason stored with a call: the rule and what the choice was held against.

    `rule` is `only` (nobody else waited), `credit` (a time credit moved it before somebody who
    came earlier) or `first` (came first). Numbers only, no personal data.
    """
    others = [state.tickets[place[3]] for code in services for place in state.line(code)[:2]]
    others = sorted((t for t in others if t.id != chosen.id), key=lambda t: t.place)
    overtaken = _overtaken(state, chosen, services)
    if overtaken is not None and overtaken not in others[:3]:
        others.insert(0, overtaken)
    waiting = sum(len(state.line(code)) for code in services)
    rule = "only" if waiting == 1 else "first" if overtaken is None else "credit"
    # In the order of the stored JSON, so that a repeat renders the same bytes.
    return {
        "compared": [
            {"number": t.number, "waited_s": max(0, now - t.issued_at) // 1000} for t in others[:3]
        ],
        "credit_s": max(0, chosen.issued_at - chosen.effective_at) // 1000,
        "rule": rule,
        "waited_s": max(0, now - chosen.issued_at) // 1000,
        "waiting": waiting,
    }


def _overtaken(state: HallState, chosen: Ticket, services: tuple[str, ...]) -> Ticket | None:
    """Return a ticket that came earlier than the chosen one and is called later, if any.

    Only a time credit can do this, and only to tickets issued within the credit's span.
    """
    if chosen.effective_at == chosen.issued_at:
        return None
    for code in services:
        line = state.line(code)
        for place in line[bisect_left(line, chosen.place) :]:
            if place[0] >= chosen.issued_at:
                break
            ticket = state.tickets[place[3]]
            if ticket.issued_at < chosen.issued_at:
                return ticket
    return None


def ticket_facts(ticket: Ticket) -> dict[str, Any]:
    """Return what a refusal or an answer tells about a ticket."""
    return {
        "id": ticket.id,
        "number": ticket.number,
        "service": ticket.service,
        "state": ticket.state,
        "counter": ticket.counter,
        "calls": ticket.calls,
    }


def recall(state: HallState, command: RecallTicket, context: Context) -> list[Event]:
    """Decide `RecallTicket`."""
    rule = require_counter(state, command.counter)
    ticket = require_ticket(state, command.counter)
    require_step(ticket.state, "TicketRecalled")
    assert ticket.called_at is not None
    return [
        TicketRecalled(
            ticket=ticket.id,
            number=ticket.number,
            service=ticket.service,
            counter=command.counter,
            area=rule.area,
            call=ticket.calls + 1,
            called_at=context.now,
            issued_at=ticket.issued_at,
            first_called_at=ticket.called_at,
        )
    ]


def mark_no_show(state: HallState, command: MarkNoShow, context: Context) -> list[Event]:
    """Decide `MarkNoShow`."""
    require_counter(state, command.counter)
    ticket = require_ticket(state, command.counter)
    require_step(ticket.state, "NoShowMarked")
    assert ticket.called_at is not None
    return [
        NoShowMarked(
            ticket=ticket.id,
            number=ticket.number,
            service=ticket.service,
            counter=command.counter,
            calls=ticket.calls,
            issued_at=ticket.issued_at,
            called_at=ticket.called_at,
            marked_at=context.now,
        )
    ]
