"""What has happened to tickets beyond issue, call and end: booked, parked, moved, undone.

Part of the events of the hall (see `events`, which lists all). Times are UTC milliseconds.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from controller.domain.event import Event


@dataclass(frozen=True)
class TicketBooked(Event):
    """An appointment (预约): a slot of a service on a later or the present date.

    `no` is the booking's number in the system that it was imported from, or "".
    """

    subject_field: ClassVar[str] = "ticket"

    ticket: str
    service: str
    date: str
    slot_start: int
    slot_end: int
    person: str | None
    source: str
    no: str


@dataclass(frozen=True)
class TicketCancelled(Event):
    """The citizen or the desk gave the ticket back (弃号); `state` is the one before.

    `cause` is citizen, desk, clerk, direct (an undone direct reception) or abandoned.
    """

    subject_field: ClassVar[str] = "ticket"

    ticket: str
    number: str
    service: str
    state: str
    cause: str


@dataclass(frozen=True)
class ServiceChanged(Event):
    """A waiting ticket was moved to another service; number and issue time stay."""

    subject_field: ClassVar[str] = "ticket"

    ticket: str
    number: str
    service: str
    from_service: str
    lines: list[str]


@dataclass(frozen=True)
class TicketSplit(Event):
    """A batch of clients was cut: `kept` stay with the ticket, `rest` wait with a new one."""

    subject_field: ClassVar[str] = "ticket"

    ticket: str
    number: str
    service: str
    counter: int | None
    kept: int
    rest: int
    rest_ticket: str


@dataclass(frozen=True)
class TicketStep(Event, abstract=True):
    """A step of a ticket at a counter, with the facts that its answer shows.

    `state` is the ticket's state after the step, `called_at` its first call.
    """

    subject_field: ClassVar[str] = "ticket"

    ticket: str
    number: str
    service: str
    state: str
    counter: int | None
    clerk: str | None
    calls: int
    issued_at: int
    called_at: int | None
    started_at: int | None


@dataclass(frozen=True)
class DirectServingStarted(TicketStep):
    """Somebody was received without waiting (直接接待): number given silently, no paper.

    `skipped` are the numbers left out before this one, because live tickets carry them.
    """

    date: str
    items: list[str]
    skipped: list[str]


@dataclass(frozen=True)
class TicketParked(TicketStep):
    """Put aside (挂起), for example to fetch a document; `served_ms` is all serving so far."""

    reason: str
    parked_at: int
    served_ms: int


@dataclass(frozen=True)
class TicketUnparked(TicketStep):
    """Taken up again at a counter (回呼); a call or a start follows in the same command."""

    unparked_at: int


@dataclass(frozen=True)
class TicketTransferred(TicketStep):
    """Handed to a service, a counter or a clerk (转移); number and issue time stay.

    `to` is the line: a service code, `counter:<no>` or `clerk:<staff id>`. `place` is
    [effective_at, order, nudge] of the waiting order (see `state.Ticket.place`).
    `first_contact` stays (首问责任).
    """

    to: str
    from_service: str
    reason: str
    place: list[int]
    served_ms: int
    first_contact: str
    transferred_at: int


@dataclass(frozen=True)
class ServiceCompleted(TicketStep):
    """One of several services of a ticket is done; it waits for the next ones (`lines`)."""

    done: str
    finished_at: int
    lines: list[str]
    served_ms: int


@dataclass(frozen=True)
class TicketReturned(TicketStep):
    """A missed or parked ticket waits again.

    `cause`: requeue (k places behind, by the missed-call rule), within (few have passed), keep
    (half-day), mistake (wrongly marked), documents (came back with them), desk (woken up),
    closed (its counter closed).
    """

    cause: str
    from_state: str
    lines: list[str]
    place: list[int]
    returned_at: int


@dataclass(frozen=True)
class UndoEvent(TicketStep, abstract=True):
    """The last step at a counter was taken back within the time allowed; `undone` is its seq.

    `undone` is that of the step's command (`state.LastStep.seq`), `back` what its row in the
    projections gets back (`state.Ticket.back` of the ticket before the step).
    """

    undone: int
    back: dict[str, Any]


@dataclass(frozen=True)
class CallUndone(UndoEvent):
    """Back to its old place in the line."""


@dataclass(frozen=True)
class StartUndone(UndoEvent):
    """Called again, not yet at the counter."""


@dataclass(frozen=True)
class FinishUndone(UndoEvent):
    """The visit goes on; its cases (`cases`) are open again, no rating is asked.

    `handled_ms` is the serving time that the finish had told.
    """

    cases: list[str]
    handled_ms: int


@dataclass(frozen=True)
class CompletionUndone(FinishUndone):
    """The same of one of several services: it is being served again."""


@dataclass(frozen=True)
class NoShowUndone(UndoEvent):
    """Called again."""


@dataclass(frozen=True)
class ParkUndone(UndoEvent):
    """At the counter again."""


@dataclass(frozen=True)
class TransferUndone(UndoEvent):
    """At the counter again."""
