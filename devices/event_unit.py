"""One keypad or rating box on the bus: its events, each stored before it is acknowledged.

    poll 0010..0015 -> event? -> on_event (durable) -> True: acknowledge 0020 = sequence
                                                    -> False, error, too slow: no acknowledgement;
                                                       the unit keeps the event and shows it again

An event whose acknowledgement was lost comes again with the same boot id and sequence; it is
acknowledged again and handed on only once. While one is being handled the unit is not polled, and
the others are.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable

from devices.bus import Bus, UnitSilent
from devices.framing.hall_event import (
    ACK_REGISTER,
    EVENT_COUNT,
    EVENT_REGISTER,
    UnitEvent,
    decode_event_block,
)
from devices.framing.modbus_rtu import (
    ReadInputRegisters,
    ReadInputRegistersReply,
    WriteRegister,
    WriteRegisters,
)
from devices.link import LinkError
from devices.modbus_unit import UnitRefused, ask, carry_out

OnEvent = Callable[[UnitEvent], Awaitable[bool]]

REMEMBERED = 32  # events that were taken; a unit keeps at least 16
HANDLE_S = 10.0  # storing an event takes milliseconds; after this it is not taken

_log = logging.getLogger(__name__)


class EventUnit:
    """A unit that speaks "hall-event/1". `on_event` returns True when the event is durable.

    `period_s`: how often it is asked while nobody works with it; 0: in every round.
    """

    def __init__(self, bus: Bus, unit: int, on_event: OnEvent, period_s: float = 0.0) -> None:
        self._bus = bus
        self._on_event = on_event
        self._block = ask(ReadInputRegisters(unit, EVENT_REGISTER, EVENT_COUNT))
        self._taken: deque[tuple[int, int]] = deque(maxlen=REMEMBERED)  # boot, sequence
        self._boot: int | None = None
        self._busy = False
        self._rest_until = 0.0
        self._complained = False
        self.unit = unit
        bus.add_unit(unit, self._poll, period_s)

    async def write(self, register: int, *values: int) -> None:
        """Write holding registers from `register` on. UnitSilent, UnitRefused, LinkLost."""
        if len(values) == 1:
            await carry_out(self._bus, WriteRegister(self.unit, register, values[0]))
        else:
            await carry_out(self._bus, WriteRegisters(self.unit, register, values))

    async def _poll(self) -> None:
        if self._busy or asyncio.get_running_loop().time() < self._rest_until:
            return
        reply = await self._bus.exchange(self._block, tries=1)
        if not isinstance(reply, ReadInputRegistersReply):
            self._complain(f"it has no event registers: {reply}")
            return
        self._notice_restart(reply.values[0])
        event = decode_event_block(reply.values)
        if event is not None:
            self._bus.plan.active(self.unit, asyncio.get_running_loop().time())
            self._busy = True
            self._bus.spawn(self._handle(event), f"event of unit {self.unit}")

    async def _handle(self, event: UnitEvent) -> None:
        key = (event.boot, event.seq)
        try:
            if key not in self._taken:
                if not await self._take(event):
                    self._rest_until = (
                        asyncio.get_running_loop().time() + self._bus.settings.refused_rest_s
                    )
                    return
                self._taken.append(key)
                self._complained = False
            await self.write(ACK_REGISTER, event.seq)
        except (UnitSilent, UnitRefused, LinkError) as error:
            _log.debug("%s; the event will come again", error)
        finally:
            self._busy = False

    async def _take(self, event: UnitEvent) -> bool:
        error: Exception | None = None
        try:
            async with asyncio.timeout(HANDLE_S):
                taken = await self._on_event(event)
        except Exception as failure:
            taken, error = False, failure
        if not taken:
            self._complain(f"its event {event.seq} was not taken and is offered again", error)
        return taken

    def _notice_restart(self, boot: int) -> None:
        if self._boot is not None and boot != self._boot:
            _log.info("line %s: unit %d has restarted", self._bus.name, self.unit)
            self._bus.restarted(self.unit)
        self._boot = boot

    def _complain(self, sentence: str, error: Exception | None = None) -> None:
        """Once in the log until an event is taken again; an offer is repeated twice a second."""
        level = logging.DEBUG if self._complained else logging.WARNING
        self._complained = True
        line = self._bus.name
        _log.log(level, "line %s: unit %d: %s", line, self.unit, sentence, exc_info=error)
