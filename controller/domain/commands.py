"""Wishes, in the imperative. Random ids are arguments, so a decider stays a function.

`fresh` names the fields that a caller makes anew at each attempt; they are left out of the
digest, so a repeat of the same wish under the same key is recognised as the same.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True)
class Command:
    """Base of all commands."""

    fresh: ClassVar[tuple[str, ...]] = ()

    def digest(self) -> str:
        """Return the SHA-256 (hex) of the command's type and its lasting fields."""
        fields = {name: value for name, value in asdict(self).items() if name not in self.fresh}
        text = json.dumps([type(self).__name__, fields], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def histories(self) -> tuple[str, ...]:
        """Return the subjects whose past events the decider must see."""
        return ()


@dataclass(frozen=True)
class AdoptRules(Command):
    """Make these rules (see `rules.Rules.to_json`) the hall's own, if they differ."""

    rules: dict[str, Any]


@dataclass(frozen=True)
class OpenDay(Command):
    """Begin the present business date: numbers start at 001, old waiting tickets expire."""


@dataclass(frozen=True)
class IssueTicket(Command):
    """Give out a number for a service; `ticket` is the new opaque id."""

    fresh: ClassVar[tuple[str, ...]] = ("ticket",)

    service: str
    ticket: str
    items: tuple[str, ...] = ()
    priority: str | None = None
    source: str = "kiosk"


@dataclass(frozen=True)
class CallNext(Command):
    """Call the next ticket in line to a counter."""

    counter: int


@dataclass(frozen=True)
class RecallTicket(Command):
    """Call the ticket at the counter once more."""

    counter: int


@dataclass(frozen=True)
class StartServing(Command):
    """The citizen has arrived at the counter."""

    counter: int


@dataclass(frozen=True)
class FinishServing(Command):
    """The visit at the counter is over; its cases are closed or handed on."""

    counter: int


@dataclass(frozen=True)
class MarkNoShow(Command):
    """Nobody came to the counter."""

    counter: int


@dataclass(frozen=True)
class AcceptCase(Command):
    """Accept an item as a case; without `item` the first proposal not yet accepted."""

    counter: int
    item: str | None = None


@dataclass(frozen=True)
class RateTicket(Command):
    """A rating by the holder of the ticket's token (phone)."""

    ticket: str
    grade: int
    channel: str = "QR"

    def histories(self) -> tuple[str, ...]:
        return (self.ticket,)


@dataclass(frozen=True)
class RateAtCounter(Command):
    """A key press on the rating box of a counter; `session` 0 means the box named none."""

    counter: int
    grade: int
    session: int = 0


@dataclass(frozen=True)
class RecordPrint(Command):
    """Report what became of a ticket's paper: started, printed, unknown, failed, dropped."""

    ticket: str
    step: str
    printer: str
    detail: str = ""

    def histories(self) -> tuple[str, ...]:
        return (self.ticket,)


@dataclass(frozen=True)
class RecordAnnouncement(Command):
    """Report what became of an announcement: started, ended, unknown, dropped."""

    announcement: str
    step: str
    ticket: str
    counter: int
    area: str
    detail: dict[str, Any] = field(default_factory=dict)

    def histories(self) -> tuple[str, ...]:
        return (f"announcement:{self.announcement}",)


@dataclass(frozen=True)
class RecordDevice(Command):
    """A device was lost or is back; only a change is stored."""

    device: str
    kind: str
    lost: bool
    reason: str = ""


@dataclass(frozen=True)
class RecordClockStep(Command):
    """The wall clock and the hall's clock differ by more than two seconds."""

    difference_ms: int


@dataclass(frozen=True)
class RecordDeliveryRefused(Command):
    """The platform will never take the post of event `seq` (HTTP `status`)."""

    seq: int
    ledger: str
    no: str
    status: int
    told: str
