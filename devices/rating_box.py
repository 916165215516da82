"""The rating box on a counter: asks for a rating, and tells which of five keys was pressed."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from devices.bus import Bus
from devices.event_unit import EventUnit
from devices.framing.hall_event import (
    GRADES,
    KIND_RATING,
    SESSION_REGISTER,
    UnitEvent,
)

MAX_SESSION = 0xFFFF

_log = logging.getLogger(__name__)


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
    """A rating box on the bus. `on_rating` returns True when the press is stored durably."""

    def __init__(self, bus: Bus, unit: int, on_rating: OnRating) -> None:
        self._on_rating = on_rating
        self._events = EventUnit(bus, unit, self._on_event)
        self.unit = unit

    async def open_session(self, session: int, timeout_s: int) -> None:
        """Ask the citizen: session 1..65535, closed by the box itself after `timeout_s` seconds.

        UnitSilent, UnitRefused, LinkLost; ValueError: not a session number or time.
        """
        if not (1 <= session <= MAX_SESSION and 1 <= timeout_s <= MAX_SESSION):
            raise ValueError(f"session {session}, {timeout_s} s: both must be 1..{MAX_SESSION}")
        await self._events.write(SESSION_REGISTER, session, timeout_s)

    async def close_session(self) -> None:
        """Stop asking. UnitSilent, UnitRefused, LinkLost."""
        await self._events.write(SESSION_REGISTER, 0, 0)

    async def _on_event(self, event: UnitEvent) -> bool:
        if event.kind != KIND_RATING or event.detail not in GRADES:
            # Taken, or it would stand before all later ratings.
            _log.warning("rating box %d: unknown event %s", self.unit, event)
            return True
        age_s = event.age_10ms / 100
        return await self._on_rating(
            RatingPressed(self.unit, event.boot, event.seq, event.detail, event.value, age_s)
        )
