"""How tickets are folded that are booked, parked, handed on, given back or undone."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from controller.domain.event import StoredEvent
from controller.domain.queue_events import (
    CallUndone,
    CompletionUndone,
    DirectServingStarted,
    FinishUndone,
    NoShowUndone,
    ParkUndone,
    ServiceChanged,
    ServiceCompleted,
    StartUndone,
    TicketBooked,
    TicketCancelled,
    TicketParked,
    TicketReturned,
    TicketSplit,
    TicketTransferred,
    TicketUnparked,
    TransferUndone,
    UndoEvent,
)
from controller.domain.state import Counter, HallState, LastStep, Ticket


def remember(state: HallState, counter: Counter, ticket: Ticket, stored: StoredEvent) -> None:
    """Note the newest step at a counter with the ticket as it was, for undo and guard."""
    first = stored.seq - stored.part
    before = object.__new__(Ticket)  # dataclasses.replace takes as long as a whole fold
    before.__dict__.update(ticket.__dict__, cases=list(ticket.cases))
    counter.last = LastStep(
        seq=first,
        at=stored.at,
        event=stored.type,
        before=before,
        cycle=dict(counter.cycle),
        since_credit=counter.since_credit,
        idle_since=counter.idle_since,
        prompt=counter.prompt,
    )
    ticket.moved = first


def at_counter(state: HallState, ticket: Ticket, counter: Counter, step: str) -> None:
    """Put a ticket at a counter in a state (CALLED or SERVING)."""
    ticket.state = step
    ticket.counter = counter.no
    counter.ticket = ticket.id


def leave_counter(counter: Counter, at: int) -> None:
    """The counter has no ticket from a time on."""
    counter.ticket = None
    counter.idle_since = at


def count_number(state: HallState, number: str, *, own_series: bool = False) -> None:
    """Note the highest number of its prefix and, unless it has a series of its own, of the hall."""
    prefix = number.rstrip("0123456789")
    count = int(number[len(prefix) :])
    for name in (prefix,) if own_series else (prefix, "*"):
        state.numbers[name] = max(state.numbers.get(name, 0), count)


def take_out(state: HallState, ticket: Ticket) -> None:
    """End a ticket that waits, is parked or is booked."""
    if ticket.state == "WAITING":
        state.leave(ticket)
    elif ticket.state == "BOOKED":
        free_slot(state, ticket)
    state.end(ticket)


def free_slot(state: HallState, ticket: Ticket) -> None:
    """Give the slot of a booking back."""
    name = f"{ticket.service}|{ticket.slot}"
    state.slots[name] = state.slots.get(name, 1) - 1
    if state.slots[name] <= 0:
        del state.slots[name]


def wait_again(state: HallState, ticket: Ticket, place: list[int]) -> None:
    """Put a ticket back into its lines at a place of the waiting order."""
    ticket.state = "WAITING"
    ticket.counter = None
    ticket.calls = 0
    ticket.started_at = None
    ticket.parked_at = None
    ticket.effective_at, ticket.order, ticket.nudge = place
    state.join(ticket)


def _booked(state: HallState, event: TicketBooked, stored: StoredEvent) -> None:
    ticket = Ticket(
        id=event.ticket,
        number="",
        service=event.service,
        items=[],
        priority=None,
        issued_at=stored.at,
        effective_at=event.slot_start,
        order=stored.seq,
        state="BOOKED",
        person=event.person,
        slot=event.slot_start,
        slot_end=event.slot_end,
        date=event.date,
    )
    state.enter(ticket)
    name = f"{event.service}|{event.slot_start}"
    state.slots[name] = state.slots.get(name, 0) + 1


def _cancelled(state: HallState, event: TicketCancelled, stored: StoredEvent) -> None:
    ticket = state.tickets[event.ticket]
    if ticket.state == "SERVING" and ticket.counter is not None:
        # An undone direct reception: the counter is as it was before.
        counter = state.counters[ticket.counter]
        leave_counter(counter, stored.at)
        _as_before(counter)
    take_out(state, ticket)


def _changed(state: HallState, event: ServiceChanged, stored: StoredEvent) -> None:
    ticket = state.tickets[event.ticket]
    state.leave(ticket)
    ticket.target = ""
    ticket.service, ticket.further = event.lines[0], event.lines[1:]
    ticket.moved = stored.seq - stored.part
    state.join(ticket)


def _split(state: HallState, event: TicketSplit, stored: StoredEvent) -> None:
    ticket = state.tickets[event.ticket]
    if ticket.state == "WAITING":
        state.leave(ticket)
    ticket.clients = event.kept
    ticket.moved = stored.seq - stored.part
    if ticket.state == "WAITING":
        state.join(ticket)
    if event.counter is not None:
        state.counters[event.counter].last = None


def _direct(state: HallState, event: DirectServingStarted, stored: StoredEvent) -> None:
    ticket = Ticket(
        id=event.ticket,
        number=event.number,
        service=event.service,
        items=list(event.items),
        priority=None,
        issued_at=event.issued_at,
        effective_at=event.issued_at,
        order=stored.seq,
        calls=event.calls,
        called_at=event.called_at,
        last_called_at=event.called_at,
        started_at=event.started_at,
        date=event.date,
        direct=True,
        clerk=event.clerk,
        first_contact=f"clerk:{event.clerk}" if event.clerk else f"counter:{event.counter}",
    )
    assert event.counter is not None
    counter = state.counters[event.counter]
    count_number(state, event.number)
    state.enter(ticket)
    at_counter(state, ticket, counter, "SERVING")
    remember(state, counter, ticket, stored)
    counter.prompt = None


def _parked(state: HallState, event: TicketParked, stored: StoredEvent) -> None:
    ticket = _leaves_counter(state, event, stored, event.parked_at)
    ticket.state = "PARKED"
    ticket.counter = event.counter
    ticket.parked_at = event.parked_at
    ticket.park_reason = event.reason
    ticket.served_ms = event.served_ms
    ticket.started_at = None


def _unparked(state: HallState, event: TicketUnparked, stored: StoredEvent) -> None:
    assert event.counter is not None
    ticket = state.tickets[event.ticket]
    ticket.parked_at = None
    at_counter(state, ticket, state.counters[event.counter], "CALLED")
    ticket.turn_at = ticket.last_called_at = event.unparked_at
    ticket.clerk = event.clerk
    ticket.moved = stored.seq - stored.part
    state.counters[event.counter].prompt = None
    state.counters[event.counter].last = None


def _transferred(state: HallState, event: TicketTransferred, stored: StoredEvent) -> None:
    ticket = _leaves_counter(state, event, stored, event.transferred_at)
    named = ":" in event.to
    ticket.target = event.to if named else ""
    if not named:
        ticket.further = [code for code in ticket.further if code != event.to]
    ticket.service = event.service
    ticket.served_ms = event.served_ms
    wait_again(state, ticket, event.place)


def _completed(state: HallState, event: ServiceCompleted, stored: StoredEvent) -> None:
    ticket = _leaves_counter(state, event, stored, event.finished_at)
    if not ticket.test:
        state.servings.add(event.served_ms - ticket.learned_ms, ticket.clients)
    ticket.served_ms = ticket.learned_ms = event.served_ms
    ticket.had_case = ticket.had_case or bool(ticket.cases)
    accepted = {case.item for case in ticket.cases}
    ticket.items = [code for code in ticket.items if code not in accepted]
    ticket.service, ticket.further = event.lines[0], event.lines[1:]
    ticket.cases = []
    wait_again(state, ticket, [ticket.effective_at, ticket.order, ticket.nudge])


def _returned(state: HallState, event: TicketReturned, stored: StoredEvent) -> None:
    ticket = state.missed.pop(event.ticket, None) or state.tickets[event.ticket]
    if ticket.state == "WAITING":
        state.leave(ticket)
    ticket.requeued = ticket.requeued or event.cause == "requeue"
    named = ":" in event.lines[0]
    ticket.target = event.lines[0] if named else ""
    if not named:
        ticket.service, ticket.further = event.lines[0], event.lines[1:]
    ticket.moved = stored.seq - stored.part
    state.enter(ticket)
    wait_again(state, ticket, event.place)


def _leaves_counter(state: HallState, event: Any, stored: StoredEvent, at: int) -> Ticket:
    ticket = state.tickets[event.ticket]
    counter = state.counters[event.counter]
    remember(state, counter, ticket, stored)
    leave_counter(counter, at)
    return ticket


def _undone(state: HallState, event: UndoEvent, stored: StoredEvent) -> None:
    assert event.counter is not None
    counter = state.counters[event.counter]
    assert counter.last is not None
    before = counter.last.before
    now = state.missed.pop(event.ticket, None) or state.tickets.get(event.ticket)
    if now is not None and now.state == "WAITING":
        state.leave(now)
    ticket = replace(before, cases=list(before.cases), state=event.state)
    ticket.started_at = event.started_at
    state.enter(ticket)
    if event.state == "WAITING":
        leave_counter(counter, stored.at)
        if state.rules.auto_call:
            counter.rest_until = stored.at + state.rules.undo_s * 1000
        counter.turns -= 1
        state.calls = [call for call in state.calls if call["ticket"] != ticket.id]
        state.join(ticket)
    else:
        at_counter(state, ticket, counter, event.state)
    _as_before(counter)


def _as_before(counter: Counter) -> None:
    """Give a counter what it had before its last step, besides the ticket."""
    last = counter.last
    assert last is not None
    counter.cycle = dict(last.cycle)
    counter.since_credit = last.since_credit
    counter.idle_since = last.idle_since
    counter.prompt = last.prompt
    counter.last = last.prior


def _finish_undone(state: HallState, event: FinishUndone, stored: StoredEvent) -> None:
    assert event.counter is not None
    counter = state.counters[event.counter]
    assert counter.last is not None
    if not counter.last.before.test:
        state.servings.forget(event.handled_ms, counter.last.before.clients)
    _undone(state, event, stored)


STEPS: dict[type, Callable[[HallState, Any, StoredEvent], None]] = {
    TicketBooked: _booked,
    TicketCancelled: _cancelled,
    ServiceChanged: _changed,
    TicketSplit: _split,
    DirectServingStarted: _direct,
    TicketParked: _parked,
    TicketUnparked: _unparked,
    TicketTransferred: _transferred,
    ServiceCompleted: _completed,
    TicketReturned: _returned,
    CallUndone: _undone,
    StartUndone: _undone,
    FinishUndone: _finish_undone,
    CompletionUndone: _finish_undone,
    NoShowUndone: _undone,
    ParkUndone: _undone,
    TransferUndone: _undone,
}
