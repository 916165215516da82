"""What the simulated single-window platform has been told."""

from __future__ import annotations

from pydantic import RootModel

from web.schemas.base import CaseState, Given, Grade, Instant, Outcome, TicketState
from web.schemas.sim import Mode
from web.schemas.tickets import TicketName


class PlatformRow(Given):
    """What the platform has of a visit and of a case alike."""

    hall: str
    """Code of the hall that posted it."""
    no: str
    """The visit's or the case's number."""
    ticket: TicketName
    """The ticket."""
    at: Instant
    """When the newest state came about."""
    received_at: Instant
    """When its newest post was stored."""
    deliveries: int
    """How many posts were stored."""
    duplicates: int
    """How many repeats of a stored post came."""


class VisitStep(Given):
    """A state of a visit that the platform was told."""

    state: TicketState
    """The state."""
    at: Instant
    """When it came about."""


class PlatformVisit(PlatformRow):
    """A visit as the platform has it."""

    item: str | None
    """Code of the first item."""
    items: list[str]
    """Codes of the items that the citizen came for."""
    service: str
    """The service's code."""
    state: TicketState
    """The newest state."""
    counter: int | None
    """The counter that called it."""
    outcome: Outcome | None
    """What the visit ended as."""
    rating: Grade | None
    """The citizen's grade, 1 (worst) to 5 (best)."""
    wait_s: float | None
    """From issue to first call, in seconds."""
    handle_s: float | None
    """From the beginning to the end of serving, in seconds."""
    steps: list[VisitStep]
    """The states in the order in which they came."""


class PlatformVisits(RootModel[list[PlatformVisit]]):
    """All visits that the platform has, in the order of their first arrival."""


class PlatformCaseStep(Given):
    """A state of a case that the platform was told."""

    state: CaseState
    """The state."""
    at: Instant
    """When it came about."""


class PlatformCase(PlatformRow):
    """A case as the platform has it."""

    item: str
    """The item's code."""
    item_name: str
    """The item's Chinese name."""
    state: CaseState
    """The newest state."""
    counter: int
    """The counter that accepted it."""
    steps: list[PlatformCaseStep]
    """The states in the order in which they came."""


class PlatformCases(RootModel[list[PlatformCase]]):
    """All cases that the platform has, in the order of their first arrival."""


class PlatformCounts(Given):
    """How much the platform has."""

    visits: int
    """Visits."""
    cases: int
    """Cases."""


class PlatformMode(Given):
    """How the platform behaves."""

    mode: Mode
    """`down` answers 503, `slow` answers late, `cut` stores and drops the reply."""
    refused: int
    """How many posts it has refused."""
    counts: PlatformCounts
    """How much it has."""
