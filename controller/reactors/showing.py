"""The LED strips over the counters: derived from the present state, newest only."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from controller.domain.staffing import elsewhere, is_shut
from controller.domain.state import Counter, HallState, Ticket
from controller.reactors.display import Display, Face, emergency
from controller.reactors.ground import Ground
from devices.led import LedText
from devices.led_wording import Called, Closed, Idle, Moment, Own, Paused, Serving

FLASH_S = 5.0
"""Real seconds: they are for a person's eye."""


@dataclass(frozen=True)
class Strip:
    """The strip over a counter."""

    face: Face
    counter: int


class Showing(Display):
    """Keeps one strip up to date.

    `now_s` is a monotonic clock in real seconds (default: the loop's).
    """

    def __init__(
        self, strip: Strip, ground: Ground, now_s: Callable[[], float] | None = None
    ) -> None:
        super().__init__(strip.face, ground, now_s)
        self._counter = strip.counter
        self._call: tuple[str, int] = ("", 0)
        self._flash_until = 0.0

    def wanted(self) -> LedText:
        """Return what the strip should show now; a call of this moment flashes."""
        state, no = self._ground.desk.state, self._counter
        ticket = state.ticket_at(no) if no in state.counters else None
        call = (ticket.id, ticket.calls) if ticket is not None else ("", 0)
        if call != self._call:
            self._call = call
            fresh = ticket is not None and self._is_fresh(ticket)
            self._flash_until = self._now() + FLASH_S if fresh else 0.0
        if ticket is not None:
            return self._face.fit(_with_ticket(ticket, no, self._now() < self._flash_until))
        return self._face.fit(self._without_ticket(no))

    @property
    def turns_at(self) -> float | None:
        """The end of the flashing."""
        return self._flash_until if self._flash_until > self._now() else None

    def _without_ticket(self, no: int) -> Moment:
        state, now = self._ground.desk.state, self._ground.clock.now()
        counter = state.counters.get(no)
        if counter is None:
            return Idle()
        stopped = emergency(state)
        if stopped is not None:
            return stopped
        if not state.rules.is_open(now) and not _has_people(state, no, now):
            return self.closed()
        if counter.pause is not None:
            return _paused(state, counter, now, self._face.zone)
        if is_shut(state, no):
            return Closed()
        return Own(counter.strip_text) if counter.strip_text else Idle()

    def _is_fresh(self, ticket: Ticket) -> bool:
        """Whether the call is of this moment: after a restart an old one does not flash."""
        clock = self._ground.clock
        age_ms = clock.now() - (ticket.last_called_at or 0)
        return clock.real_seconds(age_ms) < FLASH_S


def _with_ticket(ticket: Ticket, counter: int, fresh: bool) -> Moment:
    if ticket.state == "SERVING":
        return Serving(ticket.number)
    return Called(ticket.number, counter, fresh)


def _elsewhere(state: HallState, no: int, now: int) -> tuple[int, ...]:
    """Where else people may go now; counters have opened and closed since the pause began."""
    return tuple(elsewhere(state, no, now)) if no in state.rules.counters else ()


def _has_people(state: HallState, no: int, now: int) -> bool:
    """Whether somebody still waits whom this counter takes, after the hours of issuing."""
    return any(state.lines.get(name) for name in state.lines_at(no, now))


def _paused(state: HallState, counter: Counter, now: int, zone: tzinfo) -> Paused:
    pause = counter.pause
    assert pause is not None
    # A return time that has passed would only make people angry.
    known = pause.until is not None and pause.until > now
    at = datetime.fromtimestamp((pause.until or 0) / 1000, zone)
    until = f"{at:%H:%M}" if known else ""
    return Paused(pause.reason, until, _elsewhere(state, counter.no, now))
