"""Answers that are figures. Percentiles are nearest-rank; null where nothing was counted."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from web.schemas.base import Given
from web.schemas.health import HallHealth, Trouble
from web.schemas.records import Device


class Span(Given):
    """The business dates that a report covers, both included."""

    model_config = ConfigDict(strict=True, extra="forbid", populate_by_name=True)

    first: str = Field(alias="from", json_schema_extra={"format": "date"})
    last: str = Field(alias="to", json_schema_extra={"format": "date"})


class Waits(Given):
    """Waits from issue to first call, in seconds."""

    count: int
    mean_s: float | None
    p50_s: float | None
    p90_s: float | None
    max_s: float | None


class ServiceWaits(Waits):
    """Waits of one service."""

    service: str


class WaitsReport(Span):
    """Waits of every service and of all together."""

    rows: list[ServiceWaits]
    total: Waits


class Ratings(Given):
    """Ratings (好差评). `rateable` are finished tickets, `satisfied` the active grades 3 to 5."""

    count: int
    active: int
    rateable: int
    missing: int
    satisfied: int
    grades: dict[Literal["1", "2", "3", "4", "5"], int]


class ServiceRatings(Ratings):
    """Ratings of one service."""

    service: str


class RatingsReport(Span):
    """Ratings of every service and of all together."""

    rows: list[ServiceRatings]
    total: Ratings


class Volume(Span):
    """接待人次 (visits) and 受理量 (cases accepted) are separate figures."""

    visits: int
    called: int
    done: int
    no_show: int
    expired: int
    advice: int
    cases_accepted: int
    cases_finished: int
    cases_handed_on: int


class CounterToday(Given):
    """A counter in the manager's view; `since` is when its present state began."""

    no: int
    state: Literal["idle", "called", "serving"]
    number: str | None
    since: str | None
    done: int
    mean_handle_s: float | None


class WaitingTicket(Given):
    """Somebody who waits now."""

    number: str
    service: str
    waited_s: int


class OverviewRatings(Given):
    """Today's ratings in three figures."""

    active: int
    satisfied: int
    rateable: int


class PlatformState(Given):
    """Whether the single-window platform takes posts; `behind` are left, `trouble` says why."""

    state: Literal["ok", "waiting"]
    behind: int
    trouble: str
    refused: int = 0
    """How many posts it will never take."""


class Overview(Given):
    """The manager's day at a glance."""

    seq: int
    at: str
    date: str
    waiting: int
    longest_wait_s: int
    issued: int
    visits: int
    called: int
    done: int
    no_show: int
    cases_accepted: int
    cases_finished: int
    mean_wait_s: float | None
    p90_wait_s: float | None
    mean_handle_s: float | None
    ratings: OverviewRatings
    counters: list[CounterToday]
    waiting_tickets: list[WaitingTicket]
    platform: PlatformState
    devices: list[Device]
    health: HallHealth
    """Whether wishes are stored, and what starts again."""


class Health(Given):
    """The process lives."""

    status: Literal["ok"]


class Readiness(Given):
    """The service takes wishes and stores them."""

    ready: Literal[True]
    seq: int
    reasons: list[Trouble]
    """Empty: else the answer is 503."""
    degraded: list[Trouble]
    """Tasks that have failed and wait for their restart."""
