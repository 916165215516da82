"""The LED strips over the counters: derived from the present state, newest only.

What a strip shows is compared with what it should show after every batch; it is sent when it
differs, again when the line was lost, and every 45 s, because a strip forgets without a word.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Protocol

from controller.domain.staffing import elsewhere
from controller.domain.state import HallState, Ticket
from controller.reactors.ground import Ground
from controller.reactors.hall_log import wait_any
from devices.led import LedError, LedText
from devices.led_wording import Called, Closed, Idle, Moment, Paused, Serving

AGAIN_S = 45.0
UNHEARD_AGAIN_S = 5.0
"""For strips that never answer: nobody knows whether a text arrived."""
RETRY_S = 3.0
FLASH_S = 5.0
"""Real seconds: they are for a person's eye."""


class StripDriver(Protocol):
    """The part of `devices.led.LedStrip` that is used here."""

    async def show(self, text: LedText) -> None:
        """Show a text; returns when it is acknowledged, or when a newer one took its place."""


@dataclass(frozen=True)
class Strip:
    """One strip over a counter; `fit` puts a moment of the counter into words that fit it.

    `zone` is that of times on it, `again_s` how often a text that stays is shown again.
    """

    device: str
    counter: int
    driver: StripDriver
    fit: Callable[[Moment], LedText]
    zone: tzinfo
    again_s: float = AGAIN_S


class Showing:
    """Keeps one strip up to date.

    `now_s` is a monotonic clock in real seconds (default: the loop's).
    """

    def __init__(
        self,
        strip: Strip,
        ground: Ground,
        now_s: Callable[[], float] | None = None,
    ) -> None:
        self._strip = strip
        self._ground = ground
        self._now_s = now_s
        self._shown: LedText | None = None
        self._again_at = 0.0
        self._call: tuple[str, int] = ("", 0)
        self._flash_until = 0.0
        self._wake = asyncio.Event()

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

    def wanted(self) -> LedText:
        """Return what the strip should show now; a call of this moment flashes."""
        state, no = self._ground.desk.state, self._strip.counter
        ticket = state.ticket_at(no) if no in state.counters else None
        call = (ticket.id, ticket.calls) if ticket is not None else ("", 0)
        if call != self._call:
            self._call = call
            fresh = ticket is not None and self._is_fresh(ticket)
            self._flash_until = self._now() + FLASH_S if fresh else 0.0
        if ticket is not None:
            return self._strip.fit(_with_ticket(ticket, no, self._now() < self._flash_until))
        now, zone = self._ground.clock.now(), self._strip.zone
        return self._strip.fit(_without_ticket(state, no, now, zone))

    def _is_fresh(self, ticket: Ticket) -> bool:
        """Whether the call is of this moment: after a restart an old one does not flash."""
        clock = self._ground.clock
        age_ms = clock.now() - (ticket.last_called_at or 0)
        return clock.real_seconds(age_ms) < FLASH_S

    async def _show(self, wanted: LedText) -> None:
        """Send a text; when another is wanted meanwhile, the newer takes its place."""
        showing = asyncio.ensure_future(self._strip.driver.show(wanted))
        try:
            while not showing.done():
                seen = self._ground.log.seq
                newer = self.wanted()
                if newer != wanted:
                    older, wanted = showing, newer
                    showing = asyncio.ensure_future(self._strip.driver.show(wanted))
                    with contextlib.suppress(LedError):
                        await older
                await wait_any(None, showing, self._ground.log.wait(seen))
            showing.result()
        except LedError as error:
            self._shown = None
            self._again_at = self._now() + RETRY_S
            self._ground.supervising.lost(self._strip.device, error.reason)
        else:
            self._shown = wanted
            self._again_at = self._now() + self._strip.again_s
            self._ground.supervising.working(self._strip.device)
        finally:
            showing.cancel()

    def _next_look(self) -> float:
        flashing = self._flash_until > self._now()
        return min(self._again_at, self._flash_until) if flashing else self._again_at

    def _now(self) -> float:
        return self._now_s() if self._now_s else asyncio.get_running_loop().time()


def _with_ticket(ticket: Ticket, counter: int, fresh: bool) -> Moment:
    if ticket.state == "SERVING":
        return Serving(ticket.number)
    return Called(ticket.number, counter, fresh)


def _elsewhere(state: HallState, no: int, now: int) -> tuple[int, ...]:
    """Where else people may go now; counters have opened and closed since the pause began."""
    return tuple(elsewhere(state, no, now)) if no in state.rules.counters else ()


def _without_ticket(state: HallState, no: int, now: int, zone: tzinfo) -> Moment:
    counter = state.counters.get(no)
    if counter is None:
        return Idle()
    if counter.pause is not None:
        pause = counter.pause
        # A return time that has passed would only make people angry.
        known = pause.until is not None and pause.until > now
        at = datetime.fromtimestamp((pause.until or 0) / 1000, zone)
        return Paused(pause.reason, f"{at:%H:%M}" if known else "", _elsewhere(state, no, now))
    return Closed() if counter.closed else Idle()
