"""Bodies that are taken."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from web.schemas.base import Code, Taken, whole


class TicketWish(Taken):
    """A citizen's choice at the kiosk."""

    service: Code
    items: Annotated[tuple[Code, ...], Field(max_length=20)] | None = Field(
        None, description="a repeated code counts once; null is none"
    )
    priority: Code | None = Field(None, description="null is none")


class Nothing(Taken):
    """A step that needs no words; the body may be left out."""


class AcceptWish(Taken):
    """Which item becomes a case; without it the first proposal not yet accepted."""

    item: Code | None = Field(None, description="null is as if it were left out")


class RatingWish(Taken):
    """A citizen's rating with the token from the printed ticket."""

    grade: Annotated[int, Field(ge=1, le=5), BeforeValidator(whole)]
    token: Annotated[str, Field(min_length=1, max_length=200)]
