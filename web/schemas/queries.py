"""Queries that are taken; names of the interface, so `from` and `to` are aliases."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from web.schemas.base import (
    GREATEST_SEQ,
    CaseState,
    Day,
    Position,
    PrintState,
    QueryCode,
    QueryInt,
    Taken,
    TicketState,
)

LIMIT_MOST = 500
Limit = Annotated[
    int,
    Field(ge=1, le=GREATEST_SEQ),
    AfterValidator(lambda wanted: min(wanted, LIMIT_MOST)),
    QueryInt,
]
"""How long a part of a list may be: `next` tells that there is more."""


class Query(Taken):
    """Base of queries; by itself, that of an address which takes none."""


class Page(Query):
    """Which part of a list: after the position that the last part gave as `next`."""

    after: Position | None = None
    """Go on after this position, as `next` gave it."""
    limit: Limit = 100
    """How many at most; more than 500 are never given at once."""


class CodePage(Query):
    """Which part of a list of the configuration: after a code."""

    after: QueryCode | None = None
    """Go on after this code, as `next` gave it."""
    limit: Limit = 100
    """How many at most; more than 500 are never given at once."""


class ItemPage(CodePage):
    """Items, of one service where it is named."""

    service: QueryCode | None = None
    """Only items of this service."""


class Period(Query):
    """Business dates, both included; default today."""

    first: Day | None = Field(None, alias="from")
    """The first business date; default today."""
    last: Day | None = Field(None, alias="to")
    """The last business date, included; default today."""


class DateQuery(Query):
    """A business date, default today."""

    date: Day | None = None
    """The business date; default today."""


class SlotQuery(Query):
    """The slots of a service on a date."""

    service: QueryCode | None = None
    """The service; it must be given."""
    date: Day | None = None
    """The business date; default today."""


class TicketPage(Page):
    """Tickets of a business date, default today."""

    date: Day | None = None
    """The business date; default today."""
    state: TicketState | None = None
    """Only tickets in this state."""
    service: QueryCode | None = None
    """Only tickets of this service."""
    number: QueryCode | None = None
    """Only the ticket of this number."""
    paper: PrintState | None = None
    """Only tickets whose slip has come so far."""


class AppointmentPage(Page):
    """Appointments of a business date, default today."""

    date: Day | None = None
    """The business date; default today."""
    service: QueryCode | None = None
    """Only those of this service."""


class VisitPage(Page, Period):
    """Visits of some business dates."""

    state: TicketState | None = None
    """Only visits whose ticket is in this state."""
    service: QueryCode | None = None
    """Only visits for this service."""


class ReferralPage(Page, Period):
    """Referrals of visits of some business dates."""


class CasePage(Page, Period):
    """Cases accepted on some business dates."""

    state: CaseState | None = None
    """Only cases in this state."""


class SlipQuery(Query):
    """Which slip to draw."""

    slip: Literal["ticket", "notice"] = "ticket"
    """A ticket, or a one-time notice."""


class StreamStart(Query):
    """Where a stream goes on; without it the stream begins now."""

    after: Annotated[int, Field(ge=0, le=GREATEST_SEQ), QueryInt] | None = None
    """Go on after this `seq`, such as that of the state; default now."""
    board: QueryCode | None = None
    """The board (or its area, or all) whose page reads the stream."""
