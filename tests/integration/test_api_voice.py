"""Recording the words of the calls: real WAVs in, evened ones back, and every refusal."""

import io
import math
import wave
from array import array
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from config.settings import load
from devices.clip_set import LOUDNESS, RATE
from devices.clips import read_wav_blocking
from tests.fixtures.served import DEMO, ServedHall, served

SETS = "/voice/sets"


def wav(
    seconds: float = 0.5, peak: float = 0.3, rate: int = 48000, quiet_s: float = 0.4
) -> bytes:
    """A tone between two silences, as a microphone gives it."""
    edge = array("h", bytes(2 * round(quiet_s * rate)))
    tone = (
        max(-32768, min(32767, round(peak * 32767 * math.sin(0.06 * place))))
        for place in range(round(seconds * rate))
    )
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((edge + array("h", tone) + edge).tobytes())
    return held.getvalue()


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[ServedHall]:
    settings = load(DEMO)
    speaker = settings.speakers[0].model_copy(update={"recorded": "wang"})
    settings = settings.model_copy(update={"speakers": (speaker,)})
    async with served(tmp_path, settings=settings) as hall:
        yield hall


async def record(
    hall: ServedHall, word: str, data: bytes, media: str = "audio/wav", name: str = "wang"
) -> tuple[int, Any]:
    async with hall.client.post(
        f"/api/v1{SETS}/{name}/record",
        params={"word": word},
        data=io.BytesIO(data),
        headers={"Content-Type": media},
    ) as reply:
        return reply.status, await reply.json(content_type=None)


async def test_a_word_is_trimmed_levelled_counted_and_heard(
    hall: ServedHall, tmp_path: Path
) -> None:
    [empty] = (await hall.get(SETS))["items"]
    assert (empty["name"], empty["in_use"], empty["recorded"]) == ("wang", True, 0)
    assert empty["wanted"] == 44
    assert empty["words"][-1] | {"word": ""} == empty["words"][0] | {"word": "", "optional": True}
    status, stored = await record(hall, "请", wav())
    assert (status, stored["recorded"]) == (200, 1)
    [word] = [one for one in stored["words"] if one["word"] == "请"]
    assert word["seconds"] == pytest.approx(0.53, abs=0.03)
    assert word["level"] == pytest.approx(LOUDNESS, abs=0.01)
    path = tmp_path / "heard.wav"
    async with hall.client.get(f"/api/v1{SETS}/wang/word.wav", params={"word": "请"}) as reply:
        assert (reply.status, reply.content_type) == (200, "audio/wav")
        path.write_bytes(await reply.read())
    sound = read_wav_blocking(path)
    assert sound.rate == RATE
    assert sound.seconds == pytest.approx(0.53, abs=0.03)
    assert sound.rms == pytest.approx(LOUDNESS, abs=0.01)


async def test_a_recording_comes_back_after_it_was_removed_or_replaced(hall: ServedHall) -> None:
    await record(hall, "号", wav(0.4))
    gone = await hall.post(f"{SETS}/wang/remove", {"word": "号"})
    assert gone["recorded"] == 0
    back = await hall.post(f"{SETS}/wang/restore", {"word": "号"})
    assert back["recorded"] == 1
    await record(hall, "号", wav(0.9))
    first = await hall.post(f"{SETS}/wang/restore", {"word": "号"})
    [word] = [one for one in first["words"] if one["word"] == "号"]
    assert word["seconds"] == pytest.approx(0.43, abs=0.03)
    assert word["before"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"no sound at all", "recording_no_wav"),
        (wav(peak=0.0), "recording_silent"),
        (wav(seconds=4.5, rate=16000), "recording_long"),
        (wav(seconds=0.01, rate=16000, quiet_s=0.0), "recording_short"),
        (wav(peak=3.0), "recording_clipped"),
        (bytes(3 << 20), "too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_bad_recording_is_refused_with_a_sentence(
    hall: ServedHall, data: bytes, code: str
) -> None:
    status, problem = await record(hall, "请", data)
    assert (problem["code"], status >= 400) == (code, True)
    assert problem["detail"]
    assert (await hall.get(SETS))["items"][0]["recorded"] == 0


async def test_only_known_words_of_known_sets_are_taken(hall: ServedHall) -> None:
    for word in ("../../x", "张", "请/号"):
        status, problem = await record(hall, word, wav())
        assert (status, problem["code"]) == (404, "not_found")
    assert (await record(hall, "请", wav(), name="li"))[0] == 404
    status, problem = await record(hall, "请", wav(), media="text/plain")
    assert (status, problem["code"]) == (415, "media_type")
