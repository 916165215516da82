"""A bad pair of wires: what goes wrong between a simulated port and the devices that hang on it.

    port -- receive --> BadLine --> device          port <-- send -- BadLine <-- device.write

Percentages are of frames: of what comes without a pause, and of each answer. Seeded by the line's
name, so that a run can be repeated.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

from devices.sim.fault_kinds import SLOW, Faulty, flag, percent
from devices.sim.ports import Listener

KINDS = (
    flag("cut"), percent("garbage", kept_as="noise"), percent("lost_byte"), percent("wrong_crc"),
    SLOW,
)  # fmt: skip
UNCHECKED = ("escpos", "alpha", "scanner")
"""Protocols without a check in their frames."""


class BadLine(Faulty):
    """Stands in for the device at its port; `send` goes to the service, `write` is the device's.

    cut: nothing gets through. noise: bytes that nobody sent come in front. lost_byte: a byte is
    missing. wrong_crc: a bit of an answer's last byte is wrong. slow_ms: answers come later.
    """

    def __init__(self, name: str, device: Listener, protocol: str) -> None:
        self.name = name
        self.fault_kinds = tuple(
            kind for kind in KINDS if kind.name != "wrong_crc" or protocol not in UNCHECKED
        )
        self.cut = False
        self.noise = self.lost_byte = self.wrong_crc = self.slow_ms = 0
        self.send: Callable[[bytes], None] = lambda data: None
        self._device = device
        self._random = random.Random(name)
        self._quiet = True
        self._due_at = 0.0

    @property
    def silence_s(self) -> float:
        """That of the device."""
        return self._device.silence_s

    @property
    def garbage(self) -> int:
        """Bytes that meant nothing to the device."""
        return self._device.garbage

    def receive(self, data: bytes) -> None:
        """Bytes from the service, which perhaps arrive."""
        if self.cut:
            return
        if self._quiet:  # the first bytes of a frame
            data = self._spoil(data)
        self._quiet = False
        if data:
            self._device.receive(data)

    def line_silent(self) -> None:
        """The frame has ended."""
        self._quiet = True
        self._device.line_silent()

    def write(self, data: bytes) -> None:
        """An answer of the device, which perhaps arrives, and perhaps late."""
        self._quiet = True
        if self.cut or not data:
            return
        if self._happens(self.wrong_crc):
            data = data[:-1] + bytes([data[-1] ^ 1 << self._random.randrange(8)])
        data = self._spoil(data)
        loop = asyncio.get_running_loop()
        due_at = max(self._due_at, loop.time() + self.slow_ms / 1000)  # none overtakes another
        if due_at <= loop.time():
            self.send(data)
        else:
            self._due_at = due_at
            loop.call_at(due_at, self._send_late, data)

    def _send_late(self, data: bytes) -> None:
        if not self.cut:
            self.send(data)

    def _spoil(self, data: bytes) -> bytes:
        if self._happens(self.lost_byte):
            place = self._random.randrange(len(data))
            data = data[:place] + data[place + 1 :]
        if self._happens(self.noise):
            data = self._random.randbytes(self._random.randint(1, 5)) + data
        return data

    def _happens(self, percent: int) -> bool:
        return percent > 0 and self._random.random() * 100 < percent
