"""Answers about the queue beyond the plain visit: counters, desk, bookings, hall."""

from __future__ import annotations

from typing import Literal

from web.schemas.base import Day, Given, Instant, StopSentence
from web.schemas.tickets import Reason, Receipt, Ticket, TicketName, Wait


class Pause(Given):
    """A counter's pause."""

    reason: str
    """Why."""
    since: Instant
    """From when."""
    until: Instant | None
    """Until about when; null when nobody knows."""


class Staffing(Given):
    """The answer to a step of a counter itself."""

    counter: int
    """The counter's number."""
    clerk: str | None
    """Staff id of who works there."""
    closed: bool
    """Whether it is closed."""
    pause: Pause | None
    """Its pause."""
    elsewhere: list[int]
    """Other counters that take its services."""
    seq: int
    """Place of the step in the hall's log."""


class DeskTicket(TicketName):
    """A ticket after a step at the desk."""

    service: str
    """The service's code."""
    state: str
    """Where it stands now."""


class DeskStep(Given):
    """The answer to a step at the desk."""

    ticket: DeskTicket
    """The ticket after the step."""
    seq: int
    """Place of the step in the hall's log."""


class Split(Given):
    """A batch that was cut."""

    ticket: TicketName
    """The ticket that was cut."""
    clients: int
    """How many stay with it."""
    rest: Receipt
    """The new ticket of the others."""
    seq: int
    """Place of the step in the hall's log."""


class Booked(Given):
    """A booked slot; `token` stands in no list and no stream."""

    id: str
    """The ticket's id."""
    service: str
    """The service's code."""
    date: Day
    """The business date."""
    start: Instant
    """The slot's start."""
    end: Instant
    """The slot's end."""
    state: Literal["BOOKED"]
    """It is booked."""
    no: str
    """Its number in the system that it comes from."""
    token: str
    """Opens the ticket's phone page."""
    seq: int
    """Place of the booking in the hall's log."""


class Appointment(Given):
    """A booked slot in a list."""

    id: str
    """The ticket's id."""
    service: str
    """The service's code."""
    date: Day
    """The business date."""
    start: Instant
    """The slot's start."""
    end: Instant
    """The slot's end."""
    state: str
    """Where the ticket stands."""
    number: str | None
    """Its number after check-in."""
    no: str
    """Its number in the system that it comes from."""


class Appointments(Given):
    """A part of the list of appointments."""

    items: list[Appointment]
    """In the order of booking."""
    next: str | None
    """What `after` takes for the next part; null at the end."""


class ImportedRow(Given):
    """What became of one imported appointment."""

    place: int
    """Its place in the import, from 0."""
    id: str | None
    """The ticket's id; null when it was refused."""
    code: str | None
    """The refusal's code; null when it was booked."""
    detail: str | None
    """The refusal in Chinese."""
    detail_en: str | None
    """The refusal in English."""


class Imported(Given):
    """What became of an import."""

    booked: int
    """How many were booked."""
    refused: int
    """How many were not."""
    rows: list[ImportedRow]
    """Each row."""


class FreeSlot(Given):
    """A slot that can be booked."""

    start: Instant
    """Its start."""
    end: Instant
    """Its end."""
    quota: int
    """How many it takes."""
    free: int
    """How many are left."""


class FreeSlots(Given):
    """The slots of a service on a date."""

    service: str
    """The service's code."""
    date: Day
    """The business date."""
    items: list[FreeSlot]
    """The slots in their order."""


class CallTold(Given):
    """One call of the ticket and why."""

    counter: int
    """Where to."""
    at: Instant
    """When."""
    reason: Reason
    """Why this ticket."""


class CallBetween(Given):
    """A call of somebody else between the ticket's issue and its own call, or now."""

    number: str
    """Whose."""
    counter: int
    """Where to."""
    at: Instant
    """When."""
    earlier: bool
    """Whether that ticket was given out earlier."""
    why: str
    """Why it was called, in plain Chinese words, without personal data."""
    why_en: str
    """The same in English."""


class Why(Given):
    """Why a ticket was called when it was, or who was called while it waits."""

    ticket: TicketName
    """The ticket."""
    calls: list[CallTold]
    """Its own calls."""
    between: list[CallBetween]
    """The calls between its issue and its first call, or now; the newest 200 at most."""
    text: str
    """The whole in one Chinese sentence."""
    text_en: str
    """The same in English."""


class Stop(Given):
    """Why no numbers are given out."""

    kind: Literal["emergency", "today"]
    """Until it is taken back, or until the next business day."""
    sentence: StopSentence
    """What the kiosk says, as a code."""


class Notice(Given):
    """What people are told after the queue was voided."""

    sentence: StopSentence
    """Why, as a code."""
    until: Instant
    """How long it is shown."""


class QueueView(Given):
    """The queue of one service now."""

    service: str
    """The service's code."""
    waiting: int
    """How many tickets wait."""
    people: int
    """How many people they stand for."""
    counters: int
    """How many counters take it now."""
    wait: Wait | None
    """The expected wait of a newcomer."""
    open: bool
    """Whether numbers are given out."""
    stop: Stop | None
    """Why not, when somebody stopped it."""
    left: int | None
    """How many numbers are left today; null without a quota."""
    warned: bool
    """Whether as many wait as its warning count says."""
    tickets: list[Ticket]
    """The first in line, 20 at most."""


class Parked(Given):
    """A parked ticket in a list."""

    id: str
    """The ticket's id."""
    number: str
    """Its number."""
    counter: int | None
    """Where it was parked."""
    reason: str
    """Why."""
    since: Instant
    """From when."""


class Missed(Given):
    """A ticket that was missed today and may come back."""

    id: str
    """The ticket's id."""
    number: str
    """Its number."""
    service: str
    """The service's code."""
    counter: int | None
    """Where it was called."""
    at: Instant
    """When it was marked."""


class Question(Given):
    """What a lead has to answer."""

    kind: Literal["outage", "clock"]
    """After an outage, or about the true time."""
    asked_at: Instant
    """Since when."""
    until: Instant | None
    """After this the queue is kept; null: an answer is needed."""
    since: Instant | None = None
    """The outage's beginning."""
    waiting: int | None = None
    """How many waited at the outage."""
    last_at: Instant | None = None
    """The newest time in the log, where the clock is behind it."""


class Queues(Given):
    """The queue now."""

    seq: int
    """The newest place in the hall's log that is in here."""
    at: Instant
    """The hall's time."""
    items: list[QueueView]
    """Each service, in the order of the hall file."""
    targeted: list[Ticket]
    """Tickets that wait for one counter or one clerk."""
    parked: list[Parked]
    """Tickets that are put aside."""
    missed: list[Missed]
    """Tickets that were missed today."""
    stop: Stop | None
    """Why the whole hall gives out no numbers."""
    question: Question | None
    """What a lead has to answer."""


class Post(Given):
    """An AB post on a date."""

    name: str
    """The post."""
    date: Day
    """The date."""
    counter: int
    """Its counter."""
    a: str
    """Staff id of clerk A."""
    b: str
    """Staff id of clerk B."""
    alarm: bool
    """Whether neither is there."""


class Posts(Given):
    """The AB posts of a date."""

    items: list[Post]
    """Each post."""
    next: None
    """There is one part."""


class StaffMember(Given):
    """Somebody who may work at a counter."""

    id: str
    """The staff id (工号)."""
    name: str
    """The name."""
    counter: int | None
    """Where he or she is signed in."""


class StaffList(Given):
    """The staff."""

    items: list[StaffMember]
    """In the order of the hall file."""
    next: None
    """There is one part."""


class Noted(Given):
    """Something about the whole hall was stored."""

    seq: int
    """Place in the hall's log."""


class Cards(Given):
    """Cards that were entered."""

    entered: list[str]
    """Their numbers."""
    refused: list[str]
    """Numbers that were in use already."""


class PhoneCode(Given):
    """The kiosk's changing code for phone tickets."""

    url: str
    """What the QR shows."""
    code: str
    """The code."""
    seconds: int
    """For how long it is shown."""
