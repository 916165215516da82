"""Answers that are figures. Percentiles are nearest-rank; null where nothing was counted."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from web.schemas.base import CounterState, Day, Given, Instant
from web.schemas.health import HallHealth, Trouble
from web.schemas.records import Device


class Span(Given):
    """The business dates that a report covers, both included."""

    model_config = ConfigDict(populate_by_name=True)

    first: Day = Field(alias="from")
    """The first business date."""
    last: Day = Field(alias="to")
    """The last business date, included."""


class Waits(Given):
    """Waits from issue to first call."""

    count: int
    """How many were called."""
    mean_s: float | None
    """Their mean wait, in seconds."""
    p50_s: float | None
    """The median wait, in seconds."""
    p90_s: float | None
    """The 90th percentile of the waits, in seconds."""
    max_s: float | None
    """The longest wait, in seconds."""


class ServiceWaits(Waits):
    """Waits of one service."""

    service: str
    """The service's code."""


class WaitsReport(Span):
    """Waits of every service and of all together."""

    rows: list[ServiceWaits]
    """The services in the order of the hall file, then others that were waited for."""
    total: Waits
    """All services together."""


class Ratings(Given):
    """Ratings (好差评)."""

    count: int
    """All ratings, defaults included."""
    active: int
    """Grades that a citizen gave."""
    rateable: int
    """Finished tickets."""
    missing: int
    """Finished tickets without an active grade."""
    satisfied: int
    """Active grades 3 to 5."""
    grades: dict[Literal["1", "2", "3", "4", "5"], int]
    """How many active ratings each grade has."""


class ServiceRatings(Ratings):
    """Ratings of one service."""

    service: str
    """The service's code."""


class RatingsReport(Span):
    """Ratings of every service and of all together."""

    rows: list[ServiceRatings]
    """The services in the order of the hall file, then others that were rated."""
    total: Ratings
    """All services together."""


class Volume(Span):
    """接待人次 (visits) and 受理量 (cases accepted) are separate figures."""

    visits: int
    """接待人次: queued and direct visits together; test tickets count nowhere."""
    queued: int
    """Visits that began with a number of the line."""
    direct: int
    """Visits of somebody who was received at once (直接接待)."""
    people: int
    """The people in these visits: an agent's batch is one visit of several."""
    issued: int
    """取号量: queued tickets that were not given back within a minute."""
    called: int
    """Queued tickets that were called, whatever came of it."""
    done: int
    """Visits that ended at a counter."""
    done_direct: int
    """Of these, direct ones."""
    no_show: int
    """Called tickets whose holder did not come."""
    cancelled: int
    """Tickets that were given back."""
    expired: int
    """Tickets that the day's end overtook."""
    advice: int
    """Visits that ended as advice."""
    cases_accepted: int
    """受理量: cases accepted."""
    cases_finished: int
    """Of these, cases finished."""
    cases_handed_on: int
    """Of these, cases handed on to their department."""


class CounterToday(Given):
    """A counter in the manager's view."""

    no: int
    """The counter's number."""
    state: CounterState
    """What the counter does."""
    number: str | None
    """Number of the ticket that it holds."""
    since: Instant | None
    """When that ticket was called, or its serving began; null when idle."""
    done: int
    """Visits that it finished today."""
    mean_handle_s: float | None
    """Their mean handling time, in seconds."""


class WaitingTicket(Given):
    """Somebody who waits now."""

    number: str
    """The ticket's number."""
    service: str
    """The service's code."""
    waited_s: int
    """How long already, in seconds."""


class OverviewRatings(Given):
    """Today's ratings in three figures."""

    active: int
    """Grades that a citizen gave."""
    satisfied: int
    """Active grades 3 to 5."""
    rateable: int
    """Finished tickets."""


class PlatformState(Given):
    """Whether the single-window platform takes posts."""

    state: Literal["ok", "waiting"]
    """Whether posts go through."""
    behind: int
    """How many posts are not acknowledged yet."""
    trouble: str
    """A code that says why they wait, such as unreachable; empty when well."""
    refused: int = 0
    """How many posts it will never take."""


class Overview(Given):
    """The manager's day at a glance."""

    seq: int
    """The newest place in the hall's log that is in here."""
    at: Instant
    """The hall's time."""
    date: Day
    """The business date."""
    waiting: int
    """How many wait now."""
    longest_wait_s: int
    """How long the first of them has waited, in seconds."""
    issued: int
    """取号量 of today: queued tickets that were not given back within a minute."""
    visits: int
    """接待人次 of today."""
    queued: int
    """Of these, visits that began with a number of the line."""
    direct: int
    """Of these, visits of somebody who was received at once."""
    people: int
    """The people in today's visits."""
    called: int
    """Tickets that were called today."""
    done: int
    """Visits that ended at a counter."""
    no_show: int
    """Called tickets whose holder did not come."""
    cases_accepted: int
    """受理量: cases accepted today."""
    cases_finished: int
    """Of these, cases finished."""
    mean_wait_s: float | None
    """Mean wait from issue to first call, in seconds."""
    p90_wait_s: float | None
    """The 90th percentile of these waits, in seconds."""
    mean_handle_s: float | None
    """Mean handling time, in seconds."""
    ratings: OverviewRatings
    """Today's ratings."""
    counters: list[CounterToday]
    """All counters in the order of the hall file."""
    waiting_tickets: list[WaitingTicket]
    """Those who wait, the longest wait first."""
    platform: PlatformState
    """How the posts to the platform fare."""
    devices: list[Device]
    """All devices of the hall."""
    health: HallHealth
    """Whether wishes are stored, and what starts again."""


class Health(Given):
    """The process lives."""

    status: Literal["ok"]
    """Always ok: else there is no answer."""


class Readiness(Given):
    """The service takes wishes and stores them."""

    ready: Literal[True]
    """Always true: else the answer is 503."""
    seq: int
    """The newest place in the hall's log."""
    reasons: list[Trouble]
    """Empty: else the answer is 503."""
    degraded: list[Trouble]
    """Tasks that have failed and wait for their restart."""
