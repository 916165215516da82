"""Answers that are figures of the whole queue: fairness, workload, pauses, referrals."""

from __future__ import annotations

from typing import Literal

from web.schemas.base import Day, Given, Instant
from web.schemas.reports import Span
from web.schemas.tickets import TicketName


class Overtaken(Given):
    """A visit that others were called before."""

    number: str
    """The ticket's number."""
    service: str
    """The service's code."""
    overtakes: int
    """How many who came later for this service were called before it."""


class Fairness(Span):
    """Fairness of the order (公平性): queued visits, by their first call."""

    visits_called: int
    """Visits that were called."""
    by_rule: dict[str, int]
    """How many calls each rule made; `chosen` are those out of turn by a clerk."""
    out_of_order: int
    """Calls before somebody who had come earlier for the same service."""
    overtaken: int
    """Visits that somebody overtook."""
    max_overtakes: int
    """The most that one visit was overtaken."""
    most_overtaken: list[Overtaken]
    """Those overtaken most, ten at most."""


class Work(Given):
    """What one clerk did at one counter."""

    counter: int
    """The counter's number."""
    clerk: str | None
    """The staff id; null when nobody was signed in."""
    calls: int
    """Calls made, without those taken back."""
    done: int
    """Visits that ended here."""
    serving_s: float
    """Time of serving here, in seconds, that of visits handed on included."""


class Workload(Span):
    """Work of counters and clerks (工作量)."""

    rows: list[Work]
    """By counter, then clerk."""


class PausesByReason(Given):
    """Pauses for one reason."""

    reason: str
    """The reason's code."""
    pauses: int
    """How many."""
    paused_s: float
    """How long together, in seconds."""


class PausesByCounter(Given):
    """Pauses of one counter, and how long somebody was signed in."""

    counter: int
    """The counter's number."""
    pauses: int
    """How many."""
    paused_s: float
    """How long together, in seconds."""
    signed_in_s: float
    """How long somebody was signed in, pauses included, in seconds."""


class Pauses(Span):
    """Pauses (暂停服务) within the days; those that last count until now."""

    reasons: list[PausesByReason]
    """By reason."""
    counters: list[PausesByCounter]
    """By counter."""


class Referral(Given):
    """A ticket that was handed on, and who met the citizen first (首问责任)."""

    ticket: TicketName
    """The ticket."""
    date: Day
    """Its business date."""
    at: Instant
    """When it was handed on."""
    service: str
    """The service that it was served for."""
    counter: int
    """Where from."""
    clerk: str | None
    """Staff id of who handed it on; null when nobody was signed in."""
    line: str
    """Where to: a service's code, `counter:<no>` or `clerk:<staff id>`."""
    reason: str
    """The reason's code."""
    first_contact: str
    """Who met the citizen first: `clerk:<staff id>`, or `counter:<no>`."""


class Referrals(Given):
    """A part of the list of referrals."""

    items: list[Referral]
    """In the order of handing on."""
    next: str | None
    """What `after` takes for the next part; null at the end."""


class Warned(Given):
    """Something that a lead was warned of, or a stop of issuing."""

    kind: Literal["waiting", "post", "outage", "clock", "test", "stop"]
    """Many wait, an AB post has nobody, an outage, the clock, a test that failed, no numbers."""
    about: str
    """The service, the post, or the scope of the stop; empty: the hall."""
    since: Instant
    """From when."""
    ended_at: Instant | None
    """Until when; null while it lasts."""
    answer: str | None
    """What a person answered to a question."""
    facts: dict[str, str | int]
    """How many waited, which limit, whose post, and so on."""


class Warnings(Span):
    """Warnings and stops that were on in the days."""

    rows: list[Warned]
    """Oldest first."""
