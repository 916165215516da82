"""Answers about tickets and the steps at a counter."""

from __future__ import annotations

from typing import Literal

from web.schemas.base import (
    Given,
    Grade,
    Instant,
    Outcome,
    PrintState,
    Priority,
    Proof,
    TicketState,
)

Rule = Literal[
    "only", "first", "credit", "cap", "transfer", "ageing", "condition", "ratio", "chosen"
]  # fmt: skip


class Wait(Given):
    """The expected wait."""

    low_s: int
    """The shortest likely wait, in seconds."""
    high_s: int
    """The longest likely wait, in seconds."""


class Receipt(Given):
    """A ticket that was given out; `token` stands in no list and no stream."""

    id: str
    """The ticket's id."""
    number: str
    """The number on the slip, such as A001."""
    service: str
    """The service's code."""
    state: Literal["WAITING"]
    """A new ticket waits."""
    ahead: int
    """How many will be called before it, as things stand."""
    wait: Wait | None
    """The expected wait; null while too little is known."""
    clients: int
    """How many people it stands for."""
    late: bool
    """Whether a booking was used too late and waits as an ordinary ticket."""
    token: str
    """Opens the ticket's phone page and lets its holder rate."""
    seq: int
    """Place of the issue in the hall's log."""


class Print(Given):
    """What became of the paper."""

    state: PrintState
    """How far the slip has come."""
    proof: Proof
    """How it is known that the slip was printed; "none" was only sent, "" is not printed."""
    printer: str
    """The device that prints or printed it, also the backup; "" before it is tried."""
    at: Instant | None
    """When the paper came to this state."""


class Ticket(Given):
    """A ticket; `ahead` and `wait` are live while it waits and null afterwards."""

    id: str
    """The ticket's id."""
    number: str
    """The number on the slip, such as A001."""
    service: str
    """The service's code."""
    service_name: str
    """The service's Chinese name."""
    state: TicketState
    """Where the ticket stands in its life."""
    items: list[str]
    """Codes of the items that the citizen comes for."""
    priority: Priority | None
    """Why it goes first; null is an ordinary ticket."""
    clients: int
    """How many people it stands for."""
    further: list[str]
    """Services that are still to come after the present one."""
    escort: bool
    """Whether the clerk is asked to guide this person."""
    test: bool
    """Whether it counts nowhere."""
    direct: bool
    """Whether nobody waited (直接接待)."""
    slot: Instant | None
    """The start of a booked slot."""
    parked: str | None
    """Why it was put aside; null unless it is."""
    parked_at: Instant | None
    """Since when; null unless it is."""
    clerk: str | None
    """Staff id of who called or served it last."""
    ahead: int | None
    """How many will be called before it, as things stand."""
    wait: Wait | None
    """The expected wait; null while too little is known."""
    issued_at: Instant | None
    """When it was given out; null before a booked one is checked in."""
    called_at: Instant | None
    """When it was first called."""
    last_called_at: Instant | None
    """When it was last called."""
    started_at: Instant | None
    """When serving began."""
    finished_at: Instant | None
    """When the visit ended."""
    calls: int
    """How often it was called."""
    counter: int | None
    """The counter that called it."""
    outcome: Outcome | None
    """What the visit ended as."""
    rating: Grade | None
    """The citizen's grade, 1 (worst) to 5 (best)."""
    cases: list[str]
    """Numbers of the cases that came of it."""
    print: Print | None
    """What became of the slip; null where the list leaves it out."""


class Tickets(Given):
    """A part of the list of tickets."""

    items: list[Ticket]
    """The tickets in the order of issue."""
    next: str | None
    """What `after` takes for the next part; null at the end."""


class TicketName(Given):
    """Which ticket."""

    id: str
    """The ticket's id."""
    number: str
    """The number on the slip, such as A001."""


class StepTicket(Given):
    """The ticket after a step at a counter; what has not happened yet is null."""

    id: str
    """The ticket's id."""
    number: str
    """The number on the slip, such as A001."""
    service: str
    """The service's code."""
    state: TicketState
    """Where the ticket stands after the step."""
    counter: int | None
    """The counter that holds it."""
    calls: int
    """How often it was called."""
    issued_at: Instant | None
    """When it was given out."""
    called_at: Instant | None
    """When it was first called."""
    started_at: Instant | None
    """When serving began."""
    finished_at: Instant | None
    """When the visit ended."""
    outcome: Outcome | None
    """What the visit ended as."""


class Compared(Given):
    """A ticket that a call was held against."""

    number: str
    """Its number."""
    waited_s: int
    """How long it had waited at the call, in seconds."""


class Reason(Given):
    """Why this ticket was called."""

    rule: Rule
    """Which rule chose it; docs/queue.md says what each means."""
    waited_s: int
    """How long it had waited, in seconds."""
    credit_s: int
    """The time credit of its priority, in seconds."""
    waiting: int
    """How many waited for the counter, itself included."""
    compared: list[Compared]
    """The next in line, three at most."""
    service: str | None = None
    """The service that a condition or a ratio named."""
    over_s: int | None = None
    """The span that its wait was over, in seconds (condition, ageing)."""
    longest_s: int | None = None
    """The longest wait in the service that a condition named, in seconds."""
    one_in: int | None = None
    """In so many calls at most one priority may overtake (cap)."""
    overtook: str | None = None
    """The number of somebody who came earlier, though a condition or the ratio named the line."""
    share: int | None = None
    """The service's share by the ratio."""
    counted: int | None = None
    """How many of the share had been called before."""
    reason: str | None = None
    """Why the clerk chose this ticket."""
    auto: bool | None = None
    """Whether the hall called by itself."""


class Step(Given):
    """The answer to a step at a counter."""

    counter: int | None
    """The counter's number."""
    ticket: StepTicket
    """The ticket after the step."""
    reason: Reason | None = None
    """Why it was called; only after a call."""
    item: str | None = None
    """Code of the accepted item; only after an acceptance."""
    case: str | None = None
    """Number of the new case; only after an acceptance."""
    line: str | None = None
    """The line that it was handed to; only after a transfer."""
    seq: int
    """Place of the step in the hall's log."""


class Notice(Given):
    """A one-time notice (一次性告知单) and what became of its paper."""

    notice: str
    """Its id; the end of it stands on the sheet."""
    ticket: TicketName | None
    """Whose visit it belongs to; null for somebody without a number."""
    counter: int | None
    """The counter that gave it; null is the helper desk."""
    item: str
    """The item's code."""
    item_name: str
    """The item's name when it was given."""
    missing: list[str]
    """The materials that were missing."""
    printer: str
    """The device that prints or printed it; "" is the hall's first printer."""
    state: PrintState
    """How far the paper has come."""
    seq: int | None = None
    """Place of the asking in the hall's log; only in the answer to it."""


class Rated(Given):
    """A stored rating."""

    ticket: TicketName
    """The rated ticket."""
    grade: Grade
    """The grade, 1 (worst) to 5 (best)."""
    seq: int
    """Place of the rating in the hall's log."""
