"""Who on a bus is polled when, and how long it is waited for. Pure: time is an argument."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

Poll = Callable[[], Awaitable[None]]

ACTIVE_S = 10.0  # how long a unit comes first after somebody used it
QUICK_PART = 0.5  # of a part of the time-out: who thinks longer gets the whole
FORGETTING = 0.98


@dataclass(frozen=True, slots=True)
class BusSettings:
    """Times of one line, in seconds, beside the time that bytes take on the wire.

    `reply_s`: how long a unit may think. `gap_s`: silence before we speak; None: what Modbus
    wants, 3.5 characters and never less than 1.75 ms. `idle_s`: from the begin of a round to the
    next one, at least; a round of many units is longer by itself and needs no rest. `quiet_s`: the
    same while nobody works with any unit; its first press is noticed that much later at most.
    `refused_rest_s`: rest before an event that was not taken is offered again.
    """

    reply_s: float = 0.1
    gap_s: float | None = None
    idle_s: float = 0.03
    quiet_s: float = 0.0
    tries: int = 3
    dead_after: int = 3
    dead_poll_s: float = 5.0
    refused_rest_s: float = 0.5


@dataclass(slots=True)
class _PlannedUnit:
    poll: Poll
    period_s: float
    due_at: float = 0.0
    misses: int = 0
    spent_s: float = 0.0  # what its silence has cost since its last answer
    slowest_s: float = 0.0  # how long it thought at most, forgotten by and by
    active_until: float = 0.0
    alive: bool | None = None  # None: has not answered yet, and may still


class PollPlan:
    """Who is due for a poll. Pure: time (monotonic seconds) is an argument."""

    def __init__(self, settings: BusSettings) -> None:
        self._settings = settings
        self._units: dict[int, _PlannedUnit] = {}

    def add(self, unit: int, poll: Poll, period_s: float = 0.0) -> None:
        """Poll `unit` every `period_s` while nobody works with it; 0: in every round."""
        if unit in self._units:
            raise ValueError(f"unit {unit} is on the bus twice")
        self._units[unit] = _PlannedUnit(poll, period_s)

    @property
    def units(self) -> list[int]:
        """All units of the plan."""
        return list(self._units)

    def alive(self, unit: int) -> bool | None:
        """Whether a unit answers; None when that is not known yet, or it is not in the plan."""
        planned = self._units.get(unit)
        return planned.alive if planned else None

    def poll_of(self, unit: int) -> Poll:
        """How to poll a unit."""
        return self._units[unit].poll

    def due(self, now: float) -> list[int]:
        """The units of this round: the active, the other living, and at most one that rested."""
        units = self._units
        waiting = [unit for unit, planned in units.items() if planned.due_at <= now]
        living = [unit for unit in waiting if not self._rests(units[unit])]
        living.sort(key=lambda unit: units[unit].active_until <= now)
        resting = [unit for unit in waiting if self._rests(units[unit])]
        return living + sorted(resting, key=lambda unit: units[unit].due_at)[:1]

    def refuses(self, unit: int, now: float) -> bool:
        """Whether a question to this unit would only cost time."""
        planned = self._units.get(unit)
        return planned is not None and self._rests(planned) and now < planned.due_at

    def patience_s(self, unit: int) -> float:
        """How long to wait for this unit's answer, beside the time on the wire."""
        planned = self._units.get(unit)
        part_s = self._part_s
        if planned is None or self._rests(planned) or planned.slowest_s > part_s * QUICK_PART:
            return self._settings.reply_s
        return part_s

    def active(self, unit: int, now: float, for_s: float = ACTIVE_S) -> None:
        """Somebody is working with this unit: it is in every round for a while, and comes first."""
        if planned := self._units.get(unit):
            planned.active_until = max(planned.active_until, now + for_s)
            if not self._rests(planned):
                planned.due_at = min(planned.due_at, now)

    def round_s(self, now: float) -> float:
        """How long a round takes at least: in a quiet hall it may be longer."""
        busy = any(planned.active_until > now for planned in self._units.values())
        return self._settings.idle_s if busy else max(self._settings.idle_s, self._settings.quiet_s)

    @property
    def _part_s(self) -> float:
        return self._settings.reply_s / self._settings.dead_after

    def _rests(self, planned: _PlannedUnit) -> bool:
        # A little less: three thirds need not make a whole.
        return planned.spent_s > self._settings.reply_s * 0.99

    def rest_s(self, now: float) -> float:
        """How long until somebody is due; a second at most, for units can be added."""
        due = min((planned.due_at for planned in self._units.values()), default=now + 1.0)
        return min(max(due - now, 0.0), 1.0)

    def answered(self, unit: int, now: float, thought_s: float = 0.0) -> bool:
        """A unit has answered; whether that is news."""
        planned = self._units.get(unit)
        if planned is None:
            return False
        planned.misses = 0
        planned.spent_s = 0.0
        planned.slowest_s = max(thought_s, planned.slowest_s * FORGETTING)
        planned.due_at = now if planned.active_until > now else now + planned.period_s
        news, planned.alive = planned.alive is not True, True
        return news

    def missed(self, unit: int, now: float, waited_s: float | None = None) -> bool:
        """A unit has not answered in so many seconds; whether it is dead by that, which is news.

        None: the patience of a quick unit.
        """
        planned = self._units.get(unit)
        if planned is None:
            return False
        planned.misses += 1
        planned.spent_s += self._part_s if waited_s is None else waited_s
        planned.due_at = now + (self._settings.dead_poll_s if self._rests(planned) else 0.0)
        if planned.misses < self._settings.dead_after:
            return False
        news, planned.alive = planned.alive is not False, False
        return news

    def line_lost(self) -> None:
        """The line is lost and tells nothing about its units, who are due when it is back."""
        for planned in self._units.values():
            planned.alive = None
            planned.misses = 0
            planned.spent_s = 0.0
            planned.due_at = 0.0
