"""The only source of time.

UTC milliseconds on a monotonic base: within a process it never goes back. A start and a speed
are for demonstrations and tests; rules, schedules and pauses follow this clock, device
time-outs stay real. Only where every device is simulated may the speed change under way.
"""

import asyncio
import time
from collections.abc import Callable

SLICE_S = 0.1
"""So soon a sleeper notices that the speed has changed, real seconds."""


class Clock:
    """The hall's clock.

    `start_ms` sets the hall's time at construction (default: the wall clock), `speed` how many
    hall seconds pass in a real one. `wall` and `ticks` are replaced in tests.
    """

    def __init__(
        self,
        start_ms: int | None = None,
        speed: float = 1.0,
        *,
        wall: Callable[[], float] = time.time,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        if speed <= 0:
            raise ValueError("speed must be above zero")
        self._wall = wall
        self._ticks = ticks
        self._tick0 = ticks()
        self._start_ms = round(wall() * 1000) if start_ms is None else start_ms
        self.simulated = start_ms is not None or speed != 1.0
        self.speed = speed
        self._followers: list[Callable[[], None]] = []

    def follow(self, follower: Callable[[], None]) -> None:
        """Call `follower()` when the speed has changed or the clock went forward at a stroke."""
        self._followers.append(follower)

    def now(self) -> int:
        """Return the hall's time, UTC ms."""
        return self._start_ms + round((self._ticks() - self._tick0) * 1000 * self.speed)

    def wall_difference_ms(self) -> int:
        """Return wall clock minus hall clock in ms; 0 when the hall's clock is simulated."""
        return 0 if self.simulated else round(self._wall() * 1000) - self.now()

    def wall_s(self) -> int:
        """Return the real time in Unix seconds, for what other machines judge (signatures)."""
        return int(self._wall())

    def catch_up(self, span_ms: int) -> None:
        """Go forward by a span, when the wall clock was set forward; never back."""
        self._start_ms += max(0, span_ms)

    def run_at(self, speed: float, *, ahead_ms: int = 0) -> None:
        """Go on from now at another speed, `ahead_ms` further on; for simulated halls only.

        The hall's time has no gap back and needs no wall clock any more: it is simulated.
        """
        if speed <= 0:
            raise ValueError("speed must be above zero")
        self._start_ms, self._tick0 = self.now() + max(0, ahead_ms), self._ticks()
        self.speed = speed
        self.simulated = True
        for follower in self._followers:
            follower()

    async def sleep(self, hall_seconds: float) -> None:
        """Wait for a span of the hall's time, at whatever speed it passes meanwhile."""
        while hall_seconds > 0:
            speed = self.speed
            slice_s = min(SLICE_S, hall_seconds / speed)
            await asyncio.sleep(slice_s)
            hall_seconds -= slice_s * speed

    def real_seconds(self, hall_ms: int) -> float:
        """Return how long a span of the hall's time takes in real seconds."""
        return hall_ms / 1000 / self.speed
