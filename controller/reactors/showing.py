"""The LED strips over the counters: derived from the present state, newest only.

What a strip shows is compared with what it should show after every batch; it is sent when it
differs, again when the line was lost, and every 45 s, because a strip forgets without a word.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from devices.led import LedError, LedText

from controller.domain.state import Counter, HallState
from controller.reactors.ground import Ground

AGAIN_S = 45.0
RETRY_S = 3.0
FLASH_S = 5.0
"""Real seconds: they are for a person's eye."""


class StripDriver(Protocol):
    """The part of `devices.led.LedStrip` that is used here."""

    async def show(self, text: LedText) -> None:
        """Show a text; returns when the strip has acknowledged it."""


@dataclass(frozen=True)
class StripTexts:
    """The hall's texts for strips; `call` and `serving` hold "{number}"."""

    idle: str
    call: str
    serving: str


@dataclass
class Strip:
    """One strip over a counter and what it was last seen to show."""

    device: str
    counter: int
    driver: StripDriver
    shown: LedText | None = None
    shown_at: float = 0.0
    failed: bool = False
    retry_at: float = 0.0
    call: tuple[str, int] = ("", 0)
    flash_until: float = 0.0


class Showing:
    """Keeps the strips of one line up to date.

    `now_s` is a monotonic clock in real seconds (default: the loop's).
    """

    def __init__(
        self,
        strips: Sequence[Strip],
        texts: StripTexts,
        ground: Ground,
        now_s: Callable[[], float] | None = None,
    ) -> None:
        self._strips = list(strips)
        self._texts = texts
        self._ground = ground
        self._now_s = now_s
        self._seen = 0
        self._forget = asyncio.Event()

    def forget(self) -> None:
        """The line was lost: nobody knows what the strips show now."""
        for strip in self._strips:
            strip.shown = None
            strip.failed = False
        self._forget.set()

    async def run(self) -> None:
        """Show what is due, then wait for news or for the next time to look."""
        self.forget()
        while True:
            self._forget.clear()
            self._seen = self._ground.log.seq
            for strip in self._due():
                await self._show(strip)
                if self._ground.log.seq > self._seen:
                    break  # newest only: a call goes before old refreshes
            else:
                await self._wait()

    def _due(self) -> list[Strip]:
        """Strips to send to: those that show something wrong first, the silent ones last."""
        now = self._now()
        wrong, old, silent = [], [], []
        for strip in self._strips:
            wanted = self._wanted(strip, now)
            if strip.failed:
                if now >= strip.retry_at:
                    silent.append(strip)
            elif strip.shown != wanted:
                wrong.append(strip)
            elif now - strip.shown_at >= AGAIN_S:
                old.append(strip)
        return wrong + old + silent

    def _wanted(self, strip: Strip, now: float) -> LedText:
        state = self._ground.desk.state
        counter = state.counters.get(strip.counter)
        call = _call(state, counter)
        if call != strip.call:
            fresh = self._is_fresh(state, counter)
            strip.call = call
            strip.flash_until = now + FLASH_S if fresh else 0.0
        return wanted_text(state, counter, self._texts, now < strip.flash_until)

    def _is_fresh(self, state: HallState, counter: Counter | None) -> bool:
        """Whether the call is of this moment; after a restart an old one does not flash."""
        ticket = state.ticket_at(counter.no) if counter is not None else None
        if ticket is None or ticket.last_called_at is None:
            return False
        return self._ground.clock.real_seconds(
            self._ground.clock.now() - ticket.last_called_at
        ) < FLASH_S

    async def _show(self, strip: Strip) -> None:
        wanted = self._wanted(strip, self._now())
        try:
            await strip.driver.show(wanted)
        except LedError as error:
            strip.shown = None
            strip.failed, strip.retry_at = True, self._now() + RETRY_S
            self._ground.supervising.lost(strip.device, error.reason)
            return
        strip.shown, strip.shown_at, strip.failed = wanted, self._now(), False
        self._ground.supervising.working(strip.device)

    async def _wait(self) -> None:
        """Wait for a batch, for the line, or for the next flash end, retry or refresh."""
        now = self._now()
        times = [strip.shown_at + AGAIN_S for strip in self._strips if strip.shown is not None]
        times += [strip.retry_at for strip in self._strips if strip.failed]
        times += [strip.flash_until for strip in self._strips if strip.flash_until > now]
        timeout = max(0.01, min(times, default=now + AGAIN_S) - now)
        news = asyncio.ensure_future(self._ground.log.wait(self._seen))
        line = asyncio.ensure_future(self._forget.wait())
        try:
            await asyncio.wait(
                {news, line}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            news.cancel()
            line.cancel()

    def _now(self) -> float:
        return self._now_s() if self._now_s else asyncio.get_running_loop().time()


def _call(state: HallState, counter: Counter | None) -> tuple[str, int]:
    ticket = state.ticket_at(counter.no) if counter is not None else None
    return (ticket.id, ticket.calls) if ticket is not None else ("", 0)


def wanted_text(
    state: HallState, counter: Counter | None, texts: StripTexts, flashing: bool
) -> LedText:
    """Return what the strip over a counter should show now."""
    ticket = state.ticket_at(counter.no) if counter is not None else None
    if ticket is None:
        return LedText(texts.idle, "yellow", "static")
    if ticket.state == "SERVING":
        return LedText(texts.serving.format(number=ticket.number), "green", "static")
    effect = "flash" if flashing else "static"
    return LedText(texts.call.format(number=ticket.number), "red", effect)
