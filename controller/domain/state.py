"""The queue in memory: counters, live tickets, the day's numbers, the rules.

A fold over the log; `fold.apply` is the only thing that changes it. Cases and finished visits
live on in the log and the projections, not here.
"""

from bisect import bisect_left, insort
from dataclasses import dataclass, field
from typing import Any

from controller.domain.events import Event
from controller.domain.rules import Rules
from controller.domain.waits import ServingTimes, wait_range

CALLS_KEPT = 12


@dataclass(frozen=True)
class Context:
    """What a decider may know besides the state: the time and the asked-for histories."""

    now: int
    history: tuple[Event, ...] = ()


@dataclass
class TicketCase:
    """A case accepted during the present visit."""

    case: str
    item: str
    item_name: str
    kind: str


@dataclass
class Ticket:
    """A live ticket: waiting, called or being served. Times are UTC ms."""

    id: str
    number: str
    service: str
    items: list[str]
    priority: str | None
    issued_at: int
    effective_at: int
    order: int
    state: str = "WAITING"
    counter: int | None = None
    calls: int = 0
    called_at: int | None = None
    last_called_at: int | None = None
    started_at: int | None = None
    reason: dict[str, Any] | None = None
    cases: list[TicketCase] = field(default_factory=list)

    @property
    def place(self) -> tuple[int, int, str]:
        """The key of the waiting order: effective issue time, then order of issue."""
        return (self.effective_at, self.order, self.id)


@dataclass
class RatingPrompt:
    """A rating that a counter's box asks for."""

    ticket: str
    number: str
    service: str
    session: int
    until: int


@dataclass
class Counter:
    """What a counter is doing now."""

    no: int
    ticket: str | None = None
    prompt: RatingPrompt | None = None


@dataclass
class HallState:
    """The whole fold."""

    seq: int = 0
    at: int = 0
    rules: Rules = field(default_factory=Rules)
    rules_seq: int = 0
    date: str = ""
    numbers: dict[str, int] = field(default_factory=dict)
    tickets: dict[str, Ticket] = field(default_factory=dict)
    lines: dict[str, list[tuple[int, int, str]]] = field(default_factory=dict)
    counters: dict[int, Counter] = field(default_factory=dict)
    servings: ServingTimes = field(default_factory=ServingTimes)
    case_numbers: int = 0
    sessions: int = 0
    calls: list[dict[str, Any]] = field(default_factory=list)
    lost_devices: dict[str, str] = field(default_factory=dict)
    refused_deliveries: int = 0

    def line(self, service: str) -> list[tuple[int, int, str]]:
        """Return the waiting order of one service, first in line first."""
        return self.lines.setdefault(service, [])

    def join(self, ticket: Ticket) -> None:
        """Put a ticket into its line."""
        insort(self.line(ticket.service), ticket.place)

    def leave(self, ticket: Ticket) -> None:
        """Take a ticket out of its line."""
        line = self.line(ticket.service)
        index = bisect_left(line, ticket.place)
        if index < len(line) and line[index] == ticket.place:
            del line[index]

    def people_ahead(self, service: str, effective_at: int, order: int | None = None) -> int:
        """Count the tickets that today's order calls before such a ticket.

        Only services that share a counter with this one compete with it.
        """
        place = (effective_at, self.seq + 1 if order is None else order, "")
        return sum(
            bisect_left(self.line(code), place) for code in self.rules.companions(service)
        )

    def wait_for(self, service: str, ahead: int) -> tuple[int, int] | None:
        """Return the expected wait (low, high) in seconds, or None while too little is known."""
        return wait_range(ahead, self.servings, len(self.rules.counters_for(service)))

    def waiting(self) -> dict[str, int]:
        """Return how many wait for each service."""
        return {code: len(self.line(code)) for code in self.rules.services}

    def ticket_at(self, counter: int) -> Ticket | None:
        """Return the ticket that a counter has called or serves."""
        held = self.counters[counter].ticket
        return self.tickets[held] if held is not None else None
