"""`apply`: the one way in which an event changes the state. Never refuses, never asks the time.

The plain visit stands here; moved and undone tickets in `fold_moves`, the hall in `fold_hall`.
"""

from collections.abc import Callable
from typing import Any

from controller.domain import fold_hall, fold_moves
from controller.domain.event import StoredEvent
from controller.domain.events import (
    CaseAccepted,
    NoShowMarked,
    RatingAsked,
    ServingFinished,
    ServingStarted,
    TicketCalled,
    TicketExpired,
    TicketIssued,
    TicketRated,
    TicketRecalled,
)
from controller.domain.fold_moves import at_counter, count_number, leave_counter, remember
from controller.domain.rules import within
from controller.domain.state import (
    CALLS_KEPT,
    Counter,
    HallState,
    RatingPrompt,
    Ticket,
    TicketCase,
)


def apply(state: HallState, stored: StoredEvent) -> None:
    """Fold one stored event into the state."""
    step = STEPS.get(type(stored.event))
    state.seq = stored.seq
    state.at = max(state.at, stored.at)
    if step is not None:
        step(state, stored.event, stored)


def _issued(state: HallState, event: TicketIssued, stored: StoredEvent) -> None:
    state.tickets.pop(event.ticket, None)  # a booked one: its slot stays taken, it has come
    ticket = Ticket(
        id=event.ticket,
        number=event.number,
        service=event.service,
        items=list(event.items),
        priority=event.priority,
        issued_at=event.issued_at,
        effective_at=event.effective_at,
        order=stored.seq,
        further=event.lines[1:],
        together=event.together,
        clients=event.clients,
        escort=event.escort,
        person=event.person,
        test=event.test,
        slot=event.slot,
        date=event.date,
    )
    count_number(state, event.number, own_series=event.test or event.source == "card")
    if event.source == "card":
        state.cards.append(event.number)
    if not event.test:
        for code in event.lines or [event.service]:
            count_issue(state, code, event.issued_at)
    state.enter(ticket)
    state.join(ticket)


def count_issue(state: HallState, service: str, at: int) -> None:
    """Count a ticket of a service for its quotas of the day and of the band."""
    state.issued[service] = state.issued.get(service, 0) + 1
    rule = state.rules.services.get(service)
    if rule is None or not rule.bands:
        return
    minute = f"{state.rules.local(at):%H:%M}"
    for quota in rule.bands:
        if within(quota.band, minute):
            name = f"{service}|{quota.band}"
            state.issued[name] = state.issued.get(name, 0) + 1


def _expired(state: HallState, event: TicketExpired, stored: StoredEvent) -> None:
    fold_moves.take_out(state, state.tickets[event.ticket])


def _called(state: HallState, event: TicketCalled, stored: StoredEvent) -> None:
    ticket = state.tickets[event.ticket]
    counter = state.counters[event.counter]
    prior = counter.last if event.reason.get("auto") else None
    remember(state, counter, ticket, stored)
    if counter.last is not None and prior is not None:
        prior.prior = None
        counter.last.prior = prior
    state.leave(ticket)
    if event.service != ticket.service:
        ticket.further = [
            code for code in (ticket.service, *ticket.further) if code != event.service
        ]
        ticket.service = event.service
    ticket.came_from, ticket.target = ticket.target, ""
    at_counter(state, ticket, counter, "CALLED")
    ticket.calls = event.call
    ticket.turn_at = ticket.last_called_at = event.called_at
    ticket.called_at = ticket.called_at or event.first_called_at or event.called_at
    ticket.reason = event.reason
    ticket.clerk = event.clerk
    ticket.first_contact = ticket.first_contact or event.first_contact
    counter.prompt = None
    counter.turns += 1
    overtook = event.reason.get("rule") == "credit" or "overtook" in event.reason
    counter.since_credit = 0 if overtook else counter.since_credit + 1
    _count_ratio(state, counter, event.service)
    show_call(state, event, stored)


def _count_ratio(state: HallState, counter: Counter, service: str) -> None:
    profile = state.rules.profiles.get(state.rules.counters[counter.no].profile)
    share = profile.ratios.get(service, 0) if profile is not None else 0
    if share == 0:
        return
    if counter.cycle.get(service, 0) >= share:
        counter.cycle.clear()
    counter.cycle[service] = counter.cycle.get(service, 0) + 1


def _recalled(state: HallState, event: TicketRecalled, stored: StoredEvent) -> None:
    ticket = state.tickets[event.ticket]
    counter = state.counters[event.counter]
    remember(state, counter, ticket, stored)
    at_counter(state, ticket, counter, "CALLED")
    ticket.calls = event.call
    ticket.last_called_at = event.called_at
    show_call(state, event, stored)


def show_call(state: HallState, event: TicketCalled | TicketRecalled, stored: StoredEvent) -> None:
    """Put a call on top of the newest calls."""
    call: dict[str, Any] = {
        "seq": stored.seq,
        "at": event.called_at,
        "ticket": event.ticket,
        "number": event.number,
        "service": event.service,
        "counter": event.counter,
        "area": event.area,
        "call": event.call,
    }
    kept = [old for old in state.calls if old["ticket"] != event.ticket]
    state.calls = [call, *kept][:CALLS_KEPT]


def _started(state: HallState, event: ServingStarted, stored: StoredEvent) -> None:
    ticket = state.tickets[event.ticket]
    remember(state, state.counters[event.counter], ticket, stored)
    ticket.state = "SERVING"
    ticket.started_at = event.started_at
    ticket.clerk = event.clerk


def _finished(state: HallState, event: ServingFinished, stored: StoredEvent) -> None:
    ticket = state.tickets[event.ticket]
    counter = state.counters[event.counter]
    remember(state, counter, ticket, stored)
    leave_counter(counter, event.finished_at)
    state.end(ticket)
    if not event.test:
        whole_ms = event.finished_at - event.started_at + event.served_ms
        state.servings.add(whole_ms - ticket.learned_ms, event.clients)


def _no_show(state: HallState, event: NoShowMarked, stored: StoredEvent) -> None:
    ticket = state.tickets[event.ticket]
    counter = state.counters[event.counter]
    remember(state, counter, ticket, stored)
    leave_counter(counter, event.marked_at)
    state.end(ticket)
    ticket.state = "NO_SHOW"
    ticket.missed_at = event.marked_at
    ticket.missed_turn = counter.turns
    state.missed[ticket.id] = ticket


def _case(state: HallState, event: CaseAccepted, stored: StoredEvent) -> None:
    state.case_numbers = int(event.case[-5:])
    ticket = state.tickets[event.ticket]
    remember(state, state.counters[event.counter], ticket, stored)
    ticket.cases.append(TicketCase(event.case, event.item, event.item_name, event.kind))


def _asked(state: HallState, event: RatingAsked, stored: StoredEvent) -> None:
    state.sessions = event.session
    state.counters[event.counter].prompt = RatingPrompt(
        event.ticket, event.number, event.service, event.session, event.until
    )


def _rated(state: HallState, event: TicketRated, stored: StoredEvent) -> None:
    for counter in state.counters.values():
        if counter.prompt is not None and counter.prompt.ticket == event.ticket:
            counter.prompt = None
        last = counter.last
        while last is not None:
            last.rated = last.rated or last.before.id == event.ticket
            if last.prompt is not None and last.prompt.ticket == event.ticket:
                last.prompt = None
            last = last.prior


STEPS: dict[type, Callable[[HallState, Any, StoredEvent], None]] = {
    TicketIssued: _issued,
    TicketExpired: _expired,
    TicketCalled: _called,
    TicketRecalled: _recalled,
    ServingStarted: _started,
    ServingFinished: _finished,
    NoShowMarked: _no_show,
    CaseAccepted: _case,
    RatingAsked: _asked,
    TicketRated: _rated,
    **fold_moves.STEPS,
    **fold_hall.STEPS,
}
