"""The voice of an area: a phrase -> an announcement clip, rendered once and kept.

The ladder: recorded words, pyttsx3 in a child process, espeak-ng as a command, the chime alone.
Recorded words speak a phrase whole or not at all: never two people in one sentence. A hall without
any speech still gets a clip, so that people look up at the board. Nothing here blocks the event
loop: engines run in other processes, files are handled in threads.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any, Literal

from devices.clip_set import RATE, ClipSet, Recordings, at_rate
from devices.clips import (
    SHORTEST_S,
    Sound,
    SoundError,
    announcement,
    quieter,
    read_speech_blocking,
    read_wav_blocking,
    wav_seconds_blocking,
    write_wav_blocking,
)
from devices.clips import chime as struck
from devices.reading import pronounced
from devices.speech import (
    COMMAND,
    PATIENT_WORKER,
    WORKER,
    Phrase,
    SpeechError,
    SpeechWorker,
    speak_by_command,
)

log = logging.getLogger(__name__)

Engine = Literal["recorded", "pyttsx3", "espeak-ng", "chime"]
LAYOUT = 2
"""Part of every cache key: raise it when the same request shall sound differently."""
_SIGN_S = 0.22
"""A guess: how long a voice takes for each sign."""
KEPT_CLIPS, SPARE_CLIPS = 400, 50
CHIME_NAME = "chime.wav"
"""The chime alone, made at the start and never tidied up (devices/spare_clips.py)."""


@dataclass(frozen=True, slots=True)
class Clip:
    """A finished announcement: 16-bit mono WAV at `path`, `seconds` long.

    `text` is what people read, `times` how often it is said, `voice` who speaks: the voice's
    name, that of the recorded set, or "chime" when no engine could. `announcement` is the name
    of the call in the log, for players that somebody asks what they play. Of a clip that is
    `growing`, the file at `path` comes later and `seconds` is a guess.
    """

    path: Path
    seconds: float
    voice: str
    text: str = ""
    times: int = 1
    announcement: str = ""
    growing: Growing | None = None


@dataclass(frozen=True, slots=True)
class Growing:
    """A clip that begins with the chime `first` while the words behind it are being made.

    Both parts are at RATE; `rendering` gives the whole clip.
    """

    first: Sound
    rendering: asyncio.Task[Clip]

    async def rest(self) -> bytes:
        """What follows the chime, 16-bit little-endian; nothing when no words could be had."""
        clip = await self.clip()
        if clip is None or clip.voice == "chime":
            return b""
        try:
            return await asyncio.to_thread(self._rest_blocking, clip.path)
        except SoundError:
            return b""

    async def clip(self) -> Clip | None:
        """The whole clip, None when it could not be stored."""
        try:
            return await asyncio.shield(self.rendering)
        except OSError as error:
            log.error("no words behind the chime: %s", error)
            return None

    def _rest_blocking(self, path: Path) -> bytes:
        sound = read_wav_blocking(path)
        samples = sound.samples[round(self.first.seconds * sound.rate) :]
        return at_rate(samples, sound.rate).tobytes() if samples else b""


@dataclass(frozen=True, slots=True)
class Engines:
    """The programs that speak, and how long each may take for a phrase."""

    worker: Sequence[str] = WORKER
    command: Sequence[str] = COMMAND
    time_limit_s: float = 4.0


PATIENT = Engines(worker=PATIENT_WORKER)
"""Engines for clips that are rendered ahead."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """An announcement: the words, how often, after a chime, at so many percent of loudness."""

    spoken: str
    times: int
    chime: bool
    volume: int


@dataclass(slots=True)
class Voice:
    """Renders for one voice and rate (words per minute) into `cache_dir`.

    `recorded` are words that people spoke, the first choice. `readings` tells the engines how
    they have to be given names and words of several readings (config/pronunciation.toml).
    `engine` tells which rung of the ladder spoke last. `stop()` ends the child process.
    """

    cache_dir: Path
    voice: str = "cmn-latn-pinyin"
    rate: int = 150
    engines: Engines = field(default_factory=Engines)
    recorded: Recordings | None = None
    readings: Mapping[str, str] = field(default_factory=dict)
    engine: Engine = field(default="pyttsx3", init=False)
    _worker: SpeechWorker = field(init=False)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)

    def __post_init__(self) -> None:
        self._worker = SpeechWorker(self.engines.worker, self.engines.time_limit_s)

    async def render(
        self, text: str, spoken: str, times: int = 1, chime: bool = True, volume: int = 100
    ) -> Clip:
        """The clip of [chime] + `spoken`, said `times` times with a second between.

        `spoken` has its numbers spelled (devices/reading.py); `volume` in percent. Raises OSError
        when the cache cannot be written, nothing else.
        """
        asked = _Asked(spoken, times, chime, volume)
        words, path, seconds = await asyncio.to_thread(self._look_blocking, asked)
        speaker = self.voice
        if words is not None and words.can_say(spoken):
            speaker = words.name
        if seconds is not None:
            return Clip(path, seconds, speaker, text, times)
        async with self._lock:
            phrase = await self._phrase(spoken, words)
            if phrase is None:
                # Under another name: the next call tries to speak again.
                path, speaker = self.cache_dir / f"chime-{volume}.wav", "chime"
            bell = words.chime if words is not None and chime else None
            seconds = await asyncio.to_thread(_finish_blocking, path, phrase, asked, bell)
        return Clip(path, seconds, speaker, text, times)

    async def begin(self, text: str, spoken: str, times: int = 1, volume: int = 100) -> Clip:
        """As `render` with the chime, but at once: what is not ready yet grows behind the chime.

        Raises nothing: a failure shows in the growing clip.
        """
        asked = _Asked(spoken, times, True, volume)
        words, path, seconds = await asyncio.to_thread(self._look_blocking, asked)
        speaker = words.name if words is not None and words.can_say(spoken) else self.voice
        if seconds is not None:
            return Clip(path, seconds, speaker, text, times)
        bell = words.chime if words is not None and words.chime is not None else struck(RATE)
        first = quieter(bell, volume)
        rendering = asyncio.create_task(self.render(text, spoken, times, True, volume))
        rendering.add_done_callback(lambda task: task.cancelled() or task.exception())
        signs = sum(not sign.isspace() for sign in spoken)
        guess_s = first.seconds + times * _SIGN_S * signs + (times - 1)
        growing = Growing(first, rendering)
        return Clip(path, round(guess_s, 2), speaker, text, times, growing=growing)

    async def synthesised(self, spoken: str, shortest_s: float = SHORTEST_S) -> Sound | None:
        """`spoken` by an engine, None when none of them speaks; `shortest_s` is believed."""
        async with self._lock:
            return await self._synthesised(spoken, shortest_s)

    async def stop(self) -> None:
        """End the child process; a later `render` starts another."""
        await self._worker.stop()

    def _look_blocking(self, asked: _Asked) -> tuple[ClipSet | None, Path, float | None]:
        """The recorded words, where the clip belongs, and its length if it lies there."""
        words = None if self.recorded is None else self.recorded.current_blocking()
        path = self.cache_dir / f"{self._key(asked, words)}.wav"
        seconds = wav_seconds_blocking(path)
        if seconds is not None:
            with contextlib.suppress(FileNotFoundError):  # another voice tidied up
                os.utime(path)
        return words, path, seconds

    def _key(self, asked: _Asked, words: ClipSet | None) -> str:
        parts: list[object] = [LAYOUT, self.voice, self.rate, *astuple(asked)]
        parts += [pronounced(asked.spoken, self.readings)]
        parts += [None if words is None else [words.name, words.mark]]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    async def _phrase(self, spoken: str, words: ClipSet | None) -> Sound | None:
        """From the recorded words, else from an engine."""
        if words is not None:
            sound = await asyncio.to_thread(words.spoken, spoken, self.rate)
            if sound is not None:
                self.engine = "recorded"
                return sound
            wanted = () if self.recorded is None else self.recorded.wanted
            missing = "、".join(words.missing(wanted)[:9]) or spoken
            self._tell("recorded", f"not recorded: {missing}")
        return await self._synthesised(spoken, SHORTEST_S)

    async def _synthesised(self, spoken: str, shortest_s: float) -> Sound | None:
        """What the first engine that really speaks makes of it."""
        phrase = Phrase(pronounced(spoken, self.readings), self.voice, self.rate)
        limit_s = self.engines.time_limit_s
        rungs: list[tuple[Engine, Callable[[Path], Coroutine[Any, Any, None]]]] = [
            ("pyttsx3", lambda path: self._worker.speak(phrase, path)),
            ("espeak-ng", lambda path: speak_by_command(
                phrase, path, self.engines.command, limit_s
            )),
        ]  # fmt: skip
        await asyncio.to_thread(self.cache_dir.mkdir, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".speech-", dir=self.cache_dir) as folder:
            for engine, speak in rungs:
                path = Path(folder) / f"{engine}.wav"
                try:
                    await speak(path)
                    sound = await asyncio.to_thread(read_speech_blocking, path, shortest_s)
                except (SpeechError, SoundError) as error:
                    self._tell(engine, str(error))
                    continue
                self.engine = engine
                return sound
        self.engine = "chime"
        return None

    def _tell(self, failed: Engine, reason: str) -> None:
        """Warn when a rung that worked gives way; a known fault is not told at every call."""
        if failed == self.engine:
            log.warning("voice %s: %s failed: %s", self.voice, failed, reason)


def _finish_blocking(path: Path, phrase: Sound | None, asked: _Asked, bell: Sound | None) -> float:
    if phrase is not None and asked.chime and (bell is None or bell.rate != phrase.rate):
        bell = struck(phrase.rate)
    clip = announcement(phrase and quieter(phrase, asked.volume), asked.times, _quiet(bell, asked))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_wav_blocking(path, clip)
    _drop_oldest_blocking(path.parent)
    return clip.seconds


def _quiet(bell: Sound | None, asked: _Asked) -> Sound | None:
    return bell and quieter(bell, asked.volume)


def _drop_oldest_blocking(folder: Path) -> None:
    """A day's calls would fill 400 MB: keep those that were used last."""
    clips = [path for path in folder.glob("*.wav") if path.name != CHIME_NAME]
    if len(clips) <= KEPT_CLIPS + SPARE_CLIPS:
        return
    for path in sorted(clips, key=_used_at)[:-KEPT_CLIPS]:
        path.unlink(missing_ok=True)


def _used_at(path: Path) -> float:
    """When a clip was used last; one that another voice has just dropped is the oldest."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
