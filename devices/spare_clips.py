"""Two clips that lie ready from the start on: the chime for when no voice can be had, and silence.

A full disk takes no new clip, but an old one can still be played. What cannot be written into the
data folder is written to the system's folder for temporary files.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from devices.clips import Sound, chime, silence, wav_seconds_blocking, write_wav_blocking
from devices.voice import CHIME_NAME, Clip

SILENCE_NAME = "silence.wav"
SILENCE_S = 0.05
"""Enough to open a sound device, too short to be noticed."""
_RATE = 22050


@dataclass
class SpareClips:
    """`chime` to be played instead of words, `silence` to ask a player; None: not to be had."""

    chime: Clip | None = None
    silence: Clip | None = None

    def make_blocking(self, folder: Path) -> None:
        """Write what is not there yet. Raises OSError when nothing takes them."""
        self.chime = _made(folder, CHIME_NAME, chime(_RATE))
        self.silence = _made(folder, SILENCE_NAME, Sound(silence(SILENCE_S, _RATE), _RATE))


def _made(folder: Path, name: str, sound: Sound) -> Clip:
    path = folder / name
    if wav_seconds_blocking(path) is None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_wav_blocking(path, sound)
        except OSError:
            path = Path(tempfile.mkdtemp(prefix="yimen-")) / name
            write_wav_blocking(path, sound)
    return Clip(path, sound.seconds, "chime", "叮咚" if name == CHIME_NAME else "")
