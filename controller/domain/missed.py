"""Missed calls (过号): when a no-show may be marked, what becomes of it, and the way back.

Four policies (domain.md 5.5): `void` ends the ticket; `within` lets it come back while few have
passed; `requeue` puts it some places behind, once; `keep` keeps it for the half-day. The desk may
wake up a missed ticket on its day, and a wrong mark is mended, under every policy.
"""

from collections.abc import Callable

from controller.domain.calling import seconds_until
from controller.domain.commands import MarkNoShow, ReturnTicket
from controller.domain.counters import (
    clerk_at,
    require_counter,
    require_reason,
    require_ticket,
    step_facts,
    ticket_facts,
)
from controller.domain.errors import RefusalError
from controller.domain.events import Event, NoShowMarked
from controller.domain.queue_events import TicketReturned
from controller.domain.rules import Rules, within
from controller.domain.state import Context, HallState, Ticket
from controller.domain.tickets import require_person, require_step

NOON = "12:00"
MIDNIGHT = "24:00"


def mark_no_show(state: HallState, command: MarkNoShow, context: Context) -> list[Event]:
    """Decide `MarkNoShow`: after enough calls and time; the rule may let it wait again."""
    require_counter(state, command.counter)
    ticket = require_ticket(state, command.counter)
    require_step(ticket.state, "NoShowMarked")
    _require_patience(state.rules, ticket, context.now)
    assert ticket.called_at is not None
    marked = NoShowMarked(
        ticket=ticket.id,
        number=ticket.number,
        service=ticket.service,
        counter=command.counter,
        calls=ticket.calls,
        issued_at=ticket.issued_at,
        called_at=ticket.called_at,
        marked_at=context.now,
        clerk=clerk_at(state, command.counter),
    )
    if state.rules.missed_call != "requeue" or ticket.requeued:
        return [marked]
    place = _behind(state, ticket, command.counter, context.now)
    return [marked, _returned(state, ticket, "requeue", place, context.now)]


def return_ticket(state: HallState, command: ReturnTicket, context: Context) -> list[Event]:
    """Decide `ReturnTicket`: back to its own place, if the rule behind the cause allows it."""
    ticket = state.missed.get(command.ticket) or state.tickets.get(command.ticket)
    if ticket is None:
        raise RefusalError("not_found", ticket=command.ticket)
    require_reason(command.cause, RETURNS)
    if ticket.state not in ("NO_SHOW", "PARKED"):
        raise RefusalError("illegal_step", state=ticket.state, step="TicketReturned")
    if (ticket.state == "PARKED") != (command.cause == "documents"):
        raise RefusalError("return_not_allowed", ticket=ticket_facts(ticket), cause=command.cause)
    RETURNS[command.cause](state, ticket, context.now)
    if ticket.state == "NO_SHOW" and ticket.person is not None:
        # Its holder may have taken another number since.
        require_person(state, [ticket.service, *ticket.further], ticket.person)
    place = [ticket.effective_at, ticket.order, ticket.nudge]
    return [_returned(state, ticket, command.cause, place, context.now)]


# --- the mark -------------------------------------------------------------------------------------


def _require_patience(rules: Rules, ticket: Ticket, now: int) -> None:
    """Refuse a no-show before the configured calls, and seconds after this turn's first call."""
    if ticket.calls < rules.no_show_calls:
        raise RefusalError("too_early", calls=ticket.calls, calls_needed=rules.no_show_calls)
    turn_at = ticket.turn_at if ticket.turn_at is not None else ticket.last_called_at
    soonest = (turn_at or 0) + rules.no_show_s * 1000
    if now < soonest:
        raise RefusalError("too_early", retry_after_s=seconds_until(soonest, now))


def _behind(state: HallState, ticket: Ticket, no: int, now: int) -> list[int]:
    """Return the place with as many ahead at the counter as the rule says, or behind the last.

    Never before the ticket's own place: being missed is no way forward.
    """
    most = state.rules.missed_behind
    names = {*state.lines_at(no, now), *_lines(state, ticket)}
    ahead = sorted({place for name in names for place in state.lines.get(name, ())[:most]})[:most]
    if not ahead or ahead[-1] < ticket.place:
        return [ticket.effective_at, ticket.order, ticket.nudge]
    return [ahead[-1][0], ahead[-1][1], state.seq + 1]


# --- the way back ---------------------------------------------------------------------------------


def _few_have_passed(state: HallState, ticket: Ticket, now: int) -> None:
    _require_policy(state, ticket, "within")
    counter = state.counters.get(ticket.counter or 0)
    passed = counter.turns - ticket.missed_turn if counter is not None else 0
    if passed > state.rules.missed_within:
        raise RefusalError(
            "return_not_allowed",
            ticket=ticket_facts(ticket),
            cause="within",
            passed=passed,
            most=state.rules.missed_within,
        )


def _same_half_day(state: HallState, ticket: Ticket, now: int) -> None:
    _require_policy(state, ticket, "keep")
    until = half_day_end(state.rules, ticket.missed_at or 0)
    if now >= until:
        raise RefusalError(
            "return_not_allowed", ticket=ticket_facts(ticket), cause="keep", until=until
        )


def _always(state: HallState, ticket: Ticket, now: int) -> None:
    """A wrong mark, the desk and fetched documents ask no policy; missed ones end with the day."""


def _not_too_late(state: HallState, ticket: Ticket, now: int) -> None:
    """The desk wakes up a missed ticket within `wake_s`, or on its day where that is 0."""
    wake_s = state.rules.wake_s
    if wake_s and now - (ticket.missed_at or 0) > wake_s * 1000:
        raise RefusalError("return_not_allowed", ticket=ticket_facts(ticket), cause="desk")


RETURNS: dict[str, Callable[[HallState, Ticket, int], None]] = {
    "within": _few_have_passed,
    "keep": _same_half_day,
    "mistake": _always,
    "documents": _always,
    "desk": _not_too_late,
}
"""Why a ticket may come back, and what the rules then ask."""


def half_day_end(rules: Rules, at: int) -> int:
    """Return the end (UTC ms) of the half-day of a time: its session's, else noon or midnight."""
    local = rules.local(at)
    date, minute = local.date().isoformat(), f"{local:%H:%M}"
    for session in rules.sessions(date):
        if within(session, minute):
            return rules.instant(date, session.partition("-")[2])
    return rules.instant(date, NOON if minute < NOON else MIDNIGHT)


def _require_policy(state: HallState, ticket: Ticket, policy: str) -> None:
    rule = state.rules.missed_call
    if rule != policy:
        raise RefusalError(
            "return_not_allowed", ticket=ticket_facts(ticket), cause=policy, policy=rule
        )


def _returned(
    state: HallState, ticket: Ticket, cause: str, place: list[int], now: int
) -> TicketReturned:
    facts = step_facts(state, ticket, "WAITING", None)
    return TicketReturned(
        **facts | {"calls": 0, "started_at": None},
        cause=cause,
        from_state="PARKED" if cause == "documents" else "NO_SHOW",
        lines=_lines(state, ticket),
        place=place,
        returned_at=now,
    )


def _lines(state: HallState, ticket: Ticket) -> list[str]:
    """Return where it waits again: at the counter that parked it, in the line that it was called
    from, or, when nobody is there, for its services.
    """
    line = f"counter:{ticket.counter}" if ticket.state == "PARKED" else ticket.came_from
    return [line] if _is_manned(state, line) else [ticket.service, *ticket.further]


def _is_manned(state: HallState, line: str) -> bool:
    kind, _, name = line.partition(":")
    return any(
        not one.closed
        and one.no in state.rules.counters
        and (one.clerk == name if kind == "clerk" else kind == "counter" and str(one.no) == name)
        and (one.clerk is not None or not state.rules.sign_in)
        for one in state.counters.values()
    )
