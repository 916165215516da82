"""An area's loudspeaker as the reactors have it: who speaks, in which words, how, and how loud."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from devices.player import Player, PlayerError, sound_fault
from devices.spare_clips import SpareClips
from devices.traffic import Traffic
from devices.voice import Clip


class SpeakingVoice(Protocol):
    """The part of `devices.voice.Voice` that is used here."""

    async def render(
        self, text: str, spoken: str, times: int = 1, chime: bool = True, volume: int = 100
    ) -> Clip:
        """Return the finished clip; `volume` in percent."""


class BeginningVoice(Protocol):
    """The part of `devices.voice.Voice` that need not wait for the words."""

    async def begin(self, text: str, spoken: str, times: int = 1, volume: int = 100) -> Clip:
        """Return the clip, which may be growing behind its chime."""


class Sayable(Protocol):
    """What a call is put into words by: a call of the log, or one that may come."""

    @property
    def number(self) -> str:
        """The ticket's number."""

    @property
    def counter(self) -> int:
        """Where it is called to."""

    @property
    def call(self) -> int:
        """How often it was called, this time included."""


@dataclass(frozen=True)
class Words:
    """What people read (`text`) and what the voice is given (`spoken`)."""

    text: str
    spoken: str


@dataclass(frozen=True)
class Manner:
    """How a call is said: so many times, after a chime or without, how loud at a time (UTC ms).

    `recall_times` None: a recall is said as often as a first call.
    """

    times: int = 1
    chime: bool = True
    recall_times: int | None = None
    volume_at: Callable[[int], int] = lambda at: 100

    def times_of(self, call: Sayable) -> int:
        """Return how often a call is said."""
        return self.times if call.call == 1 or self.recall_times is None else self.recall_times


@dataclass(frozen=True)
class Loudspeaker:
    """The loudspeaker of an area. `word` puts a call into words; one at a time has the `turn`.

    `spares` lie ready for a voice that fails, and for the question whether anything can be heard.
    `beginner` is the voice where its player can play a clip that is still growing.
    """

    device: str
    area: str
    voice: SpeakingVoice
    player: Player
    word: Callable[[Sayable], Words]
    manner: Manner = Manner()
    spares: SpareClips = field(default_factory=SpareClips)
    beginner: BeginningVoice | None = None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    traffic: Traffic = field(default_factory=Traffic)
    """Its counters: questions whether it could play, with the time they took, and the chimes."""

    async def clip(self, call: Sayable, now: int) -> Clip:
        """Return what to play for a call now. Raises OSError when nothing can be made."""
        if self.beginner is None:
            return (await self.render(self.voice, call, now))[1]
        spoken, manner = self.word(call).spoken, self.manner
        return await self.beginner.begin(
            spoken, spoken, manner.times_of(call), manner.volume_at(now)
        )

    async def render(self, voice: SpeakingVoice, call: Sayable, now: int) -> tuple[Words, Clip]:
        """Return a call's words and its clip by this voice or one that speaks alike."""
        words, manner = self.word(call), self.manner
        # The loudspeaker keeps what it was given to say.
        clip = await voice.render(
            words.spoken,
            words.spoken,
            manner.times_of(call),
            manner.chime,
            manner.volume_at(now),
        )
        return words, clip

    async def prove(self) -> None:
        """Ask in silence whether the player could play, never into a call. PlayerError."""
        async with self.turn:
            asked_at = asyncio.get_running_loop().time()
            try:
                await self.player.prove(self.spares.silence)
            except PlayerError:
                self.traffic.missed(heard=False)
                raise
            self.traffic.answered(asyncio.get_running_loop().time() - asked_at)

    async def fault(self, chime: Clip) -> str:
        """Play the chime as a proof, never into a call; "" when the player took it."""
        async with self.turn:
            return await sound_fault(self.player, chime)
