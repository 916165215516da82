"""Ratings (好差评): one per visit, by the citizen, never by the clerk (domain.md 2.3)."""

from controller.domain.commands import RateAtCounter, RateTicket
from controller.domain.counters import require_counter
from controller.domain.errors import RefusalError
from controller.domain.events import Event, ServingFinished, TicketIssued, TicketRated
from controller.domain.queue_events import DirectServingStarted, FinishUndone, TicketBooked
from controller.domain.state import Context, HallState

GRADES = range(1, 6)
BEGINNINGS = (TicketBooked, TicketIssued, DirectServingStarted)


def _require_grade(grade: int) -> None:
    if grade not in GRADES:
        raise RefusalError("grade_unknown", grade=grade)


def _date(state: HallState, now: int) -> str:
    """Return the day that a rating counts for: the present one, also before it is opened."""
    return max(state.date, state.rules.business_date(now))


def rate_ticket(state: HallState, command: RateTicket, context: Context) -> list[Event]:
    """Decide `RateTicket` from the ticket's own events."""
    _require_grade(command.grade)
    finished: ServingFinished | None = None
    known = False
    for event in context.history:
        known = known or isinstance(event, BEGINNINGS)
        if isinstance(event, TicketRated):
            raise RefusalError("already_rated", number=event.number)
        if isinstance(event, ServingFinished):
            finished = event
        if isinstance(event, FinishUndone):
            finished = None
        if isinstance(event, TicketIssued) and event.test:
            raise RefusalError("test_ticket", number=event.number)
    if not known:
        raise RefusalError("not_found", ticket=command.ticket)
    if finished is None:
        raise RefusalError("not_finished", ticket=command.ticket)
    return [
        TicketRated(
            ticket=command.ticket,
            number=finished.number,
            service=finished.service,
            counter=finished.counter,
            grade=command.grade,
            channel=command.channel,
            kind="ACTIVE",
            date=_date(state, context.now),
        )
    ]


def rate_at_counter(state: HallState, command: RateAtCounter, context: Context) -> list[Event]:
    """Decide `RateAtCounter`: only while the box of this counter is asking."""
    require_counter(state, command.counter)
    _require_grade(command.grade)
    prompt = state.counters[command.counter].prompt
    if prompt is None or context.now > prompt.until:
        raise RefusalError("no_rating_open", counter=command.counter)
    if command.session not in (0, prompt.session):
        raise RefusalError("no_rating_open", counter=command.counter)
    return [
        TicketRated(
            ticket=prompt.ticket,
            number=prompt.number,
            service=prompt.service,
            counter=command.counter,
            grade=command.grade,
            channel="HALL_OTHER",
            kind="ACTIVE",
            date=_date(state, context.now),
        )
    ]
