"""Visits (接待) and cases (办件) as the single-window platform takes them.

A document is a function of its event and of facts that do not change, so a repeat is the same
bytes under the same key. What is undone is told again as it then is.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from controller.domain.events import (
    CaseAccepted,
    CaseFinished,
    CaseHandedOn,
    NoShowMarked,
    ServingFinished,
    ServingStarted,
    StoredEvent,
    TicketCalled,
    TicketExpired,
    TicketIssued,
    TicketRated,
)
from controller.domain.queue_events import (
    CallUndone,
    CompletionUndone,
    DirectServingStarted,
    FinishUndone,
    NoShowUndone,
    ParkUndone,
    ServiceCompleted,
    StartUndone,
    TicketCancelled,
    TicketParked,
    TicketReturned,
    TicketStep,
    TicketTransferred,
    TicketUnparked,
    TransferUndone,
)
from controller.store.deliveries import VisitFacts

VISIT_STATES: dict[type, str] = {
    TicketIssued: "WAITING",
    TicketCalled: "CALLED",
    ServingStarted: "SERVING",
    ServingFinished: "DONE",
    NoShowMarked: "NO_SHOW",
    TicketExpired: "EXPIRED",
    TicketRated: "DONE",
    TicketCancelled: "CANCELLED",
}
STEPS = (
    DirectServingStarted,
    TicketParked,
    TicketUnparked,
    TicketTransferred,
    ServiceCompleted,
    TicketReturned,
    CallUndone,
    StartUndone,
    FinishUndone,
    CompletionUndone,
    NoShowUndone,
    ParkUndone,
    TransferUndone,
)
"""Steps whose event names the state that the visit is then in."""
CASE_STATES: dict[type, str] = {
    CaseAccepted: "ACCEPTED",
    CaseFinished: "FINISHED",
    CaseHandedOn: "HANDED_ON",
}
DELIVERED = (*VISIT_STATES, *STEPS, *CASE_STATES)
DELIVERED_TYPES = tuple(cls.__name__ for cls in DELIVERED)
ENDS = (ServingFinished, ServiceCompleted, CaseFinished, CaseHandedOn)
"""What can be undone for a while and is final once the platform has it."""


@dataclass(frozen=True)
class Document:
    """Where a post goes ("visits" or "cases"), what it says, and what its key ends with."""

    ledger: str
    body: dict[str, Any]
    suffix: str = ""


def documents(stored: StoredEvent, facts: VisitFacts, time_zone: str) -> list[Document]:
    """Return the documents of an event of `DELIVERED`; times are RFC 3339 in the hall's zone.

    A test ticket and a booking that never got a number have none.
    """
    event: Any = stored.event
    if facts.test or not event.number:
        return []
    if type(event) in CASE_STATES:
        return [Document("cases", _case(stored, time_zone))]
    told = [Document("visits", _visit(stored, facts, time_zone))]
    if isinstance(event, FinishUndone):
        told += [
            Document("cases", _reopened(stored, no, facts, time_zone), f":{no}")
            for no in event.cases
        ]
    return told


def rfc3339(at: int, time_zone: str) -> str:
    """Return a time (UTC ms) with the offset of a zone."""
    local = datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(time_zone))
    return local.isoformat(timespec="milliseconds")


def _case(stored: StoredEvent, time_zone: str) -> dict[str, Any]:
    event: Any = stored.event
    return {
        "hall": stored.hall,
        "no": event.case,
        "item": event.item,
        "item_name": event.item_name,
        "ticket": {"id": event.ticket, "number": event.number},
        "state": CASE_STATES[type(event)],
        "at": rfc3339(_time_of(stored), time_zone),
        "counter": event.counter,
    }


def _reopened(
    stored: StoredEvent, no: str, facts: VisitFacts, time_zone: str
) -> dict[str, Any]:
    event: Any = stored.event
    item, name = facts.cases[no]
    return {
        "hall": stored.hall,
        "no": no,
        "item": item,
        "item_name": name,
        "ticket": {"id": event.ticket, "number": event.number},
        "state": "ACCEPTED",
        "at": rfc3339(stored.at, time_zone),
        "counter": event.counter,
    }


def _visit(stored: StoredEvent, facts: VisitFacts, time_zone: str) -> dict[str, Any]:
    event: Any = stored.event
    ended = _ended(event, facts)
    return {
        "hall": stored.hall,
        "no": event.ticket,
        "ticket": {"id": event.ticket, "number": event.number},
        "item": facts.items[0] if facts.items else None,
        "items": list(facts.items),
        "service": event.service,
        "state": event.state if isinstance(event, TicketStep) else VISIT_STATES[type(event)],
        "at": rfc3339(_time_of(stored), time_zone),
        "counter": getattr(event, "counter", None),
        "outcome": ended[0],
        "rating": event.grade if isinstance(event, TicketRated) else None,
        "wait_s": _seconds(_wait_ms(event, facts)),
        "handle_s": _seconds(ended[1]),
    }


def _ended(event: Any, facts: VisitFacts) -> tuple[str | None, int | None]:
    """The outcome and the serving time (ms) of a visit that has ended."""
    if isinstance(event, ServingFinished):
        return event.outcome, max(0, event.finished_at - event.started_at) + event.served_ms
    if isinstance(event, TicketRated):
        return facts.outcome, facts.handle_ms
    return None, None


def _wait_ms(event: Any, facts: VisitFacts) -> int | None:
    """From the issue to the first call; an undone call is none."""
    if isinstance(event, TicketRated | TicketCancelled):
        return facts.wait_ms
    if isinstance(event, TicketIssued | TicketExpired | CallUndone):
        return None
    called_at = getattr(event, "first_called_at", None) or event.called_at
    return None if called_at is None else max(0, called_at - event.issued_at)


def _time_of(stored: StoredEvent) -> int:
    """The time that the event tells, else the one at which it was stored."""
    event: Any = stored.event
    fields = {
        TicketIssued: "issued_at",
        TicketCalled: "called_at",
        ServingStarted: "started_at",
        ServingFinished: "finished_at",
        CaseAccepted: "accepted_at",
        CaseFinished: "finished_at",
        CaseHandedOn: "handed_on_at",
    }
    name = fields.get(type(event))
    return int(getattr(event, name)) if name else stored.at


def _seconds(span_ms: int | None) -> float | None:
    return None if span_ms is None else span_ms / 1000
