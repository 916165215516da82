"""The rules that deciders use: the part of the configuration that shapes decisions.

They reach the domain only as `RulesAdopted` events, so a replay uses the rules of its day.
"""

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class ServiceRule:
    """One service (业务): its code, the prefix of its numbers, its area."""

    code: str
    prefix: str
    area: str


@dataclass(frozen=True)
class CounterRule:
    """One counter (窗口): the services it takes and its area."""

    no: int
    area: str
    services: tuple[str, ...]


@dataclass(frozen=True)
class ItemRule:
    """One item (事项): `kind` is immediate, promised, theme, advice or stopped."""

    code: str
    name: str
    service: str
    kind: str


@dataclass(frozen=True)
class Rules:
    """All rules of a hall at one time."""

    hall: str = ""
    time_zone: str = "Asia/Shanghai"
    case_prefix: str = ""
    always_open: bool = True
    hours: dict[str, list[str]] = field(default_factory=dict)
    priorities: tuple[str, ...] = ()
    priority_credit_s: int = 900
    missed_call: str = "void"
    finish_on_next: bool = False
    rating_prompt_s: int = 60
    services: dict[str, ServiceRule] = field(default_factory=dict)
    counters: dict[int, CounterRule] = field(default_factory=dict)
    items: dict[str, ItemRule] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the form that stands in a `RulesAdopted` event."""
        data = asdict(self)
        data["priorities"] = list(self.priorities)
        data["services"] = [asdict(rule) for rule in self.services.values()]
        data["counters"] = [
            {**asdict(rule), "services": list(rule.services)} for rule in self.counters.values()
        ]
        data["items"] = [asdict(rule) for rule in self.items.values()]
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Rules":
        """Build rules from the form of `to_json`; keys that are absent keep their default."""
        data = dict(data)
        services = [ServiceRule(**row) for row in data.pop("services", [])]
        counters = [
            CounterRule(row["no"], row["area"], tuple(row["services"]))
            for row in data.pop("counters", [])
        ]
        items = [ItemRule(**row) for row in data.pop("items", [])]
        data["priorities"] = tuple(data.get("priorities", ()))
        return cls(
            **data,
            services={rule.code: rule for rule in services},
            counters={rule.no: rule for rule in counters},
            items={rule.code: rule for rule in items},
        )

    def counters_for(self, service: str) -> list[CounterRule]:
        """Return the counters that take a service."""
        return [rule for rule in self.counters.values() if service in rule.services]

    def companions(self, service: str) -> set[str]:
        """Return the services that share at least one counter with a service, itself included."""
        return {code for rule in self.counters_for(service) for code in rule.services}

    def local(self, at: int) -> datetime:
        """Return a UTC millisecond time in the hall's own zone."""
        return datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(self.time_zone))

    def business_date(self, at: int) -> str:
        """Return the business date (ISO) of a time, by the hall's own zone."""
        return self.local(at).date().isoformat()

    def is_open(self, at: int) -> bool:
        """Tell whether tickets are given out at a time (domain.md 5.8)."""
        if self.always_open:
            return True
        local = self.local(at)
        minute = f"{local:%H:%M}"
        sessions = self.hours.get(WEEKDAYS[local.weekday()], [])
        return any(start <= minute < end for start, _, end in (s.partition("-") for s in sessions))
