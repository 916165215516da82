"""Work at a counter: the citizen arrives, the visit ends, its cases with it."""

from collections.abc import Collection
from typing import Any

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
from controller.domain.queue_events import ServiceCompleted
from controller.domain.rules import CounterRule
from controller.domain.state import Context, HallState, Ticket, TicketCase
from controller.domain.tickets import require_step

SESSIONS = 65535


def require_counter(state: HallState, no: int) -> CounterRule:
    """Return the counter's rule; refuse `counter_unknown`.

    A counter that the rules have dropped is known while it holds a ticket, so that the visit
    can be ended; it takes no service.
    """
    rule = state.rules.counters.get(no)
    if rule is not None:
        return rule
    counter = state.counters.get(no)
    if counter is None or counter.ticket is None:
        raise RefusalError("counter_unknown", counter=no)
    return CounterRule(no, "", ())


def require_open(state: HallState, no: int) -> None:
    """Refuse `counter_closed`, and `not_signed_in` where a clerk must be named."""
    counter = state.counters[no]
    if counter.clerk is None and state.rules.sign_in:
        raise RefusalError("not_signed_in", counter=no)
    if counter.closed:
        raise RefusalError("counter_closed", counter=no)


def require_no_outage(state: HallState, now: int) -> None:
    """Call nobody while a lead is asked what becomes of the queue after an outage.

    Refuses `outage_question`; once more is a call too.
    """
    question = state.question
    if question is None or question.kind != "outage":
        return
    if question.until is None or now < question.until:
        raise RefusalError("outage_question", until=question.until)


def require_ticket(state: HallState, no: int) -> Ticket:
    """Return the ticket at a counter; refuse `nothing_called`."""
    ticket = state.ticket_at(no)
    if ticket is None:
        raise RefusalError("nothing_called", counter=no)
    return ticket


def require_free(state: HallState, no: int) -> None:
    """Refuse `counter_busy`, with the ticket that the counter still has."""
    ticket = state.ticket_at(no)
    if ticket is not None:
        raise RefusalError("counter_busy", counter=no, ticket=ticket_facts(ticket))


def require_reason(reason: str, known: Collection[str]) -> None:
    """Refuse `reason_unknown` for a reason that is not in the closed set."""
    if reason not in known:
        raise RefusalError("reason_unknown", reason=reason)


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


def step_facts(state: HallState, ticket: Ticket, after: str, no: int | None) -> dict[str, Any]:
    """Return the members that every `TicketStep` has; `after` is the state it leads to."""
    return {
        "ticket": ticket.id,
        "number": ticket.number,
        "service": ticket.service,
        "state": after,
        "counter": no,
        "clerk": clerk_at(state, no),
        "calls": ticket.calls,
        "issued_at": ticket.issued_at,
        "called_at": ticket.called_at,
        "started_at": ticket.started_at,
    }


def clerk_at(state: HallState, no: int | None) -> str | None:
    """Return the staff id of who is signed in at a counter."""
    return state.counters[no].clerk if no is not None else None


def began_at(ticket: Ticket) -> int:
    """Return when the present part of the serving began: at its start, else at the last call."""
    began = ticket.started_at if ticket.started_at is not None else ticket.last_called_at
    assert began is not None
    return began


def served_ms(ticket: Ticket, now: int) -> int:
    """Return the whole serving time of the visit up to now."""
    return ticket.served_ms + max(0, now - began_at(ticket))


def start(state: HallState, command: StartServing, context: Context) -> list[Event]:
    """Decide `StartServing`."""
    require_counter(state, command.counter)
    ticket = require_ticket(state, command.counter)
    require_step(ticket.state, "ServingStarted")
    return [started(state, ticket, command.counter, context.now)]


def started(state: HallState, ticket: Ticket, no: int, now: int) -> ServingStarted:
    """Return the beginning of the serving of a ticket that has been called."""
    assert ticket.called_at is not None
    return ServingStarted(
        ticket=ticket.id,
        number=ticket.number,
        service=ticket.service,
        counter=no,
        started_at=now,
        issued_at=ticket.issued_at,
        called_at=ticket.called_at,
        calls=ticket.calls,
        clerk=clerk_at(state, no),
    )


def finish(state: HallState, command: FinishServing, context: Context) -> list[Event]:
    """Decide `FinishServing`: the visit, its cases, and the question for a rating."""
    require_counter(state, command.counter)
    return finish_events(state, require_ticket(state, command.counter), context)


def finish_events(state: HallState, ticket: Ticket, context: Context) -> list[Event]:
    """Return the end of a visit, or of one of its services when others are still to come.

    Without a start the serving began at the last call. Immediate items are closed (办结), all
    others are handed on (流转). At the end of the visit the box at the counter asks for a rating;
    a test is not rated.
    """
    cases = [_end_case(ticket, case, context.now) for case in ticket.cases]
    if ticket.further:
        require_step(ticket.state, "ServiceCompleted")
        return [_completed(state, ticket, context.now), *cases]
    require_step(ticket.state, "ServingFinished")
    asked = [] if ticket.test else [_asked(state, ticket, context.now)]
    return [_finished(state, ticket, context.now), *cases, *asked]


def _finished(state: HallState, ticket: Ticket, now: int) -> ServingFinished:
    assert ticket.counter is not None and ticket.called_at is not None
    began = began_at(ticket)
    return ServingFinished(
        ticket=ticket.id,
        number=ticket.number,
        service=ticket.service,
        counter=ticket.counter,
        started_at=began,
        finished_at=max(began, now),
        outcome="case" if ticket.cases or ticket.had_case else "advice",
        issued_at=ticket.issued_at,
        called_at=ticket.called_at,
        calls=ticket.calls,
        served_ms=ticket.served_ms,
        clerk=clerk_at(state, ticket.counter) or ticket.clerk,
        clients=ticket.clients,
        direct=ticket.direct,
        test=ticket.test,
    )


def _completed(state: HallState, ticket: Ticket, now: int) -> ServiceCompleted:
    began = began_at(ticket)
    facts = step_facts(state, ticket, "WAITING", ticket.counter)
    facts |= {"service": ticket.further[0], "started_at": began}
    return ServiceCompleted(
        **facts,
        done=ticket.service,
        finished_at=max(began, now),
        lines=list(ticket.further),
        served_ms=served_ms(ticket, now),
    )


def _asked(state: HallState, ticket: Ticket, now: int) -> RatingAsked:
    assert ticket.counter is not None
    return RatingAsked(
        ticket=ticket.id,
        number=ticket.number,
        service=ticket.service,
        counter=ticket.counter,
        session=state.sessions % SESSIONS + 1,
        until=now + state.rules.rating_prompt_s * 1000,
    )


def _end_case(ticket: Ticket, case: TicketCase, now: int) -> Event:
    cls = CaseFinished if case.kind == "immediate" else CaseHandedOn
    assert ticket.counter is not None
    return cls(case.case, case.item, case.item_name, ticket.id, ticket.number, ticket.counter, now)
