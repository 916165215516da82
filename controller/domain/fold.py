"""`apply`: the one way in which an event changes the state. Never refuses, never asks the time."""

from collections.abc import Callable
from typing import Any

from controller.domain.events import (
    CaseAccepted,
    DayOpened,
    DeliveryRefused,
    DeviceBack,
    DeviceLost,
    NoShowMarked,
    RatingAsked,
    RulesAdopted,
    ServingFinished,
    ServingStarted,
    StoredEvent,
    TicketCalled,
    TicketExpired,
    TicketIssued,
    TicketRated,
    TicketRecalled,
    UnknownEventError,
)
from controller.domain.rules import Rules
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


def _rules(state: HallState, event: RulesAdopted, stored: StoredEvent) -> None:
    try:
        state.rules = Rules.from_json(event.rules)
    except (TypeError, KeyError, ValueError) as error:
        raise UnknownEventError("RulesAdopted", event.v) from error
    state.rules_seq = stored.seq
    for no in state.rules.counters:
        state.counters.setdefault(no, Counter(no))


def _day(state: HallState, event: DayOpened, stored: StoredEvent) -> None:
    state.date = event.date
    state.numbers.clear()
    state.case_numbers = 0
    state.calls.clear()


def _issued(state: HallState, event: TicketIssued, stored: StoredEvent) -> None:
    ticket = Ticket(
        id=event.ticket,
        number=event.number,
        service=event.service,
        items=list(event.items),
        priority=event.priority,
        issued_at=event.issued_at,
        effective_at=event.effective_at,
        order=stored.seq,
    )
    prefix = event.number.rstrip("0123456789")
    state.numbers[prefix] = int(event.number[len(prefix) :])
    state.tickets[ticket.id] = ticket
    state.join(ticket)


def _expired(state: HallState, event: TicketExpired, stored: StoredEvent) -> None:
    state.leave(state.tickets.pop(event.ticket))


def _called(state: HallState, event: TicketCalled, stored: StoredEvent) -> None:
    ticket = state.tickets[event.ticket]
    state.leave(ticket)
    ticket.state = "CALLED"
    ticket.counter = event.counter
    ticket.calls = event.call
    ticket.called_at = ticket.last_called_at = event.called_at
    ticket.reason = event.reason
    counter = state.counters[event.counter]
    counter.ticket = ticket.id
    counter.prompt = None
    _show_call(state, event, stored)


def _recalled(state: HallState, event: TicketRecalled, stored: StoredEvent) -> None:
    ticket = state.tickets[event.ticket]
    ticket.calls = event.call
    ticket.last_called_at = event.called_at
    _show_call(state, event, stored)


def _show_call(
    state: HallState, event: TicketCalled | TicketRecalled, stored: StoredEvent
) -> None:
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
    ticket.state = "SERVING"
    ticket.started_at = event.started_at


def _finished(state: HallState, event: ServingFinished, stored: StoredEvent) -> None:
    state.tickets.pop(event.ticket)
    state.counters[event.counter].ticket = None
    state.servings.add(event.finished_at - event.started_at)


def _no_show(state: HallState, event: NoShowMarked, stored: StoredEvent) -> None:
    state.tickets.pop(event.ticket)
    state.counters[event.counter].ticket = None


def _case(state: HallState, event: CaseAccepted, stored: StoredEvent) -> None:
    state.case_numbers = int(event.case[-5:])
    case = TicketCase(event.case, event.item, event.item_name, event.kind)
    state.tickets[event.ticket].cases.append(case)


def _asked(state: HallState, event: RatingAsked, stored: StoredEvent) -> None:
    state.sessions = event.session
    state.counters[event.counter].prompt = RatingPrompt(
        event.ticket, event.number, event.service, event.session, event.until
    )


def _rated(state: HallState, event: TicketRated, stored: StoredEvent) -> None:
    for counter in state.counters.values():
        if counter.prompt is not None and counter.prompt.ticket == event.ticket:
            counter.prompt = None


def _lost(state: HallState, event: DeviceLost, stored: StoredEvent) -> None:
    state.lost_devices[event.device] = event.reason


def _back(state: HallState, event: DeviceBack, stored: StoredEvent) -> None:
    state.lost_devices.pop(event.device, None)


def _refused(state: HallState, event: DeliveryRefused, stored: StoredEvent) -> None:
    state.refused_deliveries += 1


STEPS: dict[type, Callable[[HallState, Any, StoredEvent], None]] = {
    RulesAdopted: _rules,
    DayOpened: _day,
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
    DeviceLost: _lost,
    DeviceBack: _back,
    DeliveryRefused: _refused,
}
