"""A line with faults: wraps any link, so that every driver can be driven over a bad line.

Each kind of fault is one number in `Faults`; a seed makes a run repeatable. Outgoing bytes can be
lost, spoiled by noise and come back as an echo; incoming bytes can be lost, spoiled, delayed and
cut into single bytes. A hang-up looks like a pulled plug, by hand or on a timetable.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from devices.link import ByteLink, LinkLost, LinkState


@dataclass(frozen=True, slots=True)
class Faults:
    """What goes wrong; every probability is for one write or one read.

    `echo`: our own bytes come back before the answer (RS-485 adapters that hear themselves).
    `most_delay_s`: an answer is held back for a random time up to this. `cut_every_s`: the plug is
    pulled about so often, from the first use on, each time for about `cut_s`; 0: never.
    """

    loss: float = 0.0
    noise: float = 0.0
    most_delay_s: float = 0.0
    one_byte: bool = False
    echo: bool = False
    cut_every_s: float = 0.0
    cut_s: float = 0.0
    seed: int = 0


class FaultyLink:
    """A `ByteLink` that treats the bytes of another one badly."""

    def __init__(self, link: ByteLink, faults: Faults) -> None:
        self._link = link
        self._faults = faults
        self._random = random.Random(faults.seed)
        self._late: deque[tuple[float, bytes]] = deque()  # due at, bytes
        self._plugged = asyncio.Event()
        self._plugged.set()
        self._timetable: random.Random | None = None  # its own, so that reads do not change it
        self.faults_made = 0

    @property
    def name(self) -> str:
        """The line's name in the hall file."""
        return self._link.name

    @property
    def byte_s(self) -> float:
        """How long one byte takes on the wire."""
        return self._link.byte_s

    @property
    def state(self) -> LinkState:
        """Whether bytes can go through now."""
        self._follow_timetable()
        return self._link.state if self._plugged.is_set() else "lost"

    def hang_up(self) -> None:
        """Pull the plug: everything on the way is lost."""
        self._plugged.clear()
        self._late.clear()
        self._link.discard()

    def plug_in(self) -> None:
        """Put the plug back."""
        self._link.discard()
        self._plugged.set()

    async def write(self, data: bytes, timeout_s: float = 2.0) -> None:
        """Hand the bytes on, perhaps lost or spoiled."""
        self._require_plug()
        if self._faults.echo:
            self._late.append((time.monotonic(), data))
        if not self._happens(self._faults.loss):
            await self._link.write(self._spoil(data), timeout_s)

    async def read(self, max_bytes: int = 4096, timeout_s: float = 1.0) -> bytes:
        """What has come in and is due, perhaps lost or spoiled."""
        deadline = time.monotonic() + timeout_s
        while True:
            self._require_plug()
            now = time.monotonic()
            if self._late and self._late[0][0] <= now:
                return self._give(max_bytes)
            if now >= deadline:
                return b""
            due = min(deadline, self._late[0][0] if self._late else deadline)
            if data := await self._link.read(max_bytes, due - now):
                self._take_in(data)

    def discard(self) -> int:
        """Throw away what has come in; what is delayed is still to come."""
        now = time.monotonic()
        thrown = 0
        while self._late and self._late[0][0] <= now:
            thrown += len(self._late.popleft()[1])
        return thrown + self._link.discard()

    async def wait_open(self, timeout_s: float) -> bool:
        """Whether the port is open, or came open within the time-out."""
        self._follow_timetable()
        try:
            async with asyncio.timeout(timeout_s):
                await self._plugged.wait()
                return await self._link.wait_open(timeout_s)
        except TimeoutError:
            return False

    def _take_in(self, data: bytes) -> None:
        if not self._plugged.is_set() or self._happens(self._faults.loss):
            return
        delay_s = self._random.uniform(0, self._faults.most_delay_s)
        # Bytes never overtake each other on a wire.
        earliest = self._late[-1][0] if self._late else 0.0
        self._late.append((max(earliest, time.monotonic() + delay_s), self._spoil(data)))

    def _give(self, max_bytes: int) -> bytes:
        due, data = self._late.popleft()
        size = 1 if self._faults.one_byte else max_bytes
        if len(data) > size:
            self._late.appendleft((due, data[size:]))
        return data[:size]

    def _spoil(self, data: bytes) -> bytes:
        """Noise: a bit is wrong, a byte is missing, or bytes come before or behind."""
        if not data or not self._happens(self._faults.noise):
            return data
        spoiled = bytearray(data)
        place = self._random.randrange(len(spoiled))
        match self._random.randrange(3):
            case 0:
                spoiled[place] ^= 1 << self._random.randrange(8)
            case 1:
                del spoiled[place]
            case _:
                noise = self._random.randbytes(self._random.randint(1, 5))
                position = self._random.choice((0, len(spoiled)))
                spoiled[position:position] = noise
        return bytes(spoiled)

    def _happens(self, probability: float) -> bool:
        happens = probability > 0 and self._random.random() < probability
        self.faults_made += happens
        return happens

    def _follow_timetable(self) -> None:
        if self._faults.cut_every_s > 0 and self._timetable is None:
            self._timetable = random.Random(self._faults.seed)
            self._later(self._faults.cut_every_s, self._cut)

    def _cut(self) -> None:
        self.faults_made += 1
        self.hang_up()
        self._later(self._faults.cut_s, self._mend)

    def _mend(self) -> None:
        self.plug_in()
        self._later(self._faults.cut_every_s, self._cut)

    def _later(self, about_s: float, turn: Callable[[], None]) -> None:
        assert self._timetable is not None
        about_s *= self._timetable.uniform(0.5, 1.5)
        asyncio.get_running_loop().call_later(about_s, turn)

    def _require_plug(self) -> None:
        self._follow_timetable()
        if not self._plugged.is_set():
            raise LinkLost(self.name)
