"""The status register of a unit (hall-event/1, 0004), read between the polls for its presses."""

from __future__ import annotations

import logging
from collections.abc import Callable

from devices.bus import Bus
from devices.framing.hall_event import (
    STATUS_CASE_OPEN,
    STATUS_LOW_SUPPLY,
    STATUS_OVERFLOW,
    STATUS_REGISTER,
    STATUS_STUCK,
)
from devices.framing.modbus_rtu import ReadInputRegisters, ReadInputRegistersReply
from devices.modbus_unit import ask

WANTS = {
    STATUS_STUCK: "stuck-key",
    STATUS_OVERFLOW: "events-lost",
    STATUS_LOW_SUPPLY: "supply-low",
    STATUS_CASE_OPEN: "case-open",
}
"""What a unit that works wants a person for; the worst first."""

_log = logging.getLogger(__name__)


def wants_of(status: int) -> str:
    """Return the worst that a status tells, "" when it tells nothing."""
    return next((name for bit, name in WANTS.items() if status & bit), "")


class UnitStatus:
    """Reads the status of one unit about every ten seconds; `on_status` is told each change."""

    def __init__(self, bus: Bus, unit: int, on_status: Callable[[int], None]) -> None:
        self._bus = bus
        self._question = ask(ReadInputRegisters(unit, STATUS_REGISTER, 1))
        self._on_status = on_status
        self._told = 0
        self._refused = False
        self.unit = unit
        bus.add_glance(unit, self._look)

    async def _look(self) -> None:
        if self._refused:
            return
        reply = await self._bus.exchange(self._question, tries=1)
        if not isinstance(reply, ReadInputRegistersReply):
            self._refused = True
            _log.info("line %s: unit %d has no status", self._bus.name, self.unit)
            return
        if reply.values[0] != self._told:
            self._told = reply.values[0]
            self._on_status(self._told)
