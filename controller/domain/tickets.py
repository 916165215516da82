"""The ticket's life as one table, that of its paper as another; issuing.

An unlisted step is refused with a code and changes nothing. The picture in the docs is drawn
from this table.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from controller.domain.commands import IssueTicket, RecordPrint
from controller.domain.errors import RefusalError
from controller.domain.events import (
    DayOpened,
    Event,
    PaperEvent,
    TicketExpired,
    TicketIssued,
    TicketPrintAsked,
    TicketPrintDropped,
    TicketPrinted,
    TicketPrintFailed,
    TicketPrintStarted,
    TicketPrintUnknown,
)
from controller.domain.hall_commands import AskPrint
from controller.domain.hall_events import PassUsed
from controller.domain.limits import require_open, require_quota, require_running
from controller.domain.numbers import series
from controller.domain.opening import opening
from controller.domain.rules import PASS_MS
from controller.domain.state import Context, HallState, Ticket

LIFE: dict[tuple[str, str], str] = {
    ("", "TicketBooked"): "BOOKED",
    ("", "TicketIssued"): "WAITING",
    ("", "DirectServingStarted"): "SERVING",
    ("BOOKED", "TicketIssued"): "WAITING",
    ("BOOKED", "TicketCancelled"): "CANCELLED",
    ("BOOKED", "TicketExpired"): "EXPIRED",
    ("WAITING", "TicketCalled"): "CALLED",
    ("WAITING", "ServiceChanged"): "WAITING",
    ("WAITING", "TicketSplit"): "WAITING",
    ("WAITING", "TicketReturned"): "WAITING",
    ("WAITING", "TicketCancelled"): "CANCELLED",
    ("WAITING", "TicketExpired"): "EXPIRED",
    ("WAITING", "TransferUndone"): "SERVING",
    ("WAITING", "NoShowUndone"): "CALLED",
    ("WAITING", "CompletionUndone"): "SERVING",
    ("CALLED", "TicketRecalled"): "CALLED",
    ("CALLED", "ServingStarted"): "SERVING",
    ("CALLED", "ServingFinished"): "DONE",
    ("CALLED", "ServiceCompleted"): "WAITING",
    ("CALLED", "TicketTransferred"): "WAITING",
    ("CALLED", "TicketParked"): "PARKED",
    ("CALLED", "TicketSplit"): "CALLED",
    ("CALLED", "NoShowMarked"): "NO_SHOW",
    ("CALLED", "CallUndone"): "WAITING",
    ("SERVING", "ServingFinished"): "DONE",
    ("SERVING", "ServiceCompleted"): "WAITING",
    ("SERVING", "TicketTransferred"): "WAITING",
    ("SERVING", "TicketParked"): "PARKED",
    ("SERVING", "TicketSplit"): "SERVING",
    ("SERVING", "StartUndone"): "CALLED",
    ("SERVING", "TicketCancelled"): "CANCELLED",
    ("PARKED", "TicketUnparked"): "CALLED",
    ("PARKED", "TicketReturned"): "WAITING",
    ("PARKED", "TicketCancelled"): "CANCELLED",
    ("PARKED", "TicketExpired"): "EXPIRED",
    ("PARKED", "ParkUndone"): "SERVING",
    ("NO_SHOW", "TicketReturned"): "WAITING",
    ("NO_SHOW", "NoShowUndone"): "CALLED",
    ("DONE", "FinishUndone"): "SERVING",
}

PAPER: dict[tuple[str, str], type[PaperEvent]] = {
    ("waiting", "started"): TicketPrintStarted,
    ("waiting", "failed"): TicketPrintFailed,
    ("waiting", "dropped"): TicketPrintDropped,
    ("failed", "started"): TicketPrintStarted,
    ("failed", "dropped"): TicketPrintDropped,
    ("started", "failed"): TicketPrintFailed,
    ("started", "printed"): TicketPrinted,
    ("started", "unknown"): TicketPrintUnknown,
    ("none", "asked"): TicketPrintAsked,
    ("printed", "asked"): TicketPrintAsked,
    ("unknown", "asked"): TicketPrintAsked,
    ("failed", "asked"): TicketPrintAsked,
    ("dropped", "asked"): TicketPrintAsked,
    ("asked", "started"): TicketPrintStarted,
    ("asked", "failed"): TicketPrintFailed,
    ("asked", "dropped"): TicketPrintDropped,
}
PAPERLESS = ("card", "phone")
"""Sources of tickets that need no paper: a card is printed already, a phone shows the number."""


def require_step(state: str, event: str) -> None:
    """Refuse a step that the table does not list."""
    if (state, event) not in LIFE:
        raise RefusalError("illegal_step", state=state, step=event)


def state_after(history: Iterable[Event]) -> str:
    """Return the state to which a ticket's own events lead, "" when it never was."""
    state = ""
    for event in history:
        state = LIFE.get((state, type(event).__name__), state)
    return state


@dataclass(frozen=True)
class Wanted:
    """What a new number is for: services in their order, who comes, and which rules hold.

    `slot` is the start of a booked slot (UTC ms), `late` when its holder came too late for it,
    `credit_ms` how far before its issue the ticket is put into the line, `cut` the batch that its
    clients leave, `place` where it is taken.
    """

    ticket: str
    lines: tuple[str, ...]
    source: str
    items: tuple[str, ...] = ()
    priority: str | None = None
    together: bool = False
    clients: int = 1
    escort: bool = False
    person: str | None = None
    slot: int | None = None
    late: bool = False
    test: bool = False
    credit_ms: int = 0
    place: str = ""
    cut: Ticket | None = None


def issue(state: HallState, command: IssueTicket, context: Context) -> list[Event]:
    """Decide `IssueTicket`: services, items, hours, limits and person are checked.

    Tests are free of limits, and so are cards: their numbers were given out already.
    """
    lines = (command.service, *command.further)
    _require_door(state, command, context.now)
    _require_wish(state, command, lines)
    free = command.test or command.card is not None
    if not free:
        for code in lines:
            require_open(state, code, context.now)
    day = opening(state, context)
    if not free:
        for code in lines:
            require_running(state, code, bool(day))
            require_quota(state, code, context.now, bool(day))
    person = None if command.test else context.person
    if not free:
        require_person(state, lines, person, day)
    numbers = series(state, day)
    if command.card is not None:
        drawn: tuple[str, list[str]] = (numbers.take_card(command.card), [])
    elif command.test:
        drawn = numbers.draw_test()
    else:
        drawn = numbers.draw(state.rules.services[command.service])
    wanted = Wanted(
        ticket=command.ticket,
        lines=lines,
        source=command.source if command.card is None else "card",
        items=command.items,
        priority=command.priority,
        together=command.together and len(lines) > 1,
        clients=command.clients,
        escort=command.escort,
        person=person if state.rules.identity != "off" else None,
        test=command.test,
        credit_ms=state.rules.priority_credit_s * 1000 if command.priority else 0,
        place=command.place,
    )
    used = [PassUsed(command.door, context.now + PASS_MS)] if command.door else []
    return [*day, issued(state, wanted, drawn, day, context.now), *used]


def _require_door(state: HallState, command: IssueTicket, now: int) -> None:
    """From a phone a number is taken in the hall only, and one with each pass of the page."""
    if command.source != "phone":
        return
    if not command.admitted or state.passes.get(command.door, 0) > now:
        raise RefusalError("code_expired")


def issued(
    state: HallState, wanted: Wanted, drawn: tuple[str, list[str]], day: list[Event], now: int
) -> TicketIssued:
    """Return the event of a drawn number (and those left out); `day` are the events before it."""
    place = now - wanted.credit_ms
    empty = bool(day) and not state.rules.keep_overnight
    asked = wanted.lines if wanted.together else wanted.lines[:1]
    ahead, service = min(
        (0 if empty else state.people_ahead(code, place) - _leaving(state, wanted, code), code)
        for code in asked
    )
    wait = state.wait_for(service, ahead)
    return TicketIssued(
        ticket=wanted.ticket,
        number=drawn[0],
        service=wanted.lines[0],
        date=state.rules.business_date(now) if day else state.date,
        items=list(wanted.items),
        priority=wanted.priority,
        source=wanted.source,
        issued_at=now,
        effective_at=place,
        ahead=ahead,
        wait_low_s=wait[0] if wait else None,
        wait_high_s=wait[1] if wait else None,
        skipped=drawn[1],
        lines=list(wanted.lines) if len(wanted.lines) > 1 else [],
        together=wanted.together,
        clients=wanted.clients,
        escort=wanted.escort,
        person=wanted.person,
        slot=wanted.slot,
        late=wanted.late,
        test=wanted.test,
        printer=state.rules.printer_for(wanted.place),
    )


def _leaving(state: HallState, wanted: Wanted, service: str) -> int:
    """Count those clients of this ticket whom the state still has in a batch ahead of it."""
    cut = wanted.cut
    if cut is None or cut.test or cut.state != "WAITING":
        return 0
    return wanted.clients if set(cut.lines) & set(state.competing(service)) else 0


def _require_wish(state: HallState, command: IssueTicket, lines: tuple[str, ...]) -> None:
    for code in lines:
        if code not in state.rules.services:
            raise RefusalError("service_unknown", service=code)
    if len(set(lines)) < len(lines):
        raise RefusalError("service_repeated")
    if command.priority is not None and command.priority not in state.rules.priorities:
        raise RefusalError("priority_unknown", priority=command.priority)
    for item in command.items:
        require_item(state, item, lines)
    if not 1 <= command.clients <= state.rules.clients_most:
        raise RefusalError("clients_wrong", most=state.rules.clients_most)
    if command.test and command.card is not None:
        raise RefusalError("card_wrong", card=command.card[:12])


def require_item(state: HallState, code: str, lines: tuple[str, ...]) -> None:
    """Refuse an item that is unknown, stopped, or of none of these services."""
    item = state.rules.items.get(code)
    if item is None:
        raise RefusalError("item_unknown", item=code)
    if item.kind == "stopped":
        raise RefusalError("item_stopped", item=code)
    if item.service not in lines:
        raise RefusalError("item_elsewhere", item=code, service=item.service)


def require_person(
    state: HallState, lines: Sequence[str], person: str | None, day: Sequence[Event] = ()
) -> None:
    """Refuse `identity_needed` where everybody shows a card, and a second live ticket.

    `one_ticket`: one person has one live ticket per service. One that the events `day` end, or
    that is booked for a later day, is none.
    """
    if state.rules.identity == "off":
        return
    if person is None:
        if state.rules.identity == "required":
            raise RefusalError("identity_needed")
        return
    gone = {event.ticket for event in day if isinstance(event, TicketExpired)}
    today = next((event.date for event in day if isinstance(event, DayOpened)), state.date)
    for other in (state.tickets[id] for id in state.persons.get(person, ()) if id not in gone):
        later = other.state == "BOOKED" and other.date != today
        if not later and {other.service, *other.further} & set(lines):
            facts = {"number": other.number, "service": other.service, "state": other.state}
            raise RefusalError("one_ticket", ticket=facts)


def first_paper(issued: TicketIssued) -> str:
    """Return the state of a ticket's paper at its issue: waiting, or none."""
    paperless = issued.source in PAPERLESS or issued.printer == ""
    return "none" if paperless else "waiting"


def record_print(state: HallState, command: RecordPrint, context: Context) -> list[Event]:
    """Decide `RecordPrint`: a step of the paper that is not listed is refused."""
    return _paper_step(context, command, command.step, command.detail)


def ask_print(state: HallState, command: AskPrint, context: Context) -> list[Event]:
    """Decide `AskPrint` (补打): what is still to come out, or was never issued, is refused."""
    return _paper_step(context, command, "asked", command.who)


def _paper_step(
    context: Context, command: RecordPrint | AskPrint, step: str, detail: str
) -> list[Event]:
    issued = next((one for one in context.history if isinstance(one, TicketIssued)), None)
    if issued is None:
        if not context.history:
            raise RefusalError("not_found", ticket=command.ticket)
        raise RefusalError("illegal_step", state="none", step=step)  # booked or direct: no paper
    paper = first_paper(issued)
    names = {cls: after for (_, after), cls in PAPER.items()}
    for event in context.history:
        if isinstance(event, PaperEvent):
            paper = names[type(event)]
    cls = PAPER.get((paper, step))
    if cls is None:
        raise RefusalError("illegal_step", state=paper, step=step)
    return [cls(command.ticket, issued.number, command.printer, detail)]
