"""Answers that are lists: services, items, visits, cases, devices."""

from __future__ import annotations

from typing import Literal

from web.schemas.base import CaseState, Day, Given, Grade, Instant, Outcome, TicketState
from web.schemas.queue import Stop
from web.schemas.tickets import TicketName, Wait

ItemKind = Literal["immediate", "promised", "advice", "theme", "stopped"]
DeviceKind = Literal[
    "printer", "led", "main-led", "keypad", "rating-box", "input-module", "issue-button",
    "scanner", "card-reader", "speaker", "board", "line",
]  # fmt: skip
DeviceCondition = Literal["connecting", "ok", "fault", "lost"]


class Shut(Given):
    """Why no numbers of a service are given out."""

    why: Literal["stopped", "hours", "band", "quota"]
    """Somebody stopped it, its hours, this part of the day or the whole day is given out."""
    stop: Stop | None
    """The stop."""
    opens: Instant | None
    """When numbers are given out again; null when nobody knows."""


class Service(Given):
    """A service (业务); `ahead` and `wait` are what a newcomer would meet."""

    code: str
    """The service's code."""
    name: str
    """Its Chinese name."""
    name_en: str
    """Its English name."""
    icon: str
    """Name of its icon."""
    examples: str
    """What it is for, in Chinese; may be empty."""
    examples_en: str
    """What it is for, in English; may be empty."""
    area: str
    """Code of the area where its citizens wait."""
    counters: list[int]
    """Numbers of the counters that take it."""
    waiting: int
    """How many wait for it."""
    ahead: int
    """How many would be called before a newcomer."""
    wait: Wait | None
    """A newcomer's expected wait; null while too little is known."""
    working: int
    """How many counters take it now: not paused, not closed."""
    open: bool
    """Whether tickets are given out now."""
    shut: Shut | None
    """Why not."""
    hours: list[str] | None
    """Today's times of issuing; null is any hour."""
    stop: Stop | None
    """Why not, when somebody stopped it."""
    left: int | None
    """How many numbers are left today, or in the band of this hour; null without a quota."""


class Services(Given):
    """A part of the list of services."""

    items: list[Service]
    """The services in the order of the hall file."""
    next: str | None
    """What `after` takes for the next part; null at the end."""


class Item(Given):
    """An item (事项); limits in working days, 0 is at once."""

    code: str
    """The item's code."""
    name: str
    """Its Chinese name."""
    owner: str
    """The department that decides it."""
    service: str
    """Code of the service that takes it."""
    kind: ItemKind
    """How it is handled: at once, within a promise, as advice, as a theme, or no longer."""
    legal_days: int | None
    """The legal limit, in working days."""
    promised_days: int | None
    """The promised limit, in working days."""
    materials: list[str]
    """What the citizen brings."""
    minutes: int | None
    """How long it takes at the counter, in minutes."""


class Items(Given):
    """A part of the list of items."""

    items: list[Item]
    """The items in the order of the items file."""
    next: str | None
    """What `after` takes for the next part; null at the end."""


class Visit(Given):
    """A visit (接待登记): what became of a ticket; its id is the ticket's."""

    id: str
    """The visit's id."""
    ticket: TicketName
    """The ticket."""
    service: str
    """The service's code."""
    date: Day
    """The business date."""
    state: TicketState
    """Where the ticket stands in its life."""
    outcome: Outcome | None
    """What the visit ended as."""
    issued_at: Instant
    """When the ticket was given out."""
    called_at: Instant | None
    """When it was first called."""
    started_at: Instant | None
    """When serving began."""
    finished_at: Instant | None
    """When the visit ended."""
    wait_s: float | None
    """From issue to first call, in seconds."""
    handle_s: float | None
    """From the beginning to the end of serving, in seconds."""
    counter: int | None
    """The counter that called it."""
    rating: Grade | None
    """The citizen's grade, 1 (worst) to 5 (best)."""
    cases: list[str]
    """Numbers of the cases that came of it."""
    items: list[str]
    """Codes of the items that the citizen came for."""
    direct: bool
    """Received without waiting (直接接待)."""
    clients: int
    """How many people it stood for."""
    clerk: str | None
    """Staff id of who served it, or called it last."""


class Visits(Given):
    """A part of the list of visits."""

    items: list[Visit]
    """The visits in the order of issue."""
    next: str | None
    """What `after` takes for the next part; null at the end."""


class CaseStep(Given):
    """One step of a case."""

    state: CaseState
    """The state that the case came to."""
    at: Instant
    """When."""


class Case(Given):
    """A case (办件): an item that a clerk accepted."""

    no: str
    """The case's number."""
    item: str
    """The item's code."""
    item_name: str
    """The item's Chinese name at the acceptance."""
    ticket: TicketName
    """The ticket that it came of."""
    state: CaseState
    """Where the case stands."""
    counter: int
    """The counter that accepted it."""
    accepted_at: Instant
    """When it was accepted."""
    finished_at: Instant | None
    """When it was finished."""
    steps: list[CaseStep]
    """Its steps, the oldest first."""


class Cases(Given):
    """A part of the list of cases."""

    items: list[Case]
    """The cases in the order of acceptance."""
    next: str | None
    """What `after` takes for the next part; null at the end."""


class FaultCard(Given):
    """What a person does about a fault; `code` can be said on the phone ("打印 12")."""

    no: str
    """The number of the fault, the same for every kind of device."""
    code: str
    """Kind and number, in Chinese."""
    code_en: str
    """Kind and number, in English."""
    text: str
    """What it is, in Chinese."""
    text_en: str
    """What it is, in English."""
    action: str
    """What to do, in Chinese."""
    action_en: str
    """What to do, in English."""


class LastError(Given):
    """The newest fault since the start, also when it is over."""

    detail: str
    """The detail that the device had."""
    at: Instant
    """When it was told."""
    code: str
    """Its short code, in Chinese."""
    code_en: str
    """Its short code, in English."""


class DeviceCounters(Given):
    """What a device and the service have said to each other since the start."""

    frames: int
    """Valid answers, and what it sent by itself."""
    retries: int
    """Questions that were repeated within one exchange."""
    crc_errors: int
    """Questions after which bytes came, but no valid frame."""
    time_outs: int
    """Questions after which nothing came."""
    latency_ms: float | None
    """From our first byte to its valid answer: the mean of the last ones, in ms."""
    worst_ms: float | None
    """The longest of them since the start, in ms."""
    presses: int
    """Keys that were taken."""
    sheets: int
    """Slips that left the printer."""


class Device(Given):
    """A device and whether it answers."""

    id: str
    """The device's id: its kind, a colon, its name or counter."""
    kind: DeviceKind
    """What it is; `line` is a shared line whose devices are all lost at once."""
    state: DeviceCondition
    """How it fares: `fault` answers but cannot work, `lost` does not answer."""
    detail: str
    """A code that says more, such as paper-out; may be empty."""
    since: Instant | None
    """When that last changed."""
    fault: FaultCard | None
    """What to do; null while all is well, and where a line's fault says it (`lost_with`)."""
    lost_with: str | None
    """The id of the line whose fault this is; null otherwise."""
    last_error: LastError | None
    """The newest fault since the start; null when there was none."""
    counters: DeviceCounters | None
    """Null for what nobody asks."""
    slips_left: int | None
    """About how many slips the paper lasts for; null where it is not counted (`roll_mm`)."""


class Devices(Given):
    """All devices of the hall."""

    items: list[Device]
    """The devices in the order of the hall file."""
    next: str | None
    """Always null: the list comes whole."""
