"""The rating box on a counter: asks for a rating, and tells which key was pressed.

Five keys send their grade. Older boxes have three or four and send codes of their own (one that
was seen sends 1 不满意, 3 满意, 4 非常满意; domain.md 2.1), so `grades` says what each code means.
Beep and lamp are the same for every grade: nobody beside the citizen learns it from them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from devices.bus import Bus
from devices.event_unit import EventUnit
from devices.framing.hall_event import (
    BEEP_REGISTER,
    GRADES,
    KIND_RATING,
    SESSION_REGISTER,
    UnitEvent,
)

MAX_SESSION = 0xFFFF
FIVE_KEYS: Mapping[int, int] = {grade: grade for grade in GRADES}

_log = logging.getLogger(__name__)


UNASKED_S = 1.0  # how often a box is looked at while it asks nobody


@dataclass(frozen=True, slots=True)
class RatingPressed:
    """A grade 1..5 (5 非常满意); (unit, boot, seq) is the press's own name for ever.

    `session` is the one that was open when the key was pressed, 0 when none was; `age_s` how long
    ago that was, at most 655 s.
    """

    unit: int
    boot: int
    seq: int
    grade: int
    session: int
    age_s: float = 0.0


OnRating = Callable[[RatingPressed], Awaitable[bool]]


class RatingBox:
    """A rating box with event registers. `on_rating` returns True when the press is stored.

    `grades`: key code -> grade 1..5.
    """

    def __init__(
        self, bus: Bus, unit: int, on_rating: OnRating, grades: Mapping[int, int] = FIVE_KEYS
    ) -> None:
        self._on_rating = on_rating
        self._grades = grades
        self._events = EventUnit(bus, unit, self._on_event, UNASKED_S)
        self._plan = bus.plan
        self.unit = unit

    async def open_session(self, session: int, timeout_s: int) -> None:
        """Ask the citizen: session 1..65535, closed by the box itself after `timeout_s` seconds.

        UnitSilent, UnitRefused, LinkLost; ValueError: not a session number or time.
        """
        if not (1 <= session <= MAX_SESSION and 1 <= timeout_s <= MAX_SESSION):
            raise ValueError(f"session {session}, {timeout_s} s: both must be 1..{MAX_SESSION}")
        now = asyncio.get_running_loop().time()
        self._plan.active(self.unit, now, timeout_s)
        await self._events.write(SESSION_REGISTER, session, timeout_s)

    async def close_session(self) -> None:
        """Stop asking. UnitSilent, UnitRefused, LinkLost."""
        await self._events.write(SESSION_REGISTER, 0, 0)

    async def beep(self, length_ms: int) -> None:
        """Beep, in steps of 10 ms. UnitSilent, UnitRefused, LinkLost."""
        await self._events.write(BEEP_REGISTER, length_ms // 10)

    async def _on_event(self, event: UnitEvent) -> bool:
        grade = self._grades.get(event.detail)
        if event.kind != KIND_RATING or grade is None:
            # Taken, or it would stand before all later ratings.
            _log.warning("rating box %d: unknown event %s", self.unit, event)
            return True
        age_s = event.age_10ms / 100
        return await self._on_rating(
            RatingPressed(self.unit, event.boot, event.seq, grade, event.value, age_s)
        )
