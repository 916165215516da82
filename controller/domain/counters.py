"""Work at a counter: the citizen arrives, the visit ends, its cases with it."""

from controller.domain.commands import FinishServing, StartServing
from controller.domain.errors import RefusalError
from controller.domain.events import (
    CaseFinished,
    CaseHandedOn,
    Event,
    RatingAsked,
    ServingFinished,
    ServingStarted,
)
from controller.domain.rules import CounterRule
from controller.domain.state import Context, HallState, Ticket, TicketCase
from controller.domain.tickets import require_step

SESSIONS = 65535


def require_counter(state: HallState, no: int) -> CounterRule:
    """Return the counter's rule; refuse `counter_unknown`."""
    rule = state.rules.counters.get(no)
    if rule is None:
        raise RefusalError("counter_unknown", counter=no)
    return rule


def require_ticket(state: HallState, no: int) -> Ticket:
    """Return the ticket at a counter; refuse `nothing_called`."""
    ticket = state.ticket_at(no)
    if ticket is None:
        raise RefusalError("nothing_called", counter=no)
    return ticket


def start(state: HallState, command: StartServing, context: Context) -> list[Event]:
    """Decide `StartServing`."""
    require_counter(state, command.counter)
    ticket = require_ticket(state, command.counter)
    require_step(ticket.state, "ServingStarted")
    assert ticket.called_at is not None
    return [
        ServingStarted(
            ticket=ticket.id,
            number=ticket.number,
            service=ticket.service,
            counter=command.counter,
            started_at=context.now,
            issued_at=ticket.issued_at,
            called_at=ticket.called_at,
            calls=ticket.calls,
        )
    ]


def finish(state: HallState, command: FinishServing, context: Context) -> list[Event]:
    """Decide `FinishServing`: the visit, its cases, and the question for a rating."""
    require_counter(state, command.counter)
    return finish_events(state, require_ticket(state, command.counter), context)


def finish_events(state: HallState, ticket: Ticket, context: Context) -> list[Event]:
    """Return the end of a visit.

    Without a start the serving began at the last call. Immediate items are closed (办结), all
    others are handed on (流转). The box at the counter then asks for a rating.
    """
    require_step(ticket.state, "ServingFinished")
    assert ticket.counter is not None and ticket.last_called_at is not None
    assert ticket.called_at is not None
    started = ticket.started_at if ticket.started_at is not None else ticket.last_called_at
    finished = ServingFinished(
        ticket=ticket.id,
        number=ticket.number,
        service=ticket.service,
        counter=ticket.counter,
        started_at=started,
        finished_at=max(started, context.now),
        outcome="case" if ticket.cases else "advice",
        issued_at=ticket.issued_at,
        called_at=ticket.called_at,
        calls=ticket.calls,
    )
    asked = RatingAsked(
        ticket=ticket.id,
        number=ticket.number,
        service=ticket.service,
        counter=ticket.counter,
        session=state.sessions % SESSIONS + 1,
        until=context.now + state.rules.rating_prompt_s * 1000,
    )
    return [finished, *(_end_case(ticket, case, context.now) for case in ticket.cases), asked]


def _end_case(ticket: Ticket, case: TicketCase, now: int) -> Event:
    cls = CaseFinished if case.kind == "immediate" else CaseHandedOn
    assert ticket.counter is not None
    return cls(case.case, case.item, case.item_name, ticket.id, ticket.number, ticket.counter, now)
