"""What every LED strip and screen has in common: newest only, sent again after every return.

What a display shows is compared with what it should show after every batch; it is sent when it
differs, again when the line was lost, and every 45 s, because a strip forgets without a word.
"""

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Protocol

from controller.domain.hours import opens
from controller.domain.state import HallState
from controller.reactors.chorus import Chorus
from controller.reactors.ground import Ground
from controller.reactors.hall_log import wait_any
from devices.led import LedError, LedText
from devices.led_wording import Closed, Moment, Stopped

AGAIN_S = 45.0
UNHEARD_AGAIN_S = 5.0
"""For strips that never answer: nobody knows whether a text arrived."""
RETRY_S = 3.0


class StripDriver(Protocol):
    """The part of `devices.led.LedStrip` that is used here."""

    async def show(self, text: LedText) -> None:
        """Show a text; returns when it is acknowledged, or when a newer one took its place."""


@dataclass(frozen=True)
class Face:
    """One strip or screen; `fit` puts a moment into words that fit it.

    `zone` is that of times on it, `again_s` how often a text that stays is shown again. `chorus`:
    those on its line that hear a broadcast.
    """

    device: str
    driver: StripDriver
    fit: Callable[[Moment], LedText]
    zone: tzinfo
    again_s: float = AGAIN_S
    chorus: Chorus | None = None


def emergency(state: HallState) -> Stopped | None:
    """Return what an emergency stop of the whole hall says, None without one."""
    stop = state.stops.get("hall")
    if stop is None or stop["kind"] != "emergency":
        return None
    return Stopped(stop["sentence"])


class Display(ABC):
    """Keeps one strip or screen up to date.

    `now_s` is a monotonic clock in real seconds (default: the loop's).
    """

    def __init__(self, face: Face, ground: Ground, now_s: Callable[[], float] | None) -> None:
        self._face = face
        self._ground = ground
        self._now_s = now_s
        self._shown: LedText | None = None
        self._again_at = 0.0
        self._wake = asyncio.Event()
        if face.chorus is not None:
            face.chorus.join(self)

    @abstractmethod
    def wanted(self) -> LedText:
        """Return what should stand there now."""

    @property
    def turns_at(self) -> float | None:
        """When it may want something else though nothing happens; None: it does not."""
        return None

    @property
    def is_behind(self) -> bool:
        """Whether it shows something else than it should, as far as anybody knows."""
        return self._shown != self.wanted()

    def forget(self) -> None:
        """The line was lost or is back: nobody knows what the strip shows."""
        self._shown = None
        self._again_at = 0.0
        self._wake.set()

    async def run(self) -> None:
        """Show what is wanted, then wait for news or for the next time to look."""
        self.forget()
        while True:
            self._wake.clear()
            seen = self._ground.log.seq
            wanted = self.wanted()
            changed = self._shown is not None and self._shown != wanted
            if changed or self._now() >= self._again_at:
                await self._show(wanted)
            else:
                pause_s = max(0.01, self._next_look() - self._now())
                await wait_any(pause_s, self._ground.log.wait(seen), self._wake.wait())

    def closed(self) -> Closed:
        """Return that the hall is closed, and when it opens."""
        now, zone = self._ground.clock.now(), self._face.zone
        at = opens(self._ground.desk.state.rules, "", now)
        if at is None:
            return Closed()
        today = datetime.fromtimestamp(now / 1000, zone).date()
        then = datetime.fromtimestamp(at / 1000, zone)
        return Closed(f"{then:%H:%M}", (then.date() - today).days, (then.month, then.day))

    async def _show(self, wanted: LedText) -> None:
        """Send a text; when another is wanted meanwhile, the newer takes its place."""
        if self._face.chorus is not None:
            await self._face.chorus.speak(wanted)
        showing = asyncio.ensure_future(self._face.driver.show(wanted))
        try:
            while not showing.done():
                seen = self._ground.log.seq
                newer = self.wanted()
                if newer != wanted:
                    older, wanted = showing, newer
                    showing = asyncio.ensure_future(self._face.driver.show(wanted))
                    with contextlib.suppress(LedError):
                        await older
                await wait_any(None, showing, self._ground.log.wait(seen))
            showing.result()
        except LedError as error:
            self._shown = None
            self._again_at = self._now() + RETRY_S
            self._ground.supervising.lost(self._face.device, error.reason)
        else:
            self._shown = wanted
            self._again_at = self._now() + self._face.again_s
            self._ground.supervising.working(self._face.device)
        finally:
            showing.cancel()

    def _next_look(self) -> float:
        turns_at = self.turns_at
        return self._again_at if turns_at is None else min(self._again_at, turns_at)

    def _now(self) -> float:
        return self._now_s() if self._now_s else asyncio.get_running_loop().time()
