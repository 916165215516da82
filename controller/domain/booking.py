"""Appointments (预约): a slot of a service is booked, its holder checks in and waits."""

from datetime import date as calendar_date
from datetime import timedelta

from controller.domain.commands import BookTicket, CheckIn, TakeImport
from controller.domain.errors import RefusalError
from controller.domain.events import Event
from controller.domain.hall_events import ImportTaken
from controller.domain.limits import require_open, require_quota, require_running
from controller.domain.numbers import series
from controller.domain.opening import opening
from controller.domain.queue_events import TicketBooked
from controller.domain.rules import WEEKDAYS, Rules, SlotRule
from controller.domain.state import Context, HallState, Ticket
from controller.domain.tickets import Wanted, issued


def slots_on(rules: Rules, service: str, date: str) -> list[tuple[str, int, int, int]]:
    """Return the slots of a service on an ISO date: "HH:MM", start and end (UTC ms), quota."""
    found: list[tuple[str, int, int, int]] = []
    weekday = WEEKDAYS[calendar_date.fromisoformat(date).weekday()]
    for rule in rules.services[service].slots:
        if weekday in rule.days:
            for start in _starts(rule):
                begin = rules.instant(date, _clock(start))
                end = rules.instant(date, _clock(start + rule.minutes))
                found.append((_clock(start), begin, end, rule.quota))
    return found


def _starts(rule: SlotRule) -> range:
    return range(_minute(rule.start), _minute(rule.end) - rule.minutes + 1, rule.minutes)


def _minute(text: str) -> int:
    hour, _, minute = text.partition(":")
    return int(hour) * 60 + int(minute)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def today(state: HallState, now: int) -> str:
    """Return the business date that a booking is held against: it never goes back."""
    return max(state.date, state.rules.business_date(now))


def book(state: HallState, command: BookTicket, context: Context) -> list[Event]:
    """Decide `BookTicket`: the slot exists, has not begun, has room; one per person and day.

    Slots are open from today to `book_days` days ahead.
    """
    rules = state.rules
    if command.service not in rules.services:
        raise RefusalError("service_unknown", service=command.service)
    slot = _require_slot(state, command, context.now)
    person = _require_booker(state, command, context)
    taken = state.slots.get(f"{command.service}|{slot[1]}", 0)
    if taken >= slot[3]:
        raise RefusalError("slot_full", service=command.service, most=slot[3])
    return [
        TicketBooked(
            ticket=command.ticket,
            service=command.service,
            date=command.date,
            slot_start=slot[1],
            slot_end=slot[2],
            person=person,
            source=command.source,
            no=command.no,
        )
    ]


def take_import(state: HallState, command: TakeImport, context: Context) -> list[Event]:
    """Decide `TakeImport`: its rows are booked one by one, each by its own command."""
    return [ImportTaken(command.rows)]


def _require_slot(
    state: HallState, command: BookTicket, now: int
) -> tuple[str, int, int, int]:
    try:
        day = calendar_date.fromisoformat(command.date)
    except ValueError as error:
        raise RefusalError("slot_unknown", date=command.date[:20]) from error
    first = calendar_date.fromisoformat(today(state, now))
    if day < first:
        raise RefusalError("too_late_to_book", date=command.date)
    if day <= first + timedelta(days=state.rules.book_days):
        for slot in slots_on(state.rules, command.service, day.isoformat()):
            if slot[0] == command.start:
                if slot[1] <= now:
                    raise RefusalError("too_late_to_book", date=command.date)
                return slot
    raise RefusalError("slot_unknown", date=command.date)


def _require_booker(state: HallState, command: BookTicket, context: Context) -> str | None:
    if state.rules.identity == "off":
        return None
    if context.person is None:
        if state.rules.identity == "required":
            raise RefusalError("identity_needed")
        return None
    for other in (state.tickets[id] for id in state.persons.get(context.person, ())):
        same = other.service == command.service and other.state != "BOOKED"
        if other.date == command.date and (other.state == "BOOKED" or same):
            facts = {"number": other.number, "service": other.service, "state": other.state}
            raise RefusalError("one_ticket", ticket=facts)
    return context.person


def check_in(state: HallState, command: CheckIn, context: Context) -> list[Event]:
    """Decide `CheckIn`: in the window the slot's credit holds; later it is an ordinary ticket.

    In time, neither hours nor quotas keep the holder out: the slot was promised.
    """
    ticket = state.tickets.get(command.ticket)
    if ticket is None:
        raise RefusalError("not_found", ticket=command.ticket)
    if ticket.state != "BOOKED":
        raise RefusalError("not_booked", state=ticket.state)
    assert ticket.slot is not None
    now, rules = context.now, state.rules
    if ticket.date != today(state, now):
        raise RefusalError("not_today", date=ticket.date)
    early_ms = ticket.slot - rules.check_in_before_s * 1000 - now
    if early_ms > 0:
        raise RefusalError("check_in_early", retry_after_s=-(-early_ms // 1000))
    late = now > ticket.slot + rules.check_in_after_s * 1000
    day = opening(state, context)
    require_running(state, ticket.service, bool(day))
    if late:
        require_open(state, ticket.service, now)
        require_quota(state, ticket.service, now, bool(day))
    wanted = Wanted(
        ticket=ticket.id,
        lines=(ticket.service,),
        source="booking",
        person=ticket.person,
        slot=ticket.slot,
        late=late,
        credit_ms=0 if late else _credit_ms(rules, ticket, now),
    )
    drawn = series(state, day).draw(rules.services[ticket.service])
    return [*day, issued(state, wanted, drawn, day, now)]


def _credit_ms(rules: Rules, ticket: Ticket, now: int) -> int:
    """Return how far before now a punctual holder stands: the slot's start less the credit.

    Who comes early is not put behind those of the same minute: never after now.
    """
    assert ticket.slot is not None
    return max(0, now - (ticket.slot - rules.booked_credit_s * 1000))
