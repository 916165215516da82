"""A simulated clerk: calls, waits for the citizen, serves, accepts the item, finishes.

Everything is a key of the keypad; the page is taken for what has no key there, and when the keys
do nothing. At noon the counter pauses.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any

from config.settings import Settings
from devices.sim.citizens import Room
from devices.sim.people import Citizen

PATIENCE_S = 45.0
"""How long a clerk waits for somebody who is called, seconds of the hall."""
BREATH_S = (4.0, 25.0)
"""Between two citizens."""
IDLE_S = 20.0
TAKEN_S = 2.0
"""So long a press may stay without effect before the page is taken, real seconds."""
LOOK_S = 0.05
ACCEPTED = 0.8
PAGE = {
    "NEXT": "next", "RECALL": "recall", "SKIP": "no-show", "START": "start", "FINISH": "finish",
    "PAUSE": "pause", "RESUME": "resume",
}  # fmt: skip
"""The steps of the clerk's page that do what a key does."""


@dataclass(frozen=True)
class Hours:
    """The hall's sessions of the day, in seconds since midnight."""

    sessions: tuple[tuple[int, int], ...]

    def rests(self, at_s: float) -> bool:
        """Whether a moment lies between two sessions."""
        ends = [end for _, end in self.sessions]
        starts = [start for start, _ in self.sessions]
        return any(end <= at_s < start for end, start in zip(ends, starts[1:], strict=False))


class SimClerk:
    """The clerk of one counter; `over` tells when nobody will come any more."""

    def __init__(
        self, settings: Settings, room: Room, no: int, seed: int, hours: Hours
    ) -> None:
        self._queue = settings.queue
        self._room = room
        self._no = no
        self._chance = Random(f"{seed}:{no}")
        self._hours = hours
        self._steps = 0
        self.over: Callable[[], bool] = lambda: False

    async def sign_in(self, staff: str) -> None:
        """Begin the day at the counter."""
        await self._page("sign-in", {"clerk": staff})

    async def work(self) -> None:
        """Serve until the day is over and nobody waits."""
        room, no = self._room, self._no
        while not self.over():
            number = room.screen.number_at(no)
            if number is not None:
                await self._serve(number)
            elif self._hours.rests(self._now_s()):
                await self._rest()
            elif room.screen.counter(no).get("state") == "paused":
                await self._do("RESUME", lambda: not self._pauses())
            elif not room.screen.waiting_for(no):
                await self._idle()
            else:
                await room.now.sleep(self._chance.uniform(*BREATH_S))
                await self._do("NEXT", lambda: room.screen.number_at(no) is not None)

    async def _serve(self, number: str) -> None:
        room, no = self._room, self._no
        citizen = await self._await(number, PATIENCE_S)
        calls = 1
        while citizen is None and calls < max(2, self._queue.no_show_calls):
            await self._do("RECALL", partial(self._called_after, calls))
            calls += 1
            citizen = await self._await(number, max(PATIENCE_S, self._queue.recall_spacing_s))
        if citizen is None:
            await self._do("SKIP", lambda: room.screen.number_at(no) != number)
            room.tallies["no_show"] += 1
            return
        if citizen.start:
            await self._do("START", lambda: room.screen.counter(no).get("state") == "serving")
        await room.now.sleep(citizen.serving_s)
        if citizen.items and self._chance.random() < ACCEPTED:
            status, _ = await self._page("accept", {"item": citizen.items[0]})
            room.tallies["cases"] += status < 300
        if citizen.grade is not None:
            await self._slow_down(citizen)
        await self._do("FINISH", lambda: room.screen.number_at(no) != number)

    async def _slow_down(self, citizen: Citizen) -> None:
        """Let the clock run slower before the box asks, so that the grade is there in time."""
        room, loop = self._room, asyncio.get_running_loop()
        room.careful.add(citizen.no)
        until = loop.time() + TAKEN_S
        while loop.time() < until:
            if room.now.speed <= room.careful_speed:
                return
            await asyncio.sleep(LOOK_S)

    async def _await(self, number: str, patience_s: float) -> Citizen | None:
        """Wait for the citizen of a number to stand at the counter."""
        room, began = self._room, self._room.now()
        loop = asyncio.get_running_loop()
        shortest = loop.time() + LOOK_S * 6
        while True:
            found, citizen = room.present.get(self._no, ("", None))
            if found == number:
                return citizen
            if room.screen.number_at(self._no) != number:
                return None
            passed_s = (room.now() - began).total_seconds()
            if passed_s >= patience_s and loop.time() >= shortest:
                return None
            await asyncio.sleep(LOOK_S)

    async def _rest(self) -> None:
        """Pause until the next session."""
        if not self._pauses():
            await self._do("PAUSE", self._pauses)
        await self._idle()

    async def _idle(self) -> None:
        """Wait for news, a while of the hall's time at most."""
        room = self._room
        await room.screen.changed(max(LOOK_S, IDLE_S / room.now.speed))

    async def _do(self, key: str, done: Callable[[], bool]) -> None:
        """Press a key until it has done what it does; a keypad that does nothing is left alone."""
        if done():
            return
        pad = self._room.keypads.get(self._no)
        if pad is not None and not pad.silent and self._press(key):
            loop = asyncio.get_running_loop()
            until = loop.time() + TAKEN_S
            while loop.time() < until or (pad.state()["pending"] and not pad.silent):
                await self._room.screen.changed(LOOK_S)
                if done():
                    return
            if key == "NEXT" and not self._room.screen.waiting_for(self._no):
                return
        await self._page(PAGE[key], {})
        await self._room.screen.changed(TAKEN_S)

    def _press(self, key: str) -> bool:
        try:
            return self._room.keypads[self._no].press(key) is not None
        except KeyError:  # this keypad has no such key
            return False

    async def _page(self, step: str, body: dict[str, Any]) -> tuple[int, Any]:
        self._steps += 1
        key = f"counter{self._no}-{self._steps}"
        return await self._room.door.ask(f"/counters/{self._no}/{step}", body, key)

    def _called_after(self, calls: int) -> bool:
        return self._calls() > calls

    def _pauses(self) -> bool:
        return bool(self._room.screen.counter(self._no).get("state") == "paused")

    def _calls(self) -> int:
        ticket = self._room.screen.counter(self._no).get("ticket")
        return 0 if ticket is None else int(ticket["calls"])

    def _now_s(self) -> float:
        return seconds_of_day(self._room)


def seconds_of_day(room: Room) -> float:
    """The hall's time in seconds since its midnight."""
    now = room.now()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return (now - midnight).total_seconds()
