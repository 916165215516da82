"""The rules that deciders use: the part of the configuration that shapes decisions.

They reach the domain only as `RulesAdopted` events, so a replay uses the rules of its day.
Every field has a default, so rules adopted by an older version still fold.
"""

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

PAUSE_REASONS = ("meal", "meeting", "errand", "equipment", "rest", "other")
CALL_REASONS = ("urgent", "documents", "promised", "mistake", "other")
TRANSFER_REASONS = ("wrong_service", "next_step", "colleague", "other")
PARK_REASONS = ("documents", "payment", "copy", "other")
STOP_SENTENCES = ("power", "network", "weather", "safety", "full", "other")
"""The closed sets of reasons; their words stand in config/texts (`reasons.*`)."""

PASS_MS = 10 * 60 * 1000
"""A phone page's pass is good for half of this at least, and for all of it at most."""

Week = dict[str, list[str]]
"""Weekday -> sessions "HH:MM-HH:MM", both local."""


@dataclass(frozen=True)
class Quota:
    """At most `most` tickets within a daily band "HH:MM-HH:MM" (domain.md 5.1)."""

    band: str
    most: int


@dataclass(frozen=True)
class SlotRule:
    """Bookable time (预约): on `days`, from `start` to `end`, slots of `minutes`, `quota` each."""

    days: tuple[str, ...]
    start: str
    end: str
    minutes: int
    quota: int


@dataclass(frozen=True)
class ServiceRule:
    """One service (业务): its code, number prefix, area, and limits (0 and empty: none).

    `hours` are the times of issuing; without them the hall's hold.
    """

    code: str
    prefix: str
    area: str
    hours: Week = field(default_factory=dict)
    daily_quota: int = 0
    bands: tuple[Quota, ...] = ()
    warn_waiting: int = 0
    slots: tuple[SlotRule, ...] = ()


@dataclass(frozen=True)
class Condition:
    """ "If somebody has waited over `wait_over_s` in `service`, that service first"."""

    service: str
    wait_over_s: int


@dataclass(frozen=True)
class ProfileRule:
    """How a counter chooses: ordered conditions, then counted ratios (service -> share).

    Empty ratios: first come, first served by effective issue time.
    """

    name: str
    conditions: tuple[Condition, ...] = ()
    ratios: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Duty:
    """One rota entry of a counter: weekdays, hours "HH:MM-HH:MM", services (empty: its usual)."""

    days: tuple[str, ...]
    hours: str
    services: tuple[str, ...] = ()


@dataclass(frozen=True)
class CounterRule:
    """One counter (窗口): the services it takes, its area, profile and rota."""

    no: int
    area: str
    services: tuple[str, ...]
    profile: str = ""
    rota: tuple[Duty, ...] = ()


@dataclass(frozen=True)
class PostRule:
    """An AB post (AB岗): when clerk `a` is away, the calls of counter `counter` go to clerk `b`."""

    name: str
    counter: int
    a: str
    b: str


@dataclass(frozen=True)
class ItemRule:
    """One item (事项): `kind` is immediate, promised, theme, advice or stopped."""

    code: str
    name: str
    service: str
    kind: str
    materials: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rules:
    """All rules of a hall at one time. Spans in seconds unless the name says otherwise.

    numbers: letters (A001 per prefix) | series (one count, letter of the service) | digits.
    missed_call: void | within (back at the counter while few have passed) | requeue (k places
    behind, once) | keep (for the half-day).
    closing: serve_all | expire. identity: off | optional | required.
    printers: the device that prints for a place (`kiosk:2`, `counter:3`, `desk`), for "" whoever
    has none of its own; empty where the hall prints nothing, None in rules of before.
    """

    hall: str = ""
    time_zone: str = "Asia/Shanghai"
    case_prefix: str = ""
    always_open: bool = True
    hours: Week = field(default_factory=dict)
    priorities: tuple[str, ...] = ()
    priority_credit_s: int = 900
    priority_one_in: int = 0
    booked_credit_s: int = 900
    ageing_s: int = 0
    missed_call: str = "void"
    missed_within: int = 3
    missed_behind: int = 3
    wake_s: int = 0
    finish_on_next: bool = False
    rating_prompt_s: int = 60
    numbers: str = "letters"
    keep_overnight: bool = False
    test_prefix: str = "T"
    card_prefix: str = "K"
    guard_ms: int = 0
    undo_s: int = 30
    recall_spacing_s: int = 0
    recall_limit: int = 0
    no_show_calls: int = 1
    no_show_s: int = 0
    auto_call: bool = False
    sign_in: bool = False
    staff: tuple[str, ...] = ()
    post_absent_s: int = 600
    call_rights: tuple[str, ...] = ()
    closing: str = "serve_all"
    clearings: tuple[str, ...] = ()
    outage_s: int = 600
    outage_answer_s: int = 120
    clock_behind_s: int = 43_200
    identity: str = "off"
    clients_most: int = 50
    book_days: int = 5
    check_in_before_s: int = 900
    check_in_after_s: int = 900
    printers: dict[str, str] | None = None
    services: dict[str, ServiceRule] = field(default_factory=dict)
    counters: dict[int, CounterRule] = field(default_factory=dict)
    profiles: dict[str, ProfileRule] = field(default_factory=dict)
    posts: dict[str, PostRule] = field(default_factory=dict)
    items: dict[str, ItemRule] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the form that stands in a `RulesAdopted` event: tables as lists, no tuples."""
        data = asdict(self)
        for name in TABLES:
            data[name] = list(data[name].values())
        return {name: _listed(value) for name, value in data.items()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Rules":
        """Build rules from the form of `to_json`; keys that are absent keep their default."""
        data = dict(data)
        made: dict[str, Any] = {
            name: {_key(row): _made(kind, row) for row in data.pop(name, [])}
            for name, kind in TABLES.items()
        }
        return cls(**{name: _frozen(value) for name, value in data.items()}, **made)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The hall's time zone."""
        return ZoneInfo(self.time_zone)

    def printer_for(self, place: str) -> str | None:
        """Return the printer of a place, "" for none; None: the hall's first."""
        if self.printers is None:
            return None
        return self.printers.get(place) or self.printers.get("", "")

    def counters_for(self, service: str) -> list[CounterRule]:
        """Return the counters that take a service at some time."""
        return self._takers.get(service, [])

    def companions(self, service: str) -> frozenset[str]:
        """Return the services that share at least one counter with a service, itself included."""
        return self._companions.get(service, frozenset((service,)))

    @cached_property
    def warned(self) -> tuple[str, ...]:
        """The services with a warning count."""
        return tuple(code for code, service in self.services.items() if service.warn_waiting)

    @cached_property
    def _takers(self) -> dict[str, list[CounterRule]]:
        found: dict[str, list[CounterRule]] = {}
        for rule in self.counters.values():
            for code in sorted(all_services(rule)):
                found.setdefault(code, []).append(rule)
        return found

    @cached_property
    def _companions(self) -> dict[str, frozenset[str]]:
        return {
            code: frozenset({code}.union(*(all_services(rule) for rule in takers)))
            for code, takers in self._takers.items()
        }

    def services_at(self, counter: CounterRule, at: int) -> tuple[str, ...]:
        """Return what a counter takes at a time: the rota entry's services, else its usual."""
        for duty in counter.rota:
            if duty.services and self._on_duty(duty, at):
                return duty.services
        return counter.services

    def on_rota(self, counter: CounterRule, at: int) -> bool:
        """Tell whether a counter should be staffed at a time; without a rota it always is."""
        return not counter.rota or any(self._on_duty(duty, at) for duty in counter.rota)

    def _on_duty(self, duty: Duty, at: int) -> bool:
        local = self.local(at)
        return WEEKDAYS[local.weekday()] in duty.days and within(duty.hours, f"{local:%H:%M}")

    def local(self, at: int) -> datetime:
        """Return a UTC millisecond time in the hall's own zone."""
        return datetime.fromtimestamp(at / 1000, UTC).astimezone(self.zone)

    def business_date(self, at: int) -> str:
        """Return the business date (ISO) of a time, by the hall's own zone."""
        return self.local(at).date().isoformat()

    def instant(self, date: str, minute: str) -> int:
        """Return the UTC ms of a local "HH:MM" on an ISO date; "24:00" is the next midnight."""
        hour, _, rest = minute.partition(":")
        day = datetime.fromisoformat(date) + timedelta(days=int(hour) // 24)
        local = day.replace(hour=int(hour) % 24, minute=int(rest), tzinfo=self.zone)
        return round(local.timestamp() * 1000)

    def is_open(self, at: int, service: str = "") -> bool:
        """Tell whether tickets (of a service) are given out at a time (domain.md 5.8)."""
        rule = self.services.get(service)
        week = rule.hours if rule is not None else {}
        if not week:
            if self.always_open:
                return True
            week = self.hours
        local = self.local(at)
        minute = f"{local:%H:%M}"
        return any(within(session, minute) for session in week.get(WEEKDAYS[local.weekday()], []))

    def sessions(self, date: str) -> list[str]:
        """Return the hall's sessions on an ISO date, in their order."""
        return sorted(self.hours.get(WEEKDAYS[datetime.fromisoformat(date).weekday()], []))


TABLES: dict[str, type] = {
    "services": ServiceRule,
    "counters": CounterRule,
    "profiles": ProfileRule,
    "posts": PostRule,
    "items": ItemRule,
}
PARTS: dict[str, type] = {
    "bands": Quota,
    "slots": SlotRule,
    "conditions": Condition,
    "rota": Duty,
}


def within(session: str, minute: str) -> bool:
    """Tell whether a local "HH:MM" lies in "HH:MM-HH:MM"; the end is not in it."""
    start, _, end = session.partition("-")
    return start <= minute < end


def all_services(counter: CounterRule) -> set[str]:
    """Return every service that a counter takes at some time, by its rota or always."""
    return set(counter.services).union(*(duty.services for duty in counter.rota))


def _key(row: dict[str, Any]) -> Any:
    return next(row[name] for name in ("code", "no", "name") if name in row)


def _made(kind: type, row: dict[str, Any]) -> Any:
    values = dict(row)
    for name, part in PARTS.items():
        if name in values:
            values[name] = tuple(_made(part, one) for one in values[name])
    return kind(**{name: _frozen(value) for name, value in values.items()})


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _listed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _listed(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_listed(one) for one in value]
    return value
