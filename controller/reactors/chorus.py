"""Strips on one line that hear a broadcast: what all of them are to show is said once.

At the start, when the hall closes and in an emergency many strips change to one text at the same
moment. One frame tells all of them, then each is told by itself: nobody acknowledges a broadcast.
"""

import contextlib
from collections.abc import Awaitable, Callable
from typing import Protocol

from devices.led import LedError, LedText

LEAST = 2
"""So many strips must change; a frame to all makes every card busy for a moment."""


class Singer(Protocol):
    """One strip of a chorus."""

    @property
    def is_behind(self) -> bool:
        """Whether it shows something else than it should."""

    def wanted(self) -> LedText:
        """Return what it should show."""


class Chorus:
    """The strips of one make and size on a line; `say` shows a text on all of them."""

    def __init__(self, say: Callable[[LedText], Awaitable[None]]) -> None:
        self._say = say
        self._singers: list[Singer] = []
        self._said: LedText | None = None

    def join(self, singer: Singer) -> None:
        """Belong to it from now on."""
        self._singers.append(singer)

    async def speak(self, wanted: LedText) -> None:
        """Say a text to all, once, if all want it and several do not have it yet."""
        behind = sum(singer.is_behind for singer in self._singers)
        if any(singer.wanted() != wanted for singer in self._singers):
            self._said = None
        elif behind >= LEAST and self._said != wanted:
            self._said = wanted
            with contextlib.suppress(LedError):  # each tells it by itself
                await self._say(wanted)
        elif not behind:
            self._said = None
