"""Bodies that are taken."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from web.schemas.base import Code, Grade, Id, IdNumber, Taken, whole


class TicketWish(Taken):
    """A citizen's choice at the kiosk."""

    service: Code
    """The service's code."""
    items: Annotated[tuple[Code, ...], Field(max_length=20)] | None = None
    """Codes of the service's items that the citizen comes for; a repeated one counts once."""
    priority: Code | None = None
    """Why the citizen goes first; null is an ordinary ticket."""
    further: Annotated[tuple[Code, ...], Field(max_length=8)] | None = None
    """More services on the same ticket, in their order."""
    together: bool = False
    """Wait in the lines of all its services at once instead of one after another."""
    clients: Annotated[int, Field(ge=1, le=500), BeforeValidator(whole)] = 1
    """How many people an agent's ticket stands for (代办批次)."""
    escort: bool = False
    """Ask the clerk to guide this person; no reason is kept."""
    identity: IdNumber | None = None
    """The 18-digit number of an ID card; only a keyed hash of it is kept, for the day."""
    source: Literal["kiosk", "desk", "phone"] = "kiosk"
    """Where it is taken."""
    kiosk: Annotated[int, Field(ge=1, le=9999), BeforeValidator(whole)] = 1
    """Which kiosk, where there are several; its own printer prints the slip."""
    code: Annotated[str, Field(pattern=r"^[0-9a-z]{1,64}$")] | None = None
    """The changing code of the kiosk's QR, or the pass of the page behind it; from a phone."""
    test: bool = False
    """A ticket to try things with, which counts nowhere."""


class Nothing(Taken):
    """A step that needs no words; the body may be left out."""


class AcceptWish(Taken):
    """Which item becomes a case; without it the first proposal not yet accepted."""

    item: Code | None = None
    """The item's code; null is as if it were left out."""


class RatingWish(Taken):
    """A citizen's rating with the token from the printed ticket."""

    grade: Annotated[Grade, BeforeValidator(whole)]
    """The grade, 1 (worst) to 5 (best)."""
    token: Annotated[str, Field(min_length=1, max_length=200)]
    """The token of the ticket's QR code."""


Material = Annotated[str, Field(min_length=1, max_length=80)]
Missing = Annotated[tuple[Material, ...], Field(max_length=60)]
"""Names of materials, as the item's list has them."""


class NoticeWish(Taken):
    """Print a one-time notice at a counter."""

    item: Code | None = None
    """The item's code; without it the visit's item."""
    missing: Missing = ()
    """What is still missing; empty: nothing was looked at, and no box is ticked."""


class DeskNoticeWish(Taken):
    """Print a one-time notice at the helper desk."""

    item: Code
    """The item's code."""
    missing: Missing = ()
    """What is still missing; empty: nothing was looked at, and no box is ticked."""
    ticket: Id | None = None
    """A live ticket that it belongs to."""
