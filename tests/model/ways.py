"""How a hall of the model works: its settings, and what the model knows of people and counters."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Ways:
    """The rules of one hall. Spans in seconds."""

    name: str
    counters: dict[int, str] = field(default_factory=lambda: {1: "AB", 2: "ABC", 3: "BC"})
    clerks: tuple[str, ...] = ("s1", "s2", "s3")
    priorities: tuple[str, ...] = ("elder", "pregnant")
    credit_s: int = 900
    one_in: int = 0
    ageing_s: int = 0
    conditions: dict[int, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    ratios: dict[int, dict[str, int]] = field(default_factory=dict)
    missed: str = "void"
    within: int = 2
    behind: int = 2
    numbers: str = "letters"
    overnight: bool = False
    guard_ms: int = 0
    finish_on_next: bool = False
    undo_s: int = 300
    spacing_s: int = 0
    recalls: int = 0
    calls_needed: int = 1
    patience_s: int = 0
    sign_in: bool = False
    quota: dict[str, int] = field(default_factory=dict)
    booked_credit_s: int = 900
    early_s: int = 900
    late_s: int = 900
    slot_quota: int = 2
    book_days: int = 5


WAYS = {
    ways.name: ways
    for ways in (
        Ways("plain", guard_ms=1000, spacing_s=20, recalls=2, calls_needed=2, patience_s=30),
        Ways(
            "within",
            missed="within",
            one_in=3,
            conditions={2: (("C", 600), ("B", 1200))},
            sign_in=True,
        ),
        Ways("requeue", missed="requeue", numbers="series", ratios={1: {"A": 2, "B": 1}},
             quota={"A": 15, "C": 6}),
        Ways("keep", missed="keep", numbers="digits", overnight=True, ageing_s=3600),
        Ways("hasty", missed="requeue", behind=1, finish_on_next=True, undo_s=60, one_in=2,
             ratios={2: {"A": 1, "B": 1, "C": 2}}, conditions={3: (("C", 300),)}),
    )
}  # fmt: skip


class NoError(Exception):
    """A wish is refused; each of these codes would be a true answer."""

    def __init__(self, *codes: str) -> None:
        super().__init__(*codes)
        self.codes = set(codes)


@dataclass
class Person:
    """A ticket and who holds it. `place` is what people are sorted by; `beside`: it was put there.

    `moved` counts the wish that last did something to it. Times are UTC ms.
    """

    id: str
    number: str
    service: str
    issued_at: int
    place: tuple[int, int, int]
    further: list[str] = field(default_factory=list)
    together: bool = False
    clients: int = 1
    test: bool = False
    direct: bool = False
    state: str = "WAITING"
    target: str = ""
    came_from: str = ""
    counter: int | None = None
    calls: int = 0
    turn_at: int = 0
    last_called_at: int = 0
    requeued: bool = False
    missed_at: int = 0
    missed_turn: int = 0
    parked_at: int = 0
    first_contact: str = ""
    rule: str = ""
    slot: int = 0
    date: str = ""
    moved: int = 0

    @property
    def beside(self) -> bool:
        return self.place[2] > 0

    @property
    def credit_ms(self) -> int:
        return 0 if self.beside else max(0, self.issued_at - self.place[0])

    @property
    def came(self) -> tuple[int, int, int]:
        """Where it would stand if nobody had a credit."""
        return (self.place[0] + self.credit_ms, *self.place[1:])

    @property
    def since(self) -> int:
        """When its wait began: its issue, or the place behind others that it was given."""
        return max(self.issued_at, self.place[0])

    @property
    def lines(self) -> list[str]:
        if self.target:
            return [self.target]
        return [self.service, *self.further] if self.together else [self.service]


@dataclass
class Desk:
    """A counter. `last` is its newest step: kind, time, wish, and both as they were before."""

    no: int
    services: str
    ticket: str | None = None
    clerk: str | None = None
    closed: bool = False
    paused: bool = False
    turns: int = 0
    counted: dict[str, int] = field(default_factory=dict)
    since_credit: int = 0
    last: dict[str, Any] | None = None
