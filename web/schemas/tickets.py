"""Answers about tickets and the steps at a counter."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from web.schemas.base import Given, Instant, Outcome, PrintState, TicketState


class Wait(Given):
    """The expected wait in seconds."""

    low_s: int
    high_s: int


class Receipt(Given):
    """A ticket that was given out; `token` stands only here and in the printed QR."""

    id: str
    number: str
    service: str
    state: Literal["WAITING"]
    ahead: int
    wait: Wait | None
    token: str
    seq: int


class Print(Given):
    """What became of the paper; `proof` says how that is known."""

    state: PrintState
    proof: str
    at: Instant | None


class Ticket(Given):
    """A ticket; `ahead` and `wait` are live while it waits and null afterwards."""

    id: str
    number: str
    service: str
    service_name: str
    state: TicketState
    items: list[str]
    priority: str | None
    ahead: int | None
    wait: Wait | None
    issued_at: Instant
    called_at: Instant | None
    last_called_at: Instant | None
    started_at: Instant | None
    finished_at: Instant | None
    calls: int
    counter: int | None
    outcome: Outcome | None
    rating: int | None
    cases: list[str]
    print: Print | None


class Tickets(Given):
    """A part of the list of tickets."""

    items: list[Ticket]
    next: str | None


class TicketName(Given):
    """Which ticket."""

    id: str
    number: str


class StepTicket(Given):
    """The ticket after a step at a counter; what has not happened yet is null."""

    id: str
    number: str
    service: str
    state: TicketState
    counter: int
    calls: int
    issued_at: Instant
    called_at: Instant
    started_at: Instant | None
    finished_at: Instant | None
    outcome: Outcome | None


class Compared(Given):
    """A ticket that a call was held against."""

    number: str
    waited_s: int


class Reason(Given):
    """Why this ticket was called: `only`, `first` or `credit` (of a priority)."""

    rule: str
    waited_s: int
    credit_s: int
    waiting: int
    compared: list[Compared]


class Step(BaseModel):
    """The answer to a step at a counter."""

    model_config = ConfigDict(extra="forbid")

    counter: int
    ticket: StepTicket
    reason: Reason | None = None
    item: str | None = None
    case: str | None = None
    seq: int


class Rated(Given):
    """A stored rating."""

    ticket: TicketName
    grade: int
    seq: int
