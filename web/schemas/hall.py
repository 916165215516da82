"""Answers about the hall now: counters, the board, calls."""

from __future__ import annotations

from typing import Literal

from web.schemas.base import Given, Instant, TicketState
from web.schemas.tickets import Reason, Ticket, Wait


class CounterView(Given):
    """A counter as its clerk sees it."""

    no: int
    name: str
    area: str
    services: list[str]
    state: Literal["idle", "called", "serving"]
    ticket: Ticket | None
    queue: list[Ticket]
    waiting: int
    recent: list[Ticket]
    reason: Reason | None
    rating_open: bool


class CalledTicket(Given):
    """What everybody may know of the ticket at a counter."""

    id: str
    number: str
    service: str
    state: TicketState
    calls: int
    called_at: Instant


class PublicCounter(Given):
    """A counter as the board shows it."""

    no: int
    name: str
    area: str
    services: list[str]
    state: Literal["idle", "called", "serving"]
    ticket: CalledTicket | None


class Call(Given):
    """One of the newest calls."""

    seq: int
    at: Instant
    number: str
    service: str
    counter: int
    area: str
    call: int


class HallName(Given):
    """Which hall."""

    name: str
    name_en: str
    phone: str
    code: str


class State(Given):
    """The hall now; the stream goes on after `seq`."""

    seq: int
    at: Instant
    date: str
    hall: HallName
    counters: list[PublicCounter]
    waiting: dict[str, int]
    waits: dict[str, Wait | None]
    calls: list[Call]
