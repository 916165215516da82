"""Wishes about the queue beyond the plain visit: counters, desk, bookings, hall."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from web.schemas.base import Code, Day, HallMinute, Id, IdNumber, StopSentence, Taken, whole

Whole = BeforeValidator(whole)
CallReason = Literal["urgent", "documents", "promised", "mistake", "other"]
TransferReason = Literal["wrong_service", "next_step", "colleague", "other"]
ParkReason = Literal["documents", "payment", "copy", "other"]
PauseReason = Literal["meal", "meeting", "errand", "equipment", "rest", "other"]


class ParkWish(Taken):
    """Why the ticket is put aside."""

    reason: ParkReason = "documents"
    """What the citizen is fetching."""


class UnparkWish(Taken):
    """Which parked ticket; without it the counter's longest parked one."""

    ticket: Id | None = None
    """The ticket's id."""
    silent: bool = False
    """The citizen stands there: nothing is called, serving starts."""


class TransferWish(Taken):
    """Where to: exactly one of service, counter and clerk."""

    service: Code | None = None
    """To the line of this service."""
    counter: Annotated[int, Field(ge=1, le=999), Whole] | None = None
    """To this counter."""
    clerk: Code | None = None
    """To this clerk, by staff id."""
    reason: TransferReason = "next_step"
    """Why."""


class PauseWish(Taken):
    """Why the counter pauses and until when."""

    reason: PauseReason = "other"
    """Why."""
    minutes: Annotated[int, Field(ge=1, le=480), Whole] | None = None
    """For about how long; null when nobody knows."""


class SignInWish(Taken):
    """Who works at the counter."""

    clerk: Code
    """The staff id."""


class SignOutWish(Taken):
    """How the counter closes."""

    force: bool = False
    """Close although people wait whom no other open counter serves."""


class DirectWish(Taken):
    """What the person at the counter comes for."""

    service: Code | None = None
    """The service; default the first that the counter takes."""
    items: Annotated[tuple[Code, ...], Field(max_length=20)] | None = None
    """Codes of items."""


class CallWish(Taken):
    """Which ticket is called out of turn: by id or by today's number."""

    ticket: Id | None = None
    """The ticket's id."""
    number: Annotated[str, Field(pattern=r"^[A-Z]?[0-9]{1,6}$")] | None = None
    """Its number."""
    reason: CallReason = "other"
    """Why it is called out of turn."""


class CancelWish(Taken):
    """Who gives the ticket back; the citizen needs its token."""

    token: Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{1,200}$")] | None = None
    """The token of the ticket's QR code; without it the desk cancels."""


class ReturnWish(Taken):
    """Why the ticket waits again."""

    cause: Literal["within", "keep", "mistake", "documents", "desk"] | None = None
    """The missed-call rule (within, keep), a wrong mark, fetched documents, or the desk."""


class ServiceWish(Taken):
    """Another service for a waiting ticket."""

    service: Code
    """The service's code."""


class SplitWish(Taken):
    """Where an agent's batch is cut."""

    after: Annotated[int, Field(ge=1, le=500), Whole]
    """How many clients stay with the ticket."""


class BookingWish(Taken):
    """An appointment."""

    service: Code
    """The service's code."""
    date: Day
    """The business date."""
    start: HallMinute
    """The slot's start, local."""
    identity: IdNumber | None = None
    """The 18-digit number of an ID card; only a keyed hash of it is kept."""
    no: Annotated[str, Field(pattern=r"^[^\x00-\x1f]{0,40}$")] = ""
    """Its number in the system that it comes from."""


class BookingsWish(Taken):
    """Appointments from another system; one that is refused does not hold up the others."""

    items: Annotated[tuple[BookingWish, ...], Field(min_length=1, max_length=500)]
    """The appointments."""


class CheckInWish(Taken):
    """What the holder of an appointment shows or types."""

    code: Annotated[str, Field(pattern=r"^[^\x00-\x1f]{1,300}$")]
    """The address in the QR code of the booked ticket, or the appointment's number (`no`)."""


class StopWish(Taken):
    """Give out no numbers."""

    scope: Code = "hall"
    """`hall`, or a service's code."""
    kind: Literal["emergency", "today"] = "emergency"
    """Until it is taken back, or until the next business day."""
    sentence: StopSentence = "other"
    """What the kiosk says."""


class ResumeWish(Taken):
    """Give out numbers again."""

    scope: Code = "hall"
    """`hall`, or a service's code."""


class OutageWish(Taken):
    """What becomes of the queue after an outage."""

    choice: Literal["keep", "void", "cards"]
    """Keep it, send all home with a sentence, or keep it and enter pre-printed cards."""
    sentence: StopSentence = "other"
    """What those are told who are sent home."""


class ClockWish(Taken):
    """The true time."""

    time: Annotated[str, Field(pattern=r"^[0-9T:.+Zz-]{20,40}$")]
    """RFC 3339 with offset."""


class CardsWish(Taken):
    """Pre-printed cards that were given out while the hall was down."""

    service: Code
    """What they wait for."""
    first: Annotated[int, Field(ge=1, le=999), Whole]
    """The first card's number."""
    last: Annotated[int, Field(ge=1, le=999), Whole]
    """The last card's number."""


class PostWish(Taken):
    """The clerks of an AB post (AB岗) on a date."""

    date: Day | None = None
    """The date; default today."""
    a: Code
    """Staff id of clerk A."""
    b: Code
    """Staff id of clerk B."""


OwnText = Annotated[str, Field(max_length=60, pattern=r"^[^\x00-\x1f\x7f]*$")]


class HallNoticesWish(Taken):
    """The hall's notices, which take the place of those before."""

    texts: Annotated[tuple[OwnText, ...], Field(max_length=3)]
    """The sentences in their order; none takes all back."""


class StripTextWish(Taken):
    """What the strip over a counter says while nobody is there."""

    text: OwnText
    """The text; empty gives the strip its usual one back."""
