"""Answers about the hall now: counters, the board, calls."""

from __future__ import annotations

from typing import Literal

from web.schemas.base import CounterState, Day, Given, Instant
from web.schemas.queue import Notice, Pause, Stop
from web.schemas.tickets import Reason, Ticket, Wait


class Undo(Given):
    """A step that can be taken back."""

    step: Literal["call", "start", "finish", "no-show", "park", "transfer", "direct"]
    """Which."""
    until: Instant
    """Until when."""


class CounterView(Given):
    """A counter as its clerk sees it."""

    no: int
    """The counter's number."""
    name: str
    """Its name; may be empty."""
    area: str
    """Code of the waiting area that hears its calls."""
    services: list[str]
    """Codes of the services that it takes."""
    state: CounterState
    """What the counter does."""
    clerk: str | None
    """Staff id of who is signed in."""
    pause: Pause | None
    """Its pause."""
    elsewhere: list[int]
    """Where else people may go while it pauses."""
    parked: list[Ticket]
    """Tickets that it has put aside, the longest first."""
    undo: Undo | None
    """The step that can be taken back now."""
    ticket: Ticket | None
    """The ticket that it holds."""
    queue: list[Ticket]
    """Those who wait for it in calling order, the first 20."""
    waiting: int
    """How many wait for it in all."""
    recent: list[Ticket]
    """Whom it finished today, the last first."""
    reason: Reason | None
    """Why the present ticket was called."""
    covers: str | None
    """Staff id of the clerk of an AB post whose call it was; null: the counter's own."""
    no_show_at: Instant | None
    """From when the called ticket may be marked as a no-show, if it was called often enough."""
    rating_open: bool
    """Whether its rating box waits for a grade."""


class CalledTicket(Given):
    """What everybody may know of the ticket at a counter."""

    id: str
    """The ticket's id."""
    number: str
    """The number on the slip, such as A001."""
    service: str
    """The service's code."""
    state: Literal["CALLED", "SERVING"]
    """Whether its holder is awaited or served."""
    calls: int
    """How often it was called."""
    called_at: Instant
    """When it was first called."""


class PublicCounter(Given):
    """A counter as the board shows it."""

    no: int
    """The counter's number."""
    name: str
    """Its name; may be empty."""
    area: str
    """Code of the waiting area that hears its calls."""
    services: list[str]
    """Codes of the services that it takes."""
    state: CounterState
    """What the counter does."""
    pause: Pause | None
    """Its pause."""
    elsewhere: list[int]
    """Where else people may go while it pauses."""
    ticket: CalledTicket | None
    """The ticket that it holds."""


class Call(Given):
    """One of the newest calls."""

    seq: int
    """Place of the call in the hall's log."""
    at: Instant
    """When it was called."""
    number: str
    """The called number."""
    service: str
    """The service's code."""
    counter: int
    """The counter to go to."""
    area: str
    """Code of the waiting area that hears it."""
    call: int
    """Which call of this ticket, from 1."""


class HallName(Given):
    """Which hall."""

    name: str
    """Its Chinese name."""
    name_en: str
    """Its English name."""
    phone: str
    """The telephone number to ask at."""
    code: str
    """Its short code."""


class State(Given):
    """The hall now; the stream goes on after `seq`."""

    seq: int
    """The newest place in the hall's log that is in here."""
    at: Instant
    """The hall's time."""
    date: Day
    """The business date."""
    hall: HallName
    """The hall's name and where to ask."""
    counters: list[PublicCounter]
    """All counters in the order of the hall file."""
    waiting: dict[str, int]
    """How many wait, by service."""
    waits: dict[str, Wait | None]
    """The expected wait of a newcomer, by service."""
    open: dict[str, bool]
    """Whether numbers are given out now, by service."""
    stop: Stop | None
    """Why the whole hall gives out no numbers."""
    notice: Notice | None
    """What people are told for some minutes after the queue was voided."""
    calls: list[Call]
    """The newest calls, the newest first, 10 at most."""
    notices: list[str]
    """The hall's notices for everybody, 3 at most."""
    practice: bool
    """Whether new clerks practise here: nothing counts."""
