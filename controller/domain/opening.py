"""The business day: how it begins, who goes home with the old one, clearings (日清)."""

from controller.domain.commands import OpenDay
from controller.domain.events import DayOpened, Event, TicketExpired
from controller.domain.hall_commands import ClearQueue
from controller.domain.hall_events import ClerkSignedOut, CounterResumed, QueueCleared
from controller.domain.rules import Rules
from controller.domain.state import Context, HallState, Ticket


def opening(state: HallState, context: Context) -> list[Event]:
    """Return the events that begin the present business date, none if it has begun.

    A business date never goes back: a clock in the past keeps the last date, and while a person
    is asked for the true time no day begins.
    """
    if clock_is_doubtful(state, context.now):
        return []
    date = state.rules.business_date(context.now)
    if date <= state.date:
        return []
    ending = [ticket for ticket in state.tickets.values() if _ends(state, ticket, date)]
    expired = [expire(ticket, "day") for ticket in ending]
    return [*expired, *_went_home(state), DayOpened(date)]


def _went_home(state: HallState) -> list[Event]:
    """Return the ends of pauses and sign-ins: nobody stays overnight but who has a ticket there."""
    ended: list[Event] = []
    for counter in state.counters.values():
        if counter.ticket is not None:
            continue
        if counter.pause is not None:
            ended.append(CounterResumed(counter.no, counter.clerk, "day"))
        if counter.clerk is not None:
            ended.append(ClerkSignedOut(counter.no, counter.clerk, [], "day"))
    return ended


def clock_is_doubtful(state: HallState, now: int) -> bool:
    """Tell whether a person is, or has to be, asked for the true time."""
    if state.question is not None and state.question.kind == "clock":
        return True
    return now < state.at - state.rules.clock_behind_s * 1000


def _ends(state: HallState, ticket: Ticket, date: str) -> bool:
    """Tell whether a ticket ends with the day before `date`; who is at a counter stays."""
    if ticket.state == "BOOKED":
        return ticket.date < date
    if ticket.state == "WAITING":
        return not state.rules.keep_overnight
    return ticket.state == "PARKED"


def expire(ticket: Ticket, cause: str) -> TicketExpired:
    """Return the end of a ticket by a rule of the day, or by an answer."""
    return TicketExpired(ticket.id, ticket.number, ticket.service, cause)


def open_day(state: HallState, command: OpenDay, context: Context) -> list[Event]:
    """Decide `OpenDay`."""
    return opening(state, context)


def clear_queue(state: HallState, command: ClearQueue, context: Context) -> list[Event]:
    """Decide `ClearQueue`: who has waited since before the planned time goes home, once.

    Carried out late, after a stop, it does not touch those who came after its time.
    """
    if command.planned_at in state.cleared:
        return []
    gone = waiting_since_before(state, command.planned_at)
    expired = [expire(ticket, command.cause) for ticket in gone]
    return [*expired, QueueCleared(command.planned_at, command.cause, len(expired))]


def waiting_since_before(state: HallState, at: int) -> list[Ticket]:
    """Return who waits and got the number before a time (UTC ms)."""
    return [
        ticket
        for ticket in state.tickets.values()
        if ticket.state == "WAITING" and ticket.issued_at < at
    ]


def clearings(rules: Rules, date: str) -> list[tuple[int, str]]:
    """Return when (UTC ms) and why the queue is cleared on an ISO date, in order.

    `clearing` at the hall's fixed times, `closing` at the end of its last session.
    """
    planned = [(rules.instant(date, minute), "clearing") for minute in rules.clearings]
    sessions = rules.sessions(date)
    if rules.closing == "expire" and not rules.always_open and sessions:
        planned.append((rules.instant(date, sessions[-1].partition("-")[2]), "closing"))
    return sorted(planned)


def due_clearings(state: HallState, now: int) -> list[tuple[int, str]]:
    """Return the clearings of the present business date that are due and were not done yet.

    None while the true time is being asked for.
    """
    if not state.date or clock_is_doubtful(state, now):
        return []
    planned = clearings(state.rules, state.date)
    return [(at, cause) for at, cause in planned if at <= now and at not in state.cleared]
