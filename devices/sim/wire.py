"""The time that bytes take on a simulated wire, which is real at any speed of the hall's clock.

    put(data) --> [ byte | byte | byte ... ] --> deliver(data), when its last byte has arrived
                    ten bits each, at the baud of the line

One `Wire` is one direction. Portions are handed over every two milliseconds or so: fine enough
for every time-out of a driver, and few enough to cost nothing.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

STEP_S = 0.002
_ROUNDING = 1e-6


class Wire:
    """`deliver` gets the bytes in order; `byte_s` tells how long one takes (s), at each `put`.

    `waiting` counts the bytes that are on their way.
    """

    def __init__(self, deliver: Callable[[bytes], None], byte_s: Callable[[], float]) -> None:
        self.waiting = 0
        self._deliver = deliver
        self._byte_s = byte_s
        self._portions: deque[_Portion] = deque()
        self._free_at = 0.0
        self._held = False
        self._timer: asyncio.TimerHandle | None = None

    def put(self, data: bytes) -> None:
        """Let bytes follow those that are on their way."""
        if not data:
            return
        byte_s = self._byte_s()
        begins_at = max(asyncio.get_running_loop().time(), self._free_at)
        self._free_at = begins_at + len(data) * byte_s
        self._portions.append(_Portion(data, begins_at, byte_s))
        self.waiting += len(data)
        self._arm()

    def hold(self) -> None:
        """Let nothing arrive until `release`, as after an XOFF."""
        self._held = True
        self._disarm()

    def release(self) -> None:
        """Go on with what was held, from now on."""
        if not self._held:
            return
        self._held = False
        self._free_at = asyncio.get_running_loop().time()
        for portion in self._portions:
            portion.begins_at = self._free_at
            self._free_at += len(portion.data) * portion.byte_s
        self._arm()

    def clear(self) -> None:
        """Whatever is on its way is lost."""
        self._portions.clear()
        self.waiting = 0
        self._free_at = 0.0
        self._disarm()

    def _arm(self) -> None:
        if self._portions and not self._held and self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(self._portions[0].step_at, self._due)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _due(self) -> None:
        self._timer = None
        now = asyncio.get_running_loop().time()
        arrived = bytearray()
        while self._portions and (taken := self._portions[0].take(now)):
            arrived += taken
            if not self._portions[0].data:
                self._portions.popleft()
        self.waiting -= len(arrived)
        self._arm()
        if arrived:
            self._deliver(bytes(arrived))


class _Portion:
    """Bytes of one `put`, of which the first begins at `begins_at`."""

    __slots__ = ("begins_at", "byte_s", "data")

    def __init__(self, data: bytes, begins_at: float, byte_s: float) -> None:
        self.data = data
        self.begins_at = begins_at
        self.byte_s = byte_s

    @property
    def step_at(self) -> float:
        """When the next step's last byte has arrived."""
        bytes_of_step = max(1, round(STEP_S / self.byte_s))
        return self.begins_at + min(len(self.data), bytes_of_step) * self.byte_s

    def take(self, now: float) -> bytes:
        """The bytes that have arrived by now."""
        count = min(len(self.data), int((now - self.begins_at + _ROUNDING) / self.byte_s))
        if count <= 0:
            return b""
        taken, self.data = self.data[:count], self.data[count:]
        self.begins_at += count * self.byte_s
        return taken
