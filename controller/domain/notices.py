"""One-time notices (一次性告知): what a citizen was told in writing, and what its paper became.

A notice has the life of a ticket's paper that was asked for again (`tickets.PAPER`).
"""

from controller.domain.errors import RefusalError
from controller.domain.events import Event
from controller.domain.hall_commands import AskNotice, RecordNotice
from controller.domain.notice_events import (
    NoticeAsked,
    NoticeDropped,
    NoticeEvent,
    NoticeFailed,
    NoticePrinted,
    NoticeStarted,
    NoticeUnknown,
)
from controller.domain.rules import ItemRule
from controller.domain.state import Context, HallState, Ticket
from controller.domain.tickets import PAPER

CLASSES: dict[str, type[NoticeEvent]] = {
    "asked": NoticeAsked,
    "started": NoticeStarted,
    "printed": NoticePrinted,
    "unknown": NoticeUnknown,
    "failed": NoticeFailed,
    "dropped": NoticeDropped,
}


def ask(state: HallState, command: AskNotice, context: Context) -> list[Event]:
    """Decide `AskNotice`: without an item it is the visit's; a hall without a printer refuses."""
    ticket = _ticket(state, command)
    item = _item(state, command, ticket)
    for name in command.missing:
        if name not in item.materials:
            raise RefusalError("material_unknown", item=item.code)
    place = "desk" if command.counter is None else f"counter:{command.counter}"
    printer = command.printer or state.rules.printer_for(place)
    if printer == "":
        raise RefusalError("no_printer")
    clerk = None if command.counter is None else state.counters[command.counter].clerk
    asked = NoticeAsked(
        notice=command.notice,
        ticket=ticket.id if ticket is not None else "",
        number=ticket.number if ticket is not None else "",
        printer=printer or "",
        detail="",
        item=item.code,
        item_name=item.name,
        missing=list(command.missing),
        counter=command.counter,
        clerk=clerk,
        asked_at=context.now,
    )
    return [asked]


def record(state: HallState, command: RecordNotice, context: Context) -> list[Event]:
    """Decide `RecordNotice`: a step that the life of paper does not list is refused."""
    history = [event for event in context.history if isinstance(event, NoticeEvent)]
    if not history:
        raise RefusalError("not_found", notice=command.notice)
    before, first = notice_state(history[-1]), history[0]
    if command.step == "asked" or (before, command.step) not in PAPER:
        raise RefusalError("illegal_step", state=before, step=command.step)
    cls = CLASSES[command.step]
    return [cls(command.notice, first.ticket, first.number, command.printer, command.detail)]


def notice_state(last: NoticeEvent) -> str:
    """Return the state of a notice's paper after its newest event."""
    return next(name for name, cls in CLASSES.items() if type(last) is cls)


def _ticket(state: HallState, command: AskNotice) -> Ticket | None:
    """Return the ticket at the counter, or the one that the desk names."""
    if command.counter is not None:
        return state.ticket_at(command.counter)
    if command.ticket is None:
        return None
    if command.ticket not in state.tickets:
        raise RefusalError("not_found", ticket=command.ticket)
    return state.tickets[command.ticket]


def _item(state: HallState, command: AskNotice, ticket: Ticket | None) -> ItemRule:
    code = command.item
    if code is None and ticket is not None:
        code = next(iter([*(case.item for case in ticket.cases), *ticket.items]), None)
    if code is None:
        raise RefusalError("item_missing")
    item = state.rules.items.get(code)
    if item is None:
        raise RefusalError("item_unknown", item=code)
    if item.kind == "stopped":
        raise RefusalError("item_stopped", item=code)
    return item
