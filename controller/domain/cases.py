"""Cases (办件): an accepted item gets a number that is never used again (domain.md 3.8)."""

from controller.domain.commands import AcceptCase
from controller.domain.counters import require_counter, require_ticket
from controller.domain.errors import RefusalError
from controller.domain.events import CaseAccepted, Event
from controller.domain.state import Context, HallState, Ticket


def accept(state: HallState, command: AcceptCase, context: Context) -> list[Event]:
    """Decide `AcceptCase`; without an item the first proposal not yet accepted is taken.

    An agent's batch may have one case of an item for each of its clients; a test has none.
    """
    require_counter(state, command.counter)
    ticket = require_ticket(state, command.counter)
    if ticket.test:
        raise RefusalError("test_ticket", number=ticket.number)
    code = command.item if command.item is not None else _proposed(state, ticket)
    item = state.rules.items.get(code)
    if item is None:
        raise RefusalError("item_unknown", item=code)
    if item.kind == "stopped":
        raise RefusalError("item_stopped", item=code)
    if item.kind == "advice":
        raise RefusalError("item_no_case", item=code)
    if _accepted(ticket, code) >= ticket.clients:
        raise RefusalError("already_accepted", item=code)
    assert ticket.called_at is not None
    return [
        CaseAccepted(
            case=f"{state.rules.case_prefix}{state.date.replace('-', '')}"
            f"{state.case_numbers + 1:05d}",
            item=code,
            item_name=item.name,
            kind=item.kind,
            ticket=ticket.id,
            number=ticket.number,
            counter=command.counter,
            accepted_at=context.now,
            date=state.date,
            service=ticket.service,
            state=ticket.state,
            issued_at=ticket.issued_at,
            called_at=ticket.called_at,
            started_at=ticket.started_at,
            calls=ticket.calls,
        )
    ]


def _accepted(ticket: Ticket, code: str) -> int:
    return sum(case.item == code for case in ticket.cases)


def _proposed(state: HallState, ticket: Ticket) -> str:
    """Return the proposal that has been accepted least often, of the present service first."""
    items = state.rules.items
    open_items = [code for code in ticket.items if _accepted(ticket, code) < ticket.clients]
    if not open_items:
        raise RefusalError("item_missing", ticket=ticket.number)

    def order(code: str) -> tuple[bool, int]:
        elsewhere = code not in items or items[code].service != ticket.service
        return elsewhere, _accepted(ticket, code)

    return min(open_items, key=order)
