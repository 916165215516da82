"""Wishes, in the imperative. Random ids are arguments, so a decider stays a function.

`fresh` names the fields that a caller makes anew at each attempt; they are left out of the
digest, so a repeat of the same wish under the same key is recognised as the same. Wishes about
counters, limits and questions of the hall stand in `hall_commands`.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from controller.domain.command import Command as Command


@dataclass(frozen=True)
class AdoptRules(Command):
    """Make these rules (see `rules.Rules.to_json`) the hall's own, if they differ."""

    rules: dict[str, Any]


@dataclass(frozen=True)
class OpenDay(Command):
    """Begin the present business date: numbers start at 001, old waiting tickets expire."""


@dataclass(frozen=True)
class IssueTicket(Command):
    """Give out a number for a service; `ticket` is the new opaque id.

    `further` are more services of the same ticket, in their order (`together`: it waits in all
    lines at once). `clients` > 1 is an agent's batch (代办批次), `card` the number of a pre-printed
    card, `place` where it is taken (`kiosk:2`, `desk`), which decides on the printer. Who shows
    an ID card stands beside the wish (`Context.person`), never in it. From a phone it must be
    `admitted` by the kiosk's code or by the pass `door`, which is good for one number.
    """

    fresh: ClassVar[tuple[str, ...]] = ("ticket", "admitted", "door")

    service: str
    ticket: str
    items: tuple[str, ...] = ()
    priority: str | None = None
    source: str = "kiosk"
    further: tuple[str, ...] = ()
    together: bool = False
    clients: int = 1
    escort: bool = False
    test: bool = False
    card: str | None = None
    admitted: bool = True
    door: str = ""
    place: str = ""


@dataclass(frozen=True)
class EnterCards(Command):
    """Let the pre-printed cards `first` to `last` wait; `tickets` are their new ids, in order."""

    fresh: ClassVar[tuple[str, ...]] = ("tickets",)

    service: str
    first: int
    last: int
    tickets: tuple[str, ...]


@dataclass(frozen=True)
class TakeImport(Command):
    """Begin to import `rows` appointments; `content` is the SHA-256 of what they are about."""

    content: str
    rows: int


@dataclass(frozen=True)
class BookTicket(Command):
    """Book a slot (预约): `start` is "HH:MM" local on the ISO `date`."""

    fresh: ClassVar[tuple[str, ...]] = ("ticket",)

    service: str
    ticket: str
    date: str
    start: str
    source: str = "booking"
    no: str = ""


@dataclass(frozen=True)
class CheckIn(Command):
    """The holder of a booked ticket has come: it gets a number and waits."""

    ticket: str


@dataclass(frozen=True)
class CancelTicket(Command):
    """Give a booked, waiting or parked ticket back; `cause` is citizen, desk or clerk."""

    ticket: str
    cause: str = "citizen"

    def histories(self) -> tuple[str, ...]:
        return (self.ticket,)


@dataclass(frozen=True)
class ReturnTicket(Command):
    """Let a missed or parked ticket wait again.

    `cause`: within, keep (the rule of the hall is checked), mistake, documents, desk.
    """

    ticket: str
    cause: str


@dataclass(frozen=True)
class ChangeService(Command):
    """Move a waiting ticket to another service."""

    ticket: str
    service: str

    def histories(self) -> tuple[str, ...]:
        return (self.ticket,)


@dataclass(frozen=True)
class SplitTicket(Command):
    """Cut an agent's batch after `after` clients; the rest wait under the new id `rest`."""

    fresh: ClassVar[tuple[str, ...]] = ("rest",)

    ticket: str
    after: int
    rest: str

    def histories(self) -> tuple[str, ...]:
        return (self.ticket,)


@dataclass(frozen=True)
class CallNext(Command):
    """Call the next ticket in line to a counter."""

    counter: int


@dataclass(frozen=True)
class CallTicket(Command):
    """Call a chosen ticket (选呼), by id or by today's number, with a reason."""

    counter: int
    ticket: str | None
    number: str | None
    reason: str


@dataclass(frozen=True)
class CallWaiting(Command):
    """Call to the counters that idle, the longest idle first (auto-call).

    `planned_at` (UTC ms): time alone has made it possible then, 0: an event has.
    """

    planned_at: int = 0


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
class ParkTicket(Command):
    """Put the ticket at the counter aside (挂起)."""

    counter: int
    reason: str = "documents"


@dataclass(frozen=True)
class UnparkTicket(Command):
    """Take a parked ticket up again, without `ticket` the counter's longest parked one.

    `silent`: the citizen stands there, nothing is called and serving starts.
    """

    counter: int
    ticket: str | None = None
    silent: bool = False


@dataclass(frozen=True)
class TransferTicket(Command):
    """Hand the ticket at the counter to a line: service, `counter:<no>` or `clerk:<id>`."""

    counter: int
    to: str
    reason: str = "next_step"


@dataclass(frozen=True)
class StartDirect(Command):
    """Receive the person who stands at the counter though nobody waits (直接接待)."""

    fresh: ClassVar[tuple[str, ...]] = ("ticket",)

    counter: int
    ticket: str
    service: str | None = None
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class UndoStep(Command):
    """Take back the counter's last step, unless the platform has been told of it.

    `delivered` is the highest seq whose delivery has begun.
    """

    fresh: ClassVar[tuple[str, ...]] = ("delivered",)

    counter: int
    delivered: int = 0


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
    """Report what became of an announcement: started, ended, unknown, deferred, dropped."""

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
    """How a device fares; only a change is stored.

    `lost`: it cannot work, and `reason` says why; else `reason` is what it wants a person for.
    """

    device: str
    kind: str
    lost: bool
    reason: str = ""


@dataclass(frozen=True)
class DeviceCount:
    """What a device did: frames, retries, CRC errors, time-outs, presses, sheets."""

    device: str
    kind: str
    figures: tuple[int, int, int, int, int, int]


@dataclass(frozen=True)
class RecordDeviceCounts(Command):
    """What the devices did on a business date, since its begin or since the service's start."""

    date: str
    counts: tuple[DeviceCount, ...]


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
