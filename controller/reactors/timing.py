"""Due times become commands: the business day, clearings, the clock check, the snapshots."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from controller.domain.calling import next_chance
from controller.domain.commands import CallWaiting, OpenDay, RecordClockStep
from controller.domain.events import DayOpened, RulesAdopted, StoredEvent
from controller.domain.hall_commands import (
    AnswerClock,
    AnswerOutage,
    CheckPosts,
    ClearQueue,
    ReportClockBehind,
    ReportOutage,
    StartOpeningTest,
)
from controller.domain.hall_events import ClockAnswered, CounterPaused, OutageFound
from controller.domain.opening import clearings, due_clearings
from controller.domain.opening_test import BEFORE_MS, due_test, opening_at
from controller.domain.queue_events import CallUndone
from controller.reactors.ground import Ground
from controller.store.snapshots import picture, render

logger = logging.getLogger(__name__)

ACTOR = "system:timing"
LOOK_S = 10.0
SHORTEST_S = 0.01
MINUTE_MS = 60_000
STEP_MS = 2000
EVENTS_PER_SNAPSHOT = 10_000
WAKING = (ClockAnswered, RulesAdopted, OutageFound, CounterPaused, CallUndone)
"""After these something may be due sooner than was thought."""


def next_midnight(now_ms: int, time_zone: str) -> int:
    """Return the next local midnight in UTC ms."""
    zone = ZoneInfo(time_zone)
    local = datetime.fromtimestamp(now_ms / 1000, zone)
    tomorrow = datetime.combine(local.date() + timedelta(days=1), datetime.min.time(), zone)
    return round(tomorrow.timestamp() * 1000)


class Timing:
    """Does by the hall's clock and zone what is due: the day, clearings, an answer in time.

    What fell due while the service was down is done at the start, once. It also tells when the
    wall clock jumped, and gives a sign of life with each look (`beat`).
    """

    def __init__(self, ground: Ground, beat: Callable[[int], None] = lambda now: None) -> None:
        self._ground = ground
        self._beat = beat
        self._told_ms = 0
        self._wake = asyncio.Event()
        self._posts_at = 0
        self._chance_at: int | None = None
        ground.clock.follow(self._wake.set)

    async def begin(self, ran_until: int, behind_ms: int) -> None:
        """Do what must be done before the doors open.

        The service ran until `ran_until` (UTC ms, 0: never before); the PC's clock was
        `behind_ms` before the last event.
        """
        desk = self._ground.desk
        if behind_ms > desk.state.rules.clock_behind_s * 1000:
            await desk.wish(ReportClockBehind(behind_ms, ran_until), ACTOR)
        await self.look()
        if ran_until:
            await desk.wish(ReportOutage(ran_until), ACTOR)

    async def run(self) -> None:
        """Look at the clock every ten seconds, at each due time, and when its speed changes."""
        while True:
            await self.look()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pause_s()):
                    await self._wake.wait()
            self._wake.clear()

    def published(self, rows: Sequence[StoredEvent]) -> None:
        """Go on to the true time that a person gave; look at what is due when rules change."""
        for row in rows:
            if isinstance(row.event, ClockAnswered):
                self._ground.clock.catch_up(row.event.forward_ms)
            if isinstance(row.event, WAKING):
                self._wake.set()

    async def look(self) -> None:
        """Do what is due."""
        desk, clock = self._ground.desk, self._ground.clock
        self._beat(clock.now())
        for planned_at, cause in due_clearings(desk.state, clock.now()):
            await desk.wish(ClearQueue(planned_at, cause), ACTOR)
        if desk.state.rules.business_date(clock.now()) > desk.state.date:
            await desk.wish(OpenDay(), ACTOR)
        question = desk.state.question
        if question is not None and question.until is not None and clock.now() >= question.until:
            await desk.wish(AnswerOutage("keep"), ACTOR)
        await self._check_posts()
        await self._call_waiting()
        await self._check_wall()
        if (opens_at := due_test(desk.state, clock.now())) is not None:
            await desk.wish(StartOpeningTest(opens_at), ACTOR)

    async def _call_waiting(self) -> None:
        """Call where time alone has brought who waits and an idle counter together."""
        desk, now = self._ground.desk, self._ground.clock.now()
        if not desk.state.rules.auto_call:
            self._chance_at = None
            return
        if self._chance_at is not None and now >= self._chance_at:
            await desk.wish(CallWaiting(self._chance_at), ACTOR)
        self._chance_at = next_chance(desk.state, now)

    async def _check_posts(self) -> None:
        """Look once a minute whether an AB post has nobody."""
        now = self._ground.clock.now()
        if self._ground.desk.state.rules.posts and now >= self._posts_at:
            self._posts_at = now + MINUTE_MS
            await self._ground.desk.wish(CheckPosts(), ACTOR)

    async def _check_wall(self) -> None:
        """Store a step of the wall clock once, and go along forward, never back.

        A PC without a battery learns the time late: where a person is asked for the true time,
        a wall clock that was set forward is the answer.
        """
        desk, clock = self._ground.desk, self._ground.clock
        difference = clock.wall_difference_ms()
        if abs(difference - self._told_ms) <= STEP_MS:
            return
        question = desk.state.question
        if question is not None and question.kind == "clock" and difference > STEP_MS:
            await desk.wish(AnswerClock(clock.now() + difference), ACTOR)
            return
        logger.warning("the wall clock is %d ms off the hall's clock", difference)
        verdict = await desk.wish(RecordClockStep(difference), ACTOR)
        if not verdict.unknown:
            clock.catch_up(difference)
            self._told_ms = min(0, difference)

    def _pause_s(self) -> float:
        """Return the real seconds until something is due, ten at most."""
        state, clock = self._ground.desk.state, self._ground.clock
        now = clock.now()
        due = [next_midnight(now, state.rules.time_zone)]
        if state.date:
            due += [at for at, _ in clearings(state.rules, state.date) if at > now]
        if state.question is not None and state.question.until is not None:
            due.append(state.question.until)
        if state.rules.posts:
            due.append(self._posts_at)
        opens_at = opening_at(state, now)
        if opens_at is not None and opens_at - BEFORE_MS > now:
            due.append(opens_at - BEFORE_MS)
        if self._chance_at is not None:
            due.append(self._chance_at)
        return min(LOOK_S, max(SHORTEST_S, clock.real_seconds(min(due) - now)))


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
        """Freeze the published state and store it; the text is made in a thread."""
        taken = picture(self._ground.desk.state)
        seq = taken["seq"]
        await self._store(seq, await asyncio.to_thread(render, taken))
        self._last = seq
