"""Visits (接待) and cases (办件) as the single-window platform takes them.

A document is a function of its event and of facts that do not change, so a repeat is the same
bytes under the same key.
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
from controller.store.deliveries import VisitFacts

VISIT_STATES: dict[type, str] = {
    TicketIssued: "WAITING",
    TicketCalled: "CALLED",
    ServingStarted: "SERVING",
    ServingFinished: "DONE",
    NoShowMarked: "NO_SHOW",
    TicketExpired: "EXPIRED",
    TicketRated: "DONE",
}
CASE_STATES: dict[type, str] = {
    CaseAccepted: "ACCEPTED",
    CaseFinished: "FINISHED",
    CaseHandedOn: "HANDED_ON",
}
DELIVERED = (*VISIT_STATES, *CASE_STATES)
DELIVERED_TYPES = tuple(cls.__name__ for cls in DELIVERED)


@dataclass(frozen=True)
class Document:
    """Where a post goes ("visits" or "cases") and what it says."""

    ledger: str
    body: dict[str, Any]


def document(stored: StoredEvent, facts: VisitFacts, time_zone: str) -> Document:
    """Return the document of an event of `DELIVERED`; times are RFC 3339 in the hall's zone."""
    if type(stored.event) in CASE_STATES:
        return Document("cases", _case(stored, time_zone))
    return Document("visits", _visit(stored, facts, time_zone))


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


def _visit(stored: StoredEvent, facts: VisitFacts, time_zone: str) -> dict[str, Any]:
    event: Any = stored.event
    called = not isinstance(event, TicketIssued | TicketExpired)
    finished = isinstance(event, ServingFinished | TicketRated)
    return {
        "hall": stored.hall,
        "no": event.ticket,
        "ticket": {"id": event.ticket, "number": event.number},
        "item": facts.items[0] if facts.items else None,
        "items": list(facts.items),
        "service": event.service,
        "state": VISIT_STATES[type(event)],
        "at": rfc3339(_time_of(stored), time_zone),
        "counter": getattr(event, "counter", None),
        "outcome": facts.outcome if finished else None,
        "rating": event.grade if isinstance(event, TicketRated) else None,
        "wait_s": _seconds(facts.wait_ms) if called else None,
        "handle_s": _seconds(facts.handle_ms) if finished else None,
    }


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
