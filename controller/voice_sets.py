"""The recorded words of a hall: which there are, which are missing, and how they are changed.

What is taken is cut at its silences and made as loud as the others before it is stored, so that
what is played back is what the hall will hear. The recording before it is kept for one undo.
"""

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path

from config.settings import Settings
from controller.speaking import set_words
from devices.clip_set import CHIME, Recordings, is_clipped, made_even, recording_of
from devices.clips import SoundError, write_wav_blocking

OWN = "own"
"""The set that is offered where the hall file names none."""
BEFORE = ".before"
LONGEST_S, SHORTEST_S = 4.0, 0.05
FOLDER_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


class BadRecordingError(Exception):
    """A recording that is not taken; `code` says why: no_wav, silent, clipped, short, long."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class UnknownWordError(LookupError):
    """There is no such set, or the set has no such word."""


@dataclass(frozen=True)
class WordState:
    """A word of a set: its length, its loudness (RMS, 0 to 1); None while it is not recorded."""

    word: str
    seconds: float | None
    level: float | None
    has_before: bool


@dataclass(frozen=True)
class SetState:
    """A set: whether a loudspeaker uses it, and its words, the optional chime last."""

    name: str
    in_use: bool
    words: tuple[WordState, ...]


class VoiceSets:
    """All sets below a folder; what touches the disk runs in a thread, one at a time."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._settings = settings
        self._folder = folder
        self._sets: dict[str, Recordings] = {}
        self._lock = asyncio.Lock()

    async def states(self) -> list[SetState]:
        """Return every set of the hall file and of the folder."""
        async with self._lock:
            return await asyncio.to_thread(self._states_blocking)

    async def record(self, name: str, word: str, data: bytes) -> SetState:
        """Store a recording of a word. BadRecordingError, UnknownWordError, OSError."""
        async with self._lock:
            return await asyncio.to_thread(self._record_blocking, name, word, data)

    async def remove(self, name: str, word: str) -> SetState:
        """Take a recording away; `restore` brings it back. UnknownWordError, OSError."""
        async with self._lock:
            return await asyncio.to_thread(self._remove_blocking, name, word)

    async def restore(self, name: str, word: str) -> SetState:
        """Change a recording with the one before it. UnknownWordError, OSError."""
        async with self._lock:
            return await asyncio.to_thread(self._restore_blocking, name, word)

    def path(self, name: str, word: str) -> Path:
        """Return where a word's recording lies, if it was made. UnknownWordError."""
        if name not in self._names() or word not in self._words(name):
            raise UnknownWordError(f"{name}: {word}")
        return self._folder / name / f"{word}.wav"

    def _names(self) -> list[str]:
        named = [speaker.recorded for speaker in self._settings.speakers if speaker.recorded]
        found = [path.name for path in sorted(self._folder.glob("*")) if path.is_dir()]
        known = [name for name in (*named, *found) if FOLDER_NAME.fullmatch(name)]
        return list(dict.fromkeys(known)) or [OWN]

    def _words(self, name: str) -> tuple[str, ...]:
        return (*set_words(self._settings, name), CHIME)

    def _states_blocking(self) -> list[SetState]:
        return [self._state_blocking(name) for name in self._names()]

    def _state_blocking(self, name: str) -> SetState:
        recordings = self._sets.setdefault(name, Recordings(self._folder / name))
        sounds = recordings.current_blocking().sounds
        words = tuple(
            WordState(
                word,
                round(sounds[word].seconds, 2) if word in sounds else None,
                round(sounds[word].rms, 3) if word in sounds else None,
                self._before(name, word).is_file(),
            )
            for word in self._words(name)
        )
        in_use = any(speaker.recorded == name for speaker in self._settings.speakers)
        return SetState(name, in_use, words)

    def _before(self, name: str, word: str) -> Path:
        return self._folder / name / BEFORE / f"{word}.wav"

    def _record_blocking(self, name: str, word: str, data: bytes) -> SetState:
        path = self.path(name, word)
        try:
            sound = recording_of(data)
        except SoundError:
            raise BadRecordingError("no_wav") from None
        if is_clipped(sound):
            raise BadRecordingError("clipped")
        try:
            even = made_even(sound)
        except SoundError:
            raise BadRecordingError("silent") from None
        if not SHORTEST_S <= even.seconds <= LONGEST_S:
            raise BadRecordingError("long" if even.seconds > LONGEST_S else "short")
        path.parent.mkdir(parents=True, exist_ok=True)
        self._keep(path, self._before(name, word))
        write_wav_blocking(path, even)
        return self._state_blocking(name)

    def _remove_blocking(self, name: str, word: str) -> SetState:
        self._keep(self.path(name, word), self._before(name, word))
        return self._state_blocking(name)

    def _restore_blocking(self, name: str, word: str) -> SetState:
        path, before = self.path(name, word), self._before(name, word)
        if before.is_file():
            aside = before.with_suffix(".aside")
            before.replace(aside)
            self._keep(path, before)
            aside.replace(path)
        return self._state_blocking(name)

    @staticmethod
    def _keep(path: Path, before: Path) -> None:
        if path.is_file():
            before.parent.mkdir(parents=True, exist_ok=True)
            path.replace(before)
