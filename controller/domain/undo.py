"""Undo: a counter's last step is taken back within the time allowed, and leaves no trace.

Refused once the citizen has rated, the platform has been told, or the ticket has moved on.
"""

from typing import Any

from controller.domain.commands import UndoStep
from controller.domain.counters import began_at, require_counter, step_facts
from controller.domain.errors import RefusalError
from controller.domain.events import Event
from controller.domain.queue_events import (
    CallUndone,
    FinishUndone,
    NoShowUndone,
    ParkUndone,
    StartUndone,
    TicketCancelled,
    TransferUndone,
    UndoEvent,
)
from controller.domain.state import Context, HallState, LastStep, Ticket
from controller.domain.tickets import LIFE, require_step

UNDO: dict[str, type[UndoEvent]] = {
    "TicketCalled": CallUndone,
    "ServingStarted": StartUndone,
    "ServingFinished": FinishUndone,
    "NoShowMarked": NoShowUndone,
    "TicketParked": ParkUndone,
    "TicketTransferred": TransferUndone,
}
"""Which event takes which step back; `DirectServingStarted` ends as a cancelled ticket."""


def undo(state: HallState, command: UndoStep, context: Context) -> list[Event]:
    """Decide `UndoStep`."""
    no = command.counter
    require_counter(state, no)
    last = state.counters[no].last
    if last is None or last.event not in {*UNDO, "DirectServingStarted"}:
        raise RefusalError("nothing_to_undo", counter=no)
    if context.now - last.at > state.rules.undo_s * 1000:
        raise RefusalError("undo_too_late", counter=no, undo_s=state.rules.undo_s)
    if last.rated:
        raise RefusalError("already_rated", number=last.before.number)
    # A visit's end and its cases are final once the platform has them; a step on the way is told
    # again as it is now.
    if last.event == "ServingFinished" and command.delivered >= last.seq:
        raise RefusalError("already_delivered", counter=no)
    present = _present(state, last)
    if last.event == "DirectServingStarted":
        require_step(present, "TicketCancelled")
        one = last.before
        return [TicketCancelled(one.id, one.number, one.service, present, "direct")]
    cls = UNDO[last.event]
    require_step(present, cls.__name__)
    return [_undone(state, cls, last, LIFE[(present, cls.__name__)], no)]


def _present(state: HallState, last: LastStep) -> str:
    """Return the state of the step's ticket; refuse when it has moved on since.

    Who is neither in the hall nor among the missed has ended with this step: another ends it
    only after a further one.
    """
    ticket = state.tickets.get(last.before.id) or state.missed.get(last.before.id)
    if ticket is None:
        if last.event == "ServingFinished":
            return "DONE"
        raise RefusalError("nothing_to_undo", ticket=last.before.id)
    if ticket.moved != last.seq:
        raise RefusalError("illegal_step", state=ticket.state, step="UndoStep")
    return ticket.state


def _undone(
    state: HallState, cls: type[UndoEvent], last: LastStep, after: str, no: int
) -> UndoEvent:
    before = last.before
    facts = step_facts(state, before, after, no)
    if after == "SERVING":
        facts["started_at"] = began_at(before)
    more: dict[str, Any] = {}
    if cls is FinishUndone:
        more["cases"] = [case.case for case in before.cases]
        more["handled_ms"] = _learned_ms(before, last.at)
    return cls(**facts, undone=last.seq, back=before.back, **more)


def _learned_ms(before: Ticket, finished_at: int) -> int:
    """Return the serving time that the estimates learned from a finish."""
    began = began_at(before)
    return max(began, finished_at) - began + before.served_ms - before.learned_ms
