"""What has happened, in the past tense: the only facts of the hall.

The events of a plain visit, of cases, paper and voice stand here; those of moved tickets in
`queue_events`, those of counters and the hall in `hall_events`, those of devices in
`device_events`.

Each class is one event type; `v` is its version, `subject` the ticket, case or counter that it
is about. Bodies are JSON; times in them are UTC milliseconds.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from controller.domain import device_events as device_events
from controller.domain import hall_events as hall_events
from controller.domain import notice_events as notice_events
from controller.domain import queue_events as queue_events
from controller.domain.event import EVENT_TYPES as EVENT_TYPES
from controller.domain.event import Event as Event
from controller.domain.event import StoredEvent as StoredEvent
from controller.domain.event import UnknownEventError as UnknownEventError
from controller.domain.event import decode as decode


@dataclass(frozen=True)
class RulesAdopted(Event):
    """The rules that deciders use from here on, whole."""

    rules: dict[str, Any]


@dataclass(frozen=True)
class DayOpened(Event):
    """A business date (ISO) began; numbers start anew."""

    date: str


@dataclass(frozen=True)
class ClockStepped(Event):
    """The wall clock was found to differ from the hall's clock."""

    difference_ms: int


@dataclass(frozen=True)
class TicketIssued(Event):
    """A number was given out; `effective_at` is the issue time less the priority's credit.

    v2: `lines` are the services asked for in their order (`together`: it waits in all of them),
    `clients` the people of an agent's batch, `escort` a wish to be guided, `person` the random
    reference of a real-name ticket, `slot` the start of a booked slot (UTC ms), `late` whether
    the booking came too late for its credit, `test` a ticket that counts nowhere.

    v3: `printer` is the device that gets the slip, "" where the hall prints none, None for the
    hall's first printer.
    """

    v: ClassVar[int] = 3
    subject_field: ClassVar[str] = "ticket"

    ticket: str
    number: str
    service: str
    date: str
    items: list[str]
    priority: str | None
    source: str
    issued_at: int
    effective_at: int
    ahead: int
    wait_low_s: int | None
    wait_high_s: int | None
    skipped: list[str]
    lines: list[str] = field(default_factory=list)
    together: bool = False
    clients: int = 1
    escort: bool = False
    person: str | None = None
    slot: int | None = None
    late: bool = False
    test: bool = False
    printer: str | None = None


@dataclass(frozen=True)
class TicketExpired(Event):
    """A waiting ticket ended with its day (日清), or by an answer after an outage.

    v2: `cause` is day, clearing, closing, or outage:<the sentence that the people are told>.
    """

    v: ClassVar[int] = 2
    subject_field: ClassVar[str] = "ticket"

    ticket: str
    number: str
    service: str
    cause: str = ""


@dataclass(frozen=True)
class TicketCalled(Event):
    """A call; `reason` says which rule chose this ticket and what it was held against.

    v2: `clerk` is who calls, `covers` the clerk of the AB post whose turn it was, `first_contact`
    who met the citizen first (首问): `clerk:<staff id>`, or `counter:<no>` when nobody is signed
    in. `first_called_at` stays that of the first call; None means this one.
    """

    v: ClassVar[int] = 2
    subject_field: ClassVar[str] = "ticket"

    ticket: str
    number: str
    service: str
    counter: int
    area: str
    call: int
    issued_at: int
    called_at: int
    reason: dict[str, Any]
    clerk: str | None = None
    covers: str | None = None
    first_contact: str = ""
    first_called_at: int | None = None


@dataclass(frozen=True)
class TicketRecalled(Event):
    """A further call of the same ticket at the same counter."""

    subject_field: ClassVar[str] = "ticket"

    ticket: str
    number: str
    service: str
    counter: int
    area: str
    call: int
    called_at: int
    issued_at: int
    first_called_at: int


@dataclass(frozen=True)
class ServingStarted(Event):
    """The citizen sat down. v2: `clerk` is who serves."""

    v: ClassVar[int] = 2
    subject_field: ClassVar[str] = "ticket"

    ticket: str
    number: str
    service: str
    counter: int
    started_at: int
    issued_at: int
    called_at: int
    calls: int
    clerk: str | None = None


@dataclass(frozen=True)
class ServingFinished(Event):
    """The visit ended with cases (`case`) or as advice (`advice`).

    v2: `served_ms` is the serving time before this part (park, transfer, several services),
    `clerk` who served, `clients` the people served, `direct` whether nobody waited (直接接待).
    """

    v: ClassVar[int] = 2
    subject_field: ClassVar[str] = "ticket"

    ticket: str
    number: str
    service: str
    counter: int
    started_at: int
    finished_at: int
    outcome: str
    issued_at: int
    called_at: int
    calls: int
    served_ms: int = 0
    clerk: str | None = None
    clients: int = 1
    direct: bool = False
    test: bool = False


@dataclass(frozen=True)
class NoShowMarked(Event):
    """Nobody came (过号). v2: `clerk` is who said so."""

    v: ClassVar[int] = 2
    subject_field: ClassVar[str] = "ticket"

    ticket: str
    number: str
    service: str
    counter: int
    calls: int
    issued_at: int
    called_at: int
    marked_at: int
    clerk: str | None = None


@dataclass(frozen=True)
class RatingAsked(Event):
    """The box at the counter asks for a rating until `until` (UTC ms)."""

    subject_field: ClassVar[str] = "ticket"

    ticket: str
    number: str
    service: str
    counter: int
    session: int
    until: int


@dataclass(frozen=True)
class TicketRated(Event):
    """A citizen rated the visit, 5 非常满意 … 1 非常不满意."""

    subject_field: ClassVar[str] = "ticket"

    ticket: str
    number: str
    service: str
    counter: int | None
    grade: int
    channel: str
    kind: str
    date: str


@dataclass(frozen=True)
class CaseAccepted(Event):
    """A clerk accepted an item for the citizen at the counter: a case (办件) begins."""

    subject_field: ClassVar[str] = "case"

    case: str
    item: str
    item_name: str
    kind: str
    ticket: str
    number: str
    counter: int
    accepted_at: int
    date: str
    service: str
    state: str
    issued_at: int
    called_at: int
    started_at: int | None
    calls: int


@dataclass(frozen=True)
class CaseFinished(Event):
    """The case was closed (办结) at the counter."""

    subject_field: ClassVar[str] = "case"

    case: str
    item: str
    item_name: str
    ticket: str
    number: str
    counter: int
    finished_at: int


@dataclass(frozen=True)
class CaseHandedOn(Event):
    """The case left the counter for review elsewhere (流转)."""

    subject_field: ClassVar[str] = "case"

    case: str
    item: str
    item_name: str
    ticket: str
    number: str
    counter: int
    handed_on_at: int


@dataclass(frozen=True)
class PaperEvent(Event, abstract=True):
    """What became of a ticket's paper."""

    subject_field: ClassVar[str] = "ticket"

    ticket: str
    number: str
    printer: str
    detail: str


@dataclass(frozen=True)
class TicketPrintStarted(PaperEvent):
    """The first byte of the ticket is about to leave; durable before it does."""


@dataclass(frozen=True)
class TicketPrinted(PaperEvent):
    """The paper came out; `detail` names the proof: process-id, fence, status or none."""


@dataclass(frozen=True)
class TicketPrintUnknown(PaperEvent):
    """Started, but nobody knows how it ended; never repeated by itself."""


@dataclass(frozen=True)
class TicketPrintFailed(PaperEvent):
    """The printer refused before the first byte; `detail` says why."""


@dataclass(frozen=True)
class TicketPrintDropped(PaperEvent):
    """The paper would come too late to be of use."""


@dataclass(frozen=True)
class TicketPrintAsked(PaperEvent):
    """Somebody asked for the paper again (补打); `detail` says who."""


@dataclass(frozen=True)
class VoiceEvent(Event, abstract=True):
    """What became of an announcement."""

    subject_field: ClassVar[str] = "announcement"

    announcement: str
    ticket: str
    number: str
    counter: int
    area: str
    detail: dict[str, Any]


@dataclass(frozen=True)
class AnnouncementStarted(VoiceEvent):
    """The first sample is about to sound; `detail` has text, wav (file name), seconds, voice."""


@dataclass(frozen=True)
class AnnouncementDeferred(VoiceEvent):
    """Nothing of it was heard: the loudspeaker refused it. It is tried again while CALLED."""


@dataclass(frozen=True)
class AnnouncementEnded(VoiceEvent):
    """It was said to the end."""


@dataclass(frozen=True)
class AnnouncementUnknown(VoiceEvent):
    """Started, but nobody knows how it ended; never repeated by itself."""


@dataclass(frozen=True)
class AnnouncementDropped(VoiceEvent):
    """Not said, because its ticket was no longer called."""


@dataclass(frozen=True)
class DeliveryRefused(Event):
    """The platform refused a post for good; somebody has to look. `seq` is the event's own."""

    seq: int
    ledger: str
    no: str
    status: int
    told: str
