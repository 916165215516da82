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
from controller.domain.hall_events import (
    ClerkSignedOut,
    CounterEvent,
    CounterPaused,
)
from controller.domain.notice_events import NoticeAsked, NoticeEvent
from controller.domain.notices import notice_state
from controller.domain.queue_events import (
    ServiceChanged,
    ServiceCompleted,
    TicketBooked,
    TicketCancelled,
    TicketSplit,
    TicketStep,
    TicketTransferred,
)

Answer = dict[str, Any]

STATE_AFTER: dict[type[Event], str] = {
    TicketCalled: "CALLED",
    TicketRecalled: "CALLED",
    ServingStarted: "SERVING",
    ServingFinished: "DONE",
    NoShowMarked: "NO_SHOW",
}


def ticket_answer(events: Sequence[StoredEvent]) -> Answer:
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
        "clients": event.clients,
        "late": event.late,
        "seq": events[-1].seq,
    }


def counter_answer(events: Sequence[StoredEvent]) -> Answer | None:
    """Return the answer to a step at a counter, or None when nobody was called.

    The ticket in it has the same members after every step.
    """
    answer: Answer | None = None
    for stored in events:
        event = stored.event
        if isinstance(event, CaseAccepted):
            answer = {"counter": event.counter, "ticket": _ticket_after(event, event.state)}
            answer |= {"item": event.item, "case": event.case}
        elif isinstance(event, TicketStep):
            before = answer
            answer = {"counter": event.counter, "ticket": _ticket_after(event, event.state)}
            if event.counter is None and before is not None:
                answer["counter"] = before["counter"]
            if isinstance(event, TicketTransferred):
                answer["line"] = event.to
        elif type(event) in STATE_AFTER:
            ticket = _ticket_after(event, STATE_AFTER[type(event)])
            answer = {"counter": ticket["counter"], "ticket": ticket}
            if isinstance(event, TicketCalled):
                answer["reason"] = event.reason
        elif isinstance(event, TicketCancelled) and answer is None:
            answer = {"counter": None, "ticket": cancelled(event)}
    if answer is not None:
        answer["seq"] = events[-1].seq
    return answer


def cancelled(event: TicketCancelled) -> Answer:
    """Return a ticket that was given back; nothing else about it stands in the event."""
    never = ("counter", "issued_at", "called_at", "started_at", "finished_at", "outcome")
    return {
        "id": event.ticket,
        "number": event.number,
        "service": event.service,
        "state": "CANCELLED",
        "calls": 0,
        **dict.fromkeys(never),
    }


def desk_answer(events: Sequence[StoredEvent]) -> Answer:
    """Return the answer to a step that is taken at the desk: cancel, return, another service."""
    for stored in events:
        event = stored.event
        if isinstance(event, TicketCancelled | TicketStep | ServiceChanged):
            state = "CANCELLED" if isinstance(event, TicketCancelled) else "WAITING"
            return {
                "ticket": {
                    "id": event.ticket,
                    "number": event.number,
                    "service": event.service,
                    "state": state,
                },
                "seq": events[-1].seq,
            }
    raise LookupError("no step of a ticket among the events")


def cards_answer(events: Sequence[StoredEvent]) -> list[str]:
    """Return the numbers of the pre-printed cards that were entered."""
    return [stored.event.number for stored in events if isinstance(stored.event, TicketIssued)]


def split_answer(events: Sequence[StoredEvent]) -> Answer:
    """Return the answer to the split of a batch: what stays, and the rest's new ticket."""
    split = next(e.event for e in events if isinstance(e.event, TicketSplit))
    return {
        "ticket": {"id": split.ticket, "number": split.number},
        "clients": split.kept,
        "rest": ticket_answer(events),
        "seq": events[-1].seq,
    }


def booking_answer(events: Sequence[StoredEvent]) -> Answer:
    """Return the answer to a booked slot, without its token."""
    event = next(e.event for e in events if isinstance(e.event, TicketBooked))
    return {
        "id": event.ticket,
        "service": event.service,
        "date": event.date,
        "start": event.slot_start,
        "end": event.slot_end,
        "state": "BOOKED",
        "no": event.no,
        "seq": events[-1].seq,
    }


def staffing_answer(events: Sequence[StoredEvent]) -> Answer | None:
    """Return the answer to a step of a counter itself; None when nothing changed."""
    answer: Answer | None = None
    for stored in events:
        event = stored.event
        if not isinstance(event, CounterEvent):
            continue
        pause = None
        if isinstance(event, CounterPaused):
            pause = {"reason": event.reason, "since": event.since, "until": event.until}
        answer = {
            "counter": event.counter,
            "clerk": None if isinstance(event, ClerkSignedOut) else event.clerk,
            "closed": isinstance(event, ClerkSignedOut),
            "pause": pause,
            "elsewhere": list(getattr(event, "elsewhere", ())),
            "seq": events[-1].seq,
        }
    return answer


def rating_answer(events: Sequence[StoredEvent]) -> Answer:
    """Return the answer to a rating."""
    event = events[0].event
    assert isinstance(event, TicketRated)
    return {
        "ticket": {"id": event.ticket, "number": event.number},
        "grade": event.grade,
        "seq": events[-1].seq,
    }


def _ticket_after(event: Any, state: str) -> Answer:
    called = isinstance(event, TicketCalled | TicketRecalled)
    finished = getattr(event, "finished_at", getattr(event, "marked_at", None))
    return {
        "id": event.ticket,
        "number": event.number,
        "service": event.service,
        "state": state,
        "counter": event.counter if state != "WAITING" else None,
        "calls": event.call if called else event.calls,
        "issued_at": event.issued_at,
        "called_at": (getattr(event, "first_called_at", None) or event.called_at),
        "started_at": getattr(event, "started_at", None),
        "finished_at": None if isinstance(event, ServiceCompleted) else finished,
        "outcome": getattr(event, "outcome", None),
    }


def notice_answer(events: Sequence[StoredEvent]) -> Answer:
    """Return the answer to a notice that was asked for."""
    stored = next(e for e in events if isinstance(e.event, NoticeAsked))
    assert isinstance(stored.event, NoticeAsked)
    return {**notice_document([stored.event]), "seq": stored.seq}


def notice_document(history: Sequence[Event]) -> Answer:
    """Return a notice from all its events, without its place in the log."""
    asked, last = history[0], history[-1]
    assert isinstance(asked, NoticeAsked)
    assert isinstance(last, NoticeEvent)
    return {
        "notice": asked.notice,
        "ticket": {"id": asked.ticket, "number": asked.number} if asked.ticket else None,
        "counter": asked.counter,
        "item": asked.item,
        "item_name": asked.item_name,
        "missing": asked.missing,
        "printer": last.printer,
        "state": notice_state(last),
    }
