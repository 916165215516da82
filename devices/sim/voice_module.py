"""A serial voice module of the SYN6288 class: it takes frames, speaks, and says how it fares.

What it says goes onto the hall's timeline as text; it makes no WAV that could be kept.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable

from devices.framing.syn6288 import (
    BUSY,
    HEARD,
    IDLE,
    READY,
    REFUSED,
    SPEAK,
    STATUS,
    STOP,
    ModuleCommand,
    ModuleParser,
)
from devices.sim.clock import Watch, stamp
from devices.sim.fault_kinds import Faulty, flag
from devices.sim.speaker import Phrase, Timeline

SIGN_S = 0.22
_TAGS = re.compile(r"\[[a-z][0-9]{1,3}\]")
_VOLUME = re.compile(r"\[v([0-9]{1,2})\]")


class SimVoiceModule(Faulty):
    """One module; `write` goes to the line, `gone` makes it dumb, `sign_s`: time for each sign."""

    silence_s = 0.5
    fault_kinds = (flag("gone"),)

    def __init__(self, id: str, timeline: Timeline, now: Watch, sign_s: float = SIGN_S) -> None:
        self.id = id
        self.gone = False
        self.volume = 16
        self.write: Callable[[bytes], None] = lambda data: None
        self._timeline = timeline
        self._now = now
        self._sign_s = sign_s
        self._parser = ModuleParser()
        self._phrase: Phrase | None = None
        self._ending: asyncio.Task[None] | None = None

    @property
    def playing(self) -> bool:
        return self._phrase is not None

    @property
    def garbage(self) -> int:
        return self._parser.bad

    def receive(self, data: bytes) -> None:
        """Do what whole frames ask."""
        for command in self._parser.feed(data):
            if not self.gone:
                self._do(command)

    def line_silent(self) -> None:
        """A half frame will not be completed."""
        self._parser = _fresh(self._parser)

    def _do(self, command: ModuleCommand) -> None:
        if command.command == SPEAK:
            self._speak(command)
        elif command.command == STATUS:
            self.write(bytes([HEARD, BUSY if self.playing else IDLE]))
        elif command.command == STOP:
            self._end()
            self.write(bytes([HEARD]))
        else:
            self.write(bytes([REFUSED]))

    def _speak(self, command: ModuleCommand) -> None:
        try:
            text = command.text.decode("gb2312")
        except UnicodeDecodeError:
            self.write(bytes([REFUSED]))
            return
        self._end()  # a new text breaks off the one before
        found = _VOLUME.search(text)
        self.volume = int(found[1]) if found else self.volume
        said = _TAGS.sub("", text)
        seconds = max(0.05, self._sign_s * sum(not sign.isspace() for sign in said))
        self._phrase = Phrase(
            id=f"{len(self._timeline.phrases) + 1:05d}-{secrets.token_hex(4)}",
            speaker=self.id,
            text=said,
            voice="voice-module",
            times=1,
            seconds=round(seconds, 3),
            peak=round(self.volume / 16, 2),
            peaks=(),
            started_at=stamp(self._now()),
        )
        self._timeline.begin(self._phrase, b"")
        self._ending = asyncio.get_running_loop().create_task(
            self._speak_on(seconds), name=f"voice module {self.id}"
        )
        self.write(bytes([HEARD]))

    async def _speak_on(self, seconds: float) -> None:
        """Say it to the end, by the hall's clock."""
        await self._now.sleep(seconds)
        self._ending = None
        self._end(told=True)

    def _end(self, told: bool = False) -> None:
        if self._ending is not None:
            self._ending.cancel()
            self._ending = None
        if self._phrase is not None:
            self._phrase.ended_at = stamp(self._now())
            self._timeline.end(self._phrase)
            self._phrase = None
            if told and not self.gone:
                self.write(bytes([IDLE]))

    def power_up(self) -> None:
        """Say that it is ready, as it does when it gets its voltage."""
        self.write(bytes([READY]))


def _fresh(parser: ModuleParser) -> ModuleParser:
    made = ModuleParser()
    made.bad = parser.bad
    return made
