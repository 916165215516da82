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
    CompletionUndone,
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
    "ServiceCompleted": CompletionUndone,
    "NoShowMarked": NoShowUndone,
    "TicketParked": ParkUndone,
    "TicketTransferred": TransferUndone,
}
"""Which event takes which step back; `DirectServingStarted` ends as a cancelled ticket."""


ENDS = {"ServingFinished", "ServiceCompleted"}
"""What is final once the platform has it; a step on the way is told again as it is now."""


def undo(state: HallState, command: UndoStep, context: Context) -> list[Event]:
    """Decide `UndoStep`.

    With auto-call the hall has often called the next one before a clerk sees the mistake: that
    call is taken back too, as long as the step under it could still be.
    """
    no = command.counter
    require_counter(state, no)
    step = undoable(state, no, context.now)
    last = state.counters[no].last
    if step is None or last is None:
        raise RefusalError("nothing_to_undo", counter=no)
    if step is last:
        return [_taken_back(state, command, step, context.now)]
    call = _taken_back(state, command, last, context.now)
    return [call, _taken_back(state, command, step, context.now, last)]


def undoable(state: HallState, no: int, now: int) -> LastStep | None:
    """Return the step that an undo at a counter is about, None where there is none.

    It may be too late for it: that is for `undo` to say.
    """
    last = state.counters[no].last
    if last is None or last.event not in {*UNDO, "DirectServingStarted"}:
        return None
    prior = last.prior
    if prior is not None and prior.event in UNDO and now - prior.at <= state.rules.undo_s * 1000:
        return prior
    return last


def _taken_back(
    state: HallState, command: UndoStep, step: LastStep, now: int, above: LastStep | None = None
) -> Event:
    """Return what takes a step back; `above` is the call that goes back before it."""
    no = command.counter
    if now - step.at > state.rules.undo_s * 1000:
        raise RefusalError("undo_too_late", counter=no, undo_s=state.rules.undo_s)
    if step.rated:
        raise RefusalError("already_rated", number=step.before.number)
    if step.event in ENDS and command.delivered >= step.seq:
        raise RefusalError("already_delivered", counter=no)
    present = _present(state, step, above)
    if step.event == "DirectServingStarted":
        require_step(present, "TicketCancelled")
        one = step.before
        return TicketCancelled(one.id, one.number, one.service, present, "direct")
    cls = UNDO[step.event]
    require_step(present, cls.__name__)
    return _undone(state, cls, step, LIFE[(present, cls.__name__)], no)


def _present(state: HallState, step: LastStep, above: LastStep | None) -> str:
    """Return the state of the step's ticket; refuse when it has moved on since.

    Who is neither in the hall nor among the missed has ended with this step: another ends it
    only after a further one.
    """
    ticket = state.tickets.get(step.before.id) or state.missed.get(step.before.id)
    if above is not None and above.before.id == step.before.id:
        ticket = above.before
    if ticket is None:
        if step.event == "ServingFinished":
            return "DONE"
        raise RefusalError("nothing_to_undo", ticket=step.before.id)
    if ticket.moved != step.seq:
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
    if issubclass(cls, FinishUndone):
        more["cases"] = [case.case for case in before.cases]
        more["handled_ms"] = _learned_ms(before, last.at)
    return cls(**facts, undone=last.seq, back=before.back, **more)


def _learned_ms(before: Ticket, finished_at: int) -> int:
    """Return the serving time that the estimates learned from a finish."""
    began = began_at(before)
    return max(began, finished_at) - began + before.served_ms - before.learned_ms
