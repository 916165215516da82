"""The rating boxes: a box asks while the hall waits for a rating at its counter.

Derived from the present state like the strips: opened after `RatingAsked`, again after a restart
or when a box is back, closed when the rating came, its time is over or the next ticket is called.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from controller.reactors.ground import Ground
from controller.reactors.hall_log import wait_any
from devices.link import DeviceError

RETRY_S = 2.0
LOOK_S = 1.0
LONGEST_S = 65535


class BoxDriver(Protocol):
    """The part of `devices.rating_box.RatingBox` that is used here."""

    async def open_session(self, session: int, timeout_s: int) -> None:
        """Ask for a rating."""

    async def close_session(self) -> None:
        """Ask no more."""


@dataclass
class Box:
    """One rating box; `shown` is the session it was last told, None when that is not known."""

    device: str
    counter: int
    driver: BoxDriver
    shown: int | None = None
    retry_at: float = 0.0


class Prompting:
    """Keeps the rating boxes of a hall up to date."""

    def __init__(self, ground: Ground) -> None:
        self._boxes: list[Box] = []
        self._ground = ground
        self._wake = asyncio.Event()
        ground.clock.follow(self._clock_changed)

    def add(self, box: Box) -> None:
        """Take care of one more box."""
        self._boxes.append(box)

    def ask_again(self, counter: int) -> None:
        """Open the session at a counter once more, if the hall still waits for a rating."""
        self._forget(box for box in self._boxes if box.counter == counter)

    def back(self, device: str) -> None:
        """A box answers again: it may have started anew and know nothing."""
        self._forget(box for box in self._boxes if box.device == device)

    def wanted(self, counter: int) -> tuple[int, int]:
        """Return the session that a box should ask for and the real seconds left; (0, 0): none."""
        place = self._ground.desk.state.counters.get(counter)
        if place is None or place.prompt is None:
            return 0, 0
        clock = self._ground.clock
        left_s = clock.real_seconds(place.prompt.until - clock.now())
        if left_s <= 0:
            return 0, 0
        return place.prompt.session, max(1, min(LONGEST_S, round(left_s)))

    async def run(self) -> None:
        """Tell every box what it does not know yet, then wait for news."""
        self._forget(self._boxes)
        while True:
            self._wake.clear()
            seen = self._ground.log.seq
            for box in self._boxes:
                await self._tell(box)
            await self._wait(seen)

    async def _tell(self, box: Box) -> None:
        session, left_s = self.wanted(box.counter)
        now = asyncio.get_running_loop().time()
        if session == box.shown or now < box.retry_at:
            return
        try:
            if session:
                await box.driver.open_session(session, left_s)
            else:
                await box.driver.close_session()
        except DeviceError:
            # The bus tells by itself when a unit is dead; here only the next try is set.
            box.shown, box.retry_at = None, now + RETRY_S
        else:
            box.shown = session

    async def _wait(self, seen: int) -> None:
        """Wait for a batch or a wake-up; look again soon while a session or a retry is open."""
        timeout = LOOK_S if any(box.shown != 0 for box in self._boxes) else None
        await wait_any(timeout, self._ground.log.wait(seen), self._wake.wait())

    def _clock_changed(self) -> None:
        """A box counts real seconds: one that asks now is told anew how many are left."""
        self._forget([box for box in self._boxes if box.shown])

    def _forget(self, boxes: Iterable[Box]) -> None:
        for box in boxes:
            box.shown, box.retry_at = None, 0.0
        self._wake.set()
