"""The rating session of a box that knows none itself: kept by its driver."""

from __future__ import annotations

import asyncio

from devices.rating_box import MAX_SESSION


class RatingSession:
    """Open from `begin` until a press, `end`, or the time-out."""

    def __init__(self) -> None:
        self._number = 0
        self._ends_at = 0.0

    @staticmethod
    def check(session: int, timeout_s: int) -> None:
        """ValueError: not a session number or time."""
        if not (1 <= session <= MAX_SESSION and 1 <= timeout_s <= MAX_SESSION):
            raise ValueError(f"session {session}, {timeout_s} s: both must be 1..{MAX_SESSION}")

    def begin(self, session: int, timeout_s: int) -> None:
        """Open session 1..65535, over after `timeout_s` seconds. ValueError as `check`."""
        self.check(session, timeout_s)
        self._number, self._ends_at = session, _now() + timeout_s

    def end(self) -> None:
        """Close it."""
        self._number = 0

    def at(self, age_s: float) -> int:
        """The session that was open so many seconds ago; 0: none."""
        return self._number if _now() - age_s < self._ends_at else 0


def _now() -> float:
    return asyncio.get_running_loop().time()
