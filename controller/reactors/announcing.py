"""The voice of an area: each call once, one at a time, never in the way of the calls themselves.

    TicketCalled, TicketRecalled --> waiting --> started --> ended | unknown
                                      |   ^         |
                                      |   +---------+ deferred: nothing of it was heard
                                      +--> dropped  (merged, no longer called)

A call waits only behind its own area. A recall joins a waiting call of the same ticket. While the
loudspeaker is lost the calls wait for it, as long as their tickets are called.
"""

import asyncio
import logging
from dataclasses import dataclass, replace
from typing import Any

from controller.domain.commands import RecordAnnouncement
from controller.domain.events import (
    AnnouncementDeferred,
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
from controller.reactors.loudspeaker import Loudspeaker
from controller.supervisor import finish_first
from devices.player import NotPlayedError, PlayerError
from devices.voice import Clip

logger = logging.getLogger(__name__)

ACTOR = "system:announcing"
GRACE_S = 3.0
TRIES = (AnnouncementStarted, AnnouncementDeferred)
ENDS = (AnnouncementEnded, AnnouncementUnknown, AnnouncementDropped)
CHIME_AFTER = 3
"""A clip that was refused so often gives way to the chime: it may be the clip that is wrong."""

Call = TicketCalled | TicketRecalled


@dataclass(frozen=True)
class Pace:
    """How often a loudspeaker is asked, in real seconds: lost, lost with calls waiting, idle.

    A refused call is tried again after `again_s`, then twice that, up to `longest_s`.
    """

    lost_s: float = 10.0
    wanted_s: float = 2.0
    idle_s: float = 60.0
    again_s: float = 1.0
    longest_s: float = 30.0


@dataclass
class _Job:
    """A call that is to be said; `id` is the announcement's name in the log.

    `refused` counts how often the loudspeaker took nothing of it, in all lives of the service;
    `put_off` how often it had to wait in this one: until `not_before` (the loop's time).
    """

    id: str
    seq: int
    call: Call
    started: bool = False
    refused: int = 0
    put_off: int = 0
    not_before: float = 0.0


class Announcing:
    """Says the calls of one area in their order."""

    def __init__(
        self, speaker: Loudspeaker, place: Place, ground: Ground, pace: Pace = Pace()
    ) -> None:
        self._speaker = speaker
        self._place = place
        self._ground = ground
        self._pace = pace
        self._jobs: dict[str, _Job] = {}
        self._life_before: int | None = None
        self._lost = False
        self._asked_at = float("-inf")

    async def run(self) -> None:
        """Fold the log from the cursor on, then say what is open, again and again."""
        if self._life_before is None:
            self._life_before = self._ground.log.seq
        self._jobs.clear()
        self._place.open()
        await self._read()
        for open_job in [job for job in self._jobs.values() if job.started]:
            await self._report(open_job, "unknown", reason="restart")
        while True:
            await self._read()
            await self._drop_pointless()
            await self._read()
            now = asyncio.get_running_loop().time()
            due = next((job for job in self._jobs.values() if job.not_before <= now), None)
            if due is not None and not self._lost:
                await finish_first(self._say(due), GRACE_S)
            elif now >= self._ask_at():
                await self._ask()
            else:
                await self._place.wait(self._next_at() - now)

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
        elif isinstance(event, TRIES) and (job := self._jobs.get(event.announcement)) is not None:
            job.started = isinstance(event, AnnouncementStarted)
            job.refused += not job.started

    async def _drop_pointless(self) -> None:
        """Drop recalls behind a waiting call of their ticket, and calls of a life long past."""
        waiting: set[str] = set()
        state, now = self._ground.desk.state, self._ground.clock.now()
        for job in list(self._jobs.values()):
            ticket = state.tickets.get(job.call.ticket)
            is_old = now - job.call.called_at >= state.rules.outage_s * 1000
            if ticket is None or ticket.state != "CALLED" or ticket.counter != job.call.counter:
                await self._report(job, "dropped", reason="not-called")
            elif is_old and job.seq <= (self._life_before or 0):
                await self._report(job, "dropped", reason="outage")
            elif job.call.ticket in waiting:
                await self._report(job, "dropped", reason="merged")
            else:
                waiting.add(job.call.ticket)

    # --- whether anything can be heard

    def _ask_at(self) -> float:
        """When the loudspeaker is to be asked; the loop's time."""
        pace = self._pace
        if not self._lost:
            return self._asked_at + pace.idle_s
        return self._asked_at + (pace.wanted_s if self._jobs else pace.lost_s)

    def _next_at(self) -> float:
        """When there is something to do, unless the log brings something before."""
        again = [] if self._lost else [job.not_before for job in self._jobs.values()]
        return min([self._ask_at(), *again])

    async def _ask(self) -> None:
        try:
            await self._speaker.prove()
        except PlayerError as error:
            self._missing(error)
            return
        if self._lost or not self._ground.supervising.is_working(self._speaker.device):
            self._found()
        self._asked_at = asyncio.get_running_loop().time()

    def _found(self, detail: str = "") -> None:
        self._lost = False
        self._asked_at = asyncio.get_running_loop().time()
        self._ground.supervising.working(self._speaker.device, detail)

    def _missing(self, error: PlayerError) -> None:
        if not self._lost:
            logger.warning("loudspeaker %s: %s", self._speaker.device, error)
        self._lost = True
        self._asked_at = asyncio.get_running_loop().time()
        self._ground.supervising.lost(self._speaker.device, "no-sound")

    # --- one call

    async def _say(self, job: _Job) -> None:
        speaker = self._speaker
        words = speaker.word(job.call)
        clip = await self._clip(job)
        if clip is None:
            self._ground.supervising.fault(speaker.device, "no-voice")
            self._put_off(job)
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
                await self._play(replace(clip, announcement=job.id))
        except NotPlayedError as error:
            self._missing(error)
            await self._report(job, "deferred", reason="player")
            self._put_off(job)
            return
        except PlayerError as error:
            self._missing(error)
            await self._report(job, "unknown", reason="player")
            return
        told: dict[str, Any] = {}
        if clip.growing is not None:
            whole = await clip.growing.clip()
            voice = "chime" if whole is None else whole.voice
            clip = replace(clip if whole is None else whole, voice=voice)
            told = {"wav": clip.path.name, "seconds": clip.seconds, "voice": voice}
        self._found("chime-only" if clip.voice == "chime" else "")
        await self._report(job, "ended", **told)

    async def _clip(self, job: _Job) -> Clip | None:
        """Return the call's clip, the chime when there can be none, None without even that."""
        speaker = self._speaker
        chime = speaker.spares.chime
        if job.refused >= CHIME_AFTER and chime is not None:
            return chime
        try:
            clip = await speaker.clip(job.call, self._ground.clock.now())
        except OSError as error:
            logger.error("no voice for %s: %s", job.call.number, error)
            return chime
        return clip

    def _put_off(self, job: _Job) -> None:
        """Leave a call alone for a while, so that one that cannot be said holds up no other."""
        pause_s = self._pace.again_s * 2.0 ** min(job.put_off, 10)
        job.put_off += 1
        now = asyncio.get_running_loop().time()
        job.not_before = now + min(self._pace.longest_s, pause_s)

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
        key = f"voice:{self._ground.boot}:{job.id}:{step}:{job.refused}"
        verdict = await self._ground.desk.report(command, ACTOR, key)
        if verdict.refusal is None:
            return True
        logger.error("announcement %s: %s is refused: %s", job.id, step, verdict.refusal.code)
        self._jobs.pop(job.id, None)
        return False
