"""How fast the hall's clock may run while simulated people use the hall.

At N times the speed the people, the rules and the voice run N times faster, but wires and disks
do not. So the speed is held back rather than a press lost: when something waits too long, by the
hall's clock, for a wire, an answer or the voice, the clock runs half as fast, and later faster
again, up to what was wished.

    wished 200x --> keys wait 40 s of the hall --> 100x --> nothing waits --> 125x --> ... 200x
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from controller.bench import Bench, BenchDownError
from controller.clock import Clock
from controller.domain.rules import Rules

logger = logging.getLogger(__name__)

LOOK_S = 0.05
MOST_SPEED = 1000.0
LIMITS_S = {"keys": 30.0, "ratings": 30.0, "paper": 60.0, "answers": 20.0, "voice": 90.0}
"""How long each may wait, seconds of the hall."""
HALF, MORE = 0.5, 1.25
REST_S = 0.5
"""Between two changes, so that the first can show what it does; real seconds."""
EASY = 0.4
"""The share of every limit below which the clock may run faster."""
AHEAD = "sim/clock-ahead"
"""In the data folder: what says that the hall's clock is ahead by a played day."""
DAYS_AHEAD = 31
DAY_MS = 24 * 3600 * 1000
MINUTE_MS = 60_000


@dataclass(frozen=True)
class DayWish:
    """A wished-for day: its first and last minute as "HH:MM" (None: the hall's hours).

    `people` None is as many as come usually; `clerks=False` leaves the counters to real ones.
    """

    speed: float = 60.0
    seed: int = 1
    opens: str | None = None
    closes: str | None = None
    people: int | None = None
    market: bool = False
    clerks: bool = True


def next_moment(rules: Rules, now: int, opens: str | None) -> int:
    """Return when (UTC ms) the next open day reaches a time of day; None: its first session.

    In a hall that has no hours, now.
    """
    for ahead in range(DAYS_AHEAD):
        date = rules.local(now + ahead * DAY_MS).date().isoformat()
        sessions = rules.sessions(date)
        if not sessions:
            continue
        at = rules.instant(date, opens or sessions[0].partition("-")[0])
        if at >= now - MINUTE_MS:
            return max(now, at)
    return now


def go_on_ahead(data_dir: Path, clock: Clock, behind_ms: int) -> bool:
    """Go on where a played day has taken the hall's clock; False when there was none.

    That the PC's clock is `behind_ms` before the last event is no mistake of it then.
    """
    if not (data_dir / AHEAD).exists():
        return False
    clock.run_at(clock.speed, ahead_ms=behind_ms)
    return True


async def let_practise(bench: Bench, wish: DayWish, url: str) -> tuple[int, bytes]:
    """Let people come who take the keys' own clerks as they are, at the hall's own speed.

    The simulators' answer; `url` is where the service listens. Raises `BenchDownError`.
    """
    status, _, answer = await bench.forward("POST", "/day", body=_day_body(wish, url))
    return status, answer


class Pace:
    """The speed of the hall's clock: what was wished, and what can be had.

    `voice_behind` tells since when (UTC ms of the hall) the oldest call waits to be said.
    """

    def __init__(
        self, clock: Clock, bench: Bench, voice_behind: Callable[[], int | None]
    ) -> None:
        self._clock = clock
        self._bench = bench
        self._voice_behind = voice_behind
        self._usual = clock.speed
        self._changed_at = 0.0
        self._free = clock.speed
        self.wished: float | None = None
        """The day's speed; None: no day is played."""

    async def begin(self, rules: Rules, wish: DayWish, url: str) -> tuple[int, bytes]:
        """Go forward to the day's first hour and let the people come; the simulators' answer.

        `url` is where the service listens. Raises `BenchDownError`.
        """
        status, body = await self.ask("GET", "/day")
        if status == 200 and json.loads(body)["state"] == "running":
            return await self._post(wish, url)  # refused by the simulators
        at = next_moment(rules, self._clock.now(), wish.opens)
        self._usual = self._clock.speed if self.wished is None else self._usual
        await asyncio.to_thread((self._bench.data_dir / AHEAD).touch)
        await self._run_at(wish.speed, at - self._clock.now())
        self.wished = self._free = wish.speed
        status, body = await self._post(wish, url)
        if status >= 400:
            await self._end()
        return status, body

    async def stop(self) -> tuple[int, bytes]:
        """End the day; the simulators' answer. Raises `BenchDownError`."""
        answer = await self.ask("POST", "/day/stop")
        if self.wished is not None:
            await self._end()
        return answer

    async def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        """Return what the simulators answer. Raises `BenchDownError`."""
        status, _, answer = await self._bench.forward(method, path, body=body)
        return status, answer

    async def run(self) -> None:
        """Hold the clock back where it must be, for ever."""
        while True:
            await asyncio.sleep(LOOK_S)
            if self.wished is not None:
                with contextlib.suppress(BenchDownError):
                    await self._look(self.wished)

    async def _look(self, wished: float) -> None:
        status, body = await self.ask("GET", "/day")
        day = json.loads(body) if status == 200 else {}
        if day.get("state") != "running":
            await self._end()
            return
        loop = asyncio.get_running_loop()
        most = day["at_most"] or wished
        if loop.time() - self._changed_at >= REST_S:
            speed = self.wanted(wished, day["behind"])
            # While the clock is held for somebody, it is no proof that it could run faster.
            if speed < self._clock.speed or (speed > self._clock.speed and most >= self._free):
                logger.info("%g times the speed, wished %g: %s", speed, wished, day["behind"])
                self._free, self._changed_at = speed, loop.time()
        if min(self._free, most) != self._clock.speed:
            await self._run_at(min(self._free, most))

    def wanted(self, wished: float, behind: Mapping[str, float]) -> float:
        """Return the speed for what waits now (`behind`, real seconds by kind)."""
        speed = self._clock.speed
        spans = {kind: seconds * speed for kind, seconds in behind.items()}
        called_at = self._voice_behind()
        if called_at is not None:
            spans["voice"] = (self._clock.now() - called_at) / 1000
        worst = max(spans.get(kind, 0.0) / limit for kind, limit in LIMITS_S.items())
        if worst > 1:
            return max(min(1.0, wished), speed * HALF)
        return min(wished, speed * MORE) if worst < EASY else speed

    async def _end(self) -> None:
        """The day is over: the clock runs as before it."""
        self.wished = None
        await self._run_at(self._usual)

    async def _run_at(self, speed: float, ahead_ms: int = 0) -> None:
        self._clock.run_at(speed, ahead_ms=ahead_ms)
        await self._bench.tell_time(again=True)

    async def _post(self, wish: DayWish, url: str) -> tuple[int, bytes]:
        return await self.ask("POST", "/day", _day_body(wish, url))


def _day_body(wish: DayWish, url: str) -> bytes:
    body: dict[str, Any] = {
        "url": url, "seed": wish.seed, "opens": wish.opens, "closes": wish.closes,
        "people": wish.people, "market": wish.market, "clerks": wish.clerks,
    }  # fmt: skip
    return json.dumps(body).encode()
