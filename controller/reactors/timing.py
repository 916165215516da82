"""Due times become commands: the business day, the clock check, the snapshots."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from controller.clock import Clock
from controller.domain.commands import OpenDay, RecordClockStep
from controller.domain.events import DayOpened
from controller.reactors.ground import Ground
from controller.store.snapshots import freeze

logger = logging.getLogger(__name__)

ACTOR = "system:timing"
LOOK_S = 10.0
STEP_MS = 2000
EVENTS_PER_SNAPSHOT = 10_000


def next_midnight(now_ms: int, time_zone: str) -> int:
    """Return the next local midnight in UTC ms."""
    zone = ZoneInfo(time_zone)
    local = datetime.fromtimestamp(now_ms / 1000, zone)
    tomorrow = datetime.combine(local.date() + timedelta(days=1), datetime.min.time(), zone)
    return round(tomorrow.timestamp() * 1000)


class Timing:
    """Opens each business day by the hall's clock and zone; tells when the wall clock jumped."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._told_ms = 0

    async def run(self) -> None:
        """Look at the clock every ten seconds and at midnight."""
        while True:
            await self.look()
            await asyncio.sleep(self._pause_s(self._ground.clock))

    async def look(self) -> None:
        """Open the day if a new one has begun; store a step of the wall clock once."""
        state, clock = self._ground.desk.state, self._ground.clock
        if state.rules.business_date(clock.now()) > state.date:
            await self._ground.desk.wish(OpenDay(), ACTOR)
        difference = clock.wall_difference_ms()
        if abs(difference - self._told_ms) > STEP_MS:
            logger.warning("the wall clock is %d ms off the hall's clock", difference)
            verdict = await self._ground.desk.wish(RecordClockStep(difference), ACTOR)
            if not verdict.unknown:
                # A PC without a battery learns the time late: go along forward, never back.
                clock.catch_up(difference)
                self._told_ms = min(0, difference)

    def _pause_s(self, clock: Clock) -> float:
        zone = self._ground.desk.state.rules.time_zone
        now = clock.now()
        return min(LOOK_S, max(0.01, clock.real_seconds(next_midnight(now, zone) - now)))


class Snapshots:
    """Writes the state at each day's beginning and every 10,000 events, off the hot path.

    `store(seq, body)` writes one, in a thread.
    """

    def __init__(
        self, ground: Ground, last_seq: int, store: Callable[[int, str], Awaitable[None]]
    ) -> None:
        self._ground = ground
        self._last = last_seq
        self._store = store

    async def run(self) -> None:
        """Follow the log from its present end."""
        seen = self._ground.log.seq
        while True:
            await self._ground.log.wait(seen)
            new_day = False
            while events := await self._ground.log.after(seen):
                seen = events[-1].seq
                new_day = new_day or any(isinstance(row.event, DayOpened) for row in events)
            if new_day or self._ground.desk.state.seq - self._last >= EVENTS_PER_SNAPSHOT:
                await self.write()

    async def write(self) -> None:
        """Freeze the published state and store it."""
        state = self._ground.desk.state
        seq, body = state.seq, freeze(state)
        await self._store(seq, body)
        self._last = seq
