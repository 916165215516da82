"""A live ticket: what the queue knows of one number."""

from dataclasses import dataclass, field
from typing import Any

Place = tuple[int, int, int, str]
"""A key of the waiting order: effective issue time (ms), order of issue, nudge, ticket id."""


@dataclass
class TicketCase:
    """A case accepted during the present visit."""

    case: str
    item: str
    item_name: str
    kind: str


@dataclass
class Ticket:
    """A live ticket, or one missed today (NO_SHOW). Times are UTC ms.

    `service` is the one that it waits or is served for; `further` are those still to come.
    `target` is the line that a transfer named (`counter:3`, `clerk:s1`), else "";
    `came_from` is the one that it was called from.
    `called_at` is the first call of all, `turn_at` the first of the present turn (since it last
    waited), `last_called_at` the newest. `served_ms` is the serving
    time before the present part of the visit, `learned_ms` what of it the estimates know already.
    `clients` weighs in every estimate. `moved` is the first event of its newest command,
    `had_case` whether a service that is done had a case.
    """

    id: str
    number: str
    service: str
    items: list[str]
    priority: str | None
    issued_at: int
    effective_at: int
    order: int
    nudge: int = 0
    state: str = "WAITING"
    counter: int | None = None
    calls: int = 0
    called_at: int | None = None
    turn_at: int | None = None
    last_called_at: int | None = None
    started_at: int | None = None
    reason: dict[str, Any] | None = None
    cases: list[TicketCase] = field(default_factory=list)
    further: list[str] = field(default_factory=list)
    together: bool = False
    target: str = ""
    came_from: str = ""
    clients: int = 1
    escort: bool = False
    person: str | None = None
    test: bool = False
    direct: bool = False
    slot: int | None = None
    slot_end: int | None = None
    date: str = ""
    first_contact: str = ""
    clerk: str | None = None
    served_ms: int = 0
    parked_at: int | None = None
    park_reason: str = ""
    missed_at: int | None = None
    missed_turn: int = 0
    requeued: bool = False
    learned_ms: int = 0
    had_case: bool = False
    moved: int = 0

    @property
    def place(self) -> Place:
        """The key of the waiting order: effective issue time, then order of issue."""
        return (self.effective_at, self.order, self.nudge, self.id)

    @property
    def weight(self) -> int:
        """How many people it is in estimates and warnings; a test is nobody."""
        return 0 if self.test else self.clients

    @property
    def credit_ms(self) -> int:
        """The time credit that moves it forward; a place beside another is no credit."""
        return 0 if self.nudge else max(0, self.issued_at - self.effective_at)

    @property
    def arrival(self) -> Place:
        """Its place in the order that would hold if nobody had a time credit."""
        return (self.effective_at + self.credit_ms, self.order, self.nudge, self.id)

    @property
    def lines(self) -> list[str]:
        """The lines in which it waits: one that a transfer named, or those of its services."""
        if self.target:
            return [self.target]
        return [self.service, *self.further] if self.together else [self.service]

    @property
    def back(self) -> dict[str, Any]:
        """What a row in the projections gets back when the step after this ticket is undone."""
        return {
            "called_at": self.called_at,
            "calls": self.calls,
            "clerk": self.clerk,
            "first_contact": self.first_contact,
            "last_called_at": self.last_called_at,
            "reason": self.reason,
            "served_ms": self.served_ms,
            "service": self.service,
        }
