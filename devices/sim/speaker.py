"""A loudspeaker: takes a WAV, plays it by the hall's clock, keeps it with the time of its start.

Kept in `folder`: `<id>.wav` and `timeline.jsonl`, one line for each phrase. A speaker plays one
phrase at a time; whoever asks for a second meanwhile is refused, because the service must never
let two voices speak at once. A phrase goes on when the service dies, as with a real player.
"""

from __future__ import annotations

import array
import io
import itertools
import secrets
import sys
import wave
from collections.abc import Awaitable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from devices.sim.clock import Watch, stamp
from devices.sim.fault_kinds import Faulty, flag
from devices.sim.journal import Journal

PEAKS = 150
"""Bars of the waveform picture."""
KEPT = 2000
_SAMPLE_TYPES = {1: "B", 2: "h", 4: "i"}


class SpeakerBusyError(Exception):
    """The speaker is playing; `left_s` real seconds of it are left."""

    def __init__(self, left_s: float) -> None:
        super().__init__(f"playing for another {left_s:.1f} s")
        self.left_s = left_s


class UnplayableError(ValueError):
    """The bytes are no PCM WAV with sound in it."""


@dataclass(frozen=True, slots=True)
class Sound:
    """What is in a WAV: its length and its loudness, 0 to 1 of full scale, in equal parts."""

    seconds: float
    peaks: tuple[float, ...]

    @property
    def peak(self) -> float:
        return max(self.peaks, default=0.0)


@dataclass(frozen=True, slots=True)
class Announcement:
    """What the service said about a phrase. `times`: how often the call is said in it."""

    text: str
    voice: str
    times: int = 1


@dataclass(slots=True)
class Phrase:
    """One line of the timeline; `ended_at` is None while it plays."""

    id: str
    speaker: str
    text: str
    voice: str
    times: int
    seconds: float
    peak: float
    peaks: tuple[float, ...]
    started_at: str
    ended_at: str | None = None

    def brief(self) -> dict[str, Any]:
        """As the black-box interface shows it; 404 behind `wav_url` once the WAV is too old."""
        return {name: value for name, value in self.full().items() if name != "peaks"}

    def full(self) -> dict[str, Any]:
        """As the bench page draws it."""
        return asdict(self) | {"wav_url": f"/api/v1/sim/speaker/{self.id}.wav"}


def read_wav(data: bytes) -> Sound:
    """Length and peaks of a PCM WAV. Raises UnplayableError."""
    try:
        with wave.open(io.BytesIO(data)) as wav:
            width, channels, rate = wav.getsampwidth(), wav.getnchannels(), wav.getframerate()
            count, frames = wav.getnframes(), wav.readframes(wav.getnframes())
    except (wave.Error, EOFError) as error:
        raise UnplayableError(str(error)) from error
    if width not in _SAMPLE_TYPES or not rate:
        raise UnplayableError(f"{8 * width} bits at {rate} Hz")
    # A writer that streams (espeak-ng --stdout) leaves a length that is too large.
    count = min(count, len(frames) // (width * channels))
    if not count:
        raise UnplayableError("no samples")
    samples = array.array(_SAMPLE_TYPES[width], frames[: count * width * channels])
    if sys.byteorder == "big":
        samples.byteswap()
    return Sound(round(count / rate, 3), _peaks(samples, width))


def with_length(data: bytes) -> bytes:
    """A WAV that came in pieces with its true length in its plain 44-byte head."""
    riff, sound = (len(data) - 8).to_bytes(4, "little"), (len(data) - 44).to_bytes(4, "little")
    return data[:4] + riff + data[8:40] + sound + data[44:]


def _peaks(samples: array.array[int], width: int) -> tuple[float, ...]:
    middle, full = (128, 128) if width == 1 else (0, 1 << (8 * width - 1))
    edges = [len(samples) * bar // PEAKS for bar in range(PEAKS + 1)]
    parts = (samples[first:end] for first, end in itertools.pairwise(edges))
    return tuple(
        round(max(abs(max(part) - middle), abs(min(part) - middle)) / full, 4) if part else 0.0
        for part in parts
    )


class SimSpeaker(Faulty):
    """One loudspeaker; several may share a folder."""

    fault_kinds = (flag("gone"),)

    def __init__(self, id: str, timeline: Timeline, now: Watch) -> None:
        self.id = id
        self.gone = False
        self._timeline = timeline
        self._now = now
        self._busy_until: datetime | None = None

    @property
    def playing(self) -> bool:
        return self._busy_until is not None

    async def play(
        self, data: bytes, said: Announcement, more: Awaitable[bytes] | None = None
    ) -> Phrase:
        """Play to the end, `more` behind the first. Raises SpeakerBusyError, UnplayableError."""
        if self._busy_until is not None:
            left = (self._busy_until - self._now()) / timedelta(seconds=self._now.speed)
            raise SpeakerBusyError(max(0.1, left))
        sound = read_wav(data)
        self._busy_until = self._now() + timedelta(seconds=sound.seconds)
        try:
            phrase = Phrase(
                id=f"{len(self._timeline.phrases) + 1:05d}-{secrets.token_hex(4)}",
                speaker=self.id,
                seconds=sound.seconds,
                peak=sound.peak,
                peaks=sound.peaks,
                started_at=stamp(self._now()),
                **asdict(said),
            )
            self._timeline.begin(phrase, data)
            began = self._now()
            if more is not None:
                data += await more
                whole = read_wav(data)
                late_s = max(0.0, (self._now() - began).total_seconds() - sound.seconds)
                phrase.seconds = round(whole.seconds + late_s, 3)
                phrase.peak, phrase.peaks = whole.peak, whole.peaks
                self._timeline.grow(phrase, with_length(data))
            self._busy_until = began + timedelta(seconds=phrase.seconds)
            await self._now.sleep((self._busy_until - self._now()).total_seconds())
            phrase.ended_at = stamp(self._now())
            self._timeline.end(phrase)
        finally:
            self._busy_until = None
        return phrase


class Timeline:
    """What was said in the hall, oldest first; it outlives the simulators' process."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.phrases: dict[str, Phrase] = {}
        self._folder = folder
        self._journal = Journal(folder / "timeline.jsonl")
        for entry in self._journal.entries:  # twice for each phrase: its beginning, its end
            self.phrases[entry["id"]] = Phrase(**entry)

    def wav(self, phrase_id: str) -> bytes | None:
        """The WAV of a phrase, None when it is unknown or no longer kept."""
        path = self._folder / f"{phrase_id}.wav"
        known = phrase_id in self.phrases and path.exists()
        return path.read_bytes() if known else None

    def begin(self, phrase: Phrase, data: bytes) -> None:
        """Note the beginning; `data` is empty where a module spoke, which keeps no WAV."""
        if data:
            (self._folder / f"{phrase.id}.wav").write_bytes(data)
        self.phrases[phrase.id] = phrase
        self._journal.append(asdict(phrase))
        if len(self.phrases) > KEPT:
            old = next(itertools.islice(self.phrases, len(self.phrases) - KEPT - 1, None))
            (self._folder / f"{old}.wav").unlink(missing_ok=True)

    def grow(self, phrase: Phrase, data: bytes) -> None:
        """Keep the whole sound of a phrase that has begun."""
        (self._folder / f"{phrase.id}.wav").write_bytes(data)

    def end(self, phrase: Phrase) -> None:
        self._journal.append(asdict(phrase))
