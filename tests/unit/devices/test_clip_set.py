"""Recorded words joined to calls: whole or not at all, cut, and equally loud."""

import math
import os
import wave
from array import array
from pathlib import Path

import pytest

from devices.clip_making import make_set
from devices.clip_set import (
    CHIME,
    LOUDNESS,
    RATE,
    WORDS,
    ClipSet,
    Recordings,
    read_recording_blocking,
    read_set_blocking,
    split,
)
from devices.clips import Sound, SoundError, read_wav_blocking, write_wav_blocking
from devices.speech import PATIENT_WORKER
from devices.voice import Engines, Voice

MISSING = Engines(("no-such-program",), ("no-such-program",), time_limit_s=0.3)
SPOKEN = "请A 零 一 二号，到十二号窗口"


def tone(seconds: float = 0.2, peak: float = 0.3, rate: int = RATE, quiet_s: float = 0.0) -> Sound:
    count, edge = round(seconds * rate), array("h", bytes(2 * round(quiet_s * rate)))
    wave_ = array("h", (round(peak * 32767 * math.sin(0.1 * i)) for i in range(count)))
    return Sound(edge + wave_ + edge, rate)


def record(folder: Path, words: tuple[str, ...] = WORDS, **how: float) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for word in words:
        write_wav_blocking(folder / f"{word}.wav", tone(**how))  # type: ignore[arg-type]
    return folder


def test_a_set_has_about_45_words() -> None:
    assert len(set(WORDS)) == len(WORDS) == 43  # and the chime
    assert {"请", "号", "到", "号窗口", "零", "九", "幺", "十", "百", "A", "Z"} <= {*WORDS}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (SPOKEN, "请|A| |零| |一| |二|号|，|到|十|二|号窗口"),
        ("请B 幺 零号，到一百零一号窗口", "请|B| |幺| |零|号|，|到|一|百|零|一|号窗口"),
    ],
)
def test_a_call_is_cut_into_recorded_words(text: str, words: str) -> None:
    assert split(text, WORDS) == words.split("|")


def test_a_text_with_an_unknown_word_is_not_said_at_all() -> None:
    assert split("请张 三号，到三号窗口", WORDS) is None
    assert ClipSet("x", {}, "").spoken("请") is None


def test_a_call_is_its_words_and_pauses(tmp_path: Path) -> None:
    found, faults = read_set_blocking(record(tmp_path / "wang"))
    assert (faults, found.missing(), found.chime) == ([], [], None)
    whole, quick = found.spoken(SPOKEN), found.spoken(SPOKEN, rate=300)
    assert whole is not None
    assert quick is not None
    spoken_s = 10 * tone().seconds  # 请 A 零 一 二 号 到 十 二 号窗口
    assert whole.seconds == pytest.approx(spoken_s + 10 * 0.02 + 3 * 0.03 + 0.22, abs=0.06)
    assert quick.seconds < whole.seconds


def test_recordings_are_cut_and_equally_loud(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    record(folder, ("请",), peak=0.05, quiet_s=0.5)
    record(folder, ("号",), peak=0.9)
    found, _ = read_set_blocking(folder)
    soft, loud = found.sounds["请"], found.sounds["号"]
    assert soft.seconds == pytest.approx(0.2 + 2 * 0.015, abs=0.01)
    assert loud.rms == pytest.approx(LOUDNESS, rel=0.1)
    assert soft.rms == pytest.approx(loud.rms, rel=0.1)


def test_stereo_and_other_rates_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "请.wav"
    samples = tone(0.5, rate=44_100).samples
    with wave.open(str(path), "wb") as out:
        out.setparams((2, 2, 44_100, 0, "NONE", ""))
        out.writeframes(array("h", [s for s in samples for _ in range(2)]).tobytes())
    sound = read_recording_blocking(path)
    assert sound.rate == RATE
    assert sound.seconds == pytest.approx(0.5, abs=0.001)
    assert max(sound.samples) == pytest.approx(max(samples), rel=0.02)


@pytest.mark.parametrize("data", [b"", b"RIFF", b"RIFF\x00\x00\x00\x00WAVEfmt "])
def test_a_file_that_is_no_recording_is_told_and_the_others_are_used(
    data: bytes, tmp_path: Path
) -> None:
    folder = record(tmp_path / "set", ("请", "号"))
    (folder / "到.wav").write_bytes(data)
    write_wav_blocking(folder / "静.wav", Sound(array("h", bytes(8000)), RATE))
    found, faults = read_set_blocking(folder)
    assert sorted(found.sounds) == ["号", "请"]
    assert [fault.partition(":")[0] for fault in faults] == ["到.wav", "静.wav"]
    with pytest.raises(SoundError, match="到"):
        read_recording_blocking(folder / "到.wav")


async def test_the_recorded_voice_is_the_first_choice(tmp_path: Path) -> None:
    recordings = Recordings(record(tmp_path / "sets" / "wang"))
    voice = Voice(tmp_path, engines=MISSING, recorded=recordings)
    clip = await voice.render(SPOKEN, SPOKEN, chime=False)
    assert (voice.engine, clip.voice) == ("recorded", "wang")
    assert (await voice.render(SPOKEN, SPOKEN, chime=False)) == clip
    whole = recordings.current_blocking().spoken(SPOKEN)
    assert whole is not None
    assert read_wav_blocking(clip.path).samples == whole.samples


async def test_a_new_recording_is_heard_at_the_next_call(tmp_path: Path) -> None:
    folder = record(tmp_path / "sets" / "wang")
    voice = Voice(tmp_path, engines=MISSING, recorded=Recordings(folder))
    before = await voice.render(SPOKEN, SPOKEN, chime=False)
    write_wav_blocking(folder / "请.wav", tone(0.9))
    os.utime(folder / "请.wav", ns=(1, 1))
    after = await voice.render(SPOKEN, SPOKEN, chime=False)
    assert after.path != before.path
    assert after.seconds == pytest.approx(before.seconds + 0.7, abs=0.05)


async def test_a_call_with_a_missing_word_is_spoken_whole_by_the_engine(
    tmp_path: Path,
) -> None:
    folder = record(tmp_path / "sets" / "wang")
    (folder / "十.wav").unlink()
    voice = Voice(tmp_path, recorded=Recordings(folder))
    first = await voice.render(SPOKEN, SPOKEN)
    assert (voice.engine, first.voice) == ("pyttsx3", "cmn-latn-pinyin")
    other = await voice.render("", "请A 零 一 二号，到二号窗口")
    assert (voice.engine, other.voice) == ("recorded", "wang")
    await voice.stop()


async def test_the_sets_own_chime_is_struck(tmp_path: Path) -> None:
    folder = record(tmp_path / "sets" / "wang")
    voice = Voice(tmp_path, engines=MISSING, recorded=Recordings(folder))
    ours = await voice.render(SPOKEN, SPOKEN, chime=True)
    write_wav_blocking(folder / f"{CHIME}.wav", tone(0.3))
    own = await voice.render(SPOKEN, SPOKEN, chime=True)
    bare = await voice.render(SPOKEN, SPOKEN, chime=False)
    assert ours.seconds == pytest.approx(bare.seconds + 1.25, abs=0.01)
    assert own.seconds == pytest.approx(bare.seconds + 0.3, abs=0.01)


async def test_a_quieter_call_is_the_same_call(tmp_path: Path) -> None:
    folder = record(tmp_path / "sets" / "wang")
    voice = Voice(tmp_path, engines=MISSING, recorded=Recordings(folder))
    loud = await voice.render(SPOKEN, SPOKEN)
    soft = await voice.render(SPOKEN, SPOKEN, volume=40)
    assert soft.seconds == loud.seconds
    ratio = read_wav_blocking(soft.path).rms / read_wav_blocking(loud.path).rms
    assert ratio == pytest.approx(0.4, abs=0.01)


@pytest.mark.timeout(60)
async def test_the_engine_makes_a_set_that_says_every_call(tmp_path: Path) -> None:
    folder = tmp_path / "sets" / "synthesised"
    voice = Voice(tmp_path, engines=Engines(PATIENT_WORKER, time_limit_s=8.0))
    assert await make_set(voice, folder)
    await voice.stop()
    found, faults = read_set_blocking(folder)
    assert (faults, found.missing()) == ([], [])
    assert found.chime is not None
    for word in WORDS:
        assert 0.08 < found.sounds[word].seconds < 1.2, word
        assert found.sounds[word].rms > 0.05, word
    assert await make_set(Voice(tmp_path, engines=MISSING), folder)  # there: left alone


async def test_half_a_set_is_never_put_in_place(tmp_path: Path) -> None:
    folder = tmp_path / "sets" / "synthesised"
    assert not await make_set(Voice(tmp_path, engines=MISSING), folder)
    assert list((tmp_path / "sets").iterdir()) == []
