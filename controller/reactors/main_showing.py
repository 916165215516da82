"""The main LED of an area: the newest calls, the hall's notices, the hours when it is closed.

Calls and notices take turns by page, and a new call takes the page at once. What is read from
afar never moves but for a sentence that does not fit.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from controller.reactors.display import Display, Face, emergency
from controller.reactors.ground import Ground
from devices.led import LedText
from devices.led_wording import Calls, Idle, Moment, Own

PAGE_S = 12.0
"""Real seconds that a page stands when there are several (faces: notices change every 12 s)."""
FLASH_S = 5.0


@dataclass(frozen=True)
class Screen:
    """The main LED of an area; `rows` calls stand on it at most."""

    face: Face
    area: str
    rows: int


class MainShowing(Display):
    """Keeps one main LED up to date.

    `now_s` is a monotonic clock in real seconds (default: the loop's).
    """

    def __init__(
        self, screen: Screen, ground: Ground, now_s: Callable[[], float] | None = None
    ) -> None:
        super().__init__(screen.face, ground, now_s)
        self._screen = screen
        self._newest = -1
        self._called_at = float("-inf")
        self._page_began = float("-inf")

    def wanted(self) -> LedText:
        """Return the page of this moment."""
        calls, now = self._calls(), self._now()
        newest = calls[0]["seq"] if calls else 0
        if newest != self._newest:
            # After a restart an old call is no news.
            self._called_at = now if self._newest >= 0 and newest > self._newest else float("-inf")
            self._page_began, self._newest = now, newest
        rows = tuple((call["number"], call["counter"]) for call in calls)
        pages: list[Moment] = [Calls(rows, now < self._called_at + FLASH_S)] if rows else []
        if not pages:
            pages = [Idle() if self._has_hours() else self.closed()]
        pages += self._notices()
        place = int((now - self._page_began) / PAGE_S) % len(pages)
        return self._face.fit(pages[place])

    @property
    def turns_at(self) -> float | None:
        """The end of the flashing, or of the page."""
        now = self._now()
        ends = [self._called_at + FLASH_S]
        if self._notices():
            ends.append(now + PAGE_S - (now - self._page_began) % PAGE_S)
        return min((end for end in ends if end > now), default=None)

    def _calls(self) -> list[dict[str, Any]]:
        """The newest calls of the area; none once the hall has closed and nobody waits."""
        state = self._ground.desk.state
        calls = [call for call in state.calls if call["area"] == self._screen.area]
        if not self._has_hours() and not any(call["ticket"] in state.tickets for call in calls):
            return []
        return calls[: self._screen.rows]

    def _notices(self) -> list[Moment]:
        """What everybody should read: an emergency first, and alone."""
        state = self._ground.desk.state
        stopped = emergency(state)
        return [stopped] if stopped is not None else [Own(text) for text in state.notices]

    def _has_hours(self) -> bool:
        return self._ground.desk.state.rules.is_open(self._ground.clock.now())
