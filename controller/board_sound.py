"""The sound of an area that a board's page makes: one page at a time, and a player where it is
the area's one source (`output = "board"`).

A page takes the sound for a while by telling that it is ready, again and again. It asks before the
first sample of a call and tells when it has ended; so what the log says is what was heard, and a
call that no page has begun in time is kept for later.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Literal

from devices.player import NotPlayedError, PlayerError
from devices.voice import Clip

SoundStep = Literal["ready", "started", "ended", "failed"]

LEASE_S = 40.0
"""A page that says nothing for so long (real time) has lost the sound."""
BEGIN_S = 4.0
SPARE_S = 5.0
"""A page may begin so late, and take so much longer than the clip."""


class SoundTakenError(Exception):
    """Another page, or another source, makes the sound of this area."""


@dataclass
class _Playing:
    """A call that the page is to play."""

    announcement: str
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    failed: bool = False


class BoardSound:
    """Who makes the sound of an area; `board` is the one board that may, None: any of the area."""

    grows = False

    def __init__(self, board: str | None = None) -> None:
        self.board = board
        self._page = ""
        self._until = float("-inf")
        self._playing: _Playing | None = None

    def tell(self, page: str, board: str | None, step: SoundStep, announcement: str = "") -> bool:
        """Take a page's word; whether what it tells (or asks) is the next step of a call.

        Raises SoundTakenError when the page is not the one that makes the sound.
        """
        now = asyncio.get_running_loop().time()
        if self.board is not None and board != self.board:
            raise SoundTakenError
        if page != self._page and now < self._until:
            raise SoundTakenError
        self._page, self._until = page, now + LEASE_S
        playing = self._playing
        if step == "ready":
            return True
        if playing is None or playing.announcement != announcement:
            return False
        if step == "started":
            is_next = not playing.begun.is_set()
            playing.begun.set()
            return is_next
        playing.failed = step == "failed"
        playing.over.set()
        return True

    async def play(self, clip: Clip) -> None:
        """Wait until the page has played the call. Raises PlayerError.

        What is no call (the chime before opening) no page is asked to play: that there is a page
        with its sound on is all that can be proved.
        """
        await self.prove(None)
        if not clip.announcement:
            return
        self._playing = playing = _Playing(clip.announcement)
        try:
            await _within(BEGIN_S, playing.begun, playing.over)
            if not playing.begun.is_set():
                raise NotPlayedError(f"board {self.board}: the page has not begun")
            await _within(clip.seconds + SPARE_S, playing.over)
            if playing.failed or not playing.over.is_set():
                raise PlayerError(f"board {self.board}: the page has not played it to the end")
        finally:
            self._playing = None

    async def prove(self, silence: Clip | None) -> None:
        """Raises NotPlayedError while no page has taken the sound."""
        if asyncio.get_running_loop().time() >= self._until:
            raise NotPlayedError(f"board {self.board}: no page with its sound on")


async def _within(limit_s: float, *events: asyncio.Event) -> None:
    """Wait for the first of these, no longer than the limit."""
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=limit_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
