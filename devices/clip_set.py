"""A set of recorded words, joined to calls: one WAV for each word, named by the word itself.

A folder holds a voice or a dialect: 请.wav, 号.wav, 到.wav, 号窗口.wav, 零.wav … 九.wav, 幺.wav,
十.wav, 百.wav, A.wav … Z.wav, 叮咚.wav (the chime); further words (办理.wav) may stand beside them.
People record them with what they have, so every clip is made mono, brought to one rate, cut at its
silences and made as loud as the others when it is read.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import logging
import math
import os
import re
import sys
import threading
import wave
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from devices.clips import FULL_SCALE, Sound, SoundError, silence
from devices.reading import DIGITS, ENGLISH, ENGLISH_TENS

log = logging.getLogger(__name__)

RATE = 22050
CHIME = "叮咚"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NUMBERS = {"en": (*ENGLISH, *ENGLISH_TENS, "hundred")}
_MANDARIN = (*DIGITS, "幺", "十", "百")
LOUDNESS, PEAK = 0.1, 0.95
"""RMS and highest sample that a clip is brought to, of full scale."""
QUIET = 0.01
"""What is below this at both ends of a clip is cut off, except for a margin."""
_MARGIN_S = 0.015
_MOST_CLIPPED = 0.01
_PAUSES_S = {"，": 0.22, ",": 0.22, "、": 0.12, "。": 0.3, " ": 0.03}
_BETWEEN_S = 0.02
_PARTS = re.compile(r"\{\w+\}|[，,、。]")


def words_of(language: str, phrases: Iterable[str]) -> tuple[str, ...]:
    """The words that the calls of a language need, the chime not among them.

    `phrases` as in phrases.toml: what stands between the braces and the pauses is one word.
    """
    parts = (part.strip() for phrase in phrases for part in _PARTS.split(phrase))
    found: dict[str, str] = {}
    for word in (*parts, *_NUMBERS.get(language, _MANDARIN), *LETTERS):
        if word:
            found.setdefault(word.casefold(), word)
    return tuple(found.values())


WORDS = words_of("zh", ("请{number}号，到{counter}号窗口",))
"""The words of a plain call in Mandarin (domain.md 5.3)."""


@dataclass(frozen=True, slots=True)
class ClipSet:
    """Words and their sounds, all at RATE. `mark` changes when a file of the set does."""

    name: str
    sounds: Mapping[str, Sound]
    mark: str

    @property
    def chime(self) -> Sound | None:
        """The set's own chime, None when it has none."""
        return self.sounds.get(CHIME)

    def missing(self, words: Iterable[str] = WORDS) -> list[str]:
        """Which words were not recorded."""
        known = {word.casefold() for word in self.sounds}
        return [word for word in words if word.casefold() not in known]

    def can_say(self, text: str) -> bool:
        """Whether every word of a text was recorded."""
        return bool(split(text, self.sounds))

    def spoken(self, text: str, rate: int = 150) -> Sound | None:
        """`text` from the recorded words, None when one of them is missing.

        `rate` (words per minute) shortens or lengthens the pauses only.
        """
        words = split(text, self.sounds)
        if not words:
            return None
        samples = array("h")
        for word in words:
            if word in _PAUSES_S:
                samples.extend(silence(_PAUSES_S[word] * 150 / rate, RATE))
            else:
                samples.extend(self.sounds[word].samples)
                samples.extend(silence(_BETWEEN_S * 150 / rate, RATE))
        return Sound(samples, RATE)


class Recordings:
    """The set in a folder, read again when a file of it has changed.

    `wanted` are the words that the calls of its loudspeakers need.
    """

    def __init__(self, folder: Path, wanted: Sequence[str] = WORDS) -> None:
        self.folder = folder
        self.wanted = tuple(wanted)
        self._mutex = threading.Lock()
        self._set = ClipSet(folder.name, {}, "")

    async def read(self) -> None:
        """Read the set now, so that the first call need not wait for it."""
        words = await asyncio.to_thread(self.current_blocking)
        if missing := words.missing(self.wanted):
            some = "、".join(missing[:9])
            log.warning("recorded voice %s lacks %d words: %s", words.name, len(missing), some)

    def current_blocking(self) -> ClipSet:
        """The set as it is now; files that are no clips are told in the log once."""
        with self._mutex:
            if mark_blocking(self.folder) != self._set.mark:
                self._set, faults = read_set_blocking(self.folder)
                for fault in faults:
                    log.warning("recorded voice %s: %s", self.folder.name, fault)
            return self._set


def split(text: str, words: Iterable[str]) -> list[str] | None:
    """`text` as words, the longest that fits first, and pauses; None when a part fits nothing.

    A sentence may begin with a capital letter that its word does not have.
    """
    known = sorted({*words} - {CHIME}, key=len, reverse=True)
    plain = text.casefold()
    found: list[str] = []
    at = 0
    while at < len(text):
        if text[at] in _PAUSES_S:
            found.append(text[at])
            at += 1
            continue
        word = next((word for word in known if plain.startswith(word.casefold(), at)), None)
        if word is None:
            return None
        found.append(word)
        at += len(word)
    return found


def read_set_blocking(folder: Path) -> tuple[ClipSet, list[str]]:
    """The set of a folder, and a sentence for every file that is no usable clip.

    A folder that is missing is an empty set.
    """
    sounds: dict[str, Sound] = {}
    faults: list[str] = []
    mark = mark_blocking(folder)
    for path in sorted(folder.glob("*.wav")):
        try:
            sounds[path.stem] = made_even(read_recording_blocking(path))
        except SoundError as error:
            sentence = str(error)
            named = sentence.startswith(path.name)
            faults.append(sentence if named else f"{path.name}: {sentence}")
    return ClipSet(folder.name, sounds, mark), faults


def mark_blocking(folder: Path) -> str:
    """What tells one state of a set's files from another."""
    try:
        with os.scandir(folder) as entries:
            files = [(one.name, one.stat()) for one in entries if one.name.endswith(".wav")]
    except OSError:
        return "none"
    known = sorted((name, stat.st_mtime_ns, stat.st_size) for name, stat in files)
    return hashlib.sha256(repr(known).encode()).hexdigest()[:16]


def read_recording_blocking(path: Path) -> Sound:
    """A 16-bit WAV of one or two channels as mono at RATE. Raises SoundError."""
    try:
        with path.open("rb") as file:
            return _recording(file, path.name)
    except OSError as error:
        raise SoundError(f"{path.name}: {error}") from error


def recording_of(data: bytes) -> Sound:
    """The same of a file's bytes. Raises SoundError."""
    return _recording(io.BytesIO(data), "recording")


def is_clipped(sound: Sound) -> bool:
    """Whether so many samples touch the limit that it is heard as a crackle."""
    loudest = sum(abs(sample) >= FULL_SCALE - 2 for sample in sound.samples)
    return loudest > _MOST_CLIPPED * len(sound.samples)


def _recording(source: BinaryIO, name: str) -> Sound:
    try:
        with wave.open(source, "rb") as file:
            channels, width, rate = file.getnchannels(), file.getsampwidth(), file.getframerate()
            data = file.readframes(file.getnframes())
    except (EOFError, ValueError, wave.Error) as error:
        raise SoundError(f"{name}: {error}") from error
    if channels not in (1, 2) or width != 2 or not 8000 <= rate <= 192_000:
        raise SoundError(f"{name}: {channels} channels of {8 * width} bits at {rate} Hz")
    samples = array("h", data[: len(data) // (2 * channels) * 2 * channels])
    if sys.byteorder == "big":
        samples.byteswap()
    if channels == 2:
        pairs = zip(samples[::2], samples[1::2], strict=True)
        samples = array("h", ((left + right) // 2 for left, right in pairs))
    if not samples:
        raise SoundError(f"{name}: no samples")
    return Sound(at_rate(samples, rate), RATE)


def at_rate(samples: array[int], rate: int) -> array[int]:
    """Samples of `rate` as samples of RATE, on straight lines between them."""
    if rate == RATE:
        return samples
    last, step = len(samples) - 1, rate / RATE
    made = array("h")
    for place in range(max(1, int(len(samples) / step))):
        at = min(place * step, last)
        first = int(at)
        here, after = samples[first], samples[min(first + 1, last)]
        made.append(round(here + (after - here) * (at - first)))
    return made


def made_even(sound: Sound) -> Sound:
    """A recording without the silence at its ends, as loud as all others.

    Raises SoundError when nothing is left.
    """
    limit = QUIET * FULL_SCALE
    loud = [place for place, sample in enumerate(sound.samples) if abs(sample) > limit]
    if not loud:
        raise SoundError("a recording is silent")
    margin = round(_MARGIN_S * sound.rate)
    kept = sound.samples[max(0, loud[0] - margin) : loud[-1] + 1 + margin]
    rms = math.sqrt(sum(sample * sample for sample in kept) / len(kept))
    peak = max(abs(sample) for sample in kept)
    gain = min(LOUDNESS * FULL_SCALE / rms, PEAK * FULL_SCALE / peak)
    return Sound(array("h", (round(sample * gain) for sample in kept)), sound.rate)
