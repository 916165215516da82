"""The ticket's life as one table; numbers; issuing; the end of the day.

An unlisted step is refused with a code and changes nothing. The picture in the docs is drawn
from this table.
"""

from controller.domain.commands import IssueTicket, OpenDay, RecordPrint
from controller.domain.errors import RefusalError
from controller.domain.events import (
    DayOpened,
    Event,
    PaperEvent,
    TicketExpired,
    TicketIssued,
    TicketPrintDropped,
    TicketPrinted,
    TicketPrintFailed,
    TicketPrintStarted,
    TicketPrintUnknown,
)
from controller.domain.state import Context, HallState

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
}


def require_step(state: str, event: str) -> None:
    """Refuse a step that the table does not list."""
    if (state, event) not in LIFE:
        raise RefusalError("illegal_step", state=state, step=event)


def opening(state: HallState, context: Context) -> list[Event]:
    """Return the events that begin the present business date, none if it has begun.

    A business date never goes back: a clock in the past keeps the last date.
    """
    date = state.rules.business_date(context.now)
    if date <= state.date:
        return []
    expired: list[Event] = [
        TicketExpired(ticket.id, ticket.number, ticket.service)
        for ticket in state.tickets.values()
        if ticket.state == "WAITING"
    ]
    return [*expired, DayOpened(date)]


def open_day(state: HallState, command: OpenDay, context: Context) -> list[Event]:
    """Decide `OpenDay`."""
    return opening(state, context)


def issue(state: HallState, command: IssueTicket, context: Context) -> list[Event]:
    """Decide `IssueTicket`: service, items and hours are checked, the number is drawn."""
    rule = state.rules.services.get(command.service)
    if rule is None:
        raise RefusalError("service_unknown", service=command.service)
    if command.priority is not None and command.priority not in state.rules.priorities:
        raise RefusalError("priority_unknown", priority=command.priority)
    for code in command.items:
        _require_item(state, code, command.service)
    if not state.rules.is_open(context.now):
        raise RefusalError("closed")
    day = opening(state, context)
    fresh = bool(day)
    credit_ms = state.rules.priority_credit_s * 1000 if command.priority else 0
    effective = context.now - credit_ms
    number, skipped = _draw_number(state, rule.prefix, fresh)
    ahead = 0 if fresh else state.people_ahead(command.service, effective)
    wait = state.wait_for(command.service, ahead)
    issued = TicketIssued(
        ticket=command.ticket,
        number=number,
        service=command.service,
        date=state.rules.business_date(context.now) if fresh else state.date,
        items=list(command.items),
        priority=command.priority,
        source=command.source,
        issued_at=context.now,
        effective_at=effective,
        ahead=ahead,
        wait_low_s=wait[0] if wait else None,
        wait_high_s=wait[1] if wait else None,
        skipped=skipped,
    )
    return [*day, issued]


def _require_item(state: HallState, code: str, service: str) -> None:
    item = state.rules.items.get(code)
    if item is None:
        raise RefusalError("item_unknown", item=code)
    if item.kind == "stopped":
        raise RefusalError("item_stopped", item=code)
    if item.service != service:
        raise RefusalError("item_elsewhere", item=code, service=item.service)


def _draw_number(state: HallState, prefix: str, fresh: bool) -> tuple[str, list[str]]:
    """Return the next number and the numbers left out because a live ticket still has them."""
    counter = 0 if fresh else state.numbers.get(prefix, 0)
    held = [state.ticket_at(no) for no in state.counters]
    live = {ticket.number for ticket in held if ticket is not None}
    skipped: list[str] = []
    while True:
        counter += 1
        number = f"{prefix}{counter:03d}"
        if number not in live:
            return number, skipped
        skipped.append(number)


def record_print(state: HallState, command: RecordPrint, context: Context) -> list[Event]:
    """Decide `RecordPrint`: a step of the paper that is not listed is refused."""
    issued = None
    paper = "waiting"
    names = {cls: step for (_, step), cls in PAPER.items()}
    for event in context.history:
        if isinstance(event, TicketIssued):
            issued = event
        elif isinstance(event, PaperEvent):
            paper = names[type(event)]
    if issued is None:
        raise RefusalError("not_found", ticket=command.ticket)
    cls = PAPER.get((paper, command.step))
    if cls is None:
        raise RefusalError("illegal_step", state=paper, step=command.step)
    return [cls(command.ticket, issued.number, command.printer, command.detail)]
