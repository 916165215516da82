"""Tickets that are put aside, taken up again, handed on, moved, given back or cut.

Number and first issue time stay through all of it; the serving time of the parts adds up.
"""

from collections.abc import Iterable

from controller.domain.commands import (
    CancelTicket,
    ChangeService,
    ParkTicket,
    SplitTicket,
    TransferTicket,
    UnparkTicket,
)
from controller.domain.counters import (
    require_counter,
    require_free,
    require_no_outage,
    require_open,
    require_reason,
    require_ticket,
    served_ms,
    started,
    step_facts,
)
from controller.domain.cover import covered_by
from controller.domain.errors import RefusalError
from controller.domain.events import Event, TicketRecalled
from controller.domain.numbers import series
from controller.domain.posts import seat_of
from controller.domain.queue_events import (
    ServiceChanged,
    TicketCancelled,
    TicketParked,
    TicketSplit,
    TicketTransferred,
    TicketUnparked,
)
from controller.domain.rules import PARK_REASONS, TRANSFER_REASONS, CounterRule
from controller.domain.staffing import is_working, require_rule, resumed
from controller.domain.state import Context, HallState, Place, Ticket
from controller.domain.tickets import Wanted, issued, require_person, require_step, state_after

CANCEL_CAUSES = ("citizen", "desk", "clerk")


def park(state: HallState, command: ParkTicket, context: Context) -> list[Event]:
    """Decide `ParkTicket` (挂起)."""
    require_counter(state, command.counter)
    ticket = require_ticket(state, command.counter)
    require_step(ticket.state, "TicketParked")
    require_reason(command.reason, PARK_REASONS)
    return [
        TicketParked(
            **step_facts(state, ticket, "PARKED", command.counter),
            reason=command.reason,
            parked_at=context.now,
            served_ms=served_ms(ticket, context.now),
        )
    ]


def unpark(state: HallState, command: UnparkTicket, context: Context) -> list[Event]:
    """Decide `UnparkTicket` (回呼): it is called once more, or `silent` served at once."""
    no = command.counter
    require_rule(state, no)
    require_open(state, no)
    require_free(state, no)
    ticket = _parked(state, no, command.ticket)
    require_step(ticket.state, "TicketUnparked")
    if not command.silent:
        require_no_outage(state, context.now)
    facts = step_facts(state, ticket, "CALLED", no) | {"started_at": None}
    taken = TicketUnparked(**facts, unparked_at=context.now)
    if command.silent:
        then: Event = started(state, ticket, no, context.now)
    else:
        then = _called_again(ticket, state.rules.counters[no], context.now)
    return [*resumed(state, no, "call"), taken, then]


def _parked(state: HallState, no: int, wanted: str | None) -> Ticket:
    if wanted is None:
        parked = state.parked_at(no)
        if not parked:
            raise RefusalError("nothing_parked", counter=no)
        return parked[0]
    ticket = require_known(state, wanted)
    if ticket.state != "PARKED":
        raise RefusalError("not_parked", ticket=wanted, state=ticket.state)
    return ticket


def _called_again(ticket: Ticket, rule: CounterRule, now: int) -> TicketRecalled:
    assert ticket.called_at is not None
    return TicketRecalled(
        ticket=ticket.id,
        number=ticket.number,
        service=ticket.service,
        counter=rule.no,
        area=rule.area,
        call=ticket.calls + 1,
        called_at=now,
        issued_at=ticket.issued_at,
        first_called_at=ticket.called_at,
    )


def require_known(state: HallState, ticket: str, history: Iterable[Event] = ()) -> Ticket:
    """Return a live ticket, or one missed today.

    Refuses `illegal_step` for one that has ended, as far as its `history` is known, else
    `not_found`.
    """
    found = state.tickets.get(ticket) or state.missed.get(ticket)
    if found is not None:
        return found
    ended = state_after(history)
    if ended:
        raise RefusalError("illegal_step", state=ended, ticket=ticket)
    raise RefusalError("not_found", ticket=ticket)


def transfer(state: HallState, command: TransferTicket, context: Context) -> list[Event]:
    """Decide `TransferTicket` (转移): its own place in the new line, but next but one at most."""
    require_counter(state, command.counter)
    ticket = require_ticket(state, command.counter)
    require_step(ticket.state, "TicketTransferred")
    require_reason(command.reason, TRANSFER_REASONS)
    receivers = _receivers(state, command.to, context.now)
    facts = step_facts(state, ticket, "WAITING", command.counter)
    if ":" not in command.to:
        facts["service"] = command.to
    return [
        TicketTransferred(
            **facts,
            to=command.to,
            from_service=ticket.service,
            reason=command.reason,
            place=next_but_one(state, ticket, receivers, context.now),
            served_ms=served_ms(ticket, context.now),
            first_contact=ticket.first_contact,
            transferred_at=context.now,
        )
    ]


def _receivers(state: HallState, to: str, now: int) -> list[int]:
    """Return the counters that may call from a line; refuse one that nobody will call from."""
    kind, colon, name = to.partition(":")
    if not colon:
        return _takers(state, to, now)
    if kind == "counter" and name.isdecimal() and int(name) in state.rules.counters:
        if name != str(int(name)):
            raise RefusalError("line_unknown", to=to)
        require_open(state, int(name))
        return [int(name)]
    if kind == "clerk" and name in state.rules.staff:
        seat = seat_of(state, name)
        if seat is not None:
            return [seat.no]
        covers = [no for no in state.rules.counters if _covers(state, no, name, now)]
        if not covers:
            raise RefusalError("not_signed_in", clerk=name)
        return covers
    raise RefusalError("line_unknown", to=to)


def _covers(state: HallState, no: int, clerk: str, now: int) -> bool:
    return any(covered.clerk == clerk for covered in covered_by(state, no, now))


def _takers(state: HallState, service: str, now: int) -> list[int]:
    if service not in state.rules.services:
        raise RefusalError("service_unknown", service=service)
    takers = [rule.no for rule in state.rules.counters_for(service)]
    at_work = [
        no
        for no in takers
        if is_working(state, no)
        and service in state.rules.services_at(state.rules.counters[no], now)
    ]
    return at_work or takers


def next_but_one(state: HallState, ticket: Ticket, receivers: Iterable[int], now: int) -> list[int]:
    """Return a place so that at each receiver one ticket at most is called before.

    Where its own place is later than the second in line, it comes right behind the first, and
    behind those who were put there before it.
    """
    own = ticket.place
    pairs = [pair for no in receivers if len(pair := _first_two(state, no, now)) == 2]
    first, second = min(pairs, key=lambda pair: pair[1], default=(own, own))
    if second >= own:
        return list(own[:3])
    return [first[0], first[1], state.seq + 1]


def _first_two(state: HallState, no: int, now: int) -> list[Place]:
    names = state.lines_at(no, now)
    return sorted({place for name in names for place in state.lines.get(name, ())[:2]})[:2]


def change_service(state: HallState, command: ChangeService, context: Context) -> list[Event]:
    """Decide `ChangeService` of a waiting ticket: number, issue time and place stay."""
    ticket = require_known(state, command.ticket, context.history)
    if ticket.state != "WAITING":
        raise RefusalError("not_waiting", ticket=ticket.id, state=ticket.state)
    if command.service not in state.rules.services:
        raise RefusalError("service_unknown", service=command.service)
    further = [code for code in ticket.further if code != command.service]
    if command.service not in (ticket.service, *ticket.further) and ticket.person is not None:
        require_person(state, [command.service], ticket.person)
    return [
        ServiceChanged(
            ticket=ticket.id,
            number=ticket.number,
            service=command.service,
            from_service=ticket.service,
            lines=[command.service, *further],
        )
    ]


def cancel(state: HallState, command: CancelTicket, context: Context) -> list[Event]:
    """Decide `CancelTicket` (弃号) of a booked, waiting or parked ticket."""
    require_reason(command.cause, CANCEL_CAUSES)
    ticket = require_known(state, command.ticket, context.history)
    if ticket.state == "SERVING":  # the table allows this to an undone direct reception only
        raise RefusalError("illegal_step", state=ticket.state, step="TicketCancelled")
    require_step(ticket.state, "TicketCancelled")
    return [TicketCancelled(ticket.id, ticket.number, ticket.service, ticket.state, command.cause)]


def split(state: HallState, command: SplitTicket, context: Context) -> list[Event]:
    """Decide `SplitTicket`: after some of an agent's clients (代办批次) the others have a turn."""
    ticket = require_known(state, command.ticket, context.history)
    require_step(ticket.state, "TicketSplit")
    if not 1 <= command.after < ticket.clients:
        raise RefusalError("clients_wrong", most=ticket.clients - 1)
    if ticket.service not in state.rules.services:
        raise RefusalError("service_unknown", service=ticket.service)
    if not _others_wait(state, ticket, context.now):
        raise RefusalError("nobody_waits", ticket=ticket.id)
    rest = Wanted(
        ticket=command.rest,
        lines=(ticket.service, *ticket.further),
        source="split",
        items=tuple(ticket.items),
        together=ticket.together,
        clients=ticket.clients - command.after,
        person=ticket.person,
        test=ticket.test,
        cut=ticket,
    )
    numbers = series(state)
    rule = state.rules.services[ticket.service]
    drawn = numbers.draw_test() if ticket.test else numbers.draw(rule)
    cut = TicketSplit(
        ticket=ticket.id,
        number=ticket.number,
        service=ticket.service,
        counter=ticket.counter,
        kept=command.after,
        rest=rest.clients,
        rest_ticket=rest.ticket,
    )
    return [cut, issued(state, rest, drawn, [], context.now)]


def _others_wait(state: HallState, ticket: Ticket, now: int) -> bool:
    at = ticket.counter if ticket.state != "WAITING" else None
    names = ticket.lines if at is None else state.lines_at(at, now)
    return any(place[3] != ticket.id for name in names for place in state.lines.get(name, ())[:2])
