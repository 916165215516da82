"""Bodies that are taken."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from web.schemas.base import Code, Grade, Taken, whole


class TicketWish(Taken):
    """A citizen's choice at the kiosk."""

    service: Code
    """The service's code."""
    items: Annotated[tuple[Code, ...], Field(max_length=20)] | None = None
    """Codes of the service's items that the citizen comes for; a repeated one counts once."""
    priority: Code | None = None
    """Why the citizen goes first; null is an ordinary ticket."""


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
