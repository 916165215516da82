"""What a command is answered: a function of its events alone, so a repeat renders the same.

Times are UTC ms here; the web writes them as RFC 3339.
"""

from collections.abc import Sequence
from typing import Any

from controller.domain.events import (
    CaseAccepted,
    Event,
    NoShowMarked,
    ServingFinished,
    ServingStarted,
    StoredEvent,
    TicketCalled,
    TicketIssued,
    TicketRated,
    TicketRecalled,
)

STATE_AFTER: dict[type[Event], str] = {
    TicketCalled: "CALLED",
    TicketRecalled: "CALLED",
    ServingStarted: "SERVING",
    ServingFinished: "DONE",
    NoShowMarked: "NO_SHOW",
}


def ticket_answer(events: Sequence[StoredEvent]) -> dict[str, Any]:
    """Return the answer to an issued ticket, without its token."""
    stored = next(e for e in events if isinstance(e.event, TicketIssued))
    event = stored.event
    assert isinstance(event, TicketIssued)
    wait = None
    if event.wait_low_s is not None:
        wait = {"low_s": event.wait_low_s, "high_s": event.wait_high_s}
    return {
        "id": event.ticket,
        "number": event.number,
        "service": event.service,
        "state": "WAITING",
        "ahead": event.ahead,
        "wait": wait,
        "seq": events[-1].seq,
    }


def counter_answer(events: Sequence[StoredEvent]) -> dict[str, Any] | None:
    """Return the answer to a step at a counter, or None when nobody was called.

    The ticket in it has the same members after every step.
    """
    answer: dict[str, Any] | None = None
    for stored in events:
        event = stored.event
        if isinstance(event, CaseAccepted):
            answer = {"counter": event.counter, "ticket": _ticket_after(event, event.state)}
            answer |= {"item": event.item, "case": event.case}
        elif type(event) in STATE_AFTER:
            ticket = _ticket_after(event, STATE_AFTER[type(event)])
            answer = {"counter": ticket["counter"], "ticket": ticket}
            if isinstance(event, TicketCalled):
                answer["reason"] = event.reason
    if answer is not None:
        answer["seq"] = events[-1].seq
    return answer


def rating_answer(events: Sequence[StoredEvent]) -> dict[str, Any]:
    """Return the answer to a rating."""
    event = events[0].event
    assert isinstance(event, TicketRated)
    return {
        "ticket": {"id": event.ticket, "number": event.number},
        "grade": event.grade,
        "seq": events[-1].seq,
    }


def _ticket_after(event: Any, state: str) -> dict[str, Any]:
    recalled = isinstance(event, TicketRecalled)
    called = isinstance(event, TicketCalled | TicketRecalled)
    return {
        "id": event.ticket,
        "number": event.number,
        "service": event.service,
        "state": state,
        "counter": event.counter,
        "calls": event.call if called else event.calls,
        "issued_at": event.issued_at,
        "called_at": event.first_called_at if recalled else event.called_at,
        "started_at": getattr(event, "started_at", None),
        "finished_at": getattr(event, "finished_at", getattr(event, "marked_at", None)),
        "outcome": getattr(event, "outcome", None),
    }
