"""From readings of an input module to presses: pure, time (monotonic seconds) is an argument.

Three kinds of module, and what one reading of them tells:

    level    closed now?          a press shorter than the poll cycle is not seen
    latched  closed since it was last cleared?    the master clears it when the press is stored
    counted  how often closed?    presses between two readings are all seen

The first reading after the start tells no press: what is closed, latched or counted then is of
unknown age, and the clerk has gone on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

MOST_AT_ONCE = 16
"""More presses than this between two readings are a module that has started anew."""
COUNTER_END = 0x10000


class Edges(Protocol):
    """Finds presses in the readings of one module. Inputs count from 1."""

    def feed(self, reading: Sequence[int], now: float) -> list[int]:
        """The inputs that were pressed since the last reading, one entry for each press."""

    def held(self) -> frozenset[int]:
        """The inputs that are closed now, as far as a reading of this kind tells."""


class LevelEdges:
    """A press counts when it is first seen; the next one only after a release that lasted.

    Contacts bounce for some milliseconds. Believing the press at once costs no time, and an open
    contact that is not believed before `debounce_s` makes no second press of a bounce.
    """

    def __init__(self, inputs: int, debounce_s: float) -> None:
        self._debounce_s = debounce_s
        self._down: list[bool | None] = [None] * inputs
        self._open_since: list[float | None] = [None] * inputs

    def feed(self, reading: Sequence[int], now: float) -> list[int]:
        pressed = []
        for place, down in enumerate(self._down):
            if reading[place]:
                self._open_since[place] = None
                if down is False:
                    pressed.append(place + 1)
                self._down[place] = True
            elif down is not False and self._stays_open(place, now):
                self._down[place] = False
        return pressed

    def held(self) -> frozenset[int]:
        return frozenset(place + 1 for place, down in enumerate(self._down) if down)

    def _stays_open(self, place: int, now: float) -> bool:
        since = self._open_since[place]
        if since is None:
            self._open_since[place] = since = now
        return self._down[place] is None or now - since >= self._debounce_s


class LatchedEdges:
    """A latch that is set is a press until it was cleared; `cleared` says that it was."""

    def __init__(self, inputs: int) -> None:
        self._known: set[int] | None = None
        self._inputs = inputs

    def feed(self, reading: Sequence[int], now: float) -> list[int]:
        latched = {place + 1 for place in range(self._inputs) if reading[place]}
        if self._known is None:
            self._known = latched
            return []
        pressed = sorted(latched - self._known)
        # An open latch that we did not clear was cleared by somebody else.
        self._known = latched
        return pressed

    def held(self) -> frozenset[int]:
        return frozenset(self._known or ())

    def cleared(self, number: int) -> None:
        """The master has cleared this latch: what it shows from now on is a new press."""
        if self._known is not None:
            self._known.discard(number)


class CountedEdges:
    """Counters of 16 bits that go up by one with each press; they run over, and start anew."""

    def __init__(self, inputs: int) -> None:
        self._inputs = inputs
        self._counts: list[int] | None = None

    def feed(self, reading: Sequence[int], now: float) -> list[int]:
        counts = list(reading[: self._inputs])
        old, self._counts = self._counts, counts
        if old is None:
            return []
        more = [(count - before) % COUNTER_END for count, before in zip(counts, old, strict=True)]
        if any(step > MOST_AT_ONCE for step in more):
            return []  # it has started anew: nobody knows how often it was pressed before
        return [place + 1 for place, step in enumerate(more) for _ in range(step)]

    def held(self) -> frozenset[int]:
        return frozenset()
