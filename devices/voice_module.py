"""A serial voice module (SYN6288 class): it speaks by itself, without a sound card.

It takes the place of both the voice and the player of an area. `render` only remembers what is to
be said and guesses how long that takes; `play` sends it and asks until the module is idle again.
A module has no chime and knows polyphones by its own rules, helped by the pronunciation table.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path

from config.settings import encode_text, printable_text
from devices.framing.syn6288 import (
    BUSY,
    GB2312,
    HEARD,
    IDLE,
    MOST_TEXT,
    REFUSED,
    SPEAK,
    STATUS,
    ModuleCommand,
)
from devices.link import ByteLink, DeviceError
from devices.player import NotPlayedError, PlayerError
from devices.reading import pronounced
from devices.voice import Clip

log = logging.getLogger(__name__)

NAME = "voice-module"
LOUDEST = 16
_ANSWER_S = 0.3
_ASK_S = 0.1
_PAUSE_S = 1.0
_SIGN_S = 0.27
"""A guess: how long a module speaks for each sign at its usual speed."""
_SPARE_S = 10.0
_KEPT = 64


class VoiceModule:
    """The module on a line; `render` and `play` as `Voice` and a `Player` have them."""

    grows = False

    def __init__(
        self, link: ByteLink, readings: Mapping[str, str] | None = None, pause_s: float = _PAUSE_S
    ) -> None:
        self._link = link
        self._readings = readings or {}
        self._pause_s = pause_s
        self._volumes: OrderedDict[str, int] = OrderedDict()

    async def render(
        self, text: str, spoken: str, times: int = 1, chime: bool = True, volume: int = 100
    ) -> Clip:
        """What will be said; there is no file. `chime` is nothing that a module has."""
        self._volumes[text] = volume
        while len(self._volumes) > _KEPT:
            self._volumes.popitem(last=False)
        each = max(0.5, _SIGN_S * sum(not sign.isspace() for sign in spoken))
        seconds = times * each + (times - 1) * self._pause_s
        return Clip(Path(), round(seconds, 2), NAME, text, times)

    async def play(self, clip: Clip) -> None:
        """Say it so many times. Raises PlayerError when the module does not take it or end it.

        It is asked whether it is there before the first sign goes out: a dumb one says nothing.
        """
        frame = self._frame(clip.text, self._volumes.get(clip.text, 100))
        await self.prove(None)
        turn = 0
        try:
            for turn in range(clip.times):
                if turn:
                    await asyncio.sleep(self._pause_s)
                await self._say(frame, clip.seconds / clip.times + _SPARE_S)
        except NotPlayedError as error:
            raise error if turn == 0 else PlayerError(str(error)) from error
        except DeviceError as error:
            raise PlayerError(f"voice module: {error}") from error

    async def prove(self, silence: Clip | None) -> None:
        """Ask it how it fares. Raises NotPlayedError when there is no answer."""
        try:
            there = await self.answers()
        except DeviceError as error:
            raise NotPlayedError(f"voice module: {error}") from error
        if not there:
            raise NotPlayedError("voice module: no answer")

    async def answers(self) -> bool:
        """Whether a module is there. LinkLost, WriteTimedOut."""
        self._link.discard()
        return await self._ask(ModuleCommand(STATUS).encode(), {BUSY, IDLE}) is not None

    def _frame(self, text: str, volume: int) -> bytes:
        level = max(1, round(LOUDEST * volume / 100))
        # A rare sign in a place's name is left out: the number and the counter are heard.
        known = printable_text(pronounced(text, self._readings), "gb2312", "")
        signs = encode_text(known, "gb2312")
        # [n1]: digits one by one, should any be left; [v…]: loudness.
        data = f"[v{level}][n1]".encode("ascii") + signs
        if len(data) > MOST_TEXT:
            raise NotPlayedError(f"voice module: {len(data)} bytes, it takes {MOST_TEXT}")
        return ModuleCommand(SPEAK, GB2312, data).encode()

    async def _say(self, frame: bytes, limit_s: float) -> None:
        self._link.discard()
        told = await self._ask(frame, {HEARD, REFUSED, BUSY})
        if told == REFUSED:
            raise NotPlayedError("voice module: it refused the text")
        if told is None:
            # The answer alone may be lost: what speaks now can only be this text.
            told = await self._ask(ModuleCommand(STATUS).encode(), {BUSY, IDLE})
        if told == IDLE:
            raise NotPlayedError("voice module: it did not take the text")
        if told is None:
            raise PlayerError("voice module: it went silent")
        end = time.monotonic() + limit_s
        silent = 0
        while time.monotonic() < end:
            await asyncio.sleep(_ASK_S)
            state = await self._ask(ModuleCommand(STATUS).encode(), {BUSY, IDLE})
            if state == IDLE:
                return
            silent = silent + 1 if state is None else 0
            if silent > 5:
                raise PlayerError("voice module: it went silent in the middle")
        raise PlayerError("voice module: it did not come to an end")

    async def _ask(self, frame: bytes, wanted: set[int]) -> int | None:
        """Send a frame; the first wanted answer, None when there is none in time.

        What a line with an echo gives back of the frame is no answer: texts hold such bytes.
        """
        await self._link.write(frame)
        end = time.monotonic() + _ANSWER_S
        come = b""
        while (left_s := end - time.monotonic()) > 0:
            come += await self._link.read(64, left_s)
            is_echo = frame.startswith(come[: len(frame)])
            for byte in come[len(frame) :] if is_echo else come:
                if byte in wanted:
                    return byte
        return None
