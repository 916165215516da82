"""The newest events in memory, and a wake-up: what streams and reactors read the log through."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from itertools import islice

from controller.domain.events import StoredEvent

RING = 4096
WAVE_S = 0.02
WAVES_AT_ONCE = 10
"""Readers are woken at once, but after so many times in a row not more often than this: under
load they take many batches at a time, and the loop has its time for who waits for an answer."""


class Feed:
    """A window on the log; a reader that is further behind reads from the disk.

    `read(seq, limit)` returns stored events after a position.
    """

    def __init__(self, read: Callable[[int, int], Awaitable[list[StoredEvent]]]) -> None:
        self._read = read
        self._ring: deque[StoredEvent] = deque(maxlen=RING)
        self._waiters: set[asyncio.Future[None]] = set()
        self._followers: list[Callable[[], None]] = []
        self._waves = float(WAVES_AT_ONCE)
        self._waves_at = 0.0
        self._wave: asyncio.TimerHandle | None = None
        self.seq = 0

    def publish(self, events: Sequence[StoredEvent]) -> None:
        """Take a published batch and wake every reader, at once or with the next wave."""
        self._ring.extend(events)
        self.seq = events[-1].seq
        if self._wave is not None:
            return
        loop = asyncio.get_running_loop()
        now = loop.time()
        self._waves = min(WAVES_AT_ONCE, self._waves + (now - self._waves_at) / WAVE_S)
        self._waves_at = now
        if self._waves >= 1:
            self._wake()
        else:
            self._wave = loop.call_later((1 - self._waves) * WAVE_S, self._wake)

    def follow(self, follower: Callable[[], None]) -> None:
        """Call `follower()` in the loop with each wave, before the readers that wait."""
        self._followers.append(follower)

    def fresh(self, seq: int) -> list[StoredEvent] | None:
        """Return the published events after a position, None when memory does not reach back."""
        if seq >= self.seq:
            return []
        if not self._ring or self._ring[0].seq > seq + 1:
            return None
        return list(islice(self._ring, seq + 1 - self._ring[0].seq, None))

    def _wake(self) -> None:
        self._wave = None
        self._waves -= 1
        for follower in self._followers:
            follower()
        waiters, self._waiters = self._waiters, set()
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def after(self, seq: int, limit: int = 200) -> list[StoredEvent]:
        """Return published events after a position, at once, maybe none."""
        if seq >= self.seq:
            return []
        if self._ring and self._ring[0].seq <= seq + 1:
            start = seq + 1 - self._ring[0].seq
            end = min(start + limit, len(self._ring))
            return [self._ring[index] for index in range(start, end)]
        found = await self._read(seq, limit)
        return [stored for stored in found if stored.seq <= self.seq]

    async def wait(self, seq: int, timeout_s: float | None = None) -> bool:
        """Wait until there is something after a position; False when the time ran out."""
        if self.seq > seq:
            return True
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            # Not wait_for: Python 3.11's forgets a cancellation that meets its result, and a
            # reactor that is told to stop would go on for ever.
            async with asyncio.timeout(timeout_s):
                await waiter
        except TimeoutError:
            return False
        finally:
            self._waiters.discard(waiter)
        return True
