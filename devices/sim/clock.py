"""The clock that all simulated devices show: the hall's, once the service has told it.

They are a process apart with no door to `controller.clock`, so the service posts its time and
speed to the control port. A phrase lasts as long by this clock as in the hall; how long paper and
wires take is real all the same.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

Now = Callable[[], datetime]


class Watch:
    """Called, it tells the time with the offset of `time_zone` (an IANA name).

    Real time until `set`. `wall` (Unix seconds) and `ticks` (steady) are replaced in tests.
    """

    def __init__(
        self,
        time_zone: str,
        *,
        wall: Callable[[], float] = time.time,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self.speed = 1.0
        self.wall_s = wall
        """Real Unix seconds, for what no hall's clock may bend: the age of a signature."""
        self._zone = ZoneInfo(time_zone)
        self._ticks = ticks
        self._set_at_s = ticks()
        self._began = datetime.fromtimestamp(wall(), UTC)
        self._sleepers: set[asyncio.Future[None]] = set()

    def __call__(self) -> datetime:
        return self.after(0)

    def set(self, at_ms: int, speed: float) -> None:
        """Show `at_ms` (UTC) now, and from now on `speed` seconds for each real one."""
        self._set_at_s = self._ticks()
        self._began = datetime.fromtimestamp(at_ms / 1000, UTC)
        self.speed = speed
        sleepers, self._sleepers = self._sleepers, set()
        for sleeper in sleepers:
            if not sleeper.done():
                sleeper.set_result(None)

    def after(self, real_s: float) -> datetime:
        """What it will show when so many real seconds have passed."""
        passed_s = (self._ticks() - self._set_at_s + real_s) * self.speed
        return (self._began + timedelta(seconds=passed_s)).astimezone(self._zone)

    async def sleep(self, seconds: float) -> None:
        """Wait for a span of this clock's time, at whatever speed it runs meanwhile."""
        while seconds > 0:
            speed, began_s = self.speed, self._ticks()
            changed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._sleepers.add(changed)
            try:
                async with asyncio.timeout(seconds / speed):
                    await changed
            except TimeoutError:
                return
            finally:
                self._sleepers.discard(changed)
            seconds -= (self._ticks() - began_s) * speed


def stamp(at: datetime) -> str:
    """RFC 3339 with offset and milliseconds, as 2026-11-20T09:15:00.250+08:00."""
    return at.isoformat(timespec="milliseconds")
