"""The voice of an area: a phrase -> an announcement clip, rendered once and kept.

The ladder: pyttsx3 in a child process, espeak-ng as a command, the chime alone. A hall without
any speech still gets a clip, so that people look up at the board. Nothing here blocks the event
loop: engines run in other processes, files are handled in threads.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from devices.clips import (
    Sound,
    SoundError,
    announcement,
    read_speech_blocking,
    wav_seconds_blocking,
    write_wav_blocking,
)
from devices.speech import COMMAND, WORKER, Phrase, SpeechError, SpeechWorker, speak_by_command

log = logging.getLogger(__name__)

Engine = Literal["pyttsx3", "espeak-ng", "chime"]
LAYOUT = 1
"""Part of every cache key: raise it when the same request shall sound differently."""
KEPT_CLIPS, SPARE_CLIPS = 400, 50


@dataclass(frozen=True, slots=True)
class Clip:
    """A finished announcement: 16-bit mono WAV at `path`, `seconds` long.

    `text` is what people read, `times` how often it is said, `voice` who speaks: the voice's
    name, or "chime" when no engine could.
    """

    path: Path
    seconds: float
    voice: str
    text: str = ""
    times: int = 1


@dataclass(frozen=True, slots=True)
class Engines:
    """The programs that speak, and how long each may take for a phrase."""

    worker: Sequence[str] = WORKER
    command: Sequence[str] = COMMAND
    time_limit_s: float = 4.0


@dataclass(slots=True)
class Voice:
    """Renders for one voice and rate (words per minute) into `cache_dir`.

    `engine` tells which rung of the ladder spoke last. `stop()` ends the child process.
    """

    cache_dir: Path
    voice: str = "cmn-latn-pinyin"
    rate: int = 150
    engines: Engines = field(default_factory=Engines)
    engine: Engine = field(default="pyttsx3", init=False)
    _worker: SpeechWorker = field(init=False)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)

    def __post_init__(self) -> None:
        self._worker = SpeechWorker(self.engines.worker, self.engines.time_limit_s)

    async def render(self, text: str, spoken: str, times: int = 1, chime: bool = True) -> Clip:
        """The clip of [chime] + `spoken`, said `times` times with a second between.

        `spoken` is spelled for the engine (devices/reading.py). Raises OSError when the cache
        cannot be written, nothing else.
        """
        path = self.cache_dir / f"{self._key(spoken, times, chime)}.wav"
        seconds = await asyncio.to_thread(_cached_blocking, path)
        if seconds is not None:
            return Clip(path, seconds, self.voice, text, times)
        async with self._lock:
            phrase = await self._phrase(spoken)
            if phrase is None:
                # Under another name: the next call tries to speak again.
                path = self.cache_dir / "chime.wav"
            seconds = await asyncio.to_thread(_finish_blocking, path, phrase, times, chime)
        return Clip(path, seconds, self.voice if phrase else "chime", text, times)

    async def stop(self) -> None:
        """End the child process; a later `render` starts another."""
        await self._worker.stop()

    def _key(self, spoken: str, times: int, chime: bool) -> str:
        parts = [LAYOUT, spoken, self.voice, self.rate, times, chime]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    async def _phrase(self, spoken: str) -> Sound | None:
        """What the first engine that really speaks makes of it."""
        phrase = Phrase(spoken, self.voice, self.rate)
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
                    sound = await asyncio.to_thread(read_speech_blocking, path)
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


def _cached_blocking(path: Path) -> float | None:
    seconds = wav_seconds_blocking(path)
    if seconds is not None:
        os.utime(path)
    return seconds


def _finish_blocking(path: Path, phrase: Sound | None, times: int, chime: bool) -> float:
    clip = announcement(phrase, times, chime)
    write_wav_blocking(path, clip)
    _drop_oldest_blocking(path.parent)
    return clip.seconds


def _drop_oldest_blocking(folder: Path) -> None:
    """A day's calls would fill 400 MB: keep those that were used last."""
    clips = list(folder.glob("*.wav"))
    if len(clips) <= KEPT_CLIPS + SPARE_CLIPS:
        return
    for path in sorted(clips, key=lambda each: each.stat().st_mtime)[:-KEPT_CLIPS]:
        path.unlink(missing_ok=True)
