"""Sound clips in memory: 16-bit mono samples, read from and written to WAV files.

No sound library: the standard library's `wave` and an array are enough for speech and a chime.
"""

from __future__ import annotations

import io
import math
import os
import tempfile
import wave
from array import array
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FULL_SCALE = 32768
SHORTEST_S, LONGEST_S = 0.3, 60.0
SILENT_RMS = 0.005
"""Of full scale. Speech of espeak-ng measures 0.07 to 0.13."""
_CHIME = ((659.26, 0.0), (523.25, 0.42))
"""叮 and 咚: E5 and C5 in Hz, and when each is struck, in seconds."""
_CHIME_S = 1.25
_ENDLESS = 0x7FFF_FF00
_CHIME_PEAK = 0.32


class SoundError(ValueError):
    """A WAV file that is missing, of another format, silent, or of an impossible length."""


@dataclass(frozen=True, slots=True)
class Sound:
    """Mono samples (-32768..32767) at `rate` per second."""

    samples: array[int]
    rate: int

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate

    @property
    def rms(self) -> float:
        """Loudness of the whole, 0..1; every fifth sample is enough."""
        some = self.samples[::5]
        return math.sqrt(sum(s * s for s in some) / max(1, len(some))) / FULL_SCALE


def read_wav_blocking(path: Path) -> Sound:
    """Raises SoundError when the file is not whole 16-bit mono WAV."""
    try:
        with wave.open(str(path), "rb") as file:
            layout = (file.getnchannels(), file.getsampwidth())
            data, rate = file.readframes(file.getnframes()), file.getframerate()
    except (OSError, EOFError, wave.Error) as error:
        raise SoundError(f"{path.name}: {error}") from error
    if layout != (1, 2) or len(data) % 2:
        raise SoundError(f"{path.name}: {layout[0]} channels of {layout[1]} bytes")
    return Sound(array("h", data), rate)


def read_speech_blocking(path: Path, shortest_s: float = SHORTEST_S) -> Sound:
    """Like `read_wav_blocking`; SoundError also for silence and for an impossible length."""
    sound = read_wav_blocking(path)
    if not shortest_s <= sound.seconds <= LONGEST_S:
        raise SoundError(f"{path.name}: {sound.seconds:.2f} s cannot be a phrase")
    if sound.rms < SILENT_RMS:
        raise SoundError(f"{path.name}: silent (RMS {sound.rms:.4f})")
    return sound


def write_wav_blocking(path: Path, sound: Sound) -> None:
    """Write whole or not at all: a reader never sees a half file, not even after a crash."""
    handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            with wave.open(file, "wb") as out:
                out.setnchannels(1)
                out.setsampwidth(2)
                out.setframerate(sound.rate)
                out.writeframes(sound.samples.tobytes())
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def endless_wav(sound: Sound) -> bytes:
    """A WAV whose head promises more samples than anybody sends, to be followed by others."""
    held = io.BytesIO()
    with wave.open(held, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(sound.rate)
        out.writeframes(sound.samples.tobytes())
    data = bytearray(held.getvalue())
    data[4:8] = (_ENDLESS + 36).to_bytes(4, "little")
    data[40:44] = _ENDLESS.to_bytes(4, "little")
    return bytes(data)


def wav_seconds_blocking(path: Path) -> float | None:
    """Length of a finished WAV file, None when it is missing or broken; reads its head only."""
    try:
        with wave.open(str(path), "rb") as file:
            layout = (file.getnchannels(), file.getsampwidth())
            frames, rate = file.getnframes(), file.getframerate()
        size = path.stat().st_size
    except (OSError, EOFError, wave.Error):
        return None
    whole = layout == (1, 2) and size >= 2 * frames and rate > 0
    return frames / rate or None if whole else None


def quieter(sound: Sound, percent: int) -> Sound:
    """The same at so many percent of its loudness, 100 at most."""
    if percent >= 100:
        return sound
    return Sound(array("h", (sample * percent // 100 for sample in sound.samples)), sound.rate)


def announcement(
    phrase: Sound | None, times: int, bell: Sound | None, pause_s: float = 1.0
) -> Sound:
    """`bell` (None: none), the phrase, and it again after a pause until it was said `times` times.

    Without a phrase the bell is all there is, or the chime.
    """
    if phrase is None:
        return bell or chime(22050)
    rate = phrase.rate
    samples = array("h")
    if bell is not None:
        samples.extend(bell.samples)
    for turn in range(times):
        samples.extend(silence(pause_s, rate) if turn else array("h"))
        samples.extend(phrase.samples)
    return Sound(samples, rate)


def silence(seconds: float, rate: int) -> array[int]:
    """So many zero samples."""
    return array("h", bytes(2 * round(seconds * rate)))


@lru_cache(maxsize=4)
def chime(rate: int) -> Sound:
    """叮咚: two struck tones, the second lower, each with one overtone and fading out."""
    count = round(_CHIME_S * rate)
    peak = _CHIME_PEAK * FULL_SCALE
    values = [0.0] * count
    for pitch, start_s in _CHIME:
        start = round(start_s * rate)
        for i in range(count - start):
            at = i / rate
            strike = min(1.0, at / 0.004) * math.exp(-4.2 * at)
            angle = 2 * math.pi * pitch * at
            values[start + i] += strike * (math.sin(angle) + 0.25 * math.sin(3 * angle))
    # The last 40 ms run to zero, so that nothing clicks.
    tail = round(0.04 * rate)
    for i in range(tail):
        values[count - 1 - i] *= i / tail
    loudest = max(abs(value) for value in values)
    return Sound(array("h", (round(value / loudest * peak) for value in values)), rate)
