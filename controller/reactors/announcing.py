"""The voice of an area: each call once, one at a time, never in the way of the calls themselves.

    TicketCalled, TicketRecalled --> waiting --> started --> ended | unknown
                                        +--> dropped  (merged, no longer called, no voice)

A call waits only behind its own area. A recall joins a waiting call of the same ticket.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from controller.domain.commands import RecordAnnouncement
from controller.domain.events import (
    AnnouncementDropped,
    AnnouncementEnded,
    AnnouncementStarted,
    AnnouncementUnknown,
    StoredEvent,
    TicketCalled,
    TicketRecalled,
)
from controller.reactors.ground import Ground
from controller.reactors.hall_log import Place
from controller.supervisor import finish_first
from devices.player import Player, PlayerError, sound_fault
from devices.voice import Clip

logger = logging.getLogger(__name__)

ACTOR = "system:announcing"
GRACE_S = 3.0
ENDS = (AnnouncementEnded, AnnouncementUnknown, AnnouncementDropped)

Call = TicketCalled | TicketRecalled


class SpeakingVoice(Protocol):
    """The part of `devices.voice.Voice` that is used here."""

    async def render(
        self, text: str, spoken: str, times: int = 1, chime: bool = True, volume: int = 100
    ) -> Clip:
        """Return the finished clip; `volume` in percent."""


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
    """The loudspeaker of an area. `word` puts a call into words; one at a time has the `turn`."""

    device: str
    area: str
    voice: SpeakingVoice
    player: Player
    word: Callable[[Sayable], Words]
    manner: Manner = Manner()
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

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

    async def fault(self, chime: Clip) -> str:
        """Play the chime as a proof, never into a call; "" when the player took it."""
        async with self.turn:
            return await sound_fault(self.player, chime)


@dataclass
class _Job:
    """A call that is to be said; `id` is the announcement's name in the log."""

    id: str
    seq: int
    call: Call
    started: bool = False


class Announcing:
    """Says the calls of one area in their order."""

    def __init__(self, speaker: Loudspeaker, place: Place, ground: Ground) -> None:
        self._speaker = speaker
        self._place = place
        self._ground = ground
        self._jobs: dict[str, _Job] = {}

    async def run(self) -> None:
        """Fold the log from the cursor on, then say what is open, again and again."""
        self._jobs.clear()
        self._place.open()
        await self._read()
        for open_job in [job for job in self._jobs.values() if job.started]:
            await self._report(open_job, "unknown", reason="restart")
        while True:
            await self._read()
            await self._drop_pointless()
            await self._read()
            job = next(iter(self._jobs.values()), None)
            if job is None:
                await self._place.wait()
            else:
                await finish_first(self._say(job), GRACE_S)

    async def _read(self) -> None:
        while events := await self._place.read():
            for stored in events:
                self._learn(stored)
        self._place.done([job.seq for job in self._jobs.values()])

    def _learn(self, stored: StoredEvent) -> None:
        event = stored.event
        if isinstance(event, TicketCalled | TicketRecalled):
            if event.area == self._speaker.area:
                # A ticket that waited again is called for the first time once more.
                name = f"{event.ticket}-{stored.seq}"
                self._jobs[name] = _Job(name, stored.seq, event)
        elif isinstance(event, ENDS):
            self._jobs.pop(event.announcement, None)
        elif isinstance(event, AnnouncementStarted) and event.announcement in self._jobs:
            self._jobs[event.announcement].started = True

    async def _drop_pointless(self) -> None:
        """Drop recalls behind a waiting call of their ticket, and calls of the past."""
        waiting: set[str] = set()
        state, now = self._ground.desk.state, self._ground.clock.now()
        for job in list(self._jobs.values()):
            ticket = state.tickets.get(job.call.ticket)
            if ticket is None or ticket.state != "CALLED" or ticket.counter != job.call.counter:
                await self._report(job, "dropped", reason="not-called")
            elif now - job.call.called_at >= state.rules.outage_s * 1000:
                await self._report(job, "dropped", reason="outage")
            elif job.call.ticket in waiting:
                await self._report(job, "dropped", reason="merged")
            else:
                waiting.add(job.call.ticket)

    async def _say(self, job: _Job) -> None:
        speaker = self._speaker
        try:
            now = self._ground.clock.now()
            words, clip = await speaker.render(speaker.voice, job.call, now)
        except OSError as error:
            logger.error("no voice for %s: %s", job.call.number, error)
            self._ground.supervising.fault(speaker.device, "no-voice")
            await self._report(job, "dropped", reason="no-voice")
            return
        detail = {
            "text": words.text,
            "spoken": words.spoken,
            "wav": clip.path.name,
            "seconds": clip.seconds,
            "voice": clip.voice,
            "times": clip.times,
        }
        if not await self._report(job, "started", **detail):
            return
        try:
            async with speaker.turn:
                await self._play(clip)
        except PlayerError as error:
            logger.error("no sound for %s: %s", job.call.number, error)
            self._ground.supervising.lost(speaker.device, "no-sound")
            await self._report(job, "unknown", reason="player")
            return
        detail_code = "chime-only" if clip.voice == "chime" else ""
        self._ground.supervising.working(speaker.device, detail_code)
        await self._report(job, "ended")

    async def _play(self, clip: Clip) -> None:
        playing = asyncio.ensure_future(self._speaker.player.play(clip))
        try:
            await asyncio.wait({playing}, timeout=clip.seconds / 2)
            self._ground.stop("announcement-middle")
            await playing
        finally:
            playing.cancel()

    async def _report(self, job: _Job, step: str, **detail: Any) -> bool:
        """Store a step of the announcement; False when it is not the next one."""
        call = job.call
        command = RecordAnnouncement(
            job.id, step, call.ticket, call.counter, call.area, detail | {"number": call.number}
        )
        key = f"voice:{self._ground.boot}:{job.id}:{step}"
        verdict = await self._ground.desk.report(command, ACTOR, key)
        if verdict.refusal is None:
            return True
        logger.error("announcement %s: %s is refused: %s", job.id, step, verdict.refusal.code)
        self._jobs.pop(job.id, None)
        return False
