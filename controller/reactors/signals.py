"""Lamps and beeps: people wait for this counter; that key was refused; thank you for rating.

Lamps are derived from the present state like the strips, and told again after every start and
when a device is back. None of them ever shows a grade: the beep after a rating is the same for
all five.
"""

import asyncio
from dataclasses import dataclass
from typing import Protocol

from controller.reactors.ground import Ground
from controller.reactors.hall_log import wait_any
from devices.link import DeviceError

RETRY_S = 5.0
LOOK_S = 5.0
REFUSED_MS, THANKS_MS = 300, 100
WAITING_LAMP = 1


class Beeper(Protocol):
    """A device that can be heard."""

    async def beep(self, length_ms: int) -> None:
        """Sound once."""


class Lamp(Protocol):
    """A device with lamps."""

    async def set_lamp(self, mask: int) -> None:
        """Light the lamps of the mask."""


@dataclass
class _Signal:
    """One device; `shown` is the mask it was last told, None when that is not known."""

    counter: int | None = None
    lamp: Lamp | None = None
    beeper: Beeper | None = None
    shown: int | None = None
    retry_at: float = 0.0
    beep_ms: int = 0


class Signals:
    """Keeps the lamps of a hall up to date and sounds its beeps."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._devices: dict[str, _Signal] = {}
        self._wake = asyncio.Event()

    def add(
        self, device: str, beeper: Beeper, lamp: Lamp | None = None, counter: int | None = None
    ) -> None:
        """Take care of one more device; its lamp tells that people wait for `counter`."""
        self._devices[device] = _Signal(counter, lamp, beeper)

    def refused(self, device: str) -> None:
        """A key of the device was refused."""
        self._beep(device, REFUSED_MS)

    def thank(self, device: str) -> None:
        """A rating was stored, whichever it was."""
        self._beep(device, THANKS_MS)

    def back(self, device: str) -> None:
        """A device answers again: it may have started anew and know nothing."""
        if signal := self._devices.get(device):
            signal.shown, signal.retry_at = None, 0.0
            self._wake.set()

    def waiting(self, counter: int) -> bool:
        """Tell whether somebody waits whom this counter could call."""
        state = self._ground.desk.state
        if counter not in state.counters:
            return False
        names = state.lines_at(counter, self._ground.clock.now())
        return any(state.lines.get(name) for name in names)

    async def run(self) -> None:
        """Tell every device what it does not know yet, then wait for news."""
        for device in self._devices:
            self.back(device)
        while True:
            self._wake.clear()
            seen = self._ground.log.seq
            for signal in self._devices.values():
                await self._sound(signal)
                await self._light(signal)
            await wait_any(LOOK_S, self._ground.log.wait(seen), self._wake.wait())

    def _beep(self, device: str, length_ms: int) -> None:
        if signal := self._devices.get(device):
            signal.beep_ms = length_ms
            self._wake.set()

    async def _sound(self, signal: _Signal) -> None:
        length_ms, signal.beep_ms = signal.beep_ms, 0
        if not length_ms or signal.beeper is None:
            return
        try:
            await signal.beeper.beep(length_ms)
        except DeviceError:
            return  # a beep of long ago would only puzzle; the bus tells that the unit is dead

    async def _light(self, signal: _Signal) -> None:
        if signal.lamp is None or signal.counter is None:
            return
        wanted = WAITING_LAMP if self.waiting(signal.counter) else 0
        now = asyncio.get_running_loop().time()
        if wanted == signal.shown or now < signal.retry_at:
            return
        try:
            await signal.lamp.set_lamp(wanted)
        except DeviceError:
            signal.shown, signal.retry_at = None, now + RETRY_S
        else:
            signal.shown = wanted
