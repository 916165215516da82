"""The chime and the silence that lie ready, also where the data folder takes nothing."""

import tempfile
from pathlib import Path

import pytest

from devices.clips import read_wav_blocking
from devices.spare_clips import SpareClips


def test_they_are_made_once_and_hold_what_they_say(tmp_path: Path) -> None:
    spares = SpareClips()
    spares.make_blocking(tmp_path / "voice")
    assert spares.chime is not None
    assert spares.silence is not None
    assert spares.chime.path == tmp_path / "voice" / "chime.wav"
    assert read_wav_blocking(spares.chime.path).seconds == pytest.approx(1.25, abs=0.001)
    assert read_wav_blocking(spares.silence.path).rms == 0
    made = spares.chime.path.stat().st_mtime_ns
    SpareClips().make_blocking(tmp_path / "voice")
    assert spares.chime.path.stat().st_mtime_ns == made


def test_a_folder_that_takes_nothing_has_them_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "voice").write_bytes(b"no folder")
    spares = SpareClips()
    spares.make_blocking(tmp_path / "voice")
    assert spares.chime is not None
    assert read_wav_blocking(spares.chime.path).seconds == pytest.approx(1.25, abs=0.001)
