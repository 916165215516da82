"""The keypad on a counter: which key was pressed, once, durable before it is acknowledged."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from devices.bus import Bus
from devices.event_unit import EventUnit
from devices.framing.hall_event import (
    BEEP_REGISTER,
    KEY_NAMES,
    KIND_KEY,
    LAMP_REGISTER,
    UnitEvent,
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """A key of unit `unit`; (unit, boot, seq) is the press's own name for ever.

    `key` is a name of `hall_event.KEYS` or the code of another key ("0x2A"), the number of an
    input, or the name of a key of a USB pad; `value` a number that was typed before it; `age_s`
    how long ago it was pressed, at most 655 s.
    """

    unit: int
    boot: int
    seq: int
    key: str
    value: int = 0
    age_s: float = 0.0


OnKey = Callable[[KeyPressed], Awaitable[bool]]


class Keypad:
    """A keypad with event registers. `on_key` returns True when the press is stored durably."""

    def __init__(self, bus: Bus, unit: int, on_key: OnKey) -> None:
        self._on_key = on_key
        self._events = EventUnit(bus, unit, self._on_event)
        self.unit = unit

    async def set_lamp(self, mask: int) -> None:
        """Light the lamps of `mask` (bit 0 first). UnitSilent, UnitRefused, LinkLost."""
        await self._events.write(LAMP_REGISTER, mask)

    async def beep(self, length_ms: int) -> None:
        """Beep, in steps of 10 ms. UnitSilent, UnitRefused, LinkLost."""
        await self._events.write(BEEP_REGISTER, length_ms // 10)

    async def _on_event(self, event: UnitEvent) -> bool:
        name = KEY_NAMES.get(event.detail, f"0x{event.detail:02X}")
        if event.kind != KIND_KEY:
            # Taken, or it would stand before all later presses.
            _log.warning("keypad %d: unknown event %s", self.unit, event)
            return True
        age_s = event.age_10ms / 100
        return await self._on_key(
            KeyPressed(self.unit, event.boot, event.seq, name, event.value, age_s)
        )
