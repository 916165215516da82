"""What the simulated loudspeaker makes of a WAV, and that it never plays two at once."""

import asyncio
import io
import math
import struct
import wave
from datetime import datetime
from pathlib import Path

import pytest

from devices.sim.clock import Watch
from devices.sim.speaker import (
    PEAKS,
    Announcement,
    SimSpeaker,
    SpeakerBusyError,
    Timeline,
    UnplayableError,
    read_wav,
)

NOW = Watch("Asia/Shanghai")
SAID = Announcement("请A 零 零 一号，到三号窗口", "cmn-latn-pinyin", 1)


def tone(seconds: float, rate: int = 8000, level: float = 0.5) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(rate)
        for i in range(int(seconds * rate)):
            sample = int(level * 32767 * math.sin(2 * math.pi * 440 * i / rate))
            wav.writeframesraw(struct.pack("<h", sample))
    return file.getvalue()


def test_length_and_peaks() -> None:
    sound = read_wav(tone(0.5))
    assert sound.seconds == 0.5
    assert len(sound.peaks) == PEAKS
    assert sound.peak == pytest.approx(0.5, abs=0.01)
    assert read_wav(tone(0.1, level=0.0)).peak == 0.0


def test_a_streamed_length_is_not_believed() -> None:
    data = bytearray(tone(0.5))
    data[40:44] = struct.pack("<I", 0x7FFFFFFF)
    assert read_wav(bytes(data)).seconds == 0.5


@pytest.mark.parametrize("data", [b"", b"RIFF", b"not a wav at all" * 9, tone(0)])
def test_what_does_not_play_is_refused(data: bytes) -> None:
    with pytest.raises(UnplayableError):
        read_wav(data)


async def test_a_second_phrase_is_refused_while_one_plays(tmp_path: Path) -> None:
    speaker = SimSpeaker("hall", Timeline(tmp_path), NOW)
    first = asyncio.create_task(speaker.play(tone(0.03), SAID))
    await asyncio.sleep(0)
    with pytest.raises(SpeakerBusyError):
        await speaker.play(tone(0.01), SAID)
    phrase = await first
    assert phrase.ended_at is not None
    assert (await speaker.play(tone(0.01), SAID)).seconds == 0.01


async def test_the_timeline_outlives_the_process(tmp_path: Path) -> None:
    speaker = SimSpeaker("hall", Timeline(tmp_path), NOW)
    phrase = await speaker.play(tone(0.01), SAID)
    with (tmp_path / "timeline.jsonl").open("a") as file:
        file.write('{"id": "half a li')  # killed while writing
    later = Timeline(tmp_path)
    assert list(later.phrases) == [phrase.id]
    assert later.phrases[phrase.id].ended_at == phrase.ended_at
    assert later.wav(phrase.id) == tone(0.01)
    assert later.wav("../lock") is None
    await SimSpeaker("hall", later, NOW).play(tone(0.01), SAID)
    assert len(Timeline(tmp_path).phrases) == 2


async def test_ids_stay_unique_over_speakers(tmp_path: Path) -> None:
    timeline = Timeline(tmp_path)
    speakers = [SimSpeaker(name, timeline, NOW) for name in ("hall", "upstairs")]
    phrases = await asyncio.gather(*(one.play(tone(0.01), SAID) for one in speakers))
    assert len({phrase.id for phrase in phrases}) == 2
    assert phrases[0].brief()["wav_url"] == f"/api/v1/sim/speaker/{phrases[0].id}.wav"


async def test_at_a_faster_clock_a_phrase_keeps_its_length_in_the_hall(tmp_path: Path) -> None:
    now = Watch("Asia/Shanghai")
    now.set(1_795_137_300_000, 100)
    speaker = SimSpeaker("hall", Timeline(tmp_path), now)
    playing = asyncio.create_task(speaker.play(tone(2.5), SAID))
    await asyncio.sleep(0)
    with pytest.raises(SpeakerBusyError) as busy:
        await speaker.play(tone(0.01), SAID)
    assert busy.value.left_s == 0.1
    async with asyncio.timeout(1):
        phrase = await playing
    assert phrase.ended_at is not None
    began, ended = (datetime.fromisoformat(at) for at in (phrase.started_at, phrase.ended_at))
    assert 2.4 <= (ended - began).total_seconds() < 30


@pytest.mark.parametrize(("late_s", "gap"), [(0.0, False), (0.15, True)])
async def test_words_that_follow_the_chime_are_one_phrase_and_a_gap_shows(
    tmp_path: Path, late_s: float, gap: bool
) -> None:
    data = tone(0.12)
    cut = 44 + 2 * 400  # 50 ms

    async def more() -> bytes:
        await asyncio.sleep(late_s)
        return data[cut:]

    timeline = Timeline(tmp_path)
    speaker = SimSpeaker("hall", timeline, Watch("Asia/Shanghai"))
    head = bytearray(data[:cut])
    head[40:44] = struct.pack("<I", 0x7FFFFF00)
    phrase = await speaker.play(bytes(head), SAID, more())
    assert (phrase.seconds > 0.19) is gap
    assert phrase.seconds == pytest.approx(0.12) or gap
    assert timeline.wav(phrase.id) == data
    assert [one.id for one in timeline.phrases.values()] == [phrase.id]
